"""When does the client learn what is wrong?  Findings are sent a moment after a change, the newest version's only.

A client that asks for them itself is told to ask again when something else than the text has changed. What is wrong
with configurations and schemas is sent in any case: nobody asks about those files.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

from lsprotocol import types

from pqltools.lsp.requests import failed, has_ended
from pqltools.lsp.state import State

if TYPE_CHECKING:
    from pqltools.diagnostics import Diagnostic
    from pqltools.lsp.documents import Document

#: Seconds after a change; the next key stroke of a fast writer comes in a tenth of one.
DELAY = 0.03
#: Seconds without a change after which others see the definitions of a text as they are in it.
QUIET = 0.4


class Publisher:
    """Sends findings."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._waiting: dict[str, asyncio.Task[None]] = {}
        #: What was wrong with configurations and schemas when it was last sent, by path.
        self._faults: dict[str, list[Diagnostic]] = {}
        #: By URI: the generation of things around the text when it was last sent.
        self._sent: dict[str, tuple[int, tuple[int, int]]] = {}

    def changed(self, document: Document, delay: float = DELAY) -> None:
        """A text is new or has changed."""
        waiting = self._waiting.pop(document.uri, None)
        if waiting is not None:
            waiting.cancel()
        self._waiting[document.uri] = asyncio.ensure_future(self._guarded(document.uri, delay))

    def closed(self, uri: str) -> None:
        """A text is closed: what was sent about it goes."""
        waiting = self._waiting.pop(uri, None)
        if waiting is not None:
            waiting.cancel()
        self._sent.pop(uri, None)
        if not self.state.pulls:
            self._send(uri, [], None)
            self.send_faults()

    def surroundings_changed(self, apart_from: Document | None = None) -> None:
        """Definitions, configurations or schemas have changed: other texts may have other findings."""
        if self.state.pulls:
            if self.state.can("workspace.diagnostics.refresh_support"):
                self.state.client.workspace_diagnostic_refresh(None)
        else:
            for document in self.state.documents:
                if document is not apart_from:
                    self.changed(document)
        self.send_faults()

    async def _guarded(self, uri: str, delay: float) -> None:
        try:
            await self._later(uri, delay)
        except Exception as mistake:
            if not has_ended(mistake):
                failed(self.state, "the check", mistake)

    async def _later(self, uri: str, delay: float) -> None:
        """Check a text and send what was found; when the user pauses, tell the index of its definitions."""
        await asyncio.sleep(delay)
        if delay:
            await self._check(uri)
            await asyncio.sleep(QUIET)
        document = self.state.documents.get(uri)
        if document is None:
            return
        loop = asyncio.get_running_loop()
        changes_others = await loop.run_in_executor(self.state.checking, note_definitions, self.state, document)
        if changes_others:
            self._others_changed(document)
        # Texts that refer to one another may have come full circle.
        if not delay or (changes_others and "inSegment" in document.text):
            await self._check(uri)

    async def _check(self, uri: str) -> None:
        state = self.state
        document = state.documents.get(uri)
        if document is not None and not state.pulls:
            found = await asyncio.get_running_loop().run_in_executor(state.checking, found_in, state, document)
            if state.documents.get(uri) is document:
                self._send(uri, found, document.version)
        self.send_faults()

    def _others_changed(self, document: Document) -> None:
        """Check the other texts again that refer to definitions."""
        if self.state.pulls:
            others = [other for other in self.state.documents if other is not document and "inSegment" in other.text]
            if others and self.state.can("workspace.diagnostics.refresh_support"):
                self.state.client.workspace_diagnostic_refresh(None)
            return
        for other in self.state.documents:
            if other is not document and "inSegment" in other.text:
                self.changed(other)

    def send_faults(self) -> None:
        """Send what is wrong with configurations and schemas, and take back what no longer is."""
        from pqltools.lsp import convert

        state = self.state
        faults = {path: found for folder in (*state.folders, state.loose) for path, found in [*folder.faults.items()]}
        before, self._faults = self._faults, {path: [*found] for path, found in faults.items()}
        for path in before.keys() | faults.keys():
            document = None if state.pulls else state.documents.by_path(path)
            if document is None:
                found = convert.diagnostics_of_file([*faults.get(path, ())], state.encoding)
                self._send(convert.uri_of(path), found, None)
            elif before.get(path) != self._faults.get(path):
                # What is sent later takes the place of what was sent before, so that both have to be sent together.
                self.changed(document)

    def _send(self, uri: str, found: Iterable[types.Diagnostic], version: int | None) -> None:
        params = types.PublishDiagnosticsParams(uri, [*found], version)
        self.state.client.text_document_publish_diagnostics(params)


def found_in(state: State, document: Document) -> list[types.Diagnostic]:
    """What is wrong in a text, for the client; with what is wrong in its file if that is a configuration or schema."""
    from pqltools.lsp import convert

    findings = state.findings(document)  # first, for it reads the configuration
    folders = (*state.folders, state.loose) if document.path is not None else ()
    faults = [fault for folder in folders for fault in folder.faults.get(document.path or "", ())]
    return convert.diagnostics_of_file(faults, state.encoding) + [
        convert.diagnostic(finding.diagnostic, document.positions, document.uri) for finding in findings
    ]


def note_definitions(state: State, document: Document) -> bool:
    """Take the definitions of an open text into the index; whether that changes what others see."""
    if document.path is None or document.reading.kind in (None, "test"):
        return False
    folder = state.folder(document.path)
    if folder.path is None:
        return False
    if not document.reading.whole and not document.expressions:
        return False  # in the middle of something
    return folder.index.update_open(document.path, document.source, document.expressions)
