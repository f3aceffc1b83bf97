"""How are fields and keys found, in objects, in arrays of them, and in maps?"""

from __future__ import annotations

from pqltools.evaluation.runtime.comparisons import items, leaves

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


def member(object: Any, name: str) -> Any:
    """The field of an object by any of its names; null of what is no object."""
    for key in (name, "xdm:" + name, "@" + name[1:] if name.startswith("_") else name):
        value = object.get(key)
        if value is not None:
            return value
    return None


def step(value: Any, name: str) -> Any:
    """The field of an object, of an array those of its items without nulls, arrays among them flattened."""
    if isinstance(value, dict):
        return member(value, name)
    if value.__class__ is not list:
        return None
    found: list[Any] = []
    for item in leaves(value):
        if isinstance(item, dict):
            inner = member(item, name)
            if inner.__class__ is list:
                found += [each for each in inner if each is not None]
            elif inner is not None:
                found.append(inner)
    return found


def namespaced(value: Any, name: str) -> Any:
    """The value of a namespace in a map, whatever its case, the exact one first."""
    found = step(value, name)
    if found is None and isinstance(value, dict):
        wanted = name.lower()
        for key in value:
            if key.lower() == wanted:
                return value[key]
    return found


def get(map: Any, key: Any) -> Any:
    """The value of a key of a map."""
    return member(map, key) if key.__class__ is str and isinstance(map, dict) else None


def get_field(object: Any, key: Any) -> Any:
    """The field that a computed key names."""
    return step(object, key) if key.__class__ is str else None


def get_namespaced(map: Any, key: Any) -> Any:
    """The value of a computed namespace."""
    return namespaced(map, key) if key.__class__ is str and isinstance(map, dict) else None


def is_member(profile: Any, id: Any) -> bool:
    """Whether a profile is a member of a segment by its ``segmentMembership``."""
    memberships = member(profile, "segmentMembership")
    if id.__class__ is str and isinstance(memberships, dict):
        for namespace, segments in memberships.items():
            if namespace.lower() == "ups" and isinstance(segments, dict):
                membership = member(segments, id)
                if isinstance(membership, dict) and member(membership, "status") in ("realized", "existing"):
                    return True
    return False


def pairs(value: Any, names: int) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """Each item with what the parameters of a lambda stand for: key and value of a map, the parts of a tuple."""
    padding = (None,) * names
    if isinstance(value, dict):
        for key, item in value.items():
            yield item, (key, item, *padding)[:names]
        return
    for item in items(value):
        parts = item if item.__class__ is tuple else (item,)
        yield item, (*parts, *padding)[:names]
