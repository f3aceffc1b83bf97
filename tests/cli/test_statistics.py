"""Does the table of `--statistics` count right?"""

from __future__ import annotations

import io
import json

from hypothesis import given

from findings import reports
from pqltools.cli.statistics import statistics, write
from pqltools.diagnostics import Diagnostic, Edit, Fix

SAFE, UNSAFE = (Fix("x", (Edit((0, 0), ""),), safe) for safe in (True, False))
FOUND = [
    Diagnostic("PQL004", "x"),
    Diagnostic("PQL301", "x", severity="warning", fixes=(UNSAFE,)),
    Diagnostic("PQL301", "x", severity="error", fixes=(UNSAFE, SAFE)),
    Diagnostic("PQL016", "x", fixes=(UNSAFE,)),
]


def table(found: list[Diagnostic]) -> str:
    out = io.StringIO()
    write(found, out)
    return out.getvalue()


def test_table() -> None:
    assert table([*FOUND[:1] * 12, *FOUND[3:]]) == (
        "12 PQL004 error       foreign-operator\n"
        " 1 PQL016 error   [?] single-quotes\n"
        "[*] fixed by --fix, [?] by --unsafe-fixes\n"
    )


def test_without_fixes_there_is_no_legend() -> None:
    assert table(FOUND[:1]) == "1 PQL004 error   foreign-operator\n"
    assert table([]) == ""


def test_the_worst_severity_and_the_best_fix_count() -> None:
    (first, *_) = statistics([*FOUND, FOUND[1]])
    assert (first["count"], first["severity"], first["fixable"]) == (3, "error", "safe")


def test_as_json() -> None:
    out = io.StringIO()
    write(FOUND[:1], out, as_json=True)
    assert json.loads(out.getvalue()) == [
        {"count": 1, "code": "PQL004", "name": "foreign-operator", "severity": "error", "fixable": None}
    ]


@given(reports())
def test_every_finding_is_counted_once(report: tuple[list[Diagnostic], list[str]]) -> None:
    entries = statistics(report[0])
    assert sum(entry["count"] for entry in entries) == len(report[0])
    assert [entry["count"] for entry in entries] == sorted([entry["count"] for entry in entries], reverse=True)
