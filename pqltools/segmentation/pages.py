"""Which part of a list is wanted, in which order?  `Page` and `sorting`, for every resource with a list."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement

from pqltools.records import Record, record
from pqltools.segmentation.problems import invalid, suggestion


@record
class Page(Record):
    """So many rows, from this one on; `sort` as ``((attribute, is descending), …)``."""

    offset: int = 0
    limit: int = 100
    sort: tuple[tuple[str, bool], ...] = ()


def read_sort(text: str | None, default: str) -> tuple[tuple[str, bool], ...]:
    """The order of ``name:asc,updateTime:desc``; the direction is descending unless it is said. Raises `Problem`."""
    found: dict[str, bool] = {}
    for part in (text or default).split(","):
        name, _, direction = (word.strip() for word in part.strip().partition(":"))
        if not name or direction.lower() not in ("", "asc", "desc"):
            title = f"`sort` has the part {part.strip()!r}"
            raise invalid(title, path="sort", help="it is written as `name:asc` or `name:asc,creationTime:desc`")
        found.setdefault(name, direction.lower() != "asc")
    return tuple(found.items())


def ordering(page: Page, columns: Mapping[str, ColumnElement[object]]) -> list[ColumnElement[object]]:
    """The columns to order by, given those of the attributes that may be sorted by. Raises `Problem` for another."""
    order: list[ColumnElement[object]] = []
    for name, descending in page.sort:
        if name not in columns:
            known = f"it is one of {', '.join(f'`{each}`' for each in columns)}"
            help = suggestion(name, columns) or known
            raise invalid(f"a list cannot be sorted by `{name}`", path="sort", help=help)
        order.append(columns[name].desc() if descending else columns[name].asc())
    return order
