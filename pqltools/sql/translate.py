"""What is the SQL of an expression?  `condition`, for a `Program` whose nodes have types, over a layout of tables.

Conditions may be null where they do not hold: in a WHERE, and below AND and OR, that is the same. `not x` is
``(x) IS NOT TRUE``, and where the value of a condition matters it is made exact.
"""

from __future__ import annotations

from sqlglot import exp

from pqltools.evaluation.names import is_namespaced, plain_name
from pqltools.sql import building
from pqltools.sql.calls import CALLS, CONDITIONS
from pqltools.sql.chains import chain
from pqltools.sql.nested import Nested, NestedLayout
from pqltools.sql.refusal import NotInSQL, refusal
from pqltools.sql.values import Fields, Items, Parts, Value, Writing
from pqltools.sql.windows import lies_in
from pqltools.syntax import ast
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
    TupleType,
)
from pqltools.types.windows import reference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from sqlglot.exp import Expression

    from pqltools.evaluation.program import Program
    from pqltools.sql.dialects.dialect import Dialect
    from pqltools.syntax.ast import Expr, VariableDeclaration
    from pqltools.types.model import Type


def condition(program: Program, layout: NestedLayout, dialect: Dialect) -> Expression:
    """The condition of a program, for a WHERE: true for the rows for which the program holds.

    Segments that the program was prepared with are written in place; of others the column of memberships tells.
    Raises `NotInSQL`.
    """
    writing = Writing(dialect, layout.reserved())
    profile = layout.profile(writing)
    try:
        return Translator(program, profile, writing).result()
    except RecursionError:
        raise refusal("an expression that is nested so deep", program.tree) from None


class Scope:
    """What names mean at a place: variables, and the items of the item scopes around it, the innermost last.

    `moments` are the instants of the elements of a chain by name, for windows.
    """

    __slots__ = ("items", "moments", "variables")

    def __init__(
        self, variables: Mapping[str, Value], items: tuple[Value, ...] = (), moments: Mapping[str, Value] | None = None
    ) -> None:
        self.variables = variables
        self.items = items
        self.moments = moments or {}

    def bind(self, name: str, value: Value) -> Scope:
        """The scope in which a variable has a value."""
        moments = {other: moment for other, moment in self.moments.items() if other != name}
        return Scope({**self.variables, name: value}, self.items, moments)

    def bind_moment(self, name: str, event: Value, moment: Value) -> Scope:
        """The scope in which an element of a chain stands for an event."""
        return Scope({**self.variables, name: event}, self.items, {**self.moments, name: moment})

    def item(self, value: Value) -> Scope:
        """The scope inside an item scope."""
        return Scope(self.variables, (*self.items, value), self.moments)


class Translator:
    """The translation of one program. `scope` is where it is at the moment."""

    def __init__(self, program: Program, profile: Value, writing: Writing) -> None:
        self.program = program
        self.profile = profile
        self.writing = writing
        self.dialect = writing.dialect
        self.scope = Scope(dict.fromkeys(program.parameters[:1], profile))

    def result(self) -> Expression:
        """The condition of the whole program."""
        return self.condition(self.program.body)

    def inside(self, scope: Scope, node: Expr) -> Value:
        """The value of a node in another scope."""
        outer, self.scope = self.scope, scope
        try:
            return self.value(node)
        finally:
            self.scope = outer

    def holds(self, scope: Scope, node: Expr) -> Expression:
        """The condition of a node in another scope."""
        outer, self.scope = self.scope, scope
        try:
            return self.condition(node)
        finally:
            self.scope = outer

    def condition(self, node: Expr) -> Expression:
        """A node in a Boolean position."""
        try:
            return self._condition(node)
        except NotInSQL as problem:
            raise _placed(problem, node) from None

    def _condition(self, node: Expr) -> Expression:
        match node:
            case ast.FunctionCall(name) if name in CONDITIONS:
                return CONDITIONS[name](self, node)
            case ast.Quantification():
                return self.quantification(node)
            case ast.Occurs(timestamp, window):
                return lies_in(self, self.value(timestamp), window)
            case ast.Chain():
                return chain(self, node)
            case ast.Let(name, value, body):
                return self.holds(self.scope.bind(name, self.value(value)), body)
            case ast.ParameterReference(1):
                return building.true()
        value = self.value(node)
        if value.type is BOOLEAN:
            return exp.Boolean(this=value.constant) if value.constant in (True, False) else value.sql()
        if value.type is NULL:
            return building.false()
        if value.is_constant:
            return building.true()
        if isinstance(value.type, ArrayType):
            return value.items().exists()
        return building.is_not_null(value.sql())

    def value(self, node: Expr) -> Value:
        """The value of a node."""
        try:
            found = _VALUES[node.__class__](self, node)
        except NotInSQL as problem:
            raise _placed(problem, node) from None
        if found.type is ANY:
            raise refusal("a value of unknown type", node)
        return found

    def truth(self, node: Expr) -> Value:
        """A condition as a value."""
        found = self._condition(node)
        if isinstance(found, exp.Boolean):
            return Nested(BOOLEAN, found, self.writing, constant=bool(found.this))
        return Nested(BOOLEAN, building.exactly(found), self.writing)

    def null(self) -> Value:
        """Null."""
        return Nested(NULL, building.null(), self.writing, constant=None)

    # Literals and references.

    def string(self, node: ast.StringLiteral) -> Value:
        if any("\ud800" <= char <= "\udfff" or char == "\0" for char in node.value):
            raise refusal("a text with halves of UTF-16 pairs or the character U+0000", node)
        return Nested(STRING, self.dialect.text(node.value), self.writing, constant=node.value)

    def integer(self, node: ast.IntegerLiteral) -> Value:
        small = abs(node.value) <= 2**53
        return Nested(INTEGER, building.integer(node.value), self.writing, constant=node.value, small=small)

    def double(self, node: ast.DoubleLiteral) -> Value:
        return Nested(DOUBLE, building.double(node.value), self.writing, constant=node.value)

    def boolean(self, node: ast.BooleanLiteral) -> Value:
        return Nested(BOOLEAN, exp.Boolean(this=node.value), self.writing, constant=node.value)

    def nothing(self, node: ast.NullLiteral) -> Value:
        return self.null()

    def timestamp(self, node: ast.TimestampLiteral) -> Value:
        from pqltools.sql.times import day, instant

        found = reference(node, self.program.now)
        assert found is not None
        write = instant if found[1] is None else day
        type = TIMESTAMP if found[1] is None else DATE
        return Nested(type, write(found[0], self.writing), self.writing, constant=found[0])

    def list_literal(self, node: ast.ListLiteral) -> Value:
        values = [self.value(item) for item in node.items]
        type, parts = unified(values)
        return Nested(ArrayType(type), self.dialect.array(parts), self.writing)

    def object_literal(self, node: ast.ObjectLiteral) -> Value:
        fields = {plain_name(part.name): self.value(part.value) for part in node.properties}
        return Fields(self.program.type(node), self.writing, fields)

    def parameter(self, node: ast.ParameterReference) -> Value:
        if node.position == 1:
            return self.profile
        raise refusal("a second parameter", node)

    def variable(self, node: ast.VariableReference) -> Value:
        found = self.scope.variables.get(node.name)
        if found is None:
            raise refusal("a parameter other than the profile", node)
        return found

    def item(self, node: ast.ItemReference) -> Value:
        return self.scope.items[-1 - node.distance]

    def model(self, node: ast.ModelReference) -> Value:
        raise refusal("another model than the profile", node)

    def field_lookup(self, node: ast.FieldLookup) -> Value:
        object = self.value(node.object)
        return self.step(object, node, node.name)

    def step(self, object: Value, node: Expr, name: str) -> Value:
        """The field of a value, at which `node` asks for it."""
        type = object.type
        if isinstance(object, Fields):
            return object.fields.get(plain_name(name)) or self.null()
        if isinstance(type, ObjectType):
            member = type.member(name.removeprefix("xdm:"))
            if member is None or member.type is ANY:
                raise refusal(f"the field `{name}`, of which the schema knows no type,", node)
            return object.field(plain_name(name), member.type)
        if isinstance(type, ArrayType):
            return self.through(object, node, name)
        if isinstance(type, MapType):
            return self.get(object, self.string(ast.StringLiteral(name)), namespaced=_names_a_map(node))
        # Scalars have no fields.
        return self.null()

    def through(self, array: Value, node: Expr, name: str) -> Value:
        """The fields of the items of an array, without nulls, arrays among them flattened."""
        items = array.items()

        def is_there(value: Value) -> Expression:
            return building.is_not_null(value.sql())

        fields = items.map(lambda item: self.step(item, node, name))
        if fields.item is NULL:
            raise refusal("a field of items that are no objects", node)
        if isinstance(fields.item, ArrayType):
            fields = items.filter(lambda item: is_there(self.step(item, node, name))).product(
                lambda item: self.step(item, node, name).items()
            )
        return fields.filter(is_there).value()

    def get(self, map: Value, key: Value, *, namespaced: bool) -> Value:
        """The value of a key of a map; of a namespace whatever its case."""
        if key.type is not STRING:
            return self.null()
        found = map.get(key)
        if not namespaced:
            return found
        if not key.is_constant or not key.constant.isascii():
            raise refusal("a namespace that is no constant")
        small = key.constant.lower()

        def is_same(entry: Value) -> Expression:
            assert isinstance(entry, Parts)
            return building.binary("=", self.dialect.lower(entry.parts[0].sql()), building.text(small))

        def value(entry: Value) -> Value:
            assert isinstance(entry, Parts)
            return entry.parts[1]

        other = map.entries().filter(is_same).map(value).head()
        return Nested(found.type, building.coalesce(found.sql(), other.sql()), self.writing)

    # Calls.

    def call(self, node: ast.FunctionCall) -> Value:
        handler = CALLS.get(node.function)
        if handler is not None:
            return handler(self, node)
        if node.function in CONDITIONS:
            return self.truth(node)
        raise refusal(f"`{node.function}`", node)

    # Binders.

    def clauses(self, clauses: tuple[VariableDeclaration, ...], scope: Scope, made: Callable[[Scope], Value]) -> Items:
        """What is `made` of all that the variables can be, in the order of nested loops."""
        clause, *rest = clauses
        items = self.inside(scope, clause.source)
        source = self.source(items)
        if clause.condition is not None:
            test = clause.condition
            source = source.filter(lambda item: self.holds(scope.bind(clause.name, item), test))
        if not rest:
            return source.map(lambda item: made(scope.bind(clause.name, item)))
        return source.product(lambda item: self.clauses(tuple(rest), scope.bind(clause.name, item), made))

    def source(self, value: Value) -> Items:
        """The items where an array is expected; other values than arrays and maps have none."""
        if value.is_array:
            return value.items()
        raise refusal("a source that is no array")

    def select(self, node: ast.Select) -> Value:
        names = [clause.name for clause in node.variables]
        if len(names) == 1:
            made = lambda scope: scope.variables[names[0]]  # noqa: E731
        else:
            made = lambda scope: self.tuple_of([scope.variables[name] for name in names])  # noqa: E731
        return computed(self.clauses(node.variables, self.scope, made))

    def tuple_of(self, parts: list[Value]) -> Value:
        """A tuple of values."""
        names = tuple(f"v{position}" for position in range(1, len(parts) + 1))
        return Parts(TupleType(tuple(part.type for part in parts)), None, self.writing, tuple(parts), names)

    def quantification(self, node: ast.Quantification) -> Expression:
        """A quantifier."""
        match node.quantifier:
            case "some":
                return self._some(node.variables, self.scope)
            case "none":
                return building.is_not_true(self._some(node.variables, self.scope))
            case "all":
                return building.is_not_true(self._counterexample(node.variables, self.scope))
        if len(node.variables) == 1:
            clause = node.variables[0]
            source = self.source(self.value(clause.source))
            count = source.count(self._test(clause, self.scope))
        else:
            one = Nested(INTEGER, building.integer(1), self.writing)
            count = self.clauses(node.variables, self.scope, lambda scope: one).count()
        return building.binary("=", count.sql(), building.integer(1))

    def _test(self, clause: VariableDeclaration, scope: Scope) -> Callable[[Value], Expression] | None:
        test = clause.condition
        if test is None:
            return None
        return lambda item: self.holds(scope.bind(clause.name, item), test)

    def _some(self, clauses: tuple[VariableDeclaration, ...], scope: Scope) -> Expression:
        """Whether there is an assignment."""
        if not clauses:
            return building.true()
        clause, rest = clauses[0], clauses[1:]
        source = self.source(self.inside(scope, clause.source))
        test = self._test(clause, scope)
        if not rest:
            return source.exists(test)

        def both(item: Value) -> Expression:
            inner = self._some(rest, scope.bind(clause.name, item))
            return inner if test is None else building.all_of([test(item), inner])

        return source.exists(both)

    def _counterexample(self, clauses: tuple[VariableDeclaration, ...], scope: Scope) -> Expression:
        """Whether some condition fails."""
        if not clauses:
            return building.false()
        clause, rest = clauses[0], clauses[1:]
        source = self.source(self.inside(scope, clause.source))
        test = self._test(clause, scope)

        def fails(item: Value) -> Expression:
            inner = self._counterexample(rest, scope.bind(clause.name, item))
            if test is None:
                return inner
            return building.any_of([building.is_not_true(test(item)), inner])

        return source.exists(fails)

    def let(self, node: ast.Let) -> Value:
        return self.inside(self.scope.bind(node.name, self.value(node.value)), node.body)


def computed(items: Items) -> Value:
    """An array that an expression made: where it comes from null it is empty."""
    value = items.value()
    value.is_defined = True
    return value


def _names_a_map(node: Expr) -> bool:
    return isinstance(node, ast.FieldLookup) and is_namespaced(node.object)


def _placed(problem: NotInSQL, node: Expr) -> NotInSQL:
    """The same refusal, with a place."""
    if problem.is_placed or node.span is None:
        return problem
    return NotInSQL(problem.construct, node.span, problem.diagnostics[0].help)


def unified(values: list[Value]) -> tuple[Type, list[Expression]]:
    """One type for several values, and them as values of that type. Raises `NotInSQL`."""
    from pqltools.sql.numbers import as_double

    types: list[Type] = []
    for value in values:
        if value.type is not NULL and value.type not in types:
            types.append(value.type)
    if len(types) > 1 and {INTEGER, DOUBLE} == {*types}:
        if all(value.type is not INTEGER or value.small for value in values):
            return DOUBLE, [value.sql() if value.type is not INTEGER else as_double(value) for value in values]
        raise refusal("an integer of any size and a double in one place")
    if len(types) > 1:
        raise refusal(f"values of the types {' and '.join(sorted(map(str, types)))} in one place")
    return (types[0] if types else NULL), [value.sql() for value in values]


_VALUES: dict[type, Callable[[Translator, Any], Value]] = {
    ast.StringLiteral: Translator.string,
    ast.IntegerLiteral: Translator.integer,
    ast.DoubleLiteral: Translator.double,
    ast.BooleanLiteral: Translator.boolean,
    ast.NullLiteral: Translator.nothing,
    ast.TimestampLiteral: Translator.timestamp,
    ast.ListLiteral: Translator.list_literal,
    ast.ObjectLiteral: Translator.object_literal,
    ast.ParameterReference: Translator.parameter,
    ast.VariableReference: Translator.variable,
    ast.ItemReference: Translator.item,
    ast.ModelReference: Translator.model,
    ast.FieldLookup: Translator.field_lookup,
    ast.FunctionCall: Translator.call,
    ast.Select: Translator.select,
    ast.Let: Translator.let,
    ast.Quantification: Translator.truth,
    ast.Occurs: Translator.truth,
    ast.Chain: Translator.truth,
}
