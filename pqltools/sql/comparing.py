"""How do two values compare in SQL?  Section 4 of semantics.md, decided by the types of both sides."""

from __future__ import annotations

from sqlglot import exp

from pqltools.evaluation.naive.comparisons import convert, holds
from pqltools.evaluation.values import text_number
from pqltools.sql import building
from pqltools.sql.building import all_of, any_of, binary, case, false, is_not_null
from pqltools.sql.numbers import compare_numbers, compare_with_text, constant
from pqltools.sql.refusal import refusal
from pqltools.sql.texts import as_text, compare_texts, folded_sides
from pqltools.sql.times import compare_times
from pqltools.sql.values import Value
from pqltools.types.model import (
    BOOLEAN,
    NULL,
    NUMBERS,
    STRING,
    TIMES,
    ArrayType,
    Scalar,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sqlglot.expressions import Expression


def compare(operator: str, left: Value, right: Value, *, fold_case: bool = False) -> Expression:
    """Whether two values stand in a relation; null, which counts as false, perhaps where one of them is."""
    if left.type is NULL or right.type is NULL:
        return false()
    if left.is_array and not right.is_array:
        # One item that passes is enough (a decision of ours).
        if isinstance(right.type, Scalar):
            return left.items().exists(lambda item: compare(operator, item, right, fold_case=fold_case))
        return false()
    if not isinstance(left.type, Scalar) or not isinstance(right.type, Scalar):
        return _compare_wholes(operator, left, right)
    if left.type in TIMES or right.type in TIMES:
        return compare_times(operator, left, right)
    if left.is_constant and right.is_constant:
        return _compare_constants(operator, left, right, fold_case=fold_case)
    if left.type is STRING:
        return _compare_with_text(operator, left, right, fold_case=fold_case)
    if left.type in NUMBERS:
        return _compare_with_number(operator, left, right)
    return _compare_booleans(operator, left, right)


def _compare_constants(operator: str, left: Value, right: Value, *, fold_case: bool) -> Expression:
    from pqltools.evaluation.naive.texts import equals

    if fold_case:
        name = "equals" if operator == "=" else "notEqualTo"
        return exp.Boolean(this=equals(name, left.constant, right.constant, False, times=False))
    return exp.Boolean(this=holds(operator, left.constant, right.constant))


def _compare_with_text(operator: str, left: Value, right: Value, *, fold_case: bool) -> Expression:
    text = as_text(right)
    if text is None:
        return false()
    if fold_case:
        return binary(operator, *folded_sides(left, text))
    return compare_texts(operator, left, text)


def _compare_with_number(operator: str, left: Value, right: Value) -> Expression:
    if right.type in NUMBERS:
        return compare_numbers(operator, left, right)
    if right.type is not STRING:
        return false()
    if right.is_constant:
        number = text_number(right.constant)
        if number is None:
            return false()
        if isinstance(number, int) and abs(number) >= 2**63:
            if int(float(number)) != number:
                raise refusal("an integer of more than 64 bits")
            number = float(number)
        return compare_numbers(operator, left, constant(number, left.writing))
    return compare_with_text(operator, left, right)


def _compare_booleans(operator: str, left: Value, right: Value) -> Expression:
    if right.type is BOOLEAN:
        return binary(operator, left.sql(), right.sql())
    if right.type is not STRING:
        return false()
    if right.is_constant:
        value = convert(right.constant, True)
        return false() if value is None else binary(operator, left.sql(), exp.Boolean(this=value))
    words = [(building.text("true"), building.true()), (building.text("false"), building.false())]
    truth = case([(binary("=", right.sql(), word), value) for word, value in words])
    return binary(operator, left.sql(), truth)


def _compare_wholes(operator: str, left: Value, right: Value) -> Expression:
    """A comparison in which a side is an array, a map or an object."""
    if isinstance(left.type, Scalar) or isinstance(right.type, Scalar):
        return false()
    if isinstance(left.type, ArrayType) and isinstance(right.type, ArrayType):
        if operator not in ("=", "!="):
            return false()
        return _compare_arrays(operator, left, right)
    if isinstance(left.type, ArrayType) or isinstance(right.type, ArrayType):
        return false()
    if operator not in ("=", "!="):
        return false()
    raise refusal("a comparison of objects")


def _compare_arrays(operator: str, left: Value, right: Value) -> Expression:
    item = left.type.item  # type: ignore[union-attr]
    other = right.type.item  # type: ignore[union-attr]
    if not isinstance(item, Scalar) or item is not other:
        if NULL in (item, other):
            # An empty list, or one of nulls.
            raise refusal("a comparison of arrays with an empty list")
        raise refusal("a comparison of arrays whose items are not of the same simple type")
    return binary(operator, defined(left), defined(right))


def defined(value: Value) -> Expression:
    """An array, empty instead of null where that is meant."""
    if not value.is_defined:
        return value.sql()
    return building.coalesce(value.sql(), value.writing.dialect.array([]))


def is_in(name: str, left: Value, choices: Value) -> Expression:
    """``in`` and ``notIn`` an array, or a single value."""
    if left.type is NULL or choices.type is NULL:
        return false()
    if left.is_array:
        return left.items().exists(lambda item: is_in(name, item, choices))
    if not isinstance(left.type, Scalar):
        raise refusal("an object in a list")
    if choices.is_array:
        found = choices.items().exists(lambda item: compare("=", left, item))
    else:
        found = compare("=", left, choices)
    if name == "in":
        return found
    known = [is_not_null(left.sql())]
    if not choices.is_defined:
        known.append(is_not_null(choices.sql()))
    return all_of([*known, building.is_not_true(found)])


def is_one_of(name: str, left: Value, choices: list[Value]) -> Expression:
    """``in`` and ``notIn`` a list that is written out."""
    if left.type is NULL:
        return false()
    if left.is_array:
        return left.items().exists(lambda item: is_one_of(name, item, choices))
    if not isinstance(left.type, Scalar):
        raise refusal("an object in a list")
    found = _one_of(left, choices)
    if name == "in":
        return found
    if isinstance(found, exp.In | exp.EQ) and all(choice.is_constant for choice in choices):
        return exp.Not(this=found)
    return all_of([is_not_null(left.sql()), building.is_not_true(found)])


def _one_of(left: Value, choices: list[Value]) -> Expression:
    """Whether a value equals one of some others."""
    found: list[Any] = []
    for choice in choices:
        test = compare("=", left, choice)
        if isinstance(test, exp.Boolean):
            if test.this:
                return test
        else:
            found.append(test)
    subject = left.sql()
    if len(found) > 1 and all(isinstance(test, exp.EQ) and test.this == subject for test in found):
        return exp.In(this=building.operand(subject), expressions=[test.expression for test in found])
    return any_of(found)
