"""Would the cases of semantics.toml notice if a rule were another?  Each flip of `mutations` has to fail some."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from evaluable import evaluable_expressions
from evaluation.mutations import FLIPS, Flip, Sample, differs, flipped
from pqltools import to_text
from pqltools.evaluation.compiling import compile_program
from pqltools.evaluation.program import prepare
from pqltools.evaluation.values import as_json
from pqltools.syntax.ast import Expr
from profiles import NOW, profiles, wild_profiles
from semantic_cases import CASES, MODELS, PARAMETERS
from typed_expressions import SCHEMA, conditions

#: Flips that generated examples hardly ever meet, so that cases have to be written for them.
UNLIKELY: frozenset[str] = frozenset()


@cache
def semantic_samples() -> tuple[Sample, ...]:
    """The cases of semantics.toml."""
    return tuple(
        [
            Sample(case.expression, case.program(), [case.profile, *PARAMETERS], MODELS, repr(case.value))
            for case in CASES
        ]
    )


def generated_samples(count: int) -> list[Sample]:
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


each = pytest.mark.parametrize("flip", FLIPS, ids=[flip.name for flip in FLIPS])


def test_there_are_enough() -> None:
    assert len(FLIPS) >= 80
    assert {flip.name for flip in FLIPS} >= UNLIKELY


def test_nothing_fails_without_a_flip() -> None:
    assert [sample.name for sample in semantic_samples() if differs(sample)] == []


@each
def test_a_case_notices(flip: Flip) -> None:
    with flipped(flip):
        assert any(differs(sample) for sample in semantic_samples())
    assert not differs(semantic_samples()[0])


@pytest.mark.nightly
def test_the_law_notices() -> None:
    """Prints for each flip what notices it."""
    samples = generated_samples(10_000)
    unnoticed = set()
    for flip in FLIPS:
        with flipped(flip):
            cases = [sample.name for sample in semantic_samples() if differs(sample)]
            examples = sum(map(differs, samples))
        print(f"{flip.name}: {len(cases)} cases, such as {cases[0]}; {examples} of {len(samples)} examples")
        unnoticed |= set() if examples else {flip.name}
    assert unnoticed <= UNLIKELY
