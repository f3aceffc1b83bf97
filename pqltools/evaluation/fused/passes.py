"""How is one array looked at for many loops?  A function for each value that a field of its items may have.

The loops over an array are divided by the values that they ask for: those with the same key share a function, and an
item meets only the functions of its own values. Within a function the rest of their conditions is tested one after the
other; where many of them ask for further values, they are divided again.
"""

from __future__ import annotations

import ast as py
from collections import Counter

from pqltools.evaluation.compiled import python
from pqltools.evaluation.compiled.frames import MODELS, MORE, PROFILE, Frame, Moment, Unit
from pqltools.evaluation.compiled.paths import FIELD, from_variable
from pqltools.evaluation.compiled.windows import EXACT, is_time, lies_in
from pqltools.evaluation.fused.keys import Key, key_of, path_of
from pqltools.evaluation.fused.loops import Loop, Test, windows_of
from pqltools.evaluation.fused.tables import Known, Table, Values
from pqltools.evaluation.runtime import times
from pqltools.evaluation.values import folded
from pqltools.records import Record, hint, record
from pqltools.syntax import ast
from pqltools.syntax.walk import walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from pqltools.evaluation.compiled.compiler import Compiler, Scope

    Place: TypeAlias = tuple[tuple[str, ...], tuple[str, ...]]
    Steps: TypeAlias = tuple[tuple[str, str], ...]

#: What the functions of a job share: the item, the results so far, the definitions that have to be evaluated.
ITEM, RESULTS, WANTED = "v_item", "v_results", "v_wanted"
_GIVEN = [RESULTS, WANTED, PROFILE, MORE, MODELS]
#: So many loops must ask for values of a field to be divided by them.
WORTH = 3
#: For more values than that there are functions, which are called.
_MOST = 64


@record
class Slot(Record):
    """A loop with its place among the results, its compiler, and the definitions that only need evaluation with it."""

    loop: Loop
    index: int
    compiler: Compiler = hint(default=None)
    wanted_by: list[int] = hint(default=None)


@record
class Task(Record):
    """A loop of which some conditions are known to hold."""

    slot: Slot
    tests: tuple[Test, ...]

    def asked(self) -> dict[Place, tuple[Test, Key]]:
        """The conditions that ask for values, by the place of the value; of several the first."""
        found: dict[Place, tuple[Test, Key]] = {}
        tests = self.tests[:-1] if self.slot.loop.terminal == "lacks" else self.tests
        for test in tests:
            key = key_of(test.condition, self.slot.loop.program, test.binding.is_item)
            if key is not None:
                found.setdefault(key.place, (test, key))
        return found

    def fields(self) -> set[tuple[str, ...]]:
        """The fields of the item that the task looks at."""
        loop = self.slot.loop
        parts = [(test.condition, test.binding) for test in (*self.tests, *([loop.value] if loop.value else []))]
        found = set()
        for part, binding in parts:
            for node in walk(part):
                path = path_of(node, loop.program, binding.is_item) if isinstance(node, ast.FieldLookup) else None
                if path is not None:
                    found.add(path)
        return found

    def without(self, test: Test) -> Task:
        """The same task once a condition is known to hold."""
        return Task(self.slot, tuple([other for other in self.tests if other is not test]))


class Passes:
    """Builds the functions of passes."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        #: What functions for an item are given, and which fields of it are in which of these.
        self.given = [ITEM, *_GIVEN]
        self.fetched: dict[Steps, str] = {}
        self.moments: dict[str, Moment] = {}
        self.is_object = False

    def over(self, slots: list[Slot]) -> py.expr:
        """The call of a function that looks at all items of one array."""
        compiler = slots[0].compiler
        frame = Frame()
        compiler.frames = [frame]
        source = compiler.items(compiler.value(slots[0].loop.array, compiler.scope))
        tasks = [Task(slot, slot.loop.tests) for slot in slots]
        self.given, self.fetched, self.moments, self.is_object = [ITEM, *_GIVEN], {}, {}, False
        plain = self._call(self._named(tasks, divide=False))
        self.is_object = True
        is_other = python.negation(python.is_class(python.name(ITEM), "dict"))
        # What is no object has no fields of its own; the conditions decide what they make of it.
        others = [python.when(is_other, plain, py.Continue())] if self.unit.structs is None else []
        body = [*others, *self._times(tasks, plain), *self.divided(tasks)]
        return self.unit.define([*frame.start, python.loop(ITEM, source, body)], parameters=_GIVEN)

    def _times(self, tasks: list[Task], plain: py.stmt) -> list[py.stmt]:
        """Read the times that several loops ask of once for each item, before anything else.

        An array of times has no instant of its own: then `plain` is run.
        """
        asked: dict[Steps, Counter[int | None]] = {}
        for task in tasks:
            for steps, (_, high) in windows_of(task.slot.loop).items():
                asked.setdefault(steps, Counter())[high] += 1
        often = {steps: highs for steps, highs in asked.items() if highs.total() >= WORTH}
        statements: list[py.stmt] = []
        for steps, highs in often.items():
            value, word, clamped = (self.unit.fresh("v") for _ in range(3))
            compiler = tasks[0].slot.compiler
            compiler.frames = [self._inline()]
            high = highs.most_common(1)[0][0]
            bound = python.constant(float("inf") if high is None else high / 1000)
            is_below = python.compare(python.name(word), "<", bound)
            statements += [
                python.assign(value, from_variable(compiler, ITEM, list(steps))),
                python.when(python.is_class(python.name(value), "list"), plain, py.Continue()),
                self._seconds(word, value),
                python.assign(clamped, python.choice(is_below, python.name(word), self.unit.constant(times.NO_TIME))),
            ]
            self.fetched[steps] = value
            self.moments[value] = Moment(word, clamped, high)
            self.given += [value, word, clamped]
        return statements

    def _seconds(self, word: str, value: str) -> py.stmt:
        """``word = seconds(value)``, written out for the form that nearly all times have."""
        found = python.name(value)
        form = python.compare(
            python.index(found, py.Slice(python.constant(4), None, python.constant(3))), "=", python.constant("--T::Z")
        )
        length = python.compare(python.call("len", found), "=", python.constant(20))
        read = python.method(self.unit.call(times.read, found), "timestamp")
        slow = python.assign(word, self.unit.call(times.seconds, found))
        test = python.every(python.is_class(found, "str"), form, length)
        return python.guarded([py.If(test, [python.assign(word, read)], [slow])], "ValueError", slow)

    def _inline(self) -> Frame:
        """A frame for what is written out in the place where it is needed."""
        frame = self._frame()
        frame.outermost = True
        return frame

    def _frame(self) -> Frame:
        """A frame for what is done with one item."""
        frame = Frame()
        if self.is_object:
            frame.objects.add(ITEM)
        for steps, word in self.fetched.items():
            frame.note_ahead((ITEM, steps), word)
        frame.moments.update(self.moments)
        return frame

    def divided(self, tasks: list[Task]) -> list[py.stmt]:
        """The statements for one item: look-ups of what is asked often, and the conditions of the rest."""
        statements: list[py.stmt] = []
        places = Counter(place for task in tasks for place in task.asked())
        while places:
            place, count = places.most_common(1)[0]
            if count < WORTH:
                break
            asking = [task for task in tasks if place in task.asked()]
            tasks = [task for task in tasks if place not in task.asked()]
            statements += self._if_recent(asking, self._looked_up(place, asking))
            places = Counter(place for task in tasks for place in task.asked())
        return statements + (self._if_recent(tasks, self._tested(tasks)) if tasks else [])

    def _if_recent(self, tasks: list[Task], statements: list[py.stmt]) -> list[py.stmt]:
        """What is done for tasks that all have a window: only if the item may lie in one of them."""
        starts: dict[str, list[int]] = {}
        for task in tasks:
            for steps, (low, high) in windows_of(task.slot.loop).items():
                moment = self.moments.get(self.fetched.get(steps, ""))
                if moment is not None and low is not None and high is not None and high == moment.high:
                    starts.setdefault(moment.clamped, []).append(low)
                    break
        if len(starts) != 1:
            return statements
        ((word, lows),) = starts.items()
        if len(lows) < len(tasks) or not -EXACT < min(lows) < EXACT:
            return statements
        return [python.when(python.compare(python.constant(min(lows) / 1000), "<=", python.name(word)), *statements)]

    def _looked_up(self, place: Place, tasks: list[Task]) -> list[py.stmt]:
        """Do what the value at a place asks for, or each of the values."""
        path, inner = place
        values = _by_value(place, tasks)
        compiler = tasks[0].slot.compiler
        compiler.frames = [self._inline()]
        first, again = compiler.bound(from_variable(compiler, ITEM, [(FIELD, name) for name in path]))
        if inner or len(values.groups) > _MOST:
            return self._called(values, inner, first, again, tasks)
        # The values are numbered, and the code for each found by halves.
        number = self.unit.fresh("v")
        known = python.index(self.unit.constant(Known(values.exact, values.in_any_case, len(values.groups))), again)
        rest = python.choice(python.is_none(again), python.constant(len(values.groups)), python.constant(-1))
        numbered = python.assign(number, python.choice(python.is_class(first, "str"), known, rest))
        other = self._call(self._named(tasks, divide=False))
        bodies = [self.divided(group) for group in values.groups]
        return [numbered, python.branches(number, [[other], *bodies, [py.Pass()]], first=-1)]

    def _called(
        self, values: Values, inner: tuple[str, ...], first: py.expr, again: py.expr, tasks: list[Task]
    ) -> list[py.stmt]:
        """Call the function for a value, or those for the values of the items of an array."""
        names = [self._named(group, divide=True) for group in values.groups]
        table = Table(values, names, self._named(tasks, divide=False))
        self.unit.on_build(table.resolve)
        function = self.unit.fresh("v")
        call = self._call(function)
        if inner:
            functions = python.loop(function, self.unit.call(table.inner(inner), again), [call])
            return [python.when(python.is_given(first), functions)]
        known = python.index(self.unit.constant(table.known), again)
        rest = python.choice(python.is_given(again), self.unit.call(table.other), python.NONE)
        found = python.assigned(function, python.choice(python.is_class(first, "str"), known, rest))
        return [python.when(python.is_given(found), call)]

    def _named(self, tasks: list[Task], *, divide: bool) -> str:
        """The name of a function that does the tasks for one item."""
        word = self.unit.fresh("f")
        body = self.divided(tasks) if divide else self._tested(tasks)
        self.unit.define(body, word=word, parameters=self.given)
        return word

    def _call(self, function: str) -> py.stmt:
        """The call of a function for the item."""
        return python.run(python.call(function, *map(python.name, self.given)))

    def _tested(self, tasks: list[Task]) -> list[py.stmt]:
        """The statements that test the conditions of all tasks for an item."""
        frame = self._frame()
        self._fetch_ahead(frame, tasks)
        # The rest is fetched where it is needed, if it is.
        frame.outermost = True
        statements: list[py.stmt] = []
        for task in tasks:
            task.slot.compiler.frames = [frame]
            statements += _Item(self.unit, task).statements()
        return [*frame.start, *statements]

    def _fetch_ahead(self, frame: Frame, tasks: list[Task]) -> None:
        """Fetch the fields that many of the tasks use before the first of them."""
        counts = Counter(path for task in tasks for path in task.fields())
        for path, count in counts.items():
            if count >= WORTH:
                compiler = tasks[0].slot.compiler
                compiler.frames = [frame]
                from_variable(compiler, ITEM, [(FIELD, name) for name in path])


class _Item:
    """What one task does with an item."""

    def __init__(self, unit: Unit, task: Task) -> None:
        self.unit = unit
        self.task = task
        self.loop = task.slot.loop
        self.compiler = task.slot.compiler
        self.place = python.index(python.name(RESULTS), python.constant(task.slot.index))

    def scope(self, test: Test) -> Scope:
        """The scope in which a condition names the item."""
        name = test.binding.variable
        outer = self.compiler.scope
        return outer.item(ITEM) if name is None else outer.bind(name, ITEM)

    def statements(self) -> list[py.stmt]:
        """The statements."""
        in_order = self._in_order()
        tests = self._time()
        if not tests and in_order:
            # The first condition is always tested: what it fetches serves the tasks behind.
            tests = [self._test(in_order.pop(0), is_last=not in_order)]
        with self.compiler.frame.branch():
            return self._rest(tests, in_order)

    def _test(self, test: Test, *, is_last: bool) -> py.expr:
        condition = self.compiler.test(test.condition, self.scope(test))
        return python.negation(condition) if is_last and self.loop.terminal == "lacks" else condition

    def _rest(self, tests: list[py.expr], in_order: list[Test]) -> list[py.stmt]:
        """The statements behind the first condition."""
        tests += [self._test(test, is_last=test is in_order[-1]) for test in in_order]
        if self.loop.terminal in ("exists", "lacks") and self.loop.least == 1:
            # What has been found need not be found again.
            tests.insert(min(1, len(tests)), python.negation(self.place))
        body = self._found()
        return [python.when(python.every(*tests), *body)] if tests else body

    def _in_order(self) -> list[Test]:
        """The conditions, what is quickly tested first; the last one of ``lacks`` stays the last."""
        tests = list(self.task.tests)
        last = [tests.pop()] if self.loop.terminal == "lacks" else []
        return [*sorted(tests, key=_cost), *last]

    def _time(self) -> list[py.expr]:
        """What a chain asks of the time of its event."""
        if self.loop.moment is None:
            return []
        scope = self.compiler.scope.item(ITEM)
        moment = self.compiler.value(self.loop.moment, scope)
        if self.loop.when is None:
            return [is_time(self.compiler, moment)]
        return [lies_in(self.compiler, moment, self.loop.when, scope, single=True)]

    def _found(self) -> list[py.stmt]:
        """What is done with an item for which the conditions hold."""
        match self.loop.terminal:
            case "exists" | "lacks" if self.loop.least == 1:
                return [self._set(python.TRUE), *self._want()]
            case "exists" | "count":
                return [self._increase(python.constant(1)), *self._want()]
        value = self._value()
        if self.loop.terminal == "sum":
            return self._add(value)
        return [python.run(self.unit.call(_keep, python.name(RESULTS), python.constant(self.task.slot.index), value))]

    def _add(self, value: py.expr) -> list[py.stmt]:
        """Add a number; one beyond all doubles makes the sum infinite, which is null."""
        first, again = self.compiler.bound(value)
        is_number = python.some(python.is_class(first, "float"), python.is_class(again, "int"))
        infinite = self._set(self.unit.constant(float("inf")))
        adding = python.guarded([self._increase(again)], "OverflowError", infinite)
        return [python.when(is_number, adding, *self._want())]

    def _value(self) -> py.expr:
        if self.loop.value is None:
            return python.name(ITEM)
        return self.compiler.value(self.loop.value.condition, self.scope(self.loop.value))

    def _set(self, value: py.expr) -> py.stmt:
        return py.Assign([py.Subscript(self.place.value, self.place.slice, py.Store())], value)

    def _increase(self, by: py.expr) -> py.stmt:
        target = py.Subscript(self.place.value, self.place.slice, py.Store())
        return py.AugAssign(target, py.Add(), by)

    def _want(self) -> list[py.stmt]:
        """Note the definitions that have to be evaluated now."""
        return [
            py.Assign([py.Subscript(python.name(WANTED), python.constant(definition), py.Store())], python.NONE)
            for definition in self.task.slot.wanted_by
        ]


def _cost(test: Test) -> int:
    condition = test.condition
    if isinstance(condition, ast.Occurs):
        return 0
    return (
        2 if any(isinstance(node, ast.ItemLambda | ast.Quantification | ast.Chain) for node in walk(condition)) else 1
    )


def _keep(results: list[Any], index: int, value: Any) -> None:
    """Keep a value for an aggregate that needs them all."""
    if results[index] is None:
        results[index] = [value]
    else:
        results[index].append(value)


def _by_value(place: Place, tasks: list[Task]) -> Values:
    exact: dict[str, list[Task]] = {}
    in_any_case: dict[str, list[Task]] = {}
    for task in tasks:
        test, key = task.asked()[place]
        rest = task.without(test) if key.sufficient else task
        for value in dict.fromkeys(key.values):
            (exact if key.exact else in_any_case).setdefault(value, []).append(rest)
    found = Values()
    for value, some in exact.items():
        found.add(found.exact, value, some + in_any_case.get(folded(value), []))
    for value, some in in_any_case.items():
        found.add(found.in_any_case, value, some)
    return found
