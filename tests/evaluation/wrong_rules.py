"""What would the walker say if a rule were another?  The wrong rules of `mutations`.

Each gets the function that it stands in for as its first argument.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pqltools.evaluation.naive import calls, comparisons
from pqltools.evaluation.naive.comparisons import is_number
from pqltools.evaluation.naive.sequences import Sequences
from pqltools.evaluation.naive.walker import Walker
from pqltools.evaluation.values import Day, Instant, is_date_time, number_text, text_number, time_of
from pqltools.types.time import DAY, date_of, first_instant, month_length

#: Another rule for one function, given how it is.
Wrong = Callable[..., Any]


# Null, Boolean positions, comparisons.


def negated_equality(was: Wrong, operator: str, left: Any, right: Any, **named: Any) -> bool:
    return not was("=", left, right, **named) if operator == "!=" else bool(was(operator, left, right, **named))


def null_is_null(was: Wrong, operator: str, left: Any, right: Any, **named: Any) -> bool:
    if left is None and right is None:
        return operator in ("=", "<=", ">=")
    return bool(was(operator, left, right, **named))


def inconvertible_differs(was: Wrong, operator: str, left: Any, right: Any, **named: Any) -> bool:
    scalars = (str, int, float)
    if operator == "!=" and isinstance(left, scalars) and isinstance(right, scalars) and not named.get("times"):
        return bool(comparisons.convert(right, left) != left)
    return bool(was(operator, left, right, **named))


def left_is_converted(was: Wrong, operator: str, left: Any, right: Any, **named: Any) -> bool:
    if isinstance(left, str) and is_number(right) and not named.get("times"):
        left = text_number(left)
    return bool(was(operator, left, right, **named))


def every_item(was: Wrong, operator: str, left: Any, right: Any, **named: Any) -> bool:
    if isinstance(left, list) and not isinstance(right, list):
        return right is not None and all(comparisons.holds(operator, item, right, **named) for item in left)
    return bool(was(operator, left, right, **named))


def date_times_are_equal(was: Wrong, operator: str, left: Any, right: Any, **named: Any) -> bool:
    if isinstance(left, str) and isinstance(right, str) and is_date_time(left):
        named["times"] = is_date_time(right) or named.get("times", False)
    return bool(was(operator, left, right, **named))


def without_case(was: Wrong, operator: str, left: Any, right: Any) -> bool:
    if isinstance(left, str):
        return bool(was(operator, left.lower(), right.lower()))
    return bool(was(operator, left, right))


def by_utf16(was: Wrong, operator: str, left: Any, right: Any) -> bool:
    if isinstance(left, str):
        left, right = (text.encode("utf-16-be", "surrogatepass") for text in (left, right))
    return bool(was(operator, left, right))


def booleans_are_numbers(was: Wrong, right: Any, left: Any) -> Any:
    if is_number(left) and isinstance(right, bool):
        return int(right)
    return was(right, left)


def unordered(was: Wrong, left: Any, right: Any, **named: Any) -> bool:
    if isinstance(left, list) and isinstance(right, list):
        left, right = sorted(left, key=repr), sorted(right, key=repr)
    return bool(was(left, right, **named))


def strict_map(was: Wrong, value: Any) -> Any:
    return [] if isinstance(value, dict) else was(value)


# Times.


def unclamped(was: Wrong, instant: int, count: int, unit: str) -> int:
    months = {"month": 1, "year": 12, "decade": 120, "century": 1200, "millennium": 12_000}.get(unit)
    if months is None:
        return int(was(instant, count, unit))
    year, month, day = date_of(instant)
    total = year * 12 + month - 1 + count * months
    return first_instant(total // 12, total % 12 + 1, 1) + (day - 1) * DAY + instant % DAY


def month_is_30_days(was: Wrong, instant: int, count: int, unit: str) -> int:
    return int(was(instant, count * 30, "day") if unit == "month" else was(instant, count, unit))


def to_the_end_of_the_month(was: Wrong, instant: int, count: int, unit: str) -> int:
    found = int(was(instant, count, unit))
    year, month, day = date_of(instant)
    if unit in ("month", "year") and day == month_length(year, month):
        year, month, _ = date_of(found)
        return first_instant(year, month, month_length(year, month)) + instant % DAY
    return found


def sunday(was: Wrong, instant: int, unit: str) -> int:
    return int(was(instant + DAY, unit)) - DAY if unit == "week" else int(was(instant, unit))


def decade_from_1(was: Wrong, instant: int, unit: str) -> int:
    if unit in ("decade", "century", "millennium"):
        years = {"decade": 10, "century": 100, "millennium": 1000}[unit]
        year = date_of(instant)[0]
        return first_instant((year - 1) // years * years + 1, 1, 1)
    return int(was(instant, unit))


def local_day(was: Wrong, word: str, now: int) -> Any:
    if word == "now":
        return was(word, now)
    start, end = was(word, now + DAY // 24)
    return start - DAY // 24, end - DAY // 24


def rolling_day(was: Wrong, word: str, now: int) -> Any:
    start, _ = was(word, now)
    return (start, start + 1) if word == "now" else (start + now % DAY - DAY, start + now % DAY)


def before_with(**changed: Any) -> Wrong:
    def wrong(was: Wrong, ms: int, start: int, by: Any, *, now: bool) -> bool:
        return bool(was(ms, start, by, **{"now": now, **changed}))

    return wrong


def before_as(comparisons_: dict[str, str]) -> Wrong:
    def wrong(was: Wrong, ms: int, start: int, by: Any, *, now: bool) -> bool:
        if by is not None and by.comparison in comparisons_:
            by = type(by)(comparisons_[by.comparison], by.count, by.unit)
        return bool(was(ms, start, by, now=now))

    return wrong


def equals_is_at_most(was: Wrong, ms: int, start: int, by: Any, *, now: bool) -> bool:
    if by is not None and by.comparison == "=":
        by = type(by)("<=", by.count, by.unit)
    return bool(was(ms, start, by, now=now))


def one_more_back(was: Wrong, ms: int, start: int, by: Any, *, now: bool) -> bool:
    if by is not None and by.comparison == "=":
        by = type(by)("=", by.count + 1, by.unit)
    return bool(was(ms, start, by, now=now))


def after_the_start(was: Wrong, ms: int, reference: Any, by: Any, *, instant: bool, now: bool) -> bool:
    start, _ = reference
    return bool(was(ms, reference if instant else (start, start), by, instant=instant, now=now))


def instant_itself(was: Wrong, ms: int, start: int, by: Any, *, now: bool) -> bool:
    return bool(was(ms, start, by, now=True))


def from_is_before(was: Wrong, ms: int, relation: str, *given: Any, **named: Any) -> bool:
    return bool(was(ms, "before" if relation == "from" else relation, *given, **named))


def all_times(was: Wrong, self: Walker, value: Any, *given: Any) -> bool:
    if isinstance(value, list):
        return all(self.lies_in(item, *given) for item in value)
    return bool(was(self, value, *given))


def last_instant(was: Wrong, self: Walker, value: Any, *given: Any) -> bool:
    time = time_of(value)
    return bool(was(self, Instant(time.ms + DAY - 1) if isinstance(time, Day) else value, *given))


# Strings.


def flagged(flag: bool) -> Wrong:
    def wrong(was: Wrong, name: str, left: Any, right: Any, given: Any = True) -> bool:
        return bool(was(name, left, right, flag))

    return wrong


def negative_is_negation(was: Wrong, name: str, left: Any, right: Any, flag: Any = True) -> bool:
    if name.startswith("doesNot"):
        positive = {"doesNotContain": "contains", "doesNotStartWith": "startsWith", "doesNotEndWith": "endsWith"}
        return not was(positive[name], left, right, flag)
    return bool(was(name, left, right, flag))


def left_number(was: Wrong, name: str, left: Any, right: Any, flag: Any = True) -> bool:
    return bool(was(name, number_text(left) if is_number(left) else left, right, flag))


def literal_underscore(was: Wrong, text: str, pattern: str) -> bool:
    return bool(was(text.replace("_", " "), pattern.replace("_", " ")))


def whole(was: Wrong, regex: str, text: str, group: int | None = None) -> Any:
    return was(f"^(?:{regex})$" if group is None else regex, text, group)


def group_0(was: Wrong, walker: Walker, node: Any, values: list[Any]) -> Any:
    return was(walker, node, values if len(values) > 2 else [*values, 0])


# Numbers, arrays, maps.


def floored(was: Wrong, operator: str, left: Any, right: Any) -> Any:
    return left % right if operator == "%" else was(operator, left, right)


def whole_quotient(was: Wrong, operator: str, left: Any, right: Any) -> Any:
    whole = operator == "/" and isinstance(left, int) and isinstance(right, int)
    return left // right if whole else was(operator, left, right)


def infinite(was: Wrong, operator: str, left: Any, right: Any) -> Any:
    by_zero = operator == "/" and is_number(left) and is_number(right) and right == 0
    return float("inf") if by_zero else was(operator, left, right)


def wrapped(was: Wrong, number: Any) -> Any:
    return (number + 2**63) % 2**64 - 2**63 if isinstance(number, int) else was(number)


def texts_are_numbers(was: Wrong, operator: str, left: Any, right: Any) -> Any:
    return was(operator, *(text_number(side) if isinstance(side, str) else side for side in (left, right)))


def null_total(was: Wrong, values: Any) -> Any:
    return was(values) if any(map(is_number, values)) else None


def counting_nulls(was: Wrong, values: Any) -> Any:
    found = was(values)
    return None if found is None else found * sum(map(is_number, values)) / len(values)


def null_is_least(was: Wrong, value: Any, **named: Any) -> Any:
    return (-1, 0) if value is None else was(value, **named)


def ranked(change: Callable[[list[Any], list[Any]], tuple[list[Any], list[Any]]], flip: bool = False) -> Wrong:
    def wrong(was: Wrong, items: Any, values: Any, n: Any, *, highest: bool, times: bool) -> Any:
        items, values = change([*items], [*values])
        return was(items, values, n, highest=highest is not flip, times=times)

    return wrong


def nulls_first(items: list[Any], values: list[Any]) -> tuple[list[Any], list[Any]]:
    return items, [10**300 if value is None else value for value in values]


def last_kept(was: Wrong, items: Any) -> Any:
    return was([*items][::-1])[::-1]


def converting(was: Wrong, value: Any) -> Any:
    return was(number_text(value) if is_number(value) else value)


def sorted_groups(was: Wrong, items: Any, keys: Any) -> Any:
    return dict(sorted(was(items, keys).items()))


def null_if_disjoint(was: Wrong, name: str, left: Any, right: Any) -> Any:
    found = was(name, left, right)
    return None if name == "intersection" and not found else found


def unflattened(was: Wrong, value: Any, name: str) -> Any:
    if isinstance(value, list):
        found = [comparisons.field(item, name) for item in value]
        return [each for each in found if each is not None]
    return was(value, name)


def nulls_kept(was: Wrong, value: Any, name: str) -> Any:
    if isinstance(value, list):
        return [comparisons.field(item, name) for item in value]
    return was(value, name)


def nulls_not_counted(was: Wrong, self: Walker, node: Any, environment: Any) -> Any:
    if node.function == "count" and len(node.arguments) == 1:
        return len([item for item in comparisons.items(self.value(node.arguments[0], environment)) if item is not None])
    return was(self, node, environment)


def null_if(was: Wrong, self: Walker, node: Any, environment: Any) -> Any:
    if node.function == "if" and self.value(node.arguments[0], environment) is None:
        return None
    return was(self, node, environment)


# Names, quantifiers, chains, segments.


def nothing_is_not_all(was: Wrong, self: Walker, node: Any, environment: Any) -> bool:
    some = len(comparisons.items(self.value(node.variables[0].source, environment))) > 0
    return bool(was(self, node, environment)) and (some or node.quantifier != "all")


def at_least_one(was: Wrong, self: Walker, node: Any, environment: Any) -> bool:
    if node.quantifier == "one":
        return len(self.assignments(node.variables, environment)) > 0
    return bool(was(self, node, environment))


def later_loops_outside(was: Wrong, self: Walker, node: Any, environment: Any) -> Any:
    found = was(self, node, environment)
    return sorted(found, key=lambda item: repr(item[-1])) if len(node.variables) > 1 else found


def outermost_item(was: Wrong, self: Walker, node: Any, environment: Any) -> Any:
    return environment.items[0] if node.distance else was(self, node, environment)


def outer_let_wins(was: Wrong, self: Walker, node: Any, environment: Any) -> Any:
    if node.name in environment.variables:
        return self.value(node.body, environment)
    return was(self, node, environment)


def not_strict(was: Wrong, self: Sequences, element: Any, after: Any, before: Any, environment: Any) -> Any:
    return was(self, element, None if after is None else after - 1, before, environment)


def without_order(was: Wrong, self: Sequences, element: Any, after: Any, before: Any, environment: Any) -> Any:
    return was(self, element, None, before, environment)


def exact_count(was: Wrong, self: Sequences, element: Any, found: Any, environment: Any) -> bool:
    if element.count is not None and element.count.comparison == ">=":
        return comparisons.holds("=", len(found), self.walker.value(element.count.value, environment))
    return bool(was(self, element, found, environment))


def to_the_end(was: Wrong, self: Sequences, gap: Any, after: Any, before: Any) -> bool:
    return bool(was(self, gap, after, None))


def first_way_only(was: Wrong, self: Sequences, element: Any, after: Any, before: Any, environment: Any) -> Any:
    found = was(self, element, after, before, environment)
    return found[:1] if before is None else found


def untimed_at_0(was: Wrong, value: Any) -> Any:
    return was(0 if value is None else value)


def exact_namespace(was: Wrong, object: Any, value: Any, name: str) -> Any:
    return comparisons.field(value, name)


def member_if(statuses: tuple[str, ...], namespace: str | None = "ups", exact: bool = False) -> Wrong:
    def wrong(was: Wrong, profile: Any, id: str) -> bool:
        found = comparisons.field(profile, "segmentMembership")
        for name, segments in found.items() if isinstance(found, dict) else ():
            fits = namespace is None or (name if exact else name.lower()) == namespace
            if fits and comparisons.field(comparisons.field(segments, id), "status") in statuses:
                return True
        return False

    return wrong


def membership_first(was: Wrong, self: Walker, id: Any) -> bool:
    return (isinstance(id, str) and calls.is_member(self.parameter(0), id)) or bool(was(self, id))
