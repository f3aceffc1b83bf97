"""In which word or string does the cursor stand, and what would a completion replace?"""

from __future__ import annotations

import re

from pqltools.records import Record, record
from pqltools.syntax.driver import machine
from pqltools.syntax.literals import field_gap

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_WORD_END = re.compile(r"[A-Za-z0-9_]*")
_WORD_START = re.compile(r"[A-Za-z0-9_]*\Z")
#: What a back-quoted name that is still being written may hold.
_OPEN_NAME = re.compile(r"[\w:@. -]*")
_LEAD = re.compile(r"(?:\.\s*(?:xdm:)?|(?<!\w)xdm:|\^+)\Z")
_NUMBERS = frozenset(("INTEGER", "DOUBLE", "PARAMETER", "MODEL"))


@record
class Spot(Record):
    """The cursor's word.

    `start` and `end` are what a completion replaces: a word, a back-quoted name with its quotes, or what stands between
    the quotes of a string. `typed` is what stands before the cursor. `quote` is the quote of a string or name, else
    empty; `closed` says that it has its partner. `lead` is what makes the word a field of something: a dot, the ``^``
    of an outer scope, or the prefix ``xdm:``, else it is empty.
    """

    start: int
    end: int
    typed: str
    quote: str = ""
    closed: bool = True
    lead: str = ""

    @property
    def in_string(self) -> bool:
        """Whether the cursor stands in a string."""
        return self.quote in ('"', "'") and self.quote != ""

    def marked(self, text: str, mark: str) -> tuple[str, int]:
        """The text with `mark` in the place of the word, and where its token begins."""
        if not self.in_string:
            before = text[: self.start]
            if before.endswith(":") and not self.lead:
                before += " "  # the colon of an element of a chain, not of a prefix
            return before + mark + text[self.end :], len(before) - len(self.lead)
        opening = self.start - 1
        return f'{text[:opening]}"{mark}"{text[self.end + self.closed :]}', opening


def spot_at(text: str, offset: int) -> Spot | None:
    """The spot at an offset; None in comments, numbers, parameters and model references, where nothing is completed."""
    engine = machine()
    at = line_end = 0
    for match in engine.scan(text):
        number = match.lastindex or 0
        kind = engine.tables.terminals[number]
        start, stop = match.span(number)
        if _in_comment(text, at, min(start, len(text)), offset):
            return None
        if start >= offset or kind == "$END":
            break
        at = stop
        if start < line_end:
            continue  # behind a quote that nothing closes
        if kind == "SLASH" and text.startswith("/*", start) and offset > start + 1:
            return None  # a comment without end
        if kind == "?" and text[start] in "\"'":
            line_end = _line_end(text, start)
            if offset <= line_end:
                return Spot(start + 1, offset, text[start + 1 : offset], text[start], False)
        elif kind == "?" and text[start] == "`" and _OPEN_NAME.fullmatch(text, start + 1, offset):
            return Spot(start, offset, text[start + 1 : offset], "`", False, _lead(text, start))
        if offset <= stop:
            return _in_token(text, kind, start, stop, offset)
    return _word(text, offset)


def _in_token(text: str, kind: str, start: int, stop: int, offset: int) -> Spot | None:
    """The spot in, or directly behind, the token at `start`."""
    if kind in _NUMBERS:
        return None
    if kind in ("FIELD", "METHOD"):
        start += 1 + field_gap(text[start:stop])
        if _in_comment(text, at := text.rfind(".", 0, start), start, offset) or offset < start > at + 1:
            return None if _in_comment(text, at + 1, start, offset) else _word(text, offset)
        kind = "QUOTED" if text[start] == "`" else kind
    if kind == "QUOTED" and start < offset < stop:
        if _line_end(text, start) < stop:
            # No field is called so: a name is being written, and the next back quote belongs to another one.
            return (
                None if _line_end(text, start) < offset else Spot(start, offset, text[start + 1 : offset], "`", False)
            )
        return Spot(start, stop, text[start + 1 : offset], "`", True, _lead(text, start))
    if kind == "STRING" and start < offset < stop:
        quote = text[start]
        # Before a string that is not closed the quotes of a line are paired wrongly: the cursor's has just been typed.
        if text.count(quote, stop, _line_end(text, stop)) % 2:
            return Spot(start + 1, offset, text[start + 1 : offset], quote, False)
        return Spot(start + 1, stop - 1, text[start + 1 : offset], quote)
    return _word(text, offset)


def _word(text: str, offset: int) -> Spot | None:
    """The spot of a plain word, or of none at all."""
    found = _WORD_START.search(text, max(0, offset - 1000), offset)
    start = found.start() if found else offset
    end = offset
    if start < offset:
        behind = _WORD_END.match(text, offset)
        end = behind.end() if behind else offset
        if text[start].isdigit():
            return None
    if text[:start].endswith(("$", "@", "@{")):
        return None
    lead = _lead(text, start)
    if lead and re.search(r"(?<![\w`])\d+\.\s*\Z", text[max(0, start - 100) : start]):
        return None
    return Spot(start, end, text[start:offset], lead=lead)


def _lead(text: str, start: int) -> str:
    found = _LEAD.search(text, max(0, start - 1000), start)
    return found[0] if found else ""


def _line_end(text: str, start: int) -> int:
    found = re.compile(r"[\r\n]").search(text, start)
    return found.start() if found else len(text)


def _in_comment(text: str, start: int, end: int, offset: int) -> bool:
    """Whether a comment between two tokens holds the offset; one that goes to the end of the line also at its end."""
    if "/" not in text[start:end]:
        return False
    for found in _COMMENT.finditer(text, start, end):
        if found.start() < offset and (
            offset < found.end() or (offset == found.end() and text.startswith("//", found.start()))
        ):
            return True
    return False


def in_comment(text: str, offset: int) -> bool:
    """Whether the offset is inside a comment, closed or not."""
    if "/" not in text[:offset]:
        return False
    engine = machine()
    at = 0
    for match in engine.scan(text):
        number = match.lastindex or 0
        start, stop = match.span(number)
        if _in_comment(text, at, min(start, len(text)), offset):
            return True
        if start >= offset:
            return False
        if engine.tables.terminals[number] == "SLASH" and text.startswith("/*", start):
            return offset > start + 1
        at = stop
    return False
