"""Which method does an `evaluationInfo` ask for, and what is said about one that is wrong?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqltools.checks.eligibility.evaluation_info import read
from pqltools.checks.eligibility.model import METHODS

ON, OFF = {"enabled": True}, {"enabled": False}


@pytest.mark.parametrize(
    ("info", "method"),
    [
        (None, None),
        ({}, None),
        ({"batch": {}}, None),
        ({"batch": OFF}, None),
        ({"batch": ON}, "batch"),
        ({"continuous": ON}, "streaming"),
        ({"synchronous": ON}, "edge"),
        ({"batch": ON, "continuous": OFF, "synchronous": OFF}, "batch"),
        ({"batch": OFF, "continuous": ON, "synchronous": OFF}, "streaming"),
        ({"batch": ON, "continuous": ON, "synchronous": OFF}, "streaming"),
        ({"batch": OFF, "continuous": OFF, "synchronous": ON}, "edge"),
    ],
)
def test_method(info: object, method: str | None) -> None:
    reading = read(info)
    assert (reading.method, reading.problems) == (method, ())


@pytest.mark.parametrize(
    ("info", "method", "path"),
    [
        ([], None, "$"),
        ("streaming", None, "$"),
        (True, None, "$"),
        ({"streaming": ON}, None, "$"),
        ({"continuous": ON, "edge": ON}, "streaming", "$"),
        ({"continuous": True}, None, "$.continuous"),
        ({"continuous": {"enabled": "true"}}, None, "$.continuous.enabled"),
        ({"continuous": {"enabled": 1}, "batch": ON}, "batch", "$.continuous.enabled"),
        ({"continuous": ON, "synchronous": ON}, "edge", "$"),
        ({"batch": OFF, "continuous": OFF, "synchronous": OFF}, "batch", "$"),
    ],
)
def test_problems(info: object, method: str | None, path: str) -> None:
    reading = read(info)
    assert reading.method == method
    (problem,) = reading.problems
    assert problem.path == path
    assert problem.message.startswith("`evaluationInfo")
    assert problem.help


JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.sampled_from(["batch", "continuous", "synchronous", "enabled", "x"]), inner)
    ),
    max_leaves=10,
)


@given(JSON)
def test_any_json_is_read(info: object) -> None:
    assert read(info).method in (None, *METHODS)
