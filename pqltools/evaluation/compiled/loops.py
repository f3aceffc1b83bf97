"""How is what looks at every item compiled?  As a function with a loop, which returns when its answer is known.

Arrays that only feed a loop are never built: a filter becomes an `if` in the loop over what it filters.
"""

from __future__ import annotations

from pqltools.evaluation.compiled import paths, python
from pqltools.evaluation.compiled.compiler import CALLS, register
from pqltools.evaluation.runtime import arrays, comparisons, fields, numbers
from pqltools.syntax import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast as py
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from pqltools.evaluation.compiled.compiler import Compiler, Scope
    from pqltools.syntax.ast import Expr, FunctionCall, VariableDeclaration

    #: Makes the statements for one item, which is in this variable.
    Body: TypeAlias = Callable[[str], list[py.stmt]]
    #: Makes the statements for one item, and for the value of the second argument for it.
    ValueBody: TypeAlias = Callable[[str, py.expr], list[py.stmt]]


def each(compiler: Compiler, source: Expr, scope: Scope, body: Body) -> list[py.stmt]:
    """The statements that run `body` for each item of an array."""
    match source:
        case ast.FunctionCall("filter", (_, _)):
            return _each_tested(compiler, source, scope, body)
        case ast.Select((clause,)):
            return each_assignment(compiler, (clause,), scope, lambda inner: body(inner.variables[clause.name]))
        case ast.FunctionCall("map", (array, ast.ItemLambda() as item)) if not compiler.has_entries:
            return _each_mapped(compiler, array, item, scope, body)
        case ast.FieldLookup(name=name) if name in compiler.unit.lazy:
            return [_loop(compiler, paths.undecoded(compiler, source, scope), body)]
    return [_loop(compiler, compiler.items(compiler.value(source, scope)), body)]


def _loop(compiler: Compiler, source: py.expr, body: Body) -> py.stmt:
    word = compiler.unit.fresh("v")
    compiler.frame.own.add(word)
    with compiler.frame.branch():
        return python.loop(word, source, body(word))


def _each_tested(compiler: Compiler, source: FunctionCall, scope: Scope, body: Body) -> list[py.stmt]:
    def if_it_holds(item: str, test: py.expr) -> list[py.stmt]:
        return [python.when(test, *body(item))]

    return each_value(compiler, source, scope, if_it_holds, compiler.test)


def _each_mapped(compiler: Compiler, array: Expr, item: ast.ItemLambda, scope: Scope, body: Body) -> list[py.stmt]:
    def with_value(word: str) -> list[py.stmt]:
        statements, held = compiler.held(compiler.value(item.body, scope.item(word)))
        compiler.frame.own.add(held)
        return [*statements, *body(held)]

    return each(compiler, array, scope, with_value)


def each_value(
    compiler: Compiler,
    node: FunctionCall,
    scope: Scope,
    body: ValueBody,
    build: Callable[[Expr, Scope], py.expr],
) -> list[py.stmt]:
    """The statements that run `body` for each item of the first argument with the second one for it.

    Without a second argument that is the item.
    """
    array, *rest = node.arguments
    if not rest:
        return each(compiler, array, scope, lambda word: body(word, python.name(word)))
    item = rest[0]
    if isinstance(item, ast.ItemLambda):
        return each(compiler, array, scope, lambda word: body(word, build(item.body, scope.item(word))))
    if isinstance(item, ast.Lambda):
        return _each_pair(compiler, array, item, scope, body, build)
    return each(compiler, array, scope, lambda word: body(word, build(item, scope)))


def _each_pair(
    compiler: Compiler,
    array: Expr,
    item: ast.Lambda,
    scope: Scope,
    body: ValueBody,
    build: Callable[[Expr, Scope], py.expr],
) -> list[py.stmt]:
    """A lambda of several parameters: keys and values of a map, or the parts of tuples."""
    unit, frame = compiler.unit, compiler.frame
    count = python.constant(len(item.parameters))
    source = unit.call(fields.pairs, compiler.value(array, scope), count)
    word, parts = unit.fresh("v"), unit.fresh("v")
    inner, names = scope, []
    for name in item.parameters:
        names.append(unit.fresh("v"))
        inner = inner.bind(name, names[-1])
    frame.own.update((word, parts, *names))
    import ast as py

    unpack = py.Assign([python.target(names)], python.name(parts))
    with frame.branch():
        statements = body(word, build(item.body, inner))
    return [python.loop([word, parts], source, [unpack, *statements])]


def each_assignment(
    compiler: Compiler,
    clauses: Sequence[VariableDeclaration],
    scope: Scope,
    body: Callable[[Scope], list[py.stmt]],
) -> list[py.stmt]:
    """The statements that run `body` for each assignment of the variables whose conditions hold."""
    if not clauses:
        return body(scope)
    clause, *rest = clauses

    def for_item(word: str) -> list[py.stmt]:
        inner = scope.bind(clause.name, word)
        if clause.condition is None:
            return each_assignment(compiler, rest, inner, body)
        test = compiler.test(clause.condition, inner)
        return [python.when(test, *each_assignment(compiler, rest, inner, body))]

    return each(compiler, clause.source, scope, for_item)


# Functions whose second argument is a condition.


def exists(compiler: Compiler, node: FunctionCall, scope: Scope) -> py.expr:
    """``exists``."""

    def build() -> list[py.stmt]:
        found = python.returned(python.TRUE)
        if len(node.arguments) == 1:
            loops = each(compiler, node.arguments[0], scope, lambda word: [found])
        else:
            loops = each_value(compiler, node, scope, lambda word, test: [python.when(test, found)], compiler.test)
        return [*loops, python.returned(python.FALSE)]

    return compiler.function(build)


def count(compiler: Compiler, node: FunctionCall, scope: Scope) -> py.expr:
    """``count``."""

    def build() -> list[py.stmt]:
        total = compiler.unit.fresh("v")
        one = python.add_to(total, python.constant(1))
        if len(node.arguments) == 1:
            loops = each(compiler, node.arguments[0], scope, lambda word: [one])
        else:
            loops = each_value(compiler, node, scope, lambda word, test: [python.when(test, one)], compiler.test)
        return [python.assign(total, python.constant(0)), *loops, python.returned(python.name(total))]

    return compiler.function(build)


def filtered(compiler: Compiler, node: FunctionCall, scope: Scope) -> py.expr:
    """``filter``."""
    return collected(compiler, lambda add: each(compiler, node, scope, lambda word: [add(python.name(word))]))


def collected(compiler: Compiler, loops: Callable[[Callable[[py.expr], py.stmt]], list[py.stmt]]) -> py.expr:
    """An array of all that `loops` add."""

    def build() -> list[py.stmt]:
        word = compiler.unit.fresh("v")

        def add(value: py.expr) -> py.stmt:
            return python.run(python.method(python.name(word), "append", value))

        return [python.assign(word, python.array([])), *loops(add), python.returned(python.name(word))]

    return compiler.function(build)


# Functions whose second argument is a value.


def _values(compiler: Compiler, node: FunctionCall, scope: Scope) -> py.expr:
    """An array of the second argument for each item."""
    return collected(
        compiler,
        lambda add: each_value(compiler, node, scope, lambda word, value: [add(value)], compiler.value),
    )


def mapped(compiler: Compiler, node: FunctionCall, scope: Scope) -> py.expr:
    """``map``."""
    return compiler.unit.call(arrays.mapped, _values(compiler, node, scope))


def summed(compiler: Compiler, node: FunctionCall, scope: Scope) -> py.expr:
    """``sum``."""

    def build() -> list[py.stmt]:
        total = compiler.unit.fresh("v")

        def add(word: str, value: py.expr) -> list[py.stmt]:
            return add_number(compiler, total, value)

        loops = each_value(compiler, node, scope, add, compiler.value)
        result = compiler.unit.call(numbers.bounded, python.name(total))
        return [python.assign(total, python.constant(0)), *loops, python.returned(result)]

    return compiler.function(build)


def add_number(compiler: Compiler, total: str, value: py.expr) -> list[py.stmt]:
    """Add a value to a sum if it is a number; one that is beyond all doubles makes the sum infinite, which is null."""
    first, again = compiler.bound(value)
    is_number = python.some(python.is_class(first, "float"), python.is_class(again, "int"))
    infinite = python.assign(total, compiler.unit.constant(float("inf")))
    return [python.when(is_number, python.guarded([python.add_to(total, again)], "OverflowError", infinite))]


def averaged(compiler: Compiler, node: FunctionCall, scope: Scope) -> py.expr:
    """``average``."""
    return compiler.unit.call(arrays.average, _values(compiler, node, scope))


def extreme(compiler: Compiler, node: FunctionCall, scope: Scope) -> py.expr:
    """``min`` and ``max``."""
    times = compiler.has_times(node.arguments[-1] if len(node.arguments) == 1 else node.arguments[1])
    flags = (python.constant(node.function == "max"), python.constant(times))
    return compiler.unit.call(arrays.extreme, _values(compiler, node, scope), *flags)


def _both(compiler: Compiler, node: FunctionCall, scope: Scope) -> py.expr:
    """The items with the second argument for each, as pairs."""

    def pair(word: str, value: py.expr) -> py.expr:
        return python.pair(python.name(word), value)

    return collected(
        compiler,
        lambda add: each_value(compiler, node, scope, lambda word, value: [add(pair(word, value))], compiler.value),
    )


def ranked(compiler: Compiler, node: FunctionCall, scope: Scope) -> py.expr:
    """``topN`` and ``bottomN``."""
    times = compiler.has_times(node.arguments[1])
    flags = (python.constant(node.function == "topN"), python.constant(times))
    found = _both(compiler, node, scope)
    return compiler.unit.call(arrays.ranked, found, compiler.value(node.arguments[2], scope), *flags)


def grouped(compiler: Compiler, node: FunctionCall, scope: Scope) -> py.expr:
    """``groupBy``."""
    return compiler.unit.call(arrays.grouped, _both(compiler, node, scope))


# Functions of a whole array.


def distinct(compiler: Compiler, node: FunctionCall, scope: Scope) -> py.expr:
    """``distinct``."""
    return compiler.unit.call(arrays.distinct, array_of(compiler, node.arguments[0], scope))


def head(compiler: Compiler, node: FunctionCall, scope: Scope) -> py.expr:
    """``head``."""

    def build() -> list[py.stmt]:
        loops = each(compiler, node.arguments[0], scope, lambda word: [python.returned(python.name(word))])
        return [*loops, python.returned(python.NONE)]

    return compiler.function(build)


def array_of(compiler: Compiler, node: Expr, scope: Scope) -> py.expr:
    """The items of an array, as one."""
    return compiler.unit.call(comparisons.items, compiler.value(node, scope))


# Binders.


def select(compiler: Compiler, node: ast.Select, scope: Scope) -> py.expr:
    """``select``: the items, or tuples of the variables."""
    names = [clause.name for clause in node.variables]

    def item(inner: Scope) -> py.expr:
        values: list[py.expr] = [python.name(inner.variables[name]) for name in names]
        return values[0] if len(values) == 1 else python.pair(*values)

    return collected(
        compiler,
        lambda add: each_assignment(compiler, node.variables, scope, lambda inner: [add(item(inner))]),
    )


def quantification(compiler: Compiler, node: ast.Quantification, scope: Scope) -> py.expr:
    """``exists``, ``forall``, ``none`` and ``one``."""
    builds = {"some": _some, "none": _none, "one": _one, "all": _all}
    return compiler.function(lambda: builds[node.quantifier](compiler, node, scope))


def _some(compiler: Compiler, node: ast.Quantification, scope: Scope) -> list[py.stmt]:
    found: list[py.stmt] = [python.returned(python.TRUE)]
    return [*each_assignment(compiler, node.variables, scope, lambda _: found), python.returned(python.FALSE)]


def _none(compiler: Compiler, node: ast.Quantification, scope: Scope) -> list[py.stmt]:
    found: list[py.stmt] = [python.returned(python.FALSE)]
    return [*each_assignment(compiler, node.variables, scope, lambda _: found), python.returned(python.TRUE)]


def _one(compiler: Compiler, node: ast.Quantification, scope: Scope) -> list[py.stmt]:
    word = compiler.unit.fresh("v")
    found = [python.when(python.name(word), python.returned(python.FALSE)), python.assign(word, python.TRUE)]
    loops = each_assignment(compiler, node.variables, scope, lambda _: found)
    return [python.assign(word, python.FALSE), *loops, python.returned(python.name(word))]


def _all(compiler: Compiler, node: ast.Quantification, scope: Scope) -> list[py.stmt]:
    """Every condition holds for every item that its own variable can be."""

    def inside(clauses: Sequence[VariableDeclaration], scope: Scope) -> list[py.stmt]:
        if all(clause.condition is None for clause in clauses):
            return []
        clause, *rest = clauses

        def for_item(word: str) -> list[py.stmt]:
            inner = scope.bind(clause.name, word)
            if clause.condition is None:
                return inside(rest, inner)
            fails = python.negation(compiler.test(clause.condition, inner))
            return [python.when(fails, python.returned(python.FALSE)), *inside(rest, inner)]

        return each(compiler, clause.source, scope, for_item)

    return [*inside(node.variables, scope), python.returned(python.TRUE)]


CALLS.update(
    {
        "exists": exists,
        "count": count,
        "filter": filtered,
        "map": mapped,
        "sum": summed,
        "average": averaged,
        "min": extreme,
        "max": extreme,
        "topN": ranked,
        "bottomN": ranked,
        "groupBy": grouped,
        "distinct": distinct,
        "head": head,
    }
)
register(ast.Select, select)
register(ast.Quantification, quantification)
