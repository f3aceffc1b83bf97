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
        """An offset that is in no pair: the nearest before."""
        at = min(at, len(self._units))
        inside = 0 < at < len(self._units) and "\ud800" <= self._units[at - 1] <= "\udbff"
        return at - 1 if inside and "\udc00" <= self._units[at] <= "\udfff" else at

    def position(self, at: int) -> Position:
        """Where an offset is, as the protocol says it."""
        ends = [found.end() for found in _LINE_END.finditer(self._units, 0, at)]
        # The place between CR and LF is in the line that they end.
        if ends and ends[-1] == at and self._units[at - 1 : at + 1] == "\r\n":
            ends.pop()
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
