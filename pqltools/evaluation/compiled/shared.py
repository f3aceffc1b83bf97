"""How are several aggregates of one selection compiled?  As one function that computes them all in one pass."""

from __future__ import annotations

from pqltools.evaluation.compiled import loops, python
from pqltools.evaluation.compiled.frames import PROFILE
from pqltools.evaluation.runtime import arrays, numbers

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast as py

    from pqltools.evaluation.compiled.compiler import Compiler, Scope
    from pqltools.syntax.ast import Expr, FunctionCall


class Accumulator:
    """One aggregate: what is set before the loop, what is done for an item, and the result.

    Items are counted, and numbers added up, in a variable; other aggregates need the values.
    """

    def __init__(self, compiler: Compiler, node: FunctionCall) -> None:
        self.compiler = compiler
        self.node = node
        self.word = compiler.unit.fresh("v")

    def start(self) -> py.stmt:
        """The variable at the start."""
        name = self.node.function
        initial: py.expr = python.array([])
        if name in ("count", "sum", "exists"):
            initial = python.FALSE if name == "exists" else python.constant(0)
        return python.assign(self.word, initial)

    def add(self, item: str, scope: Scope) -> list[py.stmt]:
        """What is done for an item."""
        name = self.node.function
        if name in ("count", "exists"):
            change = (
                python.assign(self.word, python.TRUE)
                if name == "exists"
                else python.add_to(self.word, python.constant(1))
            )
            if len(self.node.arguments) == 1:
                return [change]
            return [python.when(self._argument(item, scope, as_condition=True), change)]
        value = self._argument(item, scope, as_condition=False)
        if name == "sum":
            return loops.add_number(self.compiler, self.word, value)
        return [python.run(python.method(python.name(self.word), "append", value))]

    def _argument(self, item: str, scope: Scope, *, as_condition: bool) -> py.expr:
        if len(self.node.arguments) == 1:
            return python.name(item)
        body: Expr = self.node.arguments[1]
        build = self.compiler.test if as_condition else self.compiler.value
        inner = getattr(body, "body", None)
        return build(body, scope) if inner is None else build(inner, scope.item(item))

    def result(self) -> py.expr:
        """What the pass gives: the value of the aggregate, of a sum what `bounded` makes it of."""
        unit, found = self.compiler.unit, python.name(self.word)
        match self.node.function:
            case "count" | "exists" | "sum":
                return found
            case "average":
                return unit.call(arrays.average, found)
        times = self.compiler.has_times(self.node.arguments[-1])
        flags = (python.constant(self.node.function == "max"), python.constant(times))
        return unit.call(arrays.extreme, found, *flags)


def aggregate(compiler: Compiler, node: FunctionCall, members: tuple[FunctionCall, ...], scope: Scope) -> py.expr:
    """One of several aggregates: an item of the tuple that a function gives for all of them."""
    place = (PROFILE, (("members", str(id(members[0]))),))
    word = compiler.frame.fetched(place)
    position = python.constant(members.index(node))
    results: py.expr
    if word is not None:
        results = python.name(word)
    else:
        call = compiler.function(lambda: _pass(compiler, members, scope))
        word = compiler.unit.fresh("v")
        compiler.frame.note(place, word)
        results = python.assigned(word, call)
    found = python.index(results, position)
    return compiler.unit.call(numbers.bounded, found) if node.function == "sum" else found


def _pass(compiler: Compiler, members: tuple[FunctionCall, ...], scope: Scope) -> list[py.stmt]:
    found = [Accumulator(compiler, member) for member in members]

    def for_item(word: str) -> list[py.stmt]:
        return [statement for each in found for statement in each.add(word, scope)]

    passes = loops.each(compiler, members[0].arguments[0], scope, for_item)
    results = python.pair(*[each.result() for each in found])
    return [*[each.start() for each in found], *passes, python.returned(results)]
