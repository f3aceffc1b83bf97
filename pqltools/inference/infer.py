"""Of which type is each part of an expression?  One walk over the tree, from schema and function signatures.

The walk never fails: what cannot be typed is `ANY`, which fits everywhere, so that one fault gives one message. What is
wrong is recorded in `Typing` for the rules to report. Scopes follow semantics.md: variables by name, item scopes
by distance, chain elements as variables of the later ones.
"""

from __future__ import annotations

from pqltools.functions.registry import function as find_function
from pqltools.inference.typing import Typing
from pqltools.syntax import ast
from pqltools.syntax.walk import unshared
from pqltools.types.model import (
    ANY,
    BOOLEAN,
    DATE,
    DOUBLE,
    INTEGER,
    NULL,
    STRING,
    TIMESTAMP,
    ArrayType,
    MapType,
    ObjectType,
    PlainObject,
    TupleType,
    common,
    item_type,
)
from pqltools.types.signature import bind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from pqltools.syntax.ast import Expr, Node
    from pqltools.types.model import Type

#: Functions whose arguments stand in a Boolean position; of `if` it is the first one.
_CONNECTIVES = frozenset(("and", "or", "not"))
#: Item functions whose argument is a condition.
_FILTERS = frozenset(("exists", "filter", "count"))
_LITERALS: dict[type, Type] = {
    ast.StringLiteral: STRING,
    ast.IntegerLiteral: INTEGER,
    ast.DoubleLiteral: DOUBLE,
    ast.BooleanLiteral: BOOLEAN,
    ast.NullLiteral: NULL,
}


def infer(tree: Expr, profile: Type) -> Typing:
    """The types of all nodes of `tree`, whose first parameter is of the type `profile`."""
    inference = _Inference(profile)
    inference.root(tree)
    return inference.typing


def inferred(tree: Expr, profile: Type) -> tuple[Expr, Typing]:
    """A tree with the types of its nodes: `tree` itself, unless it holds a node in two places; then a copy."""
    typing = infer(tree, profile)
    if len(typing.nodes) > len(typing.parents) + 1:
        tree = unshared(tree)
        typing = infer(tree, profile)
    return tree, typing


class _Inference:
    """One walk. A level of the tree takes two frames of the stack, `visit` and a visitor, so that any tree fits."""

    def __init__(self, profile: Type) -> None:
        self.typing = Typing()
        self.types = self.typing.types
        self.nodes = self.typing.nodes
        self.parents = self.typing.parents
        self.conditions = self.typing.conditions
        self.profile = profile
        self.variables: dict[str, Type] = {}
        #: The types of the items of the enclosing item scopes, the innermost last.
        self.items: list[Type] = []

    def root(self, tree: Expr) -> None:
        """The whole expression. The parameters of a lambda are those of the expression."""
        self.conditions.add(id(tree))
        if isinstance(tree, ast.Lambda):
            self.nodes.append(tree)
            self.conditions.add(id(tree.body))
            self.types[id(tree)] = self.lambda_(tree, (self.profile,))
        else:
            self.visit(tree)

    def visit(self, node: Expr) -> Type:
        """The type of `node`, which is stored; its parent has been."""
        self.nodes.append(node)
        cls = node.__class__
        found = _LITERALS.get(cls)
        if found is None:
            found = _VISITORS[cls](self, node)
        self.types[id(node)] = found
        return found

    def part(self, node: Node, parent: Node) -> None:
        """Note a node that is no expression."""
        self.nodes.append(node)
        self.parents[id(node)] = parent

    # Literals and references.

    def timestamp(self, node: ast.TimestampLiteral) -> Type:
        return TIMESTAMP if node.value == "now" else DATE

    def list_literal(self, node: ast.ListLiteral) -> Type:
        types = []
        for item in node.items:
            self.parents[id(item)] = node
            types.append(self.visit(item))
        return ArrayType(common(types))

    def object_literal(self, node: ast.ObjectLiteral) -> Type:
        members = {}
        for part in node.properties:
            self.part(part, node)
            self.parents[id(part.value)] = part
            members[part.name] = self.visit(part.value)
        return PlainObject(members)

    def parameter(self, node: ast.ParameterReference) -> Type:
        return self.profile if node.position == 1 else ANY

    def variable(self, node: ast.VariableReference) -> Type:
        return self.variables.get(node.name, ANY)

    def item(self, node: ast.ItemReference) -> Type:
        return self.items[-1 - node.distance] if node.distance < len(self.items) else ANY

    def field(self, node: ast.FieldLookup) -> Type:
        object = node.object
        if object.__class__ is ast.ParameterReference and id(object) in self.types:
            # The parser has one node for all roots that are not written.
            return self.step(self.types[id(object)], node, node.name)
        self.parents[id(object)] = node
        return self.step(self.visit(object), node, node.name)

    def step(self, type: Type, node: Expr, name: str) -> Type:
        """The type of the field `name` of a value of `type`, at which `node` asks for it."""
        if isinstance(type, ObjectType):
            member = type.member(name[4:] if name.startswith("xdm:") else name)
            if member is not None:
                self.typing.members[id(node)] = member
                return member.type
            if type.open:
                return ANY
        elif type is ANY or type is NULL:
            return type
        elif isinstance(type, ArrayType):
            found = self.step(type.item, node, name)
            return found if isinstance(found, ArrayType) or found is ANY else ArrayType(found)
        elif isinstance(type, MapType):
            self.typing.map_dots.add(id(node))
            return type.value
        elif isinstance(type, TupleType):
            return ANY
        self.typing.missing[id(node)] = type
        return ANY

    def unknown(self, node: Expr) -> Type:
        return ANY

    # Calls.

    def call(self, node: ast.FunctionCall) -> Type:
        name = node.function
        self.mark_conditions(name, node)
        types: list[Type] = []
        for argument in node.arguments:
            self.parents[id(argument)] = node
            cls = argument.__class__
            scoped = cls is ast.ItemLambda or cls is ast.Lambda
            types.append(self.scope(argument, types) if scoped else self.visit(argument))
        if name == "get" and len(types) == 2 and isinstance(types[0], ObjectType):
            key = node.arguments[1]
            if isinstance(key, ast.StringLiteral):
                # Where the builder does not know a map's value it writes `["status"]` for `.status`.
                return self.step(types[0], node, key.value)
        entry = find_function(name)
        if entry is None:
            return ANY
        binding = bind(entry.signature, types)
        self.typing.calls[id(node)] = binding
        self.typing.functions[id(node)] = entry
        return binding.result

    def mark_conditions(self, name: str, node: ast.FunctionCall) -> None:
        """Note which arguments stand in a Boolean position."""
        if name in _CONNECTIVES:
            self.conditions.update(map(id, node.arguments))
        elif name == "if" and node.arguments:
            self.conditions.add(id(node.arguments[0]))
            if id(node) in self.conditions:
                self.conditions.update(map(id, node.arguments[1:]))
        elif name in _FILTERS and len(node.arguments) > 1:
            scope = node.arguments[1]
            if isinstance(scope, ast.ItemLambda | ast.Lambda):
                self.conditions.add(id(scope.body))

    def scope(self, node: Any, before: list[Type]) -> Type:
        """The type of the body of a lambda argument; its parameters range over the receiver's items."""
        self.nodes.append(node)
        over = before[0] if before else ANY
        if isinstance(node, ast.ItemLambda):
            return self.item_scope(node, item_type(over))
        found = self.types[id(node)] = self.lambda_(node, parameter_types(over))
        return found

    def item_scope(self, node: ast.ItemLambda, item: Type = ANY) -> Type:
        """The type of the body of an item scope over items of type `item`."""
        self.parents[id(node.body)] = node
        self.items.append(item)
        found = self.types[id(node)] = self.visit(node.body)
        self.items.pop()
        return found

    def lambda_(self, node: ast.Lambda, types: Iterable[Type] = ()) -> Type:
        """The type of the body of a lambda whose first parameters have these types."""
        outer = self.variables
        known = zip(node.parameters, types, strict=False)
        self.variables = {**outer, **dict.fromkeys(node.parameters, ANY), **dict(known)}
        self.parents[id(node.body)] = node
        found = self.visit(node.body)
        self.variables = outer
        return found

    # Binders.

    def clauses(self, node: ast.Select | ast.Quantification) -> Type:
        """The item types of the variables, each visible in its own condition and to the right; and what they make."""
        outer = self.variables
        items = []
        for clause in node.variables:
            self.part(clause, node)
            self.parents[id(clause.source)] = clause
            item = item_type(self.visit(clause.source))
            self.variables = {**self.variables, clause.name: item}
            if clause.condition is not None:
                self.conditions.add(id(clause.condition))
                self.parents[id(clause.condition)] = clause
                self.visit(clause.condition)
            items.append(item)
        self.variables = outer
        if node.__class__ is ast.Quantification:
            return BOOLEAN
        return ArrayType(items[0] if len(items) == 1 else TupleType(tuple(items)))

    def let(self, node: ast.Let) -> Type:
        self.parents[id(node.value)] = self.parents[id(node.body)] = node
        value = self.visit(node.value)
        if id(node) in self.conditions:
            self.conditions.add(id(node.body))
        outer = self.variables
        self.variables = {**outer, node.name: value}
        found = self.visit(node.body)
        self.variables = outer
        return found

    # Time and sequences.

    def occurs(self, node: ast.Occurs) -> Type:
        self.parents[id(node.timestamp)] = node
        self.visit(node.timestamp)
        self.window(node.window, node)
        return BOOLEAN

    def window(self, node: ast.TimeWindow, parent: Node) -> None:
        self.part(node, parent)
        for time in (node.time, node.end):
            if isinstance(time, ast.TimeInterval):
                self.part(time, node)
                self.types[id(time)] = DATE
            elif time is not None:
                self.parents[id(time)] = node
                self.visit(time)
        if node.qualification is not None:
            self.part(node.qualification, node)

    def chain(self, node: ast.Chain) -> Type:
        self.parents[id(node.array)] = node
        item = item_type(self.visit(node.array))
        self.part(node.timestamp_field, node)
        self.item_scope(node.timestamp_field, item)
        outer = self.variables
        for element in node.elements:
            self.part(element, node)
            self.element(element, item)
            self.variables = {**self.variables, element.name: item}
        self.variables = outer
        return BOOLEAN

    def element(self, node: ast.ChainElement, item: Type) -> None:
        for scope in (node.what, node.where):
            if scope is not None:
                self.part(scope, node)
                self.conditions.add(id(scope.body))
                self.item_scope(scope, item)
        if node.when is not None:
            self.window(node.when, node)
        if node.count is not None:
            self.part(node.count, node)
            self.parents[id(node.count.value)] = node.count
            self.visit(node.count.value)


def parameter_types(over: Type) -> tuple[Type, ...]:
    """What the parameters of a lambda range over: keys and values of a map, the parts of a tuple, else items."""
    if isinstance(over, MapType):
        return STRING, over.value
    item = item_type(over)
    return item.items if isinstance(item, TupleType) else (item,)


_VISITORS: dict[type, Callable[[_Inference, Any], Type]] = {
    ast.TimestampLiteral: _Inference.timestamp,
    ast.ListLiteral: _Inference.list_literal,
    ast.ObjectLiteral: _Inference.object_literal,
    ast.ParameterReference: _Inference.parameter,
    ast.VariableReference: _Inference.variable,
    ast.ItemReference: _Inference.item,
    ast.ModelReference: _Inference.unknown,
    ast.FieldLookup: _Inference.field,
    ast.FunctionCall: _Inference.call,
    ast.Lambda: _Inference.lambda_,
    ast.ItemLambda: _Inference.item_scope,
    ast.Select: _Inference.clauses,
    ast.Quantification: _Inference.clauses,
    ast.Let: _Inference.let,
    ast.Occurs: _Inference.occurs,
    ast.Chain: _Inference.chain,
    ast.Opaque: _Inference.unknown,
    ast.Hole: _Inference.unknown,
}
