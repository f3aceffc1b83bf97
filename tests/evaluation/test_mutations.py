"""Would the tests notice if a rule were another?  Each flip of `mutations` fails a case and the law "agree"."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from evaluable import evaluable_expressions
from evaluation.mutations import FLIPS, Flip, Sample, differs, flipped
from near_cases import near_profiles, near_programs
from pqltools import to_text
from pqltools.evaluation.compiling import compile_program
from pqltools.evaluation.program import prepare
from pqltools.evaluation.values import as_json
from pqltools.syntax.ast import Expr
from profiles import NOW, profiles, wild_profiles
from semantic_cases import CASES, MODELS, PARAMETERS
from typed_expressions import SCHEMA, conditions


@cache
def semantic_samples() -> tuple[Sample, ...]:
    """The cases of semantics.toml."""
    return tuple(
        [
            Sample(case.expression, case.program(), [case.profile, *PARAMETERS], MODELS, repr(case.value))
            for case in CASES
        ]
    )


def drawn_samples(count: int) -> list[Sample]:
    """Expressions and profiles as the law "agree" draws them, with the values that compiled functions give."""
    found: list[Sample] = []

    @settings(max_examples=count, phases=[Phase.generate], database=None, suppress_health_check=[*HealthCheck])
    @given(conditions() | evaluable_expressions(), profiles() | wild_profiles(), st.booleans())
    def draw(expr: Expr, profile: Any, has_schema: bool) -> None:
        program = prepare(expr, SCHEMA if has_schema else None, now=NOW)
        value = as_json(compile_program(program, as_condition=False)(profile, PARAMETERS, MODELS))
        found.append(Sample(to_text(expr), program, [profile, *PARAMETERS], MODELS, repr(value)))

    draw()
    return found


def near_samples() -> list[Sample]:
    """What is close to the cases, with the values that compiled functions give."""
    found: list[Sample] = []
    for number, case in enumerate(CASES):
        random = Random(number)
        for program in near_programs(case, random, 2):
            function = compile_program(program, as_condition=False)
            for profile in near_profiles(case, random, 3):
                value = repr(as_json(function(profile, PARAMETERS, MODELS)))
                found.append(Sample(case.expression, program, [profile, *PARAMETERS], MODELS, value))
    return found


each = pytest.mark.parametrize("flip", FLIPS, ids=[flip.name for flip in FLIPS])


def test_there_are_enough() -> None:
    assert len(FLIPS) >= 80
    assert len({flip.name for flip in FLIPS}) == len(FLIPS)


def test_nothing_fails_without_a_flip() -> None:
    assert [sample.name for sample in semantic_samples() if differs(sample)] == []


@each
def test_a_case_notices(flip: Flip) -> None:
    with flipped(flip):
        assert any(differs(sample) for sample in semantic_samples())
    assert not differs(semantic_samples()[0])


@pytest.mark.nightly
def test_the_law_notices() -> None:
    """Prints for each flip how many notice it. What is drawn seldom does: hence the law near cases."""
    drawn, near = drawn_samples(2000), near_samples()
    for flip in FLIPS:
        with flipped(flip):
            cases = [sample.name for sample in semantic_samples() if differs(sample)]
            counts = [sum(map(differs, samples)) for samples in (drawn, near)]
        print(f"{flip.name}: {len(cases)} cases, such as `{cases[0]}`; {counts[0]} drawn, {counts[1]} near")
        assert counts[1]
