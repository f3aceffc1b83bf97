"""Does hovering over a tree of pql/json say what the names in it mean?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cursors import KNOWN
from pqltools import to_json_bytes
from pqltools.syntax.parser import parse
from pqltools.workspace.cursor.tree_hover import tree_hover
from strategies import expressions

TEXT = 'homeAddress.city.startsWith("x") and xEvent[web.page.name = "a"].exists() and workAddress.city = "b"'
TREE = to_json_bytes(parse(TEXT)).decode()
PRETTY = to_json_bytes(parse(TEXT), pretty=True).decode()


@pytest.mark.parametrize("tree", [TREE, PRETTY], ids=["compact", "pretty"])
@pytest.mark.parametrize(
    ("name", "number", "part"),
    [
        ("startsWith", 0, "startsWith("),
        ("and", 0, "and"),
        ("city", 0, "homeAddress.city"),
        ("city", 1, "workAddress.city"),
        ("homeAddress", 0, "homeAddress"),
        ("page", 0, "xEvent.web.page"),
    ],
)
def test_names(tree: str, name: str, number: int, part: str) -> None:
    at = -1
    for _ in range(number + 1):
        at = tree.index(f'"{name}"', at + 1)
    for offset in (at, at + 2, at + len(name) + 2):
        found = tree_hover(tree, offset, KNOWN)
        assert found is not None
        assert tree[slice(*found.span)] == f'"{name}"'
        assert part in found.text


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"fieldName": "x"', '{"fnName": "nothing"}', '{"fieldName": "a"}' * 50]
)
def test_what_is_no_tree(text: str) -> None:
    for offset in range(-1, len(text) + 2):
        assert tree_hover(text, offset, KNOWN) is None


@given(expressions(), st.data())
def test_any_tree(tree: object, data: st.DataObject) -> None:
    text = to_json_bytes(tree).decode()  # type: ignore[arg-type]
    offset = data.draw(st.integers(0, len(text)))
    found = tree_hover(text, offset, KNOWN)
    assert found is None or found.span[0] <= offset <= found.span[1]
