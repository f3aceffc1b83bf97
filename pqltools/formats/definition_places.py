"""Where in the file does this character of the expression stand?  Values, and how they are spelled.

The spelling is decoded a second time, into cells: for each code point of the value, where in the file it begins and
where it ends. Should the result differ from the value that the real decoder gave, which is a matter of corners of
YAML, there are no cells and every place is the whole value.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from pqltools.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from pqltools.source import Span

    #: The code points of a value, and where each begins and ends in the spelling.
    Cells: TypeAlias = "tuple[list[str], list[int], list[int]]"

_JSON_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)")
_BREAK = re.compile(r"\r\n|\n|\r")
#: Escapes, runs of blanks and line breaks, other characters.
_DOUBLE_UNIT = re.compile(
    r"\\(?:\r\n|\n|\r)[ \t]*|\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)|[ \t\r\n]+|.", re.DOTALL
)
_SINGLE_UNIT = re.compile(r"''|[ \t\r\n]+|.", re.DOTALL)
_PLAIN_UNIT = re.compile(r"[ \t\r\n]+|.", re.DOTALL)
_HEADER = re.compile(r"[|>]([+-]?)([1-9]?)([+-]?)[^\r\n]*(?:\r\n|\n|\r|$)")
_ESCAPES = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b",
    " ": " ", '"': '"', "/": "/", "\\": "\\", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip


class Spelling:
    """How a value is written in a file.

    `style` is ``bare`` for a text that is the value, ``json`` for a JSON string, ``tree`` for other JSON; in YAML
    ``plain``, ``'``, ``"``, ``|``, ``>`` for scalars and ``node`` for lists and mappings. `raw` stands at `start`.
    """

    __slots__ = ("_places", "flow", "indent", "raw", "start", "style", "value")

    def __init__(self, style: str, start: int, raw: str, value: object, indent: int = 0, flow: bool = False) -> None:
        self.style = style
        self.start = start
        self.raw = raw
        self.value = value
        #: Of a scalar in YAML: the column of its key, and whether it is inside brackets, where no block can stand.
        self.indent = indent
        self.flow = flow
        self._places: tuple[list[int], list[int]] | None = None

    @property
    def span(self) -> Span:
        """Where it stands in the file, quotes included."""
        return self.start, self.start + len(self.raw)

    def locate(self, span: Span) -> Span:
        """The place in the file of a span inside the value."""
        if self.style in ("bare", "tree"):
            return self.start + min(span[0], len(self.raw)), self.start + min(span[1], len(self.raw))
        if self._places is None:
            self._places = self._json_escapes() if self.style == "json" else self._cells()
        if self.style == "json":
            return self._json_offset(span[0]), self._json_offset(span[1])
        starts, ends = self._places
        if not isinstance(self.value, str) or len(starts) != len(self.value):
            return self.span
        start, end = (min(offset, len(starts)) for offset in span)
        if start >= end:
            at = starts[start] if start < len(starts) else ends[-1] if ends else self.start + (self.style != "plain")
            return at, at
        return starts[start], ends[end - 1]

    def _json_escapes(self) -> tuple[list[int], list[int]]:
        """Of each escape in a JSON string: the offset in the value behind it, and where it ends in the file."""
        behind: list[int] = []
        ends: list[int] = []
        extra = 1  # the quote
        for escape in _JSON_ESCAPE.finditer(self.raw):
            extra += escape.end() - escape.start() - 1
            behind.append(escape.end() - extra)
            ends.append(self.start + escape.end())
        return behind, ends

    def _json_offset(self, offset: int) -> int:
        assert self._places is not None
        behind, ends = self._places
        offset = min(offset, len(self.value))  # type: ignore[arg-type]
        last = bisect_right(behind, offset) - 1
        return ends[last] + offset - behind[last] if last >= 0 else self.start + 1 + offset

    def _cells(self) -> tuple[list[int], list[int]]:
        cells = _READERS[self.style](self.raw, self.value) if isinstance(self.value, str) else None
        if cells is None:
            return [], []
        chars, starts, ends = cells
        # A block scalar may drop line ends behind its last line.
        if "".join(chars) != self.value:
            count = len(self.value)  # type: ignore[arg-type]
            if self.style not in "|>" or "".join(chars)[:count] != self.value:
                return [], []
            del starts[count:], ends[count:]
        return [self.start + offset for offset in starts], [self.start + offset for offset in ends]


def _flow(raw: str, units: re.Pattern[str], quotes: int, decode: Callable[[str], str]) -> Cells:
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for unit in units.finditer(raw, quotes, len(raw) - quotes):
        text = unit.group()
        start, end = unit.span()
        if text[0] in " \t\r\n":
            # One line break is a space; of several, all but the first are kept.
            breaks = [place.span() for place in _BREAK.finditer(raw, start, end)]
            spans = breaks[1:] or [(start, end)] if breaks else [(at, at + 1) for at in range(start, end)]
            chars += "\n" * (len(breaks) - 1) or " " if breaks else text
        else:
            decoded = decode(text)
            chars += decoded
            spans = [(start, end)] * len(decoded)
        starts += [begin for begin, _ in spans]
        ends += [finish for _, finish in spans]
    return chars, starts, ends


def _unescape(unit: str) -> str:
    if unit[0] != "\\" or len(unit) == 1:
        return unit
    if unit[1] in "\r\n":
        return ""
    if unit[1] in "xuU" and len(unit) > 2:
        return chr(int(unit[2:], 16))
    return _ESCAPES.get(unit[1], unit)


def _double(raw: str, value: str) -> Cells:
    return _flow(raw, _DOUBLE_UNIT, 1, _unescape)


def _single(raw: str, value: str) -> Cells:
    return _flow(raw, _SINGLE_UNIT, 1, lambda unit: "'" if unit == "''" else unit)


def _plain(raw: str, value: str) -> Cells:
    return _flow(raw, _PLAIN_UNIT, 0, lambda unit: unit)


def block_lines(raw: str) -> tuple[int, list[Span]] | None:
    """Of a block scalar: where its content begins, and its lines with their indentation, without their ends."""
    header = _HEADER.match(raw)
    if header is None:
        return None
    lines: list[Span] = []
    at = header.end()
    for end in _BREAK.finditer(raw, at):
        lines.append((at, end.start()))
        at = end.end()
    if at < len(raw):
        lines.append((at, len(raw)))
    return header.end(), lines


def _block(raw: str, value: str) -> Cells | None:
    split = block_lines(raw)
    if split is None:
        return None
    lines = split[1]
    filled = [raw[start:end] for start, end in lines if raw[start:end].strip(" ")]
    if not filled:
        return None
    lead = len(filled[0]) - len(filled[0].lstrip(" "))
    # With an indentation indicator, leading blanks belong to the first line.
    for indent in range(lead, 0, -1):
        cells = _cells_of_lines(raw, [(min(start + indent, end), end) for start, end in lines], raw[0] == ">")
        if "".join(cells[0])[: len(value)] == value:
            return cells
    return None


def _cells_of_lines(raw: str, lines: list[Span], folded: bool) -> Cells:
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []

    def add(char: str, start: int, end: int) -> None:
        chars.append(char)
        starts.append(start)
        ends.append(end)

    pending: list[int] = []  # ends of lines since the last one with text
    joins = False
    for start, end in lines:
        if start == end:
            if not chars and not pending:
                add("\n", end, _line_end(raw, end))
            else:
                pending.append(end)
            continue
        folds = folded and joins and raw[start] not in " \t"
        if folds and len(pending) == 1:
            add(" ", pending[0], start)
        else:
            for offset in pending[folds:]:
                add("\n", offset, _line_end(raw, offset))
        for offset in range(start, end):
            add(raw[offset], offset, offset + 1)
        joins = raw[start] not in " \t"
        pending = [end]
    for offset in pending:
        add("\n", offset, _line_end(raw, offset))
    return chars, starts, ends


def _line_end(raw: str, at: int) -> int:
    """The end of the line break at `at`."""
    return at + 2 if raw.startswith("\r\n", at) else min(at + 1, len(raw))


_READERS: dict[str, Callable[[str, str], Cells | None]] = {
    '"': _double,
    "'": _single,
    "plain": _plain,
    "|": _block,
    ">": _block,
    "node": lambda raw, value: None,
}
