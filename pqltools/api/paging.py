"""How are lists cut into pages?  The four shapes of the API, and the parameters that ask for a page.

Postman sends parameters that are empty; `BlankParameters` takes them away before anybody reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import Query, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from pqltools.segmentation.pages import Page, read_sort
from pqltools.segmentation.problems import invalid, suggestion

#: Far beyond any list, and within what the database counts with.
_MOST = 2**31 - 1

Start = Annotated[int, Query(ge=0, le=_MOST, description="Where the page begins")]
Limit = Annotated[int | None, Query(ge=1, le=_MOST, description="How many rows at most")]
PageNumber = Annotated[int, Query(ge=0, le=_MOST, description="The number of the page, from 0")]
Sort = Annotated[
    str | None, Query(max_length=1000, description="`attribute:asc` or `attribute:desc`; several with commas")
]


#: The header of an answer that says what a request may not have meant.
WARNING = "x-pql-warning"
#: What may be given several times.
_REPEATED = frozenset(("property",))
_PAGES = frozenset(("start", "limit", "offset", "page"))
#: Names and values of parameters.
Pairs = Sequence[tuple[str, str]]


async def given_once(request: Request) -> None:
    """Raise `Problem` (400) if a parameter has several values, of which only one could count.

    The same value twice is fine: clients that follow `next` add what they had asked for. A parameter that is not known
    is left alone, as the platform does (clients send some that only other resources have), but a header of the answer
    says so: else ``?limt=5`` would look as if it worked.
    """
    values: dict[str, set[str]] = {}
    for name, value in request.query_params.multi_items():
        values.setdefault(name, set()).add(value)
    for name, found in values.items():
        if len(found) > 1 and name not in _REPEATED:
            raise invalid(f"the parameter has {len(found)} values", path=name[:100], help="give it once")
    known = _known(request.scope["route"].dependant) if values else set()
    if unknown := [name for name in values if name not in known]:
        said = [f"{name[:40]!a} is not known here" + _meant(name, known) for name in unknown[:5]]
        request.state.warning = "; ".join(said)


def _known(dependant: Any) -> set[str]:
    """The parameters that an operation reads, or what it depends on."""
    return {field.alias for field in dependant.query_params}.union(*map(_known, dependant.dependencies))


def _meant(name: str, known: set[str]) -> str:
    meant = suggestion(name, known)
    return f", {meant}" if meant else ""


def read_page(
    *, most: int, start: int = 0, limit: int | None = None, sort: str | None = None, default_sort: str, default: int
) -> Page:
    """The page that is asked for; `start` is a row. Raises `Problem` (400) for a limit over `most`."""
    if limit is not None and limit > most:
        raise invalid(f"`limit` is {limit}, but a page has {most} rows at most", path="limit", help=f"ask for {most}")
    return Page(min(start, _MOST), limit or min(default, most), read_sort(sort, default_sort))


def filters_of(request: Request) -> list[tuple[str, str]]:
    """The parameters of a list besides those that say which page it is: a link to the next page keeps them."""
    return [(name, value) for name, value in request.query_params.multi_items() if name not in _PAGES]


def definitions_list(rows: list[dict[str, Any]], total: int, page: Page) -> dict[str, Any]:
    """The shape of definitions: `segments`, `page`, `link`."""
    attribute, descending = page.sort[0]
    return {
        "segments": rows,
        "page": {
            "totalCount": total,
            "totalPages": -(-total // page.limit),
            "sortField": attribute,
            "sort": "desc" if descending else "asc",
            "pageSize": len(rows),
            "limit": page.limit,
        },
        "link": {},
    }


def children_list(rows: Sequence[Any], total: int, page: Page, path: str, kept: Pairs = ()) -> dict[str, Any]:
    """The shape of segment jobs and schedules: `children`, `_page`, `_links`; `next` is the row to start with."""
    after = page.offset + len(rows)
    more = bool(rows) and after < total
    found: dict[str, Any] = {"totalCount": total, "pageSize": len(rows)}
    if more:
        found["next"] = str(after)
    link = {"href": f"@{path}?start={after}&limit={page.limit}{_more(kept)}"} if more else {}
    return {"_page": found, "children": rows, "_links": {"next": link}}


def audiences_list(rows: list[dict[str, Any]], total: int, page: Page, path: str) -> dict[str, Any]:
    """The shape of audiences: as `children_list`, but `start` and `next` are numbers of pages."""
    number = page.offset // page.limit
    attribute, descending = page.sort[0]
    found: dict[str, Any] = {
        "totalCount": total,
        "totalPages": -(-total // page.limit),
        "pageSize": len(rows),
        "sortField": attribute,
        "sort": "desc" if descending else "asc",
        "limit": page.limit,
        "start": str(number),
    }
    more = page.offset + len(rows) < total and bool(rows)
    if more:
        found["next"] = str(number + 1)
    link = {"href": f"@{path}?start={number + 1}&limit={page.limit}&totalCount={total}"} if more else {}
    return {"children": rows, "_page": found, "_links": {"next": link}}


def records_list(
    rows: list[dict[str, Any]], limit: int, offset: str, following: str | None, path: str, kept: Pairs = ()
) -> dict[str, Any]:
    """The shape of export jobs: `records`, `page`, `link`; `offset` and `following` are tokens."""
    page = {"sortField": "createdTime", "sort": "desc", "pageOffset": offset, "pageSize": len(rows)}
    link = {} if following is None else {"next": f"{path}?limit={limit}&offset={following}{_more(kept)}"}
    return {"records": rows, "page": page, "link": link}


def _more(kept: Pairs) -> str:
    return f"&{urlencode(kept)}" if kept else ""


class BlankParameters:
    """Takes blank parameters out of the query."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request without them."""
        query: bytes = scope.get("query_string", b"")
        if query:
            pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
            kept = [(name, value) for name, value in pairs if value.strip()]
            if len(kept) != len(pairs):
                scope["query_string"] = urlencode(kept, encoding="latin-1").encode("ascii")
        await self.app(scope, receive, send)
