"""Are paths written so that they are read again?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqltools.checks.field_paths import bare, is_below, parse_path, path_text
from words import NAMES, RAW_NAMES

Path = tuple[str, ...]

STEPS = st.one_of(NAMES, RAW_NAMES).map(bare).filter(lambda name: name and not name.startswith(("@{", "*", "xdm:")))
PATHS = st.lists(STEPS, min_size=1, max_size=4).map(tuple)


@given(PATHS)
def test_text_comes_back(path: Path) -> None:
    if path[0] != "profile" and not any("`" in step or step != step.strip() for step in path):
        assert parse_path(path_text(path)) == path


CASES = {
    "a": ("a",),
    " xEvent.commerce.order ": ("xEvent", "commerce", "order"),
    "xdm:person.xdm:name": ("person", "name"),
    "profile.person": ("person",),
    "profile": ("profile",),
    "`profile`.a": ("profile", "a"),
    "a.`b.c`.d": ("a", "b.c", "d"),
    "a.`b``c`": ("a", "b`c"),
    "identityMap.*.id": ("identityMap", "*", "id"),
    "@{_xdm.x}.a": ("@{_xdm.x}", "a"),
}


@pytest.mark.parametrize("text", CASES)
def test_paths(text: str) -> None:
    assert parse_path(text) == CASES[text]


@pytest.mark.parametrize("text", ["", " ", ".", "a.", ".a", "a..b", "a`b", "`a"])
def test_what_is_no_path(text: str) -> None:
    assert parse_path(text) is None


@given(PATHS, PATHS)
def test_a_path_is_below_its_beginnings(path: Path, more: Path) -> None:
    assert is_below(path + more, path)
    assert not is_below(path, path + more)


def test_below_goes_by_whole_steps() -> None:
    assert not is_below(("commerce", "orders"), ("commerce", "order"))
    assert is_below(("identityMap", "*", "id"), ("identityMap", "ECID"))
    assert is_below(("identityMap", "ECID", "id"), ("identityMap", "*", "id"))
