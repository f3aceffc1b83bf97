"""Can anything but a tree or a `PQLError` come out of a text?  Any text, any words, any damaged expression."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pqltools import PQLError, parse, parse_tolerant, to_text
from pqltools.diagnostics import Diagnostic
from pqltools.syntax.ast import Expr, Hole, ParameterReference
from pqltools.syntax.walk import walk
from strategies import expressions
from words import KEYWORDS, ODD, PLAIN

ANYTHING = st.characters(codec=None, exclude_categories=[])
WORDS = st.sampled_from(
    [*PLAIN, *KEYWORDS, *ODD, *"( ) [ ] { } . , : => \"x\" 'y' 1 2.5 30 days @{m} this ^ ! - $1".split()]
)


def check_diagnostics(problems: tuple[Diagnostic, ...], text: str) -> None:
    assert problems
    for problem in problems:
        assert problem.span is not None
        assert 0 <= problem.span[0] <= problem.span[1] <= len(text)
        assert "\n" not in problem.message
        for place in [related.span for related in problem.related] + [e.span for f in problem.fixes for e in f.edits]:
            assert 0 <= place[0] <= place[1] <= len(text)


def check_text(text: str) -> None:
    """Strict and tolerant parsing agree, and neither fails in another way."""
    parsed = parse_tolerant(text)
    try:
        tree = parse(text)
    except PQLError as refused:
        check_diagnostics(refused.diagnostics, text)
        assert parsed.errors == refused.diagnostics
    else:
        assert parsed.errors == ()
        assert parsed.tree == tree
        assert not any(isinstance(node, Hole) for node in walk(tree))
    if parsed.diagnostics:
        check_diagnostics(parsed.diagnostics, text)
    for node in walk(parsed.tree):
        assert node.span is None or 0 <= node.span[0] <= node.span[1] <= len(text)


@given(st.text(ANYTHING))
def test_any_text(text: str) -> None:
    check_text(text)


@given(st.lists(WORDS, max_size=30), st.sampled_from([" ", "", "\n"]))
def test_any_words(words: list[str], between: str) -> None:
    check_text(between.join(words))


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """The text of an expression, cut off, or with a piece left out, doubled or exchanged."""
    text = to_text(draw(expressions()))
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(len(text), start + 12)))
    piece = draw(st.one_of(st.just(""), st.just(text[start:end] * 2), WORDS, st.text(ANYTHING, max_size=2)))
    return text[:start] if draw(st.integers(0, 3)) == 0 else text[:start] + piece + text[end:]


@given(damaged())
def test_damaged_expressions(text: str) -> None:
    check_text(text)


@given(expressions())
def test_parts_lie_inside_their_whole(tree: Expr) -> None:
    """Spans of a parsed tree nest."""
    text = to_text(tree)
    stack: list[tuple[Any, tuple[int, int]]] = [(parse(text), (0, len(text)))]
    while stack:
        node, (start, end) = stack.pop()
        span = node.span
        if span is None:
            assert isinstance(node, ParameterReference) or type(node).__name__ == "ItemReference"
            continue
        assert start <= span[0] <= span[1] <= end, f"{text[slice(*span)]!r} in {text[start:end]!r}"
        stack.extend((child, span) for child in parts(node))


def parts(node: Any) -> list[Any]:
    values = [getattr(node, name) for name in type(node).__match_args__]
    flat = [item for value in values for item in (value if isinstance(value, tuple) else (value,))]
    return [value for value in flat if hasattr(value, "span")]
