"""What does a definition ask of the items of an array?  Loops that can be part of a pass over that array.

A loop is an aggregate, a quantifier, a chain of one element or a selection used as a condition, over an array that is a
field of the profile. Its conditions must not look at other items of the profile, whose answers would come too late.
"""

from __future__ import annotations

from pqltools.evaluation.compiled.closed import AGGREGATES, CHOSEN, binders, renamed
from pqltools.evaluation.compiled.paths import FIELD
from pqltools.evaluation.compiled.sequences import least_of
from pqltools.evaluation.fused.keys import conjuncts, path_of
from pqltools.records import Record, hint, record, replace
from pqltools.syntax import ast
from pqltools.syntax.walk import walk
from pqltools.types.windows import instants

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.evaluation.program import Program
    from pqltools.syntax.ast import Expr


@record
class Binding(Record):
    """How conditions call the item: by a variable, or as the item of a scope (None)."""

    variable: str | None

    def is_item(self, node: Expr) -> bool:
        """Whether a node is the item."""
        if self.variable is None:
            return isinstance(node, ast.ItemReference) and node.distance == 0
        return isinstance(node, ast.VariableReference) and node.name == self.variable


@record
class Test(Record):
    """A condition on an item."""

    condition: Expr
    binding: Binding


@record
class Loop(Record):
    """What is asked of the items of one array.

    `terminal` is ``exists``, ``count``, ``sum``, ``average``, ``min``, ``max``, or ``lacks``: an item fails the last
    test. `value` is what is added up or compared, for an aggregate of other things than the items. `moment` and `when`
    are those of a chain's element, `least` is how many items ``exists`` needs.
    """

    array: Expr
    tests: tuple[Test, ...]
    terminal: str
    value: Test | None = None
    moment: Expr | None = None
    when: ast.TimeWindow | None = None
    least: int = 1
    program: Program = hint(default=None)


def windows_of(loop: Loop) -> dict[tuple[tuple[str, str], ...], tuple[int | None, int | None]]:
    """The fields of the item, as steps with their kind, whose times must lie in a window, with its start and end.

    An end is None if that is nowhere or not known.
    """
    asked = []
    if loop.moment is not None and loop.when is not None:
        asked.append((Binding(None), loop.moment, loop.when))
    for test in loop.tests[:-1] if loop.terminal == "lacks" else loop.tests:
        if isinstance(test.condition, ast.Occurs):
            asked.append((test.binding, test.condition.timestamp, test.condition.window))
    found = {}
    for binding, node, window in asked:
        path = path_of(node, loop.program, binding.is_item)
        if path is not None:
            found[tuple([(FIELD, name) for name in path])] = _ends(window, loop.program.now)
    return found


def _ends(window: ast.TimeWindow, now: int) -> tuple[int | None, int | None]:
    ranges = instants(window, now)
    if not ranges:
        return None, None
    low, high = [int(cut[1]) if len(cut) > 1 else None for cut in (ranges[0][0], ranges[-1][1])]
    return low, high


def canonical(loop: Loop) -> Loop:
    """The same loop with variables that have no names, so that equal ones are equal."""
    value = None if loop.value is None else _canonical_test(loop.value)
    return replace(loop, tests=tuple(map(_canonical_test, loop.tests)), value=value)


def _canonical_test(test: Test) -> Test:
    name = test.binding.variable
    if name is None or name in binders(test.condition):
        return test
    return Test(renamed(test.condition, name), Binding(CHOSEN))


def loop_of(node: Expr, program: Program, closed: set[int], *, as_condition: bool) -> Loop | None:
    """The loop that a node is, None if it is none; `as_condition` says that only its truth is asked."""
    found = _loop(node, program, as_condition=as_condition)
    if found is None or not _is_profile_field(found.array):
        return None
    tests = (*found.tests, *([] if found.value is None else [found.value]))
    parts: tuple[ast.Node | None, ...] = (*[test.condition for test in tests], found.moment, found.when)
    if any(id(inner) in closed for part in parts if part is not None for inner in walk(part)):
        return None
    return found


def _is_profile_field(node: Expr) -> bool:
    while isinstance(node, ast.FieldLookup):
        node = node.object
        if isinstance(node, ast.ParameterReference):
            return node.position == 1
    return False


def _loop(node: Expr, program: Program, *, as_condition: bool) -> Loop | None:
    match node:
        case ast.FunctionCall(name, (source, *rest)) if name in AGGREGATES and len(rest) < 2:
            return _aggregate(name, source, rest, program)
        case ast.FunctionCall("filter") | ast.Select((_,)) if as_condition:
            return _selected(node, program)
        case ast.Quantification(quantifier, (clause, *more)) if quantifier == "some" or not more:
            return _quantified(quantifier, clause, more, program)
        case ast.Chain(_, moment, (element,)):
            return _chained(node, moment, element, program)
    return None


def _aggregate(name: str, source: Expr, rest: list[Expr], program: Program) -> Loop | None:
    found = _selected(source, program)
    if found is None:
        return None
    terminal, value = name, None
    tests = found.tests
    if rest:
        (body,) = rest
        if not isinstance(body, ast.ItemLambda):
            return None
        own = Test(body.body, Binding(None))
        if name in ("exists", "count"):
            tests = (*tests, *_split(own))
        else:
            value = own
    return Loop(found.array, tests, terminal, value, program=program)


def _selected(source: Expr, program: Program) -> Loop | None:
    """The items that a source selects: whether there are any."""
    match source:
        case ast.FunctionCall("filter", (inner, ast.ItemLambda(body))):
            found = _selected(inner, program)
            tests = _split(Test(body, Binding(None)))
        case ast.Select((ast.VariableDeclaration(name, inner, condition),)):
            found = _selected(inner, program)
            tests = () if condition is None else _split(Test(condition, Binding(name)))
        case ast.FieldLookup():
            return Loop(source, (), "exists", program=program)
        case _:
            return None
    return None if found is None else Loop(found.array, (*found.tests, *tests), "exists", program=program)


def _split(test: Test) -> tuple[Test, ...]:
    return tuple([Test(condition, test.binding) for condition in conjuncts(test.condition)])


def _quantified(
    quantifier: str, clause: ast.VariableDeclaration, more: list[ast.VariableDeclaration], program: Program
) -> Loop | None:
    found = _selected(clause.source, program)
    if found is None:
        return None
    binding = Binding(clause.name)
    tests = () if clause.condition is None else _split(Test(clause.condition, binding))
    if more:
        # Whether there is an item for which there are others.
        tests = (*tests, Test(ast.Quantification("some", tuple(more)), binding))
    terminal = {"some": "exists", "none": "exists", "one": "count", "all": "lacks"}[quantifier]
    if quantifier == "all":
        if clause.condition is None:
            return None
        tests = (Test(clause.condition, binding),)
    return Loop(found.array, (*found.tests, *tests), terminal, program=program)


def _chained(node: ast.Chain, moment: ast.ItemLambda, element: ast.ChainElement, program: Program) -> Loop | None:
    least = least_of(element, program.now)
    found = _selected(node.array, program)
    if least is None or found is None:
        return None
    scopes = [element.what, *([] if element.where is None else [element.where])]
    tests = [test for scope in scopes for test in _split(Test(scope.body, Binding(None)))]
    return Loop(
        found.array,
        (*found.tests, *tests),
        "exists",
        moment=moment.body,
        when=element.when,
        least=least,
        program=program,
    )
