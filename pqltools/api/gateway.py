"""What does every request pass?  Its id, the caller's headers, limits, faults asked for, the body, log and metrics."""

from __future__ import annotations

import asyncio
import random
import re
import time
import uuid
from contextlib import suppress
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pqltools.api import faults
from pqltools.api.answers import encoded
from pqltools.api.bodies import Disconnected, counted, is_json, once, read_json, timely, too_large
from pqltools.api.errors import error_answer, mistake_answer
from pqltools.api.headers import NO_CONTENT_TYPE, Refusal, refusal, refused_token
from pqltools.api.observing import Observer
from pqltools.api.options import ApiOptions
from pqltools.api.page import FILES
from pqltools.api.paging import WARNING
from pqltools.segmentation.problems import Problem, invalid

#: What needs the headers of the API; the rest is for operators and browsers.
_RESOURCES = ("/data/",)
#: Where bodies may be files of data.
_UPLOADS = ("/data/foundation/",)
#: What needs no token in any case.
_OPEN = frozenset(("/health", *(file.path for file in FILES)))
_ID = re.compile(r"[!-~]{1,128}")


class Gateway:
    """The outermost layer of the app."""

    def __init__(self, app: ASGIApp, options: ApiOptions, observer: Observer) -> None:
        self.app = app
        self._options = options
        self._observer = observer
        self._dice = random.Random(options.seed)
        self._active = 0
        #: Of those the ones that are worked on, and the uploads.
        self._working = self._uploading = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["path"].startswith(_RESOURCES) and scope.get("raw_path", b"").endswith(b"/"):
            scope["path"] = scope["path"].removesuffix("/")  # as some clients call lists
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "").strip()
        request_id = given if _ID.fullmatch(given) else str(uuid.uuid4())
        scope.setdefault("state", {}).update(request_id=request_id, faults=frozenset())
        start, status, asked = time.perf_counter(), 0, scope["method"]
        if asked == "HEAD":
            # What GET answers, without its body. A copy: the server below looks at the method, too.
            scope = {**scope, "method": "GET"}

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                answered = MutableHeaders(scope=message)
                answered["x-request-id"] = request_id
                if warning := scope["state"].get("warning"):
                    answered[WARNING] = warning
            elif asked == "HEAD":
                message = {**message, "body": b""}
            await send(message)

        self._active += 1
        self._observer.active.set(self._active)
        try:
            with suppress(Disconnected, ClientDisconnect):
                try:
                    await self._pass(scope, receive, sending, headers, request_id)
                except (Disconnected, ClientDisconnect):
                    raise
                except Exception as mistake:
                    found = mistake_answer(mistake, request_id)
                    if status:  # too late to say so; the connection has to break
                        raise RuntimeError("an answer was broken off") from None
                    await found(scope, receive, sending)
        finally:
            self._active -= 1
            self._observer.active.set(self._active)
            route = getattr(scope.get("route"), "path", "other")
            method = asked if asked in _METHODS else "other"
            self._observer.answered(method, route, status, time.perf_counter() - start, request_id)

    async def _pass(self, scope: Scope, receive: Receive, send: Send, headers: Headers, request_id: str) -> None:
        refused = self._refusal(scope, headers)
        if refused is not None:
            await Response(encoded(refused[1]), refused[0], media_type="application/json")(scope, receive, send)
            return
        try:
            await self._faults(scope, headers)
            is_upload = scope["path"].startswith(_UPLOADS) and _has_body(headers) and not is_json(headers)
            receive = await self._body(scope, receive, headers, is_upload=is_upload)
            self._begin(is_upload=is_upload)
        except Problem as problem:
            found = error_answer(problem, request_id)
            if problem.status == 408:
                found.headers["connection"] = "close"
            await found(scope, receive, send)
            return
        try:
            await self.app(scope, receive, send)
        finally:
            self._working -= 1
            self._uploading -= is_upload

    def _begin(self, *, is_upload: bool) -> None:
        """Count a request that is to be worked on. Raises `Problem` (503) if there are too many."""
        if self._working >= self._options.max_requests:
            raise _busy("The server works on as many requests as it may.")
        if is_upload and self._uploading >= self._options.max_uploads:
            raise _busy("The server receives as many files as it may.")
        self._working += 1
        self._uploading += is_upload

    def _refusal(self, scope: Scope, headers: Headers) -> tuple[int, Any] | Refusal | None:
        hosts = self._options.hosts
        if hosts is not None and _host(headers.get("host", "")) not in hosts:
            return 403, {"error_code": "403000", "message": "The server is not called by this name"}
        path = scope["path"]
        if path.startswith(_RESOURCES):
            refused = refusal(headers, self._options)
        elif self._options.token is not None and path not in _OPEN:
            refused = refused_token(headers, self._options)
        else:
            refused = None
        if refused is not None or scope["method"] not in _WITH_BODY or not path.startswith(_RESOURCES):
            return refused
        if path.startswith(_UPLOADS) and not _has_body(headers):  # actions have none
            return None
        typed = headers.get("content-type", "").strip() if path.startswith(_UPLOADS) else is_json(headers)
        return None if typed else (400, NO_CONTENT_TYPE)

    async def _faults(self, scope: Scope, headers: Headers) -> None:
        if not scope["path"].startswith(_RESOURCES):
            return
        try:
            found = faults.chosen(headers.get(faults.HEADER), self._options.faults, self._dice)
        except ValueError as problem:
            raise invalid(str(problem), path=faults.HEADER) from None
        scope["state"]["faults"] = frozenset(fault.kind for fault in found)
        for fault in found:
            if fault.kind == "slow":
                await asyncio.sleep(fault.milliseconds / 1000)
            elif fault.kind == "429":
                title = "Too many requests, as was asked for."
                raise Problem(429, "UPAPI-900429-429", title, retry_after=fault.retry_after)
            elif fault.kind == "503":
                title = "Not available, as was asked for."
                raise Problem(503, "UPAPI-900503-503", title, retry_after=fault.retry_after)

    async def _body(self, scope: Scope, receive: Receive, headers: Headers, *, is_upload: bool) -> Receive:
        """A way to receive the body, which has been looked at. Raises `Problem`."""
        most = self._options.max_upload if is_upload else self._options.max_body
        length = headers.get("content-length", "")
        if length.isdigit() and len(length) < 20 and int(length) > most:
            raise too_large(most)
        coding = headers.get("content-encoding", "").strip().lower()
        if coding not in ("", "identity"):
            title = f"The body is encoded as {coding[:40]!r}, which is not read here: send it as it is."
            raise Problem(415, "UPAPI-900415-415", title)
        is_sent = _has_body(headers)
        if not is_sent and (scope["path"].startswith(_UPLOADS) or scope["method"] not in _WITH_BODY):
            return receive
        receive = timely(receive, self._options.request_timeout)
        if is_upload or scope["method"] not in _WITH_BODY:
            return counted(receive, most)
        return once(await read_json(receive, most), receive)


#: Nobody reads what is sent with others.
_WITH_BODY = frozenset(("POST", "PUT", "PATCH"))


def _busy(title: str) -> Problem:
    return Problem(503, "UPAPI-900503-503", title, retry_after=1)


_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


def _has_body(headers: Headers) -> bool:
    return headers.get("content-length", "0").strip() != "0" or "transfer-encoding" in headers


def _host(header: str) -> str:
    """The name without its port."""
    if header.startswith("["):
        return header.partition("]")[0] + "]"
    return header.partition(":")[0].lower()
