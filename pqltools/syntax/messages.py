"""What do we tell somebody whose text is not PQL?  One `Diagnosis` for each `Fault` of the recovery.

First the habits that people bring along (operators of SQL and C, typographic quotes, dialects of 2018, templates), each
with the cure and, where the repair is certain, a fix; then brackets and quotes that do not match; then the plain "found
this, expected that", put in words that a writer of segments knows. Each recogniser looks at one fault and gives a
answer or None; the first that answers wins, so the order of `_RECOGNISERS` matters. Where it knows what was meant, the
answer also says where parsing resumes and what the text up to there stands for, so that one slip gives one message.
"""

from __future__ import annotations

import re

from pqltools.diagnostics import Diagnostic, Edit, Fix, Related
from pqltools.records import Record
from pqltools.syntax.builder import shorten
from pqltools.syntax.expectations import describe, describe_found
from pqltools.syntax.operators import UNIT_OF, UNITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from pqltools.source import Span
    from typing import Any

    Recogniser = Callable[[str, "Fault"], "Diagnosis | None"]

_INFIX = ("and", "or", "in", "notin", "like", "matches", "occurs")
_PREFIX = ("select", "exists", "forall", "some", "all", "none", "one", "sum", "average", "min", "max", "count", "let")
_CLOSER = {"(": ")", "[": "]", "{": "}"}
_OPENER = {closer: opener for opener, closer in _CLOSER.items()}


class Token(Record):
    """A piece of the text and the terminal that it is where it stands."""

    kind: str
    word: str
    start: int
    stop: int

    @property
    def span(self) -> Span:
        """Where the token stands."""
        return self.start, self.stop


class Fault(Record):
    """Where the text left the grammar: the tokens on both sides, what could have come, and what is still open."""

    token: Token
    previous: Token | None
    #: Terminals that could have stood in place of `token`.
    expected: frozenset[str]
    #: Brackets that are open at this point, outermost first.
    open: tuple[Token, ...]


class Diagnosis(Record):
    """What is wrong, and how to go on: at offset `resume`, the text up to there taken for the terminal `stands_for`.

    Without `resume` the recovery finds its own way; without `stands_for` the text is skipped. `insert` names terminals
    that are missing before the token.
    """

    diagnostic: Diagnostic
    resume: int | None = None
    stands_for: str | None = None
    insert: tuple[str, ...] = ()


def diagnose(text: str, fault: Fault) -> Diagnosis:
    """What is to be said of one fault in `text`."""
    for recogniser in _RECOGNISERS:
        found = recogniser(text, fault)
        if found is not None:
            return found
    return _plain(fault)


def _say(
    code: str, message: str, span: Span, *, resume: int | None = None, stands_for: str | None = None, **more: Any
) -> Diagnosis:
    return Diagnosis(Diagnostic(code, message, span, **more), resume, stands_for)


def _replace(title: str, span: Span, text: str, safe: bool = True) -> tuple[Fix, ...]:
    return (Fix(title, (Edit(span, text),), safe),)


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


def _foreign_operator(text: str, fault: Fault) -> Diagnosis | None:
    start = fault.token.start
    for pattern, back, cure, terminal, help in _FOREIGN:
        match = pattern.match(text, start - back) if start >= back else None
        if match:
            span = match.span()
            message = f"`{match[0]}` is not an operator of PQL"
            fixes = _replace(f"write `{cure}`", span, cure)
            return _say("PQL004", message, span, help=help, fixes=fixes, resume=span[1], stands_for=terminal)
    return None


_IS_NULL = re.compile(r"is(\s+not)?\s+(?:null|empty|defined)\b", re.IGNORECASE)
_BETWEEN = re.compile(r"between\s+[^\s()]+\s+and\s+[^\s()]+", re.IGNORECASE)
_NOT_IN = re.compile(r"not\s+(in|like|matches|occurs|between)\b", re.IGNORECASE)


def _sql_habit(text: str, fault: Fault) -> Diagnosis | None:
    token, previous = fault.token, fault.previous
    null = _IS_NULL.match(text, token.start)
    if null:
        cure = ".isNotNull()" if null[1] else ".isNull()"
        edit = (previous.stop if previous else token.start, null.end())
        fixes = _replace(f"write `{cure}`", edit, cure) if previous and previous.kind in ("NAME", "FIELD") else ()
        message = f"`{shorten(null[0])}` is not PQL"
        help = f"write `path{cure}`"
        return _say("PQL004", message, null.span(), help=help, fixes=fixes, resume=null.end())
    negative = _NOT_IN.match(text, token.start)
    if negative:
        word = negative[1].lower()
        if word == "in":
            fixes = _replace("write `notIn`", negative.span(), "notIn")
            span = negative.span()
            message = "`not in` is one word in PQL"
            return _say(
                "PQL004", message, span, help="write `notIn`", fixes=fixes, resume=span[1], stands_for="NOTIN"
            )
        help = f"put `not` in front: `not (a {word} b)`"
        message = f"`{shorten(negative[0])}` is not PQL"
        return _say("PQL004", message, negative.span(), help=help, resume=negative.start(1))
    word = token.word.lower()
    if token.kind == "NAME" and word == "between":
        span = _BETWEEN.match(text, token.start)
        help = "numbers: `x >= 1 and x <= 9`; times: `t occurs between date(2024, 1, 1) and today`"
        message = "`between` stands only after `occurs`"
        return _say("PQL004", message, token.span, help=help, resume=span.end() if span else None)
    if token.kind == "NAME" and word == "exists" and previous is not None:
        message = "`exists` does not follow a path"
        fixes = _replace("write `.isNotNull()`", (previous.stop, token.stop), ".isNotNull()")
        help = "write `path.isNotNull()`"
        return _say("PQL004", message, token.span, help=help, fixes=fixes, resume=token.stop)
    if token.kind == "?" and token.word == "?":
        help = "write `if(test, then, else)`"
        return _say("PQL004", "PQL has no `? :`", token.span, help=help, resume=_enclosing_end(text, token.start))
    if token.kind == "?" and token.word == ";":
        return _say("PQL004", "PQL has no `;`", token.span, help="remove the `;`", resume=token.stop)
    if token.kind == "?" and token.word == "#":
        return _say("PQL004", "`#` starts no comment in PQL", token.span, help="write `// …` or `/* … */`")
    return None


_CALL = re.compile(r"\(\s*\)")
_AMOUNT = re.compile(r"(?:(?:interval|duration)\s*)?(\d+)\s*([A-Za-z]+)", re.IGNORECASE)


def _date_arithmetic(text: str, fault: Fault) -> Diagnosis | None:
    token, previous = fault.token, fault.previous
    if previous is None:
        return None
    if token.kind == "LPAR" and previous.kind == "TIMESTAMP":
        message = f"`{previous.word}` takes no parentheses"
        help = f"write `{previous.word.lower()}`, as in `t occurs before now`"
        call = _CALL.match(text, token.start)
        return _say("PQL006", message, token.span, help=help, resume=call.end() if call else None)
    amount = _AMOUNT.match(text, previous.start)
    if amount is None or amount.end() < token.stop:
        return None
    unit = amount[2].lower()
    if unit not in UNIT_OF and not (len(unit) == 1 and unit in "smhdwy" and amount.end(1) == amount.start(2)):
        return None
    message = f"`{shorten(amount[0])}` is not a value: times are not added up in PQL"
    help = f"compare with `occurs`: `timestamp occurs <= {amount[1]} {UNITS[UNIT_OF.get(unit, 'day')]} before today`"
    return _say("PQL006", message, amount.span(), help=help, resume=amount.end())


_SET = re.compile(r"\{\s*(?:[A-Za-z_]\w*\s+as\b|[A-Za-z_][\w.]*)")
_TEMPLATE = re.compile(r"\{%=?|%\}|\{\{|\}\}|\$\{[^}]*\}?|\{#\w*|\{/\w*")
_PLACEHOLDER = re.compile(r"\{[^{}\n]*\}|<[^<>\n]*>|\.\s*<[^<>\n]*>")


def _other_language(text: str, fault: Fault) -> Diagnosis | None:
    token, previous = fault.token, fault.previous
    start = token.start
    for at in (start, start - 1):
        template = _TEMPLATE.match(text, at) if at >= 0 else None
        if template:
            help = "give the expression alone, without the template's braces"
            message = f"`{shorten(template[0])}` belongs to a personalization template, not to PQL"
            resume = template.end()
            if at < start:  # its brace was taken for an object's: the last brace of the template closes that
                closer = text.find("%}" if template[0].startswith("{%") else "}}", start)
                resume = closer + 1 if closer >= 0 else len(text)
            return _say("PQL008", message, template.span(), help=help, resume=resume)
    placeholder = _PLACEHOLDER.match(text, start)
    if token.kind == "LBRACE" and previous is not None and previous.stop == start and placeholder:
        span = (previous.start + previous.word.startswith("."), placeholder.end())
        message = f"`{shorten(text[span[0] : span[1]])}` is an unresolved placeholder"
        help = "replace it by the name, such as your tenant's `_acme`"
        return _say("PQL008", message, span, help=help, resume=span[1])
    if placeholder and text[start] in "<.":
        found = placeholder[0].lstrip(". ")
        span = (placeholder.end() - len(found), placeholder.end())
        message = f"`{shorten(found)}` is a placeholder, not PQL"
        stands_for = "HOLE" if text[start] == "<" else None
        help = "put the real name or condition in its place"
        return _say("PQL008", message, span, help=help, resume=span[1], stands_for=stands_for)
    if text.startswith(("...", "…"), start):
        span = (start, start + (3 if text[start] == "." else 1))
        message = f"`{text[start : span[1]]}` stands for something left out"
        return _say("PQL008", message, span, help="write the whole expression", resume=span[1], stands_for="HOLE")
    if start and text.startswith("->", start - 1):
        help = "a quantifier is `some X from list where …`, a lambda `(X) => …`"
        span = (start - 1, start + 1)
        return _say("PQL007", "`->` belongs to a dialect of 2018", span, help=help, resume=span[1])
    return _braces(text, fault)


def _braces(text: str, fault: Fault) -> Diagnosis | None:
    """What stands in braces and is no object literal: a set of the retired dialect, or an object in another notation."""
    token, previous = fault.token, fault.previous
    brace = fault.open[-1] if fault.open else None
    if brace is None or brace.word != "{" or previous is None or previous.span != brace.span:
        return None
    old = _SET.match(text, brace.start)
    if not old:
        return None
    if text[old.end() :].lstrip().startswith(":"):
        help = 'names in an object are strings: `{"name": value}`'
        fixes = _replace("quote the name", token.span, f'"{token.word}"')
        message = "the name of a property needs double quotes"
        return _say("PQL001", message, token.span, help=help, fixes=fixes, resume=token.stop, stands_for="STRING")
    help = "the set dialect of 2018 is retired: write `select A from xEvent where …, B from … where …`"
    message = "`{ … }` around a condition is not PQL any more"
    closer = _enclosing_end(text, brace.stop)
    return _say("PQL007", message, (brace.start, token.stop), help=help, resume=closer)


def _enclosing_end(text: str, start: int) -> int:
    """The offset of the first bracket after `start` that closes one before it, or the end of the text."""
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(text, start):
        depth += (match[0] in "([{") - (match[0] in ")]}")
        if depth < 0:
            return match.start()
    return len(text)


_STRING_OR_BRACKET = re.compile(r'"[^"\n]*"|[][(){}]')


def _chained_comparison(text: str, fault: Fault) -> Diagnosis | None:
    token = fault.token
    comparing = token.kind in ("EQUAL", "CMP") or (token.kind == "NAME" and token.word.lower() in _INFIX[2:])
    if not comparing or "AND" not in fault.expected or fault.previous is None or "EQUAL" in fault.expected:
        return None
    message = f"a comparison cannot be compared again with `{token.word}`"
    help = "join two comparisons with `and`, as in `a = b and b = c`, or put one in parentheses"
    return _say("PQL005", message, token.span, help=help)


_LINE_END = re.compile(r"\r|\n|\Z")
_DOUBLE_QUOTES, _SINGLE_QUOTES = '"“”„«»', "'‘’‚"
_ESCAPED = re.compile(r'\\(?P<quote>["\'])(.*?)\\(?P=quote)')


def _quote(text: str, fault: Fault) -> Diagnosis | None:
    token, previous = fault.token, fault.previous
    char, start = token.word, token.start
    comment = start - 1 if start and text.startswith("/*", start - 1) else start
    if text.startswith("/*", comment):
        message = "this comment is never closed"
        return _say("PQL002", message, (comment, comment + 2), help="close it with `*/`", resume=len(text))
    if previous is not None and previous.kind == "STRING" and previous.stop == start and token.kind in _GLUED:
        related = (Related("the string begins here", (previous.start, previous.start + 1)),)
        message = f"the string ends here, directly before `{shorten(char)}`"
        help = "a closing quote is missing before, or a quote inside the string needs a backslash: `\\\"`"
        # What follows on the line is text that should be quoted, or the other way round.
        resume = _line_end(text, start)
        return _say("PQL002", message, (previous.stop - 1, token.stop), help=help, related=related, resume=resume)
    if token.kind != "?":
        return None
    if char == "`":
        help = "close it with a back-quote"
        resume = _line_end(text, start)
        return _say(
            "PQL002", "this back-quoted name is never closed", (start, start + 1), help=help, resume=resume, stands_for="HOLE"
        )
    if char in _DOUBLE_QUOTES or char in _SINGLE_QUOTES:
        return _broken_string(text, start)
    escaped = _ESCAPED.match(text, start)
    if char == "\\" and text[start + 1 : start + 2] in ('"', "'"):
        edits = tuple(Edit((at.start(), at.start() + 1), "") for at in re.finditer(r"\\(?=[\"'])", text))
        fixes = (Fix("remove the backslashes", edits, safe=False),)
        help = "this looks like the inside of a JSON string: remove the backslashes before the quotes"
        message = "a backslash stands before the quote"
        resume = escaped.end() if escaped else None
        return _say(
            "PQL009", message, (start, start + 2), help=help, fixes=fixes, resume=resume, stands_for="STRING"
        )
    return None


#: Tokens that never follow a string directly, even without white space between.
_GLUED = frozenset(("NAME", "PREFIXED", "QUOTED", "INTEGER", "DOUBLE", "STRING", "?"))


def _broken_string(text: str, start: int) -> Diagnosis:
    """A string in typographic quotes, or one that is not closed on its line."""
    char = text[start]
    quotes = _DOUBLE_QUOTES if char in _DOUBLE_QUOTES else _SINGLE_QUOTES
    line_end = _line_end(text, start)
    stop = next((at for at in range(start + 1, line_end) if text[at] in quotes), None)
    resume = line_end if stop is None else stop + 1
    if char in "\"'" and stop is None:
        help = "close it on the same line; write a line break inside a string as `\\n`"
        message = "this string is never closed"
        return _say("PQL002", message, (start, start + 1), help=help, resume=resume, stands_for="STRING")
    fixes: tuple[Fix, ...] = ()
    if stop is not None:
        inner = text[start + 1 : stop].replace('"', '\\"')
        fixes = _replace("use straight quotes", (start, stop + 1), f'"{inner}"')
    help = 'strings stand between straight double quotes: `"text"`'
    span = (start, start + 1)
    odd = text[stop] if stop is not None and char in "\"'" else char
    if odd != char and stop is not None:
        span = (stop, stop + 1)
    message = f"`{odd}` is a typographic quote"
    return _say("PQL009", message, span, help=help, fixes=fixes, resume=resume, stands_for="STRING")


def _line_end(text: str, start: int) -> int:
    match = _LINE_END.search(text, start)
    return match.start() if match else len(text)


def _bracket(text: str, fault: Fault) -> Diagnosis | None:
    token = fault.token
    opener = fault.open[-1] if fault.open else None
    if token.word in _OPENER and token.kind != "?":
        if opener is None:
            help = f"remove it, or add the `{_OPENER[token.word]}` that it should close"
            return _say("PQL003", f"`{token.word}` closes nothing", token.span, help=help)
        if _CLOSER[opener.word] != token.word:
            related = (Related(f"`{opener.word}` was opened here", opener.span),)
            message = f"`{token.word}` does not close `{opener.word}`"
            help = f"a `{_CLOSER[opener.word]}` is missing before it"
            return _say("PQL003", message, token.span, help=help, related=related)
    previous = fault.previous
    finished = previous is None or previous.kind not in ("AND", "OR", "NOT", "COMMA", "EQUAL", "CMP")
    if token.kind == "$END" and opener is not None and finished:
        closer = _CLOSER[opener.word]
        return _say("PQL003", f"`{opener.word}` is never closed", opener.span, help=f"the closing `{closer}` is missing")
    return None


def _misplaced_word(text: str, fault: Fault) -> Diagnosis | None:
    token, previous = fault.token, fault.previous
    word = token.word.lower()
    before = previous.word.lower() if previous is not None and previous.kind == "NAME" else ""
    if previous is not None and before in _INFIX and token.kind != "$END":
        message = f"expected a value before `{previous.word}`"
        help = f"`{before}` needs a value on both sides"
        return _say("PQL001", message, previous.span, help=help)
    if previous is not None and before in _PREFIX and token.kind in ("NAME", "QUOTED"):
        help = f"put it in parentheses: `({before} …)`"
        message = f"`{before} …` cannot stand here bare"
        resume = _enclosing_end(text, token.start)
        return _say("PQL001", message, (previous.start, token.stop), help=help, resume=resume)
    if token.kind == "NAME" and word in _PREFIX and previous is not None:
        help = "join two conditions with `and` or `or`; separate two variables of a select with a comma"
        return _say("PQL001", f"`{token.word} …` cannot follow here directly", token.span, help=help)
    if word == "where" and "FROM" in fault.expected:
        help = "a variable needs a source: `select X from xEvent where …`"
        found = Diagnostic("PQL001", "`from …` is missing before `where`", token.span, help=help)
        return Diagnosis(found, insert=("FROM", "HOLE"))
    if "WHEN" in fault.expected and token.kind == "NAME":
        help = "an element has `WHAT(…)`, `WHERE(…)`, `WHEN(…)` and `COUNT(…)`; a window is `WHEN(<= 24 hours after C0)`"
        message = f"`{shorten(token.word)}` is not a part of a chain element"
        end = re.compile(r"[,\]]|\Z").search(text, token.stop)
        return _say("PQL001", message, token.span, help=help, resume=end.start() if end else None)
    if token.kind == "STAR" and previous is not None and previous.word in ("(", "["):
        help = "a path through an array needs no `[*]`; a condition that always holds is `true`"
        message = "`*` is not a wildcard in PQL"
        return _say("PQL001", message, token.span, help=help, resume=token.stop, stands_for="HOLE")
    if token.kind in ("DOUBLE", "?") and token.word.startswith(".") and text[token.start + 1 : token.start + 2].isdigit():
        digits = re.compile(r"\.\w*").match(text, token.start)
        name = digits[0][1:] if digits else ""
        help = f"write `.` and the name in back-quotes: .`{name}`"
        span = (token.start, token.start + 1 + len(name))
        message = f"`{name}` starts with a digit and needs back-quotes"
        fixes = _replace("put back-quotes around it", (span[0] + 1, span[1]), f"`{name}`")
        return _say("PQL001", message, span, help=help, fixes=fixes, resume=span[1])
    if token.kind == "?" and token.word.isalpha():
        begin = previous.start if previous and previous.stop == token.start else token.start
        letters = re.compile(r"\w+").match(text, begin + text.startswith(".", begin))
        span = letters.span() if letters else token.span
        help = "put back-quotes around the whole name"
        message = f"`{token.word}` cannot stand in a plain name"
        return _say("PQL009", message, span, help=help, resume=max(span[1], token.stop))
    if token.kind == "?" and token.word == ".":
        return _say("PQL001", "a name is missing after this dot", token.span, resume=token.stop)
    if token.kind in ("RPAR", "RSQB", "RBRACE") and previous is not None and previous.kind == "COMMA":
        return _say("PQL001", "there is nothing after this comma", previous.span, help="remove the comma")
    return None


def _plain(fault: Fault) -> Diagnosis:
    token, previous = fault.token, fault.previous
    wanted = describe(fault.expected)
    if token.kind == "$END":
        at = previous.stop if previous is not None else 0
        after = f" after `{shorten(previous.word)}`" if previous is not None else ""
        span = (previous.start, previous.stop) if previous is not None else (at, at)
        return _say("PQL001", f"the expression ends too early{after}: expected {wanted}", span)
    code = "PQL009" if token.kind == "?" else "PQL001"
    return _say(code, f"expected {wanted}, found {describe_found(token.kind, token.word)}", token.span)


_RECOGNISERS: tuple[Recogniser, ...] = (
    _quote,
    _other_language,
    _foreign_operator,
    _sql_habit,
    _date_arithmetic,
    _bracket,
    _misplaced_word,
    _chained_comparison,
)
