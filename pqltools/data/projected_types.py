"""Which type decodes these fields and no others?  TypedDicts for msgspec, from a tree of paths.

A field may come under a standard name. Those that are one step (``xdm:person``, ``@id``) stand in the types as keys
with a type that nothing has, so that a line with one of them is not accepted; there are a few for each name, because
dashes become capitals (``xdm:birth-year``). The others begin with the name of a group (``repo:createDate``, a URI with
``/experience/``), for which the line is searched.
"""

from __future__ import annotations

from pqltools.data.names import below, is_map
from pqltools.data.path_trees import ANY_KEY
from pqltools.data.standard_names import standard_names
from pqltools.records import Record, record
from pqltools.types.model import ANY, is_scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pqltools.data.path_trees import Tree
    from pqltools.types.model import Type

#: Levels of a path that get types of their own; the rest is decoded whole.
DEEPEST = 100


@record
class Projected(Record):
    """The type, and the lines that are not for it.

    `any_standard_name`: those with any standard name; `words`: those in which one of these patterns is found.
    """

    type: Any
    any_standard_name: bool
    words: frozenset[bytes]


def projected(tree: Tree, type: Type, *, expects_objects: bool) -> Projected:
    """The type of the objects of a tree. `expects_objects` makes for more that fits, and for a slower test."""
    writing = _Writing(expects_objects)
    written = writing.object(tree, type, DEEPEST)
    return Projected(written, writing.any_standard_name, frozenset(writing.words))


class _Writing:
    def __init__(self, expects_objects: bool) -> None:
        import typing

        import msgspec

        self._expects_objects = expects_objects
        self.any_standard_name = False
        self.words: set[bytes] = set()
        self._any = typing.Any
        self._dict = typing.TypedDict
        self._scalar: Any = str | int | float | bool | None
        self._leaf = self._value_of(self._scalar)
        self._never: Any = typing.Annotated[str, msgspec.Meta(min_length=1, max_length=0)]

    def object(self, tree: Tree, type: Type, room: int) -> Any:
        """The type of an object with the fields of `tree`."""
        if ANY_KEY in tree.children:
            self.any_standard_name = self.any_standard_name or not is_map(type)
            values = self._value(tree.merged(), below(type, ANY_KEY), room - 1)
            return dict[str, values]  # type: ignore[valid-type]
        fields: dict[str, Any] = {}
        for name, child in tree.children.items():
            if not _is_writable(name):
                continue
            fields[name] = self._value(child, below(type, name), room - 1)
            if not is_map(type):
                fields.update((key, self._never) for key in self._standard_names(name) if key not in fields)
        return self._dict("Fields", fields, total=False)  # type: ignore[operator]

    def _value(self, tree: Tree, type: Type, room: int) -> Any:
        """The type of any value, of which only the fields of `tree` are decoded."""
        if tree.whole or room == 0:
            return self._whole(tree, type)
        return self._value_of(self.object(tree, type, room) | self._scalar)

    def _value_of(self, item: Any) -> Any:
        """`item`, or an array of it, or of arrays of it."""
        array: Any = list
        return item | array[item | array[item]]

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
        found = standard_names(name)
        self.any_standard_name = self.any_standard_name or found.any
        self.words.update(found.words)
        return list(found.keys)


def _is_writable(name: str) -> bool:
    """Whether the name can be one in JSON: halves of UTF-16 pairs cannot."""
    return not any("\ud800" <= char <= "\udfff" for char in name)
