"""Is the JSON Schema of test files current, and does it say what the reader says?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from pqltools.testing.file_schema import schema
from testing_files import faults, read_data

ROOT = Path(__file__).parents[2]
FILE = ROOT / "pqltools" / "testing" / "test-file.schema.json"
VALIDATOR = jsonschema.Draft202012Validator(schema())
#: What only the reader can know: that codes, files and profiles are there, and that a change fits.
BEYOND = ("PQL063", "PQL077")


def test_the_file_is_what_the_tables_say() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "pqltools.testing.file_schema"], check=True, capture_output=True, text=True
    ).stdout
    assert FILE.read_text(encoding="utf-8") == printed, "run python -m pqltools.testing.file_schema"


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("path", sorted((ROOT / "examples").rglob("*.test.*")), ids=lambda path: path.name)
def test_examples_are_valid(path: Path) -> None:
    # The schema is for YAML 1.2, in which dates are strings.
    documents = YAML(typ="safe", pure=True)
    documents.constructor.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: node.value)
    for document in documents.load_all(path.read_text(encoding="utf-8")):
        VALIDATOR.validate(document)


ODD: st.SearchStrategy[Any] = st.sampled_from([None, True, 0, "", "x", [], {}, ["x"], {"file": 1}, {"x": []}])
PROFILE: st.SearchStrategy[Any] = st.sampled_from([{}, {"a": 1}, {"a": {"b": [1]}}])
GOOD: dict[str, st.SearchStrategy[Any]] = {
    "name": st.sampled_from(["one", "two"]),
    "definition": st.sampled_from(
        ["examples/vip.pql", {"file": "examples/definitions/page.json", "name": "Near Berlin"}]
    ),
    "expression": st.sampled_from(["a = 1", {"nodeType": "literal", "literalType": "Boolean", "value": True}]),
    "profile": PROFILE,
    "now": st.sampled_from(["2024-03-15", "2024-03-15T10:30:00Z"]),
    "segments": st.sampled_from(
        [{}, {"x": True}, {"x": {"expression": "a"}}, {"y": {"definition": "examples/vip.pql"}}]
    ),
    "models": st.sampled_from([{}, {"x": [1]}]),
    "with": st.sampled_from([{}, {"c": 1}, {"d.e[0]": None}]),
    "qualifies": st.booleans(),
    "value": st.sampled_from([1, None, []]),
    "diagnostics": st.sampled_from([[], ["PQL101"], ["self-comparison"]]),
    "schema": st.sampled_from(["examples/schemas", ["examples/schemas"]]),
    "tenant": st.just("_acme"),
    "profiles": st.dictionaries(st.sampled_from(["kim", "tom"]), PROFILE),
}


def _values(key: str) -> st.SearchStrategy[Any]:
    good = GOOD.get(key, ODD)
    return st.integers(0, 39).flatmap(lambda dice: ODD if dice == 39 else good)


@st.composite
def mappings(draw: st.DrawFn, keys: list[str], *needed: str) -> dict[str, Any]:
    """A mapping that is right for the most part."""
    chosen = {*draw(st.lists(st.sampled_from(keys), max_size=3)), *needed}
    if draw(st.integers(0, 29)) == 29:
        chosen.add(draw(st.sampled_from(["nmae", "cases", "expression", "value"])))
    return {key: draw(_values(key)) for key in sorted(chosen) if draw(st.integers(0, 39)) < 39}


@st.composite
def files(draw: st.DrawFn) -> Any:
    rows = mappings(["name", "profile", "now", "segments", "models", "with"], "qualifies")
    tests = []
    for _ in range(draw(st.sampled_from([1, 2, 1, 2, 0]))):
        kind = draw(st.sampled_from(["qualifies", "value", "diagnostics", "cases"]))
        test = draw(mappings(["name", "profile", "now", "segments", "models", "with", "expression"], kind))
        if kind == "cases" and draw(st.integers(0, 9)) < 9:
            test[kind] = draw(st.lists(rows, min_size=draw(st.sampled_from([1, 1, 1, 0])), max_size=2))
        tests.append(test)
    subject = draw(st.sampled_from(["definition", "expression"]))
    keys = ["profile", "now", "segments", "models", "schema", "tenant", "profiles"]
    return {**draw(mappings(keys, subject)), "tests": tests if draw(st.integers(0, 29)) < 29 else draw(ODD)}


@given(files())
def test_the_schema_says_what_the_reader_says(data: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        found = faults(read_data(data))
    if any(fault.code in BEYOND for fault in found):
        return
    about_form = [fault for fault in found if "cannot be changed" not in fault.message]
    assert VALIDATOR.is_valid(data) == (not about_form), [*map(str, found)]
