"""What is folded, and to what?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from checking import around
from pqltools import parse
from pqltools.checks.constants import UNKNOWN, constant, is_defined, truth
from pqltools.checks.context import Context
from pqltools.inference.infer import infer
from pqltools.limits import HIGHEST_DEPTH
from pqltools.syntax.ast import Expr, FieldLookup
from pqltools.syntax.walk import walk
from strategies import json_only_expressions


def context_of(tree: Expr) -> Context:
    surroundings = around()
    return Context(tree, None, infer(tree, surroundings.schema.profile), surroundings)


def folded(text: str) -> Any:
    tree = parse(text, max_depth=HIGHEST_DEPTH)
    return constant(tree, context_of(tree))


VALUES: dict[str, Any] = {
    "null": None,
    "1": 1,
    "-1.5": -1.5,
    '"a"': "a",
    "[1, null]": (1, None),
    "1 + 2 * 3": 7,
    "1 - 2.5": -1.5,
    "7 / 2": 3.5,
    "-(3)": -3,
    "a / 0": None,
    "a % 0": None,
    "9223372036854775807 + 1": None,
    "false and a": False,
    "a or true": True,
    "true and true": True,
    "not null": True,
    "a = null": False,
    "a notIn null": False,
    "null.contains(a)": False,
    "a in []": False,
    "3 in [1, 2]": False,
    '"a" notIn ["b"]': True,
    "1 = 1.0": True,
    "true > false": True,
    "if(true, 1, a)": 1,
    "if(null, a, 2)": 2,
    "null.isNull()": True,
    "(a = b).isNotNull()": True,
    "xs[a].isNull()": False,
}
UNKNOWNS = """a|a and true|not a|a + 1|a = b|a notIn []|1 = "1"|"2024-01-01" < "2024-01-02"|a in [1]|[a]|a.isNull()
|xs.head().isNull()|7 % 2|now|if(a, 1, 1)|1 in [true]|"a" + 1|"a".contains("b")|foo(1)|xs.average(a).isNull()"""


@pytest.mark.parametrize("text", VALUES)
def test_value(text: str) -> None:
    found = folded(text)
    assert found == VALUES[text]
    assert type(found) is type(VALUES[text])


@pytest.mark.parametrize("text", UNKNOWNS.replace("\n", "").split("|"))
def test_no_constant(text: str) -> None:
    assert folded(text) is UNKNOWN


@pytest.mark.parametrize(
    ("value", "expected"), [(None, False), (0, True), ("", True), ((), False), ((None,), True), (False, False)]
)
def test_truth(value: Any, expected: bool) -> None:
    assert truth(value) is expected


def test_the_truth_of_nothing_known_is_not_known() -> None:
    assert truth(UNKNOWN) is UNKNOWN


@given(json_only_expressions())
def test_folding_is_total_and_fields_are_no_constants(tree: Expr) -> None:
    context = context_of(tree)
    for node in walk(tree):
        if id(node) in context.typing.types:
            found = constant(node, context)  # type: ignore[arg-type]
            assert found is not None or not is_defined(node)  # type: ignore[arg-type]
            assert found is UNKNOWN or not isinstance(node, FieldLookup)


def test_deep_expressions_are_folded() -> None:
    assert folded("not(" * 200 + "true" + ")" * 200) is True
