"""Are trees from the wild read and written back as they are?  Runs where a collection lies next to the checkout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pqltools.formats.pql_json import from_json, to_json, to_json_bytes

COLLECTION = Path(__file__).parents[2].parent / "shared" / "corpus" / "pql_json.jsonl"
if not COLLECTION.exists():
    pytest.skip("no collection of trees next to the checkout", allow_module_level=True)

ROWS: list[dict[str, Any]] = [json.loads(line) for line in COLLECTION.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("tree", [row["json"] for row in ROWS], ids=[row["id"] for row in ROWS])
def test_a_tree_is_read_and_written_back(tree: dict[str, Any]) -> None:
    read = from_json(tree)
    written = to_json(read)
    assert json.dumps(written, sort_keys=True) == json.dumps(tree, sort_keys=True)
    assert from_json(written) == read
    assert from_json(to_json_bytes(read, pretty=True)) == read
    assert from_json(to_json(read, dialect="A")) == from_json(to_json(read, dialect="B")) == read


def test_the_collection_is_whole() -> None:
    assert len(ROWS) >= 125
