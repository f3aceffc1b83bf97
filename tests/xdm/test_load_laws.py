"""Is a schema the same in every form, and does nothing that can be in a file make loading fail?"""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqltools.xdm.fields import SchemaField, SchemaObject, Tree
from pqltools.xdm.library import Component, Library, Part
from pqltools.xdm.load import Loaded, load
from pqltools.xdm.suggestions import index_of, paths_below
from xdm.trees import EVENT, PROFILE, Node, found_paths, paths, raw, resolved, schema, trees


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("schema") / "schema.json"


def read(file: Path, value: Any, **options: Any) -> Loaded:
    file.write_text(json.dumps(value), encoding="utf-8")
    return load([str(file)], **options)


def object_of(*nodes: Node) -> SchemaObject:
    """The object type of nodes that are laid over each other."""
    components = [Component(node, None) for node in nodes]
    return Tree(Library()).root([Part(component.node, component) for component in components])


@given(trees)
def test_resolved_schemas_are_read_as_they_are(tree: Any) -> None:
    assert found_paths(object_of(resolved(tree))) == paths(tree)


@given(trees)
def test_types_are_told_without_the_registry(tree: Any) -> None:
    assert found_paths(object_of(resolved(tree, typed=False))) == paths(tree)


@given(tree=trees)
def test_standard_notation_is_the_same_schema(file: Path, tree: Any) -> None:
    loaded = read(file, raw(tree))
    assert loaded.diagnostics == ()
    assert found_paths(loaded.schema.profile, tree) == paths(tree)


@given(tree=trees)
def test_profiles_and_events_are_told_apart(file: Path, tree: Any) -> None:
    profile = read(file, schema(tree, PROFILE)).schema
    event = read(file, schema(tree, EVENT)).schema
    assert found_paths(profile.profile, tree) == paths(tree) == found_paths(event.event)
    assert profile.profile.certain
    assert not profile.event.certain
    assert event.event.certain
    assert not event.profile.certain


@given(trees)
def test_merging_a_schema_with_itself_changes_nothing(tree: Any) -> None:
    node = resolved(tree)
    assert found_paths(object_of(node, node)) == found_paths(object_of(node)) == paths(tree)


@given(trees, trees)
def test_the_first_schema_wins_and_the_second_adds(one: Any, other: Any) -> None:
    merged = found_paths(object_of(resolved(one), resolved(other)))
    first, second = paths(one), paths(other)
    assert {path: merged[path] for path in first} == first
    assert {path[0] for path in merged} == {*one, *other}
    assert merged.keys() <= first.keys() | second.keys()


@given(trees)
def test_the_index_has_every_path_outside_maps(tree: Any) -> None:
    object = object_of(resolved(tree))
    found = {*paths_below(object)}
    assert found <= paths(tree).keys()
    assert {path for listed in index_of(object).values() for path in listed} == found


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
#: Words that mean something in a schema.
WORDS = """properties allOf $ref definitions items additionalProperties enum meta:enum meta:class meta:extends
meta:xdmType meta:refProperty meta:status title type format results $id @type xdm:sourceProperty xdm:sourceSchema
meta:intendedToExtend oneOf minimum maximum status""".split()
VALUES = [
    "object",
    "string",
    "#",
    "#/definitions/a",
    "#/properties/a",
    PROFILE,
    EVENT,
    "xdm:descriptorDeprecated",
    "/a/b",
]
schema_like = st.recursive(
    st.sampled_from(VALUES) | st.none() | st.integers(-9, 9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [*WORDS, "a", "xdm:b", "https://ns.adobe.com/x/y", "https://ns.adobe.com/xdm/", "meta:roots"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@given(value=json_values | schema_like, tenant=st.sampled_from([None, "acme"]))
def test_any_json_is_a_schema_or_a_diagnostic(file: Path, value: Any, tenant: str | None) -> None:
    loaded = read(file, value, tenant=tenant)
    check_everything(loaded)


@given(tree=trees, data=st.data())
def test_a_spoiled_schema_is_read_as_far_as_it_goes(file: Path, tree: Any, data: st.DataObject) -> None:
    components: Any = raw(tree)
    node: Any = components
    for _ in range(data.draw(st.integers(1, 6))):
        keys = list(node) if isinstance(node, dict) else list(range(len(node))) if isinstance(node, list) else []
        if not keys:
            break
        key = data.draw(st.sampled_from(keys))
        if data.draw(st.booleans()):
            node[key] = data.draw(json_values)
            break
        node = node[key]
    check_everything(read(file, components))


def check_everything(loaded: Loaded) -> None:
    """Every place is in its file, and every field can be asked for everything."""
    for diagnostic in loaded.diagnostics:
        if diagnostic.span is not None:
            assert diagnostic.source is not None
            assert 0 <= diagnostic.span[0] <= diagnostic.span[1] <= len(diagnostic.source.text)
        assert str(diagnostic)
        assert "\n" not in diagnostic.message
    for path in islice(paths_below(loaded.schema.profile), 50):
        member = loaded.schema.find("/" + "/".join(path))
        if isinstance(member, SchemaField):
            assert isinstance(member.suggested, tuple)
            assert member.enum is None or isinstance(member.enum, tuple)
            assert isinstance(member.deprecated, bool)
            assert member.title is None or isinstance(member.title, str)
