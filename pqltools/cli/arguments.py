"""What do the commands' argument parsers have in common?  Their look, and the options that all of them take."""

from __future__ import annotations

import argparse
import os
import sys


class _Help(argparse.RawDescriptionHelpFormatter):
    """Help as wide as the terminal. argparse asks `shutil` for that, which costs more time than all the rest of it."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=min(_columns(), 120) - 2)


def _columns() -> int:
    try:
        return int(os.environ.get("COLUMNS", "")) or 80
    except ValueError:
        return os.get_terminal_size().columns if sys.stdout is not None and sys.stdout.isatty() else 80


def command_parser(name: str, description: str, epilog: str) -> argparse.ArgumentParser:
    """The parser of the command `name`, with the option ``--output-format``."""
    parser = argparse.ArgumentParser(
        prog=f"pql {name}", description=description, epilog=epilog, formatter_class=_Help, allow_abbrev=False
    )
    parser.add_argument(
        "--output-format",
        choices=("text", "json"),
        default="text",
        help="how to report problems: drawn on standard error, or as a JSON list on standard output (default: text)",
    )
    return parser
