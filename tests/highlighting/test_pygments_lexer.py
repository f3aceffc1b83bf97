"""Does the lexer for Pygments colour what the parser understands, and keep every character?"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pygments
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.token import Error, Name

from pqltools import to_text
from pqltools.highlighting.pieces import ESCAPED, PLAIN, pieces
from pqltools.highlighting.pygments_lexer import TOKENS, PqlLexer
from pqltools.highlighting.textmate import SCOPES
from pqltools.highlighting.words import ROLES
from pqltools.syntax.ast import Expr
from pqltools.syntax.grammar import lark_parser
from strategies import expressions

CORPUS = Path(__file__).parents[1] / "corpus"
EXAMPLES = Path(__file__).parents[2] / "examples"
TEXTS = [
    case["text"]
    for path in sorted(CORPUS.glob("*.toml"))
    for case in tomllib.loads(path.read_text(encoding="utf-8")).get("accept", [])
]
ROLE_OF = {terminal: role for role, terminals in ROLES.items() for terminal in terminals}
#: What a name may be coloured as: a variable, a call, an element of a chain, or one of the item scopes.
NAMES = {Name, Name.Function, Name.Builtin, Name.Label, TOKENS["outer"]}


def tokens(text: str) -> list[tuple[int, object, str]]:
    return list(PqlLexer().get_tokens_unprocessed(text))


def test_corpus_is_coloured_without_errors_and_complete() -> None:
    assert len(TEXTS) > 250
    for text in TEXTS:
        found = tokens(text)
        assert "".join(value for _, _, value in found) == text
        assert not [value for _, kind, value in found if kind is Error], text


def test_keywords_and_names_are_those_of_the_parser() -> None:
    """But for operators that are called like functions, `and(a, b)`, which look like operators."""
    parser = lark_parser(keep_all_tokens=True)
    compared = 0
    for text in TEXTS:
        at = {start: (kind, value) for start, kind, value in tokens(text)}
        for token in parser.parse(text).scan_values(lambda _: True):
            role = ROLE_OF.get(token.type)
            if role is None and token.type not in ("NAME", "QUOTED", "PREFIXED", "OUTER_NAME"):
                continue
            compared += 1
            assert token.start_pos is not None
            kind, value = at[token.start_pos]
            called = text[token.end_pos :].lstrip().startswith("(") and kind == TOKENS["logical"]
            assert kind in ({TOKENS[role]} if role else NAMES) or called, (text, str(token), kind, value)
    assert compared > 900


@given(expressions())
def test_every_expression_is_coloured_without_errors(tree: Expr) -> None:
    text = to_text(tree)
    found = tokens(text)
    assert "".join(value for _, _, value in found) == text
    assert not [value for _, kind, value in found if kind is Error]


@given(st.text(alphabet=st.sampled_from("ab. \n\t\"'`\\/*@{}()[]^$1_:=<>!\u00e9\U0001f600"), max_size=60))
def test_every_text_is_kept(text: str) -> None:
    assert "".join(value for _, _, value in tokens(text)) == text


@pytest.mark.parametrize(
    "text", ["`" * 20_000, "@{" * 10_000, '"' + "\\" * 20_001, "/*" * 10_000, "a." * 10_000, " " * 50_000]
)
def test_long_runs_of_half_open_things_do_not_hang(text: str) -> None:
    assert "".join(value for _, _, value in tokens(text)) == text


def test_lexer_is_found_by_name_and_file() -> None:
    assert isinstance(get_lexer_for_filename("vip.pql"), PqlLexer)
    assert isinstance(get_lexer_by_name("pql"), PqlLexer)


def test_html_is_rendered() -> None:
    text = (EXAMPLES / "vip.pql").read_text(encoding="utf-8")
    html = pygments.highlight(text, PqlLexer(), HtmlFormatter())
    assert '<span class="ow">and</span>' in html
    assert 'class="err"' not in html


def test_every_role_has_a_token_and_a_scope() -> None:
    roles = {role for around in (PLAIN, ESCAPED) for piece in pieces(around) for role in piece.roles if role}
    assert roles == {*TOKENS} == {*SCOPES}
