"""Which variables does this node declare?  Reads `select`, `set`, `quantification` and the old forms of `fnApply`."""

from __future__ import annotations

from pqltools.formats import json_nodes as shapes
from pqltools.formats.json_checks import NOTHING
from pqltools.records import TYPE_CHECKING
from pqltools.syntax import ast

if TYPE_CHECKING:
    from typing import Any

    from pqltools.formats.json_faults import Spot
    from pqltools.formats.json_reader import Reader
    from pqltools.syntax.ast import Expr


def read_old_filter(reader: Reader, node: dict[str, Any], at: Spot) -> Expr:
    """An `fnApply` with the key `function`."""
    if not reader.fits(node, shapes.FN_APPLY_FUNCTION, at):
        return reader.rest(node, shapes.FN_APPLY_FUNCTION, at)
    depth = at[3] + 1
    array = reader.expr(node["params"][0], (at, "params", 0, depth))
    function: Expr = NOTHING
    if reader.is_part(node["function"], (at, "function", -1, depth), "fnCreate", "lambda"):
        function = reader.function(node["function"], (at, "function", -1, depth), item=True)
    return ast.FunctionCall("filter", (array, function), spelling="function-key")


def read_old_quantification(reader: Reader, node: dict[str, Any], at: Spot) -> Expr:
    """An `fnApply` with the keys `varName` and `range`."""
    if not reader.fits(node, shapes.FN_APPLY_QUANTIFIER, at):
        return reader.rest(node, shapes.FN_APPLY_QUANTIFIER, at)
    name, scope, depth = node["varName"], reader.scope, at[3] + 2
    source = reader.expr(node["range"], (at, "range", -1, depth))
    reader.scope = {**scope, name: 0}
    conditions = reader.exprs(node["params"], (at, "params", -1, depth))
    reader.scope = scope
    declaration = ast.VariableDeclaration(name, source, conditions[0] if conditions else None)
    return ast.Quantification(node["fnName"], (reader.placed(declaration, at),), spelling="fnApply")


def read_select(reader: Reader, node: dict[str, Any], at: Spot) -> Expr:
    """A `select` or, of declarations only, a `set`."""
    old = node["nodeType"] == "set"
    shape = shapes.SET if old else shapes.SELECT
    if not reader.fits(node, shape, at):
        return reader.rest(node, shape, at)
    members = read_members(reader, node["variables"], (at, "variables", -1, at[3] + 1), conditions=old)
    declared = tuple(member for member in members if isinstance(member, ast.VariableDeclaration))
    if len(declared) < len(members):
        return reader.opaque(node, at)
    return ast.Select(declared, spelling="set" if old else None)


def read_quantification(reader: Reader, node: dict[str, Any], at: Spot) -> Expr:
    """A `quantification`."""
    if not reader.fits(node, shapes.QUANTIFICATION, at):
        return reader.rest(node, shapes.QUANTIFICATION, at)
    members = read_members(reader, node["variables"], (at, "variables", -1, at[3] + 1), conditions=False)
    declared = tuple(member for member in members if isinstance(member, ast.VariableDeclaration))
    return ast.Quantification(node["quantifier"], declared)


def read_members(
    reader: Reader, nodes: list[Any], at: Spot, *, conditions: bool
) -> list[ast.VariableDeclaration | Expr]:
    """The declarations in the list at `at`, each of which sees those before; plain conditions if there may be."""
    found: list[ast.VariableDeclaration | Expr] = []
    for index, node in enumerate(nodes):
        spot: Spot = (at, None, index, at[3])
        if conditions and isinstance(node, dict) and node.get("nodeType") != "varDecl":
            found.append(reader.expr(node, spot))
        elif reader.is_part(node, spot, "varDecl"):
            found.append(_declaration(reader, node, spot))
    return found


def _declaration(reader: Reader, node: dict[str, Any], at: Spot) -> ast.VariableDeclaration:
    old = "range" in node and "from" not in node
    shape, key = (shapes.VAR_DECL_RANGE, "range") if old else (shapes.VAR_DECL, "from")
    if not reader.fits(node, shape, at):
        reader.rest(node, shape, at)
        return ast.VariableDeclaration("", NOTHING)
    name, depth = node["varName"], at[3] + 1
    source = reader.expr(node[key], (at, key, -1, depth))
    reader.scope = {**reader.scope, name: 0}
    condition = reader.expr(node["where"], (at, "where", -1, depth)) if "where" in node else None
    declaration = ast.VariableDeclaration(name, source, condition, spelling="range" if old else None)
    return reader.placed(declaration, at)
