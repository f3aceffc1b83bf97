"""What does an expression become in the other format, and in canonical form?  Its new format and value, and edits."""

from __future__ import annotations

from lsprotocol import types

from pqltools.diagnostics import Edit, PQLError
from pqltools.formats.definition import written
from pqltools.formats.formatter import format_text
from pqltools.formats.pql_json import to_json_bytes
from pqltools.formats.pql_text import to_text
from pqltools.lsp import convert
from pqltools.lsp.documents import Document
from pqltools.lsp.requests import refused
from pqltools.lsp.rewriting import laid_out, replaced
from pqltools.lsp.state import State
from pqltools.lsp.targets import Target, tree_of
from pqltools.syntax.parser import comments


def other_format(hosted_format: str) -> str:
    """``pql/json`` for ``pql/text`` and the other way round."""
    return "pql/json" if hosted_format == "pql/text" else "pql/text"


def is_bare(found: Target) -> bool:
    """Whether the expression is all of its file, so that the file's name says its format."""
    return found.hosted.embedded.site is None and found.document.reading.kind != "test"


def converted_page(state: State, found: Target) -> str:
    """A bare expression in the other format, as the text of another file."""
    tree = tree_of(state, found)
    if found.hosted.format == "pql/text":
        text = to_json_bytes(tree, pretty=True).decode()
        return text if text.endswith("\n") else text + "\n"
    # Laid out as `pql format` does it.
    return format_text(to_text(tree))


def converted_edits(state: State, found: Target) -> list[Edit]:
    """The edits that put the other format in the place of an expression of a definition, its `format` included."""
    _refuse_tests(found)
    tree = tree_of(state, found)
    if found.hosted.format == "pql/text" and comments(found.hosted.text):
        message = "the comments of this expression would be lost: pql/json has no room for them"
        raise refused(f"{message}; remove them first")
    to = other_format(found.hosted.format)
    return _replaced(found, to, written(tree, to))


def canonical_edits(state: State, found: Target) -> list[Edit]:
    """The edits that write an expression canonically: text as `pql format` lays it out, trees as the service does."""
    _refuse_tests(found)
    tree = tree_of(state, found)
    if found.hosted.format == "pql/text":
        edits, problems = laid_out(found.document, [found.hosted])
        if problems and not edits:
            raise refused(problems[0].message)
        return edits
    text = to_json_bytes(tree, pretty="\n" in found.hosted.text.strip()).decode()
    return _replaced(found, "pql/json", text)


def _replaced(found: Target, format: str, value: str) -> list[Edit]:
    try:
        return replaced(found.document, {found.hosted.number: (format, value)})
    except PQLError as problem:
        first = problem.diagnostics[0]
        raise refused(f"{first.message}; {first.help}" if first.help else first.message) from None


def _refuse_tests(found: Target) -> None:
    if found.document.reading.kind == "test":
        raise refused("an expression of a test file stays as its author has written it")


def workspace_edit(state: State, document: Document, edits: list[Edit]) -> types.WorkspaceEdit:
    """An edit of the version that was read, if the client knows such."""
    changes = convert.text_edits(edits, document.positions)
    if state.can("workspace.workspace_edit.document_changes"):
        version = types.OptionalVersionedTextDocumentIdentifier(document.uri, document.version)
        return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(version, changes)])
    return types.WorkspaceEdit(changes={document.uri: changes})


async def apply(state: State, found: Target, edits: list[Edit], label: str) -> bool:
    """Have the client apply edits; whether there were any. Raises an error for the user if it does not."""
    if not edits:
        return False
    if not state.can("workspace.apply_edit"):
        raise refused("this client cannot apply the edits of a command; use the code action of the same name")
    if state.documents.get(found.document.uri) is not found.document:
        raise refused("the text has changed in the meantime; try again")
    params = types.ApplyWorkspaceEditParams(workspace_edit(state, found.document, edits), label)
    result = await state.client.workspace_apply_edit_async(params)
    if not result.applied:
        raise refused(
            f"the editor has not applied the edit{': ' + result.failure_reason if result.failure_reason else ''}"
        )
    return True
