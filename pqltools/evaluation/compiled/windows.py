"""How is `occurs` compiled?  A window that the expression alone decides becomes a comparison of strings."""

from __future__ import annotations

from pqltools.evaluation.compiled import python
from pqltools.evaluation.compiled.compiler import register
from pqltools.evaluation.compiled.constants import NOT_CONSTANT, constant_of
from pqltools.evaluation.runtime import times
from pqltools.syntax import ast
from pqltools.types import windows

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast as py

    from pqltools.evaluation.compiled.compiler import Compiler, Scope
    from pqltools.evaluation.compiled.frames import Moment
    from pqltools.syntax.ast import Time, TimeWindow
    from pqltools.types.windows import Reference

#: Milliseconds up to here are told apart as seconds, too.
EXACT = 2**50
#: Instead of a step of a path: the form of the value itself.
_FORM = ("form", "")


def occurs(compiler: Compiler, node: ast.Occurs, scope: Scope) -> py.expr:
    """``occurs``, also of an array of times."""
    return lies_in(compiler, compiler.value(node.timestamp, scope), node.window, scope, single=False)


def lies_in(compiler: Compiler, value: py.expr, window: TimeWindow, scope: Scope, *, single: bool) -> py.expr:
    """Whether a time lies in a window; `single` for what is no array."""
    known = _constant_window(compiler, window)
    if known is not None:
        return _in_constant(compiler, value, known, single=single)
    parts = [_time(compiler, part, scope) for part in (window.time, window.end) if part is not None]
    relation = times.Relation(window.relation, window.qualification, _is_now(window))
    return compiler.unit.call(relation.holds, value, *parts)


def _in_constant(compiler: Compiler, value: py.expr, window: times.Window, *, single: bool) -> py.expr:
    if not window.spans:
        return python.instead(value, python.FALSE)
    unit = compiler.unit
    moment = compiler.frame.moments.get(getattr(value, "id", ""))
    known = None if moment is None else _known(moment, window)
    if known is not None:
        return known
    first, again = compiler.bound(value)
    slow = unit.call(window.lies if single else window.holds, again)
    if not window.low:
        return python.every(python.is_given(first), slow)
    # What lies between is read, to see that it is a time.
    within = python.between(python.constant(window.low), again, python.constant(window.high))
    direct = python.every(within, unit.call(times.is_instant, again))
    return python.choice(_is_usual(compiler, first, again), direct, python.every(python.is_given(again), slow))


def _is_usual(compiler: Compiler, first: py.expr, again: py.expr) -> py.expr:
    """Whether a value has the form that nearly all times have in data; several windows ask it once."""
    place = (getattr(again, "id", ""), (_FORM,))
    known = compiler.frame.fetched(place)
    if known is not None:
        return python.name(known)
    word = compiler.unit.fresh("v")
    compiler.frame.note(place, word)
    form = python.every(
        python.is_class(first, "str"),
        python.compare(python.call("len", again), "=", python.constant(20)),
        python.compare(python.index(again, python.constant(10)), "=", python.constant("T")),
    )
    return python.assigned(word, form)


def is_time(compiler: Compiler, value: py.expr) -> py.expr:
    """Whether a value, which is no array, is a time."""
    moment = compiler.frame.moments.get(getattr(value, "id", ""))
    if moment is None:
        return python.is_given(compiler.unit.call(times.milliseconds, value))
    return python.compare(python.name(moment.word), "=", python.name(moment.word))


def _known(moment: Moment, window: times.Window) -> py.expr | None:
    """The window as a comparison of numbers, for a time that has been read; None if its bounds are no exact doubles."""
    tests: list[py.expr] = []
    for low, high in window.spans:
        if any(bound is not None and abs(bound) > EXACT for bound in (low, high)):
            return None
        is_clamped = high == moment.high and low is not None
        word = python.name(moment.clamped if is_clamped else moment.word)
        parts = []
        if low is not None:
            parts.append(python.compare(python.constant(low / 1000), "<=", word))
        if high is not None and not is_clamped:
            parts.append(python.compare(word, "<", python.constant(high / 1000)))
        # What is no time lies in no window, and is not equal to itself.
        tests.append(python.every(*parts) if parts else python.compare(word, "=", word))
    return python.some(*tests)


def _constant_window(compiler: Compiler, window: TimeWindow) -> times.Window | None:
    """The window, None if the profile decides about its times."""
    found = _reference(compiler, window.time)
    last = None if window.end is None else _reference(compiler, window.end)
    if found is NOT_CONSTANT or last is NOT_CONSTANT:
        return None
    if found is None or (last is None and window.end is not None):
        return times.Window(())
    by, is_now = window.qualification, _is_now(window)
    return times.window(windows.related(window.relation, found, is_now=is_now, by=by, last=last))  # type: ignore[arg-type]


def _reference(compiler: Compiler, node: Time) -> Reference | object | None:
    """What a TIME stands for, None for a constant that is no time, `NOT_CONSTANT` if the profile decides."""
    if isinstance(node, ast.TimeInterval):
        return windows.reference(node, compiler.program.now)
    known = constant_of(node, compiler.program.now)
    return NOT_CONSTANT if known is NOT_CONSTANT else times.reference(known)


def _time(compiler: Compiler, node: Time, scope: Scope) -> py.expr:
    if isinstance(node, ast.TimeInterval):
        return compiler.unit.constant(windows.reference(node, compiler.program.now))
    if isinstance(node, ast.VariableReference) and node.name in scope.moments:
        return python.name(scope.moments[node.name])
    return compiler.value(node, scope)


def _is_now(window: TimeWindow) -> bool:
    return isinstance(window.time, ast.TimestampLiteral) and window.time.value == "now"


register(ast.Occurs, occurs)
