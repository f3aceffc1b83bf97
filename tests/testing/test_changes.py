"""Do changes reach the fields that they name, and nothing else?"""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqltools.testing.changes import changed, parse_path

PATHS: dict[str, tuple[str | int, ...]] = {
    "a": ("a",),
    "loyalty.tier": ("loyalty", "tier"),
    "_acme.x-1": ("_acme", "x-1"),
    "xdm:a.@id": ("a", "_id"),
    'identityMap["xdm:a"].`xdm:b`': ("identityMap", "xdm:a", "xdm:b"),
    "xEvent[0].timestamp": ("xEvent", 0, "timestamp"),
    "a[10][2]": ("a", 10, 2),
    "a.`b c.d`.`e``f`": ("a", "b c.d", "e`f"),
    r'a["b.c"]["\"q\""].d': ("a", "b.c", '"q"', "d"),
    "größe.名": ("größe", "名"),
}


@pytest.mark.parametrize("text", PATHS)
def test_paths(text: str) -> None:
    assert parse_path(text) == PATHS[text]


@pytest.mark.parametrize(
    "text", ["", ".", "a.", ".a", "a..b", "a[", "a[x]", "a[-1]", "[0]", "a]", "a b", "a\n", "``", "a['b']", "a[0]b"]
)
def test_no_paths(text: str) -> None:
    assert parse_path(text) is None


@pytest.mark.parametrize(
    ("data", "path", "value", "result"),
    [
        ({"a": 1, "b": 2}, "a", 3, {"a": 3, "b": 2}),
        ({}, "a.b.c", 1, {"a": {"b": {"c": 1}}}),
        ({"a": None}, "a.b", 1, {"a": {"b": 1}}),
        ({"a": [1, 2]}, "a[1]", 3, {"a": [1, 3]}),
        ({"a": [1, 2]}, "a[2]", 3, {"a": [1, 2, 3]}),
        ({}, "a[0].b", 1, {"a": [{"b": 1}]}),
        ({"a": {"b": 1}}, "xdm:a.xdm:b", 2, {"a": {"b": 2}}),
        ({"a": 1}, "a", None, {"a": None}),
    ],
)
def test_changes(data: Any, path: str, value: Any, result: Any) -> None:
    steps = parse_path(path)
    assert steps is not None
    before = copy.deepcopy(data)
    assert changed(data, steps, value) == result
    assert data == before


@pytest.mark.parametrize(
    ("data", "path", "message"),
    [
        ({"a": 1}, "a.b", "`a` is a number, which has no fields"),
        ({"a": {"b": "x"}}, "a.b[0]", "`a.b` is a string, not a list"),
        ({"a": [1]}, "a[2]", "`a` has 1 items, none at [2]"),
        ({"a": [1]}, "a.b", "`a` is a list, which has no fields"),
        ([], "a", "the profile is a list, which has no fields"),
    ],
)
def test_places_that_are_not_there(data: Any, path: str, message: str) -> None:
    steps = parse_path(path)
    assert steps is not None
    with pytest.raises(ValueError, match=f"^{message.replace('[', '.')}$"):
        changed(data, steps, 1)


@given(st.lists(st.text('abc.`" é', min_size=1), min_size=1, max_size=4))
def test_every_name_can_be_written(names: list[str]) -> None:
    text = ".".join([f"`{name.replace('`', '``')}`" for name in names])
    assert parse_path(text) == tuple(names)
    assert changed({}, tuple(names), 1) == _nested(names)


def _nested(names: list[str]) -> Any:
    found: Any = 1
    for name in reversed(names):
        found = {name: found}
    return found
