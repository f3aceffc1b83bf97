"""How does a command end?  Interrupts, broken pipes and our own mistakes, each with its exit code and no traceback."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

INTERRUPTED, INTERNAL = 130, 70


def guarded(name: str, arguments: list[str]) -> int:
    """Run the command `name`. Set PQL_TRACEBACK to see where an internal error comes from."""
    _speak_utf8()
    try:
        status = _command(name)(arguments)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        print("pql: interrupted; nothing was written", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough. The interpreter must not fail when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except SystemExit as stop:  # argparse: 0 after --help, 2 after wrong use
        return stop.code if isinstance(stop.code, int) else 2
    except Exception as mistake:
        if os.environ.get("PQL_TRACEBACK"):
            raise
        print(
            f"pql: internal error: {type(mistake).__name__}: {mistake}\n"
            "This is a mistake in pqltools, not in your input; nothing was written. Please report it, with the input\n"
            "if you can share it and what the same command prints with PQL_TRACEBACK=1 in the environment.",
            file=sys.stderr,
        )
        return INTERNAL


def _command(name: str) -> Callable[[list[str]], int]:
    if name == "convert":
        from pqltools.cli.convert import run
    else:
        from pqltools.cli.format import run
    return run


def _speak_utf8() -> None:
    """Results are UTF-8 with the line ends that they have, whatever the locale and the platform."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
