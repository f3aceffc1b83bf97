"""How is a string written in YAML so that it reads as the same string?  Literal blocks for lines, else quotes."""

from __future__ import annotations

import re

from pqltools.formats.definition_json import json_string
from pqltools.formats.definition_places import block_lines
from pqltools.formats.definition_yaml import Node, child, data, read_yaml
from pqltools.limits import HIGHEST_DEPTH
from pqltools.records import TYPE_CHECKING
from pqltools.source import Source

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from pqltools.formats.definition_places import Spelling
    from pqltools.formats.json_locations import Path
    from pqltools.source import Span

#: What needs an escape in double quotes that `json.dumps` does not write.
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_PRINTABLE = re.compile("[\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*")
#: What is a string without quotes in any YAML, in brackets or not; single words such as `on` are not.
_PLAIN = re.compile(r"[A-Za-z_](?:[^\s#:,\[\]{}]| (?! |$))*")
_NO_WORD = re.compile(r"[./(=]")
_HEADER_COMMENT = re.compile(r"[|>][-+0-9]*([ \t]+#[^\r\n]*)")


def respell_yaml(spelling: Spelling, text: str, as_json: bool, newline: str) -> tuple[Span, str]:
    """The edit that puts `text` in place of a value. With `as_json` it is JSON, which is YAML as well."""
    start, end = spelling.span
    comment = ""
    if spelling.style in "|>":
        end = start + _end_of_block(spelling.raw)
        header = _HEADER_COMMENT.match(spelling.raw)
        comment = header[1] if header else ""
    if as_json:
        return (start, end), _escaped(text) + comment
    if not spelling.flow and _fits_block(text):
        return (start, end), _block(spelling, text, comment, newline)
    if spelling.style == "plain" and _is_plain(text):
        return (start, end), text
    single = _PRINTABLE.fullmatch(text) and "\n" not in text and (spelling.style != '"' or "\\" in text)
    if single and (spelling.style == "'" or '"' in text or "\\" in text):
        return (start, end), "'" + text.replace("'", "''") + "'" + comment
    return (start, end), _escaped(json_string(text)) + comment


def _is_plain(text: str) -> bool:
    return bool(_PLAIN.fullmatch(text) and _NO_WORD.search(text) and _PRINTABLE.fullmatch(text))


def _escaped(text: str) -> str:
    """JSON text without characters that YAML does not allow; they can only stand in strings."""
    return _ESCAPED.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def _fits_block(text: str) -> bool:
    """Whether a literal block can hold the text, and is the best to read."""
    lines = text.split("\n")
    return (
        "\n" in text.rstrip("\n")
        and len(text) - len(text.rstrip("\n")) <= 1
        and bool(lines[0])
        and lines[0][0] not in " \t"
        and not any(line and line.isspace() for line in lines)
        and _PRINTABLE.fullmatch(text) is not None
    )


def _block(spelling: Spelling, text: str, comment: str, newline: str) -> str:
    indent = " " * _indentation(spelling)
    header = "|" if text.endswith("\n") else "|-"
    lines = [indent + line if line else "" for line in text.removesuffix("\n").split("\n")]
    return newline.join((header + comment, *lines))


def _indentation(spelling: Spelling) -> int:
    """That of the old block, else two more than the key's."""
    if spelling.style in "|>":
        split = block_lines(spelling.raw)
        for start, end in split[1] if split else ():
            line = spelling.raw[start:end]
            if line.strip(" "):
                width = len(line) - len(line.lstrip(" "))
                if width > spelling.indent:
                    return width
                break
    return spelling.indent + 2


def _end_of_block(raw: str) -> int:
    """The end of the last line with text; the empty lines behind it belong to the file."""
    text = raw.rstrip()
    line_end = re.compile(r"[\r\n]|$").search(raw, len(text))
    return line_end.start() if line_end else len(raw)


def check_yaml(before: Sequence[Any], text: str, wanted: dict[tuple[int, Path], Any]) -> bool:
    """Whether `text` is the documents `before` with the values of `wanted` in their places, node by node."""
    after = read_yaml(Source(text), HIGHEST_DEPTH)
    changed: dict[int, Any] = {}
    for (document, path), value in wanted.items():
        node: Node = before[document].root
        for step in path:
            below = child(node, step)
            assert below is not None
            node = below
        changed[id(node)] = value
    pairs = [(old.root, new.root) for old, new in zip(before, after, strict=True)]
    while pairs:
        old, new = pairs.pop()
        if id(old) in changed:
            same = new.kind != "alias" and data(new) == changed[id(old)] and old.anchor == new.anchor
        else:
            same = _alike(old, new)
            pairs += zip((*old.keys, *old.items), (*new.keys, *new.items), strict=False)
        if not same:
            return False
    return True


def _alike(old: Node, new: Node) -> bool:
    return (
        (old.kind, old.text, old.plain, old.tag, old.anchor) == (new.kind, new.text, new.plain, new.tag, new.anchor)
        and len(old.keys) == len(new.keys)
        and len(old.items) == len(new.items)
    )
