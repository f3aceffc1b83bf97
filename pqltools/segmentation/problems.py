"""Why can the service not do what it was asked?  `Problem`, which the API answers with its status and body.

Codes have the form of Adobe's, ``UPAPI-113430-404``. Those that Adobe documents are used for what they document; ours
begin with 9. The last number is the status, except where Adobe's own code says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any


class Problem(Exception):
    """`title` says what is wrong in one line; `details` are diagnostics as data, with `message`, `help`, `path`, …"""

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        details: Iterable[Mapping[str, Any]] = (),
        *,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(title)
        self.status = status
        self.code = code
        self.title = title
        self.details = [dict(detail) for detail in details]
        #: Seconds until it is worth trying again.
        self.retry_after = retry_after


def detail(message: str, *, path: str | None = None, help: str | None = None) -> dict[str, Any]:
    """One fault of a request, where it is, and the cure."""
    found = {"message": message, "path": path, "help": help}
    return {key: value for key, value in found.items() if value is not None}


def invalid(title: str, *, path: str | None = None, help: str | None = None) -> Problem:
    """A request with one fault."""
    return wrong([detail(title, path=path, help=help)])


def wrong(details: list[dict[str, Any]], title: str | None = None) -> Problem:
    """A request with these faults: at least one, the first being the title unless one is given."""
    if title is None:
        first = details[0]
        title = f"{first['path']}: {first['message']}" if first.get("path") else first["message"]
    return Problem(400, "UPAPI-900400-400", title, details)


def not_found(what: str, id: str) -> Problem:
    """There is nothing of this kind and id in the sandbox."""
    return Problem(404, "UPAPI-900404-404", f"The {what} {id} is not found. Use a valid id and try again.")


def exists(what: str, name: str, help: str) -> Problem:
    """There is one of this name already."""
    title = f"A {what} with the name {name!r} exists already."
    return Problem(422, "UPAPI-900422-422", title, [detail(title, path="$.name", help=help)])


def suggestion(word: str, known: Iterable[str]) -> str | None:
    """``did you mean `limit`?`` where one of the known words is near, None elsewhere."""
    lower: dict[str, str] = {}
    for each in known:
        lower.setdefault(each.lower(), each)
    close = get_close_matches(word.lower()[:60], lower, n=1, cutoff=0.7)
    return f"did you mean `{lower[close[0]]}`?" if close else None
