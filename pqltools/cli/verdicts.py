"""How do people see what came of tests?  Each failure with its reasons, the coverage, and a line that sums up."""

from __future__ import annotations

from pqltools.cli.reporting import terminal
from pqltools.evaluation.explaining.drawing import Style
from pqltools.records import Record, record
from pqltools.render import render
from pqltools.testing.texts import explained, headline

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from pqltools.diagnostics import Diagnostic
    from pqltools.testing.coverage import Covered, Gap
    from pqltools.testing.model import Result, Suite

_COLOURS = {"passed": "\x1b[32m", "failed": "\x1b[31m", "error": "\x1b[31m"}
_WORDS = {"passed": "passed", "failed": "FAILED", "error": "ERROR"}
#: Characters of a condition.
_MAX_TEXT = 80
_BOLD, _RESET = "\x1b[1m", "\x1b[0m"


@record
class Told(Record):
    """One file of a run, with the results so far."""

    suite: Suite
    results: list[Result]


class Verdicts:
    """What has come of a run. If it `draws`, failures are shown as they come."""

    def __init__(self, out: TextIO, *, verbose: bool, draws: bool) -> None:
        import time

        self.out = out
        self.verbose = verbose
        self.draws = draws
        self.told: list[Told] = []
        self.width, self.colour = terminal(out)
        self._style = Style(self.width, self.colour)
        self._clock = time.monotonic
        self._start = self._clock()
        #: What has been drawn, which is not drawn again for the next test that it stops.
        self._drawn: set[tuple[str, Diagnostic]] = set()

    def begin(self, suite: Suite) -> None:
        """A file comes; say what is wrong with it."""
        self.told.append(Told(suite, []))
        if self.draws:
            self._draw(suite.problems)

    def tell(self, result: Result) -> None:
        """A test of that file has been run."""
        self.told[-1].results.append(result)
        if not self.draws or (result.status == "passed" and not self.verbose):
            return
        word = self._paint(_WORDS[result.status], _COLOURS[result.status])
        self.out.write(f"{word} {self._paint(headline(result), _BOLD)}\n")
        if result.status != "passed":
            lines = explained(result, self._style)
            if result.diagnostics and not self._news(result.diagnostics):
                lines.append("for the reason above")
            self.out.writelines([f"  {line}".rstrip() + "\n" for line in lines])
            self.out.write("\n")
            self._draw(result.diagnostics)

    def _news(self, diagnostics: Sequence[Diagnostic]) -> list[Diagnostic]:
        """Those that have not been drawn."""
        return [each for each in diagnostics if (_file(each), each) not in self._drawn]

    def _draw(self, diagnostics: Sequence[Diagnostic]) -> None:
        for diagnostic in self._news(diagnostics):
            self._drawn.add((_file(diagnostic), diagnostic))
            self.out.write(render(diagnostic, width=self.width, colour=self.colour) + "\n\n")

    def _paint(self, text: str, colour: str) -> str:
        return f"{colour}{text}{_RESET}" if self.colour else text

    # The end.

    def count(self, status: str) -> int:
        """How many tests ended so."""
        return sum(result.status == status for told in self.told for result in told.results)

    @property
    def problems(self) -> int:
        """What is wrong with files, apart from tests."""
        return sum(len(told.suite.problems) for told in self.told)

    @property
    def status(self) -> int:
        """The exit code, as far as tests decide it."""
        results = [result for told in self.told for result in told.results]
        if any(diagnostic.code == "PQL078" for result in results for diagnostic in result.diagnostics):
            return 70
        is_fine = results and not self.problems and all(result.status == "passed" for result in results)
        return 0 if is_fine else 1

    def end(self, covered: Sequence[Covered] | None, least: float | None) -> None:
        """Show the coverage, if it was asked for, and the summary."""
        if self.verbose and self.told:
            self.out.write("\n")
        if covered is not None:
            self.out.writelines(_coverage(covered, least))
        self.out.write(self._summary() + "\n")

    def _summary(self) -> str:
        numbers = {word: self.count(word) for word in ("failed", "error", "passed")}
        parts = [f"{number:,} {word}" for word, number in numbers.items() if number]
        if numbers["error"] > 1:
            parts = [part.replace("error", "errors") for part in parts]
        if self.problems:
            files = sum(bool(told.suite.problems) for told in self.told)
            parts.append(f"{_count(self.problems, 'fault')} in {_count(files, 'file')}")
        if not parts:
            return "no tests found" if not self.told else "no test of that name found"
        files = sum(bool(told.results) for told in self.told)
        text = ", ".join(parts) + (f" in {_count(files, 'file')}" if files and not self.problems else "")
        if self.out.isatty():
            text += f" ({self._clock() - self._start:.1f} s)"
        return self._paint(text, _COLOURS["failed" if self.status else "passed"])


def _coverage(covered: Sequence[Covered], least: float | None) -> list[str]:
    from pqltools.testing.coverage import percent

    lines = []
    for each in covered:
        lines.append(f"coverage of {each.title}: {each.seen} of {_count(each.possible, 'outcome')}\n")
        lines += [f"  {gap.line}:{gap.column} {_missing(gap)}  {_cut(gap.text)}\n" for gap in each.gaps]
    total = percent(covered)
    below = f", below {least:g}%" if least is not None and total < least else ""
    return [*lines, f"coverage {floor_text(total)}%{below}\n"]


def _missing(gap: Gap) -> str:
    words = ["never " + str(outcome).lower() for outcome in gap.missing]
    return words[0] if len(words) == 1 else "never reached"


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_TEXT else text[: _MAX_TEXT - 1] + "…"


def _file(diagnostic: Diagnostic) -> str:
    return diagnostic.source.name if diagnostic.source else ""


def floor_text(percent: float) -> str:
    """The percentage without decimals, rounded down: 100 is said of what is complete only."""
    return str(int(percent))


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'s' * (number != 1)}"
