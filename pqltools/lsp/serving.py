"""How does the server talk to its client?  Over standard input and output, or a TCP port, and to a log file.

Whatever is printed by mistake goes to standard error: on standard output it would be taken for the protocol.
"""

from __future__ import annotations

import logging
import sys
import threading

from pqltools.lsp.protocol import Refusals
from pqltools.lsp.server import build

#: Reading and checking recurse some frames a level; threads have little stack otherwise.
_STACK = 64 * 2**20
_RECURSION = 5_000


def serve(tcp: tuple[str, int] | None, log_file: str | None, log_level: str) -> int:
    """Serve one client until it goes; returns the exit code. Raises OSError for a log file or port that cannot be."""
    _log(log_file, log_level)
    threading.stack_size(_STACK)
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _RECURSION))
    server = build()
    if tcp is not None:
        print(f"pql: waiting for a client on {tcp[0]}:{tcp[1]}", file=sys.stderr, flush=True)
        server.start_tcp(*tcp)
        return 0
    stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    server.start_io(stdin, stdout)
    return 0


def _log(file: str | None, level: str) -> None:
    if file is None:
        # Nobody reads it; what users should know goes to the client's log.
        logging.disable(logging.CRITICAL)
        return
    logging.basicConfig(
        filename=file,
        encoding="utf-8",
        level=level.upper(),
        format="%(asctime)s %(levelname)-7s %(name)s: %(message)s",
    )
    for handler in logging.getLogger().handlers:
        handler.addFilter(Refusals())
    if level != "debug":
        # It would log the texts of all messages.
        logging.getLogger("pygls").setLevel(logging.WARNING)
