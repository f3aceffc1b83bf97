"""How long may a client take to send a request, and how many may be connected?  `patient`: the protocol of the server.

uvicorn waits for the headers of a request for ever, and for the rest of a body whose request it has answered. Here they
have to come within a time: who has sent a part of the headers by then is answered with 408, who has sent nothing loses
the connection. What is left of a body after its answer is read away for as long. Bodies that are waited for are the
gateway's. A connection beyond the limit is answered with 503 before it says anything.
"""

from __future__ import annotations

import asyncio
import uuid
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from pqltools.api.answers import encoded
from pqltools.api.bodies import too_late
from pqltools.api.errors import error_body
from pqltools.api.options import ApiOptions
from pqltools.segmentation.problems import Problem

#: Bytes of the first line and the headers.
_LARGEST_HEAD = 2**16


def patient(options: ApiOptions) -> type[HttpToolsProtocol]:
    """The protocol with these limits."""

    class Patient(_Patient):
        seconds = options.request_timeout
        most = options.max_connections

    return Patient


class _Patient(HttpToolsProtocol):
    seconds: float
    most: int
    _timer: asyncio.TimerHandle | None = None
    #: Bytes of a request whose headers are not complete.
    _begun = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self.most:
            title = "There are as many connections as there may be."
            self._refuse(Problem(503, "UPAPI-900503-503", title, retry_after=1))
        else:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        between = self._is_between()
        super().data_received(data)
        if self.transport.is_closing() or not between or not self._is_between():
            return
        # It has taken the time away that a connection may be idle.
        if self._timer is None and self.timeout_keep_alive_task is None:
            self._wait()
        if self._begun:
            self._begun += len(data)
            if self._begun > _LARGEST_HEAD:
                title = f"The headers are larger than {_LARGEST_HEAD} bytes."
                self._refuse(Problem(431, "UPAPI-900431-431", title))

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._begun = 1

    def on_headers_complete(self) -> None:
        self._begun = 0
        self._stop_waiting()
        super().on_headers_complete()

    def _is_between(self) -> bool:
        """Whether no request is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def _wait(self) -> None:
        self._timer = self.loop.call_later(self.seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        self._timer = None
        if self._begun:
            self._refuse(too_late(self.seconds))
        else:
            self.transport.close()

    def _refuse(self, problem: Problem) -> None:
        body = encoded(error_body(problem, str(uuid.uuid4())))
        head = [
            f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}",
            "content-type: application/json",
            f"content-length: {len(body)}",
            "connection: close",
        ]
        if problem.retry_after is not None:
            head.append(f"retry-after: {problem.retry_after}")
        self.transport.write("\r\n".join((*head, "", "")).encode("ascii") + body)
        self.transport.close()
