"""What is a test, and what is its result?  The records that reading makes and running answers."""

from __future__ import annotations

from pqltools.records import Record, hint, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Literal, TypeAlias

    from pqltools.diagnostics import Diagnostic
    from pqltools.evaluation.explain import Explanation
    from pqltools.formats.definition_files import DefinitionFile, Embedded
    from pqltools.source import Source, Span

    Status: TypeAlias = Literal["passed", "failed", "error"]


@record
class Subject(Record):
    """An expression that is tested; `title` is what people call it.

    `embedded` is the expression in the file `source`; `file` is the definition file, None if it stands in the test.
    """

    title: str
    format: str
    value: Any
    source: Source = hint(default=None)
    embedded: Embedded = hint(default=None)
    file: DefinitionFile | None = hint(default=None)

    @property
    def key(self) -> str:
        """What no other expression has: its file and its place there."""
        return f"{self.source.name}#{self.embedded.span[0]}"


@record
class Setting(Record):
    """Where a test stands: its file, and the schema and tenant that the file names, None if it names none."""

    name: str
    schemas: tuple[str, ...] | None = None
    tenant: str | None = None


@record
class Expectation(Record):
    """What is to come out. `kind` is ``qualifies``, ``value`` or ``diagnostics``; then `value` is a list of codes."""

    kind: str
    value: Any


@record
class SegmentTest(Record):
    """One test. One with `faults` cannot be run, and has no subject.

    `now` is in milliseconds since 1970 UTC, None if nothing says it; `who` is what the profile is called, if anything.
    """

    name: str
    expected: Expectation | None = None
    profile: Any = None
    who: str | None = None
    now: int | None = None
    segments: Mapping[str, Subject | bool] = {}
    models: Mapping[str, Any] = {}
    setting: Setting | None = None
    faults: tuple[Diagnostic, ...] = ()
    subject: Subject | None = hint(default=None)
    source: Source = hint(default=None)
    span: Span = hint(default=(0, 0))

    @property
    def place(self) -> tuple[str, int, int]:
        """File, line and column."""
        return self.source.name, *self.source.line_column(self.span[0])


@record
class Suite(Record):
    """The tests of one file, and what is wrong with the file."""

    source: Source
    tests: tuple[SegmentTest, ...]
    problems: tuple[Diagnostic, ...] = ()


@record
class Result(Record):
    """What came of a test.

    `got` is what came out, in the form of the expectation's value; `explanation` is there if it is not what was
    expected of an evaluation; `now` is the instant at which the test ran. `diagnostics` say why it could not be run, or
    are what the checker found.
    """

    test: SegmentTest
    status: Status
    got: Any = None
    explanation: Explanation | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    now: int | None = None
