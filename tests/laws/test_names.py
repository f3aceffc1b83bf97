"""Is every word a name where a name is due?  After a dot, in back-quotes, and when it only starts like a keyword."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqltools import parse, to_text
from pqltools.syntax.ast import (
    Expr,
    FieldLookup,
    FunctionCall,
    IntegerLiteral,
    ItemLambda,
    ItemReference,
    ParameterReference,
    Select,
    VariableDeclaration,
    VariableReference,
)
from pqltools.syntax.grammar import grammar_text
from words import NAMES

PROFILE = ParameterReference(1)
#: Every keyword, read off the grammar's own terminals: ``OR.2: /(?i:or)…/``.
KEYWORDS = sorted(
    {
        word.replace("s?", "")
        for words in re.findall(r"^[A-Z_]+\.\d: /\(\?i:([a-z|?]+)\)", grammar_text(), re.MULTILINE)
        for word in words.split("|")
    }
)
CASES = [str.lower, str.upper, str.title]


def equals_one(path: Expr) -> Expr:
    return FunctionCall("=", (path, IntegerLiteral(1)))


def test_the_grammar_has_keywords() -> None:
    assert len(KEYWORDS) > 40
    assert {"or", "select", "between", "year", "null", "what"} <= {*KEYWORDS}


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_after_a_dot_every_keyword_is_a_field(keyword: str) -> None:
    for case in CASES:
        word = case(keyword)
        assert parse(f"a.{word}.b = 1") == equals_one(FieldLookup(FieldLookup(FieldLookup(PROFILE, "a"), word), "b"))
        assert parse(f"a.{word}") == FieldLookup(FieldLookup(PROFILE, "a"), word)
        assert parse(f"not a.{word} = 1 and b") == parse(f"not (a.`{word}` = 1) and b")
        assert parse(f"a.{word}()").arguments == (FieldLookup(PROFILE, "a"),)  # type: ignore[union-attr]
        assert parse(f"select X from X.{word} where X.{word} occurs before X.{word}") == parse(
            f"select X from `X`.`{word}` where X.`{word}` occurs before (X.`{word}`)"
        )


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_a_word_that_starts_or_ends_like_a_keyword_is_a_name(keyword: str) -> None:
    for case in CASES:
        for word in (case(keyword) + "x", case(keyword) + "_", case(keyword) + "1", "x" + case(keyword), "_" + keyword):
            assert parse(f"{word} = 1") == equals_one(FieldLookup(PROFILE, word))
            assert parse(f"a = {word} or {word}") == parse(f"a = `{word}` or `{word}`")
            assert parse(f"{word}(a)").function == word  # type: ignore[union-attr]


@pytest.mark.parametrize("keyword", [*KEYWORDS, "profile"])
def test_in_back_quotes_every_keyword_is_a_field(keyword: str) -> None:
    for case in CASES:
        word = case(keyword)
        assert parse(f"`{word}` = 1") == equals_one(FieldLookup(PROFILE, word))
        assert parse(f"xs[`{word}` = 1]") == FunctionCall(
            "filter", (FieldLookup(PROFILE, "xs"), ItemLambda(equals_one(FieldLookup(ItemReference(0), word))))
        )


@given(NAMES, st.integers(0, 2))
def test_any_name_can_be_written(name: str, depth: int) -> None:
    """At a head, in item scopes, after a dot, behind `^`, beside a variable of the same name."""
    word = "`" + name.replace("`", "``") + "`"
    path = FieldLookup(FieldLookup(ItemReference(0) if depth else PROFILE, name), name)
    tree: Expr = path
    text = f"{word}.{word}"
    for _ in range(depth):
        tree = FunctionCall("filter", (FieldLookup(PROFILE, "xs"), ItemLambda(tree)))
        text = f"profile.xs[{text}]"
    assert parse(text) == tree
    assert parse(to_text(tree)) == tree


@given(
    st.builds(
        str.__add__,
        st.sampled_from(string.ascii_letters + "_"),
        st.text(string.ascii_letters + string.digits + "_", max_size=8),
    )
)
def test_a_variable_hides_the_field_of_its_name(name: str) -> None:
    if name.lower() in {*KEYWORDS, "this"}:
        name += "_"
    tree = Select(
        (
            VariableDeclaration(
                name,
                FieldLookup(PROFILE, name),
                FunctionCall("=", (FieldLookup(VariableReference(name), name), FieldLookup(PROFILE, name))),
            ),
        )
    )
    assert parse(f"select {name} from {name} where {name}.{name} = `{name}`") == tree
    assert parse(to_text(tree)) == tree
