"""Does the grammar bind as the precedence table says?"""

from __future__ import annotations

from itertools import product

import pytest

from pqltools import parse
from pqltools.syntax.ast import FieldLookup, FunctionCall, ParameterReference
from pqltools.syntax.operators import BINARY, COMPARISON, OPERATOR_NAMES, UNARY, UNIT_OF, UNITS

A, B, C = (FieldLookup(ParameterReference(1), name) for name in "abc")


def call(name: str, *arguments: object) -> FunctionCall:
    return FunctionCall(name, arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(("left", "right"), [*product(BINARY, repeat=2)])
def test_levels(left: str, right: str) -> None:
    if BINARY[left] == BINARY[right] == COMPARISON:
        return  # do not associate; the grammar's examples say so
    if left == right and left in ("and", "or"):
        expected = call(left, A, B, C)
    elif BINARY[left] >= BINARY[right]:
        expected = call(right, call(left, A, B), C)
    else:
        expected = call(left, A, call(right, B, C))
    assert parse(f"a {left} b {right} c") == expected


@pytest.mark.parametrize("operator", BINARY)
def test_not_and_minus(operator: str) -> None:
    tight = BINARY[operator] >= COMPARISON
    inner = call("not", call(operator, A, B)) if tight else call(operator, call("not", A), B)
    assert parse(f"not a {operator} b") == inner
    assert BINARY[operator] < UNARY
    assert parse(f"-a {operator} b") == call(operator, call("-", A), B)


@pytest.mark.parametrize("word", [*OPERATOR_NAMES])
def test_words_are_case_insensitive_and_need_no_space(word: str) -> None:
    name = OPERATOR_NAMES[word]
    if not word.isalpha() or word == "not":
        return
    assert parse(f"(a){word.upper()}(b)") == parse(f"a {name} (b)")


def test_units() -> None:
    for word, unit in UNIT_OF.items():
        assert parse(f"t occurs = 2 {word} before now") == parse(f"t occurs = 2 {UNITS[unit]} before now")
