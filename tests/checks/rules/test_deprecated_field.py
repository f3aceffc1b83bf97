"""Which deprecated fields are named?"""

from __future__ import annotations

import pytest

from checking import check

CODE = "PQL102"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("person.taxId = 1", ["taxId"]),
        ("segments.segmentID = 1", ["segments"]),  # both are, the first is named
        ("person.`taxId` = 1 or segments", ["`taxId`", "segments"]),
        ("person.gender = 1 and taxId = 2", []),
    ],
)
def test_found(text: str, names: list[str]) -> None:
    found = check(text, CODE)
    assert [text[slice(*problem.span)] for problem in found if problem.span] == names
    assert {problem.severity for problem in found} <= {"warning"}
