"""Are the generated trees what they promise?  The laws are worth as much as their strategies."""

from __future__ import annotations

from typing import get_args

from hypothesis import given

from pqltools.syntax import ast
from pqltools.syntax import operators as ops
from pqltools.syntax.ast import (
    Chain,
    FunctionCall,
    ItemLambda,
    ItemReference,
    Lambda,
    Let,
    Node,
    ParameterReference,
    Quantification,
    Select,
    TimeWindow,
    VariableReference,
)
from pqltools.syntax.walk import children, depth, walk
from strategies import Scope, expressions, json_only_expressions


@given(expressions())
def test_scopes_of_text_trees_are_in_order(tree: ast.Expr) -> None:
    assert scope_faults(tree) == []


@given(json_only_expressions())
def test_trees_stay_far_from_the_depth_limit(tree: ast.Expr) -> None:
    assert depth(tree) < 150


def test_every_kind_of_node_occurs() -> None:
    """All kinds and the awkward combinations turn up in one ordinary run."""
    seen: set[object] = set()

    @given(json_only_expressions())
    def collect(tree: ast.Expr) -> None:
        for node in walk(tree):
            seen.add(type(node))
            if any(bound(node) & bound(inner) for child in children(node) for inner in walk(child)):
                seen.add("shadowing")
            if isinstance(node, ItemLambda) and ParameterReference(1) in walk(node.body):
                seen.add("profile in an item scope")
            if isinstance(node, ItemReference) and node.distance:
                seen.add("outer item")

    collect()
    parts = {ast.Property, ast.TimeInterval, ast.TimeQualification, ast.ElementCount, ast.ChainElement}
    combinations = {"shadowing", "profile in an item scope", "outer item"}
    assert {*get_args(ast.Expr), *parts, *combinations} - {ast.Hole} <= seen


def bound(node: Node) -> set[str]:
    match node:
        case Let(name):
            return {name}
        case Select(variables) | Quantification(_, variables):
            return {declared.name for declared in variables}
        case Lambda(parameters):
            return {*parameters}
        case _:
            return set()


def scope_faults(tree: Node) -> list[str]:
    """What is wrong with the scopes of a text tree, written apart from the generator in order to test it."""
    faults: list[str] = []
    _check(tree, Scope(), faults)
    return faults


def _check(node: Node, scope: Scope, faults: list[str]) -> None:
    match node:
        case VariableReference(name) if name not in scope.variables:
            faults.append(f"unbound {name!r}")
        case ItemReference(distance) if distance >= scope.items:
            faults.append(f"item {distance} of {scope.items}")
        case FunctionCall(function, (_, Lambda(parameters=(_,)), *_)) if function in ops.ITEM_FUNCTIONS:
            faults.append(f"one-parameter lambda in {function}")
        case TimeWindow(relation, _, end, qualification):
            if (end is not None) != (relation == "between") or (qualification and relation in ("within", "between")):
                faults.append(f"window {relation}")
        case _:
            pass
    match node:
        case Select(variables) | Quantification(_, variables):
            for declared in variables:
                _check(declared.source, scope, faults)
                scope = scope.bind(declared.name)
                if declared.condition is not None:
                    _check(declared.condition, scope, faults)
        case Let(name, value, body):
            _check(value, scope, faults)
            _check(body, scope.bind(name), faults)
        case Lambda(parameters, body):
            _check(body, scope.bind(*parameters), faults)
        case ItemLambda(body):
            _check(body, scope.item(), faults)
        case Chain(array, moment, elements):
            _check(array, scope, faults)
            _check(moment, scope, faults)
            for element in elements:
                for child in children(element):
                    _check(child, scope, faults)
                scope = scope.bind(element.name)
        case _:
            for child in children(node):
                _check(child, scope, faults)
