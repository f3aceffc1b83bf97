"""Is every key and value of JSON text found where it stands?"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqltools.formats.json_locations import excerpt, locate, path_text, repeated_keys

SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.text('"\\{}[],: aü\n', max_size=5))
KEYS = st.text('"\\ab:', max_size=3)


def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4))


VALUES: st.SearchStrategy[Any] = st.recursive(SCALARS, containers, max_leaves=15)


def paths(value: Any, above: tuple[str | int, ...] = ()) -> dict[tuple[str | int, ...], Any]:
    """Every path in `value` with what it leads to."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = {above: value}
    for key, inner in members:
        found |= paths(inner, (*above, key))
    return found


@given(VALUES, st.sampled_from([None, 1]), st.booleans())
def test_every_value_is_found_with_its_key(value: Any, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    wanted = paths(value)
    places = locate(text, wanted)
    assert places.keys() == wanted.keys()
    for path, inner in wanted.items():
        start, end = places[path].value
        assert json.loads(text[start:end]) == inner
        key = places[path].key
        if path and isinstance(path[-1], str):
            assert key is not None
            assert json.loads(text[slice(*key)]) == path[-1]
        else:
            assert key is None


def test_of_a_repeated_key_the_last_one_is_found() -> None:
    text = '{"a": {"b": 1}, "a": {"b": 22}}'
    place = locate(text, [("a", "b")])[("a", "b")]
    assert text[slice(*place.value)] == "22"


def test_what_is_not_there_is_not_found() -> None:
    assert locate('{"a": [1]}', [("a", 1), ("b",), ("a", "0")]) == {}


def test_repeated_keys_are_found_in_every_object() -> None:
    text = '[{"a": 1, "b": {"c": 1, "\\u0063": 2}, "a": {"a": 3}, "a": 4}]'
    found = repeated_keys(text)
    assert [(each.path, text[slice(*each.span)], each.first) for each in found] == [
        ((0, "b", "c"), '"\\u0063"', (16, 19)),
        ((0, "a"), '"a"', (2, 5)),
        ((0, "a"), '"a"', (2, 5)),
    ]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), "$"),
        (("params", 1, "fieldName"), "$.params[1].fieldName"),
        (("xdm:@id", "", 'a"b', "\n"), '$["xdm:@id"][""]["a\\"b"]["\\n"]'),
        (("größe",), '$["größe"]'),
    ],
)
def test_paths_are_written_as_people_write_them(path: tuple[str | int, ...], text: str) -> None:
    assert path_text(path) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a b", "`a b`"), ("a\nb\u2028", r"`a\nb\u2028`"), ("x" * 60, f"`{'x' * 60}`"), ("x" * 61, f"`{'x' * 59}…`")],
)
def test_excerpts_are_one_short_line(text: str, shown: str) -> None:
    assert excerpt(text) == shown
