"""What becomes of a call of each function?  `CONDITIONS` for those that say yes or no, `CALLS` for values."""

from __future__ import annotations

from sqlglot import exp

from pqltools.checks.dependencies import segment_id
from pqltools.evaluation.naive.comparisons import holds
from pqltools.evaluation.names import is_namespaced
from pqltools.sql import building, item_calls, numbers
from pqltools.sql.building import all_of, any_of, binary, case
from pqltools.sql.comparing import compare, is_in, is_one_of
from pqltools.sql.fields import get, step
from pqltools.sql.nested import Nested
from pqltools.sql.refusal import NotInSQL, refusal
from pqltools.sql.texts import TESTS, regex_group, test_text
from pqltools.sql.times import times_of
from pqltools.sql.unifying import unified
from pqltools.sql.values import Fields, Value
from pqltools.syntax import ast
from pqltools.types.model import (
    BOOLEAN,
    DATE,
    INTEGER,
    NULL,
    NUMBERS,
    STRING,
    MapType,
    ObjectType,
)
from pqltools.types.time import date_of, first_instant, is_date

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlglot.expressions import Expression

    from pqltools.sql.translate import Translator
    from pqltools.syntax.ast import Expr, FunctionCall

_SYMBOLS = {"equals": "=", "notEqualTo": "!="}
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_PARTS = {"getYear": "YEAR", "getMonth": "MONTH", "getDayOfMonth": "DAY"}
_CURRENT = {"currentYear": 0, "currentMonth": 1, "currentDayOfMonth": 2}
_MEMBER = ("realized", "existing")


def _and(translator: Translator, node: FunctionCall) -> Expression:
    return all_of([translator.condition(part) for part in node.arguments])


def _or(translator: Translator, node: FunctionCall) -> Expression:
    return any_of([translator.condition(part) for part in node.arguments])


def _not(translator: Translator, node: FunctionCall) -> Expression:
    return building.is_not_true(translator.condition(node.arguments[0]))


def _if_condition(translator: Translator, node: FunctionCall) -> Expression:
    test, then, other = [translator.condition(part) for part in node.arguments]
    return case([(test, then)], other)


def _if(translator: Translator, node: FunctionCall) -> Value:
    test = translator.condition(node.arguments[0])
    branches = [translator.value(part) for part in node.arguments[1:]]
    if isinstance(test, exp.Boolean):
        return branches[0 if test.this else 1]
    type, (then, other) = unified(branches)
    small = all(branch.small or branch.type is NULL for branch in branches)
    found = Nested(type, case([(test, then)], other), translator.writing, small=small)
    return found if type is not NULL else translator.null()


def _compare(translator: Translator, node: FunctionCall) -> Expression:
    left, right, *flag = [translator.value(part) for part in node.arguments]
    operator = _SYMBOLS.get(node.function, node.function)
    if left.is_array and right.is_array and any(map(_is_intersection, node.arguments[:2])):
        return _compare_sets(operator, left, right)
    folds = False
    if flag:
        if flag[0].type is not BOOLEAN:
            return building.false()
        if not flag[0].is_constant:
            raise refusal("a flag for case that the profile decides about", node.arguments[2])
        folds = flag[0].constant is False
    return compare(operator, _or_zero(operator, left, right), right, fold_case=folds)


def _is_intersection(node: Expr) -> bool:
    return isinstance(node, ast.FunctionCall) and node.function == "intersection"


def _or_zero(operator: str, left: Value, right: Value) -> Value:
    """The left side, shorter if it is a number that is compared with one for which 0 is as good as null."""
    if left.or_zero is None or not right.is_constant or right.type not in NUMBERS:
        return left
    if holds(operator, 0, right.constant):
        return left
    return Nested(left.type, left.or_zero, left.writing, small=left.small)


def _compare_sets(operator: str, left: Value, right: Value) -> Expression:
    """The order of an intersection says nothing."""
    equal = all_of([_subset(left, right), _subset(right, left, turned=True)])
    if operator == "=":
        return equal
    known = [building.is_not_null(side.sql()) for side in (left, right) if not side.is_defined]
    return all_of([*known, building.is_not_true(equal)]) if operator == "!=" else building.false()


def _subset(one: Value, other: Value, *, turned: bool = False) -> Expression:
    """Whether every item of an array that is not null is in another; `turned` if the items of that are converted."""

    def is_missing(item: Value) -> Expression:
        found = other.items().exists(
            lambda choice: compare("=", choice, item) if turned else compare("=", item, choice)
        )
        return all_of([building.is_not_null(item.sql()), building.is_not_true(found)])

    known = [building.is_not_null(side.sql()) for side in (one, other) if not side.is_defined]
    return all_of([*known, building.is_not_true(one.items().exists(is_missing))])


def _set_test(translator: Translator, node: FunctionCall) -> Expression:
    one, other = [translator.value(part) for part in node.arguments]
    if not one.is_array or not other.is_array:
        return building.false()
    if node.function == "subsetOf":
        return _subset(one, other)
    if node.function == "supersetOf":
        return _subset(other, one, turned=True)
    return one.items().exists(lambda item: other.items().exists(lambda choice: compare("=", item, choice)))


def _intersection(translator: Translator, node: FunctionCall) -> Value:
    one, other = [translator.value(part) for part in node.arguments]
    if not one.is_array or not other.is_array:
        return translator.null()

    def is_common(item: Value) -> Expression:
        return other.items().exists(lambda choice: compare("=", item, choice))

    found = one.items().filter(is_common).distinct().value()
    known = [building.is_not_null(side.sql()) for side in (one, other) if not side.is_defined]
    if not known:
        found.is_defined = True
        return found
    return Nested(found.type, case([(all_of(known), found.sql())]), translator.writing)


def _text_test(translator: Translator, node: FunctionCall) -> Expression:
    left, right, *flag = [translator.value(part) for part in node.arguments]
    return test_text(node.function, left, right, flag[0] if flag else None)


def _string_compare(translator: Translator, node: FunctionCall) -> Value:
    name, left, right = [translator.value(part) for part in node.arguments]
    if not name.is_constant:
        raise refusal("`stringCompare` with a name that the profile decides about")
    if name.constant in TESTS:
        found = test_text(name.constant, left, right, None)
    elif name.constant in (*_SYMBOLS, *_COMPARISONS):
        if isinstance(left.type, MapType):
            raise refusal("`stringCompare` of a map")
        found = compare(_SYMBOLS.get(name.constant, name.constant), left, right)
    else:
        return translator.null()
    return Nested(BOOLEAN, building.exactly(found), translator.writing)


def _is_in(translator: Translator, node: FunctionCall) -> Expression:
    left, choices = node.arguments
    value = translator.value(left)
    if isinstance(choices, ast.ListLiteral):
        # Of any types: each is converted by itself.
        return is_one_of(node.function, value, [translator.value(item) for item in choices.items])
    return is_in(node.function, value, translator.value(choices))


def _includes(translator: Translator, node: FunctionCall) -> Expression:
    array, item = [translator.value(part) for part in node.arguments]
    return translator.source(array).exists(lambda each: compare("=", each, item))


def _is_null(translator: Translator, node: FunctionCall) -> Expression:
    value = translator.value(node.arguments[0])
    wanted = node.function == "isNull"
    if value.is_constant or value.is_defined or isinstance(value, Fields) or value is translator.profile:
        return exp.Boolean(this=(value.is_constant and value.constant is None) is wanted)
    return building.is_null(value.sql()) if wanted else building.is_not_null(value.sql())


def _in_segment(translator: Translator, node: FunctionCall) -> Expression:
    id = segment_id(node)
    if id is None:
        raise refusal("`inSegment` with an id that is no constant", node)
    program = translator.program.segments.get(id)
    if program is not None:
        from pqltools.sql.translate import Translator

        try:
            return Translator(program, translator.profile, translator.writing).result()
        except NotInSQL as problem:
            # Its place is in another text.
            raise refusal(f"{problem.construct} in the segment `{id}`", node) from None
    return _is_member(translator, node, id)


def _is_member(translator: Translator, node: FunctionCall, id: str) -> Expression:
    """Whether the memberships of the profile say so."""
    memberships = step(translator, translator.profile, node, "segmentMembership")
    if not isinstance(memberships.type, MapType) or not isinstance(memberships.type.value, MapType):
        raise refusal("`inSegment` of a segment that is not given, without a map of memberships in the schema,", node)
    key = translator.string(ast.StringLiteral(id))

    def holds(entry: Value) -> Expression:
        namespace, segments = entry.parts  # type: ignore[attr-defined]
        status = step(translator, segments.get(key), node, "status")
        known = [translator.dialect.text(word) for word in _MEMBER]
        return all_of(
            [
                binary("=", translator.dialect.lower(namespace.sql()), building.text("ups")),
                exp.In(this=status.sql(), expressions=known),
            ]
        )

    return memberships.entries().exists(holds)


def _arithmetic(translator: Translator, node: FunctionCall) -> Value:
    values = [translator.value(part) for part in node.arguments]
    if len(values) == 1:
        return numbers.minus(values[0])
    return numbers.computed(node.function, *values)


def _regex_group(translator: Translator, node: FunctionCall) -> Value:
    text, regex, *group = [translator.value(part) for part in node.arguments]
    one = translator.integer(ast.IntegerLiteral(1))
    return regex_group(text, regex, group[0] if group else one)


def _time_part(translator: Translator, node: FunctionCall) -> Value:
    times = times_of(translator.value(node.arguments[0]))
    if not times:
        return translator.null()
    parts: list[Expression] = []
    for time in times:
        if time.is_constant:
            number = date_of(time.constant)[list(_PARTS).index(node.function)]
            return numbers.constant(number, translator.writing)
        part = exp.Extract(this=exp.Var(this=_PARTS[node.function]), expression=time.sql())
        parts.append(part)
    whole = parts[0] if len(parts) == 1 else building.coalesce(parts[0], parts[1])
    return Nested(INTEGER, whole, translator.writing, small=True)


def _current(translator: Translator, node: FunctionCall) -> Value:
    number = date_of(translator.program.now)[_CURRENT[node.function]]
    return numbers.constant(number, translator.writing)


def _date(translator: Translator, node: FunctionCall) -> Value:
    parts = [translator.value(part) for part in node.arguments]
    if any(part.type is not INTEGER for part in parts):
        return translator.null()
    if all(part.is_constant for part in parts):
        year, month, day = [part.constant for part in parts]
        if not is_date(year, month, day):
            return translator.null()
        from pqltools.sql.times import day as write

        ms = first_instant(year, month, day)
        return Nested(DATE, write(ms, translator.writing), translator.writing, constant=ms)
    return Nested(DATE, _existing(translator, *parts), translator.writing)


def _existing(translator: Translator, year: Value, month: Value, day: Value) -> Expression:
    """The day of numbers of the profile, null if there is none such."""

    def between(value: Value, low: int, high: Expression) -> Expression:
        return all_of([binary(">=", value.sql(), building.integer(low)), binary("<=", value.sql(), high)])

    def divides(number: int) -> Expression:
        return binary("=", binary("%", year.sql(), building.integer(number)), building.integer(0))

    is_leap = any_of([all_of([divides(4), building.is_not_true(divides(100))]), divides(400)])
    short = exp.In(this=building.operand(month.sql()), expressions=[building.integer(each) for each in (4, 6, 9, 11)])
    february = binary("=", month.sql(), building.integer(2))
    length = case(
        [
            (short, building.integer(30)),
            (february, case([(is_leap, building.integer(29))], building.integer(28))),
        ],
        building.integer(31),
    )
    exists = all_of(
        [between(year, 1, building.integer(9999)), between(month, 1, building.integer(12)), between(day, 1, length)]
    )
    cast = translator.dialect.cast
    made = translator.dialect.make_date([cast(part.sql(), "INTEGER") for part in (year, month, day)])
    return case([(exists, made)])


def _get(translator: Translator, node: FunctionCall) -> Value:
    object, key = [translator.value(part) for part in node.arguments]
    if isinstance(object.type, ObjectType):
        if not key.is_constant or key.type is not STRING:
            raise refusal("a field whose name the profile decides about", node)
        return step(translator, object, node, key.constant)
    if not isinstance(object.type, MapType):
        return translator.null()
    return get(translator, object, key, namespaced=is_namespaced(node.arguments[0]))


def _map_part(translator: Translator, node: FunctionCall) -> Value:
    value = translator.value(node.arguments[0])
    if not isinstance(value.type, MapType):
        return translator.null()
    from pqltools.types.model import ArrayType

    if node.function == "values":
        return Nested(ArrayType(value.type.value), translator.dialect.values(value.sql()), translator.writing)
    return Nested(ArrayType(STRING), translator.dialect.keys(value.sql()), translator.writing)


CONDITIONS: dict[str, Callable[[Translator, FunctionCall], Expression]] = {
    "and": _and,
    "or": _or,
    "not": _not,
    "if": _if_condition,
    **dict.fromkeys((*_COMPARISONS, *_SYMBOLS), _compare),
    **dict.fromkeys(TESTS, _text_test),
    **dict.fromkeys(("in", "notIn"), _is_in),
    **dict.fromkeys(("intersects", "subsetOf", "supersetOf"), _set_test),
    "includes": _includes,
    **dict.fromkeys(("isNull", "isNotNull"), _is_null),
    "inSegment": _in_segment,
    "exists": item_calls.exists,
}
CALLS: dict[str, Callable[[Translator, FunctionCall], Value]] = {
    "if": _if,
    "intersection": _intersection,
    "stringCompare": _string_compare,
    **dict.fromkeys("+-*/%", _arithmetic),
    "regexGroup": _regex_group,
    **dict.fromkeys(_PARTS, _time_part),
    **dict.fromkeys(_CURRENT, _current),
    "date": _date,
    "get": _get,
    **dict.fromkeys(("keys", "values"), _map_part),
    **item_calls.CALLS,
}
