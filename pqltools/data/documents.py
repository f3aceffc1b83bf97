"""What is in a JSON document?  Its items as lines, with the line on which each began."""

from __future__ import annotations

import re

from pqltools.data.compression import PIECE, Broken
from pqltools.data.lines import Block
from pqltools.data.values import NotData, refuse
from pqltools.diagnostics import PQLError, error
from pqltools.files import MAX_FILE_SIZE, decode
from pqltools.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeAlias

    #: The line on which an item begins, and its JSON.
    Item: TypeAlias = tuple[int, bytes]

_BEFORE_FIRST = re.compile(rb"[ \t\r\n]*\[?[ \t\r\n]*")
_BETWEEN = re.compile(rb"[ \t\r\n]*,[ \t\r\n]*")


def read_items(pieces: Iterable[bytes], name: str) -> list[Item]:
    """The items of an array, or the one object. Raises `PQLError`: PQL011, PQL014, PQL030, PQL044."""
    data = _whole(pieces, name)
    items: list[Item] = []
    line, at = 1, 0
    for raw in _raw_items(data, name):
        between = (_BETWEEN if items else _BEFORE_FIRST).match(data, at)
        begin = at if between is None else between.end()
        line += data.count(b"\n", at, begin)
        items.append((line, raw))
        line += raw.count(b"\n")
        at = begin + len(raw)
    return items


def item_blocks(items: list[Item]) -> Iterator[Block]:
    """The items, each in one line: between the tokens of JSON a line end is as good as a space, and inside is none."""
    held: list[bytes] = []
    numbers: list[int] = []
    size = 0
    for line, raw in items:
        held.append(raw.replace(b"\n", b" "))
        numbers.append(line)
        size += len(raw)
        if size >= PIECE:
            yield Block(b"\n".join(held), numbers[0], tuple(numbers))
            held, numbers, size = [], [], 0
    if held:
        yield Block(b"\n".join(held), numbers[0], tuple(numbers))


def _whole(pieces: Iterable[bytes], name: str) -> bytes:
    source = Source("", name)
    held: list[bytes] = []
    size = 0
    try:
        for piece in pieces:
            held.append(piece)
            size += len(piece)
            if size > MAX_FILE_SIZE:
                message = f"the document has more than {MAX_FILE_SIZE:,} bytes"
                help = "a file with one JSON object a line may be of any size"
                raise error("PQL011", message, (0, 0), help=help, source=source)
    except Broken as problem:
        raise error("PQL044", str(problem), (0, 0), source=source) from None
    return b"".join(held)


def _raw_items(data: bytes, name: str) -> list[bytes]:
    import msgspec

    is_array = data.lstrip().startswith(b"[")
    try:
        if is_array:
            return [bytes(raw) for raw in msgspec.json.decode(data, type=list[msgspec.Raw])]
        return [bytes(msgspec.json.decode(data, type=msgspec.Raw))]
    except (msgspec.DecodeError, RecursionError) as problem:
        raise _fault(data, name, problem) from None


def _fault(data: bytes, name: str, problem: Exception) -> PQLError:
    """What is wrong with the document: at its place, where the standard library sees it too."""
    import json

    from pqltools.formats.json_syntax import invalid_json

    source = decode(data, name)
    try:
        json.loads(source.text)
    except json.JSONDecodeError as fault:
        return PQLError([invalid_json(source, fault.msg, fault.pos, "file")])
    except RecursionError:
        pass
    try:
        refuse(problem, data)
    except NotData as fault:
        return error("PQL030", str(fault), (0, 0), source=source)
