"""What is wrong with these quotes?  Strings, back-quoted names and comments that do not end where they should."""

from __future__ import annotations

import re

from pqltools.diagnostics import Edit, Fix, Related
from pqltools.syntax.faults import Diagnosis, Fault, replacing, say
from pqltools.syntax.literals import shorten

_LINE_END = re.compile(r"\r|\n|\Z")
_DOUBLE_QUOTES, _SINGLE_QUOTES = '"“”„«»', "'‘’‚"
_ESCAPED = re.compile(r'\\(?P<quote>["\'])(.*?)\\(?P=quote)')


def quote(text: str, fault: Fault) -> Diagnosis | None:
    """Anything that is wrong about quotes, back-quotes, or a comment without end."""
    token, previous = fault.token, fault.previous
    char, start = token.word, token.start
    comment = start - 1 if start and text.startswith("/*", start - 1) else start
    if text.startswith("/*", comment):
        message = "this comment is never closed"
        return say("PQL002", message, (comment, comment + 2), help="close it with `*/`", resume=len(text))
    if previous is not None and previous.kind == "STRING" and previous.stop == start and token.kind in _GLUED:
        related = (Related("the string begins here", (previous.start, previous.start + 1)),)
        message = f"the string ends here, directly before `{shorten(char)}`"
        help = 'a closing quote is missing before, or a quote inside the string needs a backslash: `\\"`'
        # What follows on the line is text that should be quoted, or the other way round.
        resume = line_end(text, start)
        return say("PQL002", message, (previous.stop - 1, token.stop), help=help, related=related, resume=resume)
    if token.kind != "?":
        return None
    if char == "`":
        help = "close it with a back-quote"
        resume = line_end(text, start)
        return say(
            "PQL002",
            "this back-quoted name is never closed",
            (start, start + 1),
            help=help,
            resume=resume,
            stands_for="HOLE",
        )
    if text.startswith("@{", start):
        message = "this model reference is never closed"
        resume = line_end(text, start)
        return say("PQL002", message, (start, start + 2), help="close it with `}`", resume=resume, stands_for="HOLE")
    if char in _DOUBLE_QUOTES or char in _SINGLE_QUOTES:
        return _broken_string(text, start)
    escaped = _ESCAPED.match(text, start)
    if char == "\\" and text[start + 1 : start + 2] in ('"', "'"):
        edits = tuple(Edit((at.start(), at.start() + 1), "") for at in re.finditer(r"\\(?=[\"'])", text))
        fixes = (Fix("remove the backslashes", edits, safe=False),)
        help = "this looks like the inside of a JSON string: remove the backslashes before the quotes"
        message = "a backslash stands before the quote"
        after = escaped.end() if escaped else None
        return say("PQL009", message, (start, start + 2), help=help, fixes=fixes, resume=after, stands_for="STRING")
    return None


#: Tokens that never follow a string directly, even without white space between.
_GLUED = frozenset(("NAME", "PREFIXED", "QUOTED", "INTEGER", "DOUBLE", "STRING", "?"))


def _broken_string(text: str, start: int) -> Diagnosis:
    """A string in typographic quotes, or one that is not closed on its line."""
    char = text[start]
    quotes = _DOUBLE_QUOTES if char in _DOUBLE_QUOTES else _SINGLE_QUOTES
    end = line_end(text, start)
    stop = next((at for at in range(start + 1, end) if text[at] in quotes), None)
    resume = end if stop is None else stop + 1
    if char in "\"'" and stop is None:
        help = "close it on the same line; write a line break inside a string as `\\n`"
        message = "this string is never closed"
        return say("PQL002", message, (start, start + 1), help=help, resume=resume, stands_for="STRING")
    fixes: tuple[Fix, ...] = ()
    if stop is not None:
        inner = text[start + 1 : stop].replace('"', '\\"')
        fixes = replacing("use straight quotes", (start, stop + 1), f'"{inner}"')
    help = 'strings stand between straight double quotes: `"text"`'
    span = (start, start + 1)
    odd = text[stop] if stop is not None and char in "\"'" else char
    if odd != char and stop is not None:
        span = (stop, stop + 1)
    message = f"`{odd}` is a typographic quote"
    return say("PQL009", message, span, help=help, fixes=fixes, resume=resume, stands_for="STRING")


def line_end(text: str, start: int) -> int:
    """Where the line of offset `start` ends."""
    match = _LINE_END.search(text, start)
    return match.start() if match else len(text)
