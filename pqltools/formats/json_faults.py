"""What is wrong with this tree, and where?  Collects faults while a tree is read, and makes diagnostics of them.

A place in the tree is a `Spot`: a tuple chain from the value up to the root, which costs next to nothing while there is
no fault.
"""

from __future__ import annotations

from pqltools.diagnostics import Diagnostic, PQLError
from pqltools.formats.json_locations import excerpt, locate, path_text
from pqltools.records import TYPE_CHECKING, Record, record

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Literal, TypeAlias

    from pqltools.formats.json_locations import Path, Place
    from pqltools.formats.json_nodes import Key, Shape
    from pqltools.source import Source

    #: Parent, key or None, index in the list (under the key) or -1, depth of the node that stands there (from 1).
    Spot: TypeAlias = "tuple[Spot | None, str | None, int, int]"
    Where: TypeAlias = Literal["value", "key", "opening"]

ROOT: Spot = (None, None, -1, 1)


@record
class Fault(Record):
    """A diagnostic in the making: `path` leads to the value; the fault is there, at its key or at its `{`."""

    code: str
    message: str
    path: Path
    where: Where
    help: str | None


class Faults:
    """The faults of one tree."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._meant: dict[tuple[str, tuple[str, ...]], str | None] = {}

    def fault(self, code: str, message: str, at: Spot, help: str | None = None, *steps: str | int) -> None:
        """Something is wrong with the value at `at`, or further down at `steps`."""
        self.faults.append(Fault(code, message, (*steps_to(at), *steps), "value", help))

    def missing(self, message: str, at: Spot, key: str, help: str | None = None) -> None:
        """PQL033: the object at `at` lacks a key."""
        self.faults.append(Fault("PQL033", message, (*steps_to(at), key), "opening", help))

    def wrong_type(self, value: object, expected: str, at: Spot, *steps: str | int) -> None:
        """PQL034: the value is not what is needed there."""
        path = (*steps_to(at), *steps)
        subject = f"{excerpt(path[-1])} is" if path and isinstance(path[-1], str) else "this is"
        self.faults.append(Fault("PQL034", f"{subject} {json_type(value)}, not {expected}", path, "value", None))

    def wrong_word(self, value: str, words: tuple[str, ...], what: str, at: Spot) -> None:
        """PQL034: the string is none of the words that can stand there."""
        close = self._closest(value, words)
        help = f"did you mean `{close}`?" if close else f"it is {_one_of(words)}"
        self.faults.append(Fault("PQL034", f"{excerpt(value)} is no {what}", steps_to(at), "value", help))

    def wrong_keys(self, node: dict[str, Any], shape: Shape, at: Spot) -> None:
        """PQL032 for each key too many, PQL033 for each key that lacks and that no misspelled one explains."""
        path = steps_to(at)
        missing = [key for key in (*shape.tags, *(key.name for key in shape.keys)) if key in shape.required - {*node}]
        for key in node:
            if key in shape.allowed:
                continue
            if not isinstance(key, str):
                self.faults.append(Fault("PQL034", f"a key is {json_type(key)}, not a string", path, "value", None))
                continue
            absent = tuple(sorted(shape.allowed - node.keys()))
            meant = self._closest(key, absent)
            if meant in missing:
                missing.remove(meant)
            help = f"did you mean `{meant}`?" if meant else f"its keys are {_all_of(key.name for key in shape.keys)}"
            message = f"{shape.subject} has no key {excerpt(key)}"
            self.faults.append(Fault("PQL032", message, (*path, key), "key", help))
        for key in missing:
            self.missing(f"{shape.subject} needs the key `{key}`", at, key)

    def _closest(self, word: str, words: tuple[str, ...]) -> str | None:
        """The word that was probably meant; remembered, because the same mistake comes often."""
        question = (word, words)
        if question not in self._meant:
            from difflib import get_close_matches

            by_lower = {candidate.lower(): candidate for candidate in words}
            close = get_close_matches(word[:100].lower(), by_lower, n=1, cutoff=0.6)
            self._meant[question] = by_lower[close[0]] if close else None
        return self._meant[question]

    def diagnostics(self, source: Source | None) -> list[Diagnostic]:
        """The faults with their places in the text, if there is one, in its order."""
        places: dict[Path, Place] = {}
        if source is not None and self.faults:
            wanted = {_anchor(fault) for fault in self.faults}
            places = locate(source.text, wanted)
        found = [_diagnostic(fault, places, source) for fault in self.faults]
        return sorted(found, key=_start) if source else found


class Stop(Exception):
    """The tree cannot be read any further; the fault has been noted."""


def tree_error(faults: Faults, source: Source | None, others: list[Diagnostic]) -> PQLError:
    """The error that tells all faults."""
    return PQLError(sorted([*others, *faults.diagnostics(source)], key=_start))


def steps_to(at: Spot) -> Path:
    """The path of a spot."""
    steps: list[str | int] = []
    spot: Spot | None = at
    while spot is not None and spot[0] is not None:
        parent, key, index, _ = spot
        if index >= 0:
            steps.append(index)
        if key is not None:
            steps.append(key)
        spot = parent
    return tuple(reversed(steps))


def json_type(value: object) -> str:
    """What a value is, in JSON's words."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case str():
            return "a string"
        case int() | float():
            return "a number"
        case dict():
            return "an object"
        case list():
            return "a list"
        case _:
            return "no JSON value"


def expected_type(key: Key) -> str:
    """What a key needs, in the words of messages."""
    return _EXPECTED.get(key.kind, "an object")


_EXPECTED = {
    "text": "a string",
    "word": "a string",
    "digits": "an integer",
    "boolean": "a boolean",
    "integer": "an integer",
    "position": "an integer from 1",
    "number": "a number",
    "null": "null",
    "texts": "a list of strings",
}
_EXPECTED |= dict.fromkeys(("raws", "nodes", "one", "optional"), "a list")
_EXPECTED |= dict.fromkeys(("declaration+", "member+", "element*", "parameter+", "property*"), "a list")


def _anchor(fault: Fault) -> Path:
    """What is in the text: a missing key is not, its object is."""
    return fault.path[:-1] if fault.where == "opening" else fault.path


def _diagnostic(fault: Fault, places: dict[Path, Place], source: Source | None) -> Diagnostic:
    place = places.get(_anchor(fault))
    span = None
    if place is not None:
        span = place.value
        if fault.where == "key" and place.key is not None:
            span = place.key
        elif fault.where == "opening":
            span = (span[0], span[0] + 1)
    path = path_text(fault.path)
    return Diagnostic(fault.code, fault.message, span, help=fault.help, path=path, source=source)


def _start(diagnostic: Diagnostic) -> tuple[int, int]:
    return diagnostic.span or (0, 0)


def _one_of(words: tuple[str, ...]) -> str:
    if len(words) > 12:
        return "one of " + _all_of(words[:12]) + ", …"
    return ("one of " if len(words) > 1 else "") + _all_of(words)


def _all_of(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
