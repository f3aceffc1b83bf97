"""What is wrong in these files?  `check_files`: each file read, checked, fixed if wanted, with a report of its own.

A file that cannot be read, or that breaks the checker, costs nobody else. Files are read first, so that definitions
know each other; then each is checked, in several processes if that pays. Reports come in the order of the files.
"""

from __future__ import annotations

import os

from pqltools.diagnostics import Diagnostic, PQLError
from pqltools.records import Record, record, replace
from pqltools.workspace.setup import without

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    from pqltools.formats.definition_files import DefinitionFile, Embedded
    from pqltools.source import Source
    from pqltools.workspace.expressions import Checker, Outcome
    from pqltools.workspace.setup import Workspace
    from pqltools.workspace.suppression import Directive


@record
class FileReport(Record):
    """What was found in one file.

    `source` is its text, after fixes if there were any; `file` is None if it could not be read. `diagnostics` are in
    the order of the text, `applied` the codes of the fixes, one for each, `before` the text before them, None if it is
    as it was. `suppressed` counts what `noqa` comments hid. A report may also be about a configuration or a schema.
    """

    source: Source
    file: DefinitionFile | None
    diagnostics: tuple[Diagnostic, ...]
    suppressed: int = 0
    applied: tuple[str, ...] = ()
    before: str | None = None
    #: Whether the wanted method can evaluate each expression, rule by rule, as data, if that was asked for.
    eligibility: tuple[dict[str, Any], ...] = ()

    @property
    def name(self) -> str:
        """The file's name as messages show it."""
        return self.source.name


@record
class Item(Record):
    """A file that has been read and waits for its check."""

    name: str
    file: DefinitionFile
    checker: Checker


def check_files(
    names: Iterable[str],
    workspace: Workspace,
    *,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[FileReport]:
    """Check files and folders, ``-`` for standard input; reports come as they are ready, in the order of the files.

    `jobs` is the number of processes, None to choose it. `progress` is told how many of how many files are done. With
    fixes, changed files are written before their report comes.
    """
    ready: list[FileReport | Item] = [*_read_all(names, workspace)]
    workspace.know_segments(item.file for item in ready if isinstance(item, Item))
    items = [item for item in ready if isinstance(item, Item)]
    results = _check_all(items, workspace, jobs)
    total, done = len(items), 0
    for found in ready:
        if isinstance(found, Item):
            report = next(results)
            done += 1
            if progress is not None:
                progress(done, total)
            yield delivered(found, report, workspace)
        else:
            yield found


def check_file(item: Item, workspace: Workspace) -> FileReport:
    """Check one file that has been read, with fixes if they are wanted; nothing is written."""
    outcomes = [check_embedded(item, item.file, embedded, workspace) for embedded in item.file.expressions]
    if workspace.options.fix:
        from pqltools.workspace.file_fixing import fixed_file

        return fixed_file(item, outcomes, workspace)
    return report_of(item.file, outcomes, item, workspace)


def check_embedded(
    item: Item, file: DefinitionFile, embedded: Embedded, workspace: Workspace, value: object = None
) -> Outcome:
    """What is wrong with one expression of `file`, or with another `value` in its place."""
    from pqltools.workspace.given import GivenSegment, definition_of

    definition = definition_of(file, embedded)
    segment = None if definition is None else GivenSegment.of(definition, embedded)
    tested = embedded.value if value is None else value
    host = host_directives(file, embedded)
    outcome = item.checker.check(embedded.format, tested, segment=segment, host=host)
    ignored = workspace.ignored(item.name, segment) if outcome.diagnostics or outcome.host else ()
    if not ignored:
        return outcome
    return replace(outcome, diagnostics=without(ignored, outcome.diagnostics), host=without(ignored, outcome.host))


def report_of(file: DefinitionFile, outcomes: Sequence[Outcome], item: Item, workspace: Workspace) -> FileReport:
    """The report of a file whose expressions have been checked, with all places in the file."""
    from pqltools.formats.definition_files import place_all

    about_file = [kept for kept in map(item.checker.selection.apply, file.diagnostics) if kept is not None]
    suppressed = 0
    found = [*without(workspace.ignored(item.name), about_file)] if about_file else []
    for embedded, outcome in zip(file.expressions, outcomes, strict=True):
        found += place_all(embedded, file.source, outcome.diagnostics)
        found += outcome.host
        suppressed += outcome.suppressed
    found.sort(key=_place)
    answers: tuple[dict[str, Any], ...] = ()
    if workspace.options.eligibility:
        from pqltools.workspace.eligibility import answers_of

        answers = tuple(answers_of(file, outcomes))
    return FileReport(file.source, file, tuple(found), suppressed, eligibility=answers)


def host_directives(file: DefinitionFile, embedded: Embedded) -> tuple[Directive, ...]:
    """The directives that the file has for one of its expressions."""
    if file.kind != "yaml" or "noqa" not in file.source.text.lower():
        return ()
    from pqltools.workspace.yaml_comments import directives

    return tuple(directives(file, embedded))


# Reading.


def _read_all(names: Iterable[str], workspace: Workspace) -> Iterator[FileReport | Item]:
    from pqltools.files import expand

    for name, named in expand(names, workspace.is_excluded):
        if not named:
            workspace.searched = True
        try:
            if named and workspace.is_excluded(name):
                continue
            checker = workspace.checker(name)
            yield from workspace.news()
            wanted = named and not workspace.options.skip_unrelated
            found = None if checker is None else _read(name, wanted, checker, workspace)
        except PQLError as problem:
            yield from workspace.news()
            yield failed(problem)
        else:
            if found is not None:
                yield found


def _read(name: str, named: bool, checker: Checker, workspace: Workspace) -> Item | None:
    """The file, None if it was found in a folder and holds no PQL. Raises `PQLError`."""
    from pqltools.files import read_source
    from pqltools.formats.definition_files import read_file
    from pqltools.formats.file_kinds import may_hold_pql
    from pqltools.source import Source

    source = read_source(name)
    if name == "-" and workspace.options.stdin_name is not None:
        source = Source(source.text, workspace.options.stdin_name)
    if not named and not may_hold_pql(source):
        return None
    try:
        return Item(name, read_file(source), checker)
    except PQLError as problem:
        if not named and {diagnostic.code for diagnostic in problem.diagnostics} == {"PQL040"}:
            return None
        raise


def failed(problem: PQLError) -> FileReport:
    """The report of a file that cannot be read."""
    from pqltools.source import Source

    source = problem.diagnostics[0].source or Source("", "<unknown>")
    return FileReport(source, None, problem.diagnostics)


# Checking.


def _check_all(items: list[Item], workspace: Workspace, jobs: int | None) -> Iterator[FileReport]:
    from pqltools.workspace.parallel import check_in_processes, worthwhile

    count = worthwhile([len(item.file.source.text) for item in items], jobs)
    if count > 1:
        yield from check_in_processes(items, workspace, count)
        return
    for item in items:
        yield guarded_check(item, workspace)


def guarded_check(item: Item, workspace: Workspace) -> FileReport:
    """The report of a file, whatever happens."""
    try:
        return check_file(item, workspace)
    except PQLError as problem:
        return FileReport(item.file.source, item.file, problem.diagnostics)
    except Exception as mistake:
        if os.environ.get("PQL_TRACEBACK"):
            raise
        return broken(item, f"the check of this file failed: {type(mistake).__name__}: {mistake}")


def broken(item: Item, message: str) -> FileReport:
    """The report of a file that broke the checker."""
    help = "this is a mistake in pqltools; please report it, with the file if you can share it"
    source = item.file.source
    return FileReport(source, item.file, (Diagnostic("PQL064", message, (0, 0), help=help, source=source),))


def delivered(item: Item, report: FileReport, workspace: Workspace) -> FileReport:
    """The report, once the changed file is written."""
    if report.before is None or not workspace.options.write or item.name == "-":
        return report
    from pqltools.files import replace_files

    try:
        replace_files({item.name: report.source.text})
    except PQLError as problem:
        # What was found stands in the file as it still is.
        unfixed = guarded_check(item, workspace.without_fixes())
        return replace(unfixed, diagnostics=(*problem.diagnostics, *unfixed.diagnostics))
    return report


def _place(diagnostic: Diagnostic) -> tuple[int, int]:
    return diagnostic.span or (0, 0)
