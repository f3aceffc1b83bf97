"""What does a client send?  A language server that complains about the first word of a document and tells of commands.

It has nothing to do with PQL: it stands in for `pql lsp` where only the configuration of an editor is tested.
"""

from __future__ import annotations

import json
import sys
from typing import Any

CAPABILITIES = {
    "textDocumentSync": 1,
    "hoverProvider": True,
    "executeCommandProvider": {
        "commands": [
            "pql.convert",
            "pql.canonical",
            "pql.describe",
            "pql.showJson",
            "pql.explain",
            "pql.evaluateSample",
        ]
    },
}


def read() -> dict[str, Any] | None:
    """The next message, or None at the end."""
    length = 0
    while line := sys.stdin.buffer.readline().strip():
        name, _, value = line.decode().partition(":")
        if name.lower() == "content-length":
            length = int(value)
    return json.loads(sys.stdin.buffer.read(length)) if length else None


def send(**message: Any) -> None:
    """Writes a message."""
    data = json.dumps({"jsonrpc": "2.0", **message}).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
    sys.stdout.buffer.flush()


def complain(document: dict[str, Any], words: list[str]) -> None:
    """A diagnostic that tells how the server was called and what the document is called."""
    place = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}}
    message = " ".join([*words, document["languageId"]])
    diagnostics = [{"range": place, "severity": 2, "code": "PQL101", "source": "pql", "message": message}]
    send(method="textDocument/publishDiagnostics", params={"uri": document["uri"], "diagnostics": diagnostics})


def main() -> None:
    """Answers until the client says `exit`."""
    while message := read():
        method, params = message.get("method"), message.get("params") or {}
        result: Any = None
        if method == "exit":
            return
        if method == "initialize":
            result = {"capabilities": CAPABILITIES, "serverInfo": {"name": "echo", "version": "9.9"}}
        elif method == "textDocument/didOpen":
            complain(params["textDocument"], sys.argv[1:])
        elif method == "workspace/executeCommand":
            result = {"title": params["command"], "text": json.dumps(params["arguments"])}
        if "id" in message and method:
            send(id=message["id"], result=result)


if __name__ == "__main__":
    main()
