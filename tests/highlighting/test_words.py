"""Are the words of highlighters all words of the language, and each of the right kind?"""

from __future__ import annotations

import pytest

from pqltools.functions.registry import functions
from pqltools.highlighting.words import ELSEWHERE, ROLES, function_names, keywords, marks, pattern
from pqltools.syntax import operators
from pqltools.syntax.grammar import lark_parser, load_tables


def test_every_keyword_of_the_grammar_has_a_role() -> None:
    roles = {terminal for terminals in ROLES.values() for terminal in terminals}
    tables = load_tables()
    refined = {tables.terminals[number] for found in tables.refinements.values() for number in found}
    assert refined == roles | {*ELSEWHERE}


def test_keywords_are_those_of_the_operator_tables() -> None:
    words = keywords()
    assert {*words["unit"]} == {*operators.UNIT_OF}
    assert {*words["moment"]} == {*operators.TIMESTAMPS}
    assert {*words["interval"]} == {*operators.INTERVALS}
    assert {*words["binder"]} == {*operators.QUANTIFIERS, *operators.AGGREGATES, "select", "let"}
    named = {name for name in operators.OPERATOR_NAMES if name.isalpha()}
    assert {*words["logical"], *words["comparison"]} == named | {"occurs"}


def test_marks_are_the_operators_without_letters() -> None:
    named = {name for name in operators.BINARY if not name.isalpha()}
    assert {*marks()} == named | {"!", "=>"}
    assert all(
        marks().index(long) < marks().index(short) for long in marks() for short in marks() if long[:-1] == short
    )


def test_functions_are_all_that_are_called_by_name() -> None:
    called = {entry.name for entry in functions() if entry.operator is None and entry.name.isalpha()}
    assert called - {"chain"} <= {*function_names()}
    assert {"topN", "inSegment", "count", "if"} <= {*function_names()}
    assert not {"and", "or", "not", "occurs", "chain", "+"} & {*function_names()}


@pytest.mark.parametrize("terminal", ["NAME", "STRING", "INTEGER", "DOUBLE", "PARAMETER"])
def test_expressions_of_terminals_are_those_that_lark_reads(terminal: str) -> None:
    (found,) = (each for each in lark_parser().terminals if each.name == terminal)
    # Lark has turned escapes of line ends into line ends.
    assert found.pattern.value == pattern(terminal).replace(r"\r", "\r").replace(r"\n", "\n")


def test_a_terminal_that_is_not_there_is_told() -> None:
    with pytest.raises(LookupError, match="NOWHERE"):
        pattern("NOWHERE")
