"""How are the other functions compiled?  The connectives as Python's, most others as a call of the runtime."""

from __future__ import annotations

from pqltools.evaluation.compiled import paths, python
from pqltools.evaluation.compiled.compiler import CALLS, TESTS, Compiler
from pqltools.evaluation.compiled.constants import NOT_CONSTANT, constant_of
from pqltools.evaluation.compiled.frames import MODELS, MORE, PROFILE
from pqltools.evaluation.names import is_namespaced
from pqltools.evaluation.runtime import arrays, comparisons, fields, numbers, sets, texts, times
from pqltools.syntax import ast
from pqltools.types.model import ObjectType
from pqltools.types.time import date_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast as py
    from collections.abc import Callable
    from typing import Any

    from pqltools.evaluation.compiled.compiler import Scope
    from pqltools.syntax.ast import Expr, FunctionCall

_CURRENT = {"currentYear": 0, "currentMonth": 1, "currentDayOfMonth": 2}
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": numbers.add,
    "-": numbers.subtract,
    "*": numbers.multiply,
    "/": numbers.divide,
    "%": numbers.remainder,
}
_SETS = ("intersects", "intersection", "subsetOf", "supersetOf")
_PARTS = ("getYear", "getMonth", "getDayOfMonth")


def connective(compiler: Compiler, node: FunctionCall, scope: Scope) -> py.expr:
    """``and`` and ``or``. Only the first operand is sure to be evaluated; each later one after those before it."""
    if not node.arguments:
        return python.constant(node.function == "and")
    first, *rest = node.arguments
    tests = [compiler.test(first, scope)]
    with compiler.frame.branch():
        tests += [compiler.test(operand, scope) for operand in rest]
    return python.every(*tests) if node.function == "and" else python.some(*tests)


def not_(compiler: Compiler, node: FunctionCall, scope: Scope) -> py.expr:
    """``not``."""
    return python.negation(compiler.test(node.arguments[0], scope))


def _conditional(build: Callable[[Compiler, Expr, Scope], py.expr]) -> Any:
    def conditional(compiler: Compiler, node: FunctionCall, scope: Scope) -> py.expr:
        test, then, otherwise = node.arguments
        condition = compiler.test(test, scope)
        branches = []
        for part in (then, otherwise):
            with compiler.frame.branch():
                branches.append(build(compiler, part, scope))
        return python.choice(condition, *branches)

    return conditional


def is_null(compiler: Compiler, node: FunctionCall, scope: Scope) -> py.expr:
    """``isNull`` and ``isNotNull``."""
    value = compiler.value(node.arguments[0], scope)
    return python.is_none(value) if node.function == "isNull" else python.is_given(value)


def arithmetic(compiler: Compiler, node: FunctionCall, scope: Scope) -> py.expr:
    """The operators of numbers."""
    values = [compiler.value(part, scope) for part in node.arguments]
    if len(values) == 1:
        return compiler.unit.call(numbers.negated, *values)
    return compiler.unit.call(_ARITHMETIC[node.function], *values)


def get(compiler: Compiler, node: FunctionCall, scope: Scope) -> py.expr:
    """``get``: with a key that is written out it is a step of a path."""
    object, key = node.arguments
    if isinstance(key, ast.StringLiteral):
        return paths.path(compiler, node, scope)
    fetch: Callable[[Any, Any], Any] = fields.get
    if is_namespaced(object):
        fetch = fields.get_namespaced
    elif isinstance(compiler.program.type(object), ObjectType):
        fetch = fields.get_field
    return compiler.unit.call(fetch, compiler.value(object, scope), compiler.value(key, scope))


def current(compiler: Compiler, node: FunctionCall, scope: Scope) -> py.expr:
    """``currentYear`` and its like, which are known."""
    return python.constant(date_of(compiler.program.now)[_CURRENT[node.function]])


def includes(compiler: Compiler, node: FunctionCall, scope: Scope) -> py.expr:
    """``includes``."""
    values = [compiler.value(part, scope) for part in node.arguments]
    return compiler.unit.call(sets.includes, *values, python.constant(compiler.has_times(*node.arguments)))


def in_segment(compiler: Compiler, node: FunctionCall, scope: Scope) -> py.expr:
    """``inSegment``: the function of the definition, if it is given, else the memberships of the profile."""
    unit, program = compiler.unit, compiler.program
    given = [python.name(word) for word in (PROFILE, MORE, MODELS)]
    id = constant_of(node.arguments[0], program.now)
    if id is NOT_CONSTANT:
        value = compiler.value(node.arguments[0], scope)
        words: list[py.expr | None] = [python.constant(each) for each in program.segments]
        functions: list[py.expr] = [python.name(segment_function(compiler, each)) for each in program.segments]
        import ast as py

        return unit.call(_in_segment, value, py.Dict(words, functions), *given)
    if id.__class__ is str and id in program.segments:
        return python.call(segment_function(compiler, id), *given)
    return unit.call(fields.is_member, given[0], unit.constant(id))


def segment_function(compiler: Compiler, id: str) -> str:
    """The name of the function of a segment, defined when it is first asked for."""
    word = compiler.segments.get(id)
    if word is None:
        word = compiler.segments[id] = compiler.unit.fresh("f")
        segment = Compiler(compiler.unit, compiler.program.segments[id], compiler.segments)
        segment.outermost(word, as_condition=True)
    return word


def _in_segment(id: Any, functions: dict[str, Any], profile: Any, more: Any, models: Any) -> bool:
    function = functions.get(id) if id.__class__ is str else None
    if function is None:
        return fields.is_member(profile, id)
    found: bool = function(profile, more, models)
    return found


def _model_instances(models: Any, reference: Any) -> Any:
    return comparisons.items(models.get(reference)) if reference.__class__ is str else []


def model_instances(compiler: Compiler, node: FunctionCall, scope: Scope) -> py.expr:
    """``modelInstances``."""
    value = compiler.value(node.arguments[0], scope)
    return compiler.unit.call(_model_instances, python.name(MODELS), value)


def plain(function: Callable[..., Any]) -> Any:
    """A function of the values of all arguments."""

    def call(compiler: Compiler, node: FunctionCall, scope: Scope) -> py.expr:
        return compiler.unit.call(function, *[compiler.value(part, scope) for part in node.arguments])

    return call


def _named(function: Callable[..., Any]) -> Any:
    """A function of the name of the call and the values of all arguments."""

    def call(compiler: Compiler, node: FunctionCall, scope: Scope) -> py.expr:
        values = [compiler.value(part, scope) for part in node.arguments]
        return compiler.unit.call(function, python.constant(node.function), *values)

    return call


def _keys(value: Any) -> Any:
    return list(value) if isinstance(value, dict) else None


def _values(value: Any) -> Any:
    return list(value.values()) if isinstance(value, dict) else None


CALLS.update(
    {
        "and": connective,
        "or": connective,
        "not": not_,
        "if": _conditional(Compiler.value),
        "isNull": is_null,
        "isNotNull": is_null,
        "get": get,
        "includes": includes,
        "inSegment": in_segment,
        "modelInstances": model_instances,
        "keys": plain(_keys),
        "values": plain(_values),
        "mapEntry": plain(arrays.entry),
        "date": plain(times.date),
        "regexGroup": plain(texts.regex_group),
        **dict.fromkeys(_ARITHMETIC, arithmetic),
        **dict.fromkeys(_SETS, _named(sets.set_function)),
        **dict.fromkeys(_PARTS, _named(times.time_part)),
        **dict.fromkeys(_CURRENT, current),
    }
)
TESTS["if"] = _conditional(Compiler.test)
