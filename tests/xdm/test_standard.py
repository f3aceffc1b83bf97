"""Does the embedded table say what the standard says, and is it made by the program that claims to make it?

What it was made from is no part of this repository; where it lies beside the checkout the two are compared.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pqltools.types.model import ArrayType, MapType, ObjectType
from pqltools.xdm.fields import SchemaField, Tree
from pqltools.xdm.library import Component, Library, Part
from pqltools.xdm.load import load
from pqltools.xdm.standard import standard
from pqltools.xdm.table import HOST, PATH, TYPES, Table, table
from pqltools.xdm.table_builder import build
from pqltools.xdm.xdm_types import SCALARS
from xdm.trees import found_paths

if TYPE_CHECKING:
    from pqltools.types.model import Type

SOURCES = Path(__file__).parents[2].parent / "shared" / "xdm"
beside = pytest.mark.skipif(not SOURCES.is_dir(), reason="what the table is made from is not beside this checkout")


def facts(schema: Any) -> dict[tuple[str, ...], tuple[Any, ...]]:
    """XDM type, closed values and deprecation of every field."""
    found = {}
    for path in found_paths(schema):
        if path[0] in ("xEvent", "timeSeriesEvents"):
            continue
        member = member_at(schema, path)
        assert isinstance(member, SchemaField)
        found[path] = member.xdm_type, member.enum, member.deprecated
    return found


def member_at(type: Type, path: tuple[str, ...]) -> Any:
    member = None
    for name in path:
        while isinstance(type, ArrayType | MapType):
            type = type.item if isinstance(type, ArrayType) else type.value
        assert isinstance(type, ObjectType)
        member = type.member(name)
        assert member is not None
        type = member.type
    return member


def test_counts() -> None:
    profile, event = found_paths(standard().profile), found_paths(standard().event)
    own = {path for path in profile if path[0] not in ("xEvent", "timeSeriesEvents")}
    assert len([path for path in own if len(path) == 1]) == 59
    assert len([path for path in event if len(path) == 1]) == 45
    assert (len(own), len(event)) == (1576, 2117)
    assert max(map(len, event)) == 11
    deprecated = [path for path, (_, _, is_deprecated) in facts(standard().event).items() if is_deprecated]
    assert len(deprecated) == 28


def test_every_type_of_the_table_can_be_read() -> None:
    blocks = table().blocks
    assert len(blocks) > 200
    for name in blocks.keys() - {"components"}:
        node = table().node(f"standard:{name}")
        assert node is not None
        for field in node["properties"].values():
            assert {"$ref", "meta:xdmType"} & field.keys()
    assert {*TYPES.values()} == {*SCALARS}


def test_components_are_parts_of_the_roots() -> None:
    lines = table().blocks["components"].splitlines()
    assert len(lines) > 60
    for line in lines:
        name, roots, *fields = line.split("\t")
        node = table().node(HOST + name)
        assert node is not None
        assert node["meta:roots"] == roots
        assert {*fields} == {*Tree(Library()).root([Part(node, Component(node, None))]).names()}


def test_what_is_in_the_table_and_what_is_not() -> None:
    known = table()
    assert known.node(f"{HOST}xdm/context/person") is not None
    assert known.node(f"{HOST}xdm/context/nobody") is None
    assert known.node(f"{HOST}components") is None
    assert known.node("") is None
    assert Table("# only a comment\n\ncomponents\n").node("standard:profile") is None


def test_it_has_no_text_of_the_standard() -> None:
    text = Path(PATH).read_text(encoding="utf-8")
    assert "adobe/xdm" in text[:300]
    assert "CC BY 4.0" in text[:400]
    cells = [cell for line in text.splitlines()[4:] for cell in line.split("\t")]
    assert max(map(len, cells)) < 120
    assert not [cell for cell in cells if cell.count(" ") > 4]
    assert not [line for line in text.splitlines()[4:] if "Copyright" in line or ". " in line]


def test_nothing_slow_is_imported_for_it() -> None:
    script = "import sys; before = {*sys.modules}; from pqltools.xdm.standard import standard; standard()\n"
    script += "standard().find('person.name'); print(*({*sys.modules} - before))"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    loaded = {*ran.stdout.split()}
    assert "pqltools.xdm.table" in loaded
    assert not loaded & {"json", "typing", "dataclasses", "difflib", "pathlib", "pqltools.xdm.load"}


@beside
def test_the_table_is_what_the_program_makes() -> None:
    assert build(SOURCES) == Path(PATH).read_text(encoding="utf-8")


@beside
@pytest.mark.parametrize(("root", "file"), [("profile", "profile_union"), ("event", "experienceevent_union")])
def test_the_table_says_what_the_unions_say(root: str, file: str) -> None:
    path = SOURCES / f"{file}.json"
    loaded = load([str(path)])
    assert loaded.diagnostics == ()
    theirs = facts(getattr(loaded.schema, root))
    ours = facts(getattr(standard(), root))
    assert ours == theirs
    assert len(json.loads(path.read_text(encoding="utf-8"))["properties"]) in (60, 45)


@beside
def test_documented_paths() -> None:
    for line in (SOURCES / "doc_paths.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        root, path, resolves, _, modern, *_ = line.split("\t")
        if "Analytics" in root:
            continue  # a field group that is not in the table
        prefix = "xEvent." if root == "xEvent" else ""
        assert (standard().find(prefix + path) is not None) == (resolves == "yes"), path
        if modern:
            first = standard().suggest(standard().profile, tuple((prefix + path).split(".")))[0]
            assert first.path == prefix + modern


def test_event_types_are_suggested_and_others_are_none_the_worse() -> None:
    from pqltools import check

    for path in (("xEvent", "eventType"), ("timeSeriesEvents", "eventType")):
        member = member_at(standard().profile, path)
        assert member.enum is None
        assert "commerce.purchases" in member.suggested
        assert len(member.suggested) == len({*member.suggested}) > 80
    assert not check('select X from xEvent where X.eventType = "acme.visit"')
