"""Is every key of a TOML file found again where it stands?"""

from __future__ import annotations

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pqltools.workspace.toml_places import places

TEXT = '''\
# a comment with [brackets] = "and more"
title = "a # b"
[tool.pqltools]
select = ["PQL3", 'self-comparison',  # why
  "PQL101",
]
limits = { list-items = 10, "odd key" = 1.5 }
[tool.pqltools.per-file-ignores]
"legacy/*.json" = ["ALL"]
a.b = 1979-05-27T07:32:00Z
[[table]]
x = 1
[[table]]
x = """two
lines = 1"""
y = -1_000.5e3
'''


def flat(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], Any]]:
    """Everything in decoded TOML by its path."""
    found: list[tuple[tuple[str | int, ...], Any]] = [(path, value)]
    items: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        items = [*value.items()]
    elif isinstance(value, list):
        items = [*enumerate(value)]
    for key, inner in items:
        found += flat(inner, (*path, key))
    return found


def test_every_path_has_a_place_with_its_value() -> None:
    found = places(TEXT)
    for path, value in flat(tomllib.loads(TEXT))[1:]:
        if path == ("table",):
            continue  # what stands in the file are its items
        place = found[path]
        if isinstance(path[-1], str) and place.key is not None and not isinstance(value, dict):
            assert path[-1] in TEXT[slice(*place.key)]
        if place.value is not None:
            assert tomllib.loads(f"v = {TEXT[slice(*place.value)]}")["v"] == value
    assert len(found) >= 16


keys = st.text(st.sampled_from("ab.-_ \"'#ä"), max_size=4)
values = st.recursive(
    st.booleans() | st.integers(-9, 9) | st.text(st.sampled_from("a\"'#=,[]{}\n\\"), max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def written(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return quoted(value)
        case list():
            return "[\n" + ", ".join(map(written, value)) + " # ] }\n]"
        case dict():
            return "{ " + ", ".join(f"{quoted(key)} = {written(inner)}" for key, inner in value.items()) + " }"
        case _:
            return str(value)


@given(st.dictionaries(keys, values, max_size=4))
def test_places_of_any_document(table: dict[str, Any]) -> None:
    text = "".join(f"{quoted(key)} = {written(value)} # {key[:0]}[x]\n" for key, value in table.items())
    try:
        assert tomllib.loads(text) == table
    except tomllib.TOMLDecodeError:
        return  # inline tables do not go over lines
    found = places(text)
    for path, value in flat(table)[1:]:
        place = found[path].value
        assert place is not None
        assert tomllib.loads(f"v = {text[slice(*place)]}")["v"] == value
