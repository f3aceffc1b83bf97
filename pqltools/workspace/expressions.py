"""What is wrong with this one expression?  Read, checked by the rules that are selected, and suppressed where wanted.

Places are those of the expression; `analysis` moves them into the file. A mistake in a rule is reported (PQL064) and
costs the findings of that rule only.
"""

from __future__ import annotations

import os

from pqltools.checks.registry import Table
from pqltools.checks.runner import check_tree
from pqltools.checks.surroundings import Limits, Surroundings
from pqltools.diagnostics import CODES, Diagnostic, PQLError
from pqltools.records import Record, hint, record, replace
from pqltools.source import Source
from pqltools.workspace.suppression import Suppressions, read_suppressions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pqltools.checks.eligibility.model import Method
    from pqltools.checks.registry import Rule
    from pqltools.checks.surroundings import Segment
    from pqltools.syntax.ast import Expr
    from pqltools.workspace.selection import Selection
    from pqltools.workspace.suppression import Directive
    from pqltools.xdm.schema import Schema


@record
class Known(Record):
    """What holds for all expressions under one configuration.

    `method` is for the definitions that do not say theirs, for all of them if it `overrides`.
    """

    schema: Schema
    now: int
    method: Method | None = None
    as_of: str | None = None
    limits: Limits = Limits()
    segments: Mapping[str, Segment] | None = None
    overrides: bool = False


@record
class Outcome(Record):
    """What was found in an expression.

    `tree` is None if it cannot be read. `host` are findings about directives of the file around it, whose places are
    those of the file. `around` is what the rules were told.
    """

    value: object
    tree: Expr | None
    diagnostics: tuple[Diagnostic, ...]
    suppressed: int = 0
    host: tuple[Diagnostic, ...] = ()
    around: Surroundings | None = hint(default=None)


class Checker:
    """Checks expressions that share a configuration."""

    def __init__(self, selection: Selection, known: Known, *, suppress: bool = True) -> None:
        self.selection = selection
        self.known = known
        self._suppress = suppress
        self._rules = selection.rules()
        #: The rules by what they look at.
        self.table = Table(self._rules)
        self._judges_directives = suppress and selection.wants("PQL069")

    def check(
        self, format: str, value: object, *, segment: Segment | None = None, host: tuple[Directive, ...] = ()
    ) -> Outcome:
        """What is wrong with an expression in the format ``pql/text`` or ``pql/json``.

        `segment` is the definition that holds it, `host` the directives that the file has for it.
        """
        try:
            tree, places, found = _read(format, value)
        except PQLError as problem:
            return self._unreadable(format, value, problem)
        except RecursionError:
            return Outcome(value, None, (_exhausted(),))
        text = value if format == "pql/text" and isinstance(value, str) else None
        return self.check_tree(tree, text, places, found, value=value, segment=segment, host=host)

    def check_tree(
        self,
        tree: Expr,
        text: str | None,
        places: Mapping[int, str],
        warnings: Sequence[Diagnostic] = (),
        *,
        value: object = None,
        segment: Segment | None = None,
        host: tuple[Directive, ...] = (),
    ) -> Outcome:
        """What is wrong with an expression that has been read, with `warnings`, from `text` or with these places."""
        around = self.surroundings(segment, places)
        broken: list[Diagnostic] = []
        found = [*warnings, *self._run(tree, text, around, broken)]
        return self.judged(tree, text, found, broken, around, value=value, host=host)

    def judged(
        self,
        tree: Expr,
        text: str | None,
        found: list[Diagnostic],
        broken: list[Diagnostic],
        around: Surroundings,
        *,
        value: object = None,
        host: tuple[Directive, ...] = (),
    ) -> Outcome:
        """What is shown of what was `found`: what is selected, and not suppressed. `broken` are mistakes of rules."""
        selected = [kept for kept in map(self.selection.apply, found) if kept is not None]
        directives = self._directives(text, tree, host)
        suppressed = 0
        about: list[Diagnostic] = []
        outside: list[Diagnostic] = []
        if directives is not None:
            selected, suppressed = directives.keep(selected, _line_of(text))
            about, outside = self._about(directives, text, host, broken)
        everything = sorted([*selected, *about, *broken], key=lambda diagnostic: diagnostic.span or (0, 0))
        return Outcome(value, tree, tuple(everything), suppressed, tuple(outside), around=around)

    def surroundings(self, segment: Segment | None, places: Mapping[int, str]) -> Surroundings:
        """What the rules are told besides the expression."""
        known = self.known
        method = known.method
        if segment is not None and segment.method is not None and not known.overrides:
            method = segment.method
        return Surroundings(
            known.schema, known.now, method, known.as_of, known.segments, segment, None, known.limits, places
        )

    def _unreadable(self, format: str, value: object, problem: PQLError) -> Outcome:
        found: tuple[Diagnostic, ...] = problem.diagnostics
        if format == "pql/text" and isinstance(value, str) and found[0].code != "PQL041":
            found = (*found, *_warnings(value))
        return self.unreadable(value, found)

    def unreadable(self, value: object, found: Sequence[Diagnostic]) -> Outcome:
        """The outcome for an expression that cannot be read."""
        chosen = [kept for kept in map(self.selection.apply, found) if kept is not None]
        return Outcome(value, None, tuple(sorted(chosen, key=lambda diagnostic: diagnostic.span or (0, 0))))

    # Rules.

    def _run(self, tree: Expr, text: str | None, around: Surroundings, broken: list[Diagnostic]) -> list[Diagnostic]:
        try:
            return check_tree(tree, text, around, self.table)
        except RecursionError:
            broken.append(_exhausted())
        except Exception as mistake:
            if os.environ.get("PQL_TRACEBACK"):
                raise
            return self._run_apart(tree, text, around, broken, mistake)
        return []

    def _run_apart(
        self, tree: Expr, text: str | None, around: Surroundings, broken: list[Diagnostic], mistake: Exception
    ) -> list[Diagnostic]:
        """What the rules find that make no mistake; those that do go into `broken`."""
        good: list[Rule] = []
        for rule in self._rules:
            try:
                check_tree(tree, text, around, Table([rule]))
            except Exception as problem:
                broken.append(_failed(f"the rule {rule.code} failed", problem))
            else:
                good.append(rule)
        if good:
            return check_tree(tree, text, around, Table(good))
        broken[:] = [_failed("the check failed", mistake)]
        return []

    # Directives.

    def _directives(self, text: str | None, tree: Expr, host: tuple[Directive, ...]) -> Suppressions | None:
        if not self._suppress:
            return None
        own = read_suppressions(text, tree.span[0]) if text is not None and tree.span is not None else None
        if own is None:
            return Suppressions([*host]) if host else None
        return Suppressions([*own.directives, *host])

    def _about(
        self, directives: Suppressions, text: str | None, host: tuple[Directive, ...], broken: list[Diagnostic]
    ) -> tuple[list[Diagnostic], list[Diagnostic]]:
        """What is wrong with the directives: in the expression, and in the file."""
        both: tuple[list[Diagnostic], list[Diagnostic]] = [], []
        for index, place in enumerate((None, host[0].source) if host else (None,)):
            part = Suppressions([directive for directive in directives.directives if directive.source is place])
            found = [problem for directive in part.directives for problem in directive.problems]
            written = text if place is None else place.text
            if self._judges_directives and not broken and written is not None:
                found += part.unused(written, self._ran, whole=not self.selection.narrowed)
            both[index].extend(kept for kept in map(self.selection.apply, found) if kept is not None)
        return both

    def _ran(self, prefix: str) -> bool:
        """Whether a rule ran whose code begins so."""
        return any(code.startswith(prefix) and self.selection.wants(code) for code in CODES)


def _read(format: str, value: object) -> tuple[Expr, Mapping[int, str], list[Diagnostic]]:
    """The tree, the places of its nodes, and warnings. Raises `PQLError` with all faults."""
    from pqltools.formats.definition import check_format

    check_format(format, value)
    if format == "pql/text":
        assert isinstance(value, str)
        from pqltools.syntax.parser import parse

        return parse(value), {}, _warnings(value)
    from pqltools.formats.pql_json import from_json_with_places

    tree, places = from_json_with_places(value)  # type: ignore[arg-type]
    return tree, places, []


def _warnings(text: str) -> list[Diagnostic]:
    """The warnings of the parser; they are about quotes and backslashes, and cost a second parse."""
    if "'" not in text and "\\" not in text:
        return []
    from pqltools.syntax.parser import parse_tolerant

    return [
        replace(warning, source=None) for warning in parse_tolerant(text).diagnostics if warning.severity != "error"
    ]


def _line_of(text: str | None) -> Callable[[Diagnostic], int]:
    """The line of the text on which a finding begins; a tree has only one."""
    if text is None:
        return lambda _: 1
    source = Source(text)
    return lambda diagnostic: source.line_column(diagnostic.span[0])[0] if diagnostic.span else 1


def _exhausted() -> Diagnostic:
    return Diagnostic("PQL010", "the expression is nested too deep for what is left of the stack")


def _failed(what: str, problem: Exception) -> Diagnostic:
    return Diagnostic(
        "PQL064",
        f"{what}: {type(problem).__name__}: {problem}",
        help="this is a mistake in pqltools; please report it, with the expression if you can share it",
    )
