"""Under which schema and configuration does a test run, and which segments are there?  Each asked for once."""

from __future__ import annotations

from pqltools.diagnostics import PQLError
from pqltools.formats.definition import read_expression
from pqltools.formats.definition_files import place
from pqltools.records import Record, record
from pqltools.syntax.ast import BooleanLiteral
from pqltools.testing.model import Subject
from pqltools.testing.references import Library, Missing, subject_of
from pqltools.workspace.config_files import Configurations
from pqltools.workspace.given import definition_of
from pqltools.workspace.setup import Options, Workspace, files_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from pqltools.formats.definition_files import DefinitionFile
    from pqltools.syntax.ast import Expr
    from pqltools.testing.model import SegmentTest, Setting
    from pqltools.xdm.schema import Schema


@record
class Given(Record):
    """What the command line says; None where it says nothing. `now` is in milliseconds since 1970 UTC."""

    now: int
    schemas: tuple[str, ...] | None = None
    tenant: str | None = None


class Segments(dict[str, "Subject | bool"]):
    """What `inSegment` may name, by id; asked for one, it gives the tree. Raises `PQLError` if that is none."""

    def __getitem__(self, id: str) -> Any:
        found = super().__getitem__(id)
        return BooleanLiteral(found) if isinstance(found, bool) else tree_of(found)


def tree_of(subject: Subject) -> Expr:
    """The tree of an expression. Raises `PQLError` with places in the file."""
    try:
        return read_expression(subject.format, subject.value)
    except PQLError as problem:
        raise placed(problem, subject) from None


def placed(problem: PQLError, subject: Subject) -> PQLError:
    """The error with its places in the file of the expression; of what is placed already nothing changes."""
    return PQLError(
        [
            diagnostic
            if diagnostic.source is not None and diagnostic.source.name != "<text>"
            else place(subject.embedded, subject.source, diagnostic)
            for diagnostic in problem.diagnostics
        ]
    )


class Settings:
    """The schemas, configurations and segments of one run."""

    def __init__(self, given: Given, library: Library) -> None:
        self.given = given
        self.library = library
        self._workspaces: dict[tuple[tuple[str, ...] | None, str | None, int], Workspace] = {}
        self._configurations = Configurations()
        self._segments: dict[str | None, dict[str, Subject] | PQLError] = {}
        self._schemas: dict[tuple[tuple[str, ...] | None, str | None, str | None], Schema | PQLError] = {}

    def now(self, test: SegmentTest) -> int:
        """The instant of a test: its own, else that of the run."""
        return self.given.now if test.now is None else test.now

    def is_excluded(self, path: str) -> bool:
        """Whether the configuration leaves a file or folder alone."""
        return self.workspace(None, self.given.now).is_excluded(path)

    def workspace(self, setting: Setting | None, now: int) -> Workspace:
        """The workspace for a test file. What the command line says comes before what the file says."""
        schemas, tenant = self.given.schemas, self.given.tenant
        if setting is not None:
            schemas = setting.schemas if schemas is None else schemas
            tenant = setting.tenant if tenant is None else tenant
        key = schemas, tenant, now
        if key not in self._workspaces:
            self._workspaces[key] = Workspace(Options(now, schemas=schemas, tenant=tenant))
        return self._workspaces[key]

    def check_configuration(self, name: str) -> None:
        """Raise `PQLError` if the configuration of a file has faults."""
        self._configurations.peek(name)

    def schema(self, setting: Setting) -> Schema:
        """The schema for a test file. Raises `PQLError` for a configuration or a schema with errors."""
        key = setting.schemas, setting.tenant, self._configurations.peek(setting.name).path
        if key not in self._schemas:
            try:
                self._schemas[key] = self._loaded(setting)
            except PQLError as problem:
                self._schemas[key] = problem
        found = self._schemas[key]
        if isinstance(found, PQLError):
            raise found
        return found

    def _loaded(self, setting: Setting) -> Schema:
        workspace = self.workspace(setting, self.given.now)
        checker = workspace.checker(setting.name)
        assert checker is not None
        faults = [found for report in workspace.news() for found in report.diagnostics if found.severity == "error"]
        if faults:
            raise PQLError(faults)
        return checker.known.schema

    def segments(self, test: SegmentTest) -> Segments:
        """What `inSegment` may name: what the test says, else the definition's file, else the configuration."""
        assert test.setting is not None
        assert test.subject is not None
        own = {} if test.subject.file is None else _by_id([test.subject.file])
        return Segments({**self._configured(test.setting.name), **own, **test.segments})

    def _configured(self, name: str) -> dict[str, Subject]:
        config = self._configurations.peek(name)
        if config.path not in self._segments:
            try:
                names = [*files_of(config, config.segments, "segments")]
                self._segments[config.path] = _by_id(self._files(names))
            except PQLError as problem:
                self._segments[config.path] = problem
        found = self._segments[config.path]
        if isinstance(found, PQLError):
            raise found
        return found

    def _files(self, names: Iterable[str]) -> Iterable[DefinitionFile]:
        """The definition files; what is wrong with others is said by `pql check`."""
        from pqltools.files import expand

        for name, _ in expand(names):
            try:
                yield self.library.file(name)
            except (PQLError, Missing):
                continue


def _by_id(files: Iterable[DefinitionFile]) -> dict[str, Subject]:
    found: dict[str, Subject] = {}
    for file in files:
        for embedded in file.expressions:
            id = (definition_of(file, embedded) or {}).get("id")
            if isinstance(id, str) and id:
                found.setdefault(id, subject_of(file, embedded))
    return found
