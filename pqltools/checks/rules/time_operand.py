"""A window of time has something in it that is no time.

`occurs` asks when something happened. What stands before it must be a timestamp or a date, and so must the times of the
window; a string is read as a time if it is an ISO 8601 date or date-time. Anything else is null, and the condition
never holds. Where the type comes from the standard fields alone, and not from a schema of your own, this is a warning.

```pql bad
person.birthYear occurs this year
```
```pql good
person.birthDate occurs this year
```
```pql bad
select A from xEvent, B from xEvent where B.timestamp occurs < 2 days after A
```
```pql good
select A from xEvent, B from xEvent where B.timestamp occurs < 2 days after A.timestamp
```
```pql bad also=PQL311
person.birthDate occurs before "1 January 2001"
```
```pql good
person.birthDate occurs before date(2001, 1, 1)
```
"""

from __future__ import annotations

from pqltools.checks.certainty import severity
from pqltools.checks.registry import Rule
from pqltools.checks.type_words import words
from pqltools.syntax.ast import ChainElement, Occurs, StringLiteral, TimeInterval, TimeWindow, VariableReference
from pqltools.types.model import ANY, INTEGER, NULL, STRING, TIMES, ArrayType, ObjectType
from pqltools.types.time import iso_instant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.syntax.ast import Expr
    from pqltools.types.model import Type

#: What converts to a time: texts that read as one, and epochs in milliseconds.
_CONVERTED = (STRING, INTEGER)


def check(node: Occurs | TimeWindow, context: Context) -> None:
    """Report what stands before `occurs`, and the times of a window."""
    if isinstance(node, Occurs):
        type = _item(context.type(node.timestamp))
        if type is not ANY and type is not NULL and type not in TIMES:
            _report(node.timestamp, context)
        return
    in_chain = isinstance(context.parent(node), ChainElement)
    for time in (node.time, node.end):
        if time is None or isinstance(time, TimeInterval) or (in_chain and isinstance(time, VariableReference)):
            continue
        type = context.type(time)
        if isinstance(time, StringLiteral):
            if iso_instant(time.value) is None:
                help = 'write `date(2024, 3, 14)`, or `"2024-03-14T00:00:00Z"`'
                context.report(time, f"{context.source(time)} is no ISO 8601 date or date-time", help=help)
        elif type is not ANY and type is not NULL and type not in TIMES and type not in _CONVERTED:
            _report(time, context)


def _item(type: Type) -> Type:
    while isinstance(type, ArrayType):
        type = type.item
    return type


def _report(place: Expr, context: Context) -> None:
    type = context.type(place)
    help = None
    if isinstance(type, ObjectType):
        help = f"did you mean {context.source(place)[:-1]}.timestamp`?" if type.member("timestamp") else None
    message = f"{context.source(place)} is {words(type)}, not a timestamp or a date"
    context.report(place, message, help=help, severity=severity(context, place))


RULE = Rule("PQL209", "time-operand", "error", check, nodes=(Occurs, TimeWindow))
