"""Are our own cases read, printed and refused as they say?  `corpus/*.toml` holds them, grouped by construct.

An `accept` case has a text, its canonical form where that differs, and mostly the pql/json tree, written by hand. A
`reject` case has the code, the piece of text that the span covers, and pieces of the message and the help.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

import pqltools
from pqltools import PQLError, from_json, parse, to_json, to_text

FOLDER = Path(__file__).parent / "corpus"
FILES = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))}


def cases(kind: str) -> list[Any]:
    return [
        pytest.param(case, id=f"{name}-{number}")
        for name, file in FILES.items()
        for number, case in enumerate(file.get(kind, []))
    ]


ACCEPTED, REJECTED = cases("accept"), cases("reject")
WITH_TREE = [case for case in ACCEPTED if "json" in case.values[0]]


@pytest.mark.parametrize("case", ACCEPTED)
def test_text_has_this_canonical_form(case: dict[str, str]) -> None:
    canonical = case.get("canonical", case["text"])
    assert to_text(parse(case["text"])) == canonical
    assert parse(canonical) == parse(case["text"])


@pytest.mark.parametrize("case", WITH_TREE)
def test_text_and_tree_are_the_same_expression(case: dict[str, str]) -> None:
    tree = json.loads(case["json"])
    assert parse(case["text"]) == from_json(tree)
    assert parse(to_text(from_json(tree))) == from_json(tree)


@pytest.mark.parametrize("case", WITH_TREE)
def test_tree_is_written_back_as_it_was(case: dict[str, str]) -> None:
    assert pqltools.to_json_bytes(from_json(case["json"])).decode() == case["json"]


@pytest.mark.parametrize("case", [case for case in WITH_TREE if "=>" not in case.values[0]["text"]])
def test_text_is_written_as_this_tree(case: dict[str, str]) -> None:
    assert json.dumps(to_json(parse(case["text"]))) == json.dumps(json.loads(case["json"]))


@pytest.mark.parametrize("case", REJECTED)
def test_text_is_refused_with_this_diagnostic(case: dict[str, str]) -> None:
    with pytest.raises(PQLError) as caught:
        parse(case["text"])
    first = caught.value.diagnostics[0]
    assert first.span is not None
    assert first.code == case.get("code", first.code)
    assert case["text"][slice(*first.span)] == case.get("at", case["text"][slice(*first.span)])
    assert case.get("message", "") in first.message
    assert case.get("help", "") in (first.help or "")


def test_no_corpus_file_is_empty() -> None:
    assert len(ACCEPTED) >= 250
    assert len(REJECTED) >= 90
    assert len(WITH_TREE) >= 230
    assert all(file.get("accept") or file.get("reject") or file.get("pair") for file in FILES.values())
    texts = [case.values[0]["text"] for case in ACCEPTED + REJECTED]
    assert len(texts) == len(set(texts))
