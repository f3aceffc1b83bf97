"""Do hover, signatures and inlay hints say what is so, and nothing where there is nothing to say?"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cursors import KNOWN, cursor
from pqltools.functions.registry import functions
from pqltools.workspace.cursor.complete import complete
from pqltools.workspace.cursor.documentation import documentation
from pqltools.workspace.cursor.hover import hover
from pqltools.workspace.cursor.inlays import inlays
from pqltools.workspace.cursor.signature import signature
from pqltools.workspace.cursor.vocabulary import spellings
from pqltools.workspace.cursor.word_docs import word_doc
from words import KEYWORDS, ODD, PLAIN

FOLDER = Path(__file__).parent
HOVERS = tomllib.loads((FOLDER / "hover.toml").read_text(encoding="utf-8"))["case"]
SIGNATURES = tomllib.loads((FOLDER / "signatures.toml").read_text(encoding="utf-8"))["case"]
WORDS = st.sampled_from(
    [*PLAIN, *KEYWORDS, *ODD, *"( ) [ ] { } . , : => \"x\" 'y' \" ' ` 1 2.5 30 days @{m} this ^ ! - $1 // /*".split()]
)


def test_there_are_cases() -> None:
    assert len(HOVERS) > 40
    assert len(SIGNATURES) > 30


@pytest.mark.parametrize("case", HOVERS, ids=[case["text"] for case in HOVERS])
def test_hover(case: dict[str, Any]) -> None:
    text, offset = cursor(case["text"])
    found = hover(text, offset, KNOWN)
    if not case["has"]:
        assert found is None
        return
    assert found is not None
    assert text[found.span[0] : found.span[1]] == case["about"]
    for piece in case["has"]:
        assert piece in found.text


@pytest.mark.parametrize("case", SIGNATURES, ids=[case["text"] for case in SIGNATURES])
def test_signature(case: dict[str, Any]) -> None:
    found = signature(*cursor(case["text"]))
    if "label" not in case:
        assert found is None
        return
    assert found is not None
    assert found.label == case["label"]
    active = None if found.active is None else found.label[slice(*found.parameters[found.active])]
    assert active == case.get("active")
    assert found.doc


def test_inlays() -> None:
    text = "select X from xEvent where X.timestamp occurs <= 1 day before now and (let V = X.items in V.count() > 1)"
    assert [(text[: hint.offset].split(" ")[-1], hint.label, hint.kind) for hint in inlays(text, KNOWN)] == [
        ("X", ": an object `Events`", "type"),
        ("now", "2024-03-14T10:30:00Z to 2024-03-15T10:30:00Z", "window"),
        ("V", ": an array of objects", "type"),
    ]


def test_fixed_windows_and_unknown_types_need_no_hint() -> None:
    assert inlays("joined occurs date(2024, 1, 1) and exists X from nope where X.a", KNOWN) == ()
    assert [hint.label for hint in inlays("joined occurs this year", KNOWN)] == ["2024-01-01 to 2024-12-31"]


def test_every_word_and_function_can_be_read_about() -> None:
    for words in spellings().values():
        for word in words:
            assert word_doc(word) or word_doc(word, in_chain=True), word
    for entry in functions():
        assert documentation(f"function:{entry.name}", KNOWN)


@pytest.mark.parametrize("text", ["", "homeAddress.", "xEvent.exists(", "tier ", "joined occurs ", "inSegment(", "a."])
def test_keys_of_completions_are_resolved(text: str) -> None:
    for item in complete(text, len(text), KNOWN).items:
        if item.key is not None:
            assert documentation(item.key, KNOWN), item.key


@pytest.mark.parametrize(
    "key", ["", "field:", "field:{", 'field:["a", "b"]', "field:1", "segment:no", "function:no", "x"]
)
def test_keys_that_mean_nothing(key: str) -> None:
    assert documentation(key, KNOWN) is None


def check(text: str, offset: int) -> None:
    found = hover(text, offset, KNOWN)
    if found is not None:
        assert 0 <= found.span[0] < found.span[1] <= len(text)
        assert found.text
    help = signature(text, offset)
    if help is not None:
        assert all(0 <= start < end <= len(help.label) for start, end in help.parameters)
        assert help.active is None or 0 <= help.active < len(help.parameters)
    for hint in inlays(text, KNOWN):
        assert 0 <= hint.offset <= len(text)


@given(st.lists(WORDS, max_size=20), st.sampled_from([" ", "", "\n", "\r\n"]), st.data())
def test_any_words(words: list[str], between: str, data: st.DataObject) -> None:
    text = between.join(words)
    check(text, data.draw(st.integers(-1, len(text) + 1)))


@given(st.text(st.characters(codec=None, exclude_categories=[]), max_size=50), st.data())
def test_any_text(text: str, data: st.DataObject) -> None:
    check(text, data.draw(st.integers(-1, len(text) + 1)))


@pytest.mark.parametrize(
    "text",
    ["(" * 5000, "a." * 3000, "a and " * 3000, '"' * 999, "xs[" * 2000, "/" * 3000, "let a = " * 2000, "f(" * 3000],
    ids=lambda text: text[:8],
)
def test_large_and_deep(text: str) -> None:
    check(text, len(text))
