"""What does a file become when the fixes of its expressions are applied?  Values and directives change, all else stays.

First each expression is fixed on its own; the new values go back into the file with its escapes and its layout, and the
result is read and checked again, so that the report speaks of the text as it is then. Fixes of ``noqa`` comments that
stand in the file itself come last.
"""

from __future__ import annotations

from pqltools.diagnostics import PQLError, apply_edits
from pqltools.formats.definition_files import read_file, rewrite
from pqltools.records import replace
from pqltools.source import Source
from pqltools.workspace.analysis import check_embedded, report_of
from pqltools.workspace.fixing import Checked, fix_expression

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from pqltools.diagnostics import Diagnostic
    from pqltools.formats.definition_files import DefinitionFile, Embedded
    from pqltools.workspace.analysis import FileReport, Item
    from pqltools.workspace.expressions import Outcome
    from pqltools.workspace.fixing import Fixed
    from pqltools.workspace.setup import Workspace


def fixed_file(item: Item, outcomes: Sequence[Outcome], workspace: Workspace) -> FileReport:
    """The report of a file after its fixes; `outcomes` is what was found before."""
    file = item.file
    new: dict[int, tuple[str, str]] = {}
    applied: list[str] = []
    failed: list[Diagnostic] = []
    for index, (embedded, outcome) in enumerate(zip(file.expressions, outcomes, strict=True)):
        fixed = _fix(item, embedded, outcome, workspace)
        if fixed is None:
            continue
        new[index] = embedded.format, fixed.checked.value
        applied += fixed.applied
        failed += [_in_file(diagnostic, embedded, file) for diagnostic in fixed.failed]
    file, outcomes = _changed(item, file, new, outcomes, workspace)
    edits = [edit for outcome in outcomes for found in outcome.host for fix in found.fixes[:1] for edit in fix.edits]
    if edits:
        applied += [found.code for outcome in outcomes for found in outcome.host if found.fixes]
        file = read_file(Source(apply_edits(file.source.text, edits), file.source.name), file.kind)
        outcomes = [check_embedded(item, file, embedded, workspace) for embedded in file.expressions]
    report = report_of(file, outcomes, item, workspace)
    before = item.file.source.text
    return replace(
        report,
        diagnostics=(*report.diagnostics, *failed),
        applied=tuple(applied),
        before=before if before != file.source.text else None,
    )


def _fix(item: Item, embedded: Embedded, outcome: Outcome, workspace: Workspace) -> Fixed | None:
    """What has become of an expression, None if nothing could be done."""
    if not any(fix.safe or workspace.options.unsafe for found in outcome.diagnostics for fix in found.fixes):
        return None
    if embedded.site is not None and embedded.site.shared is not None:
        return None  # an anchor shares it with another place, which would change as well

    def check(value: str) -> Checked:
        found = check_embedded(item, item.file, embedded, workspace, value)
        return Checked(value, found.tree, found.diagnostics)

    text = embedded.value if isinstance(embedded.value, str) else embedded.spelling.raw
    start = Checked(text, outcome.tree, outcome.diagnostics)
    fixed = fix_expression(start, check, unsafe=workspace.options.unsafe)
    return fixed if fixed.applied or fixed.failed else None


def _changed(
    item: Item, file: DefinitionFile, new: dict[int, tuple[str, str]], outcomes: Sequence[Outcome], workspace: Workspace
) -> tuple[DefinitionFile, Sequence[Outcome]]:
    """The file with the new values, and what is found in it then."""
    rehash = workspace.options.rehash
    if rehash:
        kept = {
            index: (embedded.format, embedded.value)
            for index, embedded in enumerate(file.expressions)
            if isinstance(embedded.value, str) and embedded.site is not None and embedded.site.shared is None
        }
        new = {**kept, **new}
    if not new:
        return file, outcomes
    text, _ = rewrite(file, new, rehash=rehash)  # the warnings come again when the text is read
    if text == file.source.text:
        return file, outcomes
    try:
        changed = read_file(Source(text, file.source.name), file.kind)
    except PQLError as problem:
        raise AssertionError(f"the fixed {file.source.name} cannot be read: {problem}") from None
    return changed, [check_embedded(item, changed, embedded, workspace) for embedded in changed.expressions]


def _in_file(diagnostic: Diagnostic, embedded: Embedded, file: DefinitionFile) -> Diagnostic:
    """A failed fix, at the expression: what else was fixed may have moved its place."""
    return replace(diagnostic, span=embedded.span, path=embedded.path, source=file.source)
