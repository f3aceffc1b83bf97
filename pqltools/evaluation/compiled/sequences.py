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
from pqltools.records import Record, record
from pqltools.syntax import ast
from pqltools.syntax.walk import walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from pqltools.evaluation.compiled.compiler import Compiler
    from pqltools.syntax.ast import ChainElement


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


@record
class _Words(Record):
    """What the functions of the elements of one chain call the event, its instant, and the earlier elements."""

    event: str
    ms: str
    bound: str


def _several(compiler: Compiler, node: ast.Chain, scope: Scope) -> py.expr:
    """The call of the search, with all that the functions of the elements use."""
    unit = compiler.unit
    # A chain may stand in an element of another one, and refer to its event.
    words = _Words(*[unit.fresh("v") for _ in range(3)])
    bodies: list[tuple[list[py.stmt], list[py.stmt]]] = []
    indices: dict[str, int] = {}
    for element in node.elements:
        parts = [_function_body(compiler, element, indices, scope, words, build) for build in (_satisfied, _counted)]
        bodies.append((parts[0], parts[1]))
        indices[element.name] = len(indices)
    own = (words.event, words.ms, words.bound)
    used = dict.fromkeys(word for pair in bodies for body in pair for word in free(body))
    given = [word for word in used if word not in own]
    functions = []
    for satisfied, counted in bodies:
        names = unit.fresh("f"), unit.fresh("f")
        unit.define(satisfied, word=names[0], parameters=[*own, *given])
        unit.define(counted, word=names[1], parameters=[words.bound, *given])
        functions.append(python.pair(*map(python.name, names)))
    shapes = tuple([_shape(node, index) for index in range(len(node.elements))])
    return unit.call(
        _search,
        _moments(compiler, node, scope),
        unit.constant(shapes),
        python.pair(*functions),
        python.pair(*map(python.name, given)),
    )


def _function_body(
    compiler: Compiler,
    element: ChainElement,
    indices: dict[str, int],
    scope: Scope,
    words: _Words,
    build: Callable[[Compiler, ChainElement, Scope, _Words], py.expr],
) -> list[py.stmt]:
    """The statements of a function that is called for an event, with the events of earlier elements by their names."""
    compiler.frames.append(Frame(per_item=True))
    try:
        compiler.frame.own.update((words.event, words.ms))
        statements, named = _bind(compiler, _referred(element, indices), scope, words)
        result = build(compiler, element, named, words)
        return [*compiler.frame.start, *statements, python.returned(result)]
    finally:
        compiler.frames.pop()


def _bind(compiler: Compiler, refers: dict[str, int], scope: Scope, words: _Words) -> tuple[list[py.stmt], Scope]:
    """The statements that take the events of earlier elements apart, and the scope in which they have names."""
    statements: list[py.stmt] = []
    for name, index in refers.items():
        event, moment = compiler.unit.fresh("v"), compiler.unit.fresh("v")
        compiler.frame.own.update((event, moment))
        first, again = compiler.bound(python.index(python.name(words.bound), python.constant(index)))
        nothing = python.pair(python.NONE, python.NONE)
        parts = python.choice(python.is_none(first), nothing, again)
        statements.append(py.Assign([python.target([moment, event])], parts))
        scope = scope.bind_moment(name, event, moment)
    return statements, scope


def _satisfied(compiler: Compiler, element: ChainElement, scope: Scope, words: _Words) -> py.expr:
    tests = _conditions(compiler, element, scope.item(words.event))
    if element.when is not None:
        tests.append(lies_in(compiler, python.name(words.ms), element.when, scope, single=True))
    return python.every(*tests)


def _counted(compiler: Compiler, element: ChainElement, scope: Scope, words: _Words) -> py.expr:
    return python.constant(1) if element.count is None else compiler.value(element.count.value, scope)


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
