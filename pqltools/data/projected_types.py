"""Which type decodes these fields and no others?  TypedDicts for msgspec, from a tree of paths.

A field may come under a standard name. Those that are one step (``xdm:person``, ``@id``) stand in the types as keys
with a type that nothing has, so that a line with one of them is not accepted; there are a few for each name, because
dashes become capitals (``xdm:birth-year``). The others begin with the name of a group (``repo:createDate``, a URI with
``/experience/``), for which the line is searched.
"""

from __future__ import annotations

import re

from pqltools.data.names import TEXTS, below, data_steps, is_map
from pqltools.data.path_trees import ANY_KEY
from pqltools.records import Record, record
from pqltools.types.model import ANY, is_scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterable
    from typing import Any

    from pqltools.data.path_trees import Tree
    from pqltools.types.model import Type

#: Beyond so many spellings of a name the line is searched for the prefix instead.
_SPELLINGS = 16
_GROUP = re.compile("[A-Za-z0-9_.-]+")
_BEFORE_DASH = re.compile("[a-z0-9]")
#: Levels of a path that get types of their own; the rest is decoded whole.
_DEEPEST = 100


@record
class Projected(Record):
    """The type, and the lines that are not for it.

    `any_standard_name`: those with any standard name; `words`: those in which one of these patterns is found. `raw` are
    the types of the fields that are left as bytes.
    """

    type: Any
    any_standard_name: bool
    words: frozenset[bytes]
    raw: dict[str, Any]


def projected(
    tree: Tree,
    type: Type,
    *,
    expects_objects: bool,
    lists: Container[str] = (),
    never: Iterable[str] = (),
    raw: Container[str] = (),
) -> Projected:
    """The type of the objects of a tree. `expects_objects` makes for more that fits, and for a slower test.

    What stands under a name of `lists` is a list, unless it has no fields; nothing fits that has a field of `never`.
    Fields of the names in `raw` stay bytes, wherever they are.
    """
    writing = _Writing(expects_objects, raw)
    written = writing.object(tree, type, _DEEPEST, lists, never)
    return Projected(written, writing.any_standard_name, frozenset(writing.words), writing.raw)


class _Writing:
    def __init__(self, expects_objects: bool, raw: Container[str]) -> None:
        import typing

        import msgspec

        self._expects_objects = expects_objects
        self.any_standard_name = False
        self.words: set[bytes] = set()
        self.raw: dict[str, Any] = {}
        self._stays_raw = raw
        self._raw = msgspec.Raw
        self._any = typing.Any
        self._dict = typing.TypedDict
        self._scalar: Any = str | int | float | bool | None
        self._leaf = self._value_of(self._scalar)
        self._never: Any = typing.Annotated[str, msgspec.Meta(min_length=1, max_length=0)]

    def object(self, tree: Tree, type: Type, room: int, lists: Container[str] = (), never: Iterable[str] = ()) -> Any:
        """The type of an object with the fields of `tree`."""
        if ANY_KEY in tree.children:
            self.any_standard_name = self.any_standard_name or not is_map(type)
            values = self._value(tree.merged(), below(type, ANY_KEY), room - 1)
            return dict[str, values]  # type: ignore[valid-type]
        fields: dict[str, Any] = dict.fromkeys(never, self._never)
        for name, child in tree.children.items():
            if not _is_writable(name):
                continue
            fields[name] = self._value(child, below(type, name), room - 1, is_list=name in lists)
            if name in self._stays_raw:
                self.raw[name] = fields[name]
                fields[name] = self._raw
            if not is_map(type):
                fields.update((key, self._never) for key in self._standard_names(name) if key not in fields)
        return self._dict("Fields", fields, total=False)  # type: ignore[operator]

    def _value(self, tree: Tree, type: Type, room: int, *, is_list: bool = False) -> Any:
        """The type of any value, of which only the fields of `tree` are decoded."""
        if tree.whole or room == 0:
            return self._whole(tree, type)
        item = self.object(tree, type, room) | self._scalar
        return self._scalar | self._array_of(item) if is_list else self._value_of(item)

    def _value_of(self, item: Any) -> Any:
        """`item`, or an array of it, or of arrays of it."""
        return item | self._array_of(item)

    def _array_of(self, item: Any) -> Any:
        array: Any = list
        return array[item | array[item]]

    def _whole(self, tree: Tree, type: Type) -> Any:
        """The type of values that are used themselves: texts and numbers, unless more has to be expected.

        What is in an object may have any standard name, for which there is no quick test.
        """
        if is_scalar(type) or (type is ANY and not (tree.children or self._expects_objects)):
            return self._leaf
        self.any_standard_name = True
        return self._any

    def _standard_names(self, name: str) -> list[str]:
        """The standard names of one step; notes what the line has to be searched for."""
        is_group = name.startswith("_") and name not in TEXTS
        if data_steps(name) != (name,) or (is_group and not _GROUP.fullmatch(name)):
            self.any_standard_name = True
        if is_group:
            self.words.add(_pattern(name[1:]) + rb"[:/.\\]")
        spellings = _spellings(name)
        if spellings is None:
            self.words.add(rb"xdm:")
            return []
        found = [f"xdm:{spelling}" for spelling in spellings]
        if name.startswith("_"):
            found += [f"@{name[1:]}", *[f"xdm:@{spelling[1:]}" for spelling in spellings if spelling[0] == "_"]]
        return found


def _is_writable(name: str) -> bool:
    """Whether the name can be one in JSON: halves of UTF-16 pairs cannot."""
    return not any("\ud800" <= char <= "\udfff" for char in name)


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
