"""Which keys in JSON mean a field by a standard name?  Those that are few, and patterns for the others.

Names of one step (``xdm:person``, ``@id``) are a few keys for each field, because dashes become capitals
(``xdm:birth-year``). Others begin with the name of a group (``repo:createDate``, a URI with ``/experience/``), and may
have any number of steps: a pattern tells where one begins.
"""

from __future__ import annotations

import re

from pqltools.data.names import TEXTS, data_steps
from pqltools.records import Record, record

#: Beyond so many spellings of a name the line is searched for the prefix instead.
_SPELLINGS = 16
_GROUP = re.compile("[A-Za-z0-9_.-]+")
_BEFORE_DASH = re.compile("[a-z0-9]")


@record
class StandardNames(Record):
    """The `keys`, and `words`, patterns in a line that may have others; `any` says that no pattern tells."""

    keys: tuple[str, ...]
    words: tuple[bytes, ...]
    any: bool


def standard_names(name: str) -> StandardNames:
    """The standard names of the field `name`, which is one step of a path."""
    is_group = name.startswith("_") and name not in TEXTS
    any = data_steps(name) != (name,) or (is_group and not _GROUP.fullmatch(name))
    words = [_pattern(name[1:]) + rb"[:/.\\]"] if is_group else []
    spellings = _spellings(name)
    if spellings is None:
        return StandardNames((), (*words, rb"xdm:"), any)
    keys = [f"xdm:{spelling}" for spelling in spellings]
    if name.startswith("_"):
        keys += [f"@{name[1:]}", *[f"xdm:@{spelling[1:]}" for spelling in spellings if spelling[0] == "_"]]
    return StandardNames(tuple(keys), tuple(words), any)


def _spellings(name: str) -> list[str] | None:
    """What becomes `name` when dashes become capitals; None if it is too much."""
    found = [""]
    for char in name:
        dashed = [f"{word}-{char.lower()}" for word in found if "A" <= char <= "Z" and _BEFORE_DASH.match(word[-1:])]
        found = [word + char for word in found] + dashed
        if len(found) > _SPELLINGS:
            return None
    return found


def _pattern(name: str) -> bytes:
    """A pattern for what becomes `name` when dashes become capitals."""
    return b"".join(
        b"(?:-%b|%b)" % (char.lower().encode(), char.encode()) if "A" <= char <= "Z" else re.escape(char.encode())
        for char in name
    )
