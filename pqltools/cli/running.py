"""How does a command end?  Interrupts, broken pipes and our own mistakes, each with its exit code and no traceback."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

INTERRUPTED, INTERNAL = 130, 70


def guarded(run: Callable[[], int]) -> int:
    """Run a command and return its exit code. Set PQL_TRACEBACK to see where an internal error comes from."""
    _prepare_streams()
    # Some commands raise the limit for deep trees; who calls `main` in a program of theirs gets it back.
    limit = sys.getrecursionlimit()
    try:
        status = run()
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        print("pql: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        _drop_output()
        return 0
    except SystemExit as stop:  # argparse: 0 after --help, 2 after wrong use
        return _flushed(stop.code if isinstance(stop.code, int) else 2)
    except Exception as mistake:
        if os.environ.get("PQL_TRACEBACK"):
            raise
        # What is wrong with a file is a diagnostic; an error of the system that names no file is one of our output.
        if isinstance(mistake, OSError) and mistake.filename is None:
            _drop_output()
            print(f"pql: the output cannot be written: {(mistake.strerror or str(mistake)).lower()}", file=sys.stderr)
            return 1
        print(
            f"pql: internal error: {type(mistake).__name__}: {mistake}\n"
            "This is a mistake in pqltools, not in your input. Please report it, with the input if you can share it\n"
            "and what the same command prints with PQL_TRACEBACK=1 in the environment.",
            file=sys.stderr,
        )
        return INTERNAL
    finally:
        sys.setrecursionlimit(limit)


def _flushed(status: int) -> int:
    """The status, once the help is written."""
    try:
        sys.stdout.flush()
    except OSError:
        _drop_output()
    return status


def _prepare_streams() -> None:
    """Results are UTF-8 with the line ends that they have, whatever the locale; closed streams swallow everything."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 - open to the end
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def _drop_output() -> None:
    """The interpreter must not fail when it flushes the output at the end."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError:
        return
