"""What do features know in tests that need no client?  A state with texts open in it, in no folder."""

from __future__ import annotations

from typing import cast

from pygls.lsp.server import LanguageServer

from pqltools.lsp.documents import Document
from pqltools.lsp.folders import Folder
from pqltools.lsp.positions import Encoding
from pqltools.lsp.state import State

#: Loaded once.
_LOOSE = Folder(None, now=1_700_000_000_000)


def state_with(texts: dict[str, str], encoding: Encoding = "utf-16") -> State:
    """A state in which these texts are open, by their names."""
    state = State(cast(LanguageServer, None))
    state.encoding = encoding
    state.__dict__["loose"] = _LOOSE
    for name, text in texts.items():
        state.documents.put(Document(uri_in(name), None, 0, text, encoding))
    return state


def uri_in(name: str) -> str:
    return f"file:///nowhere/{name}"
