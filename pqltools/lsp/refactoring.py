"""How else can this be written?  The actions that change how an expression reads and not what it means.

They are found in the clause around the place, so that it does not matter how large the expression is. What they change
is computed when one is chosen, if the client can wait for that (`codeAction/resolve`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from pqltools.diagnostics import Edit, PQLError, apply_edits
from pqltools.formats.definition_write import escape
from pqltools.lsp.checking import clause_at
from pqltools.lsp.documents import Document
from pqltools.lsp.hosting import Hosted
from pqltools.lsp.requests import refused
from pqltools.lsp.rewrites import canonical_edits, converted_edits, is_bare, other_format, workspace_edit
from pqltools.lsp.rewriting import replaced
from pqltools.lsp.state import State
from pqltools.lsp.targets import Target
from pqltools.source import Span
from pqltools.syntax.parser import parse
from pqltools.workspace.inlining import binding_at, inlined
from pqltools.workspace.letting import Refusal, extracted, may_be_extracted, part_at
from pqltools.workspace.quoting import back_quotes, turned

EXTRACT, INLINE, REWRITE = (
    types.CodeActionKind.RefactorExtract,
    types.CodeActionKind.RefactorInline,
    types.CodeActionKind.RefactorRewrite,
)
KINDS = (EXTRACT, INLINE, REWRITE)


def offered(
    state: State, document: Document, range: types.Range, wants: Callable[[str], bool]
) -> Iterator[types.CodeAction]:
    """The actions of the kinds that are wanted, for the one expression that a range is in."""
    touched = document.touched(range)
    if len(touched) != 1 or not any(wants(kind.value) for kind in KINDS):
        return
    (hosted,) = touched
    start, end = document.positions.span(range)
    inside = hosted.to_expression(start), hosted.to_expression(end)
    found = [] if None in inside or hosted.format != "pql/text" else _parts(hosted, inside)  # type: ignore[arg-type]
    for kind, title, what in (*found, *_wholes(Target(document, hosted))):
        if wants(kind.value):
            data = {
                "uri": document.uri,
                "version": document.version,
                "number": hosted.number,
                "what": what,
                "span": [*inside],
            }
            action = types.CodeAction(title, kind, data=data)
            yield from [action] if _asks(state) else _at_once(state, action)


def _wholes(found: Target) -> Iterator[tuple[types.CodeActionKind, str, str]]:
    """What can be done with the whole expression."""
    if found.document.reading.kind == "test" or not found.document.reading.whole:
        return
    if not is_bare(found):
        yield REWRITE, f"convert to {other_format(found.hosted.format)}", "convert"
    is_text = found.hosted.format == "pql/text"
    yield REWRITE, "rewrite to canonical text" if is_text else "rewrite to canonical pql/json", "canonical"


def _parts(hosted: Hosted, span: Span) -> Iterator[tuple[types.CodeActionKind, str, str]]:
    """What can be done at a place of the text."""
    clause = clause_at(hosted, span[0])
    text, (start, end) = clause.text, (span[0] - clause.base, span[1] - clause.base)
    turn = turned(text, start)
    if turn is not None and turn.span[0] <= start and end <= turn.span[1]:
        quotes = "double" if turn.text[0] == '"' else "single"
        yield REWRITE, f"write the string in {quotes} quotes", "turn"
    quoted = back_quotes(text, start) if turn is None and start == end else None
    if quoted is not None:
        yield REWRITE, "put the name into back-quotes" if quoted[0] else "remove the back-quotes", "back-quotes"
    if end > len(text):
        # A selection of several clauses.
        text, (start, end) = hosted.text, span
    try:
        tree = parse(text)
    except PQLError:
        return
    part = part_at(tree, text, (start, end))
    is_all = part is tree and len(text) == len(hosted.text)
    if part is not None and part.span is not None and not is_all and may_be_extracted(tree, part):
        yield EXTRACT, "extract into `let`", "extract"
        if hosted.text.count(text[slice(*part.span)]) > 1:
            yield EXTRACT, "extract into `let` everywhere", "extract-all"
    binding = binding_at(tree, start)
    if binding is not None:
        yield INLINE, f"inline the variable `{binding.let.name}`", "inline"


def _asks(state: State) -> bool:
    """Whether the client asks for the edit of an action when it is chosen."""
    text = state.capabilities.text_document
    support = text.code_action if text is not None else None
    if support is None or not support.data_support or support.resolve_support is None:
        return False
    return "edit" in support.resolve_support.properties


def _at_once(state: State, action: types.CodeAction) -> Iterator[types.CodeAction]:
    """The action with its edit; nothing if it cannot be done, or would change nothing."""
    try:
        found = resolved(state, action)
    except JsonRpcException:
        return
    assert found.edit is not None
    if found.edit.changes is None or any(found.edit.changes.values()):
        yield found


def resolved(state: State, action: types.CodeAction) -> types.CodeAction:
    """The action with its edit. Raises an error for the user if it cannot be done."""
    data = action.data
    if not isinstance(data, dict) or not isinstance(data.get("uri"), str):
        raise JsonRpcException("this is no action of this server", types.ErrorCodes.InvalidParams)
    document = state.document(data["uri"])
    found = [hosted for hosted in document.expressions if hosted.number == data.get("number")]
    if document.version != data.get("version") or not found:
        raise JsonRpcException("the text has changed in the meantime", types.LSPErrorCodes.ContentModified)
    edits = _edits(state, Target(document, found[0]), data)
    edit = workspace_edit(state, document, edits)
    return types.CodeAction(action.title, action.kind, edit=edit, data=data)


def _edits(state: State, found: Target, data: dict[str, Any]) -> list[Edit]:
    what = data.get("what")
    if what == "convert":
        return converted_edits(state, found)
    if what == "canonical":
        return canonical_edits(state, found)
    text, span = found.hosted.text, data.get("span")
    if not isinstance(span, list) or len(span) != 2 or not all(isinstance(each, int) for each in span):
        raise JsonRpcException("this is no action of this server", types.ErrorCodes.InvalidParams)
    start, end = span
    try:
        match what:
            case "turn":
                turn = turned(text, start)
                edits = [] if turn is None else [turn]
            case "back-quotes":
                quoted = back_quotes(text, start)
                edits = [] if quoted is None else [quoted[1]]
            case "extract" | "extract-all":
                edits = extracted(text, (start, end), everywhere=what == "extract-all")
            case "inline":
                edits = inlined(text, start)
            case _:
                raise JsonRpcException("this is no action of this server", types.ErrorCodes.InvalidParams)
    except Refusal as problem:
        raise refused(str(problem)) from None
    except PQLError as problem:
        raise refused(f"the expression is broken: {problem.diagnostics[0].message}") from None
    return in_host(found, edits)


def in_host(found: Target, edits: list[Edit]) -> list[Edit]:
    """Edits of an expression's text as those of the open text, with its escapes; all of it anew if need be."""
    hosted = found.hosted
    written = [(edit.span, escape(hosted.embedded.spelling, edit.span, edit.text)) for edit in edits]
    if all(text is not None for _, text in written):
        return [Edit(hosted.to_host(span), text or "") for span, text in written]
    if found.document.reading.kind == "test":
        raise refused("this cannot be written here; put the expression into double quotes")
    value = apply_edits(hosted.text, edits)
    try:
        return replaced(found.document, {hosted.number: (hosted.format, value)})
    except PQLError as problem:
        raise refused(problem.diagnostics[0].message) from None
