"""Is the Code Quality report what GitLab reads, and does it know a finding again?"""

from __future__ import annotations

import io
import json
from typing import Any

from hypothesis import given

from findings import reports
from pqltools.cli.outputs import write
from pqltools.diagnostics import Diagnostic
from pqltools.source import Source


def issues(diagnostics: list[Diagnostic]) -> Any:
    out = io.StringIO()
    write("gitlab", diagnostics, [], out)
    return json.loads(out.getvalue())


def found_in(text: str, *marks: str) -> list[Diagnostic]:
    """A finding at each occurrence of each text."""
    source = Source(text, "sets/a.pql")
    places = [(at, at + len(mark)) for mark in marks for at in range(len(text)) if text.startswith(mark, at)]
    return [Diagnostic("PQL004", f"at {place}", place, source=source) for place in sorted(places)]


def fingerprints(diagnostics: list[Diagnostic]) -> list[str]:
    return [issue["fingerprint"] for issue in issues(diagnostics)]


def test_an_issue() -> None:
    source = Source("a = 1\nb == 2", "sets/a.pql")
    (issue,) = issues([Diagnostic("PQL004", "no operator", (8, 10), "warning", "write `=`", source=source)])
    mark = issue.pop("fingerprint")
    assert len(mark) == 64
    assert issue == {
        "description": "PQL004 no operator\nhelp: write `=`",
        "check_name": "foreign-operator",
        "severity": "minor",
        "location": {"path": "sets/a.pql", "lines": {"begin": 2, "end": 2}},
    }


def test_nothing_found_is_an_empty_list() -> None:
    assert issues([]) == []


def test_fingerprints_stay_when_lines_move() -> None:
    before = found_in("a == 1\nor b <> 2", "==", "<>")
    after = found_in("// a comment\n\n  a == 1\n  and c\n  or b <> 2", "==", "<>")
    assert fingerprints(before) == fingerprints(after)


def test_fingerprints_do_not_depend_on_layout_and_wording() -> None:
    source, other = Source("a   =  a", "a.pql"), Source("a\n= a", "a.pql")
    one = Diagnostic("PQL301", "old words", (0, len(source.text)), source=source)
    two = Diagnostic("PQL301", "new words", (0, len(other.text)), source=other)
    assert fingerprints([one]) == fingerprints([two])


def test_fingerprints_tell_files_codes_and_texts_apart() -> None:
    one = Diagnostic("PQL004", "x", (0, 1), source=Source("ab", "a.pql"))
    others = [
        Diagnostic("PQL005", "x", (0, 1), source=Source("ab", "a.pql")),
        Diagnostic("PQL004", "x", (1, 2), source=Source("ab", "a.pql")),
        Diagnostic("PQL004", "x", (0, 1), source=Source("ab", "b.pql")),
    ]
    marks = [fingerprints([diagnostic])[0] for diagnostic in (one, *others)]
    assert len({*marks}) == 4


@given(reports())
def test_every_issue_has_what_gitlab_asks_for(report: tuple[list[Diagnostic], list[str]]) -> None:
    diagnostics, _ = report
    found = issues(diagnostics)
    assert len({issue["fingerprint"] for issue in found}) == len(found) == len(diagnostics)
    for issue in found:
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert issue["location"]["path"]
        assert 1 <= issue["location"]["lines"]["begin"] <= issue["location"]["lines"]["end"]
        assert issue["description"]
        assert issue["check_name"]
