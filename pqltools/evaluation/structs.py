"""Do these programs use objects only in ways that structs are made for?  `Structs`, `fit_structs`.

A struct has attributes in place of keys. What is generated reads them and needs no test of the class, for nothing else
has these attributes; the functions of the runtime know nothing of structs, and must not get to see one.
"""

from __future__ import annotations

from pqltools.evaluation.lazy import AskedOtherwise
from pqltools.evaluation.runtime.comparisons import items, leaves
from pqltools.evaluation.unknowns import NULL_ITEM
from pqltools.records import Record, record
from pqltools.syntax import ast
from pqltools.syntax.walk import children

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from typing import Any

    from pqltools.evaluation.program import Program

#: Functions of one argument that ask whether it or something in it is there, those of two that look into the items of
#: the first, and those that may give what they are given.
_ASKING = frozenset(("isNull", "isNotNull", NULL_ITEM))
_LOOKING = frozenset("sum average min max".split())
_ARRAYS = frozenset("filter map topN bottomN head distinct intersection groupBy get values if".split())
_BOUND = (ast.ItemReference, ast.VariableReference, ast.ParameterReference, ast.ModelReference)


@record
class Structs(Record):
    """That objects are structs, and the names of their attributes by those of the fields.

    The fields of `lazy` are there as bytes, which these functions decode; what is no bytes they leave alone. The fields
    of `objects` may hold a struct, those of `arrays` an array of structs.
    """

    attributes: Mapping[str, str]
    lazy: Mapping[str, Callable[[Any], Any]]
    objects: frozenset[str]
    arrays: frozenset[str]

    def attribute(self, name: str) -> str:
        """The attribute for a field; raises `AskedOtherwise` if there is none."""
        if name not in self.attributes:
            raise AskedOtherwise
        return self.attributes[name]


def fit_structs(programs: Iterable[Program], objects: Collection[str]) -> bool:
    """Whether programs only go over structs, and into them. `objects` are the names of fields that hold some."""
    every = [tree for program in programs for tree in (program.body, *[s.body for s in program.segments.values()])]
    return all(_fits(tree, objects) for tree in every)


def _fits(tree: ast.Node, objects: Collection[str]) -> bool:
    pending: list[tuple[ast.Node, bool]] = [(tree, False)]
    while pending:
        node, may_be_object = pending.pop()
        if isinstance(node, ast.Lambda):  # it may be for the entries of a map
            return False
        if isinstance(node, ast.FunctionCall) and node.function == "mapEntry":
            return False
        if not may_be_object and _may_be_object(node, objects):
            return False
        allowed = _may_be_objects(node, may_be_object)
        pending += [(child, any(child is each for each in allowed)) for child in children(node)]
    return True


def _may_be_objects(node: ast.Node, may_be_object: bool) -> tuple[ast.Node, ...]:
    """The parts of a node that may be a struct, or an array of some; `may_be_object` says it of the node."""
    match node:
        case ast.FieldLookup(inner) | ast.VariableDeclaration(_, inner) | ast.Chain(inner) | ast.Let(_, inner):
            return (inner,)
        case ast.TimeWindow(time=time):  # an event of a chain stands for its time
            return () if time is None else (time,)
        case ast.ItemLambda(body):
            return (body,) if may_be_object else ()
        case ast.FunctionCall("map" | "exists" | "count" | "filter", arguments):  # an object counts as true
            return arguments
        case ast.FunctionCall(name, (first, *rest)) if name in (_LOOKING if rest else _ASKING):
            return (first,)
    return ()


def _may_be_object(node: ast.Node, objects: Collection[str]) -> bool:
    match node:
        case ast.FieldLookup(name=name):
            return name in objects
        case ast.FunctionCall("map", (_, ast.ItemLambda(body))):
            return _may_be_object(body, objects)
        case ast.FunctionCall(name):
            return name in _ARRAYS
    return isinstance(node, (*_BOUND, ast.Select, ast.Let))


def struct_items(value: Any) -> Any:
    """The items of an array, of all else nothing; a struct in its place might be a map, which has items."""
    if value.__class__ is not list and hasattr(value, "__struct_fields__"):
        raise AskedOtherwise
    return items(value)


def gathered(value: Any, attribute: str) -> Any:
    """The field of the items of an array, without nulls, arrays among them flattened; of all else null."""
    if value.__class__ is not list:
        return None
    found: list[Any] = []
    for item in leaves(value):
        inner = getattr(item, attribute, None)
        if inner.__class__ is list:
            found += [each for each in inner if each is not None]
        elif inner is not None:
            found.append(inner)
    return found
