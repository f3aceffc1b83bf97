"""What stands around this place, smallest first?  The word, the nodes of the tree, brackets, clauses, the whole."""

from __future__ import annotations

from pqltools.formats.json_locations import TOKEN
from pqltools.syntax.walk import walk
from pqltools.workspace.structure.folds import brackets
from pqltools.workspace.structure.parts import name_start, trimmed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from pqltools.source import Span
    from pqltools.workspace.structure.parts import Parts


def around(text: str, offset: int, parts: Parts) -> list[Span]:
    """What stands around an offset in a text, valid or broken, each inside the next; the last is the whole text."""
    placed = parts.at(text, offset)
    part, base = placed.part, placed.base
    at = offset - base
    found: list[Span] = []
    for token in part.reading.tokens:
        if token.start <= at <= token.stop and token.start < token.stop:
            found.append((name_start(token.kind, token.word, token.start), token.stop))
            if token.kind == "STRING" and token.start < at < token.stop:
                found.append((token.start + 1, token.stop - 1))
    found += [node.span for node in walk(part.reading.tree) if node.span is not None]
    for start, end in brackets(part.text):
        found += [(start + 1, end - 1), (start, end)]
    found.append(trimmed(part.text, (0, len(part.text))))
    spans = [(start + base, end + base) for start, end in found]
    return nested([*spans, *_groups(text, offset, parts), (0, len(text))], offset)


def _groups(text: str, offset: int, parts: Parts) -> list[Span]:
    """The clauses that `and` joins between two `or`."""
    start = 0
    every = parts.of(text)
    for placed in every:
        if text[slice(*placed.join)].lower() == "or":
            if offset <= placed.span[1]:
                return [trimmed(text, (start, placed.span[1]))]
            start = placed.join[1]
    return [trimmed(text, (start, len(text)))] if start else []


def around_in_json(text: str, offset: int) -> list[Span]:
    """The same in JSON, valid or broken: the scalar, then what is in brackets and the brackets with it."""
    found: list[Span] = []
    opened: list[int] = []
    for token in TOKEN.finditer(text):
        start, end = token.span()
        first = text[start]
        if first in "{[":
            opened.append(start)
        elif first in "}]":
            if opened:
                begin = opened.pop()
                found += [(begin + 1, end - 1), (begin, end)]
        elif first not in ",:" and start <= offset <= end:
            found.append((start, end))
            if first == '"' and end - start > 1 and text[end - 1] == '"':
                found.append((start + 1, end - 1))
    return nested([*found, (0, len(text))], offset)


def nested(spans: Iterable[Span], offset: int) -> list[Span]:
    """Of these those around an offset, each strictly inside the next."""
    found: list[Span] = []
    for span in sorted({*spans}, key=lambda each: (each[1] - each[0], each)):
        if not span[0] <= offset <= span[1] or span[0] >= span[1]:
            continue
        if not found or (span[0] <= found[-1][0] and found[-1][1] <= span[1]):
            found.append(span)
    return found or [(offset, offset)]
