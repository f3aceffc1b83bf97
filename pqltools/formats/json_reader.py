"""Which expression is this pql/json tree?  Decoded JSON to AST, strictly, with all faults of the tree at once.

The reader recurses two Python frames a level and checks the depth before each. Names are resolved on the way down: the
innermost binder of a name decides whether a `varRef` is a variable or the item of an item scope.

A node that cannot be read because a part of it is of a kind that nobody knows (a `gap` among the elements of a chain)
becomes opaque as a whole: its parts have no place in the AST of their own.
"""

from __future__ import annotations

from pqltools.formats import json_nodes as shapes
from pqltools.formats.json_checks import NOTHING, Checks, Unknown
from pqltools.formats.json_faults import ROOT, Stop, json_type, tree_error
from pqltools.formats.json_literals import read_literal, read_raw, read_word
from pqltools.formats.json_locations import excerpt
from pqltools.formats.json_select import (
    read_members,
    read_old_filter,
    read_old_quantification,
    read_quantification,
    read_select,
)
from pqltools.formats.json_time import (
    read_chain,
    read_count,
    read_duration,
    read_elements,
    read_occurs,
    read_qualification,
    read_time,
    read_when,
)
from pqltools.limits import check_depth_limit
from pqltools.records import TYPE_CHECKING
from pqltools.syntax import ast
from pqltools.syntax.operators import ITEM_FUNCTIONS, KNOWN_FUNCTIONS, OPERATOR_NAMES

if TYPE_CHECKING:
    from typing import Any, TypeVar

    from pqltools.diagnostics import Diagnostic
    from pqltools.formats.json_faults import Spot
    from pqltools.formats.json_nodes import Shape
    from pqltools.source import Source
    from pqltools.syntax.ast import Expr

    T = TypeVar("T", bound=ast.Node)


def read_tree(
    tree: dict[str, Any] | str | bytes, max_depth: int, max_size: int, reader: type[Reader] | None = None
) -> tuple[ast.Expr, Reader]:
    """What `pql_json.from_json` answers, and the reader, which may have noted more."""
    check_depth_limit(max_depth)
    source: Source | None = None
    others: list[Diagnostic] = []
    if isinstance(tree, (str, bytes)):
        from pqltools.formats.json_text import decode

        tree, source, others = decode(tree, max_depth=max_depth, max_size=max_size)
    reading = (reader or Reader)(max_depth)
    try:
        if source is None:
            reading.check_containers(tree, max_size)
        expression = reading.root(tree)
    except Stop:
        del reading.faults[:-1]
    except RecursionError:  # the caller's stack is nearly full, or there are faults on most levels
        if not reading.faults:
            reading.fault("PQL010", "the tree is nested too deep for what is left of the stack", ROOT)
    if reading.faults or others:
        raise tree_error(reading, source, others)
    return expression, reading


class Reader(Checks):
    """Reads one tree."""

    def __init__(self, max_depth: int) -> None:
        super().__init__(max_depth)
        #: The names in scope: 0 for a variable, else the number of the item scope, counted from outside, from 1.
        self.scope: dict[str, int] = {}
        self.items = 0

    def root(self, tree: object) -> Expr:
        """The whole tree."""
        match tree:
            case str():
                help = "decode it once more" if tree.lstrip()[:1] == "{" else None
                self.fault("PQL034", "the tree is a string, not an object", ROOT, help)
            case dict() if "expression" in tree and "nodeType" not in tree:
                help = "the tree is what stands under `expression.value`"
                self.missing("this is no node, it lacks the key `nodeType`", ROOT, "nodeType", help)
            case dict():
                return self.expr(tree, ROOT)
            case _:
                self.fault("PQL034", f"the tree is {json_type(tree)}, not an object", ROOT)
        return NOTHING

    def placed(self, node: T, at: Spot) -> T:
        """Note that a node which is no expression stands at `at`; `json_places` does, this reader has no use for it."""
        return node

    def expr(self, node: Any, at: Spot) -> Expr:
        """The expression at `at`."""
        self.check_depth(at)
        if not isinstance(node, dict):
            self.wrong_type(node, "an expression", at)
            return NOTHING
        match node.get("nodeType"):
            case "fnApply" if "function" not in node or "fnName" in node:
                return self._call(node, at)
            case "fieldLookup":
                return self._path(node, at)
            case "literal":
                return read_literal(self, node, at)
            case "parameterReference":
                position = node.get("position")
                usual = len(node) == 2 and position.__class__ is int and position == 1
                if usual or self.fits(node, shapes.PARAMETER_REFERENCE, at):
                    return ast.ParameterReference(node["position"])
            case "varRef":
                if self.fits(node, shapes.VAR_REF, at):
                    name = node["varName"]
                    level = self.scope.get(name)
                    return ast.ItemReference(self.items - level) if level else ast.VariableReference(name)
            case "select" | "set" | "quantification" | "occurs" | "chain" | "fnApply":
                return self._composite(node, at)
            case "lambda" | "fnCreate":
                return self.function(node, at, item=False)
            case "list":
                return self._list(node, at)
            case "object":
                return self._object(node, at)
            case "let":
                return self._let(node, at)
            case str() as kind if kind not in shapes.NODE_TYPES:
                return self.opaque(node, at)
            case kind:
                self.check_kind(node, kind, "an expression", at)
        return NOTHING

    def _call(self, node: dict[str, Any], at: Spot) -> Expr:
        name: Any = node.get("fnName")
        params: Any = node.get("params")
        if len(node) != 3 or name.__class__ is not str or params.__class__ is not list:
            if name in ("some", "all") and ("varName" in node or "range" in node):
                return read_old_quantification(self, node, at)
            if not self.fits(node, shapes.FN_APPLY, at):
                return self.rest(node, shapes.FN_APPLY, at)
        spelling = None
        if name not in KNOWN_FUNCTIONS:
            operator = OPERATOR_NAMES.get(name.lower(), name)
            if operator != name:
                name, spelling = operator, f"fnName:{name}"
        depth = at[3] + 1
        arguments = []
        for index, param in enumerate(params):
            if index == 1 and name in ITEM_FUNCTIONS and is_function(param):
                arguments.append(self.function(param, (at, "params", 1, depth), item=True))
            else:
                arguments.append(self.expr(param, (at, "params", index, depth)))
        return ast.FunctionCall(name, tuple(arguments), spelling=spelling)

    def _path(self, node: dict[str, Any], at: Spot) -> Expr:
        """A chain of field lookups, without recursion."""
        names: list[str] = []
        tree: Expr
        while True:
            name = node.get("fieldName")
            usual = len(node) == 3 and name.__class__ is str and "object" in node
            if not usual and not self.fits(node, shapes.FIELD_LOOKUP, at):
                return self.rest(node, shapes.FIELD_LOOKUP, at)
            names.append(node["fieldName"])
            at = (at, "object", -1, at[3] + 1)
            self.check_depth(at)
            if "object" not in node:
                tree = ast.ParameterReference(1, spelling="absent")
                break
            node = node["object"]
            if not isinstance(node, dict) or node.get("nodeType") != "fieldLookup":
                tree = self.expr(node, at)
                break
        for name in reversed(names):
            tree = ast.FieldLookup(tree, name)
        return tree

    def _list(self, node: dict[str, Any], at: Spot) -> Expr:
        if not self.fits(node, shapes.LIST, at):
            return self.rest(node, shapes.LIST, at)
        return ast.ListLiteral(self.exprs(node["items"], (at, "items", -1, at[3] + 1)), spelling="list")

    def exprs(self, nodes: list[Any], at: Spot) -> tuple[Expr, ...]:
        """The expressions of the list at `at`."""
        expressions = []
        for index, node in enumerate(nodes):
            expressions.append(self.expr(node, (at, None, index, at[3])))
        return tuple(expressions)

    def _object(self, node: dict[str, Any], at: Spot) -> Expr:
        if not self.fits(node, shapes.OBJECT, at):
            return self.rest(node, shapes.OBJECT, at)
        return ast.ObjectLiteral(self._properties(node["properties"], (at, "properties", -1, at[3] + 1)))

    def _properties(self, parts: list[Any], at: Spot) -> tuple[ast.Property, ...]:
        properties: dict[str, ast.Property] = {}
        for index, part in enumerate(parts):
            spot: Spot = (at, None, index, at[3])
            if not isinstance(part, dict):
                self.wrong_type(part, "a property", spot)
            elif not self.fits(part, shapes.PROPERTY, spot):
                self.rest(part, shapes.PROPERTY, spot)
            else:
                name = part["name"]
                if name in properties:
                    message = f"the object has the property {excerpt(name)} twice"
                    self.fault("PQL034", message, (spot, "name", -1, 0))
                value = self.expr(part["value"], (spot, "value", -1, at[3] + 1))
                properties[name] = self.placed(ast.Property(name, value), spot)
        return tuple(properties.values())

    # Binders.

    def function(self, node: dict[str, Any], at: Spot, *, item: bool) -> Expr:
        """A `lambda` or `fnCreate`; with one parameter, and where an item scope can stand, that."""
        self.check_depth(at)
        old = node["nodeType"] == "fnCreate"
        shape = shapes.FN_CREATE if old else shapes.LAMBDA
        if not self.fits(node, shape, at):
            return self.rest(node, shape, at)
        names = self._parameters(node["params"], (at, "params", -1, 0)) if old else node["varNames"]
        item = item and len(names) == 1
        scope = self.scope
        self.items += item
        self.scope = {**scope, **dict.fromkeys(names, self.items if item else 0)}
        body = self.expr(node["body"], (at, "body", -1, at[3] + 1))
        self.scope = scope
        self.items -= item
        spelling = "fnCreate" if old else None
        if item:
            return self.placed(ast.ItemLambda(body, names[0], spelling=spelling), at)
        return self.placed(ast.Lambda(tuple(names), body, spelling=spelling), at)

    def _parameters(self, params: list[Any], at: Spot) -> list[str]:
        names = []
        for index, param in enumerate(params):
            spot: Spot = (at, None, index, 0)
            if not isinstance(param, dict):
                self.wrong_type(param, "a parameter", spot)
            elif self.fits(param, shapes.PARAMETER, spot):
                names.append(param["varName"])
        return names

    def item_scope(self, node: Any, at: Spot) -> ast.ItemLambda:
        """The lambda of one parameter that must stand here."""
        if self.is_part(node, at, "lambda", "fnCreate"):
            function = self.function(node, at, item=True)
            if isinstance(function, ast.ItemLambda):
                return function
            if isinstance(function, ast.Lambda):
                self.fault("PQL034", f"this lambda has {len(function.parameters)} parameters, not one", at)
        return ast.ItemLambda(NOTHING)

    def _let(self, node: dict[str, Any], at: Spot) -> Expr:
        if not self.fits(node, shapes.LET, at):
            return self.rest(node, shapes.LET, at)
        name, depth = node["varName"], at[3] + 1
        value = self.expr(node["value"], (at, "value", -1, depth))
        scope = self.scope
        self.scope = {**scope, name: 0}
        body = self.expr(node["body"], (at, "body", -1, depth))
        self.scope = scope
        return ast.Let(name, value, body)

    def _composite(self, node: dict[str, Any], at: Spot) -> Expr:
        """A node that has parts; opaque as a whole if a part is of unknown kind."""
        scope, items, before = self.scope, self.items, len(self.faults)
        try:
            return _COMPOSITES[node["nodeType"]](self, node, at)
        except Unknown:
            del self.faults[before:]
            return self.opaque(node, at)
        finally:
            self.scope, self.items = scope, items

    def rest(self, node: dict[str, Any], shape: Shape, at: Spot) -> Expr:
        """Read what is inside of a faulty node, for its faults only."""
        scope = self.scope
        for key in shape.keys:
            if key.name in node:
                self._visit(node[key.name], key.kind, (at, key.name, -1, at[3] + 1))
        self.scope = scope
        return NOTHING

    def _visit(self, value: Any, kind: str, at: Spot) -> None:
        match kind:
            case "node" | "lambda":
                self.expr(value, at)
            case "scope":
                self.item_scope(value, at)
            case "nodes" | "one" | "optional" if isinstance(value, list):
                self.exprs(value, at)
            case "declaration+" | "member+" if isinstance(value, list):
                read_members(self, value, at, conditions=kind == "member+")
            case "property*" if isinstance(value, list):
                self._properties(value, at)
            case "element*" if isinstance(value, list):
                read_elements(self, value, at)
            case "time":
                read_time(self, value, at)
            case "timeQualification":
                read_qualification(self, value, at)
            case "duration":
                read_duration(self, value, at)
            case "when":
                read_when(self, value, at)
            case "count":
                read_count(self, value, at)
            case "parameter+" if isinstance(value, list):
                self._parameters(value, at)
            case "raws" | "raw" if isinstance(value, list):
                read_raw(self, value, at)
            case _ if kind.startswith("literal:"):
                read_word(self, value, at, kind.removeprefix("literal:"))


def is_function(node: object) -> bool:
    """Whether the node is a lambda, by today's name or the old one."""
    return isinstance(node, dict) and node.get("nodeType") in ("lambda", "fnCreate")


_COMPOSITES = {
    "fnApply": read_old_filter,
    "select": read_select,
    "set": read_select,
    "quantification": read_quantification,
    "occurs": read_occurs,
    "chain": read_chain,
}
