"""How does a page of Markdown look in a terminal?  Paragraphs filled, code indented, everything else nearly as it is.

Only what rule pages use is known: headings, paragraphs, lists, tables, fenced blocks, spans of code.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_BOLD, _FAINT, _RESET = "\x1b[1m", "\x1b[34m", "\x1b[0m"
#: The gutters of examples: what is bad, what is good, and other code.
_GUTTERS = {"bad": "\x1b[31m", "good": "\x1b[32m", "fixed": "\x1b[32m"}
_CODE = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_HEADING = re.compile(r"#{1,6} +(.*?)(?: +#+)?")
_ITEM = re.compile(r"(?:[-*+]|\d+[.)]) +")


def rendered(page: str, *, width: int = 80, colour: bool = False) -> str:
    """The page as lines of text, the last one without line end, no two of them empty in a row.

    Code and tables may be wider than `width`.
    """
    lines: list[str] = []
    for line in _lines(page, width, colour):
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines).rstrip("\n")


def _lines(page: str, width: int, colour: bool) -> Iterator[str]:
    paragraph: list[str] = []
    fence: str | None = None
    for line in [*page.splitlines(), ""]:
        if fence is not None:
            if line.startswith("```"):
                fence = None
                yield ""
            else:
                yield _in_fence(line, fence, colour)
            continue
        if paragraph and (not line.strip() or line.startswith(("```", "|", "#")) or _ITEM.match(line)):
            yield from _filled(" ".join(paragraph), width, colour)
            paragraph = []
        if line.startswith("```"):
            _, fence, *words = [*line[3:].split(), "", ""]
            if fence:
                said = ", ".join(filter(None, words))
                yield f"{fence} ({said}):" if said else f"{fence}:"
        elif line.startswith("#") and (heading := _HEADING.fullmatch(line)):
            yield _painted(heading[1], _BOLD, colour)
        elif line.startswith("|"):
            yield _spans(line, colour)
        elif line.strip():
            paragraph.append(line.strip())
        else:
            yield ""


def _in_fence(line: str, kind: str, colour: bool) -> str:
    return f"  {_painted('|', _GUTTERS.get(kind, _FAINT), colour)} {line}".rstrip()


def _filled(text: str, width: int, colour: bool) -> Iterator[str]:
    """A paragraph or an item of a list in lines; code is not broken."""
    item = _ITEM.match(text)
    indent = " " * len(item[0]) if item else ""
    line = ""
    for word in _CODE.sub(lambda code: code[0].replace(" ", "\0"), text).split():
        if line and len(line) + 1 + len(word) > width:
            yield _spans(line.replace("\0", " "), colour)
            line = indent + word
        else:
            line = f"{line} {word}" if line else word
    yield _spans(line.replace("\0", " "), colour)


def _spans(text: str, colour: bool) -> str:
    """Spans of code in bold; without colour they keep their back-quotes."""
    return _CODE.sub(lambda code: f"{_BOLD}{code[2]}{_RESET}", text) if colour else text


def _painted(text: str, style: str, colour: bool) -> str:
    return f"{style}{text}{_RESET}" if colour else text
