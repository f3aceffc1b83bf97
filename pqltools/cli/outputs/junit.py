"""What does a test reporter show?  JUnit XML: a suite for each file, a case for each diagnostic.

A case is either good or bad there, so one with an error or a warning fails, as `pql check` does, and information and
hints are the output of cases that pass. A file in which nothing was found is one case that passes.
"""

from __future__ import annotations

from pqltools.cli.outputs.places import file_of, line_column, project_path
from pqltools.cli.outputs.xml import attribute, text
from pqltools.render import render

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from pqltools.diagnostics import Diagnostic

_FAILING = ("error", "warning")


def write(diagnostics: Sequence[Diagnostic], files: Sequence[str], out: TextIO) -> None:
    """Write the document."""
    by_file: dict[str, list[Diagnostic]] = {name: [] for name in files}
    for diagnostic in diagnostics:
        by_file.setdefault(file_of(diagnostic), []).append(diagnostic)
    suites = [_suite(name, found) for name, found in by_file.items()]
    tests = sum(max(len(found), 1) for found in by_file.values())
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    out.write(f'<testsuites name="pql check" tests="{tests}" failures="{_failures(diagnostics)}" errors="0">\n')
    out.writelines(suites)
    out.write("</testsuites>\n")


def _failures(diagnostics: Sequence[Diagnostic]) -> int:
    return sum(diagnostic.severity in _FAILING for diagnostic in diagnostics)


def _suite(name: str, found: list[Diagnostic]) -> str:
    path = attribute(project_path(name))
    counts = f'tests="{max(len(found), 1)}" failures="{_failures(found)}" errors="0"'
    cases = [_case(path, diagnostic) for diagnostic in found] or [
        f'    <testcase name="pql check" classname={path}/>\n'
    ]
    return f"  <testsuite name={path} {counts}>\n{''.join(cases)}  </testsuite>\n"


def _case(path: str, diagnostic: Diagnostic) -> str:
    line, column, _, _ = line_column(diagnostic)
    name = attribute(f"{diagnostic.code} {diagnostic.name} ({line}:{column})")
    drawn = text(render(diagnostic))
    if diagnostic.severity in _FAILING:
        message, type = attribute(diagnostic.message), attribute(diagnostic.code)
        inside = f"<failure message={message} type={type}>{drawn}</failure>"
    else:
        inside = f"<system-out>{drawn}</system-out>"
    return f'    <testcase name={name} classname={path} file={path} line="{line}">{inside}</testcase>\n'
