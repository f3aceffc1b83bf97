"""How is no more decoded than is used?  A decoder of lines for given paths, several times as fast as one for all.

msgspec passes over the fields that a type does not name, and makes plain dicts of TypedDicts (structs would be made
into dicts in a second step, which takes longer). The types accept every value everywhere, so that neither a schema has
to say what is an array and what an object nor data have to follow it; whatever they do not accept is decoded whole:
lines with standard names for used fields, and objects where a text or number is expected.

Law: a used path finds the same in the result as in that of `decode_all`.
"""

from __future__ import annotations

import re

from pqltools.data.decoding import ALSO_EVENTS, EVENTS, decode_all, one_name_for_events
from pqltools.data.identities import ID_FIELDS, PROFILE_PATHS
from pqltools.data.names import ESCAPED_NAME, may_hold_standard_names
from pqltools.data.path_trees import ANY_KEY, Tree
from pqltools.data.projected_types import projected
from pqltools.data.values import refuse
from pqltools.types.model import ANY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, TypeAlias

    from pqltools.data.projected_types import Projected
    from pqltools.data.values import Decode
    from pqltools.types.model import Type

    Path: TypeAlias = tuple[str, ...]
    Test: TypeAlias = Callable[[bytes], object]

#: After so many lines with objects where none was expected, they are expected.
_PATIENCE = 50
_ids: Decode | None = None


def projection(
    paths: Iterable[Path], type: Type = ANY, *, present: Iterable[Path] = (), identities: bool = False
) -> Decode:
    """A decoder of lines that finds at `paths` what `decode_all` finds there, and perhaps more; it raises `NotData`.

    A path is the names of the fields from the instance on; arrays leave no trace, ``*`` is any key. At `present` only
    what kind of value is there matters, and how many items it has: objects may come without their fields. `type` is
    that of the instance. The fields of `ID_FIELDS` are always there; with `identities` also what joins need.
    """
    wanted = [*paths, *((name,) for name in ID_FIELDS), *(PROFILE_PATHS if identities else ())]
    tree = used_tree(wanted)
    for path in present:
        tree.add(_with_one_name(path), whole=False)
    if tree.whole:
        return decode_all(type)
    if EVENTS in tree.children:
        tree.children[ALSO_EVENTS] = tree.children[EVENTS]
    return _decoder(tree, type)


def event_paths(paths: Iterable[Path]) -> list[Path]:
    """Of paths from the profile those below its events, from the event on."""
    return [path[1:] for path in paths if path and path[0] in (EVENTS, ALSO_EVENTS, "*")]


def decode_ids(raw: bytes) -> dict[str, Any]:
    """What `profile_id` needs of a line."""
    global _ids
    if _ids is None:
        _ids = projection((), identities=True)
    return _ids(raw)


def used_tree(paths: Iterable[Path]) -> Tree:
    """The fields at paths; those of events under one name."""
    tree = Tree()
    for path in paths:
        tree.add(_with_one_name(path), whole=True)
    return tree


def _with_one_name(path: Path) -> Path:
    return (EVENTS, *path[1:]) if path[:1] == (ALSO_EVENTS,) else path


def _decoder(tree: Tree, type: Type) -> Decode:
    """The decoder of a tree of paths. What it learns from lines changes how fast it is, not what it returns."""
    import msgspec

    fits, is_left_whole = _prepared(tree, type, expects_objects=False)
    whole = decode_all(type)
    has_events = EVENTS in tree.children or ANY_KEY in tree.children
    misses = 0

    def decode(raw: bytes) -> dict[str, Any]:
        nonlocal fits, is_left_whole, misses
        try:
            if not raw.isascii():
                raw.decode()  # what is passed over is not checked otherwise
            if is_left_whole is None or not is_left_whole(raw):
                data = fits(raw)
                if has_events and (ALSO_EVENTS in data or data.get(EVENTS).__class__ is dict):
                    return one_name_for_events(data)
                return data
        except msgspec.ValidationError:
            misses += not may_hold_standard_names(raw)
            if misses == _PATIENCE:
                fits, is_left_whole = _prepared(tree, type, expects_objects=True)
                misses += 1
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
            refuse(problem, raw)
        return whole(raw)

    return decode


def _prepared(tree: Tree, type: Type, *, expects_objects: bool) -> tuple[Decode, Test | None]:
    """What decodes the lines that fit, and what tells which do not although they look so."""
    import msgspec

    found = projected(tree, type, expects_objects=expects_objects)
    return msgspec.json.Decoder(found.type).decode, _test(found)


def _test(found: Projected) -> Test | None:
    """What tells lines apart that are decoded whole; None where the types do."""
    if found.any_standard_name:
        return may_hold_standard_names
    if not found.words:
        return None
    searches = [re.compile(word).search for word in sorted(found.words)]
    if len(searches) == 1:
        search = searches[0]
        return lambda raw: search(raw) or (b"\\" in raw and ESCAPED_NAME.search(raw))
    return lambda raw: any(search(raw) for search in searches) or (b"\\" in raw and ESCAPED_NAME.search(raw))
