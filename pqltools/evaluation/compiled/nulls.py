"""How is it compiled what a null decides?  The questions that only the expressions of `evaluation.unknowns` ask.

They are asked of nearly every value of every profile, and mostly of a string or a number, for which the answer is
written out.
"""

from __future__ import annotations

from pqltools.evaluation.compiled import python
from pqltools.evaluation.compiled.compiler import CALLS, TESTS
from pqltools.evaluation.compiled.constants import NOT_CONSTANT, constant_of
from pqltools.evaluation.runtime import sets
from pqltools.evaluation.unknowns import NULL_ITEM, NULL_LEAF, SURELY_NOT_IN

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast as py

    from pqltools.evaluation.compiled.compiler import Compiler, Scope
    from pqltools.syntax.ast import FunctionCall


def null_leaf(compiler: Compiler, node: FunctionCall, scope: Scope) -> py.expr:
    """Whether an array on the left holds a null; what is neither array nor map does not."""
    left, right, is_map = node.arguments
    now = compiler.program.now
    first, again = compiler.bound(compiler.value(left, scope))
    with compiler.frame.branch():
        call = compiler.unit.call(
            sets.has_null_leaf, again, compiler.value(right, scope), compiler.value(is_map, scope)
        )
    if constant_of(is_map, now) is False:
        return python.every(python.is_class(first, "list"), call)
    return python.every(python.is_given(first), call)


def null_item(compiler: Compiler, node: FunctionCall, scope: Scope) -> py.expr:
    """Whether an array holds a null."""
    items = compiler.items(compiler.value(node.arguments[0], scope))
    return python.compare(python.NONE, "in", items)


def surely_not_in(compiler: Compiler, node: FunctionCall, scope: Scope) -> py.expr:
    """Whether ``in`` or ``notIn`` surely does not hold: at once for a string and a list of strings and numbers."""
    left, right, *flags = node.arguments
    now, unit = compiler.program.now, compiler.unit
    times, is_map, wanted = [constant_of(flag, now) for flag in flags]
    first, again = compiler.bound(compiler.value(left, scope))
    known = constant_of(right, now)
    words = None
    if known is not NOT_CONSTANT and known.__class__ is list and None not in known and not times:
        words = sets.Members(known, times=False).words()
    more = [python.constant(flag) for flag in (times, is_map, wanted)]
    if words is None:
        return unit.call(sets.surely_not_in, first, compiler.value(right, scope), *more)
    rest = python.every(
        python.is_given(again), unit.call(sets.surely_not_in, again, compiler.value(right, scope), *more)
    )
    direct = python.compare(again, "not in" if wanted else "in", unit.constant(words))
    return python.choice(python.is_class(first, "str"), direct, rest)


for _table in (CALLS, TESTS):
    _table.update({NULL_LEAF: null_leaf, NULL_ITEM: null_item, SURELY_NOT_IN: surely_not_in})
