"""What is the profile of these fragments?  Field by field, from the least to the most important fragment.

Adobe says that the latest value, or that of the first dataset, wins "for each attribute". What an attribute is, is our
decision: objects are put together field by field, and so are maps, key by key; everything else, arrays too, is
replaced as a whole, because items of arrays have no names by which they could be told apart. The identities under one
namespace of ``identityMap`` are united by their ids, for a fragment that knows one more does not deny the others. A
membership is replaced as a whole, as its status and its time belong together. A null says nothing about a field that
another fragment has. A value that is an object in one fragment and none in another is replaced.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pqltools.segmentation.profiles.records import MEMBERSHIPS

_IDENTITIES = "identityMap"


def merged_fragments(fragments: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The profile of fragments, of which later ones win. Fragments may be changed, and become parts of it."""
    profile: dict[str, Any] = {}
    for fragment in fragments:
        _add(profile, fragment)
    return profile


def _add(profile: dict[str, Any], fragment: dict[str, Any]) -> None:
    """Put a fragment over what is there. Works at any depth."""
    pending: list[tuple[dict[str, Any], dict[str, Any], tuple[str, ...]]] = [(profile, fragment, ())]
    while pending:
        there, new, path = pending.pop()
        for key, value in new.items():
            old: Any = there.get(key)
            if value is None:
                there.setdefault(key, None)
            elif _is_membership(path) or old.__class__ is not value.__class__:
                there[key] = value
            elif value.__class__ is dict:
                # Deeper than a membership no path is asked for.
                pending.append((old, value, (*path, key) if len(path) < 2 else path))
            elif path == (_IDENTITIES,) and value.__class__ is list:
                there[key] = _united(old, value)
            else:
                there[key] = value


def _is_membership(path: tuple[str, ...]) -> bool:
    return len(path) == 2 and path[0] == MEMBERSHIPS


def _united(old: list[Any], new: list[Any]) -> list[Any]:
    """The identities of both; of those with the same id the new one, in the place of the old one."""
    found: dict[Any, Any] = {}
    for number, item in enumerate((*old, *new)):
        id = item.get("id") if item.__class__ is dict else None
        found[id if id.__class__ is str else number] = item
    return list(found.values())
