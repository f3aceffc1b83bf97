"""Is the body small enough, JSON, and soon there?  Read before anything else, so that nobody meets one that is not.

Refused are bodies over the limit, broken JSON, what Python reads but JSON does not have (`NaN`, halves of surrogate
pairs), numbers beyond what others can read, and nesting without end. Uploads pass as a stream, counted.
"""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from starlette.datastructures import Headers
from starlette.types import Message, Receive

from pqltools.data.values import not_utf8
from pqltools.segmentation.problems import Problem, detail, wrong

#: Objects and lists inside each other.
_DEEPEST = 200
#: Bytes for which a body may take a second longer.
_PER_SECOND = 16 * 2**10


def is_json(headers: Headers) -> bool:
    """Whether the content type is that of JSON."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


async def read_json(receive: Receive, most: int) -> bytes:
    """The body of a request, which is JSON or empty. Raises `Problem`: 413 if it is too large, 400 if it is no JSON."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        part = message.get("body", b"")
        size += len(part)
        if size > most:
            raise too_large(most)
        parts.append(part)
        if not message.get("more_body"):
            break
    body = b"".join(parts)
    if body:
        _check(body)
    return body


class Disconnected(Exception):
    """The client has gone: there is nobody to answer."""


def once(body: bytes, receive: Receive) -> Receive:
    """A way to receive a body that has been read."""
    given = False

    async def receive_again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again


def counted(receive: Receive, most: int) -> Receive:
    """A way to receive a stream that ends with a `Problem` (413) when it is longer than `most`."""
    size = 0

    async def receive_counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > most:
            raise too_large(most)
        return message

    return receive_counted


def timely(receive: Receive, seconds: float) -> Receive:
    """A way to receive a body that has to be there in time: in so many seconds, and one more for every 16 KiB.

    It ends with a `Problem` (408) when it is too slow.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    complete = False

    async def receive_timely() -> Message:
        nonlocal complete, deadline
        if complete:  # from now on the end of the connection is what is waited for
            return await receive()
        try:
            async with asyncio.timeout_at(deadline):
                message = await receive()
        except TimeoutError:
            raise too_late(seconds) from None
        complete = not message.get("more_body", False)
        deadline += len(message.get("body", b"")) / _PER_SECOND
        return message

    return receive_timely


def too_late(seconds: float) -> Problem:
    """The problem of a request that does not come."""
    return Problem(408, "UPAPI-900408-408", f"The request was not there within {seconds:g} seconds.")


def too_large(most: int) -> Problem:
    """The problem of a body that is too large."""
    return Problem(413, "UPAPI-900413-413", f"The body is larger than {most} bytes.")


def _check(body: bytes) -> None:
    try:
        value = msgspec.json.decode(body)
    except RecursionError:
        raise _too_deep() from None
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        if (invalid := not_utf8(body)) is not None:
            title = f"the body is no UTF-8 (byte {invalid}), in which JSON is written"
            raise wrong([detail(title, path="$", help="encode it as UTF-8, whatever `charset` says")]) from None
        raise wrong([detail(f"the body is no JSON that can be read: {fault}", path="$")]) from None
    level: list[Any] = [value]
    for _ in range(_DEEPEST):
        level = [
            child
            for each in level
            if isinstance(each, dict | list)
            for child in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return
    raise _too_deep()


def _too_deep() -> Problem:
    return wrong([detail(f"the body has more than {_DEEPEST} objects and lists inside each other", path="$")])
