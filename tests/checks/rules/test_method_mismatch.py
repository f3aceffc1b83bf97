"""PQL508: is an `evaluationInfo` that contradicts itself reported?"""

from __future__ import annotations

import pytest

from checking import check
from pqltools.checks.surroundings import Segment

TEXT = 'city = "Bern"'


@pytest.mark.parametrize(
    ("info", "messages"),
    [
        (None, []),
        ({"continuous": {"enabled": True}}, []),
        (
            {"continuous": {"enabled": True}, "synchronous": {"enabled": True}},
            ["`evaluationInfo` enables both `continuous` (streaming) and `synchronous` (edge)"],
        ),
        (["continuous"], ["`evaluationInfo` is not an object"]),
        (
            {"edge": {"enabled": True}, "batch": {"enabled": "yes"}},
            [
                "`evaluationInfo` has the unknown key `edge`",
                "`evaluationInfo.batch.enabled` is not `true` or `false`",
            ],
        ),
    ],
)
def test_every_problem_is_a_finding(info: object, messages: list[str]) -> None:
    found = check(TEXT, "PQL508", segment=Segment("a", evaluation_info=info))
    assert [one.message for one in found] == messages
    assert all(one.help for one in found)


def test_a_bare_expression_has_none() -> None:
    assert not check(TEXT, "PQL508")
