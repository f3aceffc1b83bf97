"""What is a regular expression of Java as a tree?  Nodes with the places in the pattern that they were read from.

Flags such as `(?i)` are resolved while parsing: each node knows those that matter to it. What matches one character is
a `CharSet`; its sets are described in `sets`.
"""

from __future__ import annotations

from pqltools.records import Record, hint, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from pqltools.source import Span
    from pqltools.types.regex.sets import Set


@record
class Fault(Record):
    """Something about a pattern: what is the matter, and where, as offsets into the pattern."""

    message: str
    span: Span


class InvalidPattern(ValueError):
    """The text is no regular expression of Java."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.fault = Fault(message, (start, end))


@record
class Regex(Record):
    """What all nodes have."""

    span: Span = hint(default=(0, 0), kw_only=True)


class TooDeep(InvalidPattern):
    """The text may well be one, but it is nested deeper than anybody means it."""


@record
class CharSet(Regex):
    """One character of a set."""

    set: Set


@record
class Anchor(Regex):
    """Matches between characters.

    `kind`: ``start`` (``^``, ``\\A``, ``\\G``), ``end`` (``\\z``), ``final`` (``$``, ``\\Z``: also before a line
    terminator at the end), ``final-newline`` (the same with ``(?d)``), ``line-start`` and ``line-end`` (with
    ``(?m)``), ``line-start-newline`` and ``line-end-newline`` (with ``(?dm)``), ``word`` (``\\b``), ``no-word``
    (``\\B``), ``grapheme`` (``\\b{g}``). `unicode` is for words.
    """

    kind: str
    unicode: bool = False


@record
class Concat(Regex):
    """One after the other; without parts it matches nothing at all, which is everywhere."""

    parts: tuple[Expression, ...]


@record
class Alternation(Regex):
    """One of several, tried in their order."""

    branches: tuple[Expression, ...]


@record
class Repeat(Regex):
    """`low` to `high` (None: any number) times. `mode` is ``greedy``, ``lazy`` or ``possessive``."""

    body: Expression
    low: int
    high: int | None
    mode: str


@record
class Group(Regex):
    """Parentheses. `number` is that of a capturing group, else None."""

    body: Expression
    number: int | None = None


@record
class Atomic(Regex):
    """``(?>…)``: what has matched is not tried otherwise."""

    body: Expression


@record
class Look(Regex):
    """Lookahead and lookbehind."""

    body: Expression
    behind: bool
    negative: bool


@record
class BackReference(Regex):
    """``\\1`` or ``\\k<name>``: what a group has matched. `fold`: as for `sets.Chars`."""

    number: int
    fold: str = ""


@record
class Special(Regex):
    """What is none of the others.

    `kind`: ``R`` is a line break, perhaps of two characters, ``X`` what people see as one character, ``c`` the flag
    for canonical equivalence.
    """

    kind: str


if TYPE_CHECKING:
    Expression: TypeAlias = (
        CharSet | Anchor | Concat | Alternation | Repeat | Group | Atomic | Look | BackReference | Special
    )
