"""What becomes of select and the quantifiers, which go over arrays with variables?"""

from __future__ import annotations

from pqltools.sql import building
from pqltools.sql.nested import Nested, tuple_names
from pqltools.sql.values import Parts, Value, computed
from pqltools.types.model import INTEGER, TupleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlglot.expressions import Expression

    from pqltools.sql.scopes import Scope
    from pqltools.sql.translate import Translator
    from pqltools.sql.values import Items
    from pqltools.syntax import ast
    from pqltools.syntax.ast import VariableDeclaration


def _clauses(
    translator: Translator, clauses: tuple[VariableDeclaration, ...], scope: Scope, made: Callable[[Scope], Value]
) -> Items:
    """What is `made` of all that the variables can be, in the order of nested loops."""
    clause, *rest = clauses
    items = translator.inside(scope, clause.source)
    source = translator.source(items)
    if clause.condition is not None:
        test = clause.condition
        source = source.filter(lambda item: translator.holds(scope.bind(clause.name, item), test))
    if not rest:
        return source.map(lambda item: made(scope.bind(clause.name, item)))
    return source.product(lambda item: _clauses(translator, tuple(rest), scope.bind(clause.name, item), made))


def select(translator: Translator, node: ast.Select) -> Value:
    """The items, or tuples of them."""
    names = [clause.name for clause in node.variables]
    if len(names) == 1:
        made = lambda scope: scope.variables[names[0]]  # noqa: E731
    else:
        made = lambda scope: _tuple(translator, [scope.variables[name] for name in names])  # noqa: E731
    return computed(_clauses(translator, node.variables, translator.scope, made))


def _tuple(translator: Translator, parts: list[Value]) -> Value:
    """A tuple of values."""
    type = TupleType(tuple(part.type for part in parts))
    return Parts(type, None, translator.writing, tuple(parts), tuple_names(len(parts)))


def quantification(translator: Translator, node: ast.Quantification) -> Expression:
    """A quantifier."""
    match node.quantifier:
        case "some":
            return _some(translator, node.variables, translator.scope)
        case "none":
            return building.is_not_true(_some(translator, node.variables, translator.scope))
        case "all":
            return building.is_not_true(_counterexample(translator, node.variables, translator.scope))
    if len(node.variables) == 1:
        clause = node.variables[0]
        source = translator.source(translator.value(clause.source))
        count = source.count(_test(translator, clause, translator.scope))
    else:
        one = Nested(INTEGER, building.integer(1), translator.writing)
        count = _clauses(translator, node.variables, translator.scope, lambda scope: one).count()
    return building.binary("=", count.sql(), building.integer(1))


def _test(translator: Translator, clause: VariableDeclaration, scope: Scope) -> Callable[[Value], Expression] | None:
    test = clause.condition
    if test is None:
        return None
    return lambda item: translator.holds(scope.bind(clause.name, item), test)


def _some(translator: Translator, clauses: tuple[VariableDeclaration, ...], scope: Scope) -> Expression:
    """Whether there is an assignment."""
    if not clauses:
        return building.true()
    clause, rest = clauses[0], clauses[1:]
    source = translator.source(translator.inside(scope, clause.source))
    test = _test(translator, clause, scope)
    if not rest:
        return source.exists(test)

    def both(item: Value) -> Expression:
        inner = _some(translator, rest, scope.bind(clause.name, item))
        return inner if test is None else building.all_of([test(item), inner])

    return source.exists(both)


def _counterexample(translator: Translator, clauses: tuple[VariableDeclaration, ...], scope: Scope) -> Expression:
    """Whether some condition fails."""
    if not clauses:
        return building.false()
    clause, rest = clauses[0], clauses[1:]
    source = translator.source(translator.inside(scope, clause.source))
    test = _test(translator, clause, scope)

    def fails(item: Value) -> Expression:
        inner = _counterexample(translator, rest, scope.bind(clause.name, item))
        if test is None:
            return inner
        return building.any_of([building.is_not_true(test(item)), inner])

    return source.exists(fails)
