"""What does converting a definition leave alone?  Everything but the format and the value of its expression."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pqltools import convert_definition, from_json, parse, to_json_bytes, to_text
from pqltools.syntax.ast import Expr
from strategies import expressions
from words import CHARACTERS

TEXT = st.text(CHARACTERS, max_size=6)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
KNOWN = ("expression", "ansibleDataModel", "type", "format", "value")  # Hypothesis does hit on them
MEMBERS = st.dictionaries(TEXT.filter(lambda name: name not in KNOWN), JSON, max_size=4)


@st.composite
def definitions(draw: st.DrawFn) -> tuple[Expr, dict[str, Any]]:
    """A definition in text, with unknown members before and behind the known ones, and its expression."""
    tree = draw(expressions(15))
    expression = {**draw(MEMBERS), "type": draw(st.sampled_from(("PQL", None))), "format": "pql/text", **draw(MEMBERS)}
    expression.update(format="pql/text", value=to_text(tree))
    return tree, {**draw(MEMBERS), "expression": expression, **draw(MEMBERS)}


@given(definitions())
def test_only_the_expression_changes(case: tuple[Expr, dict[str, Any]]) -> None:
    tree, definition = case
    before = json.dumps(definition)
    converted = convert_definition(definition, "pql/json")
    assert json.dumps(definition) == before, "the argument is not changed"
    assert from_json(converted["expression"]["value"]) == tree
    assert converted["expression"]["value"] == to_json_bytes(parse(definition["expression"]["value"])).decode()
    back = convert_definition(converted, "pql/text")
    assert parse(back["expression"]["value"]) == tree
    for other in (converted, back):
        other["expression"].update(format="pql/text", value=definition["expression"]["value"])
        assert json.dumps(other) == before
