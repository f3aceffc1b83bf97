"""What do words, operators and functions mean?  One short text a keyword; the registry has those of the others."""

from __future__ import annotations

import json

from pqltools.functions.registry import function
from pqltools.syntax.operators import INTERVALS, OPERATOR_NAMES, QUANTIFIERS, TIMESTAMPS, UNIT_OF

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.functions.entry import Function

_QUANTIFIED = {
    "some": "True if there is an item for which the condition holds.",
    "all": "True if the condition holds for every item; also if there is none.",
    "none": "True if the condition holds for no item.",
    "one": "True if the condition holds for exactly one item.",
}
_MOMENTS = {
    "now": "The instant of evaluation.",
    "today": "The day of evaluation, in UTC.",
    "yesterday": "The day before that of evaluation, in UTC.",
    "tomorrow": "The day after that of evaluation, in UTC.",
}
_INTERVALS = {
    "this": "The calendar unit of the instant of evaluation: `this week`. Weeks start on Monday; all times are UTC.",
    "last": "The calendar unit before the present one: `last month`.",
    "next": "The calendar unit after the present one: `next year`.",
}
_OTHERS = {
    "select": "`select X from array where condition`: the items for which the condition holds. With several variables, "
    "separated by commas, the items are tuples.",
    "from": "Says of which array a variable is an item; in a time window, before or after a time.",
    "where": "The condition that an item has to meet. In a chain, `WHERE(…)` is a further condition on the event, "
    "which may use the events of earlier elements by their names.",
    "over": "`sum e over X from array where condition`: computes `e` for every item.",
    "let": "`let V = value in expression`: names a value.",
    "on": "The time lies in that day. May be left out.",
    "before": "The time lies before a time: `before now`, `<= 30 days before today`.",
    "after": "The time lies after a time: `after yesterday`, `<= 7 days after now`.",
    "between": "`between start and end`: both belong to the window.",
    "true": "The value of a condition that holds.",
    "false": "The value of a condition that does not hold.",
    "null": "No value. Use `isNull()` and `isNotNull()` to ask for it.",
    "what": "`WHAT(condition)`: which events the element of a chain is about.",
    "when": "`WHEN(window)`: when the event has to lie, as after `occurs`. The name of an earlier element stands for "
    "its time: `WHEN(<= 2 days after C0)`.",
    "count": "`COUNT(5)`: at least so many such events; `COUNT(= 3)` is exactly so many.",
}


def word_doc(word: str, in_chain: bool = False) -> str | None:
    """What a word or an operator means, in Markdown; None if it is no word of the language.

    `count` is a part of a chain or an aggregation; `in_chain` says which one is meant.
    """
    lower = word.lower()
    name = OPERATOR_NAMES.get(lower, lower)
    if in_chain and lower in _OTHERS:
        return _OTHERS[lower]
    entry = function(name)
    if lower in QUANTIFIERS:
        doc = _QUANTIFIED[QUANTIFIERS[lower]]
        return f"`{lower} X from array where condition`\n\n{doc}"
    if entry is not None:
        return function_doc(entry)
    if lower in TIMESTAMPS:
        return _MOMENTS[lower]
    if lower in INTERVALS:
        return _INTERVALS[lower]
    if lower in UNIT_OF:
        return "A unit of time, singular or plural. All calendar arithmetic is in UTC."
    return _OTHERS.get(lower)


def function_doc(entry: Function) -> str:
    """A function: its signature, its documentation, how the operator is written, and an example with its value."""
    parts = [f"```pql\n{entry.sentence}\n```", entry.docs]
    if entry.operator:
        parts.append(f"Written `{entry.operator}`.")
    for example in entry.examples[:1]:
        value = json.dumps(example.value, ensure_ascii=False)
        parts.append(f"Example: {code(example.expression)} is {code(value)}")
    return "\n\n".join(parts)


def code(text: str) -> str:
    """Text in back-quotes, more of them than it has itself."""
    fence = "`"
    while fence in text:
        fence += "`"
    gap = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{gap}{text}{gap}{fence}"
