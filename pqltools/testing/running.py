"""What comes of a test?  `Runner.run` evaluates or checks, and compares with what is expected; it raises nothing.

Tests run on the compiled evaluator, which is what runs over data; a walker explains failures, and sees what is covered.
"""

from __future__ import annotations

import os

from pqltools.diagnostics import Diagnostic, PQLError
from pqltools.evaluation.compiling import compile_program
from pqltools.evaluation.program import prepare
from pqltools.evaluation.values import as_json
from pqltools.records import replace
from pqltools.syntax.ast import FunctionCall, StringLiteral
from pqltools.syntax.walk import walk
from pqltools.testing.checking import found_in
from pqltools.testing.comparing import difference
from pqltools.testing.model import Result
from pqltools.testing.settings import Settings, placed, tree_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pqltools.evaluation.explain import Explanation
    from pqltools.evaluation.program import Program
    from pqltools.syntax.ast import Expr
    from pqltools.testing.coverage import Coverage
    from pqltools.testing.model import SegmentTest, Subject
    from pqltools.testing.settings import Segments


class Runner:
    """Runs tests, one after the other; what they share is prepared once. `coverage` is told what they see."""

    def __init__(self, settings: Settings, coverage: Coverage | None = None) -> None:
        self.settings = settings
        self.coverage = coverage
        self._programs: dict[tuple[Any, ...], Program | PQLError] = {}
        self._functions: dict[tuple[Any, ...], Any] = {}

    def run(self, test: SegmentTest) -> Result:
        """The result of a test, whatever happens: a mistake in pqltools is PQL078."""
        now = self.settings.now(test)
        if test.faults:
            return Result(test, "error", diagnostics=test.faults, now=now)
        try:
            return self._run(test, now)
        except PQLError as problem:
            return Result(test, "error", diagnostics=problem.diagnostics, now=now)
        except Exception as mistake:
            if os.environ.get("PQL_TRACEBACK"):
                raise
            return Result(test, "error", diagnostics=(_crashed(test, mistake),), now=now)

    def _run(self, test: SegmentTest, now: int) -> Result:
        expected = test.expected
        assert expected is not None
        assert test.subject is not None
        if expected.kind == "diagnostics":
            found = found_in(test, self.settings, now)
            codes = tuple(sorted({diagnostic.code for diagnostic in found}))
            passed = codes == tuple(sorted({*expected.value}))
            return Result(test, "passed" if passed else "failed", codes, diagnostics=() if passed else found, now=now)
        key, program = self._program(test, test.subject, now)
        asks = expected.kind == "qualifies"
        if self.coverage is not None:
            self.coverage.add(test.subject, program, test.profile, test.models, as_condition=asks)
        got = self._function(key, program, asks)(test.profile, (), test.models)
        got = got if asks else as_json(got)
        if difference(expected.value, got) is None:
            return Result(test, "passed", got, now=now)
        return Result(test, "failed", got, _explanation(program, test, asks), now=now)

    def _function(self, key: tuple[Any, ...], program: Program, asks: bool) -> Any:
        if (key, asks) not in self._functions:
            self._functions[key, asks] = compile_program(program, as_condition=asks)
        return self._functions[key, asks]

    def _program(self, test: SegmentTest, subject: Subject, now: int) -> tuple[tuple[Any, ...], Program]:
        """The program of a test, and a key that it shares with no other."""
        segments = self.settings.segments(test)
        known = tuple([(id, value if isinstance(value, bool) else value.key) for id, value in segments.items()])
        key = subject.key, test.setting, known
        if key not in self._programs:
            try:
                self._programs[key] = self._prepared(test, subject, segments)
            except PQLError as problem:
                self._programs[key] = problem
        found = self._programs[key]
        if isinstance(found, PQLError):
            raise found
        return (*key, now), _at(found, now)

    def _prepared(self, test: SegmentTest, subject: Subject, segments: Segments) -> Program:
        assert test.setting is not None
        schema = self.settings.schema(test.setting)
        tree = tree_of(subject)
        try:
            return prepare(tree, schema, now=0, segments=segments)  # type: ignore[arg-type]  # it gives trees
        except PQLError as problem:
            self._blame(test, tree, segments)
            raise placed(problem, subject) from None

    def _blame(self, test: SegmentTest, tree: Expr, segments: Segments) -> None:
        """Raise what is wrong with a segment that a tree refers to: a program says it without saying where."""
        assert test.setting is not None
        schema = self.settings.schema(test.setting)
        for id in _named(tree, segments):
            segment = segments.get(id)
            assert segment is not None
            if not isinstance(segment, bool):
                try:
                    prepare(segments[id], schema, now=0)
                except PQLError as problem:
                    raise placed(problem, segment) from None


def _explanation(program: Program, test: SegmentTest, asks: bool) -> Explanation:
    """Why that came out, in the words of the definition."""
    from pqltools.evaluation.explain import explain_program

    assert test.subject is not None
    text = test.subject.value if test.subject.format == "pql/text" else None
    return explain_program(program, (test.profile,), test.models, text=text, condition=asks)


def _named(tree: Expr, segments: Segments) -> list[str]:
    """The ids of the segments that a tree refers to, directly or by way of others."""
    found: dict[str, None] = {}
    pending = [tree]
    while pending:
        for node in walk(pending.pop()):
            match node:
                case FunctionCall("inSegment", (StringLiteral(id),)) if id in segments and id not in found:
                    found[id] = None
                    pending.append(segments[id])
                case _:
                    pass
    return [*found]


def _at(program: Program, now: int) -> Program:
    """The same program, and the segments in it, at another instant."""
    segments: dict[str, Program] = {}
    for id, each in program.segments.items():
        segments[id] = replace(each, now=now, segments=segments)
    return replace(program, now=now, segments=segments)


def _crashed(test: SegmentTest, mistake: Exception) -> Diagnostic:
    message = f"the test stopped: {type(mistake).__name__}: {mistake}"
    help = "this is a mistake in pqltools; please report it, with the test if you can share it"
    return Diagnostic("PQL078", message, test.span, help=help, source=test.source)
