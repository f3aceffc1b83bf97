"""Are workflow commands what GitHub reads?"""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given

from findings import reports
from pqltools.cli.outputs import write
from pqltools.diagnostics import Diagnostic
from pqltools.source import Source

COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::([^\n\r]*)")


def commands(diagnostics: list[Diagnostic]) -> str:
    out = io.StringIO()
    write("github", diagnostics, [], out)
    return out.getvalue()


def unescaped(text: str) -> str:
    """What GitHub makes of a value."""
    for escape, char in (("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        text = text.replace(escape, char)
    return text


def properties(line: str) -> dict[str, str]:
    found = COMMAND.fullmatch(line)
    assert found, line
    return {name: unescaped(value) for name, value in (pair.split("=", 1) for pair in found[2].split(","))}


def test_an_error() -> None:
    source = Source("a = 1\nb == 2", "sets/a.pql")
    found = Diagnostic("PQL004", "`==` is not an operator of PQL", (8, 10), help="write `=`", source=source)
    assert commands([found]) == (
        "::error file=sets/a.pql,line=2,col=3,endColumn=5,title=PQL004 foreign-operator::"
        "sets/a.pql:2:3 PQL004 `==` is not an operator of PQL%0Ahelp: write `=`\n"
    )


@pytest.mark.parametrize(
    ("severity", "command"),
    [("error", "error"), ("warning", "warning"), ("information", "notice"), ("hint", "notice")],
)
def test_severities(severity: str, command: str) -> None:
    found = Diagnostic("PQL004", "x", (0, 1), severity, source=Source("a", "a.pql"))  # type: ignore[arg-type]
    assert commands([found]).startswith(f"::{command} ")


def test_several_lines_have_no_columns() -> None:
    found = Diagnostic("PQL004", "x", (0, 9), source=Source("a = 1\nor b", "a.pql"))
    assert properties(commands([found]).strip()) == {
        "file": "a.pql", "line": "1", "endLine": "2", "title": "PQL004 foreign-operator",
    }  # fmt: skip


def test_without_file() -> None:
    assert commands([Diagnostic("PQL010", "deep")]) == "::error title=PQL010 too-deep::PQL010 deep\n"


def test_nothing_found_is_nothing_said() -> None:
    assert commands([]) == ""


@given(reports())
def test_no_text_breaks_out_of_its_place(report: tuple[list[Diagnostic], list[str]]) -> None:
    diagnostics, _ = report
    lines = commands(diagnostics).split("\n")
    assert lines.pop() == ""
    assert len(lines) == len(diagnostics)
    for line, diagnostic in zip(lines, diagnostics, strict=True):
        assert diagnostic.source is not None
        assert properties(line)["file"] == diagnostic.source.name
        assert diagnostic.message in unescaped(line)
