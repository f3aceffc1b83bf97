"""Which field was meant by a path that does not exist?  At most three, from the surest kind of evidence that there is.

The kinds, the first one that finds anything wins: an old name; the same path in other case; one letter or two wrong;
the same tail deeper in what did resolve; the same tail elsewhere; a sibling with a similar name. Within a kind paths of
fewer steps come first, then shorter ones.
"""

from __future__ import annotations

from pqltools.records import Record, record
from pqltools.types.model import ANY, ArrayType, MapType, ObjectType
from pqltools.xdm.legacy import LEGACY
from pqltools.xdm.schema import EVENT_FIELDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pqltools.types.model import Type
    from pqltools.xdm.names import Steps
    from pqltools.xdm.schema import Schema

_MOST = 3
#: How alike two names must be to be the same one misspelt, and how alike to be worth a question.
_MISSPELT, _SIMILAR = 0.85, 0.6
#: A tail of one step that ends so many paths says nothing.
_COMMON = 12
#: Fields that are looked through; a schema of Adobe's with all vendors' groups has fewer than 10,000.
_LARGEST = 100_000


@record
class Suggestion(Record):
    """A path that exists, from the same object as the one that was asked about.

    `legacy` says that the old path was once right, `note` what else to change with the name, such as the form of the
    values.
    """

    names: tuple[str, ...]
    legacy: bool = False
    note: str | None = None

    @property
    def path(self) -> str:
        """The path as PQL writes it."""
        return path_text(self.names)


def path_text(names: Steps) -> str:
    """The path as PQL writes it, with back-quotes where a name needs them."""
    from pqltools.formats.pql_words import back_quoted, dotted_name, is_plain_head

    head = names[0] if is_plain_head(names[0]) else back_quoted(names[0])
    return ".".join([head, *map(dotted_name, names[1:])])


def suggest(schema: Schema, type: Type, names: Steps) -> tuple[Suggestion, ...]:
    """What was probably meant by `names`, which does not lead anywhere from `type`."""
    names = tuple([name.removeprefix("xdm:") for name in names])
    types = _types(type, names)
    if not names or len(types) > len(names):
        return ()
    old = _renamed(schema, types, names)
    if old is not None:
        return (old,)
    for paths in (
        _in_other_case(types[0], names),
        _alike(types, names, _MISSPELT),
        _deeper(schema, types, names),
        _elsewhere(schema, types[0], names),
        _alike(types, names, _SIMILAR),
    ):
        found = list(dict.fromkeys(paths))[:_MOST]
        if found:
            return tuple([Suggestion(path) for path in found])
    return ()


def _renamed(schema: Schema, types: list[Type], names: Steps) -> Suggestion | None:
    """What the table of old names says; the first entry that fits."""
    for index, type in enumerate(types):
        rest = names[index:]
        root = "profile" if type is schema.profile else "event" if type is schema.event else None
        for entry in LEGACY:
            if entry.root in (None, root) and rest[: len(entry.old)] == entry.old:
                new = (*entry.new, *rest[len(entry.old) :])
                if not _exists(type, entry.old) and _exists(type, new):
                    return Suggestion((*names[:index], *new), legacy=True, note=entry.note)
    return None


def _in_other_case(type: Type, names: Steps) -> Iterator[Steps]:
    """The paths that differ only in case; keys of maps are not looked at."""
    if not names:
        yield ()
    elif isinstance(type, MapType):
        for rest in _in_other_case(_without_arrays(type.value), names[1:]):
            yield (names[0], *rest)
    elif isinstance(type, ObjectType):
        wanted = names[0].lower()
        for name in type.names():
            if name.lower() == wanted:
                for rest in _in_other_case(_step(type, name) or ANY, names[1:]):
                    yield (name, *rest)


def _deeper(schema: Schema, types: list[Type], names: Steps) -> Iterable[Steps]:
    """The tail that did not resolve, somewhere below what did; if nothing did, that is no evidence."""
    index = len(types) - 1
    return [(*names[:index], *path) for path in _ending(schema, types[index], names[index:])] if index else ()


def _elsewhere(schema: Schema, type: Type, names: Steps) -> Iterable[Steps]:
    """Paths with the same tail, the longest tail that there is. A single step that many paths end with says nothing,
    unless it is all that there is."""
    for start in range(len(names)):
        found = _ending(schema, type, names[start:])
        if found and (start < len(names) - 1 or len(names) == 1 or len(found) < _COMMON):
            return found
    return ()


def _alike(types: list[Type], names: Steps, cutoff: float) -> Iterable[Steps]:
    """Paths in which the steps that do not exist are replaced by similar ones, and the rest exists."""
    index = len(types) - 1
    inner = types[index]
    if not isinstance(inner, ObjectType):
        return
    from difflib import get_close_matches

    rest = names[index + 1 :]
    for name in get_close_matches(names[index], list(inner.names()), _MOST, cutoff):
        below = _types(_step(inner, name) or ANY, rest)
        if len(below) > len(rest):
            yield (*names[:index], name, *rest)
        else:
            for path in _alike(below, rest, cutoff):
                yield (*names[:index], name, *path)
                break


def _types(type: Type, names: Steps) -> list[Type]:
    """The types along the path, arrays passed over: one more than there are names if all of it is declared."""
    found = [_without_arrays(type)]
    for name in names:
        inner = _step(found[-1], name)
        if inner is None:
            break
        found.append(inner)
    return found


def _exists(type: Type, names: Steps) -> bool:
    """Whether the path is declared; what an open object lets in does not count."""
    return len(_types(type, names)) > len(names)


def _step(type: Type, name: str) -> Type | None:
    """The type of the field or map value `name`, arrays passed over; None if there is none."""
    if isinstance(type, MapType):
        return _without_arrays(type.value)
    member = type.member(name) if isinstance(type, ObjectType) else None
    return None if member is None else _without_arrays(member.type)


def _without_arrays(type: Type) -> Type:
    while isinstance(type, ArrayType):
        type = type.item
    return type


def _ending(schema: Schema, type: Type, tail: Steps) -> list[Steps]:
    """The paths below `type` that end with `tail`, but are longer, the shortest first."""
    if not isinstance(type, ObjectType):
        return []
    paths = schema.index(type).get(tail[-1], ())
    return [path for path in paths if len(path) > len(tail) and path[-len(tail) :] == tail]


def index_of(object: ObjectType) -> dict[str, list[Steps]]:
    """All paths below `object` by their last step, those of fewer steps and shorter ones first."""
    found: dict[str, list[Steps]] = {}
    for path in paths_below(object):
        found.setdefault(path[-1], []).append(path)
    for paths in found.values():
        paths.sort(key=lambda path: (len(path), sum(map(len, path))))
    return found


def paths_below(object: ObjectType) -> Iterator[Steps]:
    """The paths of all fields below `object`, level by level.

    Of an object type inside itself only the first level counts, and events only as ``xEvent``. What is in maps has no
    path that could be written down.
    """
    level: list[tuple[Steps, ObjectType, tuple[int, ...]]] = [((), object, (id(object),))]
    count = 0
    while level:
        below = []
        for path, type, around in level:
            for name in type.names():
                if name == EVENT_FIELDS[1] and not path:
                    continue
                count += 1
                if count > _LARGEST:
                    return
                yield (*path, name)
                inner = _step(type, name)
                if isinstance(inner, ObjectType) and id(inner) not in around:
                    below.append(((*path, name), inner, (*around, id(inner))))
        level = below
