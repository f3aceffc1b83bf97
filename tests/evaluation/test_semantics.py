"""Does an expression mean what the rules say?  The cases of semantics.toml, for every evaluator."""

from __future__ import annotations

from collections import defaultdict

import pytest

from pqltools import parse, to_text
from pqltools.evaluation.compiling import compile_program
from pqltools.evaluation.fused.job import compile_job
from pqltools.evaluation.values import as_json
from semantic_cases import CASES, DATA, MODELS, PARAMETERS, Case, same

each = pytest.mark.parametrize(
    "case", CASES, ids=[f"{case.section}: {case.expression}: {number}" for number, case in enumerate(CASES)]
)


def test_there_are_enough() -> None:
    assert len(CASES) >= 1100
    assert {case.section for case in CASES} == {1, 2, 3, 4, 5, 6, 7, 8}


def test_every_rule_has_both_answers() -> None:
    answers: defaultdict[str, set[str]] = defaultdict(set)
    for rule in DATA["rule"]:
        answers[rule["says"]] |= {value for _, value, *_ in rule["cases"]}
    lacking = [rule for rule, values in answers.items() if len(values) < 2]
    assert lacking == []
    assert [window["window"] for window in DATA["window"] if not window["outside"]] == []


@each
def test_walker(case: Case) -> None:
    assert same(case.walk(case.program()), case.value), case.rule


@each
def test_compiled(case: Case) -> None:
    program = case.program()
    value = compile_program(program, as_condition=False)(case.profile, PARAMETERS, MODELS)
    assert same(as_json(value), case.value), case.rule
    assert compile_program(program, as_condition=True)(case.profile, PARAMETERS, MODELS) is case.holds()


@each
def test_job(case: Case) -> None:
    job = compile_job([case.program()])
    assert job(case.profile, PARAMETERS, MODELS) == [0] * case.holds(), case.rule


@each
def test_its_other_spelling_means_the_same(case: Case) -> None:
    assert parse(to_text(parse(case.expression))) == parse(case.expression)


@pytest.mark.parametrize("now", sorted({case.now for case in CASES}))
def test_one_job_of_them_all(now: str) -> None:
    """Definitions do not get in each other's way."""
    cases = [case for case in CASES if case.now == now]
    programs = [case.program() for case in cases]
    predicates = [compile_program(program, as_condition=True) for program in programs]
    job = compile_job(programs)
    for index, case in enumerate(cases):
        found = job(case.profile, PARAMETERS, MODELS)
        assert (index in found) is case.holds(), case
        if index % 20 == 0:
            others = [other for other, holds in enumerate(predicates) if holds(case.profile, PARAMETERS, MODELS)]
            assert found == others
