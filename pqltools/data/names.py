"""Which fields does an instance have?  From the names of standard notation to those that PQL paths use.

Sample data from the Schema Registry have standard names (``xdm:person``, ``@id``, ``repo:createDate``), everything
else has those of compatibility mode. Both are read, even side by side. Where two names mean the same field, objects
are merged and of other values the later one counts.

Keys of maps are data and stay: those of ``identityMap`` and ``segmentMembership``, and of the maps of a schema, if one
is given. As maps cannot always be told from objects, keys like no name of XDM are never taken for one: a URI that would
become a single step (``https://example.com``), what would make a group of ``_id`` or ``_type`` (``id:5``), a prefix
that ends with a digit (``store1:5``), and dashes other than in ``direct-mail``.
"""

from __future__ import annotations

import re

from pqltools.types.model import ANY, ArrayType, MapType, ObjectType
from pqltools.xdm.names import namespace_of, steps_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, TypeAlias

    from pqltools.types.model import Type
    from pqltools.xdm.names import Steps

    Entries: TypeAlias = Iterator[tuple[str, Any]] | Iterator[tuple[None, Any]]
    #: What is still to do of an object or list; where it goes; its type; the namespace of the names around it.
    Frame: TypeAlias = tuple[Entries, Any, Type, str | None]

_MAPS: dict[str, Type] = {"identityMap": MapType(ANY), "segmentMembership": MapType(MapType(ANY))}
#: Names that look like groups and are none.
TEXTS = frozenset(("_id", "_type"))
_PREFIX_OF_DATA = re.compile(r"[^:]*[0-9]:")
_DASH_OF_DATA = re.compile(r"-[A-Z]|(?<![a-z0-9])-[a-z]")
# A string with a colon behind a character that a prefix or `http` may end with, and behind the string another one: a
# key. Both patterns begin with a character that can be searched for without trying the pattern everywhere.
_KEY_WITH_COLON = re.compile(rb':(?<=[A-Za-z_.\-]:)[^"\\]*+(?:\\.[^"\\]*+)*+"[ \t\r\n]*+:', re.DOTALL)
_AT_FIRST = re.compile(rb'@(?<="@)')
#: An escape for what standard names are made of: letters, digits, ``@ : / . - _``. Others, such as ``&``, are common.
ESCAPED_NAME = re.compile(rb"\\u00(?:2[defDEF]|3[0-9aA]|[4-7])")


def compatible(instance: dict[str, Any], type: Type = ANY) -> dict[str, Any]:
    """The instance in names of compatibility mode: itself if it has no others, else a copy.

    `type` says which of its fields are maps. Works at any depth.
    """
    if not _has_standard_names(instance, type):
        return instance
    result: dict[str, Any] = {}
    frames: list[Frame] = [(iter(instance.items()), result, type, None)]
    while frames:
        entries, target, type, namespace = frames[-1]
        entry = next(entries, None)
        if entry is None:
            frames.pop()
        else:
            frame = _place(entry, target, type, namespace)
            if frame is not None:
                frames.append(frame)
    return result


def may_hold_standard_names(raw: bytes) -> bool:
    """Whether a line of JSON can have a key that `compatible` changes: never False if it has one."""
    if _KEY_WITH_COLON.search(raw) or _AT_FIRST.search(raw):
        return True
    return b"\\" in raw and ESCAPED_NAME.search(raw) is not None


def data_steps(key: str, namespace: str | None = None) -> Steps:
    """The steps of a key of an instance that is not a map: `steps_of`, less what is more likely to be data.

    What says nothing within `namespace` is read as if it stood alone.
    """
    steps = _data_steps(key, namespace)
    return _data_steps(key, None) if namespace is not None and steps == (key,) else steps


def _data_steps(key: str, namespace: str | None) -> Steps:
    if ":" not in key and key[:1] != "@":
        return (key,)
    if _PREFIX_OF_DATA.match(key) or ("-" in key and _DASH_OF_DATA.search(key)):
        return (key,)
    steps = steps_of(key, namespace)
    if len(steps) > 1:
        return (key,) if steps[0] in TEXTS else steps
    is_local = namespace is not None and key.startswith(f"{namespace}/")
    return (key,) if "://" in key and not is_local else steps


def is_map(type: Type) -> bool:
    """Whether objects of this type, or in arrays of it, are maps."""
    return isinstance(innermost(type), MapType)


def below(type: Type, name: str) -> Type:
    """The type of the field `name`; arrays leave no trace. `ANY` if it is not known."""
    type = innermost(type)
    if isinstance(type, MapType):
        return type.value
    member = type.member(name) if isinstance(type, ObjectType) else None
    if member is not None and member.type is not ANY:
        return member.type
    return _MAPS.get(name, ANY)


def innermost(type: Type) -> Type:
    """The type of the items of an array, of arrays in it, and so on; of what is none the type itself."""
    while isinstance(type, ArrayType):
        type = type.item
    return type


def _place(entry: tuple[str | None, Any], target: Any, type: Type, namespace: str | None) -> Frame | None:
    """Put a value where it belongs; a frame if there is something in it."""
    key, value = entry
    if key is None:
        inner = _empty(value, None)
        target.append(inner)
        return _frame(value, inner, type, namespace)
    steps: Steps = (key,)
    if not is_map(type):
        steps = data_steps(key, namespace)
        namespace = (namespace_of(key) if ":" in key else None) or namespace
    for step in steps[:-1]:
        type = below(type, step)
        group = target.get(step)
        if group.__class__ is not dict:
            group = target[step] = {}
        target = group
    name = steps[-1]
    inner = target[name] = _empty(value, target.get(name))
    return _frame(value, inner, below(type, name), namespace)


def _empty(value: Any, there: Any) -> Any:
    """What to fill for `value`: what is there for objects that meet, the value itself if it has no parts."""
    if value.__class__ is dict:
        return there if there.__class__ is dict else {}
    return [] if value.__class__ is list else value


def _frame(value: Any, inner: Any, type: Type, namespace: str | None) -> Frame | None:
    if value.__class__ is dict:
        return iter(value.items()), inner, type, namespace
    if value.__class__ is list:
        return ((None, item) for item in value), inner, type, namespace
    return None


def _has_standard_names(instance: dict[str, Any], type: Type) -> bool:
    pending: list[tuple[Any, Type]] = [(instance, type)]
    while pending:
        value, type = pending.pop()
        if value.__class__ is list:
            pending += _containers((item, type) for item in value)
            continue
        if not is_map(type):
            for key in value:
                if (":" in key or key[:1] == "@") and data_steps(key) != (key,):
                    return True
        pending += _containers((item, below(type, key)) for key, item in value.items())
    return False


def _containers(values: Iterable[tuple[Any, Type]]) -> list[tuple[Any, Type]]:
    return [entry for entry in values if entry[0].__class__ in (dict, list)]
