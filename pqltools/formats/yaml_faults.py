"""Why is this text not YAML?  The library's errors in the user's words."""

from __future__ import annotations

import re

from pqltools.diagnostics import Related, error
from pqltools.records import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from pqltools.diagnostics import PQLError
    from pqltools.source import Source, Span

_QUOTE_IT = "put the value in quotes, or write it as a block below `|-`"
#: What the library's message begins with, what we say, and how to cure it.
_WORDS: tuple[tuple[str, str, str | None], ...] = (
    ("mapping values are not allowed", "a `: ` stands inside a value without quotes", _QUOTE_IT),
    ("could not find expected ':'", "this is no `key: value`", "each key stands on one line and ends in `:`"),
    ("found character '\\t'", "a tab stands in the indentation", "YAML is indented with spaces"),
    ("found a tab", "a tab stands in the indentation", "YAML is indented with spaces"),
    ("found unexpected end of stream", "this quote is never closed", "close it"),
    ("found unexpected document separator", "this quote is never closed", "close it"),
    ("did not find expected <document start>", "something stands behind the end of the document", "begin with `---`"),
    (
        "expected '<document start>'",
        "something stands behind the end of the document",
        "check brackets and indentation",
    ),
    ("expected <block end>", "this does not fit what stands above it", "check the indentation and the quotes"),
    ("expected ',' or '}'", "expected `,` or `}`", None),
    ("expected ',' or ']'", "expected `,` or `]`", None),
    (
        "found unknown escape",
        "this backslash starts no known escape",
        r"write `\\` for a backslash, or use single quotes",
    ),
    ("expected escape sequence", "the escape has too few hexadecimal digits", None),
    ("block sequence entries are not allowed", "a list cannot begin here", "begin it on a line of its own"),
    ("sequence entries are not allowed", "a list cannot begin here", "begin it on a line of its own"),
    ("mapping keys are not allowed", "a key cannot stand here", None),
    ("expected chomping or indentation", "this is no header of a block", "behind `|` or `>` stand `-`, `+` or a digit"),
    ("expected alphabetic or numeric", "an anchor or alias needs a name", None),
    ("expected the node content", "a value is missing", None),
    ("found unexpected ':'", "a `:` stands inside a value without quotes", _QUOTE_IT),
    ("expected a comment or a line break", "something stands behind the header of a block", "begin on the next line"),
    ("while scanning for the next token", "this character cannot begin a value", "put the value in quotes"),
)
_CANNOT_START = re.compile(r"found character (.+) that cannot start any token")
_BEYOND = re.compile(r"\\U(?!000|0010)[0-9a-fA-F]{8}")
#: What the YAML standard forbids in a file.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def invalid_yaml(source: Source, problem: Any) -> PQLError:
    """PQL043 for an error of the YAML library."""
    text = source.text
    forbidden = _FORBIDDEN.search(text)
    mark = getattr(problem, "problem_mark", None)
    if mark is None:
        beyond = _BEYOND.search(text)
        if forbidden is None and beyond is not None:
            return error("PQL043", "this escape is beyond U+10FFFF", beyond.span(), source=source)
        if forbidden is None:
            return error("PQL043", "the document is not well-formed YAML", (0, 0), source=source)
        message = f"the character U+{ord(forbidden.group()):04X} cannot stand in YAML"
        help = r'write it as an escape, such as "\x1b", in double quotes'
        return error("PQL043", message, forbidden.span(), help=help, source=source)
    said = str(problem.problem or "").strip()
    context = getattr(problem, "context_mark", None)
    at = min(mark.index, len(text))
    related: tuple[Related, ...] = ()
    message, cure = _reworded(said, text[at : at + 1])
    if message == "this quote is never closed" and context is not None:
        at = min(context.index, len(text))
    elif context is not None and context.index < at and "expected `" in message:
        related = (Related("this is never closed", _one(text, context.index)),)
    return error("PQL043", message, _one(text, at), help=cure, related=related, source=source)


def _reworded(said: str, char: str) -> tuple[str, str | None]:
    for start, message, help in _WORDS:
        if said.startswith(start):
            return message, help
    if _CANNOT_START.match(said):
        return f"a value without quotes cannot begin with `{char}`", "put the value in quotes"
    plain = re.sub(r"<(\w+) (\w+)>", r"\1 \2", said).replace("'", "`").split("\n")[0]
    return (f"the document is not well-formed YAML: {plain}" if plain else "the document is not well-formed YAML"), None


def _one(text: str, at: int) -> Span:
    return at, min(at + 1, len(text))
