"""Is there one layout, and does it keep the comments?  Formatting is idempotent, keeps the tree and every comment."""

from __future__ import annotations

import re

from hypothesis import event, given
from hypothesis import strategies as st

from pqltools import PQLError, format_text, parse, to_text
from pqltools.syntax.ast import Expr
from pqltools.syntax.parser import comments
from strategies import expressions

WIDTHS = st.sampled_from([1, 20, 40, 88, 1000])
#: The tokens of canonical text, found without the parser's help.
TOKEN = re.compile(
    r"""
      "(?:[^"\\]|\\.)*" | `(?:[^`]|``)*` | @\{(?:[^{}]|\{[^{}]*\})*\}
    | \^*[A-Za-z_]\w*(?::@?[A-Za-z_]\w*)? | \^+`(?:[^`]|``)*` | \^+ | \$\d+
    | \d+(?:\.\d+)?(?:E-?\d+)?L? | => | [!<>]= | [^\s]
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)


@given(expressions(), WIDTHS)
def test_formatting_keeps_the_tree(tree: Expr, width: int) -> None:
    formatted = format_text(to_text(tree), width=width)
    assert repr(parse(formatted)) == repr(tree)
    assert formatted.endswith("\n")
    assert not formatted.endswith("\n\n")


@given(expressions(), WIDTHS, WIDTHS)
def test_formatting_is_idempotent_and_forgets_the_old_layout(tree: Expr, width: int, before: int) -> None:
    formatted = format_text(to_text(tree, width=before), width=width)
    assert format_text(formatted, width=width) == formatted
    # A line end inside a name may tip the scales of what prevails in a short text.
    assert formatted.replace("\r\n", "\n") == format_text(to_text(tree), width=width).replace("\r\n", "\n")


@given(expressions(), WIDTHS)
def test_lines_have_no_space_at_their_ends(tree: Expr, width: int) -> None:
    formatted = format_text(to_text(tree), width=width)
    for line in TOKEN.sub("x", formatted).split("\n"):
        assert line == line.rstrip()


@st.composite
def commented(draw: st.DrawFn) -> tuple[Expr, str, list[str]]:
    """An expression, its text with comments between any two tokens, and these comments."""
    tree = draw(expressions(15))
    tokens = TOKEN.findall(to_text(tree))
    places = draw(st.lists(st.integers(0, len(tokens)), min_size=1, max_size=3))
    notes: dict[int, list[str]] = {}
    for number, place in enumerate(sorted(places)):
        shape = draw(st.sampled_from(["/* {} */", "/*{}*/", "// {}\n", "//{}\n", "\n// {}\n", "\n/* {} */\n"]))
        notes.setdefault(place, []).append(shape.format(f"note {number}"))
    pieces: list[str] = []
    for place in range(len(tokens) + 1):
        pieces += notes.get(place, [])
        pieces += tokens[place : place + 1]
    return tree, " ".join(pieces), [note.strip() for place in sorted(notes) for note in notes[place]]


@given(commented())
def test_comments_mean_nothing(case: tuple[Expr, str, list[str]]) -> None:
    tree, text, notes = case
    assert parse(text) == tree
    assert [text[start:end].rstrip() for start, end in comments(text)] == notes


@given(commented(), WIDTHS)
def test_comments_are_kept(case: tuple[Expr, str, list[str]], width: int) -> None:
    tree, text, notes = case
    try:
        formatted = format_text(text, width=width)
    except PQLError as refused:
        event("refused")
        assert [problem.code for problem in refused.diagnostics] == ["PQL037"]
        assert len(notes) > 1
        return
    assert parse(formatted) == tree
    assert re.findall(r"note \d", formatted) == re.findall(r"note \d", text)
    assert format_text(formatted, width=width) == formatted
