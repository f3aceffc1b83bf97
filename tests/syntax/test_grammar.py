"""Does the grammar say what its examples say, and do the shipped tables belong to it?"""

from __future__ import annotations

import logging
import re

import lark
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqltools import PQLError, parse
from pqltools.syntax import _tables, grammar
from pqltools.syntax.builder import CALLBACKS, Builder
from pqltools.syntax.driver import Stopped, run
from pqltools.syntax.table_builder import build, source_text

GRAMMAR = grammar.grammar_text()
EXAMPLES: list[tuple[str, str]] = re.findall(r"^// (ok|err): (.*)$", GRAMMAR, re.MULTILINE)
#: Rules that only pass on, collect, or are shown by the examples of the rule that uses them.
SHOWN_ELSEWHERE = {
    "or_operands", "and_operands", "properties", "property", "names", "direction", "comparator", "time", "elements",
    "element", "parts", "part", "closed_clauses", "clauses", "clause", "open_clause", "expr", "prefix", "window",
}  # fmt: skip


@pytest.fixture(scope="module")
def stock() -> lark.Lark:
    return grammar.lark_parser()


def accepts(parser: lark.Lark, text: str) -> bool:
    try:
        parser.parse(text)
    except lark.exceptions.UnexpectedInput:
        return False
    return True


def ours_accepts(text: str) -> bool:
    """Whether the grammar accepts the text, whatever the builder thinks of its values."""
    try:
        run(text, CALLBACKS, Builder(text), 200)
    except Stopped:
        return False
    return True


@pytest.mark.parametrize(("kind", "text"), EXAMPLES)
def test_examples_in_the_grammar(kind: str, text: str, stock: lark.Lark) -> None:
    assert accepts(stock, text) == (kind == "ok")
    if kind == "ok":
        parse(text)
    else:
        with pytest.raises(PQLError):
            parse(text)


def test_the_grammar_has_examples() -> None:
    assert len([kind for kind, _ in EXAMPLES if kind == "ok"]) >= 70
    assert len([kind for kind, _ in EXAMPLES if kind == "err"]) >= 35


def test_every_rule_has_an_example() -> None:
    blocks = re.split(r"^(?=\??[a-z_]+:)", GRAMMAR, flags=re.MULTILINE)[1:]
    bare = {block.split(":")[0].lstrip("?") for block in blocks if "// ok:" not in block}
    assert bare <= SHOWN_ELSEWHERE


def test_shipped_tables_belong_to_the_grammar() -> None:
    """Fails after an edit of the grammar until `python -m pqltools.syntax.table_builder` has been run."""
    built = build()
    assert source_text(built).splitlines()[3:] == _file_lines()[3:]
    assert _tables.checksum == grammar.checksum(GRAMMAR)


def _file_lines() -> list[str]:
    with open(_tables.__file__, encoding="utf-8") as file:  # noqa: PTH123
        return file.read().splitlines()


def test_no_conflicts(caplog: pytest.LogCaptureFixture) -> None:
    lark.logger.setLevel(logging.DEBUG)
    lark.logger.propagate = True
    handlers, lark.logger.handlers = lark.logger.handlers, [caplog.handler]
    try:
        grammar.lark_parser(debug=True)
    finally:
        lark.logger.handlers = handlers
        lark.logger.setLevel(logging.CRITICAL)
    conflicts = [record.getMessage() for record in caplog.records if "onflict" in record.getMessage()]
    assert conflicts == []


def test_conflicts_would_be_seen(caplog: pytest.LogCaptureFixture) -> None:
    """The test above rests on Lark's log; this is its own proof."""
    lark.logger.setLevel(logging.DEBUG)
    handlers, lark.logger.handlers = lark.logger.handlers, [caplog.handler]
    try:
        lark.Lark('start: e\ne: e "+" e | "x"', parser="lalr", debug=True)
    finally:
        lark.logger.handlers = handlers
        lark.logger.setLevel(logging.CRITICAL)
    assert any("onflict" in record.getMessage() for record in caplog.records)


def test_edited_grammar_is_followed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_tables, "checksum", _tables.checksum + 1)
    assert grammar.load_tables().actions == build().actions


# Pieces that come together to all kinds of right and wrong texts, keywords in the places of names among them.
PIECES = (
    "a b.c x.count count sum sum(a) over select X from xs where X.a , Y from ys exists forall : = != <= in notIn like "
    "matches occurs on before after between and or not ! ( ) [ ] { } + - * / % 1 2.5 .5 7L \"s\" 's' true null now "
    "today this ^ ^a ^^.b $1 @{m} `q` xdm:tags 30 days this_ last week let V if(a,1,2) => (X) (A,B)=> chain(xs,t,[C:"
    "WHAT(a)]) WHEN(today) /*c*/ date(2020,1,1) . ; .in( one none min max"
).split()


@given(st.lists(st.sampled_from(PIECES), max_size=12), st.booleans())
def test_accepts_what_stock_lark_accepts(pieces: list[str], spaced: bool) -> None:
    """Folding, refining and shift-reduce actions change nothing about the language."""
    text = (" " if spaced else "").join(pieces)
    assert ours_accepts(text) == accepts(STOCK, text)


STOCK = grammar.lark_parser()


def test_accepts_what_stock_lark_accepts_in_the_examples(stock: lark.Lark) -> None:
    for _, text in EXAMPLES:
        for cut in range(len(text)):
            assert ours_accepts(text[:cut]) == accepts(stock, text[:cut]), text[:cut]
