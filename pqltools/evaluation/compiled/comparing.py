"""How are comparisons and the tests of strings compiled?  Against a constant written out, otherwise as a call."""

from __future__ import annotations

from pqltools.evaluation.compiled import python
from pqltools.evaluation.compiled.compiler import CALLS
from pqltools.evaluation.compiled.constants import NOT_CONSTANT, constant_of
from pqltools.evaluation.regexes import compiled as compiled_regex
from pqltools.evaluation.runtime import comparisons, sets, texts
from pqltools.evaluation.values import folded, is_date_time, number_text
from pqltools.syntax import ast
from pqltools.types.model import MapType

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast as py
    from collections.abc import Callable
    from typing import Any

    from pqltools.evaluation.compiled.compiler import Compiler, Scope
    from pqltools.syntax.ast import Expr, FunctionCall

_SYMBOLS = {"equals": "=", "notEqualTo": "!="}
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=", *_SYMBOLS)


def compare(compiler: Compiler, node: FunctionCall, scope: Scope) -> py.expr:
    """``=`` … ``>=``, ``equals`` and ``notEqualTo``."""
    left, right, *flags = node.arguments
    symbol = _SYMBOLS.get(node.function, node.function)
    flag = constant_of(flags[0], compiler.program.now) if flags else True
    times = compiler.has_times(left, right)
    plain = not times and not _is_special(compiler, left, right)
    known = constant_of(right, compiler.program.now)
    if plain and known is not NOT_CONSTANT and constant_of(left, compiler.program.now) is NOT_CONSTANT:
        if flag is True:
            return against_constant(compiler, compiler.value(left, scope), symbol, known)
        if flag is False and known.__class__ is str:
            return _folded_against_constant(compiler, compiler.value(left, scope), symbol, known)
    values = [compiler.value(left, scope), compiler.value(right, scope)]
    if flag is NOT_CONSTANT:
        holds: Callable[..., bool] = comparisons.flagged(symbol, times=times)
        values.append(compiler.value(flags[0], scope))
    elif flag is True:
        holds = comparisons.comparison(symbol, times=times)
    elif flag is False:
        holds = comparisons.equals_folded(symbol, times=times)
    else:
        return python.instead(python.pair(*values), python.FALSE)
    return compiler.unit.call(_specialised(compiler, holds, symbol, left, right), *values)


def _is_special(compiler: Compiler, left: Expr, right: Expr) -> bool:
    return _is_intersection(left, right) or isinstance(compiler.program.type(left), MapType)


def _is_intersection(*nodes: Expr) -> bool:
    return any(isinstance(node, ast.FunctionCall) and node.function == "intersection" for node in nodes)


def _specialised(
    compiler: Compiler, holds: Callable[..., bool], symbol: str, left: Expr, right: Expr
) -> Callable[..., bool]:
    if isinstance(compiler.program.type(left), MapType):
        holds = comparisons.over_map(holds)
    return sets.over_intersection(symbol, holds) if _is_intersection(left, right) else holds


def against_constant(compiler: Compiler, value: py.expr, symbol: str, known: Any) -> py.expr:
    """The comparison of a value with a constant: at once if it is of the constant's class."""
    unit, kind = compiler.unit, known.__class__
    if known is None:
        return python.instead(value, python.FALSE)
    slow = comparisons.comparison(symbol)
    if kind not in (str, int, float, bool) or (kind is str and symbol not in ("=", "!=") and is_date_time(known)):
        return unit.call(slow, value, unit.constant(known))
    first, again = compiler.bound(value)
    direct = python.compare(again, symbol, python.constant(known))
    rest = python.every(python.is_given(again), unit.call(slow, again, python.constant(known)))
    if kind is str or kind is bool:
        return python.choice(python.is_class(first, kind.__name__), direct, rest)
    is_number = python.some(python.is_class(first, "int"), python.is_class(again, "float"))
    return python.choice(is_number, direct, rest)


def _folded_against_constant(compiler: Compiler, value: py.expr, symbol: str, known: str) -> py.expr:
    unit = compiler.unit
    first, again = compiler.bound(value)
    slow = unit.call(comparisons.equals_folded(symbol, times=False), again, python.constant(known))
    direct = python.compare(python.method(again, "lower"), symbol, python.constant(folded(known)))
    is_simple = python.every(python.is_class(first, "str"), python.method(again, "isascii"))
    return python.choice(is_simple, direct, slow)


def test_text(compiler: Compiler, node: FunctionCall, scope: Scope) -> py.expr:
    """A test of a string."""
    left, right, *flags = node.arguments
    unit, name = compiler.unit, node.function
    value = compiler.value(left, scope)
    if isinstance(compiler.program.type(left), MapType):
        value = unit.call(comparisons.map_items, value)
    known = constant_of(right, compiler.program.now)
    flag = constant_of(flags[0], compiler.program.now) if flags else True
    if known is NOT_CONSTANT or flag is NOT_CONSTANT:
        more = [compiler.value(each, scope) for each in (right, *flags)]
        return unit.call(texts.text_test(name), value, *more)
    if known.__class__ is int or known.__class__ is float:
        known = number_text(known)
    if known.__class__ is not str or flag.__class__ is not bool:
        return python.instead(value, python.FALSE)
    first, again = compiler.bound(value)
    part = known if flag else folded(known)
    slow = unit.call(texts.text_test(name), again, python.constant(known), python.constant(flag))
    rest = python.every(python.is_class(again, "list"), slow)
    if flag:
        return python.choice(python.is_class(first, "str"), _text_test(compiler, name, again, part), rest)
    # What is no plain ASCII has several cases, which `folded` knows.
    direct = _text_test(compiler, name, python.method(again, "lower"), part)
    folding = python.choice(python.method(again, "isascii"), direct, slow)
    return python.choice(python.is_class(first, "str"), folding, rest)


def _text_test(compiler: Compiler, name: str, text: py.expr, part: str) -> py.expr:
    """The test of what is known to be a string."""
    known = python.constant(part)
    match name:
        case "startsWith":
            return python.method(text, "startswith", known)
        case "doesNotStartWith":
            return python.negation(python.method(text, "startswith", known))
        case "endsWith":
            return python.method(text, "endswith", known)
        case "doesNotEndWith":
            return python.negation(python.method(text, "endswith", known))
        case "contains":
            return python.compare(known, "in", text)
        case "doesNotContain":
            return python.compare(known, "not in", text)
        case "like":
            return _like(compiler, text, part)
    return compiler.unit.call(_searcher(part), text)


def _like(compiler: Compiler, text: py.expr, pattern: str) -> py.expr:
    """``like``: most patterns are the beginning, the end, a part or the whole of a string."""
    inner = pattern.strip("%")
    if "%" in inner or "_" in inner or not inner:
        return compiler.unit.call(texts.like(pattern), text)
    known = python.constant(inner)
    open_before, open_behind = pattern.startswith("%"), pattern.endswith("%")
    if open_before and open_behind:
        return python.compare(known, "in", text)
    if open_before or open_behind:
        return python.method(text, "endswith" if open_before else "startswith", known)
    return python.compare(text, "=", known)


def _searcher(regex: str) -> Callable[[str], bool]:
    """The search for a pattern, compiled once."""
    search = compiled_regex(regex, groups=False)

    def found(text: str) -> bool:
        if search is None:
            return False
        try:
            return search.search(text) is not None
        except UnicodeEncodeError:
            return search.search(text.encode("utf-8", "replace").decode()) is not None

    return found


def is_in(compiler: Compiler, node: FunctionCall, scope: Scope) -> py.expr:
    """``in`` and ``notIn``."""
    left, right = node.arguments
    unit, wanted = compiler.unit, node.function == "in"
    times = compiler.has_times(left, right)
    value = compiler.value(left, scope)
    if isinstance(compiler.program.type(left), MapType):
        value = unit.call(comparisons.map_items, value)
    known = constant_of(right, compiler.program.now)
    if known is NOT_CONSTANT:
        choices = compiler.value(right, scope)
        more = (python.constant(times), python.constant(wanted))
        return unit.call(sets.is_in, value, choices, *more)
    if known is None:
        return python.instead(value, python.FALSE)
    members = sets.Members(known if known.__class__ is list else [known], times)
    more = (python.FALSE, python.constant(wanted))
    first, again = compiler.bound(value)
    slow = unit.call(sets.is_in, again, unit.constant(members), *more)
    words = members.words()
    if words is None:
        return unit.call(sets.is_in, first, unit.constant(members), *more)
    direct = python.compare(again, "in" if wanted else "not in", unit.constant(words))
    rest = python.every(python.is_given(again), slow)
    return python.choice(python.is_class(first, "str"), direct, rest)


def string_compare(compiler: Compiler, node: FunctionCall, scope: Scope) -> py.expr:
    """``stringCompare``, whose first argument names the test."""
    operator, left, right = node.arguments
    values = [compiler.value(part, scope) for part in node.arguments]
    tests: dict[str, Callable[..., bool]] = {name: texts.text_test(name) for name in texts.TESTS}
    times = compiler.has_times(left, right)
    for name in COMPARISONS:
        tests[name] = comparisons.comparison(_SYMBOLS.get(name, name), times=times)
    known = constant_of(operator, compiler.program.now)
    if known is NOT_CONSTANT:
        return compiler.unit.call(_named_test(tests), *values)
    test = tests.get(known) if known.__class__ is str else None
    if test is None:
        return python.instead(python.pair(*values), python.NONE)
    return compiler.unit.call(test, *values[1:])


def _named_test(tests: dict[str, Callable[..., bool]]) -> Callable[[Any, Any, Any], bool | None]:
    def holds(name: Any, left: Any, right: Any) -> bool | None:
        test = tests.get(name) if name.__class__ is str else None
        return None if test is None else test(left, right)

    return holds


CALLS.update(dict.fromkeys(COMPARISONS, compare))
CALLS.update(dict.fromkeys(texts.TESTS, test_text))
CALLS.update({"in": is_in, "notIn": is_in, "stringCompare": string_compare})
