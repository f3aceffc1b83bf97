"""What does GitHub read from the log of a workflow?  One command a line, which becomes an annotation.

``::error file=…,line=…,col=…,endColumn=…,title=…::message``, see "Workflow commands for GitHub Actions". GitHub shows
the first ten annotations of a kind in each step.
"""

from __future__ import annotations

from pqltools.cli.outputs.places import file_of, line_column, project_path, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from pqltools.diagnostics import Diagnostic

_COMMANDS = {"error": "error", "warning": "warning"}


def write(diagnostics: Sequence[Diagnostic], files: Sequence[str], out: TextIO) -> None:
    """Write the commands, one a line."""
    for diagnostic in diagnostics:
        out.write(_command(diagnostic) + "\n")


def _command(diagnostic: Diagnostic) -> str:
    file = project_path(file_of(diagnostic))
    line, column, end_line, end_column = line_column(diagnostic)
    properties: dict[str, object] = {}
    if file:
        properties = {"file": file, "line": line}
        if line == end_line:
            properties |= {"col": column, "endColumn": end_column}
        else:  # columns are for annotations of one line
            properties["endLine"] = end_line
    properties["title"] = f"{diagnostic.code} {diagnostic.name}"
    joined = ",".join([f"{name}={_property(str(value))}" for name, value in properties.items()])
    # The log shows nothing but the message.
    where = f"{file}:{line}:{column} " if file else ""
    command = _COMMANDS.get(diagnostic.severity, "notice")
    return f"::{command} {joined}::{_data(f'{where}{diagnostic.code} {text_of(diagnostic)}')}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
