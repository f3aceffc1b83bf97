"""Which of many definitions does a profile qualify for?  `compile_job` makes one function of them all."""

from __future__ import annotations

import ast as py

from pqltools.evaluation.compiled import python
from pqltools.evaluation.compiled.compiler import NOTHING, Compiler, made_object
from pqltools.evaluation.compiled.frames import MODELS, MORE, PROFILE, Frame, Unit
from pqltools.evaluation.compiled.paths import from_variable
from pqltools.evaluation.fused.keys import Key, conjuncts, key_of
from pqltools.evaluation.fused.loops import Loop, canonical, loop_of
from pqltools.evaluation.fused.passes import RESULTS, WANTED, WORTH, Passes, Slot
from pqltools.evaluation.fused.tables import Known
from pqltools.evaluation.recursion import room_for_depth
from pqltools.evaluation.runtime import arrays, numbers
from pqltools.evaluation.runtime.comparisons import comparison
from pqltools.evaluation.values import folded
from pqltools.syntax import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, TypeAlias

    from pqltools.evaluation.compiled.compiler import Scope
    from pqltools.evaluation.program import Program
    from pqltools.evaluation.structs import Structs
    from pqltools.syntax.ast import Expr

    #: Tells which definitions a profile qualifies for, by their indices in order.
    Job: TypeAlias = Callable[..., list[int]]

_GIVEN = [PROFILE, MORE, MODELS]


def compile_job(programs: Sequence[Program], *, plain_names: bool = False, structs: Structs | None = None) -> Job:
    """One function for many programs: ``job(profile, parameters=(), models={})`` gives the indices of those that hold.

    The answers are those of the compiled programs one by one. Segments that programs refer to are evaluated as they
    were prepared. `plain_names` promises that profiles have no names of standard notation (`xdm:person`), as those
    that `pqltools.data` reads. With `structs` objects are such, of programs that `fit_structs`; this function raises
    `AskedOtherwise` if they ask for more than there is, and the job raises something for data that are not so.
    """
    with room_for_depth():
        return _Fusion(programs, Unit(plain_names=plain_names, structs=structs)).job()


class _Member(Compiler):
    """Compiles one definition; what it asks of the items of arrays is taken from the results of the passes."""

    def __init__(self, fusion: _Fusion, program: Program) -> None:
        super().__init__(fusion.unit, program, fusion.segments)
        self.fusion = fusion

    def value(self, node: Expr, scope: Scope) -> py.expr:
        """See `Compiler`."""
        slot = self.slot(node, as_condition=False)
        return super().value(node, scope) if slot is None else _result(self, node, slot)

    def test(self, node: Expr, scope: Scope) -> py.expr:
        """See `Compiler`."""
        slot = self.slot(node, as_condition=True)
        if slot is None:
            return super().test(node, scope)
        result = _result(self, node, slot)
        is_number = isinstance(node, ast.FunctionCall) and node.function != "exists" and node.function != "filter"
        return self.truth(result) if is_number else result

    def slot(self, node: Expr, *, as_condition: bool) -> Slot | None:
        """The slot of a loop that depends on the profile alone."""
        if id(node) not in self.closed or len(self.frames) > 1 or not self.frame.outermost:
            return None
        loop = loop_of(node, self.program, self.closed, as_condition=as_condition)
        return None if loop is None else self.fusion.slot(loop, self)


def _result(compiler: Compiler, node: Expr, slot: Slot) -> py.expr:
    """The value of a node from the result of its loop."""
    place = python.index(python.name(RESULTS), python.constant(slot.index))
    loop = slot.loop
    if isinstance(node, ast.Quantification):
        if node.quantifier == "one":
            return python.compare(place, "=", python.constant(1))
        return place if node.quantifier == "some" else python.negation(place)
    match loop.terminal:
        case "exists" if loop.least > 1:
            return python.compare(place, ">=", python.constant(loop.least))
        case "exists" | "count":
            return place
        case "sum":
            return _bounded(compiler, place, slot.index)
    found = python.some(place, compiler.unit.constant(()))
    if loop.terminal == "average":
        return compiler.unit.call(arrays.average, found)
    assert isinstance(node, ast.FunctionCall)
    times = compiler.has_times(node.arguments[-1])
    return compiler.unit.call(arrays.extreme, found, python.constant(loop.terminal == "max"), python.constant(times))


def _bounded(compiler: Compiler, total: py.expr, index: int) -> py.expr:
    """A sum, or null if it is too large; found out once for all that ask for it."""
    path = (RESULTS, (("bounded", str(index)),))
    known = compiler.frame.fetched(path)
    if known is not None:
        return python.name(known)
    word = compiler.unit.fresh("v")
    compiler.frame.note(path, word)
    return python.assigned(word, compiler.unit.call(numbers.bounded, total))


class _Fusion:
    """The parts of one job."""

    def __init__(self, programs: Sequence[Program], unit: Unit) -> None:
        self.unit = unit
        self.segments: dict[str, str] = {}
        self.slots: dict[Loop, Slot] = {}
        self.members = [_Member(self, program) for program in programs]
        #: Definitions by the keys of a field of the profile that they need.
        self.keyed: dict[tuple[str, ...], list[tuple[Key, int]]] = {}
        #: Definitions that every profile must be asked.
        self.always: list[int] = []

    def slot(self, loop: Loop, compiler: Compiler) -> Slot:
        """The slot of a loop, the same for equal ones."""
        known = canonical(loop)
        found = self.slots.get(known)
        if found is None:
            own = Compiler(self.unit, loop.program, self.segments)
            found = self.slots[known] = Slot(loop, len(self.slots), compiler=own, wanted_by=[])
        return found

    def job(self) -> Job:
        """The function."""
        for index, member in enumerate(self.members):
            self._trigger(index, member)
        self._drop_rare_keys()
        definitions = {
            index: self._definition(member) for index, member in enumerate(self.members) if index not in self.always
        }
        found = self.unit.fresh("v")
        # All loops have to be known before the passes are built.
        always = self._always(found)
        start = self._initial()
        body = [
            *([made_object(self.unit)] if self.unit.structs is None else []),
            python.assign(RESULTS, python.method(self.unit.constant(start), "copy")),
            python.assign(WANTED, python.call("dict")),
            *[python.run(call) for call in self._passes()],
            *self._lookups(),
            python.assign(found, python.array([])),
            *always,
            python.when(python.name(WANTED), *self._wanted(definitions, found)),
            python.returned(python.name(found)),
        ]
        word = self.unit.fresh("f")
        defaults: list[py.expr] = [self.unit.constant(()), self.unit.constant(NOTHING)]
        self.unit.define(body, word=word, parameters=_GIVEN, defaults=defaults)
        job: Job = self.unit.build()[word]
        return job

    def _definition(self, member: _Member) -> str:
        """The function that evaluates a definition, given the results of the passes."""
        word = self.unit.fresh("f")
        result = member.test(member.program.body, member.scope)
        body = [*member.frame.start, python.returned(result)]
        self.unit.define(body, word=word, parameters=[*_GIVEN, RESULTS])
        return word

    def _initial(self) -> list[Any]:
        initial = {"count": 0, "sum": 0, "average": None, "min": None, "max": None, "lacks": False}
        return [
            (False if slot.loop.least == 1 else 0) if slot.loop.terminal == "exists" else initial[slot.loop.terminal]
            for slot in self.slots.values()
        ]

    def _passes(self) -> list[py.expr]:
        arrays: dict[Expr, list[Slot]] = {}
        for slot in self.slots.values():
            arrays.setdefault(slot.loop.array, []).append(slot)
        passes = Passes(self.unit)
        return [passes.over(slots) for slots in arrays.values()]

    # Triggers.

    def _drop_rare_keys(self) -> None:
        """A look-up pays only for several definitions."""
        for path, keyed in [*self.keyed.items()]:
            if len(keyed) < WORTH:
                self.always += [index for _, index in keyed]
                del self.keyed[path]

    def _trigger(self, index: int, member: _Member) -> None:
        """Note when a definition has to be evaluated: with a value of the profile, with an item, or always."""
        _bind(member)
        slots: list[Slot] = []
        for condition in conjuncts(member.program.body):
            key = key_of(condition, member.program, _is_profile)
            if key is not None and not key.inner:
                self.keyed.setdefault(key.path, []).append((key, index))
                return
            slots += self._needed(condition, member)
        if slots:
            slots[0].wanted_by.append(index)
        else:
            self.always.append(index)

    def _needed(self, condition: Expr, member: _Member) -> list[Slot]:
        """The slot of a loop without whose items a condition cannot hold."""
        match condition:
            case ast.FunctionCall("=" | "!=" | "<" | "<=" | ">" | ">=" as symbol, (left, right)):
                # A count or a sum of nothing is 0.
                number = right.value if isinstance(right, ast.IntegerLiteral | ast.DoubleLiteral) else None
                slot = None if number is None else member.slot(left, as_condition=False)
                if slot is None or slot.loop.terminal not in ("count", "sum") or comparison(symbol)(0, number):
                    return []
                return [slot] if isinstance(left, ast.FunctionCall) else []
            case ast.Quantification(quantifier) if quantifier not in ("some", "one"):
                return []
        slot = member.slot(condition, as_condition=True)
        if slot is None or slot.loop.terminal not in ("exists", "count"):
            return []
        is_count = isinstance(condition, ast.FunctionCall) and condition.function == "count"
        # A number holds, 0 as well.
        return [] if is_count else [slot]

    def _lookups(self) -> list[py.stmt]:
        """Want the definitions that ask for the values that fields of the profile have."""
        statements: list[py.stmt] = []
        for path, keyed in self.keyed.items():
            table = Wanted(keyed)
            compiler = self.members[keyed[0][1]]
            compiler.frames = [Frame(outermost=True)]
            value = from_variable(compiler, PROFILE, [(".", name) for name in path])
            first, again = compiler.bound(value)
            known = python.index(self.unit.constant(table.known), again)
            rest = python.choice(python.is_given(again), self.unit.constant(table.all), python.NONE)
            word = self.unit.fresh("v")
            wanted = python.assigned(word, python.choice(python.is_class(first, "str"), known, rest))
            update = python.method(python.name(WANTED), "update", python.name(word))
            statements.append(python.when(python.is_given(wanted), python.run(update)))
        return statements

    def _always(self, found: str) -> list[py.stmt]:
        """Evaluate what is evaluated for every profile; what one has fetched serves the next."""
        statements: list[py.stmt] = []
        frame = Frame(outermost=True)
        for index in sorted(self.always):
            member = self.members[index]
            member.frames = [frame]
            _bind(member)
            test = member.test(member.program.body, member.scope)
            add = python.run(python.method(python.name(found), "append", python.constant(index)))
            statements.append(python.when(test, add))
        return [*frame.start, *statements]

    def _wanted(self, definitions: dict[int, str], found: str) -> list[py.stmt]:
        functions = _Functions(definitions)
        self.unit.on_build(functions.resolve)
        index = self.unit.fresh("v")
        function = python.index(self.unit.constant(functions.found), python.name(index))
        holds = python.call(function, *map(python.name, [*_GIVEN, RESULTS]))
        add = python.run(python.method(python.name(found), "append", python.name(index)))
        sort = python.run(python.method(python.name(found), "sort"))
        return [python.loop(index, python.name(WANTED), [python.when(holds, add)]), sort]


class _Functions:
    """The functions of definitions, by index, once there are any."""

    def __init__(self, names: dict[int, str]) -> None:
        self.names = names
        self.found: dict[int, Any] = {}

    def resolve(self, namespace: dict[str, Any]) -> None:
        """Take the functions."""
        self.found.update((index, namespace[name]) for index, name in self.names.items())


class Wanted:
    """The definitions that ask for a value of a field: `known` for a string, `all` for what is none, nor null."""

    def __init__(self, keyed: list[tuple[Key, int]]) -> None:
        exact: dict[str, dict[int, None]] = {}
        in_any_case: dict[str, dict[int, None]] = {}
        for key, index in keyed:
            for value in key.values:
                (exact if key.exact else in_any_case).setdefault(value, {})[index] = None
        for value, some in exact.items():
            some.update(in_any_case.get(folded(value), {}))
        self.all = dict.fromkeys([index for _, index in keyed])
        self.known = Known(exact, in_any_case)


def _bind(member: _Member) -> None:
    """Give the named parameters their variables in the function that is being built."""
    for position, name in enumerate(member.program.parameters):
        member.scope = member.scope.bind(name, member.parameter(position))


def _is_profile(node: Expr) -> bool:
    return isinstance(node, ast.ParameterReference) and node.position == 1
