"""Which trees are almost right?  Examples spoiled: a key renamed, dropped or added, a value exchanged."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from formats.json_trees import (
    EXAMPLES,
    Tree,
)

WORDS = sorted({word for tree, _ in EXAMPLES.values() for word in tree.values() if isinstance(word, str)})
KEYS = sorted({key for tree, _ in EXAMPLES.values() for key in tree})
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=3),
    st.sampled_from(["all", "now", "x", "X", *WORDS]),
)


def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from([*KEYS, "b"]), inner, max_size=4))


JUNK: st.SearchStrategy[Any] = st.recursive(LEAVES, containers, max_leaves=12)


@st.composite
def spoiled(draw: st.DrawFn) -> Tree:
    """An example with something else in a few places."""
    tree: Tree = json.loads(json.dumps(draw(st.sampled_from([tree for tree, _ in EXAMPLES.values()]))))
    for _ in range(draw(st.integers(1, 3))):
        spots: list[tuple[Any, Any]] = []

        def collect(value: Any, spots: list[tuple[Any, Any]] = spots) -> None:
            for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
                spots.append((value, key))
                collect(value[key])

        collect(tree)
        if not spots:
            break
        holder, key = draw(st.sampled_from(spots))
        action = draw(st.sampled_from(["replace", "remove", "rename", "add"]))
        if action == "replace":
            holder[key] = draw(JUNK)
        elif action == "remove":
            del holder[key]
        elif isinstance(holder, dict):
            holder[draw(st.sampled_from(["nodeType", "value", "params", "varName", "extra"]))] = (
                holder.pop(key) if action == "rename" else draw(JUNK)
            )
    return tree
