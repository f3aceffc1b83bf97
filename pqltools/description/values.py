"""How are the functions said that make one value of another, and those that ask whether there is one?"""

from __future__ import annotations

from pqltools.description.phrases import SUM, closed, say, subject
from pqltools.syntax.ast import IntegerLiteral
from pqltools.types.time import is_date

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.description.functions import Entry
    from pqltools.description.phrases import Phrase
    from pqltools.description.scopes import Scope
    from pqltools.description.writer import Writer
    from pqltools.syntax.ast import FunctionCall


def fixed(words: str) -> Entry:
    """A function without arguments."""
    return lambda writer, call, scope: None if call.arguments else say(words)


def noun(words: str) -> Entry:
    """A function of one argument, as in "the month of …"."""

    def entry(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
        if len(call.arguments) != 1:
            return None
        return say(words, " ", closed(writer.value(call.arguments[0], scope)))

    return entry


def arithmetic(word: str) -> Entry:
    """An operator between two numbers."""

    def entry(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
        if len(call.arguments) != 2:
            return None
        left, right = [closed(writer.value(argument, scope)) for argument in call.arguments]
        return say(left, f" {word} ", right, rank=SUM)

    return entry


_difference = arithmetic("minus")


def minus(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """A difference, or a number with the other sign."""
    if len(call.arguments) != 1:
        return _difference(writer, call, scope)
    return say("minus ", closed(writer.value(call.arguments[0], scope)), rank=SUM)


def remainder(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """``a % b``."""
    if len(call.arguments) != 2:
        return None
    left, right = [closed(writer.value(argument, scope)) for argument in call.arguments]
    return say("the remainder of ", left, " divided by ", right, rank=SUM)


def date(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """A day, as people write it if it is fixed."""
    match call.arguments:
        case (IntegerLiteral(year), IntegerLiteral(month), IntegerLiteral(day)) if is_date(year, month, day):
            return say(f"{year:04}-{month:02}-{day:02}")
        case (_, _, _):
            parts = [closed(writer.value(argument, scope)) for argument in call.arguments]
            return say("the date with year ", parts[0], ", month ", parts[1], " and day ", parts[2])
    return None


def regex_group(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """What a group of a regular expression stands for."""
    if len(call.arguments) not in (2, 3):
        return None
    text, regex, *group = [closed(writer.value(argument, scope)) for argument in call.arguments]
    number = group[0] if group else "1"
    return say("what group ", number, " of the regular expression ", regex, " first captures in ", text)


def entry(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """``map["key"]``."""
    if len(call.arguments) != 2:
        return None
    map, key = [closed(writer.value(argument, scope)) for argument in call.arguments]
    return say("the entry ", key, " of ", map)


def map_entry(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """An entry of the map that ``map`` makes."""
    if len(call.arguments) != 2:
        return None
    key, value = [closed(writer.value(argument, scope)) for argument in call.arguments]
    return say("the map entry from ", key, " to ", value)


def is_null(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """That a value is missing."""
    return _presence(writer, call, scope, " is missing")


def is_not_null(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """That a value is there, be it empty."""
    return _presence(writer, call, scope, " is present")


def _presence(writer: Writer, call: FunctionCall, scope: Scope, words: str) -> Phrase | None:
    if len(call.arguments) != 1:
        return None
    return say(subject(writer.value(call.arguments[0], scope)), words)
