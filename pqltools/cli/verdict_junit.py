"""What does a test reporter show of `pql test`?  JUnit XML: a suite for each file, a case for each test.

What is wrong with a file itself is a case with an error, for a reporter shows nothing else.
"""

from __future__ import annotations

from pqltools.cli.outputs.places import line_column, project_path, text_of
from pqltools.cli.outputs.xml import attribute, text
from pqltools.render import render
from pqltools.testing.texts import drawn, said

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from pqltools.cli.verdicts import Told
    from pqltools.diagnostics import Diagnostic
    from pqltools.testing.model import Result


def write(told: Sequence[Told], out: TextIO) -> None:
    """Write the document."""
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    out.write(f'<testsuites name="pql test" {_counts(told)}>\n')
    out.writelines([_suite(each) for each in told])
    out.write("</testsuites>\n")


def _counts(told: Sequence[Told]) -> str:
    problems = sum(len(each.suite.problems) for each in told)
    results = [result for each in told for result in each.results]
    failures = sum(result.status == "failed" for result in results)
    errors = sum(result.status == "error" for result in results) + problems
    return f'tests="{len(results) + problems}" failures="{failures}" errors="{errors}"'


def _suite(told: Told) -> str:
    path = attribute(project_path(told.suite.source.name))
    cases = [_problem(problem, path) for problem in told.suite.problems]
    cases += [_case(result, path) for result in told.results]
    return f"  <testsuite name={path} {_counts([told])}>\n{''.join(cases)}  </testsuite>\n"


def _problem(problem: Diagnostic, path: str) -> str:
    line, column, _, _ = line_column(problem)
    name = attribute(f"{problem.code} {problem.name} ({line}:{column})")
    inside = (
        f"<error message={attribute(text_of(problem))} type={attribute(problem.code)}>{text(render(problem))}</error>"
    )
    return _element(name, path, line, inside)


def _case(result: Result, path: str) -> str:
    test = result.test
    inside = ""
    if result.status == "failed" and test.expected is not None:
        kind = test.expected.kind
        message = f"expected {said(kind, test.expected.value)}, got {said(kind, result.got)}"
        inside = f"<failure message={attribute(message)} type={attribute(kind)}>{text(drawn(result))}</failure>"
    elif result.status == "error":
        first = result.diagnostics[0]
        inside = (
            f"<error message={attribute(text_of(first))} type={attribute(first.code)}>{text(drawn(result))}</error>"
        )
    return _element(attribute(test.name), path, test.place[1], inside)


def _element(name: str, path: str, line: int, inside: str) -> str:
    start = f'    <testcase name={name} classname={path} file={path} line="{line}"'
    return f"{start}>{inside}</testcase>\n" if inside else f"{start}/>\n"
