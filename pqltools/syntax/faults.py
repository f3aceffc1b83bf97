"""What does the recovery tell the messages, and what do they answer?  `Fault` goes in, `Diagnosis` comes out."""

from __future__ import annotations

import re

from pqltools.diagnostics import Diagnostic, Edit, Fix
from pqltools.records import Record, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pqltools.source import Span


@record
class Token(Record):
    """A piece of the text and the terminal that it is where it stands."""

    kind: str
    word: str
    start: int
    stop: int

    @property
    def span(self) -> Span:
        """Where the token stands."""
        return self.start, self.stop


@record
class Fault(Record):
    """Where the text left the grammar: the tokens on both sides, what could have come, and what is still open."""

    token: Token
    previous: Token | None
    #: Terminals that could have stood in place of `token`.
    expected: frozenset[str]
    #: Brackets that are open at this point, outermost first.
    open: tuple[Token, ...]


@record
class Diagnosis(Record):
    """What is wrong, and how to go on: at offset `resume`, the text up to there taken for the terminal `stands_for`.

    Without `resume` the recovery finds its own way; without `stands_for` the text is skipped. `insert` names terminals
    that are missing before the token.
    """

    diagnostic: Diagnostic
    resume: int | None = None
    stands_for: str | None = None
    insert: tuple[str, ...] = ()


def say(
    code: str, message: str, span: Span, *, resume: int | None = None, stands_for: str | None = None, **more: Any
) -> Diagnosis:
    """A diagnosis with its diagnostic in one go; `more` are further fields of `Diagnostic`."""
    return Diagnosis(Diagnostic(code, message, span, **more), resume, stands_for)


def replacing(title: str, span: Span, text: str, safe: bool = True) -> tuple[Fix, ...]:
    """The one fix that puts `text` in place of `span`."""
    return (Fix(title, (Edit(span, text),), safe),)


def enclosing_end(text: str, start: int) -> int:
    """The offset of the first bracket after `start` that closes one before it, or the end of the text."""
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(text, start):
        depth += (match[0] in "([{") - (match[0] in ")]}")
        if depth < 0:
            return match.start()
    return len(text)


_STRING_OR_BRACKET = re.compile(r'"[^"\n]*"|[][(){}]')
