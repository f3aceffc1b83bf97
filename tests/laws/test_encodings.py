"""Do text and tree say the same?  Pairs of which each half was written by hand, in every dialect of pql/json."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from pqltools import from_json, parse, to_json, to_json_bytes, to_text

PAIRS: list[dict[str, str]] = tomllib.loads(
    (Path(__file__).parents[1] / "corpus" / "dialects.toml").read_text(encoding="utf-8")
)["pair"]
by_name = pytest.mark.parametrize("pair", [pytest.param(pair, id=pair["name"]) for pair in PAIRS])


def test_all_dialects_are_there() -> None:
    assert {pair["dialect"] for pair in PAIRS} == {*"ABCDE"}
    assert len(PAIRS) >= 30


@by_name
def test_text_and_tree_are_equal(pair: dict[str, str]) -> None:
    assert parse(pair["text"]) == from_json(pair["json"]) == from_json(json.loads(pair["json"]))


@by_name
def test_tree_is_written_back_as_it_was(pair: dict[str, str]) -> None:
    """The same tree; key order aside, as nodes were written in any order over the years."""
    assert ordered(to_json(from_json(pair["json"]))) == ordered(json.loads(pair["json"]))


@by_name
def test_tree_prints_as_the_text(pair: dict[str, str]) -> None:
    assert parse(to_text(from_json(pair["json"]))) == parse(pair["text"])


@by_name
def test_text_gives_the_tree_of_the_conversion_service(pair: dict[str, str]) -> None:
    if pair["dialect"] == "B":
        assert to_json_bytes(parse(pair["text"])).decode() == pair["json"]
    else:
        assert to_json(from_json(pair["json"]), dialect="B") == to_json(parse(pair["text"]))


def ordered(value: Any) -> Any:
    return json.dumps(value, sort_keys=True)


def test_the_answer_of_the_conversion_service() -> None:
    """The one pair that a service of Adobe's is known to have returned, byte for byte."""
    assert to_json_bytes(parse('workAddress.country = "US"')) == (
        b'{"nodeType":"fnApply","fnName":"=","params":[{"nodeType":"fieldLookup","fieldName":"country","object":'
        b'{"nodeType":"fieldLookup","fieldName":"workAddress","object":{"nodeType":"parameterReference","position":1}}},'
        b'{"nodeType":"literal","literalType":"String","value":"US"}]}'
    )
