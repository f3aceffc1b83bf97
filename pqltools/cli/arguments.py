"""What do the commands' argument parsers have in common?  Their look, and the options that all of them take."""

from __future__ import annotations

import argparse
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

#: Of the option of commands that programs call with every file they have.
SKIP_HELP = "pass over named files that hold no PQL, as in folders; for programs that name every file"


class Help(argparse.RawDescriptionHelpFormatter):
    """Help as wide as the terminal. argparse asks `shutil` for that, which costs more time than all the rest of it."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=min(_columns(), 120) - 2)


def _columns() -> int:
    try:
        return int(os.environ.get("COLUMNS", "")) or 80
    except ValueError:
        return os.get_terminal_size().columns if sys.stdout is not None and sys.stdout.isatty() else 80


def command_parser(
    name: str,
    description: str,
    epilog: str,
    formats: Sequence[str] = ("text", "json"),
    format_help: str = "how to report problems: drawn on standard error, or as a JSON list on standard output",
) -> argparse.ArgumentParser:
    """The parser of the command `name`, with the option ``--output-format``."""
    parser = argparse.ArgumentParser(
        prog=f"pql {name}", description=description, epilog=epilog, formatter_class=Help, allow_abbrev=False
    )
    parser.add_argument(
        "--output-format",
        choices=formats,
        default="text",
        help=f"{format_help} (default: text)",
    )
    return parser


def schema_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--schema`` and ``--tenant``."""
    help = "a schema, or a folder of them; may be given several times"
    parser.add_argument("--schema", action="append", metavar="FILE", help=help)
    parser.add_argument("--tenant", metavar="NAME", help="the tenant's namespace, such as _acme")


def instant(text: str) -> int:
    """The value of ``--now``, in milliseconds since 1970 UTC."""
    from pqltools.types.time import iso_instant

    found = iso_instant(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no instant; write it as 2024-03-15T10:30:00Z")
    return found


def memory_size(text: str) -> str:
    """The value of ``--memory``."""
    import re

    if re.fullmatch(r"(?a:\d{1,9}(\.\d{1,9})?) ?([KMGT]i?B)", text, re.IGNORECASE) is None or not re.search(
        "[1-9]", text
    ):
        raise argparse.ArgumentTypeError(f"{text!r} is no amount of memory; write it as 6GB or 500MB")
    return text


def processes(text: str) -> int:
    """The value of ``--jobs``."""
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= 256:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes")
    return int(text)
