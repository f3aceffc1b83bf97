"""Which texts are another language altogether?  Retired dialects, templates, and placeholders left unfilled."""

from __future__ import annotations

import re

from pqltools.syntax.faults import Diagnosis, Fault, enclosing_end, replacing, say
from pqltools.syntax.literals import shorten

_SET = re.compile(r"\{\s*(?:[A-Za-z_]\w*\s+as\b|[A-Za-z_][\w.]*)")
_TEMPLATE = re.compile(r"\{%=?|%\}|\{\{|\}\}|\$\{[^}]*\}?|\{#\w*|\{/\w*")
_PLACEHOLDER = re.compile(r"\{[^{}\n]*\}|<[^<>\n]*>|\.\s*<[^<>\n]*>")


def other_language(text: str, fault: Fault) -> Diagnosis | None:
    """Templates, placeholders, and the notations of 2018."""
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
            return say("PQL008", message, template.span(), help=help, resume=resume)
    placeholder = _PLACEHOLDER.match(text, start)
    if token.kind == "LBRACE" and previous is not None and previous.stop == start and placeholder:
        span = (previous.start + previous.word.startswith("."), placeholder.end())
        message = f"`{shorten(text[span[0] : span[1]])}` is an unresolved placeholder"
        help = "replace it by the name, such as your tenant's `_acme`"
        return say("PQL008", message, span, help=help, resume=span[1])
    if placeholder and text[start] in "<.":
        found = placeholder[0].lstrip(". ")
        span = (placeholder.end() - len(found), placeholder.end())
        message = f"`{shorten(found)}` is a placeholder, not PQL"
        stands_for = "HOLE" if text[start] == "<" else None
        help = "put the real name or condition in its place"
        return say("PQL008", message, span, help=help, resume=span[1], stands_for=stands_for)
    if text.startswith(("...", "…"), start):
        span = (start, start + (3 if text[start] == "." else 1))
        message = f"`{text[start : span[1]]}` stands for something left out"
        return say("PQL008", message, span, help="write the whole expression", resume=span[1], stands_for="HOLE")
    if start and text.startswith("->", start - 1):
        help = "a quantifier is `some X from list where …`, a lambda `(X) => …`"
        span = (start - 1, start + 1)
        return say("PQL007", "`->` belongs to a dialect of 2018", span, help=help, resume=span[1])
    return _braces(text, fault)


def _braces(text: str, fault: Fault) -> Diagnosis | None:
    """What stands in braces and is no object literal: a set of the retired dialect, or names without quotes."""
    token, previous = fault.token, fault.previous
    brace = fault.open[-1] if fault.open else None
    if brace is None or brace.word != "{" or previous is None or previous.span != brace.span:
        return None
    old = _SET.match(text, brace.start)
    if not old:
        return None
    if text[old.end() :].lstrip().startswith(":"):
        help = 'names in an object are strings: `{"name": value}`'
        fixes = replacing("quote the name", token.span, f'"{token.word}"')
        message = "the name of a property needs double quotes"
        return say("PQL001", message, token.span, help=help, fixes=fixes, resume=token.stop, stands_for="STRING")
    help = "the set dialect of 2018 is retired: write `select A from xEvent where …, B from … where …`"
    message = "`{ … }` around a condition is not PQL any more"
    closer = enclosing_end(text, brace.stop)
    return say("PQL007", message, (brace.start, token.stop), help=help, resume=closer)
