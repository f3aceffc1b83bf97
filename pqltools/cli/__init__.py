"""What does `pql` do?  The entry point: finds the command, and turns every way to end into an exit code.

Exit codes: 0 all is well, 1 the input has problems or the output cannot be written, 2 wrong use, 130 interrupted, 70 an
error in pqltools itself. Commands are imported when they are called, and ``pql --version`` imports next to nothing.
"""

from __future__ import annotations

import sys

from pqltools import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: Every command with its one line of help; the module of the same name has its `run`.
COMMANDS = {
    "check": "find what is wrong, suspicious or not eligible, and fix it",
    "convert": "turn PQL text into pql/json and back, bare or in segment definition files",
    "deps": "show the fields, events and segments that definitions use, and who uses a field",
    "describe": "say in plain English what expressions mean, for people who do not read PQL",
    "eval": "count, list or update the profiles of a file that qualify for definitions",
    "explain": "tell why a profile qualifies for a segment, or why not, part by part",
    "format": "print PQL in its canonical form, keeping comments",
    "job": "find the members of many definitions at once, among millions of profiles",
    "lsp": "serve editors: errors as you type, completion, fixes, in all files that hold PQL",
    "plan": "show what would be read for definitions, what they share, what falls back",
    "profiles": "load profiles and events for `pql serve`, and show what is there",
    "rule": "explain the rules of `pql check`",
    "serve": "run the Segmentation Service on this machine: definitions, jobs, exports over HTTP",
    "schema": "browse the fields of profiles and events, with their types and values",
    "sql": "print definitions as SQL, for profiles in DuckDB, Spark or another lakehouse",
    "store": "load profiles into columns, for `pql job`",
    "test": "run the tests of segments: profiles, and whether they are to qualify",
}

_HELP = f"""usage: pql COMMAND [OPTIONS] [FILE...|-]

Tools for Adobe Experience Platform's Profile Query Language (PQL), version {__version__}.

commands:
{chr(10).join(f"  {name:<10} {text}" for name, text in COMMANDS.items())}

options:
  -h, --help     this help; `pql COMMAND --help` for a command's
  -V, --version  the version

exit codes: 0 fine, 1 the input has problems, 2 wrong use, 70 a mistake in pqltools
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run `pql` with these arguments (without the program's name) and return the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    from pqltools.cli.running import guarded

    if arguments[:1] in (["--version"], ["-V"]):
        return guarded(lambda: _say(f"pql {__version__}\n"))
    if arguments[:1] in (["--help"], ["-h"], ["help"]):
        return guarded(lambda: _say(_HELP))
    name = arguments[0] if arguments else ""
    if name not in COMMANDS:
        print(_HELP if not name else _unknown(name), end="", file=sys.stderr)
        return 2
    return guarded(lambda: _command(name)(arguments[1:]))


def _say(text: str) -> int:
    sys.stdout.write(text)
    return 0


def _command(name: str) -> Callable[[list[str]], int]:
    from importlib import import_module

    run: Callable[[list[str]], int] = import_module(f"pqltools.cli.{name}").run
    return run


def _unknown(name: str) -> str:
    if name.startswith("-"):
        return f"pql: unknown option {name}; options stand behind the command, as in `pql convert {name}`\n"
    close = [command for command in COMMANDS if command[:3] == name[:3] or name in command]
    hint = f"; did you mean `{close[0]}`?" if close else ""
    return f"pql: there is no command `{name}`{hint}\nThe commands are {', '.join(COMMANDS)}; see `pql --help`.\n"
