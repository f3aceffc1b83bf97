"""What do we tell somebody whose text is not PQL?  One `Diagnosis` for each `Fault` of the recovery.

First the habits that people bring along (operators of SQL and C, typographic quotes, dialects of 2018, templates), each
with the cure and, where the repair is certain, a fix; then brackets and quotes that do not match; then the plain "found
this, expected that", put in words that a writer of segments knows. Each recogniser looks at one fault and gives a
answer or None; the first that answers wins, so the order of `_RECOGNISERS` matters. Where it knows what was meant, the
answer also says where parsing resumes and what the text up to there stands for, so that one slip gives one message.
"""

from __future__ import annotations

import re

from pqltools.diagnostics import Diagnostic, Related
from pqltools.syntax.dialects import other_language
from pqltools.syntax.expectations import describe, describe_found
from pqltools.syntax.faults import Diagnosis, Fault, enclosing_end, replacing, say
from pqltools.syntax.habits import chained_comparison, date_arithmetic, foreign_operator, sql_habit
from pqltools.syntax.literals import shorten
from pqltools.syntax.quotes import line_end, quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Recogniser = Callable[[str, Fault], Diagnosis | None]

_INFIX = ("and", "or", "in", "notin", "like", "matches", "occurs")
_PREFIX = ("select", "exists", "forall", "some", "all", "none", "one", "sum", "average", "min", "max", "count", "let")
_CLOSER = {"(": ")", "[": "]", "{": "}"}
_OPENER = {closer: opener for opener, closer in _CLOSER.items()}


_DOT_QUOTE = re.compile(r"\.\s*`")


def diagnose(text: str, fault: Fault) -> Diagnosis:
    """What is to be said of one fault in `text`."""
    for recogniser in _RECOGNISERS:
        found = recogniser(text, fault)
        if found is not None:
            return found
    return _plain(fault)


def _bracket(text: str, fault: Fault) -> Diagnosis | None:
    token = fault.token
    opener = fault.open[-1] if fault.open else None
    if token.word in _OPENER and token.kind != "?":
        if opener is None:
            help = f"remove it, or add the `{_OPENER[token.word]}` that it should close"
            return say("PQL003", f"`{token.word}` closes nothing", token.span, help=help)
        if _CLOSER[opener.word] != token.word:
            related = (Related(f"`{opener.word}` was opened here", opener.span),)
            message = f"`{token.word}` does not close `{opener.word}`"
            help = f"a `{_CLOSER[opener.word]}` is missing before it"
            return say("PQL003", message, token.span, help=help, related=related)
    previous = fault.previous
    finished = previous is None or previous.kind not in ("AND", "OR", "NOT", "COMMA", "EQUAL", "CMP")
    if token.kind == "$END" and opener is not None and finished:
        closer = _CLOSER[opener.word]
        return say("PQL003", f"`{opener.word}` is never closed", opener.span, help=f"the closing `{closer}` is missing")
    return None


def _misplaced_word(text: str, fault: Fault) -> Diagnosis | None:
    token, previous = fault.token, fault.previous
    word = token.word.lower()
    before = previous.word.lower() if previous is not None and previous.kind == "NAME" else ""
    if word in _INFIX and "HOLE" in fault.expected:
        found = Diagnostic("PQL001", f"expected a value before `{token.word}`", token.span)
        return Diagnosis(found, insert=("HOLE",))
    if previous is not None and before in _PREFIX and token.kind in ("NAME", "QUOTED"):
        help = f"put it in parentheses: `({before} …)`"
        message = f"`{before} …` cannot stand here bare"
        resume = enclosing_end(text, token.start)
        return say("PQL001", message, (previous.start, token.stop), help=help, resume=resume)
    if token.kind == "NAME" and word in _PREFIX and previous is not None:
        help = "join two conditions with `and` or `or`; separate two variables of a select with a comma"
        return say("PQL001", f"`{token.word} …` cannot follow here directly", token.span, help=help)
    if word == "where" and "FROM" in fault.expected:
        help = "a variable needs a source: `select X from xEvent where …`"
        found = Diagnostic("PQL001", "`from …` is missing before `where`", token.span, help=help)
        return Diagnosis(found, insert=("FROM", "HOLE"))
    if "WHEN" in fault.expected and token.kind == "NAME":
        help = (
            "an element has `WHAT(…)`, `WHERE(…)`, `WHEN(…)` and `COUNT(…)`; a window is `WHEN(<= 24 hours after C0)`"
        )
        message = f"`{shorten(token.word)}` is not a part of a chain element"
        end = re.compile(r"[,\]]|\Z").search(text, token.stop)
        return say("PQL001", message, token.span, help=help, resume=end.start() if end else None)
    if token.kind == "STAR" and previous is not None and previous.word in ("(", "["):
        help = "a path through an array needs no `[*]`; a condition that always holds is `true`"
        message = "`*` is not a wildcard in PQL"
        return say("PQL001", message, token.span, help=help, resume=token.stop, stands_for="HOLE")
    if (
        token.kind in ("DOUBLE", "?")
        and token.word.startswith(".")
        and text[token.start + 1 : token.start + 2].isdigit()
    ):
        digits = re.compile(r"\.\w*").match(text, token.start)
        name = digits[0][1:] if digits else ""
        help = f"write `.` and the name in back-quotes: .`{name}`"
        span = (token.start, token.start + 1 + len(name))
        message = f"`{name}` starts with a digit and needs back-quotes"
        fixes = replacing("put back-quotes around it", (span[0] + 1, span[1]), f"`{name}`")
        return say("PQL001", message, span, help=help, fixes=fixes, resume=span[1])
    if token.kind == "?" and _is_letter(token.word):
        begin = previous.start if previous and previous.stop == token.start else token.start
        letters = re.compile(r"[\w\u0300-\u036f]+").match(text, begin + text.startswith(".", begin))
        span = letters.span() if letters else token.span
        help = "put back-quotes around the whole name"
        message = f"`{token.word}` cannot stand in a plain name"
        stands_for = "HOLE" if "HOLE" in fault.expected else None
        return say("PQL009", message, span, help=help, resume=max(span[1], token.stop), stands_for=stands_for)
    if token.kind == "?" and token.word == ".":
        quoted = _DOT_QUOTE.match(text, token.start)
        if quoted:
            at = quoted.end() - 1
            message = "this back-quoted name is never closed"
            resume = line_end(text, at)
            return say("PQL002", message, (at, at + 1), help="close it with a back-quote", resume=resume)
        return say("PQL001", "a name is missing after this dot", token.span, resume=token.stop)
    if token.kind in ("RPAR", "RSQB", "RBRACE") and previous is not None and previous.kind == "COMMA":
        return say("PQL001", "there is nothing after this comma", previous.span, help="remove the comma")
    return None


def _is_letter(char: str) -> bool:
    """Whether a character beyond ASCII belongs to words: letters, digits, and marks on letters."""
    import unicodedata

    return not char.isascii() and unicodedata.category(char)[0] in "LMN"


def _plain(fault: Fault) -> Diagnosis:
    token, previous = fault.token, fault.previous
    wanted = describe(fault.expected)
    if token.kind == "$END":
        at = previous.stop if previous is not None else 0
        after = f" after `{shorten(previous.word)}`" if previous is not None else ""
        span = (previous.start, previous.stop) if previous is not None else (at, at)
        return say("PQL001", f"the expression ends too early{after}: expected {wanted}", span)
    code = "PQL009" if token.kind == "?" else "PQL001"
    return say(code, f"expected {wanted}, found {describe_found(token.kind, token.word)}", token.span)


_RECOGNISERS: tuple[Recogniser, ...] = (
    quote,
    other_language,
    foreign_operator,
    sql_habit,
    date_arithmetic,
    _bracket,
    _misplaced_word,
    chained_comparison,
)
