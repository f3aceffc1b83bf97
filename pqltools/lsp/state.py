"""What does the server know?  `State`: the open texts, the folders, what the client can do and has set.

What knows PQL is imported when the client has its answer to `initialize`: editors wait for that one.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.capabilities import get_capability
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

if TYPE_CHECKING:
    from pqltools.lsp.checking import AllChecks, Checked, Finding
    from pqltools.lsp.documents import Document, Documents
    from pqltools.lsp.folders import Folder
    from pqltools.lsp.hosting import Hosted
    from pqltools.lsp.positions import Encoding
    from pqltools.lsp.sampling import Sampling
    from pqltools.workspace.expressions import Checker
    from pqltools.workspace.structure.parts import Parts


class Closed(Exception):
    """A client asks about a text that it has not opened."""


class State:
    """All that features need to answer.

    `client` sends: ``state.client.workspace_apply_edit(…)``, from the loop's thread only.
    """

    def __init__(self, client: LanguageServer) -> None:
        self.client = client
        self.encoding: Encoding = "utf-16"
        self.capabilities = types.ClientCapabilities()
        #: The client's section `pql`.
        self.settings: dict[str, Any] = {}
        #: The texts that have changed since they were opened or saved, by URI.
        self.unsaved: set[str] = set()
        self.folders: list[Folder] = []
        #: Checks of what is open, one after the other.
        self.checking = ThreadPoolExecutor(1, "checking")
        #: The index, evaluation, whatever takes long.
        self.background = ThreadPoolExecutor(1, "background")

    @cached_property
    def documents(self) -> Documents:
        """The open texts."""
        from pqltools.lsp.documents import Documents

        return Documents()

    @cached_property
    def checks(self) -> AllChecks:
        """What was found in them."""
        from pqltools.lsp.checking import AllChecks

        return AllChecks()

    @cached_property
    def sampling(self) -> Sampling:
        """Evaluation on sample profiles."""
        from pqltools.lsp.sampling import Sampling

        return Sampling(self)

    @cached_property
    def loose(self) -> Folder:
        """What is known around files that are in none of the folders."""
        from pqltools.lsp.folders import Folder

        return Folder(None, self.given_now())

    # What clients name.

    def document(self, uri: str) -> Document:
        """An open text. Raises `Closed`."""
        found = self.documents.get(uri)
        if found is None:
            raise Closed(f"{uri} is not open")
        return found

    def folder(self, path: str | None) -> Folder:
        """The innermost folder around a file."""
        around = [] if path is None else [folder for folder in self.folders if folder.contains(path)]
        return max(around, key=lambda folder: len(folder.path or ""), default=self.loose)

    def checker(self, document: Document) -> Checker:
        """The checker for a text; its `known` has the schema, the instant and the definitions by id."""
        return self.folder(document.path).at(document.name)[0]

    def checked(self, document: Document, hosted: Hosted) -> Checked:
        """What is wrong with an expression: its tree and its diagnostics, with places in its own text."""
        return self.checks.of(document.uri).checked(document, hosted, self.folder(document.path))

    def parts(self, document: Document) -> Parts:
        """The parts of the expressions of a text, with what is known of each for as long as it is not changed."""
        return self.checks.of(document.uri).parts(self.checker(document).known.schema.profile)

    def findings(self, document: Document) -> list[Finding]:
        """What is wrong in a text, with places in it."""
        from pqltools.lsp.checking import findings

        return findings(document, self.folder(document.path), self.checks.of(document.uri))

    def now(self) -> int:
        """The instant that relative times start from, in milliseconds since 1970 UTC: `pql.now`, else the clock."""
        return self.given_now() or int(time.time() * 1000)

    def waits_for_save(self, uri: str) -> bool:
        """Whether a text is not to be checked before it is saved: the setting `pql.checkOnType`."""
        return uri in self.unsaved and self.settings.get("checkOnType") is False

    def given_now(self) -> int | None:
        """The setting `pql.now`, None if there is none that can be read."""
        from pqltools.types.time import iso_instant

        said = self.settings.get("now")
        return iso_instant(said) if isinstance(said, str) and said else None

    # What the client can do.

    def can(self, capability: str) -> bool:
        """Whether the client says that it can do something, such as ``workspace.apply_edit``."""
        found: Any = get_capability(self.capabilities, capability, False)
        return bool(found)

    @property
    def pulls(self) -> bool:
        """Whether the client asks for diagnostics, so that they need not be sent."""
        document = self.capabilities.text_document
        return document is not None and document.diagnostic is not None

    # Folders.

    def open_folder(self, uri: str) -> Folder | None:
        """Begin with a folder; None if it is none of the disk, or open already."""
        from pqltools.lsp.folders import Folder

        path = to_fs_path(uri)
        if not path:
            return None
        path = os.path.normpath(path)
        if any(folder.path == path for folder in self.folders):
            return None
        folder = Folder(path, self.given_now())
        self.folders.append(folder)
        return folder

    def close_folder(self, uri: str) -> None:
        """Forget a folder."""
        path = os.path.normpath(to_fs_path(uri) or "")
        self.folders = [folder for folder in self.folders if folder.path != path]

    def close(self) -> None:
        """Let threads and processes end."""
        if "sampling" in self.__dict__:
            self.sampling.close()
        for pool in (self.checking, self.background):
            pool.shutdown(wait=False, cancel_futures=True)
