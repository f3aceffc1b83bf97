"""Does the walker for large data agree with the compiled evaluator, and with itself on any size and depth?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluable import evaluable_expressions
from pqltools import to_text
from pqltools.evaluation import compile_value
from pqltools.evaluation.compiling import compile_program
from pqltools.evaluation.program import prepare
from pqltools.evaluation.steady import SteadyWalker
from pqltools.evaluation.values import as_json
from pqltools.syntax.ast import Expr
from profiles import NOW, profiles, wild_profiles
from typed_expressions import SCHEMA, conditions

MODELS = {"offers": [{"price": 2.5, "label": "a"}, {"price": None}]}


def check(expr: Expr, found: list[Any]) -> None:
    program = prepare(expr, SCHEMA, now=NOW)
    compiled = compile_program(program, as_condition=False)
    for profile in found:
        walked = as_json(SteadyWalker(program, [profile, 3], MODELS).result())
        assert repr(walked) == repr(as_json(compiled(profile, (3,), MODELS))), to_text(expr)


@given(conditions() | evaluable_expressions(), st.lists(profiles() | wild_profiles(), min_size=1, max_size=3))
def test_agrees_with_the_compiled_evaluator(expr: Expr, found: list[Any]) -> None:
    check(expr, found)


def deep(depth: int) -> Any:
    value: Any = "end"
    for level in range(depth):
        value = [value] if level % 2 else {"label": value}
    return value


@pytest.mark.parametrize(
    "text",
    [
        "tags = tags",
        "tags.distinct().count() = 1",
        "tags in [tags]",
        'tags.includes("a")',
        'tags.contains("a")',
        "tags occurs before now",
        "tags.label.label.isNull()",
        "tags.intersects(tags)",
        "segmentMembership.ups.status.isNull()",
        'inSegment("a")',
    ],
)
def test_depth_does_not_matter(text: str) -> None:
    profile = {"tags": deep(10_000), "segmentMembership": {"ups": {"a": deep(10_000)}}}
    program = prepare(text, now=NOW)
    assert SteadyWalker(program, [profile]).result() == compile_value(text, now=NOW)(profile)
