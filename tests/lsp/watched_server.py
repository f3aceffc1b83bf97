"""What does the server think the texts are?  The server of `pql lsp` with one request more, which tells it.

python watched_server.py LOG
"""

from __future__ import annotations

import sys
from typing import Any

from pygls.lsp.server import LanguageServer

from pqltools.lsp import server as made
from pqltools.lsp import serving
from pqltools.lsp.state import State

#: The request that says the text and the version of each open text.
TEXTS = "test/texts"


def watched() -> LanguageServer:
    """The server, with the request."""
    states: list[State] = []

    class Watched(State):
        """A state that can be found."""

        def __init__(self, client: LanguageServer) -> None:
            super().__init__(client)
            states.append(self)

    vars(made)["State"] = Watched
    server = made.build()
    (state,) = states

    def texts(_: Any) -> dict[str, list[Any]]:
        return {document.uri: [document.version, document.text] for document in state.documents}

    server.feature(TEXTS)(texts)
    return server


if __name__ == "__main__":
    vars(serving)["build"] = watched
    sys.exit(serving.serve(None, sys.argv[1], "info"))
