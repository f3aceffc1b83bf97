"""What do we make of PQL found in public?  Runs over a folder of real texts and trees beside the checkout, if any.

The folder is no part of this repository: it holds other people's texts. A line of ``pql_text.jsonl`` says what is
expected of a text, ``pql_json.jsonl`` holds trees.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from checking import check, check_wire
from pqltools import PQLError, from_json, parse, parse_tolerant, to_json, to_json_bytes, to_text
from pqltools.diagnostics import Diagnostic
from pqltools.syntax.ast import Expr, Opaque
from pqltools.syntax.walk import walk

FOLDER = Path(__file__).parents[1].parent / "shared" / "corpus"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="there is no corpus beside this checkout")


def lines(name: str) -> list[Any]:
    path = FOLDER / name
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    return [pytest.param(row, id=row["id"]) for row in rows]


TEXTS, TREES = lines("pql_text.jsonl"), lines("pql_json.jsonl")
MUST_PARSE = [row for row in TEXTS if row.values[0]["expect"] == "parse"]
MUST_FAIL = [row for row in TEXTS if row.values[0]["expect"] == "reject"]
OTHERS = [row for row in TEXTS if row.values[0]["expect"] not in ("parse", "reject")]


def check_round_trip(tree: Expr) -> None:
    assert parse(to_text(tree)) == tree
    assert parse(to_text(tree, width=88)) == tree
    assert from_json(to_json_bytes(tree)) == tree


def check_refusal(text: str) -> None:
    with pytest.raises(PQLError) as caught:
        parse(text)
    for problem in caught.value.diagnostics:
        assert problem.span is not None
        assert 0 <= problem.span[0] <= problem.span[1] <= len(text)
    assert parse_tolerant(text).errors == caught.value.diagnostics


def test_the_corpus_is_whole() -> None:
    assert (len(MUST_PARSE), len(MUST_FAIL), len(OTHERS), len(TREES)) >= (311, 24, 194, 125)


@pytest.mark.parametrize("row", MUST_PARSE)
def test_pql_is_read_and_comes_back(row: dict[str, Any]) -> None:
    check_round_trip(parse(row["text"]))


@pytest.mark.parametrize("row", MUST_FAIL)
def test_malformed_texts_are_refused(row: dict[str, Any]) -> None:
    check_refusal(row["text"])


@pytest.mark.parametrize("row", OTHERS)
def test_other_texts_are_read_or_refused(row: dict[str, Any]) -> None:
    try:
        tree = parse(row["text"])
    except PQLError:
        check_refusal(row["text"])
    else:
        check_round_trip(tree)


@pytest.mark.parametrize("row", TREES)
def test_trees_are_written_back_as_they_were(row: dict[str, Any]) -> None:
    tree = row["json"]
    assert json.dumps(to_json(from_json(tree)), sort_keys=True) == json.dumps(tree, sort_keys=True)
    assert from_json(to_json(from_json(tree), dialect="B")) == from_json(tree)


@pytest.mark.parametrize("row", TREES)
def test_trees_have_a_text_that_comes_back(row: dict[str, Any]) -> None:
    tree = from_json(row["json"])
    try:
        text = to_text(tree)
    except PQLError as refused:
        assert any(isinstance(node, Opaque) for node in walk(tree)), str(refused)
    else:
        assert parse(text) == tree


def accusations(found: list[Diagnostic]) -> list[str]:
    """Errors about names and types: the standard fields are not the tenant's, so none of them can be sure."""
    return [str(diagnostic) for diagnostic in found if diagnostic.severity == "error" and diagnostic.code < "PQL300"]


@pytest.mark.parametrize("row", MUST_PARSE)
def test_no_text_is_accused_of_a_wrong_type(row: dict[str, Any]) -> None:
    assert not accusations(check(row["text"]))


@pytest.mark.parametrize("row", [row for row in TREES if "production" in row.values[0].get("tags", ())])
def test_no_segment_in_use_is_accused_of_a_wrong_type(row: dict[str, Any]) -> None:
    assert not accusations(check_wire(from_json(row["json"])))
