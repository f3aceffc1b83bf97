"""What happens when the client opens, changes and closes things?  Texts, files on the disk, folders, settings."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.uris import to_fs_path

from pqltools.files import SUFFIXES
from pqltools.lsp.publishing import Publisher
from pqltools.lsp.requests import failed, has_ended
from pqltools.lsp.state import State

if TYPE_CHECKING:
    from pqltools.lsp.documents import Document
    from pqltools.lsp.folders import Folder

#: Seconds after a text was opened: its findings come first.
_WARM_UP = 0.2
#: The files that say how others are checked.
CONFIGURATIONS = ("pqltools.toml", "pyproject.toml")
#: What the client is asked to watch.
_WATCHED = "**/{" + ",".join((*CONFIGURATIONS, *[f"*{suffix}" for suffix in SUFFIXES])) + "}"


class Syncing:
    """The notifications of the client."""

    def __init__(self, state: State, publisher: Publisher) -> None:
        self.state = state
        self.publisher = publisher
        self._roots: list[str] = []
        self._tasks: set[asyncio.Task[None]] = set()
        #: The schemas that completion is prepared for: the folder, its epoch, and where the text is.
        self._warm: set[tuple[str | None, int, str]] = set()

    def handlers(self) -> dict[str, Any]:
        """What is called for each notification."""
        return {
            types.INITIALIZED: self.initialized,
            types.TEXT_DOCUMENT_DID_OPEN: self.opened,
            types.TEXT_DOCUMENT_DID_CHANGE: self.changed,
            types.TEXT_DOCUMENT_DID_CLOSE: self.closed,
            types.TEXT_DOCUMENT_DID_SAVE: self.saved,
            types.WORKSPACE_DID_CHANGE_WATCHED_FILES: self.files_changed,
            types.WORKSPACE_DID_CHANGE_CONFIGURATION: self.settings_changed,
            types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: self.folders_changed,
            types.SHUTDOWN: self.shutdown,
        }

    # The session.

    def initialize(self, params: types.InitializeParams) -> None:
        """The client says who it is. Nothing is loaded yet, so that it need not wait."""
        state = self.state
        state.capabilities = params.capabilities
        state.encoding = state.client.workspace.position_encoding  # type: ignore[assignment]
        self._set(params.initialization_options)
        self._roots = [folder.uri for folder in params.workspace_folders or ()]
        if not self._roots and params.root_uri:
            self._roots = [params.root_uri]

    def initialized(self, params: types.InitializedParams) -> None:
        """The session begins: the client is asked to watch files, schemas are loaded, folders are indexed."""
        settled()
        self._register()
        for uri in self._roots:
            folder = self.state.open_folder(uri)
            if folder is not None:
                self._begin(folder)
        if self.state.can("workspace.configuration"):
            self._run(self._ask_settings())

    def shutdown(self, params: None) -> None:
        """The session ends."""
        self.state.close()

    def _register(self) -> None:
        state = self.state
        wanted: list[types.Registration] = []
        if state.can("workspace.did_change_watched_files.dynamic_registration"):
            watched = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(_WATCHED)])
            wanted.append(types.Registration("pql-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, watched))
        if state.can("workspace.did_change_configuration.dynamic_registration"):
            section = types.DidChangeConfigurationRegistrationOptions("pql")
            wanted.append(types.Registration("pql-settings", types.WORKSPACE_DID_CHANGE_CONFIGURATION, section))
        if wanted:
            state.client.client_register_capability(types.RegistrationParams(wanted))

    # Texts.

    def opened(self, params: types.DidOpenTextDocumentParams) -> None:
        """A text is open; from now on the client's text counts, not the file's."""
        from pqltools.lsp.documents import Document

        given = params.text_document
        document = Document(given.uri, given.language_id, given.version, given.text, self.state.encoding)
        self.state.documents.put(document)
        self.state.unsaved.discard(document.uri)
        self.publisher.changed(document, 0)
        self._run(self._warm_up(document))

    def changed(self, params: types.DidChangeTextDocumentParams) -> None:
        """A text has changed."""
        before = self.state.documents.get(params.text_document.uri)
        if before is None:
            return
        document = before.edited(params.content_changes, params.text_document.version)
        self.state.documents.put(document)
        self.state.unsaved.add(document.uri)
        if not self.state.waits_for_save(document.uri):
            self.publisher.changed(document)

    def saved(self, params: types.DidSaveTextDocumentParams) -> None:
        """A text has been saved; if it is a configuration, it counts now."""
        waited = self.state.waits_for_save(params.text_document.uri)
        self.state.unsaved.discard(params.text_document.uri)
        document = self.state.documents.get(params.text_document.uri)
        if waited and document is not None:
            self.publisher.changed(document, 0)
        path = to_fs_path(params.text_document.uri)
        if path and os.path.basename(path) in CONFIGURATIONS:
            self._files([path])

    def closed(self, params: types.DidCloseTextDocumentParams) -> None:
        """A text is closed; the file counts again."""
        document = self.state.documents.close(params.text_document.uri)
        if document is None:
            return
        self.state.checks.forget(document.uri)
        self.state.unsaved.discard(document.uri)
        self.publisher.closed(document.uri)
        if document.path is not None:
            self._files([document.path])

    async def _warm_up(self, document: Document) -> None:
        """Prepare for completion in a thread of its own, once for each schema."""
        folder = self.state.folder(document.path)
        key = folder.path, folder.epoch, os.path.dirname(document.name)
        if key in self._warm:
            return
        self._warm.add(key)
        await asyncio.sleep(_WARM_UP)
        from pqltools.lsp.knowing import warm_up

        if not await asyncio.get_running_loop().run_in_executor(None, warm_up, self.state, document):
            self._warm.discard(key)

    # Files, folders, settings.

    def files_changed(self, params: types.DidChangeWatchedFilesParams) -> None:
        """Files have been made, changed or deleted by whomever."""
        paths = [to_fs_path(change.uri) for change in params.changes]
        self._files([os.path.normpath(path) for path in paths if path])

    def _files(self, paths: list[str]) -> None:
        state = self.state
        reload = [folder for folder in (*state.folders, state.loose) if any(_concerns(folder, path) for path in paths)]
        for folder in reload:
            folder.reload(state.given_now())
        if reload:
            self.publisher.surroundings_changed()
        self._run(self._update(paths))

    async def _update(self, paths: list[str]) -> None:
        state = self.state
        loop = asyncio.get_running_loop()
        closed = [path for path in paths if state.documents.by_path(path) is None]
        if await loop.run_in_executor(state.background, _update_index, state, closed):
            self.publisher.surroundings_changed()

    def folders_changed(self, params: types.DidChangeWorkspaceFoldersParams) -> None:
        """Folders have been opened and closed."""
        for gone in params.event.removed:
            self.state.close_folder(gone.uri)
        for new in params.event.added:
            folder = self.state.open_folder(new.uri)
            if folder is not None:
                self._begin(folder)
        self.publisher.surroundings_changed()

    def settings_changed(self, params: types.DidChangeConfigurationParams) -> None:
        """The user has changed settings; some clients send them, others wait to be asked."""
        if self.state.can("workspace.configuration"):
            self._run(self._ask_settings())
        else:
            self._apply(params.settings)

    async def _ask_settings(self) -> None:
        items = [types.ConfigurationItem(section="pql")]
        found = await self.state.client.workspace_configuration_async(types.ConfigurationParams(items))
        self._apply({"pql": found[0] if found else None})

    def _apply(self, settings: Any) -> None:
        before = self.state.settings
        self._set(settings)
        if self.state.settings != before:
            for folder in (*self.state.folders, self.state.loose):
                folder.reload(self.state.given_now())
            self.publisher.surroundings_changed()

    def _set(self, settings: Any) -> None:
        section = settings.get("pql", settings) if isinstance(settings, dict) else None
        self.state.settings = {**section} if isinstance(section, dict) else {}

    # The index.

    def _begin(self, folder: Folder) -> None:
        self._run(self._scan(folder))

    async def _scan(self, folder: Folder) -> None:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self.state.background, _scan, self.state, folder)
        for document in self.state.documents:
            if document.path is not None and folder.contains(document.path):
                self.publisher.changed(document)
        self.publisher.surroundings_changed()

    def _run(self, work: Any) -> None:
        """Do something beside the requests; a mistake in it is logged."""
        task = asyncio.ensure_future(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guarded(self, work: Any) -> None:
        try:
            await work
        except Exception as mistake:
            if not has_ended(mistake):
                failed(self.state, "keeping up with the workspace", mistake)


def settled() -> None:
    """Collect garbage from now on, but never again look through what is loaded: that took a tenth of a second."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()


def _concerns(folder: Folder, path: str) -> bool:
    """Whether a folder's configuration or schemas may be in a file."""
    if os.path.basename(path) in CONFIGURATIONS:
        # One further up counts as well.
        return folder.contains(path) or (folder.path or "").startswith(os.path.dirname(path))
    return folder.uses(path)


def _scan(state: State, folder: Folder) -> None:
    """Read all files of a folder that are not open; in the thread for what takes long."""
    folder.at(os.path.join(folder.path or os.curdir, "any.pql"))
    for _ in folder.index.scan():
        if folder not in state.folders:
            return


def _update_index(state: State, paths: Iterable[str]) -> bool:
    """Read changed files; whether that changes what is known."""
    changes = []
    for path in paths:
        folder = state.folder(path)
        if folder.path is not None:
            changes.append(folder.index.update(path) if os.path.exists(path) else folder.index.remove_below(path))
    return any(changes)
