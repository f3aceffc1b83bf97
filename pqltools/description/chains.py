"""How are sequences of events said?  A sequence of one step is a statement about events, others are lists of steps."""

from __future__ import annotations

from pqltools.description import arrays, choices, times
from pqltools.description.phrases import STEPS, closed, listing, say
from pqltools.description.words import AMOUNTS, variable
from pqltools.syntax.ast import IntegerLiteral

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.description.arrays import Source
    from pqltools.description.phrases import Phrase
    from pqltools.description.scopes import Scope
    from pqltools.description.writer import Writer
    from pqltools.syntax.ast import Chain, ChainElement, ElementCount

#: What may be said twice, in characters: doubled at every level, nothing would stay short.
_REPEATED = 60


def chain(writer: Writer, node: Chain, scope: Scope, denied: bool = False) -> Phrase:
    """That the events contain the sequence, or that they do not."""
    items = arrays.source(writer, node.array, scope)
    moment = writer.value(node.timestamp_field.body, scope.item(items.noun))
    timed = say(" (timed by ", moment, ")")
    if len(node.elements) == 1:
        (element,) = node.elements
        whole = _timed(items, timed)
        return _single(writer, element, whole, moment, scope, denied)
    steps = []
    for index, element in enumerate(node.elements):
        steps.append(_step(writer, node, index, items, moment, scope))
        scope = scope.named(items.noun, element.name)
    among = closed(arrays.all_items(items))
    return say("among ", among, ", strictly one after the other", timed, ", there are ", listing(STEPS, steps), open=1)


def _timed(items: Source, timed: Phrase) -> Source:
    return arrays.Source(say(items.singular, timed), say(items.plural, timed), items.noun, items.where)


def _single(writer: Writer, element: ChainElement, items: Source, moment: Phrase, scope: Scope, denied: bool) -> Phrase:
    """A sequence of one step."""
    found = items.narrowed(*_conditions(writer, element, items, moment, scope))
    if element.count is None or _is_one(element.count):
        return arrays.there_is("no" if element.negated != denied else "at least one", found)
    clause = say("there are ", _counted(writer, element.count, found, scope))
    clause = say(clause, open=1)
    return choices.untrue(clause) if element.negated != denied else clause


def _step(writer: Writer, node: Chain, index: int, items: Source, moment: Phrase, scope: Scope) -> Phrase:
    """One step of several. What is not to happen is said with the steps that it lies between."""
    element = node.elements[index]
    plain = arrays.Source(items.singular, items.plural, items.noun)
    found = plain.narrowed(*_conditions(writer, element, plain, moment, scope))
    name = f"{items.noun} {variable(element.name)}"
    if element.count is None or _is_one(element.count):
        what = arrays.counted("no" if element.negated else "at least one", found)
    else:
        what = _counted(writer, element.count, found, scope)
        what = say("not ", what) if element.negated else what
    if not element.negated:
        return say("then " if index else "first ", name, ": ", what)
    return say(_between(node, index, items.noun), ", ", name, ": ", what)


def _between(node: Chain, index: int, noun: str) -> str:
    """Where a step is looked for that must not be."""
    before = [one.name for one in node.elements[:index] if not one.negated][-1:]
    after = [one.name for one in node.elements[index + 1 :] if not one.negated][:1]
    words = [f"after {noun} {variable(name)}" for name in before] + [
        f"before {noun} {variable(name)}" for name in after
    ]
    return " and ".join(words) or "at any time"


def _conditions(writer: Writer, element: ChainElement, items: Source, moment: Phrase, scope: Scope) -> list[Phrase]:
    """What has to hold for the event of a step."""
    found = [
        writer.condition(part.body, scope.item(items.noun))
        for part in (element.what, element.where)
        if part is not None
    ]
    if element.when is not None:
        found.append(say(_time(moment), " is ", times.window(writer, element.when, scope)))
    return found


def _time(moment: Phrase) -> Phrase:
    """The time of an event, once more: long ones were said before."""
    text = moment.text()
    return closed(moment) if text is not None and len(text) <= _REPEATED else say("its time")


def _is_one(count: ElementCount) -> bool:
    return count.comparison == ">=" and count.value == IntegerLiteral(1)


def _counted(writer: Writer, count: ElementCount, items: Source, scope: Scope) -> Phrase:
    """``at least 5 events where …``."""
    amount = say(AMOUNTS.get(count.comparison, count.comparison), " ", closed(writer.value(count.value, scope)), " ")
    found = arrays.all_items(items, "")
    return say(amount, found, open=found.open)
