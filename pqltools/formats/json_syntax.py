"""Why is this text not JSON?  The decoder's errors in the user's words, the same for every version of Python."""

from __future__ import annotations

import re

from pqltools.diagnostics import Diagnostic, Related
from pqltools.formats.json_locations import TOKEN, excerpt
from pqltools.records import TYPE_CHECKING

if TYPE_CHECKING:
    from pqltools.source import Source

_BLANK = " \t\r\n\ufeff"
#: What the decoder says about a string, what we say, and how to cure it.
_IN_STRINGS = (
    ("Unterminated string", "this string is never closed", 'close it with `"`'),
    ("Invalid control character", "a line break or control character stands in a string", r"write `\n`, `\r` or `\t`"),
    ("Invalid \\escape", "this backslash starts no known escape", r"write `\\` for a backslash"),
    ("Invalid \\uXXXX escape", r"`\u` needs four hexadecimal digits", None),
)
_EXPECTED = {
    "Expecting value": "a value",
    "Expecting property name enclosed in double quotes": "a key in double quotes",
    "Expecting ':' delimiter": "`:`",
}
_PYTHON_WORDS = {"True": "true", "False": "false", "None": "null"}
_CLOSING = {"{": "}", "[": "]"}
_LIKE_PQL = re.compile(r"""[A-Za-z_(`$@!^"'\d-]""")
#: Base64 of a text that begins with `{"` or with `{` and a line break.
_LIKE_BASE64 = re.compile(r"(ey|ew)[A-Za-z0-9+/=\s]{6,}\s*")


def invalid_json(source: Source, message: str, offset: int, what: str = "tree") -> Diagnostic:
    """PQL030 for what the decoder says about `offset`; `what` is the word for the whole."""
    text = source.text
    for start, words, help in _IN_STRINGS:
        if message.startswith(start):
            return Diagnostic("PQL030", words, (offset, min(offset + 1, len(text))), help=help, source=source)
    rest = text[offset:].lstrip(_BLANK)
    offset = len(text) - len(rest)
    before = text[:offset].rstrip(_BLANK)
    opening = _innermost_open(before)
    if not rest:
        return _ends(source, opening, what)
    if before.endswith(",") and rest[0] in "}]":  # as Python up to 3.12 says it
        before, rest = before[:-1], before[-1] + rest
        offset = len(before)
    found = TOKEN.match(rest)
    token = found.group() if found else rest[:1]
    span = (offset, offset + len(token))
    if token == ",":
        closing = rest[1:].lstrip(_BLANK)[:1]
        if closing in ("}", "]"):
            help = "the last one in an object or a list has no comma behind it"
            return Diagnostic("PQL030", f"a comma stands before `{closing}`", span, help=help, source=source)
    closing = "" if opening is None else _CLOSING[text[opening]]
    ordinary = f"`,` or `{closing}`" if closing else f"the end of the {what}"
    expected = _EXPECTED.get(message, ordinary)
    help = _help(token, text.strip(_BLANK), opening is None)
    return Diagnostic("PQL030", f"expected {expected}, found {excerpt(token)}", span, help=help, source=source)


def _ends(source: Source, opening: int | None, what: str) -> Diagnostic:
    """The text is over too early."""
    end = len(source.text)
    if opening is None:
        return Diagnostic("PQL030", f"the text is empty, there is no {what}", (end, end), source=source)
    closing = _CLOSING[source.text[opening]]
    related = (Related("this is never closed", (opening, opening + 1)),)
    return Diagnostic("PQL030", f"the {what} ends before its `{closing}`", (end, end), related=related, source=source)


def _innermost_open(text: str) -> int | None:
    """The offset of the last bracket that `text` opens and does not close."""
    opened: list[int] = []
    for match in TOKEN.finditer(text):
        if match.group() in "{[":
            opened.append(match.start())
        elif match.group() in "}]" and opened:
            opened.pop()
    return opened[-1] if opened else None


def _help(token: str, text: str, outside: bool) -> str | None:
    if outside and _LIKE_BASE64.fullmatch(text):
        return "this looks like Base64; decode it first"
    if outside and _LIKE_PQL.match(text):
        return "this looks like PQL text, not like a tree in `pql/json`"
    if token in _PYTHON_WORDS:
        return f"write `{_PYTHON_WORDS[token]}`"
    if token[0] == "'":
        return "strings and keys are written in double quotes"
    return None
