"""Why does this node have this value here?  `Explainer.explain`, one method for each kind of node.

The values are those of a walker, not computed anew from the parts, so that an explanation cannot tell another story
than the evaluator. Places that are explained are kept by the walker, which then finds most values at hand.
"""

from __future__ import annotations

from pqltools.evaluation.explaining import arrays, chains
from pqltools.evaluation.explaining.absence import absence, membership, root_of
from pqltools.evaluation.explaining.model import Explanation, Limits, Reasons
from pqltools.evaluation.explaining.reasons import TESTS, reasons
from pqltools.evaluation.explaining.windows import side, window_notes
from pqltools.evaluation.naive.calls import called, has_times
from pqltools.evaluation.naive.comparisons import is_true
from pqltools.evaluation.operations import operation
from pqltools.formats.layout import one_line
from pqltools.formats.pql_printer import Printer
from pqltools.formats.printed_scopes import Scope
from pqltools.records import replace
from pqltools.syntax import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from pqltools.evaluation.naive.environment import Environment
    from pqltools.evaluation.nulls import Truths
    from pqltools.syntax.ast import Expr, FunctionCall

_LITERALS = (ast.StringLiteral, ast.IntegerLiteral, ast.DoubleLiteral, ast.BooleanLiteral, ast.NullLiteral)
_PATHS = (ast.FieldLookup, ast.ParameterReference, ast.VariableReference, ast.ItemReference, ast.ModelReference)
#: Functions whose second argument is a condition, or a value, for each item.
_ITEM_FUNCTIONS = frozenset("exists filter count map groupBy topN bottomN sum average min max".split())


class Explainer:
    """Explains one run of a program, at any place in it. `text` is what the program was read from, if it was text."""

    def __init__(self, walker: Truths, limits: Limits, text: str | None = None, level: int = 0) -> None:
        self.walker = walker
        self.limits = limits
        self.source = text
        #: How many levels of the expression, and how many arrays, are around what is being explained.
        self.level = level
        self.arrays = 0
        #: What the item of the innermost scope is called.
        self.noun = "item"
        #: Whether of an array those items are told that are not in it.
        self.tells_left_out = False
        self._texts: dict[int, str] = {}

    def explain(self, node: Expr, environment: Environment, *, condition: bool = False, label: str = "") -> Explanation:
        """The explanation of `node`; `condition` says that it stands in a Boolean position."""
        self.walker.keep(environment)
        value = self.walker.value(node, environment)
        holds = is_true(value) if condition else None
        unknown = condition and self.walker.truth(node, environment) is None
        found = self._reasons(node, value, environment)
        return Explanation(
            "expression", self.text(node, environment), label, value, holds, unknown, True, None,
            found.notes, found.children, node=node,
        )  # fmt: skip

    def explain_item(
        self, node: Expr, environment: Environment, noun: str, *, condition: bool = False, label: str = ""
    ) -> Explanation:
        """The explanation of what is evaluated for an item, which is called an event or an item."""
        outer, self.noun = self.noun, noun
        try:
            return self.explain(node, environment, condition=condition, label=label)
        finally:
            self.noun = outer

    def _reasons(self, node: Expr, value: Any, environment: Environment) -> Reasons:
        if self.level >= self.limits.depth:
            return Reasons(("what is inside is too deep to be told",))
        self.level += 1
        try:
            method = _METHODS.get(node.__class__)
            return Reasons() if method is None else method(self, node, value, environment)
        finally:
            self.level -= 1

    def skipped(self, node: Expr, environment: Environment, *, condition: bool = True, label: str = "") -> Explanation:
        """The explanation of what an evaluator does not evaluate, or that it does not."""
        if self.limits.skipped:
            found = self.explain(node, environment, condition=condition, label=label)
            return replace(found, notes=(*found.notes, "the answer does not depend on this"))
        return Explanation("expression", self.text(node, environment), label, evaluated=False, node=node)

    def text(self, node: Expr, environment: Environment) -> str:
        """The text of a node on one line: the user's own if there is one, else the canonical one."""
        known = self._texts.get(id(node))
        if known is None:
            known = self._texts[id(node)] = self._own_text(node) or self._canonical(node, environment)
        return known

    def _own_text(self, node: Expr) -> str | None:
        if self.source is None or node.span is None:
            return None
        text = self.source[node.span[0] : node.span[1]]
        # Comments belong to no part in particular.
        return None if "//" in text or "/*" in text or "\n" in text or "\r" in text else text

    def _canonical(self, node: Expr, environment: Environment) -> str:
        scope = Scope(frozenset(environment.variables), (None,) * len(environment.items))
        return one_line(Printer(node).doc(node, scope))

    # One method for each kind of node: why it has its value.

    def path(self, node: Expr, value: Any, environment: Environment) -> Reasons:
        """Of fields and references: what is missing, and what a path starts from if that is computed."""
        missing = absence(self.walker, node, environment, self.text, self.noun) if value is None else None
        root = root_of(node)
        computed = () if isinstance(root, _PATHS) or is_written_out(root) else (self.explain(root, environment),)
        return Reasons(() if missing is None else (missing,), computed)

    def list_literal(self, node: ast.ListLiteral, value: Any, environment: Environment) -> Reasons:
        """Of a list: its items that are not written out."""
        return Reasons((), self._operands(node.items, environment))

    def object_literal(self, node: ast.ObjectLiteral, value: Any, environment: Environment) -> Reasons:
        """Of an object: its values that are not written out."""
        return Reasons((), self._operands(tuple([part.value for part in node.properties]), environment))

    def _operands(self, nodes: tuple[Expr, ...], environment: Environment) -> tuple[Explanation, ...]:
        """The parts that have a value of their own to tell."""
        return tuple([self.explain(node, environment) for node in nodes if not is_written_out(node)])

    def let(self, node: ast.Let, value: Any, environment: Environment) -> Reasons:
        """Of ``let``: what the variable stands for, and the body."""
        bound = self.explain(node.value, environment, label=f"{node.name} =")
        inner = environment.bind(node.name, bound.value)
        return Reasons((), (bound, self.explain(node.body, inner, condition=self._is_condition(node), label="in")))

    def _is_condition(self, node: Expr) -> bool:
        """Whether inference saw the node in a Boolean position; of `let` and `if`, which hand it on."""
        typing = self.walker.program.typing
        below: ast.Node = node
        while id(below) not in typing.conditions:
            parent = typing.parents.get(id(below))
            hands_on = (isinstance(parent, ast.Let) and parent.body is below) or (
                isinstance(parent, ast.FunctionCall) and parent.function == "if" and parent.arguments[0] is not below
            )
            if parent is None or not hands_on:
                return False
            below = parent
        return True

    def call(self, node: FunctionCall, value: Any, environment: Environment) -> Reasons:
        """Of a call, by its function."""
        name = node.function
        if name in ("and", "or"):
            return self._connective(node, environment)
        if name == "not":
            return Reasons((), (self.explain(node.arguments[0], environment, condition=True),))
        if name == "if":
            return self._if(node, environment)
        if name in _ITEM_FUNCTIONS:
            return arrays.item_call(self, node, value, environment)
        if name == "inSegment":
            return self._segment(node, environment)
        if name == "get" and isinstance(node.arguments[1], ast.StringLiteral):
            return self.path(node, value, environment)
        children = self._operands(node.arguments, environment)
        return Reasons(self._test_notes(node, value, environment), children)

    def _connective(self, node: FunctionCall, environment: Environment) -> Reasons:
        """Of ``and`` and ``or``: the operands up to the one that decides."""
        decides = node.function == "or"
        children: list[Explanation] = []
        is_decided = False
        for part in node.arguments:
            if is_decided:
                children.append(self.skipped(part, environment))
                continue
            children.append(self.explain(part, environment, condition=True))
            is_decided = children[-1].holds is decides
        return Reasons((), tuple(children))

    def _if(self, node: FunctionCall, environment: Environment) -> Reasons:
        test, *branches = node.arguments
        explained = self.explain(test, environment, condition=True, label="if")
        condition = self._is_condition(node)
        children = [explained]
        for branch, label, chosen in zip(
            branches, ("then", "else"), (explained.holds, not explained.holds), strict=True
        ):
            tell = self.explain if chosen else self.skipped
            children.append(tell(branch, environment, condition=condition, label=label))
        return Reasons((), tuple(children))

    def _segment(self, node: FunctionCall, environment: Environment) -> Reasons:
        """Of ``inSegment``: its definition, or the profile's membership."""
        id = self.walker.value(node.arguments[0], environment)
        walker = self.walker.segment(id)
        if walker is None:
            note = membership(self.walker.parameter(0), id) if isinstance(id, str) else "that is no id of a segment"
            return Reasons((note,), self._operands(node.arguments, environment))
        inner = Explainer(walker, self.limits, level=self.level)
        inner.arrays = self.arrays
        return Reasons(
            (), (inner.explain(walker.program.body, walker.outermost(), condition=True, label="definition"),)
        )

    def _test_notes(self, node: FunctionCall, value: Any, environment: Environment) -> tuple[str, ...]:
        if node.function not in TESTS:
            return ()
        values = [self.walker.value(part, environment) for part in node.arguments]
        apply = operation(self.walker, node)

        def test(left: Any) -> bool:
            each = [left, *values[1:]]
            return bool(called(self.walker, node, each) if apply is None else apply(*each))

        times = has_times(self.walker, node.arguments)
        return tuple(filter(None, reasons(node.function, values, value is True, test, times=times)))

    def occurs(self, node: ast.Occurs, value: Any, environment: Environment) -> Reasons:
        """Of ``occurs``: the time and the window."""
        time = self.walker.value(node.timestamp, environment)
        missed = None if value else side(self.walker, time, node.window, environment)
        notes = [*([missed] if missed else []), *window_notes(self.walker, node.window, environment)]
        nodes = [node.timestamp, node.window.time, *([node.window.end] if node.window.end else [])]
        parts = tuple([part for part in nodes if not isinstance(part, ast.TimeInterval)])
        return Reasons(tuple(notes), self._operands(parts, environment))

    def quantification(self, node: ast.Quantification, value: Any, environment: Environment) -> Reasons:
        """Of ``exists``, ``forall``, ``none`` and ``one``: the items that decide."""
        return arrays.quantified(self, node, environment)

    def select(self, node: ast.Select, value: Any, environment: Environment) -> Reasons:
        """Of ``select``: the items that are taken, and those that are not."""
        return arrays.selected(self, node, environment)

    def chain(self, node: ast.Chain, value: Any, environment: Environment) -> Reasons:
        """Of ``chain``: which event each element stands for, or the element that there is none for."""
        return chains.chain(self, node, environment)


_METHODS: dict[type, Callable[[Explainer, Any, Any, Environment], Reasons]] = {
    **dict.fromkeys(_PATHS, Explainer.path),
    ast.ListLiteral: Explainer.list_literal,
    ast.ObjectLiteral: Explainer.object_literal,
    ast.FunctionCall: Explainer.call,
    ast.Let: Explainer.let,
    ast.Occurs: Explainer.occurs,
    ast.Quantification: Explainer.quantification,
    ast.Select: Explainer.select,
    ast.Chain: Explainer.chain,
}


def is_written_out(node: ast.Node) -> bool:
    """Whether the text of a node tells its value: literals, and lists and dates of them."""
    if isinstance(node, ast.ListLiteral):
        return all(map(is_written_out, node.items))
    if isinstance(node, ast.FunctionCall) and node.function == "date":
        return all(map(is_written_out, node.arguments))
    return isinstance(node, (*_LITERALS, ast.TimestampLiteral))
