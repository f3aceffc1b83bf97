"""`pql lsp`: the language server, which editors start, and which shows in them what `pql check` finds."""

from __future__ import annotations

import argparse
import gc
import sys

_EPILOG = """\
An editor starts the server and talks to it over standard input and output by
the Language Server Protocol. `editors/` has the settings for some of them.

exit codes: 0 the session ended, 1 the client went without a word, 2 wrong use

examples:
  pql lsp
  pql lsp --log-file pql.log --log-level debug
  pql lsp --tcp 8200
"""


def run(arguments: list[str]) -> int:
    """Run the command; returns the exit code."""
    from pqltools.cli.arguments import Help

    parser = argparse.ArgumentParser(
        prog="pql lsp", description="Serve editors.", epilog=_EPILOG, formatter_class=Help, allow_abbrev=False
    )
    add = parser.add_argument
    add("--stdio", action="store_true", help="talk over standard input and output, as without the option")
    add("--tcp", type=_address, metavar="[HOST:]PORT", help="wait for a client on a port; for development")
    add("--log-file", metavar="FILE", help="write what happens to a file")
    levels = ("debug", "info", "warning", "error")
    add("--log-level", choices=levels, default="info", help="how much of it (default: info)")
    options = parser.parse_args(arguments)
    if options.stdio and options.tcp:
        parser.error("--stdio and --tcp exclude each other")
    # The types of the protocol are a large module: with collections its import takes a tenth longer. `settled` in
    # `lsp.syncing` has them again as soon as the editor has its first answer.
    gc.disable()
    from pqltools.lsp.serving import serve

    try:
        return serve(options.tcp, options.log_file, options.log_level)
    except OSError as problem:
        reason = (problem.strerror or str(problem)).lower()
        what = problem.filename or (f"{options.tcp[0]}:{options.tcp[1]}" if options.tcp else "the server")
        print(f"pql lsp: {what}: {reason}", file=sys.stderr)
        return 2


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; write it as 8200 or 127.0.0.1:8200")
    return (host if colon and host else "127.0.0.1"), int(port)
