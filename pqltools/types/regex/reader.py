"""What stands next in a pattern?  Characters of a regular expression with quotations and comments taken care of."""

from __future__ import annotations

from pqltools.types.regex.nodes import InvalidPattern, TooDeep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

IGNORE_CASE, MULTILINE, DOTALL, UNIX_LINES, UNICODE_CASE, COMMENTS, UNICODE_CLASSES, CANONICAL = (
    1 << bit for bit in range(8)
)
FLAGS = {
    "i": IGNORE_CASE,
    "m": MULTILINE,
    "s": DOTALL,
    "d": UNIX_LINES,
    "u": UNICODE_CASE,
    "x": COMMENTS,
    "U": UNICODE_CLASSES | UNICODE_CASE,
    "c": CANONICAL,
}
_IGNORED = "\t\n\x0b\f\r "
_HEXADECIMAL = frozenset("0123456789abcdefABCDEF")


class Reader:
    """A pattern without ``\\Q`` and ``\\E``. Quoted characters are never `meta`, and `offsets` leads to the original.

    Java removes quotations from the text before it reads anything else, so they work in classes, too.
    """

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.chars: list[str] = []
        self.offsets: list[int] = []
        self.quoted: list[bool] = []
        self.at = 0
        self.flags = 0
        self._unquote()
        self.length = len(self.chars)
        self.offsets.append(len(pattern))

    def _unquote(self) -> None:
        pattern, at, quoted = self.pattern, 0, False
        while at < len(pattern):
            two = pattern[at : at + 2]
            if quoted and two == "\\E":
                quoted = False
                at += 2
            elif not quoted and two == "\\Q":
                quoted = True
                at += 2
            else:
                # A backslash and what it escapes go together, so that ``\\\\Q`` quotes nothing.
                for offset in range(at, at + (2 if two[0] == "\\" and len(two) == 2 and not quoted else 1)):
                    self.chars.append(pattern[offset])
                    self.offsets.append(offset)
                    self.quoted.append(quoted)
                    at += 1

    def has(self, flag: int) -> bool:
        """Whether a flag is on."""
        return bool(self.flags & flag)

    def folding(self) -> str:
        """How case is treated by the flags that are on: empty, ``ascii`` or ``unicode``."""
        if not self.has(IGNORE_CASE):
            return ""
        return "unicode" if self.has(UNICODE_CASE) else "ascii"

    def ended(self) -> bool:
        """Whether nothing follows, white space and comments aside where ``(?x)`` is on."""
        if self.flags & COMMENTS:
            self._skip_ignored()
        return self.at >= self.length

    def _skip_ignored(self) -> None:
        ends = "\n" if self.has(UNIX_LINES) else "\n\r\x85\u2028\u2029"
        while self.at < self.length and not self.quoted[self.at]:
            if self.chars[self.at] == "#":
                while self.at < self.length and self.chars[self.at] not in ends:
                    self.at += 1
            elif self.chars[self.at] not in _IGNORED:
                break
            self.at += 1
        self.at = min(self.at, self.length)

    def meta(self) -> str:
        """The next character if it may have a special meaning; empty for quoted ones and at the end."""
        return "" if self.ended() or self.quoted[self.at] else self.chars[self.at]

    def raw(self, ahead: int = 0) -> str:
        """The character at a distance, empty behind the end; nothing is skipped."""
        return self.chars[self.at + ahead] if self.at + ahead < self.length else ""

    def take(self) -> str:
        """The next character, empty at the end; nothing is skipped."""
        found = self.raw()
        self.at += bool(found)
        return found

    def fail(self, message: str, start: int, end: int | None = None) -> NoReturn:
        """Refuse the pattern for what stands between two places, by default up to here."""
        self.at = min(self.at, self.length)
        low = self.offsets[min(start, self.length)]
        high = self.offsets[self.at if end is None else min(end, self.length)]
        raise InvalidPattern(message, low, max(low, high))

    def too_deep(self, what: str, most: int) -> NoReturn:
        """Refuse to go on into what is nested here."""
        raise TooDeep(
            f"a pattern with {what} nested more than {most} deep", self.offsets[self.at], self.offsets[self.at] + 1
        )

    def span(self, start: int) -> tuple[int, int]:
        """From a place to here, as offsets into the pattern."""
        # What has been read ends behind its last character, not before the next one, which a ``\\E`` may part from it.
        end = self.offsets[self.at - 1] + 1 if self.at > start else self.offsets[start]
        return (self.offsets[start], end)

    def number(self, digits: str, most: int) -> int | None:
        """A number of at most so many of these digits, None if there is none."""
        start = self.at
        while self.at - start < most and self.raw() and self.raw() in digits and not self.quoted[self.at]:
            self.at += 1
        return int("".join(self.chars[start : self.at]), len(digits)) if self.at > start else None

    def hexadecimal(self, count: int, start: int) -> int:
        """A number of exactly so many hexadecimal digits."""
        digits = "".join(self.chars[self.at : self.at + count])
        if len(digits) < count or not _HEXADECIMAL.issuperset(digits):
            self.fail(f"`{self.text(start)}` is followed by {count} hexadecimal digits", start)
        self.at += count
        return int(digits, 16)

    def text(self, start: int) -> str:
        """What has been read since `start`."""
        return "".join(self.chars[start : self.at])

    def until(self, closing: str, start: int, what: str) -> str:
        """What stands before the next `closing`, which is passed."""
        begin = self.at
        while self.raw() != closing:
            if not self.take():
                self.fail(f"`{closing}` is missing after the {what}", start)
        self.at += 1
        return "".join(self.chars[begin : self.at - 1])
