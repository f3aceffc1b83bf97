"""How are comparisons and tests of text said, and what do they say of missing values?

All of them fail where a side is missing. That goes without saying for "is at least 3", but not for "is not": so the
negative tests say that both sides are present, and a denied test ("not (a = b)") that a missing value passes.
"""

from __future__ import annotations

from pqltools.description import arrays
from pqltools.description.phrases import closed, say, subject, tail
from pqltools.description.words import AMOUNTS
from pqltools.records import Record, record
from pqltools.syntax.ast import (
    BooleanLiteral,
    DoubleLiteral,
    FunctionCall,
    IntegerLiteral,
    ListLiteral,
    StringLiteral,
    TimestampLiteral,
)
from pqltools.types.model import TIMES, ArrayType, is_scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.description.phrases import Phrase
    from pqltools.description.scopes import Scope
    from pqltools.description.writer import Writer
    from pqltools.syntax.ast import Expr


@record
class Test(Record):
    """A test: its words, the words for its failing with both sides there, and whether it is that failing.

    `times` replaces both for times; `flag` says that a third argument tells whether case matters.
    """

    words: str
    failing: str
    negative: bool = False
    flag: bool = False
    times: tuple[str, str] | None = None


_STARTS = ("starts with", "does not start with")
_ENDS = ("ends with", "does not end with")
_CONTAINS = ("contains", "does not contain")

TESTS: dict[str, Test] = {
    "=": Test("is", "is not"),
    "!=": Test("is", "is not", negative=True),
    "<": Test("is less than", "is not less than", times=("is earlier than", "is not earlier than")),
    "<=": Test("is at most", "is not at most", times=("is no later than", "is later than")),
    ">": Test("is greater than", "is not greater than", times=("is later than", "is not later than")),
    ">=": Test("is at least", "is not at least", times=("is no earlier than", "is earlier than")),
    "in": Test("is one of", "is not one of"),
    "notIn": Test("is one of", "is not one of", negative=True),
    "like": Test("matches the pattern", "does not match the pattern"),
    "matches": Test("contains a match of the regular expression", "contains no match of the regular expression"),
    "startsWith": Test(*_STARTS, flag=True),
    "doesNotStartWith": Test(*_STARTS, negative=True, flag=True),
    "endsWith": Test(*_ENDS, flag=True),
    "doesNotEndWith": Test(*_ENDS, negative=True, flag=True),
    "contains": Test(*_CONTAINS, flag=True),
    "doesNotContain": Test(*_CONTAINS, negative=True, flag=True),
    "equals": Test("is", "is not", flag=True),
    "notEqualTo": Test("is", "is not", negative=True, flag=True),
}
POSITIVE = frozenset(name for name, entry in TESTS.items() if not entry.negative)

_LITERALS = (StringLiteral, IntegerLiteral, DoubleLiteral, BooleanLiteral, TimestampLiteral, ListLiteral)
_NEVER_NULL = frozenset(("count", "currentMonth", "currentYear", "currentDayOfMonth", "date"))
_WILDCARDS = {"%": "% stands for any text", "_": "_ stands for any one character"}


def test(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """A test that holds."""
    entry = TESTS[call.function]
    if not 2 <= len(call.arguments) <= 2 + entry.flag:
        return None
    counted = _counted(writer, call, scope)
    if counted is not None:
        return counted
    left, right = call.arguments[:2]
    words, failing = _words(writer, entry, left)
    operand, notes = _right(writer, call, scope)
    start = subject(_left(writer, call, scope))
    if not entry.negative:
        return _clause(start, words, operand, notes)
    if is_sure(left) and is_sure(right):
        return _clause(start, failing, operand, notes)
    if is_sure(right):
        return _clause(start, f"is present but {failing}", operand, notes)
    differ = "they differ" if failing == "is not" else f"the first {failing} the second"
    return say("both ", closed(start), " and ", closed(operand), " are present, and ", differ, *notes, open=1)


def failed(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """That a test does not hold, because of what is there or because something is missing."""
    entry = TESTS[call.function]
    if not 2 <= len(call.arguments) <= 2 + entry.flag:
        return None
    left, right = call.arguments[:2]
    if _some_item(writer, left, right, call.function in ("in", "notIn")):
        return None
    _, failing = _words(writer, entry, left)
    operand, notes = _right(writer, call, scope)
    start = subject(writer.value(left, scope))
    if is_sure(left) and is_sure(right):
        return _clause(start, failing, operand, notes)
    missing = " (or is missing)" if is_sure(right) else " (or either is missing)"
    return _clause(start, failing, operand, (*notes, missing))


def is_sure(node: Expr) -> bool:
    """Whether a value is always there."""
    return isinstance(node, _LITERALS) or (isinstance(node, FunctionCall) and node.function in _NEVER_NULL)


def _clause(start: Phrase, words: str, operand: Phrase, notes: tuple[str | Phrase, ...]) -> Phrase:
    end = closed(operand) if notes else tail(operand)
    return say(start, f" {words} ", end, *notes, open=0 if notes else operand.open)


def _words(writer: Writer, entry: Test, left: Expr) -> tuple[str, str]:
    if entry.times is not None and writer.typing.type(left) in TIMES:
        return entry.times
    return entry.words, entry.failing


def _left(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase:
    """The left side, of which one item is enough if it is a list and the other side is not."""
    left, right = call.arguments[:2]
    if not _some_item(writer, left, right, call.function in ("in", "notIn")):
        return writer.value(left, scope)
    return arrays.counted("some", arrays.source(writer, left, scope))


def _some_item(writer: Writer, left: Expr, right: Expr, by_item: bool) -> bool:
    """Whether an item of the left side is what is tested."""
    type, other = writer.typing.type(left), writer.typing.type(right)
    if not isinstance(type, ArrayType) or isinstance(left, ListLiteral):
        return False
    return is_scalar(other) or by_item


def _right(writer: Writer, call: FunctionCall, scope: Scope) -> tuple[Phrase, tuple[str | Phrase, ...]]:
    """The right side, and notes on how it is compared."""
    left, right, *flag = call.arguments
    if call.function in ("in", "notIn") and _is_list(writer, right):
        return arrays.all_items(arrays.source(writer, right, scope)), ()
    value = writer.value(right, scope)
    match call.function:
        case "like" if isinstance(right, StringLiteral):
            used = [words for sign, words in _WILDCARDS.items() if sign in right.value]
            return value, (f" ({', '.join(used)})",) if used else ()
        case "=" if isinstance(left, FunctionCall) and left.function == "intersection":
            return value, (" (in any order)",)
    match flag:
        case [BooleanLiteral(False)]:
            return value, (" (ignoring case)",)
        case [BooleanLiteral(True)] | []:
            return value, ()
    return value, (" (minding case if ", closed(writer.condition(flag[0], scope)), ")")


def _is_list(writer: Writer, node: Expr) -> bool:
    """Whether `node` is a list that is not written out."""
    return isinstance(writer.typing.type(node), ArrayType) and not isinstance(node, ListLiteral)


def _counted(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """``array.count() >= 3``: that there are so many items."""
    operator = call.function
    match call.arguments:
        case (FunctionCall("count") as count, IntegerLiteral(number)) if operator in AMOUNTS and operator != "!=":
            source = arrays.counted_source(writer, count, scope)
        case _:
            return None
    if source is None:
        return None
    if (operator, number) in ((">", 0), (">=", 1)):
        return arrays.there_is("at least one", source)
    if (operator, number) in (("=", 0), ("<", 1)):
        return arrays.there_is("no", source)
    return arrays.there_are(f"{AMOUNTS[operator]} {number}", source, number == 1)
