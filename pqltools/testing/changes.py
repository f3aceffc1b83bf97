"""What does a profile look like with some fields changed?  `changed` makes copies of what leads to the fields only."""

from __future__ import annotations

import re

from pqltools.data.names import data_steps
from pqltools.formats.json_faults import json_type
from pqltools.formats.json_locations import excerpt, path_text
from pqltools.records import Record, record
from pqltools.testing.shapes import PATH, STEP

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pqltools.formats.json_locations import Path

#: Steps of one path; the fields of a profile are never as deep.
_MAX_STEPS = 100


@record
class Change(Record):
    """One field of a profile to change: its path as text and in steps, the new value, and its place in the file."""

    text: str
    steps: Path
    value: Any
    path: Path

    def applied(self, profile: Any) -> Any:
        """The profile with this change. Raises ValueError if there is no such place in it."""
        return changed(profile, self.steps, self.value)


def parse_path(text: str) -> Path | None:
    r"""The steps of a path such as ``xEvent[0].commerce.`a b`["key"]``, None if it is none.

    Standard names (``xdm:person``) become those that profiles have here; what stands in quotes is a key as it is.
    """
    if re.search(PATH, text) is None or text.endswith("\n"):
        return None
    steps = [step for found in re.findall(STEP, text) for step in _steps(*found)]
    return tuple(steps) if len(steps) <= _MAX_STEPS else None


def _steps(name: str, index: str, key: str) -> Path:
    if index:
        return (int(index),)
    if key:
        return (re.sub(r"\\(.)", r"\1", key[1:-1]),)
    return (name[1:-1].replace("``", "`"),) if name[0] == "`" else data_steps(name)


def changed(data: Any, path: Path, value: Any) -> Any:
    """A copy of `data` with `value` at `path`; objects on the way are made, and a list may grow by one item.

    Raises ValueError, saying why, if there is no such place.
    """
    return _changed(data, path, 0, value)


def _changed(data: Any, path: Path, done: int, value: Any) -> Any:
    if done == len(path):
        return value
    step = path[done]
    if isinstance(step, int):
        items = [] if data is None else data
        if not isinstance(items, list):
            raise ValueError(f"{_subject(path[:done])} is {json_type(items)}, not a list")
        if step > len(items):
            raise ValueError(f"{_subject(path[:done])} has {len(items)} items, none at [{step}]")
        old = items[step] if step < len(items) else None
        return [*items[:step], _changed(old, path, done + 1, value), *items[step + 1 :]]
    fields = {} if data is None else data
    if not isinstance(fields, dict):
        raise ValueError(f"{_subject(path[:done])} is {json_type(fields)}, which has no fields")
    return {**fields, step: _changed(fields.get(step), path, done + 1, value)}


def _subject(path: Path) -> str:
    return excerpt(path_text(path)[2:]) if path else "the profile"
