"""What is the SQL of an expression?  `condition`, for a `Program` whose nodes have types, over a layout of tables.

Conditions may be null where they do not hold: in a WHERE, and below AND and OR, that is the same. `not x` is
``(x) IS NOT TRUE``, and where the value of a condition matters it is made exact.
"""

from __future__ import annotations

from sqlglot import exp

from pqltools.evaluation.names import plain_name
from pqltools.sql import binders, building
from pqltools.sql.calls import CALLS, CONDITIONS
from pqltools.sql.chains import chain
from pqltools.sql.fields import step
from pqltools.sql.nested import Entries, Nested
from pqltools.sql.refusal import NotInSQL, refusal
from pqltools.sql.scopes import Scope
from pqltools.sql.unifying import unified
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
)
from pqltools.types.windows import reference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sqlglot.expressions import Expression

    from pqltools.evaluation.program import Program
    from pqltools.sql.dialects.dialect import Dialect
    from pqltools.sql.values import Layout
    from pqltools.syntax.ast import Expr


def condition(program: Program, layout: Layout, dialect: Dialect) -> Expression:
    """The condition of a program, for a WHERE: true for the rows for which the program holds.

    Segments that the program was prepared with are written in place; of others the column of memberships tells.
    Raises `NotInSQL`.
    """
    writing = Writing(dialect, layout.reserved())
    profile = layout.profile(writing)
    try:
        return dialect.finished(Translator(program, profile, writing).result())
    except RecursionError:
        raise refusal("an expression that is nested so deep", program.tree) from None


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
                return binders.quantification(self, node)
            case ast.Occurs(timestamp, window):
                return lies_in(self, self.value(timestamp), window)
            case ast.Chain():
                return chain(self, node)
            case ast.Let():
                return self.holds(self.scope.bind(node.name, self.value(node.value)), node.body)
            case ast.ParameterReference(1):
                return building.true()
        value = self.value(node)
        if value.type is BOOLEAN:
            return exp.Boolean(this=value.constant) if value.constant in (True, False) else value.sql()
        if value.type is NULL:
            return building.false()
        if value.is_constant:
            return building.true()
        if isinstance(value.type, ArrayType) or isinstance(value, Entries):
            return value.items().exists()
        if value.is_defined or isinstance(value, Fields | Parts):
            return building.true()
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
        return step(self, object, node, node.name)

    # Calls.

    def call(self, node: ast.FunctionCall) -> Value:
        handler = CALLS.get(node.function)
        if handler is not None:
            return handler(self, node)
        if node.function in CONDITIONS:
            return self.truth(node)
        raise refusal(f"`{node.function}`", node)

    # Binders.

    def source(self, value: Value) -> Items:
        """The items where an array is expected."""
        if value.is_array:
            return value.items()
        raise refusal("a source that is no array")

    def select(self, node: ast.Select) -> Value:
        return binders.select(self, node)

    def let(self, node: ast.Let) -> Value:
        return self.inside(self.scope.bind(node.name, self.value(node.value)), node.body)


def _placed(problem: NotInSQL, node: Expr) -> NotInSQL:
    """The same refusal, with a place."""
    if problem.is_placed or node.span is None:
        return problem
    return NotInSQL(problem.construct, node.span, problem.diagnostics[0].help)


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
