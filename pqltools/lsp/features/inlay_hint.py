"""What can be said between the words?  `textDocument/inlayHint`: methods, types of variables, dates of windows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lsprotocol import types

from pqltools.lsp.checking import Checked
from pqltools.lsp.documents import Document
from pqltools.lsp.hosting import Hosted
from pqltools.lsp.state import State
from pqltools.source import Span
from pqltools.workspace.cursor.inlays import Inlay, inlays
from pqltools.workspace.cursor.known import Known

_METHODS, _INSIDE = "methods", "inlays"
#: Expressions, and clauses of them, whose hints are remembered.
_MOST = 5_000


def answer(state: State, params: types.InlayHintParams) -> list[types.InlayHint]:
    """The hints in a range, in the order of the text."""
    document = state.document(params.text_document.uri)
    span = document.positions.span(params.range)
    found: list[tuple[int, types.InlayHint]] = []
    for hosted in document.expressions:
        if not hosted.touches(span):
            continue
        if hosted.format == "pql/text":
            found += _inside(state, document, hosted, span)
        if span[0] <= hosted.span[1] <= span[1]:
            found += _methods(state, document, hosted)
    return [hint for _, hint in sorted(found, key=lambda each: each[0])]


# In expressions.


def _inside(state: State, document: Document, hosted: Hosted, within: Span) -> Iterator[tuple[int, types.InlayHint]]:
    checker = state.checker(document).known
    known = Known(checker.schema, checker.now)
    kept = _kept(state, document, _INSIDE, known)
    for placed in state.parts(document).of(hosted.text):
        start, end = hosted.to_host(placed.span)
        if end < within[0] or within[1] < start:
            continue
        text = placed.part.text
        if text not in kept:
            kept[text] = inlays(text, known)
        for inlay in kept[text]:
            at = placed.base + inlay.offset
            offset = hosted.to_host((max(at - 1, 0), at))[1]
            if within[0] <= offset <= within[1]:
                yield offset, _hint(document, offset, inlay)


def _hint(document: Document, offset: int, inlay: Inlay) -> types.InlayHint:
    is_type = inlay.kind == "type"
    return types.InlayHint(
        document.positions.position(offset),
        inlay.label,
        types.InlayHintKind.Type if is_type else None,
        padding_left=not is_type,
    )


# Around expressions.


def _methods(state: State, document: Document, hosted: Hosted) -> Iterator[tuple[int, types.InlayHint]]:
    """The methods that can evaluate an expression, behind it."""
    if hosted.definition is None and hosted.embedded.path != "$":
        return  # in a test
    outcome = state.checked(document, hosted)
    kept = _kept(state, document, _METHODS, None)
    key = id(outcome)
    if key not in kept:
        kept[key] = outcome, _said(outcome)
    said = kept[key][1]
    if said is not None:
        label, tooltip = said
        offset = hosted.span[0] + len(document.text[slice(*hosted.span)].rstrip())
        position = document.positions.position(offset)
        yield offset, types.InlayHint(position, label, tooltip=tooltip, padding_left=True)


def _said(outcome: Checked) -> tuple[str, str] | None:
    """The methods in a few words, and why the others are not among them; None if the expression cannot be read."""
    from pqltools.checks.eligibility.facts import facts
    from pqltools.checks.eligibility.model import METHODS
    from pqltools.checks.eligibility.report import judge
    from pqltools.inference.infer import inferred

    if outcome.tree is None or outcome.around is None:
        return None
    around = outcome.around
    tree, typing = inferred(outcome.tree, around.schema.profile)
    shown = facts(tree, typing.members)
    words: list[str] = []
    reasons: list[str] = []
    for method in METHODS:
        report = judge(shown, method, around)
        if report.eligible == "no":
            reasons.append(f"{method}: no, {report.broken[0].why or report.broken[0].says}")
        else:
            words.append(method if report.eligible == "yes" else f"{method}?")
            unsettled = report.unsettled
            reasons += [f"{method}: unknown, {unsettled[0].why or unsettled[0].says}"] if unsettled else []
    return " · ".join(words) or "no method", "\n".join(["eligible methods", *reasons])


def _kept(state: State, document: Document, name: str, known: Known | None) -> dict[object, Any]:
    """What is remembered under a name, for as long as what is known stays the same."""
    kept = state.checks.of(document.uri).kept
    found = kept.get(name)
    if found is None or found[0] != known or len(found[1]) > _MOST:
        found = kept[name] = known, {}
    remembered: dict[object, Any] = found[1]
    return remembered
