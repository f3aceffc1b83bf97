"""How does a test talk to the real server?  A client of pytest-lsp, and what tests say to it again and again."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient

SERVER = [sys.executable, "-m", "pqltools", "lsp"]
CONFIG = ClientServerConfig(server_command=SERVER)
#: The machine may be busy, or stopped for a while; a test that fails waits as long.
PATIENCE = 30


def uri_of(path: Path) -> str:
    return path.as_uri()


def open_text(client: LanguageClient, uri: str, text: str, language: str = "pql", version: int = 1) -> None:
    item = types.TextDocumentItem(uri, language, version, text)
    client.text_document_did_open(types.DidOpenTextDocumentParams(item))


def change_text(client: LanguageClient, uri: str, version: int, *changes: types.TextDocumentContentChangeEvent) -> None:
    document = types.VersionedTextDocumentIdentifier(version, uri)
    client.text_document_did_change(types.DidChangeTextDocumentParams(document, changes))


def close_text(client: LanguageClient, uri: str) -> None:
    client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))


def insert(line: int, character: int, text: str) -> types.TextDocumentContentChangePartial:
    return types.TextDocumentContentChangePartial(span(line, character, line, character), text)


def span(line: int, character: int, end_line: int, end_character: int) -> types.Range:
    return types.Range(types.Position(line, character), types.Position(end_line, end_character))


async def pushed(client: LanguageClient, uri: str, *codes: str) -> list[types.Diagnostic]:
    """Wait until the findings of a text are those with these codes."""
    for _ in range(PATIENCE * 50):
        found = client.diagnostics.get(uri)
        if found is not None and sorted(str(each.code) for each in found) == sorted(codes):
            return [*found]
        await asyncio.sleep(0.02)
    raise AssertionError(f"{uri} has {client.diagnostics.get(uri)}, not {codes}")


def applied(text: str, edits: list[types.TextEdit]) -> str:
    """A text of ASCII with edits of the server."""
    from pqltools.diagnostics import Edit, apply_edits
    from pqltools.lsp.positions import Positions
    from pqltools.source import Source

    positions = Positions(Source(text), "utf-16")
    return apply_edits(text, [Edit(positions.span(edit.range), edit.new_text) for edit in edits])
