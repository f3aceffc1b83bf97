"""What is written when a part of a tree is replaced?  The new tree, the user's own text, and no silly parentheses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from counted_work import growth
from pqltools import PQLError, parse, to_text
from pqltools.checks import fixing
from pqltools.checks.context import Context
from pqltools.checks.rewriting import rewrite
from pqltools.checks.surroundings import Surroundings
from pqltools.diagnostics import apply_edits
from pqltools.formats.pql_paths import names_in
from pqltools.formats.pql_words import is_opening_word
from pqltools.inference.typing import Typing
from pqltools.syntax.ast import (
    BooleanLiteral,
    Expr,
    FieldLookup,
    FunctionCall,
    Hole,
    IntegerLiteral,
    ItemLambda,
    ListLiteral,
    Node,
    ParameterReference,
    Quantification,
    Select,
    StringLiteral,
    TimeInterval,
    TimeWindow,
    VariableDeclaration,
    VariableReference,
)
from pqltools.syntax.parser import comments
from pqltools.syntax.walk import children, walk
from strategies import expressions

if TYPE_CHECKING:
    from collections.abc import Callable


def context_of(tree: Expr, text: str | None) -> Context:
    """A context without types: all that fixing needs is who is part of whom."""
    typing = Typing()
    for node in walk(tree):
        typing.parents.update((id(child), node) for child in children(node))
    schema: Any = None
    return Context(tree, text, typing, Surroundings(schema, 0))


def applied(text: str, tree: Expr, old: Expr, new: Expr) -> str | None:
    """`text`, which is that of `tree`, with `new` in the place of `old`; None if that has no text."""
    edit = fixing.edit(old, new, context_of(tree, text))
    return None if edit is None else apply_edits(text, (edit,))


NAME = FieldLookup(ParameterReference(1), "n")
#: New expressions, most of them around parts of the old one.
CHANGES: dict[str, Callable[[Expr], Expr]] = {
    "name": lambda _: NAME,
    "number": lambda _: IntegerLiteral(-5),
    "first part": lambda old: next(iter(parts_of(old)), old),
    "last part": lambda old: [old, *parts_of(old)][-1],
    "field": lambda old: FieldLookup(old, "f"),
    "method": lambda old: FunctionCall("isNull", (old,)),
    "argument": lambda old: FunctionCall("equals", (NAME, old, BooleanLiteral(False))),
    "function": lambda old: FunctionCall("if", (NAME, old, old)),
    "not": lambda old: FunctionCall("not", (old,)),
    "minus": lambda old: FunctionCall("-", (old,)),
    "left": lambda old: FunctionCall("=", (old, StringLiteral("x"))),
    "right": lambda old: FunctionCall("-", (NAME, old)),
    "and": lambda old: FunctionCall("and", (NAME, old, NAME)),
    "or": lambda old: FunctionCall("or", (NAME, old)),
    "list": lambda old: ListLiteral((old, NAME)),
    "other function": lambda old: (
        FunctionCall("exists", old.arguments) if isinstance(old, FunctionCall) and old.arguments else NAME
    ),
    "exists": lambda old: (
        Quantification("some", old.variables) if isinstance(old, Select) else Quantification("none", clause(old))
    ),
    "select": lambda old: (
        Select(old.variables) if isinstance(old, Quantification) else FunctionCall("count", (Select(clause(old)),))
    ),
}


def parts_of(node: Expr) -> list[Any]:
    return [part for part in children(node) if is_expression(part)]


def clause(source: Expr) -> tuple[VariableDeclaration, ...]:
    return (VariableDeclaration("V", source, FieldLookup(VariableReference("V"), "ok")),)


def is_expression(node: Node) -> bool:
    """Whether the node can be replaced by another expression: it has text, and a place where any may stand."""
    return isinstance(node, Expr) and not isinstance(node, ItemLambda | Hole) and node.span is not None


def has_place(node: Node, text: str) -> bool:
    """Whether the span of `node` is all of its text: that of a list in parentheses lacks them."""
    if not is_expression(node):
        return False
    assert node.span is not None
    start, end = node.span
    if start == end or (isinstance(node, ListLiteral) and text[start] != "["):
        return False
    return not (isinstance(node, Select) and not text[start:end].lower().startswith("select"))


@st.composite
def replacements(draw: st.DrawFn, canonical: bool = False) -> tuple[str, Expr, Expr, Expr]:
    """A text, its tree, an expression in it, and another one for its place."""
    width = None if canonical else draw(st.sampled_from([None, 10, 40]))
    text = to_text(draw(expressions()), width=width)
    if width is not None:
        text = commented(draw, text)
    tree = parse(text)
    old: Any = draw(st.sampled_from([node for node in walk(tree) if has_place(node, text)]))
    return text, tree, old, CHANGES[draw(st.sampled_from([*CHANGES]))](old)


def commented(draw: st.DrawFn, text: str) -> str:
    """`text` with a comment at the end of some of its lines, unless a line end stands in a name."""
    lines = text.split("\n")
    marks = [f" // {index} (" if draw(st.booleans()) else "" for index in range(len(lines))]
    try:
        changed = "\n".join(line + mark for line, mark in zip(lines, marks, strict=True))
        return changed if parse(changed) == parse(text) else text
    except PQLError:
        return text


@given(replacements())
def test_the_edited_text_is_read_as_the_changed_tree(case: tuple[str, Expr, Expr, Expr]) -> None:
    text, tree, old, new = case
    wanted = rewrite(tree, {id(old): new})
    edit = fixing.edit(old, new, context_of(tree, text))
    try:
        printed = to_text(wanted)
    except PQLError:
        assert edit is None  # such as `-` of a number that would be too large
        return
    assert edit is not None, (text, printed)
    changed = apply_edits(text, (edit,))
    assert parse(changed) == wanted
    event("has comments" if comments(text) else "no comments")
    assert {*texts_of_comments(text)} == {*texts_of_comments(changed)}


@given(replacements(canonical=True))
def test_canonical_text_stays_canonical(case: tuple[str, Expr, Expr, Expr]) -> None:
    """So that parentheses are neither missing nor silly, and nothing is written in an odd form."""
    text, tree, old, new = case
    if any(map(is_opening_word, names_in(tree))):
        return  # whether a variable called `sum` stands in parentheses is a matter of taste
    if "`" in text:
        return  # what is kept keeps its back-quotes, even where the variable is gone that made them necessary
    if isinstance(context_of(tree, text).parent(old), FieldLookup | ItemLambda | TimeWindow):
        return  # `this.a` is `a`, `xs["a"]` no filter, `on` stands before some times: what is around depends on it
    try:
        wanted = to_text(rewrite(tree, {id(old): new}))
    except PQLError:
        return
    assert applied(text, tree, old, new) == wanted


def texts_of_comments(text: str) -> list[str]:
    return [text[start:end] for start, end in comments(text)]


@pytest.mark.parametrize(
    ("text", "old", "change", "wanted"),
    [
        # Parentheses go with what needed them, and come with what needs them.
        ("a and (b or c)", "b or c", "name", "a and n"),
        ("a and (b)", "b", "not", "a and (not b)"),
        ("(q) and b", "q", "name", "n and b"),
        ("f(a or b)", "a or b", "name", "f(n)"),
        ("not(a or b)", "a or b", "name", "not(n)"),
        ("a = b", "a", "or", "(n or a) = b"),
        ("x.in([1])", "x.in([1])", "field", "x.in([1]).f"),
        ("x in [1]", "x in [1]", "field", "(x in [1]).f"),
        # What stays is as it was written, comments and layout included.
        ("a  =  'x' /* y */", "a  =  'x'", "not", "not a  =  'x' /* y */"),
        ("and(a , b)", "and(a , b)", "left", 'and(a , b) = "x"'),
        ("a // 1\n or /* 2 */ b", "a // 1\n or /* 2 */ b", "last part", "// 1\n/* 2 */ b"),
        ("xs[ a.b ]", "a.b", "left", 'xs[ a.b = "x" ]'),
        # Names keep their meaning in other scopes.
        ("xs[a]", "a", "argument", "xs[$1.n.equals(a, false)]"),
        ("select n from xs where n.a", "n.a", "right", "select n from xs where `n` - n.a"),
    ],
)
def test_examples(text: str, old: str, change: str, wanted: str) -> None:
    tree = parse(text)
    start = text.rindex(old)
    node = next(node for node in walk(tree) if is_expression(node) and node.span == (start, start + len(old)))
    assert applied(text, tree, node, CHANGES[change](node)) == wanted  # type: ignore[arg-type]


def test_nothing_is_written_without_text() -> None:
    tree = parse("a")
    assert fixing.edit(tree, NAME, context_of(tree, None)) is None


@pytest.mark.parametrize(
    ("text", "place"), [("a.b", "b"), ("a.`b c`", "`b c`"), ("a . /* b */ b", "b"), ("`a``b`", "`a``b`"), ("^a", "a")]
)
def test_the_last_name_has_a_place(text: str, place: str) -> None:
    tree = parse(text)
    assert isinstance(tree, FieldLookup)
    start, end = fixing.name_span(tree, text)
    assert (text[start:end], end) == (place, len(text))


@pytest.mark.parametrize(
    ("text", "old", "name", "wanted"),
    [
        ("a.b = 1", "a.b", "c", "a.c = 1"),
        ("a.b = 1", "a.b", "c d", "a.`c d` = 1"),
        ("a.b.x = 1", "a.b", "select", "a.select.x = 1"),
        ("b = 1", "b", "c", "c = 1"),
        ("b = 1", "b", "today", "`today` = 1"),
        ("select X from xs where b", "b", "X", "select X from xs where `X`"),
    ],
)
def test_renaming(text: str, old: str, name: str, wanted: str) -> None:
    tree = parse(text)
    start = text.index(old)
    node = next(node for node in walk(tree) if isinstance(node, FieldLookup) and node.span == (start, start + len(old)))
    edit = fixing.renaming(node, name, context_of(tree, text))
    assert edit is not None
    assert apply_edits(text, (edit,)) == wanted


@pytest.mark.parametrize(
    ("text", "find", "written"),
    [
        ("select X from xs where X.a", VariableDeclaration, "X from xs where X.a"),
        ("xs[a.b = ^c]", ItemLambda, "a.b = $1.c"),
        ("xs[ys[a = ^b]]", FunctionCall, "xs[ys[a = ^b]]"),
        ("t occurs <= 3 days before now", TimeWindow, "<= 3 days before now"),
        ("t occurs this year", TimeInterval, "this year"),
        ("select X from xs where X.a", VariableReference, "X"),
    ],
)
def test_every_part_of_a_tree_has_words_for_a_message(text: str, find: type[Node], written: str) -> None:
    """From the text if there is one, else printed; references outwards too."""
    tree = parse(text)
    node = next(node for node in walk(tree) if isinstance(node, find))
    assert fixing.text_of(node, context_of(tree, None)) == written


@given(expressions())
def test_messages_never_fail(tree: Expr) -> None:
    context = context_of(tree, None)
    for node in walk(tree):
        assert "object at" not in fixing.text_of(node, context)


def test_a_fix_takes_no_more_work_in_a_large_text() -> None:
    """Not all of the text is parsed for each."""

    def work_for(count: int) -> Callable[[], None]:
        text = " or ".join([f"(a{index} = 'x')" for index in range(count)])
        tree = parse(text)
        assert isinstance(tree, FunctionCall)
        operands, context = tree.arguments, context_of(tree, text)

        def work() -> None:
            for operand in operands:
                assert fixing.edit(operand, FunctionCall("not", (operand,)), context) is not None

        return work

    assert growth(work_for, 100, 4) < 5
