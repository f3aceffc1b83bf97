"""What can be done here?  `textDocument/codeAction`: fixes of the checker, one or all, and other ways to write it."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from pqltools.diagnostics import Edit, Fix, PQLError
from pqltools.lsp import convert
from pqltools.lsp.checking import Finding
from pqltools.lsp.documents import Document
from pqltools.lsp.edits import edits_between
from pqltools.lsp.refactoring import offered
from pqltools.lsp.rewrites import workspace_edit
from pqltools.lsp.rewriting import pieces, replaced
from pqltools.lsp.state import State
from pqltools.records import replace
from pqltools.workspace.analysis import Item, check_embedded
from pqltools.workspace.file_fixing import fixed_file
from pqltools.workspace.fixing import Checked, applied

FIX_ALL = "source.fixAll.pql"


def answer(state: State, params: types.CodeActionParams) -> list[types.CodeAction]:
    """The actions of the kinds that are wanted."""
    document = state.document(params.text_document.uri)
    found: list[types.CodeAction] = []
    if _wants(params, types.CodeActionKind.QuickFix):
        found += _quick_fixes(state, document, params.range)
    if _wants(params, FIX_ALL):
        found += _fix_all(state, document)
    found += offered(state, document, params.range, lambda kind: _wants(params, kind))
    return found


def _wants(params: types.CodeActionParams, kind: str) -> bool:
    """Whether actions of a kind are wanted: all are if nothing is said, and a kind means those below it."""
    only = params.context.only
    if not only:
        # On their own, clients ask for what is at one place.
        return kind != FIX_ALL or params.context.trigger_kind != types.CodeActionTriggerKind.Automatic
    return any(kind == wanted or kind.startswith(f"{wanted}.") for wanted in map(_kind, only))


def _kind(kind: str | types.CodeActionKind) -> str:
    return kind.value if isinstance(kind, types.CodeActionKind) else kind


# One fix.


def _quick_fixes(state: State, document: Document, range: types.Range) -> Iterator[types.CodeAction]:
    start, end = document.positions.span(range)
    for finding in state.findings(document):
        span = finding.diagnostic.span or (0, 0)
        if span[1] < start or end < span[0]:
            continue
        for number, fix in enumerate(finding.diagnostic.fixes):
            edits = _edits(state, document, finding, fix, number)
            if edits:
                yield types.CodeAction(
                    fix.title,
                    types.CodeActionKind.QuickFix,
                    [convert.diagnostic(finding.diagnostic, document.positions, document.uri)],
                    # Safe fixes are those that "Fix" without a question may apply.
                    is_preferred=fix.safe or None,
                    edit=workspace_edit(state, document, edits),
                )


def _edits(state: State, document: Document, finding: Finding, fix: Fix, number: int) -> list[Edit]:
    """The edits of the open text for a fix; none if it cannot be written there."""
    if fix.edits:
        return [*fix.edits]
    hosted = finding.hosted
    if hosted is None or finding.bare is None or not fix.nodes:
        return []
    tree = state.checked(document, hosted).tree
    value = applied(Checked(hosted.text, tree, ()), [(finding.bare, finding.bare.fixes[number])])
    if value is None:
        return []
    try:
        return replaced(document, {hosted.number: (hosted.format, value)})
    except PQLError:
        return []


# All fixes.


def _fix_all(state: State, document: Document) -> Iterator[types.CodeAction]:
    # To try in vain takes as long as a check.
    if not any(fix.safe for finding in state.findings(document) for fix in (finding.bare or finding.diagnostic).fixes):
        return
    edits = fix_all_edits(state, document)
    if edits:
        yield types.CodeAction(
            "fix all that can safely be fixed (PQL)", FIX_ALL, edit=workspace_edit(state, document, edits)
        )


def fix_all_edits(state: State, document: Document) -> list[Edit]:
    """The edits that make the text what `pql check --fix` makes of it."""
    if not document.reading.whole or document.reading.kind == "test":
        return []
    checker, workspace = state.folder(document.path).at(document.name)
    fixing = workspace.without_fixes()
    fixing.options = replace(fixing.options, fix=True)
    found: list[Edit] = []
    for file, base, _ in pieces(document.expressions):
        item = Item(document.name, file, checker)
        outcomes = [check_embedded(item, file, embedded, fixing) for embedded in file.expressions]
        report = fixed_file(item, outcomes, fixing)
        for edit in edits_between(file.source.text, report.source.text):
            found.append(Edit((edit.span[0] + base, edit.span[1] + base), edit.text))
    return found
