"""Does completion offer what fits, the best first, and nothing that does not?  `complete.toml` has the cases."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cursors import KNOWN, NOW, cursor, expanded
from pqltools.syntax.reading import read
from pqltools.types.model import PlainObject
from pqltools.workspace.cursor.complete import complete
from pqltools.workspace.cursor.items import quality
from pqltools.workspace.cursor.keywords import FORMS, PARTS
from pqltools.workspace.cursor.known import Known
from pqltools.workspace.cursor.vocabulary import spellings
from pqltools.xdm.standard import standard
from strategies import expressions
from words import KEYWORDS, ODD, PLAIN

FILES = Path(__file__).parent
CASES = tomllib.loads((FILES / "complete.toml").read_text(encoding="utf-8"))["case"]
CORPUS = [
    case["text"]
    for path in sorted((FILES.parents[1] / "corpus").glob("*.toml"))
    for kind in ("accept", "reject")
    for case in tomllib.loads(path.read_text(encoding="utf-8")).get(kind, [])
]
ANYTHING = st.characters(codec=None, exclude_categories=[])
WORDS = st.sampled_from(
    [*PLAIN, *KEYWORDS, *ODD, *"( ) [ ] { } . , : => \"x\" 'y' \" ' ` 1 2.5 30 days @{m} this ^ ! - $1 // /*".split()]
)
STANDARD = Known(standard(), NOW)


def test_there_are_cases() -> None:
    assert len(CASES) > 80
    assert len(CORPUS) > 100


@pytest.mark.parametrize("case", CASES, ids=[case["text"] for case in CASES])
def test_cases(case: dict[str, Any]) -> None:
    text, offset = cursor(case["text"])
    items = complete(text, offset, KNOWN).items
    labels = [item.label for item in items]
    if case.get("empty"):
        assert labels == []
    if "first" in case:
        assert labels[:1] == [case["first"]]
    for wanted in case.get("has", []):
        insert, _, label = wanted.rpartition("::")
        if insert:
            assert any((item.label, item.insert) == (label, insert) for item in items), (wanted, labels)
        else:
            assert wanted in labels
    assert not {*case.get("lacks", [])} & {*labels}


def test_deprecated_fields_come_last_and_say_so() -> None:
    items = complete("homeAddress.", 12, KNOWN).items
    assert [(item.label, item.deprecated) for item in items][-1] == ("zip", True)
    assert [item.deprecated for item in items].count(True) == 1


def test_the_order_is_in_the_sort_keys() -> None:
    items = complete("", 0, KNOWN).items
    assert [item.sort for item in items] == sorted(item.sort for item in items)
    assert len({item.sort for item in items}) == len(items)


def test_a_list_that_is_cut_says_so() -> None:
    cut = complete("", 0, STANDARD, limit=10)
    assert len(cut.items) == 10
    assert cut.is_incomplete
    assert not complete("", 0, STANDARD).is_incomplete


def test_a_list_that_a_longer_word_would_change_says_so() -> None:
    assert complete("c", 1, KNOWN).is_incomplete
    assert not complete('tier = "g', 9, KNOWN).is_incomplete


def test_values_keep_their_labels() -> None:
    items = complete('tier = "', 8, KNOWN).items
    assert [(item.label, item.kind, item.detail) for item in items] == [
        ("gold", "enum value", "Gold tier"),
        ("silver", "enum value", "Silver"),
    ]


def test_of_an_open_list_values_are_suggestions() -> None:
    assert {item.kind for item in complete('tags.includes("', 15, KNOWN).items} == {"suggested value"}


def test_a_variable_hides_a_field_which_then_needs_quotes() -> None:
    items = complete("let person = 1 in ", 18, KNOWN).items
    assert {(i.kind, i.insert) for i in items if i.label == "person"} == {("variable", "person"), ("field", "`person`")}


def test_maps_without_known_keys_and_objects_without_fields() -> None:
    from pqltools.xdm.schema import Schema

    empty = Known(Schema(PlainObject({}, open=True), PlainObject({}, open=True), "nothing"), NOW)
    assert {item.kind for item in complete("a.", 2, empty).items} == {"method"}
    assert complete("a", 1, empty).items


def test_snippets_belong_to_words_of_the_grammar() -> None:
    words = {word for found in spellings().values() for word in found}
    assert words >= {*FORMS, *PARTS}


@pytest.mark.parametrize("offset", [-5, 10_000])
def test_offsets_outside(offset: int) -> None:
    assert complete("tier = 1", offset, KNOWN) is not None


@pytest.mark.parametrize(
    "text",
    ["(" * 5000, "a." * 3000, "a and " * 3000, '"' * 999, "`" * 999, "xs[" * 2000, "/" * 3000, "let a = " * 2000],
    ids=lambda text: text[:8],
)
def test_large_and_deep(text: str) -> None:
    complete(text, len(text), KNOWN)


def check(text: str, offset: int, known: Known = KNOWN) -> None:
    """The laws of one answer."""
    items = complete(text, offset, known).items
    before = text[: items[0].span[0]] if items else ""
    sound = is_sound(before)
    for item in items[:: len(items) // 10 + 1]:
        start, end = item.span
        assert 0 <= start <= offset <= end <= len(text)
        assert item.label
        assert item.insert
        assert "\n" not in text[start:end]
        if sound and item.kind in ("field", "function", "method", "keyword", "operator", "time unit", "variable"):
            # Where a parenthesis follows, only the name before it is inserted.
            call = "(x)" if text[end:].lstrip().startswith("(") else ""
            check_continues(text[:start], expanded(item.insert) if item.snippet else item.insert, call)


def is_sound(before: str) -> bool:
    """Whether the parser gets to the end of this text without putting anything in or leaving anything out."""
    tokens = [token for token in read(before + " x").tokens if token.start < len(before)]
    whole = "".join(token.word for token in tokens)
    return all(token.stop > token.start for token in tokens) and "".join(whole.split()) == "".join(before.split())


def check_continues(before: str, insert: str, behind: str) -> None:
    """The parser takes all of what was inserted, puts nothing into it, and can go on behind it."""
    text = f"{before}{insert}{behind} x"
    end = len(before) + len(insert)
    reading = read(text, end + len(behind) + 1)
    taken = [token for token in reading.tokens if token.start < end and token.stop > len(before)]
    assert not [token for token in taken if token.start == token.stop], (text, insert)
    covered = "".join(text[max(token.start, len(before)) : token.stop] for token in taken)
    assert "".join(covered.split()) == "".join(insert.split()), (text, insert)
    assert reading.expected, (text, insert)


@pytest.mark.parametrize("case", CASES, ids=[case["text"] for case in CASES])
def test_cases_keep_the_laws(case: dict[str, Any]) -> None:
    check(*cursor(case["text"]))


@given(st.sampled_from(CORPUS), st.data())
def test_corpus(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    end = data.draw(st.sampled_from([offset, len(text)]))
    check(text[:end], offset)


@pytest.mark.nightly
@pytest.mark.parametrize("text", [text for text in CORPUS if len(text) < 300])
def test_every_place_of_the_corpus(text: str) -> None:
    for offset in range(len(text) + 1):
        check(text, offset)
        check(text[:offset], offset)


@given(st.lists(WORDS, max_size=20), st.sampled_from([" ", "", "\n", "\r\n"]), st.data())
def test_any_words(words: list[str], between: str, data: st.DataObject) -> None:
    text = between.join(words)
    check(text, data.draw(st.integers(0, len(text))))


@given(st.text(ANYTHING, max_size=50), st.data())
def test_any_text(text: str, data: st.DataObject) -> None:
    check(text, data.draw(st.integers(0, len(text))))


@given(expressions(), st.data())
def test_generated(tree: Any, data: st.DataObject) -> None:
    from pqltools import to_text

    text = to_text(tree)
    offset = data.draw(st.integers(0, len(text)))
    check(text[: data.draw(st.sampled_from([offset, len(text)]))], offset)


@given(st.text(max_size=8), st.text(max_size=8))
def test_quality(label: str, typed: str) -> None:
    found = quality(label, typed)
    assert found is not None or typed
    if label.startswith(typed):
        assert found is not None
        assert found <= 1


def test_a_name_that_is_being_written_ends_with_its_line() -> None:
    text = "`per\nand `x` = 1"
    (first, *_) = complete(text, 4, KNOWN).items
    assert (first.label, first.span) == ("person", (0, 4))
