"""Which items decide?  Of quantifiers, selects, filters and aggregates, item by item."""

from __future__ import annotations

from pqltools.evaluation.explaining.absence import root_of
from pqltools.evaluation.explaining.model import Explanation, Reasons
from pqltools.evaluation.explaining.wording import counted, item_text
from pqltools.evaluation.naive.comparisons import items
from pqltools.evaluation.nulls import all_of, any_of
from pqltools.records import Record, record
from pqltools.syntax import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from pqltools.evaluation.explaining.explainer import Explainer
    from pqltools.evaluation.naive.environment import Environment
    from pqltools.evaluation.nulls import Truth, Truths
    from pqltools.syntax.ast import Expr, FunctionCall, VariableDeclaration

    #: Whether a condition holds for an item, and whether a null decides that.
    Verdict = tuple[bool, bool]
    #: What stands below an item in an explanation.
    Inside = Callable[[int], tuple[Explanation, ...]]

_REFERENCES = (ast.ParameterReference, ast.VariableReference, ast.ItemReference, ast.ModelReference)
_CONDITIONS = frozenset(("exists", "filter", "count"))


@record
class Told(Record):
    """How items are told: what one is called, which outcome comes `first`, and what is told of the others.

    They fill up the room, stand in for the first ones where there are none, or are not told.
    """

    noun: str
    first: bool = True
    fills: bool = False
    others: bool = True


def noun_of(source: Expr) -> str:
    """What an item of an array is called: of the events of a profile, or of some of them, an event."""
    while True:
        match source:
            case ast.FieldLookup(_, "xEvent"):
                return "event"
            case ast.FunctionCall("filter" | "topN" | "bottomN" | "distinct", (array, *_)):
                source = array
            case ast.Select((clause,)):
                source = clause.source
            case _:
                return "item"


# Binders.


def quantified(explainer: Explainer, node: ast.Quantification, environment: Environment) -> Reasons:
    """``exists``, ``forall``, ``none`` and ``one``."""
    is_all = node.quantifier == "all"
    return _clauses(explainer, node.variables, environment, is_all=is_all, fills=node.quantifier == "one")


def selected(explainer: Explainer, node: ast.Select, environment: Environment) -> Reasons:
    """``select``."""
    if node.variables[0].condition is None and len(node.variables) == 1:
        return _source(explainer, node.variables[0].source, environment)
    return _clauses(explainer, node.variables, environment, is_all=False, fills=True)


def _clauses(
    explainer: Explainer,
    clauses: Sequence[VariableDeclaration],
    environment: Environment,
    *,
    is_all: bool,
    fills: bool,
) -> Reasons:
    clause, *rest = clauses
    walker = explainer.walker
    source = _source(explainer, clause.source, environment)
    found = items(walker.value(clause.source, environment))
    scopes = [environment.bind(clause.name, item) for item in found]

    def verdict(inner: Environment) -> Verdict:
        own = True if clause.condition is None else walker.truth(clause.condition, inner)
        if own is False or not rest:
            return _verdict(own, lambda: clause.condition is None or walker.holds(clause.condition, inner))
        below = all_of(walker.conditions(rest, inner)) if is_all else any_of(t for t, _ in walker.found(rest, inner))
        return _verdict(all_of((own, below)), lambda: _holds(walker, clauses, inner, is_all=is_all))

    def inside(index: int) -> tuple[Explanation, ...]:
        told = []
        if clause.condition is not None:
            told.append(explainer.explain(clause.condition, scopes[index], condition=True))
        if rest and (not told or told[0].holds):
            below = _clauses(explainer, rest, scopes[index], is_all=is_all, fills=fills)
            told.append(Explanation("part", rest[0].name, notes=below.notes, children=below.children))
        return tuple(told)

    told = Told(noun_of(clause.source), first=False) if is_all else _told(explainer, clause.source, fills=fills)
    listed = _listed(explainer, found, [verdict(inner) for inner in scopes], inside, told)
    return Reasons((*source.notes, *listed.notes), (*source.children, *listed.children))


def _holds(walker: Truths, clauses: Sequence[VariableDeclaration], inner: Environment, *, is_all: bool) -> bool:
    """Whether an item of the first clause holds, in the logic of two values."""
    condition, rest = clauses[0].condition, tuple(clauses[1:])
    if condition is not None and not walker.holds(condition, inner):
        return False
    return walker.all_hold(rest, inner) if is_all else len(walker.assignments(rest, inner)) > 0


def _verdict(truth: Truth, holds: Callable[[], bool]) -> Verdict:
    """What the evaluator makes of a truth, and whether that is a null's doing."""
    return (holds(), True) if truth is None else (truth, False)


def _source(explainer: Explainer, source: Expr, environment: Environment, *, left_out: bool = False) -> Reasons:
    """What is said of an array: why it is empty, or how it came about; `left_out`, only what is not in it."""
    outer, explainer.tells_left_out = explainer.tells_left_out, left_out
    explained = explainer.explain(source, environment)
    explainer.tells_left_out = outer
    if isinstance(root_of(source), _REFERENCES):
        return Reasons(() if items(explained.value) else (_emptiness(explained),))
    return Reasons((), (explained,))


def _emptiness(array: Explanation) -> str:
    """Why there are no items."""
    if array.value is None:
        return f"{array.notes[0]}, so there are no items"
    return "there are no items" if isinstance(array.value, list | dict) else "that is no array, so there are no items"


# Item functions.


def item_call(explainer: Explainer, node: FunctionCall, value: Any, environment: Environment) -> Reasons:
    """A function whose second argument is evaluated for each item of the first."""
    array, *arguments = node.arguments
    tests = node.function in _CONDITIONS
    # Of an array whose items are told with their values, those that are not in it are news.
    source = _source(explainer, array, environment, left_out=bool(arguments) and not tests)
    found = items(explainer.walker.value(array, environment))
    if not arguments:
        counts = (counted(len(found), noun_of(array)),)
        return Reasons((*source.notes, *(() if source.notes or source.children else counts)), source.children)
    scopes = [*explainer.walker.item_scopes(arguments[0], explainer.walker.value(array, environment), environment)]
    listed = (_tested if tests else _valued)(explainer, node, found, scopes)
    rest = tuple([explainer.explain(part, environment) for part in arguments[1:] if not isinstance(part, _NUMBERS)])
    return Reasons((*source.notes, *listed.notes), (*source.children, *listed.children, *rest))


_NUMBERS = (ast.IntegerLiteral, ast.DoubleLiteral)


def _tested(
    explainer: Explainer, node: FunctionCall, found: Sequence[Any], scopes: Sequence[tuple[Environment, Expr]]
) -> Reasons:
    """``exists``, ``filter`` and ``count`` with a condition."""

    def inside(index: int) -> tuple[Explanation, ...]:
        inner, body = scopes[index]
        return (explainer.explain_item(body, inner, told.noun, condition=True),)

    def verdict(inner: Environment, body: Expr) -> Verdict:
        return _verdict(explainer.walker.truth(body, inner), lambda: explainer.walker.holds(body, inner))

    told = _told(explainer, node.arguments[0], fills=node.function != "exists")
    return _listed(explainer, found, [verdict(*scope) for scope in scopes], inside, told)


def _valued(
    explainer: Explainer, node: FunctionCall, found: Sequence[Any], scopes: Sequence[tuple[Environment, Expr]]
) -> Reasons:
    """``sum``, ``map``, ``topN`` and their like: the value for each item."""
    noun = noun_of(node.arguments[0])
    values = [explainer.walker.value(body, inner) for inner, body in scopes]
    order = [index for index, value in enumerate(values) if value is not None]
    missing = len(values) - len(order)
    order += [index for index, value in enumerate(values) if value is None]
    shown = order[: _room(explainer)]
    explainer.arrays += 1
    lines = []
    for index in shown:
        inner, body = scopes[index]
        text = item_text(found[index], index, len(found), noun)
        child = explainer.explain_item(body, inner, noun)
        lines.append(Explanation("item", text, value=values[index], index=index, children=(child,)))
    explainer.arrays -= 1
    if len(order) > len(shown):
        lines.append(Explanation("rest", f"and {counted(len(order) - len(shown), f'more {noun}')}"))
    notes = (f"{missing} of {counted(len(found), noun)} have no value",) if missing else ()
    return Reasons(notes or (counted(len(found), noun),), tuple(lines))


# Lists of items.


def _told(explainer: Explainer, source: Expr, *, fills: bool) -> Told:
    """How the items of an array are told whose condition picks them."""
    if explainer.tells_left_out:
        return Told(noun_of(source), first=False, fills=False, others=False)
    return Told(noun_of(source), fills=fills)


def _listed(
    explainer: Explainer, found: Sequence[Any], verdicts: Sequence[Verdict], inside: Inside, told: Told
) -> Reasons:
    """The items that decide, in full as far as there is room, and how many others there are."""
    deciding = [index for index, (holds, _) in enumerate(verdicts) if holds is told.first]
    others = [index for index, (holds, _) in enumerate(verdicts) if holds is not told.first]
    # What is known comes before what a null decides among those that decide, and behind it among the others.
    deciding.sort(key=lambda index: verdicts[index][1])
    others.sort(key=lambda index: not verdicts[index][1])
    if (deciding and not told.fills) or not told.others:
        others = others if explainer.limits.skipped else []
    order = deciding + others
    shown = order[: _room(explainer)]
    explainer.arrays += 1
    lines = [_line(found, verdicts[index], index, inside(index), told.noun) for index in shown]
    explainer.arrays -= 1
    rest = set(range(len(verdicts))).difference(shown)
    if rest and told.others:
        lines.append(Explanation("rest", _rest([verdicts[index] for index in rest], told.noun)))
    return Reasons((_summary(verdicts, told.noun),) if verdicts else (), tuple(lines))


def _room(explainer: Explainer) -> int:
    """How many items are told; fewer in arrays inside arrays."""
    return max(explainer.limits.items >> explainer.arrays, 1)


def _line(
    found: Sequence[Any], verdict: Verdict, index: int, inside: tuple[Explanation, ...], noun: str
) -> Explanation:
    holds, unknown = verdict
    text = item_text(found[index], index, len(found), noun)
    return Explanation("item", text, holds=holds, unknown=unknown, index=index, children=inside)


def _summary(verdicts: Sequence[Verdict], noun: str) -> str:
    holding = sum(holds for holds, _ in verdicts)
    return f"holds for {holding or 'none'} of {counted(len(verdicts), noun)}"


def _rest(verdicts: Sequence[Verdict], noun: str) -> str:
    """``and 4 more events: it holds for 1 of them``."""
    holding = sum(holds for holds, _ in verdicts)
    unknown = sum(unknown for _, unknown in verdicts)
    few = "all" if holding == len(verdicts) else holding or "none"
    told = f"and {counted(len(verdicts), f'more {noun}')}: it holds for {few} of them"
    return f"{told}; {unknown} decided by a null" if unknown else told
