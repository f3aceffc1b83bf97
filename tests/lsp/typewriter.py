"""What does a client think a text is after its changes?  Kept as units of UTF-16, as most editors do."""

from __future__ import annotations

import re
from typing import Any, TypeAlias

Position: TypeAlias = dict[str, int]

_LINE_END = re.compile("\r\n|\r|\n")


def units(text: str) -> list[str]:
    """The units of UTF-16 of a text, each as a character."""
    data = text.encode("utf-16-le", "surrogatepass")
    return [chr(data[at] | data[at + 1] << 8) for at in range(0, len(data), 2)]


def same(one: str, other: str) -> bool:
    """Whether two texts are the same to a client: halves of pairs that meet are a pair."""
    return one.encode("utf-16-le", "surrogatepass") == other.encode("utf-16-le", "surrogatepass")


class Typewriter:
    """One text, in units."""

    def __init__(self, text: str) -> None:
        self._units = "".join(units(text))

    @property
    def text(self) -> str:
        """The text as it is sent."""
        return self._units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")

    def __len__(self) -> int:
        return len(self._units)

    def place(self, at: int) -> int:
        """An offset where a cursor can be: in no pair of surrogates, nor between CR and LF; the nearest before."""
        at = min(at, len(self._units))
        before, behind = self._units[max(at - 1, 0) : at], self._units[at : at + 1]
        pair = "\ud800" <= before <= "\udbff" and "\udc00" <= behind <= "\udfff"
        return at - 1 if pair or (before, behind) == ("\r", "\n") else at

    def position(self, at: int) -> Position:
        """Where an offset is, as the protocol says it."""
        ends = [found.end() for found in _LINE_END.finditer(self._units, 0, at)]
        start = ends[-1] if ends else 0
        return {"line": len(ends), "character": at - start}

    def replace(self, start: int, end: int, text: str) -> dict[str, Any]:
        """Change a part; returns what is sent."""
        range = {"start": self.position(start), "end": self.position(end)}
        self._units = self._units[:start] + "".join(units(text)) + self._units[end:]
        return {"range": range, "text": text}

    def replace_all(self, text: str) -> dict[str, Any]:
        """Change all; returns what is sent."""
        self._units = "".join(units(text))
        return {"text": text}

    def contains(self, position: Position) -> bool:
        """Whether there is such a position."""
        lines = _LINE_END.split(self._units)
        return position["line"] < len(lines) and position["character"] <= len(lines[position["line"]])
