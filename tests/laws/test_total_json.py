"""Can anything but a tree or a `PQLError` come out of JSON?  Any bytes, any value, any damaged tree."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pqltools import PQLError, from_json, to_json, to_json_bytes, to_text
from strategies import json_only_expressions

ANYTHING = st.characters(codec=None, exclude_categories=[])


def check_json(tree: Any, text: str | None = None) -> None:
    try:
        read = from_json(tree)
    except PQLError as refused:
        assert refused.diagnostics
        for problem in refused.diagnostics:
            assert problem.path is not None or problem.span is not None
            if text is not None and problem.span is not None:
                assert 0 <= problem.span[0] <= problem.span[1] <= len(text)
    else:
        assert from_json(to_json(read)) == read
        try:
            to_text(read)
        except PQLError as refused:
            assert refused.diagnostics


@given(st.binary())
def test_any_bytes(data: bytes) -> None:
    check_json(data)


@given(st.text(ANYTHING))
def test_any_text_as_json(text: str) -> None:
    check_json(text, text)


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(JSON)
def test_any_json_value(value: Any) -> None:
    check_json(value)


@st.composite
def damaged_json(draw: st.DrawFn) -> str:
    text = to_json_bytes(draw(json_only_expressions(15))).decode()
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(len(text), start + 12)))
    piece = draw(
        st.sampled_from(["", text[start:end] * 2, "{", "]", '"', ":", ",", "0", "null", "NaN", "\\u", "1e999"])
    )
    return text[:start] + piece + text[end:]


@given(damaged_json())
def test_damaged_json(text: str) -> None:
    check_json(text, text)
    check_json(text.encode())


@st.composite
def damaged_trees(draw: st.DrawFn) -> Any:
    """A pql/json tree in which one value is another one, or one key is missing, new or renamed."""
    tree: Any = to_json(draw(json_only_expressions(15)))
    spots: list[tuple[Any, Any]] = []
    stack = [tree]
    while stack:
        value = stack.pop()
        entries = list(value.items() if isinstance(value, dict) else enumerate(value))
        spots.extend((value, key) for key, _ in entries)
        stack.extend(inner for _, inner in entries if isinstance(inner, dict | list))
    container, key = draw(st.sampled_from(spots))
    another = draw(st.sampled_from([container[key] for container, key in spots]) | JSON)
    kind = draw(st.sampled_from("replace delete add rename".split()))
    if kind == "replace" or isinstance(container, list):
        container[key] = another
    elif kind == "delete":
        del container[key]
    elif kind == "add":
        container[draw(st.sampled_from(["params", "object", "where", "new"]))] = another
    else:
        container[draw(st.sampled_from(["function", "range", "variables"]))] = container.pop(key)
    return tree


@given(damaged_trees())
def test_damaged_trees(tree: Any) -> None:
    try:
        text = json.dumps(tree)
    except (ValueError, RecursionError):  # the other value may be the one that contains it
        return
    check_json(json.loads(text))
    check_json(text, text)
