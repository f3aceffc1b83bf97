"""What does a diagnostic look like?  Drawn for a terminal, with the line and a caret under the place; or as plain data.

vip.pql:1:9 PQL004 `==` is not an operator of PQL
  |
1 | country == "US"
  |         ^^ write `=`
  = help: PQL compares with a single `=`
"""

from __future__ import annotations

import unicodedata

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from pqltools.diagnostics import Diagnostic
    from pqltools.source import Source, Span

_RESET = "\x1b[0m"
_COLOURS = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "information": "\x1b[1;36m", "hint": "\x1b[1;32m"}
_FAINT, _BOLD = "\x1b[34m", "\x1b[1m"
_ELLIPSIS = "…"
#: Characters that make the rest of a line appear in another order.
_REORDERING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def render(diagnostic: Diagnostic, *, width: int = 100, colour: bool = False) -> str:
    """The diagnostic as lines of text, the last one without line end. Excerpts are cut to `width` columns."""
    paint = _paint if colour else _plain
    source, span = diagnostic.source, diagnostic.span
    severity = "" if diagnostic.severity == "error" else f"{diagnostic.severity}: "
    message = paint(_BOLD, _printable(diagnostic.message))
    headline = f"{paint(_COLOURS[diagnostic.severity], diagnostic.code)} {severity}{message}"
    lines = []
    gutter = 1
    if source is None:
        where = f"{diagnostic.path} " if diagnostic.path else ""
        lines.append(where + headline)
    elif span is None or not source.text:
        lines.append(f"{_printable(source.name)} {headline}")
    else:
        line, column = source.line_column(span[0])
        where = f" ({diagnostic.path})" if diagnostic.path and diagnostic.path != "$" else ""
        lines.append(f"{_printable(source.name)}:{line}:{column} {headline}{where}")
        numbers = [line, *(source.line_column(related.span[0])[0] for related in diagnostic.related)]
        gutter = max(len(str(number)) for number in numbers)
        mark = "warning" if diagnostic.severity == "warning" else "error"
        lines.append(paint(_FAINT, f"{' ' * gutter} |"))
        lines += _excerpt(source, span, "^", "", gutter, width, _COLOURS[mark], paint)
        for related in diagnostic.related:
            lines += _excerpt(source, related.span, "-", related.message, gutter, width, _FAINT, paint)
    if diagnostic.help:
        lines.append(paint(_FAINT, f"{' ' * gutter} = ") + paint(_BOLD, "help") + f": {_printable(diagnostic.help)}")
    return "\n".join(lines)


def render_all(diagnostics: Iterable[Diagnostic], *, width: int = 100, colour: bool = False) -> str:
    """All of them, an empty line between two."""
    return "\n\n".join(render(diagnostic, width=width, colour=colour) for diagnostic in diagnostics)


def as_data(diagnostic: Diagnostic) -> dict[str, Any]:
    """The diagnostic for ``--output-format json``.

    Lines and columns count from 1, columns and offsets in Unicode code points; `end` is excluded. `start` and `end` are
    null where a diagnostic has no place.
    """
    source, span = diagnostic.source, diagnostic.span
    return {
        "file": source.name if source else None,
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "help": diagnostic.help,
        "path": diagnostic.path,
        **_range(source, span),
        "related": [{"message": related.message, **_range(source, related.span)} for related in diagnostic.related],
        "fixes": [
            {
                "title": fix.title,
                "safe": fix.safe,
                "edits": [{**_range(source, edit.span), "text": edit.text} for edit in fix.edits],
            }
            for fix in diagnostic.fixes
        ],
    }


def _range(source: Source | None, span: Span | None) -> dict[str, Any]:
    if source is None or span is None:
        return {"start": None, "end": None}
    return {"start": _position(source, span[0]), "end": _position(source, span[1])}


def _position(source: Source, offset: int) -> dict[str, int]:
    line, column = source.line_column(offset)
    return {"line": line, "column": column, "offset": offset}


def _excerpt(
    source: Source, span: Span, mark: str, label: str, gutter: int, width: int, colour: str, paint: Any
) -> list[str]:
    """The line of `span` and, below it, `mark` under the part that is on this line."""
    number, column = source.line_column(span[0])
    text = source.line_text(number)
    start = column - 1
    stop = max(min(start + span[1] - span[0], len(text)), start + 1)
    before, marked, after = _window(text, start, stop, max(width - gutter - 4, 20))
    carets = mark * max(sum(map(_columns, marked)), 1)
    indent = " " * sum(map(_columns, before))
    shown = _printable(before + marked + after).rstrip()
    note = f"{carets} {_printable(label)}".rstrip()
    return [
        f"{paint(_FAINT, f'{number:>{gutter}} |')} {shown}",
        f"{paint(_FAINT, f'{chr(32) * gutter} |')} {indent}{paint(colour, note)}",
    ]


def _window(text: str, start: int, stop: int, width: int) -> tuple[str, str, str]:
    """`text` cut to about `width` columns round the part from `start` to `stop`, in three pieces."""
    before, marked, after = text[:start], text[start:stop], text[stop:]
    if sum(map(_columns, text[: 2 * width])) <= width and len(text) <= 2 * width:
        return before, marked, after
    marked = _cut(marked, width * 2 // 3)
    room = max(width - sum(map(_columns, marked)), 8)
    left = _cut(before[::-1], room // 2)[::-1]
    return left, marked, _cut(after, max(room - sum(map(_columns, left)), 4))


def _cut(text: str, width: int) -> str:
    """The beginning of `text` in at most `width` columns, with an ellipsis where something is left out."""
    total = 0
    for index, char in enumerate(text[: width + 1]):
        total += _columns(char)
        if total > width:
            return text[: max(index - 1, 0)] + _ELLIPSIS
    return text if len(text) <= width else text[: width - 1] + _ELLIPSIS


def _columns(char: str) -> int:
    """How many terminal columns a character takes; a tab and what cannot be shown are drawn as one."""
    if char < "\x7f" or not _is_printable(char):
        return 1
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def _printable(text: str) -> str:
    """Tabs and control characters replaced by one column each, so that carets stay where they belong and nothing in a
    file, or in its name, gives orders to the terminal."""
    return "".join(" " if char == "\t" else char if _is_printable(char) else "\ufffd" for char in text)


def _is_printable(char: str) -> bool:
    return unicodedata.category(char) not in ("Cc", "Cs", "Zl", "Zp") and char not in _REORDERING


def _paint(colour: str, text: str) -> str:
    return f"{colour}{text}{_RESET}"


def _plain(_colour: str, text: str) -> str:
    return text
