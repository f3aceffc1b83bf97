"""How is a file shared out?  Ranges of bytes that begin and end at line ends, for plain files of lines.

Whoever reads a range counts its lines from 1; the parent adds up the lines of the ranges before
(`lines_in` is their number). Compressed files and standard input have no ranges: their blocks are handed out.
"""

from __future__ import annotations

import os
from itertools import pairwise

from pqltools.data.compression import READ, open_bytes, shown_name
from pqltools.data.lines import MAX_LINE, blocks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO, TypeAlias

    from pqltools.data.lines import BadLine, Block

    #: Offsets of the first byte and of the one after the last.
    Range: TypeAlias = tuple[int, int]

_BOM = b"\xef\xbb\xbf"


def ranges(name: str, parts: int) -> list[Range]:
    """At most `parts` ranges of about the same size that together are the file, less its byte order mark.

    A line belongs to the range in which it begins, so long lines make for fewer ranges; an empty file has none.
    """
    with open_bytes(name) as file:
        size = os.fstat(file.fileno()).st_size
        start = len(_BOM) if file.read(len(_BOM)) == _BOM else 0
        cuts = [start]
        for part in range(1, parts):
            cut = _line_start(file, max(size * part // parts, cuts[-1]), size)
            cuts.append(cut)
    cuts.append(size)
    return [(first, last) for first, last in pairwise(cuts) if first < last]


def _line_start(file: IO[bytes], offset: int, size: int) -> int:
    """The first offset from `offset` on at which a line begins."""
    file.seek(max(offset - 1, 0))  # a line may begin at `offset` itself
    at = file.tell()
    while at < size:
        piece = file.read(2**16)
        end = piece.find(b"\n") + 1
        if end:
            return min(at + end, size)
        if not piece:
            break
        at += len(piece)
    return size


def blocks_in(name: str, part: Range, *, max_line: int = MAX_LINE) -> Iterator[Block | BadLine]:
    """The blocks of one range, lines counted from the beginning of the range."""
    with open_bytes(name) as file:
        yield from blocks(_pieces(file, part), shown_name(name), max_line=max_line)


def lines_in(name: str, part: Range) -> int:
    """How many line ends a range holds."""
    with open_bytes(name) as file:
        return sum(piece.count(b"\n") for piece in _pieces(file, part))


def _pieces(file: IO[bytes], part: Range) -> Iterator[bytes]:
    at, end = part
    file.seek(at)
    while at < end and (piece := file.read(min(READ, end - at))):
        yield piece
        at += len(piece)
