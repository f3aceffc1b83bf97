"""Which values has this member of a definition?  Those of `expression.type` and `expression.format`, as completions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lsprotocol import types

from pqltools.lsp.documents import Document

_VALUES = {"format": ("pql/text", "pql/json"), "type": ("PQL",)}
#: The member whose value is being written, on its line up to the cursor.
_MEMBER = re.compile(r"(?:^|[\s{,\"'])(?P<key>format|type)(?P<close>[\"']?)\s*:\s*(?P<quote>[\"']?)(?P<typed>[\w/]*)\Z")
_REST = re.compile(r"[\w/]*")
_EXPRESSION = re.compile(r"\bexpression[\"']?\s*:")
_BRACE = re.compile(r"[{}]")
#: So far before the cursor the key of the expression is looked for; a tree may stand between.
_NEAR = 20_000


def values_at(document: Document, position: types.Position) -> Iterator[types.CompletionItem]:
    """The values for a position outside of expressions; none where no such member of a definition is being written."""
    kind = document.reading.kind
    if kind not in ("json", "jsonl", "yaml"):
        return
    text = document.text
    at = document.positions.offset(position)
    start = max(text.rfind("\n", 0, at) + 1, at - _NEAR)
    member = _MEMBER.search(text[start:at][-_NEAR:])
    if member is None or not _is_in_expression(text, at):
        return
    quote = "" if member["quote"] or kind == "yaml" else '"'
    rest = _REST.match(text, at)
    end = rest.end() if rest else at
    range = document.positions.range((at - len(member["typed"]), end))
    for value in _VALUES[member["key"]]:
        written = f"{quote}{value}{quote}"
        yield types.CompletionItem(
            value,
            kind=types.CompletionItemKind.EnumMember,
            filter_text=written if quote else None,
            text_edit=types.TextEdit(range, written),
        )


def _is_in_expression(text: str, at: int) -> bool:
    """Whether the cursor is in what stands under the last key `expression` before it, and not deeper."""
    before = text[max(0, at - _NEAR) : at]
    keys = [*_EXPRESSION.finditer(before)]
    if not keys:
        return False
    inside = before[keys[-1].end() :]
    depth = 0
    for brace in _BRACE.findall(inside):
        depth += 1 if brace == "{" else -1
        if depth <= 0:
            return False
    return depth == 1 or (depth == 0 and _is_below(before, keys[-1].start()))


def _is_below(before: str, key: int) -> bool:
    """In a block of YAML: whether all lines behind the key's are indented more than it is."""
    start = before.rfind("\n", 0, key) + 1
    column = len(before[start:key].rstrip("\"'"))
    lines = before[key:].split("\n")[1:]
    return bool(lines) and all(not line.strip() or len(line) - len(line.lstrip(" ")) > column for line in lines)
