"""Which schemas can there be?  Trees of fields as plain data, and the forms in which people have them.

A tree is a dictionary of names; a leaf is the XDM type of a scalar, ``["array", tree]`` and ``["map", tree]`` are what
they say. `paths` is the naive reading of a tree, which the real one is compared with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

from hypothesis import strategies as st

from pqltools.types.model import ArrayType, MapType, ObjectType
from pqltools.xdm.xdm_types import SCALARS

if TYPE_CHECKING:
    from pqltools.types.model import Type

Tree: TypeAlias = Any
Node: TypeAlias = dict[str, Any]

PROFILE = "https://ns.adobe.com/xdm/context/profile"
EVENT = "https://ns.adobe.com/xdm/context/experienceevent"
TENANT = "https://ns.adobe.com/acme"

#: What is written in JSON Schema for each XDM type, without `meta:xdmType`.
KEYWORDS: dict[str, Node] = {
    "string": {"type": "string"},
    "number": {"type": "number"},
    "long": {"type": "integer", "minimum": -(2**53 - 1), "maximum": 2**53 - 1},
    "int": {"type": "integer"},
    "short": {"type": "integer", "minimum": -(2**15), "maximum": 2**15},
    "byte": {"type": "integer", "minimum": -128, "maximum": 127},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "date-time": {"type": "string", "format": "date-time"},
}
NAMES = ["a", "b", "city", "City", "name", "type", "properties", "items", "count", "a1", "with-dash", "é"]

names = st.sampled_from(NAMES)
scalars = st.sampled_from(list(KEYWORDS))
trees: st.SearchStrategy[Tree] = st.dictionaries(
    names,
    st.recursive(
        scalars,
        lambda inner: st.one_of(
            st.dictionaries(names, inner, min_size=1, max_size=4),
            st.tuples(st.sampled_from(["array", "map"]), inner).map(list),
        ),
        max_leaves=8,
    ),
    min_size=1,
    max_size=5,
)


def resolved(tree: Tree, *, typed: bool = True) -> Node:
    """The schema node that `tree` is in a resolved schema, with or without `meta:xdmType`."""
    node: Node
    if isinstance(tree, str):
        node, kind = {**KEYWORDS[tree]}, tree
    elif isinstance(tree, list):
        kind, inner = tree
        child = resolved(inner, typed=typed)
        node = (
            {"type": "array", "items": child} if kind == "array" else {"type": "object", "additionalProperties": child}
        )
    else:
        kind = "object"
        node = {"type": "object", "properties": {name: resolved(inner, typed=typed) for name, inner in tree.items()}}
    return {**node, "meta:xdmType": kind} if typed else node


def schema(tree: Tree, kind: str = PROFILE, title: str = "Sample", **more: Any) -> Node:
    """A resolved schema of the class `kind`."""
    return {
        "$id": f"{TENANT}/schemas/{title.lower()}",
        "meta:resourceType": "schemas",
        "meta:class": kind,
        "title": title,
        **resolved(tree),
        **more,
    }


def paths(tree: Tree, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], str]:
    """Every path of the tree with its type in words; steps into arrays and maps are not steps."""
    found: dict[tuple[str, ...], str] = {}
    for name, inner in tree.items():
        found[(*path, name)] = word(inner)
        while isinstance(inner, list):
            inner = inner[1]
        if isinstance(inner, dict):
            found.update(paths(inner, (*path, name)))
    return found


def word(tree: Tree) -> str:
    """The PQL type of a tree."""
    if isinstance(tree, str):
        return str(SCALARS[tree])
    return f"{tree[0]} {word(tree[1])}" if isinstance(tree, list) else "object"


def type_word(type: Type) -> str:
    """The same for a type."""
    if isinstance(type, ArrayType):
        return f"array {type_word(type.item)}"
    if isinstance(type, MapType):
        return f"map {type_word(type.value)}"
    return "object" if isinstance(type, ObjectType) else str(type)


def found_paths(object: ObjectType, names: Iterable[str] | None = None) -> dict[tuple[str, ...], str]:
    """Every path below `object`, or below its fields `names`, as `paths` tells them."""
    return dict(_found(object, (), names))


def _found(
    type: Type, path: tuple[str, ...], names: Iterable[str] | None = None
) -> Iterator[tuple[tuple[str, ...], str]]:
    while isinstance(type, ArrayType | MapType):
        type = type.item if isinstance(type, ArrayType) else type.value
    if isinstance(type, ObjectType):
        for name in type.names() if names is None else names:
            member = type.member(name)
            assert member is not None
            yield (*path, name), type_word(member.type)
            yield from _found(member.type, (*path, name))


def raw(tree: Tree, kind: str = PROFILE) -> list[Node]:
    """The components that `tree` is in standard notation: a schema, a field group and a data type for each object."""
    components: list[Node] = []
    group = _component(tree, components)
    group["meta:intendedToExtend"] = [kind]
    schema = {
        "$id": f"{TENANT}/schemas/raw",
        "title": "Raw",
        "meta:class": kind,
        "type": "object",
        "allOf": [{"$ref": group["$id"]}],
    }
    return [schema, *components]


def _component(tree: Tree, components: list[Node]) -> Node:
    component: Node = {"$id": f"{TENANT}/datatypes/{len(components)}", "type": "object"}
    components.append(component)
    component["definitions"] = {
        "type": {"properties": {_standard(name): _raw(inner, components) for name, inner in tree.items()}}
    }
    component["allOf"] = [
        {"$ref": "https://ns.adobe.com/xdm/common/extensible#/definitions/@context"},
        {"$ref": "#/definitions/type"},
    ]
    return component


def _raw(tree: Tree, components: list[Node]) -> Node:
    if isinstance(tree, dict):
        return {"title": "x", "$ref": _component(tree, components)["$id"]}
    if isinstance(tree, list):
        child = _raw(tree[1], components)
        return (
            {"type": "array", "items": child}
            if tree[0] == "array"
            else {"additionalProperties": child, "type": "object"}
        )
    return {**KEYWORDS[tree]}


def _standard(name: str) -> str:
    return f"xdm:{name}" if name.isascii() and name.isalnum() else name
