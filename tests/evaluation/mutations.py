"""Which single rules can be turned round?  `FLIPS`: ways in which the naive walker could be wrong.

`pytest -m nightly -s tests/evaluation/test_mutations.py` prints what notices each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from evaluation import wrong_rules as rules
from evaluation.wrong_rules import Wrong
from pqltools.evaluation.naive import arrays, calls, comparisons, sequences, texts, walker, windows
from pqltools.evaluation.naive.comparisons import is_number
from pqltools.evaluation.naive.sequences import Sequences
from pqltools.evaluation.naive.walker import Walker
from pqltools.evaluation.program import Program
from pqltools.evaluation.regexes import search
from pqltools.evaluation.values import as_json, folded, interval, is_date_time, time_of
from pqltools.types.time import step, unit_start

_MODULES = (arrays, calls, comparisons, sequences, texts, walker, windows)
_CLASSES = (Walker, Sequences)


class Flip(NamedTuple):
    """A rule that is turned round: a function of the walker, or an entry of its table, and what stands in its place."""

    name: str
    target: Callable[..., Any] | str
    wrong: Wrong


@contextmanager
def flipped(flip: Flip) -> Iterator[None]:
    """The walker with a flip: the function is replaced wherever the walker finds it."""
    undo: list[Callable[[], None]] = []
    table = calls._HANDLERS
    target = table[flip.target] if isinstance(flip.target, str) else flip.target

    def wrong(*given: Any, **named: Any) -> Any:
        return flip.wrong(target, *given, **named)

    for owner in (*_MODULES, *_CLASSES):
        for name, value in [*vars(owner).items()]:
            if value is target:
                setattr(owner, name, wrong)
                undo.append(lambda owner=owner, name=name: setattr(owner, name, target))  # type: ignore[misc]
    for entries in (table, walker._METHODS):
        for key, value in [*entries.items()]:
            if value is target:
                entries[key] = wrong
                undo.append(lambda entries=entries, key=key: entries.__setitem__(key, target))  # type: ignore[misc]
    assert undo, flip.name
    try:
        yield
    finally:
        for each in undo:
            each()


FLIPS = (
    Flip("`!=` is the negation of `=`", comparisons.holds, rules.negated_equality),
    Flip("null equals null", comparisons.holds, rules.null_is_null),
    Flip("what cannot be converted differs", comparisons.holds, rules.inconvertible_differs),
    Flip("the left side is converted", comparisons.holds, rules.left_is_converted),
    Flip("every item has to compare", comparisons.holds, rules.every_item),
    Flip("date-times are equal as instants", comparisons.holds, rules.date_times_are_equal),
    Flip("date-times are ordered as text", is_date_time, lambda was, text: False),
    Flip("strings are ordered without case", comparisons._ordered, rules.without_case),
    Flip("strings are ordered by UTF-16 units", comparisons._ordered, rules.by_utf16),
    Flip("true is 1", comparisons.convert, rules.booleans_are_numbers),
    Flip("a date is its first instant", interval, lambda was, time: (time.ms, time.ms + 1)),
    Flip("arrays are equal in any order", comparisons.same, rules.unordered),
    Flip("the order of an intersection counts", calls._is_intersection, lambda was, *nodes: False),
    Flip("`in` a scalar is false", arrays._as_items, lambda was, value: was(value) if isinstance(value, list) else []),
    Flip("`not` of null is false", "not", lambda was, walker, node, values: values[0] is not None and not values[0]),
    Flip("0 is false", comparisons.is_true, lambda was, value: was(value) and not (is_number(value) and value == 0)),
    Flip('"" is false', comparisons.is_true, lambda was, value: value != "" and was(value)),
    Flip("{} is false", comparisons.is_true, lambda was, value: value != {} and was(value)),
    Flip("[] is true", comparisons.is_true, lambda was, value: value == [] or was(value)),
    Flip("`if` of null is null", Walker.call, rules.null_if),
    Flip("weeks start on Sunday", unit_start, rules.sunday),
    Flip("decades start with a year in 1", unit_start, rules.decade_from_1),
    Flip("months spill over", step, rules.unclamped),
    Flip("months have 30 days", step, rules.month_is_30_days),
    Flip("the end of a month stays the end", step, rules.to_the_end_of_the_month),
    Flip("days are not those of UTC", windows.literal_interval, rules.local_day),
    Flip("today is the last 24 hours", windows.literal_interval, rules.rolling_day),
    Flip("`between` leaves out its end", windows.lies_between, lambda was, ms, a, b: was(ms, a, (b[0], b[0]))),
    Flip("now is not before now", windows._lies_before, rules.before_with(now=False)),
    Flip("every instant is before itself", windows._lies_before, rules.before_with(now=True)),
    Flip("`<=` before leaves out its bound", windows._lies_before, rules.before_as({"<=": "<"})),
    Flip("`<` before has its bound", windows._lies_before, rules.before_as({"<": "<="})),
    Flip("`>` before has its bound", windows._lies_before, rules.before_as({">": ">="})),
    Flip("`=` before is `<=`", windows._lies_before, rules.equals_is_at_most),
    Flip("`=` before is one unit further back", windows._lies_before, rules.one_more_back),
    Flip("after an interval is after its start", windows._lies_after, rules.after_the_start),
    Flip("every instant is after itself", windows._lies_after_instant, rules.instant_itself),
    Flip("`from` is before", windows.lies_from, rules.from_is_before),
    Flip("every time has to lie in the window", Walker.lies_in, rules.all_times),
    Flip("a date counts as its last instant", Walker.lies_in, rules.last_instant),
    Flip("case is folded fully", folded, lambda was, text: text.casefold()),
    Flip("case is lower case", folded, lambda was, text: text.lower()),
    Flip("the flag for case says nothing", texts.text_holds, rules.flagged(True)),
    Flip("case never counts", texts.text_holds, rules.flagged(False)),
    Flip("negative tests are negations", texts.text_holds, rules.negative_is_negation),
    Flip("numbers on the left are text", texts.text_holds, rules.left_number),
    Flip("`like` finds anywhere", texts.is_like, lambda was, text, pattern: was(text, f"%{pattern}%")),
    Flip(
        "`_` is a character", texts.is_like, lambda was, text, like: was(text.replace("_", " "), like.replace("_", " "))
    ),
    Flip("`matches` is about the whole", search, rules.whole),
    Flip("`regexGroup` gives all", "regexGroup", rules.group_0),
    Flip("`%` is floored", arrays._computed, rules.floored),
    Flip("`/` of integers is an integer", arrays._computed, rules.whole_quotient),
    Flip("division by zero is infinite", arrays.arithmetic, rules.infinite),
    Flip("integers wrap", arrays.bounded, rules.wrapped),
    Flip("strings are added as numbers", arrays.arithmetic, rules.texts_are_numbers),
    Flip("the sum of nothing is null", arrays.total, rules.null_total),
    Flip("the average counts nulls", arrays.average, rules.counting_nulls),
    Flip("null is the least", comparisons.order_key, rules.null_is_least),
    Flip("ties are reversed", arrays.ranked, rules.ranked(lambda items, values: (items[::-1], values[::-1]))),
    Flip("`topN` gives the lowest", arrays.ranked, rules.ranked(lambda items, values: (items, values), flip=True)),
    Flip("`topN` puts null first", arrays.ranked, rules.ranked(rules.nulls_first)),
    Flip("`distinct` keeps the last", arrays.distinct, rules.last_kept),
    Flip("`distinct` converts", comparisons.identity, rules.converting),
    Flip("groups are sorted", arrays.grouped, rules.sorted_groups),
    Flip("entries make no map", arrays.mapped, lambda was, values: values),
    Flip("maps have no items", comparisons.items, rules.strict_map),
    Flip("null has an item", comparisons.items, lambda was, value: [None] if value is None else was(value)),
    Flip("a disjoint intersection is null", arrays.set_function, rules.null_if_disjoint),
    Flip("nested arrays stay", comparisons.field, rules.unflattened),
    Flip("paths keep nulls", comparisons.field, rules.nulls_kept),
    Flip("`count` leaves out nulls", Walker.item_call, rules.nulls_not_counted),
    Flip("all of nothing is false", Walker.quantification, rules.nothing_is_not_all),
    Flip("one is at least one", Walker.quantification, rules.at_least_one),
    Flip("later clauses are outer loops", Walker.select, rules.later_loops_outside),
    Flip("`^` is the outermost scope", Walker.item, rules.outermost_item),
    Flip("an outer `let` wins", Walker.let, rules.outer_let_wins),
    Flip("the order of a chain is not strict", Sequences._matching, rules.not_strict),
    Flip("chains have no order", Sequences._matching, rules.without_order),
    Flip("chains try one way", Sequences._matching, rules.first_way_only),
    Flip("`COUNT(n)` is exact", Sequences._counts, rules.exact_count),
    Flip("`NOT` looks to the end", Sequences._holds, rules.to_the_end),
    Flip("events without a time are the first", time_of, rules.untimed_at_0),
    Flip("namespaces tell case", calls.lookup, rules.exact_namespace),
    Flip("the namespace ups tells case", calls.is_member, rules.member_if(("realized", "existing"), exact=True)),
    Flip("existing is no member", calls.is_member, rules.member_if(("realized",))),
    Flip("exited is a member", calls.is_member, rules.member_if(("realized", "existing", "exited"))),
    Flip("any namespace will do", calls.is_member, rules.member_if(("realized", "existing"), None)),
    Flip("membership is asked before the definition", Walker.in_segment, rules.membership_first),
)


class Sample(NamedTuple):
    """An expression with a profile, and the value that it should have."""

    name: str
    program: Program
    parameters: list[Any]
    models: dict[str, Any]
    value: str


def differs(sample: Sample) -> bool:
    """Whether the walker now gives another value, or none."""
    try:
        found = Walker(sample.program, sample.parameters, sample.models).result()
    except Exception:
        return True
    return repr(as_json(found)) != sample.value
