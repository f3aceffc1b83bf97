"""How is a pattern searched for that RE2 cannot run?  By an engine that tries one way after another, up to a limit.

The engine is that of the `regex` module. It counts the processor time of the whole process, and looks at the clock
between steps, one of which can be as long as the text: 0.1 seconds are kept to a few hundredths for texts of some
thousand characters, while for a megabyte a search can go on for a second.
"""

from __future__ import annotations

from pqltools.diagnostics import Diagnostic, PQLError
from pqltools.syntax.literals import shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CODE = "PQL074"
#: The longest time of a search, in seconds. Whoever sets it sets it for all threads and for what is compiled already.
TIME_LIMIT = 0.1
_HELP = "write it without lookaround and references, or so that no two repetitions in it can match the same text"


class EvaluationTimeout(PQLError):
    """A profile could not be evaluated: a search for a regular expression took longer than `TIME_LIMIT`.

    It says nothing about other profiles. `diagnostics` holds one, PQL074, which names the pattern.
    """


class BoundedPattern:
    """A pattern, ready to search with; `text` is the one for `regex`, `written` the one of the expression."""

    def __init__(self, text: str, written: str) -> None:
        import regex

        self.written = written
        self.pattern = text
        self._pattern = regex.compile(text, cache_pattern=False)  # `regexes` remembers it
        self.groups: int = self._pattern.groups

    def search(self, text: str) -> Any:
        """Where the pattern is first found, None if nowhere. Raises `EvaluationTimeout`."""
        limit = TIME_LIMIT
        try:
            return self._pattern.search(text, timeout=limit)
        except TimeoutError:
            message = f"the search for `{shorten(self.written)}` was given up after {limit:g} seconds"
            raise EvaluationTimeout([Diagnostic(CODE, message, help=_HELP)]) from None
