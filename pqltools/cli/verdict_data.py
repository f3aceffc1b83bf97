"""What came of tests, as data?  The JSON of `pql test`."""

from __future__ import annotations

from pqltools.evaluation.explaining.data import explanation_data
from pqltools.render import as_data
from pqltools.types.time import instant_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, TextIO

    from pqltools.cli.verdicts import Told
    from pqltools.testing.coverage import Covered
    from pqltools.testing.model import Result


def write(told: Sequence[Told], covered: Sequence[Covered] | None, out: TextIO) -> None:
    """Write one object: `tests`, `problems` of files, and `coverage`, null unless it was asked for."""
    import json

    data = {
        "tests": [_result(result) for each in told for result in each.results],
        "problems": [as_data(diagnostic) for each in told for diagnostic in each.suite.problems],
        "coverage": None if covered is None else _coverage(covered),
    }
    out.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")


def _result(result: Result) -> dict[str, Any]:
    test, expected = result.test, result.test.expected
    file, line, column = test.place
    return {
        "name": test.name,
        "file": file,
        "line": line,
        "column": column,
        "subject": None if test.subject is None else test.subject.title,
        "profile": test.who,
        "now": None if result.now is None else instant_text(result.now),
        "status": result.status,
        "kind": None if expected is None else expected.kind,
        "expected": None if expected is None else expected.value,
        "got": result.got,
        "explanation": None if result.explanation is None else explanation_data(result.explanation),
        "diagnostics": [as_data(diagnostic) for diagnostic in result.diagnostics],
    }


def _coverage(covered: Sequence[Covered]) -> dict[str, Any]:
    from pqltools.testing.coverage import percent

    definitions = [
        {
            "title": each.title,
            "file": each.file,
            "seen": each.seen,
            "possible": each.possible,
            "gaps": [
                {"line": gap.line, "column": gap.column, "text": gap.text, "never": [*gap.missing]} for gap in each.gaps
            ],
        }
        for each in covered
    ]
    return {"percent": round(percent(covered), 2), "definitions": definitions}
