"""How is a line decoded with the least work?  Into structs of just the fields that are used, if it is as expected.

A struct takes half the time of a dict to make, and its fields less to be read. What it can hold is stricter than what
a projection accepts: where something has fields there is an object, or an array of objects where the schema does not
say better. Nobody loses by that, for whatever does not fit is decoded by the projection.
"""

from __future__ import annotations

import re

from pqltools.data.decoding import ALSO_EVENTS, EVENTS
from pqltools.data.names import ESCAPED_NAME, below, innermost, is_map
from pqltools.data.path_trees import ANY_KEY
from pqltools.data.projected_types import DEEPEST
from pqltools.data.projection import used_tree
from pqltools.data.standard_names import standard_names
from pqltools.records import Record, record
from pqltools.types.model import ANY, ArrayType, ObjectType, is_scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from typing import Any

    from pqltools.data.path_trees import Tree
    from pqltools.data.projection import Path
    from pqltools.types.model import Type

#: What a name in JSON may consist of to be the same bytes in every line of ASCII.
_PLAIN_NAME = re.compile(r'[^"\\\x00-\x1f\x7f-\U0010ffff]+')


@record
class StructDecoder(Record):
    """What decodes lines that are as expected.

    Whatever `decode` raises says nothing but that the line is to be decoded otherwise. It is for lines of which
    `fits(lines)` holds, which asks of many at once. Nothing tells which profile it was: the fields of an id are there
    only if they are among the paths.

    `attributes` are the names of the structs' attributes by those of the fields. The fields of `lazy` are there as
    bytes, to be decoded by these functions, which leave alone what is no bytes. `objects` are the names of the fields
    in which there may be a struct, `arrays` of those in which there may be an array of structs.
    """

    decode: Callable[[bytes], Any]
    fits: Callable[[bytes], bool]
    attributes: Mapping[str, str]
    lazy: Mapping[str, Callable[[Any], Any]]
    objects: frozenset[str]
    arrays: frozenset[str]


def struct_decoder(paths: Iterable[Path], type: Type = ANY, *, lazy: Collection[str] = ()) -> StructDecoder | None:
    """A decoder for paths as those of `projection`; None if there can be none.

    `lazy` are names of fields that may be left as bytes, if there is one of that name below an array.
    """
    import msgspec

    tree = used_tree(paths)
    if not _is_possible(tree, type):
        return None
    names = sorted(set(tree.names()))
    left = [name for name in lazy if name not in tree.children and _is_one_with_fields(tree, name)]
    writing = _Writing({name: f"field_{index}" for index, name in enumerate(names)}, left)
    found = writing.struct(tree, type)
    return StructDecoder(
        msgspec.json.Decoder(found).decode,
        _test(writing.words),
        writing.attributes,
        {name: _decoded_late(msgspec.json.Decoder(written).decode) for name, written in writing.late.items()},
        frozenset(writing.objects),
        frozenset(writing.arrays),
    )


def _is_possible(tree: Tree, type: Type) -> bool:
    """Whether all that is used is in fields of known names. The keys of maps are not, and in any case."""
    if tree.whole:
        return False
    pending = [(tree, type, 0)]
    while pending:
        tree, type, depth = pending.pop()
        if depth == DEEPEST or is_map(type):
            return False
        for name, child in tree.children.items():
            if name == ANY_KEY or not _PLAIN_NAME.fullmatch(name) or standard_names(name).any:
                return False
            pending.append((child, below(type, name), depth + 1))
    return True


def _has_fields(tree: Tree, type: Type) -> bool:
    """Whether structs are expected: of what is used itself the programs ask no more than whether it is there."""
    type = innermost(type)
    return bool(tree.children) or not (is_scalar(type) or type is ANY)


def _is_one_with_fields(tree: Tree, name: str) -> bool:
    found = [child for each in tree.all() for own, child in each.children.items() if own == name]
    return len(found) == 1 and not found[0].whole


class _Writing:
    """Makes the types. `attributes` are the names of attributes by those of fields; `left` stay bytes."""

    def __init__(self, attributes: dict[str, str], left: Collection[str]) -> None:
        from typing import Annotated

        import msgspec

        self.attributes = attributes
        self.left = left
        #: The types of what stays bytes.
        self.late: dict[str, Any] = {}
        self.objects: set[str] = set()
        self.arrays: set[str] = set()
        #: What lines are searched for.
        self.words: set[bytes] = set()
        self._never: Any = Annotated[str, msgspec.Meta(min_length=1, max_length=0)]

    def struct(self, tree: Tree, type: Type) -> Any:
        """The type of objects with the fields of a tree."""
        import msgspec

        fields: list[tuple[str, Any, Any]] = []
        for name, child in tree.children.items():
            inner = below(type, name)
            written = self._value(name, child, inner) if _has_fields(child, inner) else _leaf()
            if name in self.left:
                self.late[name] = written
                written = msgspec.Raw
            fields.append((self.attributes[name], written, msgspec.field(default=None, name=name)))
            also = standard_names(name)
            self.words.update(also.words)
            # Of the keys with `xdm:` none is allowed, which is sooner found out than whether each is there.
            self.words.update(b'%b"' % re.escape(key.encode()) for key in also.keys if key[0] == "@")
        if EVENTS in tree.children:
            # Nothing fits that has events by another name.
            fields.append(("never", self._never, msgspec.field(default=None, name=ALSO_EVENTS)))
        # Structs hold no cycles, and nobody compares them.
        return msgspec.defstruct("Fields", fields, gc=False, eq=False)

    def _value(self, name: str, tree: Tree, type: Type) -> Any:
        """The type of what has fields."""
        struct = self.struct(tree, type)
        array: Any = list
        if name == EVENTS or isinstance(type, ArrayType):
            self.arrays.add(name)
            return array[struct] | None
        self.objects.add(name)
        if isinstance(type, ObjectType):
            return struct | None
        self.arrays.add(name)
        return struct | array[struct] | None


def _leaf() -> Any:
    scalar: Any = str | int | float | bool | None
    array: Any = list
    return scalar | array[scalar | array[scalar]]


def _test(words: Iterable[bytes]) -> Callable[[bytes], bool]:
    """What tells of lines, many at once, whether nothing in them can have a standard name that is no key of a type."""
    import re2

    # RE2 finds bytes several times as fast as `in` and `re` do.
    searches = [re2.compile(word).search for word in sorted({b"xdm:", *words})]

    def fits(lines: bytes) -> bool:
        if not lines.isascii() or any(search(lines) for search in searches):
            return False
        return b"\\" not in lines or ESCAPED_NAME.search(lines) is None

    return fits


def _decoded_late(decode: Callable[[Any], Any]) -> Callable[[Any], Any]:
    from msgspec import Raw

    return lambda value: decode(value) if value.__class__ is Raw else value
