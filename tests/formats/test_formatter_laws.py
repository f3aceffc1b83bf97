"""What holds for every text that is formatted: the tree, the comments and their order, and a second run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqltools.diagnostics import PQLError
from pqltools.formats.comments import comment_text
from pqltools.formats.formatter import format_text
from pqltools.formats.pql_text import to_text
from pqltools.syntax.ast import Expr
from pqltools.syntax.parser import comments, parse
from strategies import expressions

WIDTHS = st.integers(10, 200)
#: Texts of all constructs, for places in which comments may stand. The generated trees are seldom so plain.
TEXTS = (
    'homeAddress.countryCode = "US" and (person.birthYear >= 1980 or not loyalty.points > 10 * 5) and a.b.c(d, e)',
    'if(a in ["x", "y"], -(5), if(b like "z%", xs[k = 1 and this.j][^m > 2].count(), {"p": 1, "q": [now, null]}))',
    "exists E from xEvent where (E.price > 50), I from E.items where I.sku = `ds-id`.xdm:x and (none J from ys) or a",
    "let S = (sum X.total + Y.total over X from xs where X.a, Y from ys) in S > 100 and select A from (b or c)",
    'CHAIN(xEvent, timestamp, [C0: WHAT(type = "view") WHERE(a) WHEN(<= 24 hours before now) COUNT(= 5), '
    "C1: NOT WHAT(b) WHEN(between last week and C0.t)]) and t occurs on u and v occurs this year",
    "xs.groupBy(store).map((K, G) => mapEntry(K, G.topN(price, 5).head().sku)) and (P) => $2.a[@{m}.b].`sum`(K)",
)
NOTES = st.sampled_from(
    ["/* {} */", " /* {} */ ", "// {}\n", "\n// {}\n", "\n/* {} */\n", "/* {}\n  {} */", "\n\n// {}\n\n", "//{} \t\r\n"]
)


@st.composite
def commented(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> str:
    """A text with comments put into it, wherever they turn out to be comments."""
    text = draw(texts)
    tree = parse(text)
    for number in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(text)))
        longer = text[:at] + draw(NOTES).format(number, number) + text[at:]
        try:
            fits = parse(longer) == tree and len(comments(longer)) == len(comments(text)) + 1
        except PQLError:
            continue
        text = longer if fits else text
    return text


def assert_formatted(text: str, width: int) -> None:
    result = format_text(text, width=width)
    assert parse(result) == parse(text)
    assert comment_texts(result) == comment_texts(text)
    assert format_text(result, width=width) == result
    assert result.endswith("\n")
    assert not result.endswith("\n\n")


def comment_texts(text: str) -> list[str]:
    return [comment_text(text[start:end]) for start, end in comments(text)]


@given(expressions(), WIDTHS)
def test_every_tree_has_one_text_at_every_width(tree: Expr, width: int) -> None:
    text = to_text(tree, width=width)
    assert parse(text) == tree
    assert to_text(parse(text)) == to_text(tree)
    assert format_text(text, width=width) == text + "\n"


@given(commented(st.sampled_from(TEXTS)), WIDTHS)
def test_comments_in_plain_texts_are_kept(text: str, width: int) -> None:
    assert_formatted(text, width)


@given(commented(st.builds(to_text, expressions())), WIDTHS)
def test_comments_in_any_canonical_text_are_kept(text: str, width: int) -> None:
    assert_formatted(text, width)


@given(st.sampled_from(TEXTS), st.integers(10, 60))
def test_narrower_is_never_fewer_lines(text: str, width: int) -> None:
    assert format_text(text, width=width).count("\n") >= format_text(text, width=width + 20).count("\n")


def test_lines_that_can_fit_do() -> None:
    for text in TEXTS:
        longest = max(len(line) for line in format_text(text, width=60).splitlines())
        assert longest <= 60
        assert not any(line.endswith(" ") for line in format_text(text, width=60).splitlines())


REAL = Path(__file__).parents[2].parent / "shared" / "corpus" / "pql_text.jsonl"


@pytest.mark.skipif(not REAL.exists(), reason="the collection of real expressions is not beside this checkout")
@pytest.mark.parametrize("width", [10, 88, 200])
def test_real_expressions_are_formatted(width: int) -> None:
    lines = [json.loads(line) for line in REAL.read_text(encoding="utf-8").splitlines()]
    texts = [line["text"] for line in lines if line["expect"] == "parse"]
    assert len(texts) > 300
    for text in texts:
        assert to_text(parse(to_text(parse(text)))) == to_text(parse(text))
        assert_formatted(text, width)
