"""How is a chain compiled?  One element as a loop, several as functions that the search of the runtime calls."""

from __future__ import annotations

import ast as py

from pqltools.evaluation.compiled import loops, python
from pqltools.evaluation.compiled.compiler import Scope, register
from pqltools.evaluation.compiled.constants import constant_of
from pqltools.evaluation.compiled.frames import Frame, free
from pqltools.evaluation.compiled.windows import is_time, lies_in
from pqltools.evaluation.runtime import times
from pqltools.evaluation.runtime.sequences import Element, chain_holds
from pqltools.syntax import ast
from pqltools.syntax.walk import walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pqltools.evaluation.compiled.compiler import Compiler
    from pqltools.syntax.ast import ChainElement

    #: Index, function of the conditions and function of the count of each element.
    Parts = list[tuple[int, str, str]]


def chain(compiler: Compiler, node: ast.Chain, scope: Scope) -> py.expr:
    """``chain``."""
    if not node.elements:
        return python.TRUE
    if len(node.elements) == 1 and (least := least_of(node.elements[0], compiler.program.now)) is not None:
        return compiler.function(lambda: _single(compiler, node, least, scope))
    return _several(compiler, node, scope)


def least_of(element: ChainElement, now: int) -> int | None:
    """How many events an element needs, if that is a number and more of them will do."""
    if element.negated:
        return None
    if element.count is None:
        return 1
    wanted = constant_of(element.count.value, now)
    if wanted.__class__ is not int or element.count.comparison not in (">", ">="):
        return None
    least: int = wanted + (element.count.comparison == ">")
    return least if least > 0 else None


def _single(compiler: Compiler, node: ast.Chain, least: int, scope: Scope) -> list[py.stmt]:
    """A loop that ends with the last event that is needed. Their order does not matter, only that they have a time."""
    (element,) = node.elements
    counter = compiler.unit.fresh("v")
    found: list[py.stmt] = [python.returned(python.TRUE)]
    if least > 1:
        enough = python.compare(python.name(counter), "=", python.constant(least))
        found = [python.add_to(counter, python.constant(1)), python.when(enough, *found)]

    def for_event(word: str) -> list[py.stmt]:
        inner = scope.item(word)
        tests = _conditions(compiler, element, inner)
        moment = compiler.value(node.timestamp_field.body, inner)
        if element.when is not None:
            tests.append(lies_in(compiler, _single_time(compiler, moment), element.when, scope, single=True))
        else:
            tests.append(is_time(compiler, moment))
        return [python.when(python.every(*tests), *found)]

    events = loops.each(compiler, node.array, scope, for_event)
    start = [python.assign(counter, python.constant(0))] if least > 1 else []
    return [*start, *events, python.returned(python.FALSE)]


def _single_time(compiler: Compiler, moment: py.expr) -> py.expr:
    """The time of an event: an array of times is none, although `occurs` asks of its items."""
    first, again = compiler.bound(moment)
    return python.choice(python.is_class(first, "list"), python.NONE, again)


def _conditions(compiler: Compiler, element: ChainElement, inner: Scope) -> list[py.expr]:
    tests = [compiler.test(element.what.body, inner)]
    if element.where is not None:
        tests.append(compiler.test(element.where.body, inner))
    return tests


def _several(compiler: Compiler, node: ast.Chain, scope: Scope) -> py.expr:
    """The call of the search, with all that the functions of the elements use."""
    unit = compiler.unit
    bodies: list[tuple[list[py.stmt], list[py.stmt]]] = []
    indices: dict[str, int] = {}
    for element in node.elements:
        bodies.append((_satisfied(compiler, element, indices, scope), _counted(compiler, element, indices, scope)))
        indices[element.name] = len(indices)
    given = list(dict.fromkeys(word for pair in bodies for body in pair for word in _outer(body)))
    parts = []
    for satisfied, counted in bodies:
        words = unit.fresh("f"), unit.fresh("f")
        unit.define(satisfied, word=words[0], parameters=["v_event", "v_ms", "v_bound", *given])
        unit.define(counted, word=words[1], parameters=["v_bound", *given])
        parts.append(python.pair(*map(python.name, words)))
    shapes = tuple([_shape(node, index) for index in range(len(node.elements))])
    return unit.call(
        _search,
        _moments(compiler, node, scope),
        unit.constant(shapes),
        python.pair(*parts),
        python.pair(*map(python.name, given)),
    )


def _outer(body: list[py.stmt]) -> list[str]:
    return [word for word in free(body) if word not in ("v_event", "v_ms", "v_bound")]


def _bind(compiler: Compiler, refers: dict[str, int], scope: Scope) -> tuple[list[py.stmt], Scope]:
    """The statements that take the events of earlier elements apart, and the scope in which they have names."""
    statements: list[py.stmt] = []
    for name, index in refers.items():
        event, moment = compiler.unit.fresh("v"), compiler.unit.fresh("v")
        compiler.frame.own.update((event, moment))
        place = python.index(python.name("v_bound"), python.constant(index))
        parts = unit_parts(compiler, place)
        statements.append(py.Assign([python.target([moment, event])], parts))
        scope = scope.bind_moment(name, event, moment)
    return statements, scope


def unit_parts(compiler: Compiler, place: py.expr) -> py.expr:
    """The instant and the event of an element, two nulls where it stands for none."""
    first, again = compiler.bound(place)
    return python.choice(python.is_none(first), python.pair(python.NONE, python.NONE), again)


def _satisfied(compiler: Compiler, element: ChainElement, indices: dict[str, int], scope: Scope) -> list[py.stmt]:
    compiler.frames.append(Frame(per_item=True))
    try:
        statements, named = _bind(compiler, _referred(element, indices), scope)
        compiler.frame.own.update(("v_event", "v_ms"))
        tests = _conditions(compiler, element, named.item("v_event"))
        if element.when is not None:
            tests.append(lies_in(compiler, python.name("v_ms"), element.when, named, single=True))
        return [*compiler.frame.start, *statements, python.returned(python.every(*tests))]
    finally:
        compiler.frames.pop()


def _counted(compiler: Compiler, element: ChainElement, indices: dict[str, int], scope: Scope) -> list[py.stmt]:
    compiler.frames.append(Frame(per_item=True))
    try:
        statements, named = _bind(compiler, _referred(element, indices), scope)
        wanted = python.constant(1) if element.count is None else compiler.value(element.count.value, named)
        return [*compiler.frame.start, *statements, python.returned(wanted)]
    finally:
        compiler.frames.pop()


def _referred(element: ChainElement, indices: dict[str, int]) -> dict[str, int]:
    """The earlier elements that an element names."""
    names = {node.name for node in walk(element) if isinstance(node, ast.VariableReference)}
    return {name: index for name, index in indices.items() if name in names}


def _shape(node: ast.Chain, position: int) -> tuple[bool, str, frozenset[int]]:
    """Negation and comparison of an element, and the elements that it refers to."""
    element = node.elements[position]
    indices = {earlier.name: index for index, earlier in enumerate(node.elements[:position])}
    comparison = ">=" if element.count is None else element.count.comparison
    return element.negated, comparison, frozenset(_referred(element, indices).values())


def _moments(compiler: Compiler, node: ast.Chain, scope: Scope) -> py.expr:
    """The events with their instants, without those that have none."""

    def for_event(word: str, add: Any) -> list[py.stmt]:
        moment = compiler.unit.call(times.milliseconds, compiler.value(node.timestamp_field.body, scope.item(word)))
        first, again = compiler.bound(moment)
        return [python.when(python.is_given(first), add(python.pair(again, python.name(word))))]

    return loops.collected(
        compiler, lambda add: loops.each(compiler, node.array, scope, lambda word: for_event(word, add))
    )


def _search(moments: Any, shapes: Any, functions: Any, given: tuple[Any, ...]) -> bool:
    """Search with functions that get what they use behind their own arguments."""
    elements = tuple(
        [
            Element(
                negated,
                comparison,
                lambda bound, counted=counted: counted(bound, *given),  # type: ignore[misc]
                lambda event, ms, bound, satisfied=satisfied: satisfied(event, ms, bound, *given),  # type: ignore[misc]
                refers,
            )
            for (negated, comparison, refers), (satisfied, counted) in zip(shapes, functions, strict=True)
        ]
    )
    return chain_holds(moments, elements)


register(ast.Chain, chain)
