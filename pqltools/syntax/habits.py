"""Which habits do people bring along?  Operators and forms of SQL and C, date arithmetic, comparisons in a row."""

from __future__ import annotations

import re

from pqltools.records import replace
from pqltools.syntax.faults import Diagnosis, Fault, enclosing_end, replacing, say
from pqltools.syntax.literals import shorten
from pqltools.syntax.operators import KNOWN_FUNCTIONS, UNIT_OF, UNITS

_COMPARING = ("in", "notin", "like", "matches", "occurs")

# Operators of other languages: pattern, how far before the token it begins, what PQL writes, the terminal that it
# stands for (None where its first half has been taken as an operator already), and the rule.
_FOREIGN = (
    (re.compile(r"===?"), 1, "=", None, "PQL compares with a single `=`"),
    (re.compile(r"<>"), 1, "!=", None, "PQL writes `!=`"),
    (re.compile(r"=<"), 1, "<=", None, "PQL writes `<=`"),
    (re.compile(r"=!"), 1, "!=", None, "PQL writes `!=`"),
    (re.compile(r"=>"), 0, ">=", "CMP", "PQL writes `>=`; `=>` only follows the parameters of a lambda, `(X) => …`"),
    (re.compile(r"&&?"), 0, "and", "AND", "PQL writes `and`"),
    (re.compile(r"\|\|?"), 0, "or", "OR", "PQL writes `or`"),
)


def foreign_operator(text: str, fault: Fault) -> Diagnosis | None:
    """`==`, `&&`, `<>` and their like."""
    start = fault.token.start
    for pattern, back, cure, terminal, help in _FOREIGN:
        match = pattern.match(text, start - back) if start >= back else None
        if back and match is None:  # behind a comparison even its first half does not fit
            match = pattern.match(text, start)
            terminal = "EQUAL" if cure == "=" else "CMP"
        if match:
            span = match.span()
            message = f"`{match[0]}` is not an operator of PQL"
            fixes = replacing(f"write `{cure}`", span, cure)
            return say("PQL004", message, span, help=help, fixes=fixes, resume=span[1], stands_for=terminal)
    return None


_IS_NULL = re.compile(r"is(\s+not)?\s+(?:null|empty|defined)\b", re.IGNORECASE)
_BETWEEN = re.compile(r"between\s+[^\s()]+\s+and\s+[^\s()]+", re.IGNORECASE)
_INFIX_METHOD = re.compile(r"""([A-Za-z]+)\s+("[^"\n]*"|'[^'\n]*'|[0-9]+)""")
_NOT_IN = re.compile(r"not\s+(in|like|matches|occurs|between)\b", re.IGNORECASE)


def sql_habit(text: str, fault: Fault) -> Diagnosis | None:
    """`is null`, `not in`, `between`, `a contains "x"`, `if … then`, `exists` behind a path, `? :`, `;` and `#`."""
    token, previous = fault.token, fault.previous
    null = _IS_NULL.match(text, token.start)
    if null:
        cure = ".isNotNull()" if null[1] else ".isNull()"
        edit = (previous.stop if previous else token.start, null.end())
        fixes = replacing(f"write `{cure}`", edit, cure) if previous and previous.kind in ("NAME", "FIELD") else ()
        message = f"`{shorten(null[0])}` is not PQL"
        help = f"write `path{cure}`"
        return say("PQL004", message, null.span(), help=help, fixes=fixes, resume=null.end())
    negative = _NOT_IN.match(text, token.start)
    if negative:
        word = negative[1].lower()
        if word == "in":
            fixes = replacing("write `notIn`", negative.span(), "notIn")
            span = negative.span()
            message = "`not in` is one word in PQL"
            return say("PQL004", message, span, help="write `notIn`", fixes=fixes, resume=span[1], stands_for="NOTIN")
        help = f"put `not` in front: `not (a {word} b)`"
        message = f"`{shorten(negative[0])}` is not PQL"
        return say("PQL004", message, negative.span(), help=help, resume=negative.start(1))
    word = token.word.lower()
    if token.kind == "NAME" and word == "between":
        whole = _BETWEEN.match(text, token.start)
        help = "numbers: `x >= 1 and x <= 9`; times: `t occurs between date(2024, 1, 1) and today`"
        message = "`between` stands only after `occurs`"
        return say("PQL004", message, token.span, help=help, resume=whole.end() if whole else None)
    if token.kind == "NAME" and word == "exists" and previous is not None:
        message = "`exists` does not follow a path"
        fixes = replacing("write `.isNotNull()`", (previous.stop, token.stop), ".isNotNull()")
        help = "write `path.isNotNull()`"
        return say("PQL004", message, token.span, help=help, fixes=fixes, resume=token.stop)
    if token.kind in ("NAME", "QUOTED") and previous is not None and previous.word == "if":
        help = "write `if(test, then, else)`"
        return say(
            "PQL004", "`if` is a function in PQL", previous.span, help=help, resume=enclosing_end(text, token.start)
        )
    method = _INFIX_METHOD.match(text, token.start)
    if method and method[1] in KNOWN_FUNCTIONS and previous is not None:
        cure = f".{method[1]}({method[2]})"
        fixes = replacing(f"write `{shorten(cure)}`", (previous.stop, method.end()), cure)
        help = f"write `path{shorten(cure)}`"
        message = f"`{method[1]}` is a method, not an operator"
        return say("PQL004", message, token.span, help=help, fixes=fixes, resume=method.end())
    if token.kind == "?" and token.word == "?":
        help = "write `if(test, then, else)`"
        return say("PQL004", "PQL has no `? :`", token.span, help=help, resume=enclosing_end(text, token.start))
    if token.kind == "?" and token.word == ";":
        return say("PQL004", "PQL has no `;`", token.span, help="remove the `;`", resume=token.stop)
    if token.kind == "?" and token.word == "#":
        return say("PQL004", "`#` starts no comment in PQL", token.span, help="write `// …` or `/* … */`")
    return None


_CALL = re.compile(r"\(\s*\)")
_AMOUNT = re.compile(r"(?:(?:interval|duration)\s*)?(\d+)\s*([A-Za-z]+)", re.IGNORECASE)


def date_arithmetic(text: str, fault: Fault) -> Diagnosis | None:
    """`today - 30 days`, `now()`, `INTERVAL 7 DAY`, `90d`."""
    token, previous = fault.token, fault.previous
    if previous is None:
        return None
    if token.kind == "LPAR" and previous.kind == "TIMESTAMP":
        message = f"`{previous.word}` takes no parentheses"
        help = f"write `{previous.word.lower()}`, as in `t occurs before now`"
        call = _CALL.match(text, token.start)
        return say("PQL006", message, token.span, help=help, resume=call.end() if call else None)
    amount = _AMOUNT.match(text, previous.start)
    if amount is None or amount.end() < token.stop:
        return None
    unit = amount[2].lower()
    if unit not in UNIT_OF and not (len(unit) == 1 and unit in "smhdwy" and amount.end(1) == amount.start(2)):
        return None
    message = f"`{shorten(amount[0])}` is not a value: times are not added up in PQL"
    help = f"compare with `occurs`: `timestamp occurs <= {amount[1]} {UNITS[UNIT_OF.get(unit, 'day')]} before today`"
    return say("PQL006", message, amount.span(), help=help, resume=amount.end())


def chained_comparison(text: str, fault: Fault) -> Diagnosis | None:
    """`a = b = c`."""
    token = fault.token
    comparing = token.kind in ("EQUAL", "CMP") or token.word.lower() in _COMPARING
    if not comparing or "AND" not in fault.expected or fault.previous is None or "EQUAL" in fault.expected:
        return None
    message = f"a comparison cannot be compared again with `{token.word}`"
    help = "join two comparisons with `and`, as in `a = b and b = c`, or put one in parentheses"
    diagnosis = say("PQL005", message, token.span, help=help)
    return replace(diagnosis, insert=("AND", "HOLE"))
