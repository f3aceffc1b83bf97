"""How is each function said?  One entry a function, by name; what has no entry is named as it is.

An entry gets the writer, the call and the scope, and gives a phrase, or None if the call has not the arguments that
the function takes. Functions that give a boolean are conditions, the others values; `if` is both. `DENIALS` has those
whose opposite has words of its own.
"""

from __future__ import annotations

from pqltools.description import aggregates, arrays, choices, collections, comparisons, platform, values
from pqltools.description.phrases import joined, listed, say
from pqltools.description.words import quoted
from pqltools.functions.registry import function as find_function

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from pqltools.description.phrases import Phrase
    from pqltools.description.scopes import Scope
    from pqltools.description.writer import Writer
    from pqltools.syntax.ast import FunctionCall

    Entry: TypeAlias = Callable[[Writer, FunctionCall, Scope], Phrase | None]

CONDITIONS: dict[str, Entry] = {
    "and": choices.both,
    "or": choices.either,
    "not": choices.negation,
    "if": choices.condition_choice,
    **dict.fromkeys(comparisons.TESTS, comparisons.test),
    "intersects": collections.intersects,
    "subsetOf": collections.subset,
    "supersetOf": collections.superset,
    "includes": collections.includes,
    "exists": arrays.exists,
    "isNull": values.is_null,
    "isNotNull": values.is_not_null,
    "inSegment": platform.in_segment,
    "stringCompare": platform.string_compare,
}

DENIALS: dict[str, Entry] = {
    "and": choices.not_both,
    "or": choices.neither,
    "not": choices.double_negation,
    **dict.fromkeys(comparisons.POSITIVE, comparisons.failed),
    "exists": arrays.exists_not,
    "isNull": values.is_not_null,
    "isNotNull": values.is_null,
    "inSegment": platform.not_in_segment,
}

VALUES: dict[str, Entry] = {
    "if": choices.choice,
    "regexGroup": values.regex_group,
    "intersection": collections.intersection,
    "distinct": collections.distinct,
    "groupBy": collections.group_by,
    "filter": arrays.filtered,
    "map": collections.mapped,
    "topN": collections.top,
    "bottomN": collections.bottom,
    "head": collections.head,
    "get": values.entry,
    "keys": values.noun("the list of keys of"),
    "values": values.noun("the list of values of"),
    "mapEntry": values.map_entry,
    "count": aggregates.count,
    "sum": aggregates.aggregate("sum", "over"),
    "average": aggregates.aggregate("average", "over"),
    "min": aggregates.aggregate("lowest", "among"),
    "max": aggregates.aggregate("highest", "among"),
    "+": values.arithmetic("plus"),
    "-": values.minus,
    "*": values.arithmetic("times"),
    "/": values.arithmetic("divided by"),
    "%": values.remainder,
    "currentMonth": values.fixed("the current month"),
    "getMonth": values.noun("the month of"),
    "currentYear": values.fixed("the current year"),
    "getYear": values.noun("the year of"),
    "currentDayOfMonth": values.fixed("the current day of the month"),
    "getDayOfMonth": values.noun("the day of the month of"),
    "date": values.date,
    "modelInstances": platform.model_instances,
}


def plain_call(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase:
    """A call that says no more than the name and the arguments."""
    unknown = "" if find_function(call.function) else "unknown "
    given = joined([listed(writer.value(argument, scope)) for argument in call.arguments])
    return say(f"the result of the {unknown}function {quoted(call.function)} given (", given, ")")
