"""How does each node become a Python expression?  `Compiler.value` for its value, `Compiler.test` for its truth.

Both look the node up by class; calls are looked up by the name of the function. The tables are filled by the modules
beside this one (`calls`, `comparing`, `loops`, `sequences`, `windows`).
"""

from __future__ import annotations

from pqltools.evaluation.compiled import paths, python
from pqltools.evaluation.compiled.closed import closed_loops, shared_sources
from pqltools.evaluation.compiled.constants import NOT_CONSTANT, constant_of
from pqltools.evaluation.compiled.frames import MODELS, MORE, PROFILE, Frame, Unit
from pqltools.evaluation.runtime.comparisons import items, truth
from pqltools.evaluation.structs import struct_items
from pqltools.evaluation.values import holds_times
from pqltools.records import Record, record, replace
from pqltools.syntax import ast
from pqltools.syntax.walk import walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast as py
    from collections.abc import Callable, Mapping
    from typing import Any

    from pqltools.evaluation.program import Program
    from pqltools.syntax.ast import Expr

#: Functions whose value is a boolean, so that it needs no test of its truth.
BOOLEAN = frozenset(
    """and or not = != < <= > >= like startsWith doesNotStartWith endsWith doesNotEndWith contains doesNotContain equals
    notEqualTo matches in notIn intersects subsetOf supersetOf includes exists isNull isNotNull inSegment""".split()
)


@record
class Scope(Record):
    """Which Python variables hold the variables of PQL, and the items of the enclosing item scopes.

    `moments` are the elements of a chain by name, with the variable that holds the instant of their event.
    """

    variables: Mapping[str, str] = {}
    items: tuple[str, ...] = ()
    moments: Mapping[str, str] = {}

    def bind(self, name: str, word: str) -> Scope:
        """The scope in which a variable of PQL is held by `word`."""
        moments = {other: moment for other, moment in self.moments.items() if other != name}
        return replace(self, variables={**self.variables, name: word}, moments=moments)

    def bind_moment(self, name: str, word: str, moment: str) -> Scope:
        """The scope in which an element of a chain is held by `word`, and its instant by `moment`."""
        return replace(self, variables={**self.variables, name: word}, moments={**self.moments, name: moment})

    def item(self, word: str) -> Scope:
        """The scope inside an item scope whose item is held by `word`."""
        return replace(self, items=(*self.items, word))


#: The instances of other models where none are given.
NOTHING: dict[str, Any] = {}


def made_object(unit: Unit) -> py.stmt:
    """The statement that makes an object of a profile of another class than dict: what is none has no fields."""
    profile = python.name(PROFILE)
    is_other = python.negation(python.is_class(profile, "dict"))
    return python.when(is_other, python.assign(PROFILE, unit.call(_as_object, profile)))


def _as_object(profile: Any) -> dict[str, Any]:
    return dict(profile) if isinstance(profile, dict) else {}


class Compiler:
    """Compiles one program into a unit, which several may share."""

    def __init__(self, unit: Unit, program: Program, segments: dict[str, str] | None = None) -> None:
        self.unit = unit
        self.program = program
        #: The functions that are being built, from the whole program inward.
        self.frames = [Frame(outermost=True)]
        self.closed = closed_loops(program.tree, program.parameters)
        self.shared = shared_sources(program.tree, self.closed)
        #: The scope of the whole program.
        self.scope = Scope()
        #: Whether a map may be made of entries somewhere, so that the result of `map` may be none of items.
        self.has_entries = any(
            isinstance(node, ast.FunctionCall) and node.function == "mapEntry" for node in walk(program.tree)
        )
        #: The functions of segments by their ids.
        self.segments: dict[str, str] = {} if segments is None else segments

    @property
    def frame(self) -> Frame:
        """The function that is being built."""
        return self.frames[-1]

    def outermost(self, word: str, *, as_condition: bool) -> None:
        """Define the function of the whole program. Whatever is no object has no fields."""
        for position, name in enumerate(self.program.parameters):
            self.scope = self.scope.bind(name, self.parameter(position))
        build = self.test if as_condition else self.value
        result = build(self.program.body, self.scope)
        body = [made_object(self.unit), *self.frame.start, python.returned(result)]
        defaults: list[py.expr] = [self.unit.constant(()), self.unit.constant(NOTHING)]
        self.unit.define(body, word=word, parameters=[PROFILE, MORE, MODELS], defaults=defaults)

    def parameter(self, position: int) -> str:
        """The variable that holds ``$1``, ``$2``, …, counted from 0."""
        if position == 0:
            return PROFILE
        path = (MORE, (("parameter", str(position)),))
        word = self.frame.fetched(path)
        if word is None:
            word = self.unit.fresh("v")
            given = python.call("len", python.name(MORE))
            place = python.constant(position - 1)
            found = python.index(python.name(MORE), place)
            is_given = python.compare(given, ">", place)
            self.frame.start.append(python.assign(word, python.choice(is_given, found, python.NONE)))
            self.frame.note_ahead(path, word)
        return word

    def items(self, value: py.expr) -> py.expr:
        """The items of an array, of a map, or of nothing, to loop over."""
        first, again = self.bound(value)
        rest = self.unit.call(items if self.unit.structs is None else struct_items, again)
        return python.choice(python.is_class(first, "list"), again, rest)

    # Expressions.

    def value(self, node: Expr, scope: Scope) -> py.expr:
        """The Python expression of the value of `node`."""
        known = constant_of(node, self.program.now)
        if known is not NOT_CONSTANT:
            return self.unit.constant(known)
        if len(self.frames) > 1 and id(node) in self.closed:
            return self.ahead(node)
        return _VALUES[node.__class__](self, node, scope)

    def ahead(self, node: Expr) -> py.expr:
        """A value that is the same for all items, computed before the outermost loop around it."""
        inner = self.frames
        self.frames = inner[:1] if inner[1].per_item else inner[:2]
        try:
            word = self.frame.computed.get(node)
            if word is None:
                word = self.frame.computed[node] = self.unit.fresh("v")
                value = _VALUES[node.__class__](self, node, self.scope)
                self.frame.start.append(python.assign(word, value))
            return python.name(word)
        finally:
            self.frames = inner

    def test(self, node: Expr, scope: Scope) -> py.expr:
        """The Python expression, a boolean, of whether `node` holds in a Boolean position."""
        known = constant_of(node, self.program.now)
        if known is not NOT_CONSTANT:
            return python.constant(truth(known))
        if isinstance(node, ast.FunctionCall):
            compiled = TESTS.get(node.function)
            if compiled is not None:
                return compiled(self, node, scope)
            if node.function in BOOLEAN:
                return self.value(node, scope)
        elif isinstance(node, ast.Quantification | ast.Occurs | ast.Chain):
            return self.value(node, scope)
        elif isinstance(node, ast.Let):
            return self.let(node, scope, self.test)
        return self.truth(self.value(node, scope))

    def truth(self, value: py.expr) -> py.expr:
        """Whether a value holds in a Boolean position."""
        first, again = self.bound(value)
        return python.every(
            python.is_given(first),
            python.compare(again, "is not", python.FALSE),
            python.some(python.compare(again, "is", python.TRUE), self.unit.call(truth, again)),
        )

    def bound(self, value: py.expr) -> tuple[py.expr, py.expr]:
        """A value at its first use, where it is computed, and at all further ones.

        A constant gets a variable as well: Python warns of what is written out and makes no sense for its class.
        """
        import ast as py

        if isinstance(value, py.Name):
            return value, value
        if isinstance(value, py.NamedExpr):
            return value, python.name(value.target.id)
        word = self.unit.fresh("v")
        return python.assigned(word, value), python.name(word)

    def held(self, value: py.expr) -> tuple[list[py.stmt], str]:
        """The statements that put a value into a variable, and the variable."""
        import ast as py

        if isinstance(value, py.Name):
            return [], value.id
        word = self.unit.fresh("v")
        return [python.assign(word, value)], word

    def has_times(self, *nodes: Expr) -> bool:
        """Whether the schema takes one of the nodes for times."""
        return any(holds_times(self.program.type(node)) for node in nodes)

    # Functions.

    def function(self, build: Callable[[], list[py.stmt]]) -> py.Call:
        """Define a function of its own for statements that end in `return`, and give its call."""
        frame = Frame()
        self.frames.append(frame)
        try:
            body = build()
            return self.unit.define([*frame.start, *body])
        finally:
            self.frames.pop()

    # Nodes.

    def list_literal(self, node: ast.ListLiteral, scope: Scope) -> py.expr:
        return python.array([self.value(item, scope) for item in node.items])

    def object_literal(self, node: ast.ObjectLiteral, scope: Scope) -> py.expr:
        import ast as py

        names: list[py.expr | None] = [python.constant(part.name) for part in node.properties]
        return py.Dict(names, [self.value(part.value, scope) for part in node.properties])

    def parameter_reference(self, node: ast.ParameterReference, scope: Scope) -> py.expr:
        return python.name(self.parameter(node.position - 1))

    def variable(self, node: ast.VariableReference, scope: Scope) -> py.expr:
        return python.name(scope.variables[node.name])

    def item(self, node: ast.ItemReference, scope: Scope) -> py.expr:
        return python.name(scope.items[-1 - node.distance])

    def model(self, node: ast.ModelReference, scope: Scope) -> py.expr:
        return python.method(python.name(MODELS), "get", python.constant(node.reference))

    def field_lookup(self, node: ast.FieldLookup, scope: Scope) -> py.expr:
        return paths.path(self, node, scope)

    def call(self, node: ast.FunctionCall, scope: Scope) -> py.expr:
        members = self.shared.get(id(node))
        if members is not None:
            from pqltools.evaluation.compiled import shared  # which needs this module

            return shared.aggregate(self, node, members, scope)
        return CALLS[node.function](self, node, scope)

    def let_value(self, node: ast.Let, scope: Scope) -> py.expr:
        return self.let(node, scope, self.value)

    def let(self, node: ast.Let, scope: Scope, build: Callable[[Expr, Scope], py.expr]) -> py.expr:
        """The body, with the value of the variable computed before it."""
        import ast as py

        value = self.value(node.value, scope)
        if isinstance(value, py.Name):
            return build(node.body, scope.bind(node.name, value.id))
        word = self.unit.fresh("v")
        self.frame.own.add(word)
        body = build(node.body, scope.bind(node.name, word))
        return python.sequence(python.assigned(word, value), body)


#: How a call becomes a value, and those that become a truth otherwise, by the name of the function.
CALLS: dict[str, Callable[[Compiler, ast.FunctionCall, Scope], py.expr]] = {}
TESTS: dict[str, Callable[[Compiler, ast.FunctionCall, Scope], py.expr]] = {}
_VALUES: dict[type, Callable[[Compiler, Any, Scope], py.expr]] = {
    ast.ListLiteral: Compiler.list_literal,
    ast.ObjectLiteral: Compiler.object_literal,
    ast.ParameterReference: Compiler.parameter_reference,
    ast.VariableReference: Compiler.variable,
    ast.ItemReference: Compiler.item,
    ast.ModelReference: Compiler.model,
    ast.FieldLookup: Compiler.field_lookup,
    ast.FunctionCall: Compiler.call,
    ast.Let: Compiler.let_value,
}


def register(kind: type, compile: Callable[[Compiler, Any, Scope], py.expr]) -> None:
    """Say how nodes of a kind become values."""
    _VALUES[kind] = compile
