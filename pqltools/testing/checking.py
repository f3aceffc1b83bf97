"""What does `pql check` find in the definition of a test?  The same findings, for one definition of its file."""

from __future__ import annotations

from pqltools.diagnostics import error
from pqltools.formats.definition_files import place_all
from pqltools.formats.definition_json import JsonDocument
from pqltools.formats.json_locations import excerpt, path_steps
from pqltools.workspace.analysis import check_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.diagnostics import Diagnostic
    from pqltools.testing.model import SegmentTest, Subject
    from pqltools.testing.settings import Settings


def found_in(test: SegmentTest, settings: Settings, now: int) -> tuple[Diagnostic, ...]:
    """The findings, with their places. Raises `PQLError` for a configuration with faults."""
    subject, setting = test.subject, test.setting
    assert subject is not None
    assert setting is not None
    settings.schema(setting)
    if subject.file is None:
        checker = settings.workspace(setting, now).checker(setting.name)
        assert checker is not None
        outcome = checker.check(subject.format, subject.value)
        return tuple(place_all(subject.embedded, subject.source, outcome.diagnostics))
    name = subject.source.name
    settings.check_configuration(name)
    reports = check_files([name], settings.workspace(setting, now), jobs=1)
    own = [report for report in reports if report.name == name]
    if not own:
        message = f"the configuration excludes {excerpt(name)} from all checks"
        raise error("PQL075", message, test.span, source=test.source)
    return tuple([each for report in own for each in report.diagnostics if _is_about(each, subject)])


def _is_about(diagnostic: Diagnostic, subject: Subject) -> bool:
    """Whether a finding in a file is about this definition in it."""
    file, site = subject.file, subject.embedded.site
    assert file is not None
    if len(file.expressions) == 1 or site is None:
        return True
    document = file.documents[site.document]
    start, end = document.span if isinstance(document, JsonDocument) else (document.root.start, document.root.end)
    if diagnostic.span is None or not start <= diagnostic.span[0] <= end:
        return False
    steps = path_steps(diagnostic.path or "$")
    return steps[: len(site.path)] == site.path
