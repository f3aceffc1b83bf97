"""How does a check speak to other programs?  One file a format; `write` finds it.

Every format is a module with `write(diagnostics, files, out)`: what was found, in the order of the files, the names of
all files that were checked, and the stream. Beside these there are text and JSON, which all commands have
(`pqltools.cli.reporting`).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from pqltools.diagnostics import Diagnostic

#: Every format with its one line of help; the module of the same name writes it.
FORMATS = {
    "sarif": "SARIF 2.1.0, for code scanning services and editors",
    "github": "workflow commands, which GitHub shows beside the lines of a change",
    "gitlab": "a Code Quality report of GitLab",
    "junit": "JUnit XML: a suite for each file, a failure for each error and warning",
}


def write(format: str, diagnostics: Sequence[Diagnostic], files: Sequence[str], out: TextIO) -> None:
    """Write a report in one of `FORMATS`."""
    from importlib import import_module

    import_module(f"pqltools.cli.outputs.{format}").write(diagnostics, files, out)
