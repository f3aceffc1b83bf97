"""What do the tests of strings say in SQL?  Section 6 of semantics.md."""

from __future__ import annotations

from sqlglot import exp

from pqltools.evaluation.naive.texts import text_holds
from pqltools.evaluation.values import folded, is_date_time, number_text
from pqltools.sql import building
from pqltools.sql.building import all_of, binary, case, is_not_null
from pqltools.sql.folding import fold
from pqltools.sql.refusal import refusal
from pqltools.sql.regexes import always_takes_part
from pqltools.sql.times import instant, text_time
from pqltools.sql.values import Value
from pqltools.types.model import DOUBLE, INTEGER, NULL, NUMBERS, STRING, TIMES
from pqltools.types.patterns import pattern
from pqltools.types.time import iso_instant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sqlglot.expressions import Expression

_POSITIVE = {"doesNotStartWith": "startsWith", "doesNotEndWith": "endsWith", "doesNotContain": "contains"}
#: Which text data has for a time is lost in a column of times.
TIME_AS_TEXT = "a time of the data as a text"
TESTS = (*_POSITIVE, *_POSITIVE.values(), "like", "matches")


def test_text(name: str, left: Value, right: Value, flag: Value | None) -> Expression:
    """Whether a string test holds; of an array on the left whether it does for some item."""
    if left.is_array:
        return left.items().exists(lambda item: test_text(name, item, right, flag))
    if flag is not None and flag.constant not in (True, False):
        if flag.is_constant:
            return building.false()
        raise refusal("a flag for case that the profile decides about")
    text = as_text(right)
    if left.type in TIMES and not left.is_constant and text is not None:
        raise refusal(TIME_AS_TEXT)
    if left.type is not STRING or text is None:
        return building.false()
    if left.is_constant and text.is_constant:
        holds = text_holds(name, left.constant, text.constant, True if flag is None else flag.constant)
        return building.true() if holds else building.false()
    if name == "matches":
        return _matches(left, text)
    if name == "like":
        return left.writing.dialect.like(left.sql(), text.sql())
    test = _tested(_POSITIVE.get(name, name), *_sides(left, text, flag), left)
    return exp.Not(this=test) if name in _POSITIVE else test


def _sides(left: Value, right: Value, flag: Value | None) -> tuple[Expression, Expression]:
    """Both sides, folded where case does not count."""
    if flag is None or flag.constant is True:
        return left.sql(), right.sql()
    return folded_sides(left, right)


def folded_sides(left: Value, right: Value) -> tuple[Expression, Expression]:
    """Two texts in which case does not count."""
    dialect = left.writing.dialect
    if right.is_constant:
        small = folded(right.constant)
        return fold(left, small), dialect.text(small)
    if left.is_constant:
        small = folded(left.constant)
        return dialect.text(small), fold(right)
    return fold(left), fold(right)


def _tested(name: str, one: Expression, other: Expression, left: Value) -> Expression:
    dialect = left.writing.dialect
    test = {"startsWith": dialect.starts_with, "endsWith": dialect.ends_with, "contains": dialect.contains}[name]
    return test(one, other)


def _matches(left: Value, regex: Value) -> Expression:
    if not regex.is_constant:
        raise refusal("a regular expression that the profile decides about")
    return left.writing.dialect.matches(left.sql(), regex.constant)


def as_text(value: Value) -> Value | None:
    """A string, or a number as one; None for other values."""
    if value.type is STRING:
        return value
    if value.type in TIMES and not value.is_constant:
        raise refusal(TIME_AS_TEXT)
    if value.type not in NUMBERS:
        return None
    writing = value.writing
    if value.is_constant:
        text = number_text(value.constant)
        return Value(STRING, writing.dialect.text(text), writing, constant=text)
    if value.type is INTEGER:
        return Value(STRING, writing.dialect.cast(value.sql(), "VARCHAR"), writing)
    assert value.type is DOUBLE
    return Value(STRING, writing.dialect.double_text(value.sql()), writing)


def regex_group(text: Value, regex: Value, group: Value) -> Value:
    """What a group stands for where the pattern is first found; null if it is not found or has no such group."""
    writing = text.writing
    nothing = Value(NULL, building.null(), writing, constant=None)
    if text.type in TIMES and not text.is_constant:
        raise refusal(TIME_AS_TEXT)
    if text.type is not STRING or regex.type is not STRING or group.type is not INTEGER:
        return nothing
    if not regex.is_constant or not group.is_constant:
        raise refusal("a regular expression that the profile decides about")
    known = pattern(regex.constant, groups=True)
    if known.invalid is not None:
        return nothing
    if group.constant == 0:
        raise refusal("group 0 of a regular expression")
    takes_part = always_takes_part(regex.constant, group.constant)
    if takes_part is None:
        return nothing
    if not takes_part:
        raise refusal("a group that need not take part in what a regular expression finds")
    return Value(STRING, writing.dialect.regex_group(text.sql(), regex.constant, group.constant), writing)


def compare_texts(operator: str, left: Value, right: Value) -> Expression:
    """A comparison of two strings that are not both constants; in the order two date-times compare as instants."""
    plain = binary(operator, left.sql(), right.sql())
    if operator in ("=", "!="):
        return plain
    if not left.writing.dialect.orders_texts:
        raise left.writing.dialect.refuse("the order of texts")
    for side in (left, right):
        if side.is_constant and not is_date_time(side.constant):
            return plain
    both, sides = [], []
    for side in (left, right):
        if side.is_constant:
            ms = iso_instant(side.constant)
            assert ms is not None
            sides.append(instant(ms, side.writing))
        else:
            time = text_time(side)
            both.append(is_not_null(time.sql()))
            sides.append(time.sql())
    return case([(all_of(both), binary(operator, *sides))], plain)
