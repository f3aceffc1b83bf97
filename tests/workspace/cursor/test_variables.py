"""Are all uses of a variable found, and does renaming it leave the meaning as it is?"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cursors import cursor
from pqltools import parse, to_text
from pqltools.formats.pql_words import is_keyword
from pqltools.inference.infer import inferred
from pqltools.syntax.reading import read
from pqltools.types.model import OPEN_OBJECT
from pqltools.workspace.cursor.rename import Renaming, rename
from pqltools.workspace.cursor.variables import Binding, bindings, variable_at
from strategies import expressions

NAMES = ["X", "Y", "Zed", "profile", "home", "person", "W1"]


def marked(text: str) -> tuple[str, int, list[tuple[int, int]]]:
    """A text whose variable stands in ``«…»`` wherever it is named, and with a `|` where the cursor is."""
    places = []
    plain = ""
    offset = -1
    start = 0
    for char in text:
        if char == "«":
            start = len(plain)
        elif char == "»":
            places.append((start, len(plain)))
        elif char == "|":
            offset = len(plain)
        else:
            plain += char
    return plain, offset, places


@pytest.mark.parametrize(
    "text",
    [
        "select «|X» from xEvent where «X».a = 1 and X2.b",
        "select «X» from xEvent where «X».a = 1, Y from «X|».items where Y.b = «X».b",
        "select X from a where X.b and (exists «X» from X.c where «|X».d)",
        "select «X» from a where «|X».b and (exists X from «X».c where X.d)",
        "let «V|» = 1 + V in «V» + «V»",
        "let V = 1 in (let «V» = V in «|V»)",
        "sum «X».a over «X» from xs where «|X».b",
        "sum «X».a + Y.b over «X|» from xs, Y from «X».ys",
        "sum «|X» from xs where «X»",
        "(«A», B) => «A|».x = B.x",
        "(A, «B») => A.x = «B|».x",
        "xs.map((«G») => «G|».a)",
        "xs.map((K, «G») => mapEntry(K, «G|».count()))",
        "xs.filter((«G|») => ys.exists(«G».a = this))",
        "chain(xEvent, timestamp, [«C0|»: WHAT(a), C1: WHAT(b = «C0».x) WHEN(<= 2 days after «C0»)])",
        "select «X» from xEvent where «X|».a = (",
        "exists «X» from xs where `X`.a and x.X and «|X».X",
        "select /* X */ «X» from xs where «|X».a // X",
        "let\n  «V» // a\n = 1 in\r\n «|V»",
    ],
)
def test_places(text: str) -> None:
    plain, offset, places = marked(text)
    found = variable_at(plain, offset)
    assert found is not None
    assert [*found.places] == places


@pytest.mark.parametrize(
    "text", ["per|son.name", "x|s[a = 1]", "", "|", "xs[th|is = 1]", 'a = "X|"', "// X|", "sel|ect X from a"]
)
def test_no_variable(text: str) -> None:
    text = text if "|" in text else text + "|"
    assert variable_at(*cursor(text)) is None
    assert rename(*cursor(text), "Y").refusal


def applied(text: str, result: Renaming) -> str:
    for edit in reversed(result.edits):
        text = text[: edit.span[0]] + edit.text + text[edit.span[1] :]
    return text


def renamed(text: str, offset: int, new: str) -> str:
    result = rename(text, offset, new)
    assert result.refusal is None, result.refusal
    return applied(text, result)


def test_rename() -> None:
    text, offset = cursor("select X| from xEvent where X.a = 1 and X2.X = 2")
    assert renamed(text, offset, "Event") == "select Event from xEvent where Event.a = 1 and X2.X = 2"
    assert renamed(text, offset, "X") == text


@pytest.mark.parametrize(
    ("text", "new", "reason"),
    [
        ("select X| from a where X.b = Y", "Y", "the field `Y` would be taken for the variable"),
        ("select X| from a where exists Y from X.b where Y.c = X.d", "Y", "another variable `Y`"),
        ("exists Y from a where (exists X| from Y.b where X.c = Y.d)", "Y", "another variable `Y`"),
        ("(A|, B) => A.x = B.x", "B", "another variable `B`"),
        ("exists X| from a where X", "select", "a word of the language"),
        ("exists X| from a where X", "TODAY", "a word of the language"),
        ("exists X| from a where X", "1a", "`1a` cannot name a variable"),
        ("exists X| from a where X", "a b", "`a b` cannot name a variable"),
        ("exists X| from a where X", "ä", "`ä` cannot name a variable"),
        ("exists X| from a where X", " ", "a variable needs a name"),
    ],
)
def test_refusals(text: str, new: str, reason: str) -> None:
    result = rename(*cursor(text), new)
    assert result.edits == ()
    assert result.refusal is not None
    assert reason in result.refusal


def test_a_hidden_variable_may_be_called_the_same() -> None:
    text, offset = cursor("exists Y from a where (exists X| from b where X.c)")
    assert renamed(text, offset, "Y") == "exists Y from a where (exists Y from b where Y.c)"


def all_bindings(text: str) -> list[Binding]:
    reading = read(text)
    return bindings(text, reading.tokens, *inferred(reading.tree, OPEN_OBJECT))


def fresh(text: str) -> str:
    """The text with names for all variables that stand nowhere else, in the order of the binders."""
    edits = [
        (place, f"fresh_{number}") for number, binding in enumerate(all_bindings(text)) for place in binding.places
    ]
    for (start, end), name in sorted(edits, reverse=True):
        text = text[:start] + name + text[end:]
    return text


def check(text: str, binding: Binding | None, offset: int, new: str) -> str | None:
    """Renaming there and back is nothing, or it is refused; what is in between."""
    result = rename(text, offset, new)
    if binding is None:
        assert result.refusal
    if result.refusal is not None:
        assert result.edits == ()
        return None
    there = applied(text, result)
    assert binding is not None
    if new == binding.name:
        assert there == text
    elif not is_keyword(binding.name):  # such a name can be read, but nobody should give it
        assert renamed(there, binding.places[0][0], binding.name) == text
    return there


@given(expressions(), st.sampled_from(NAMES), st.data())
def test_any_renaming_keeps_the_meaning(tree: Any, new: str, data: st.DataObject) -> None:
    text = to_text(tree)
    found = all_bindings(text)
    if not found:
        return
    binding = data.draw(st.sampled_from(found))
    there = check(text, binding, data.draw(st.sampled_from(binding.places))[1], new)
    if there is not None:
        assert parse(fresh(there)) == parse(fresh(text))


@given(expressions(), st.sampled_from(NAMES), st.data())
def test_broken_text(tree: Any, new: str, data: st.DataObject) -> None:
    text = to_text(tree)
    text = text[: data.draw(st.integers(0, len(text)))]
    for binding in all_bindings(text)[:3]:
        check(text, binding, data.draw(st.sampled_from(binding.places))[0], new)


def test_the_corpus_is_renamed_back_and_forth() -> None:
    done = 0
    for path in sorted((Path(__file__).parents[2] / "corpus").glob("*.toml")):
        file = tomllib.loads(path.read_text(encoding="utf-8"))
        for case in file.get("accept", []) + file.get("reject", []):
            text = case["text"]
            for binding in all_bindings(text):
                check(text, binding, binding.binder[1], "Fresh")
                done += 1
    assert done > 40
