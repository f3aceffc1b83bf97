"""Which lines are in these bytes?  Blocks of whole lines, a few megabytes each, and what is wrong with a line.

A block is what one process hands to another. Line ends are ``\\n``; the ``\\r`` of ``\\r\\n`` is white space in JSON.
"""

from __future__ import annotations

from io import BytesIO

from pqltools.data.compression import Broken
from pqltools.diagnostics import Diagnostic
from pqltools.records import Record, record
from pqltools.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Bytes of one line; a longer one is passed over.
MAX_LINE = 64 * 2**20


@record
class Block(Record):
    """Whole lines. `line` is the number of the first, from 1.

    In `numbers` each line has its own: items of a JSON array may have had several, and are in one line here.
    """

    data: bytes
    line: int = 1
    numbers: tuple[int, ...] | None = None


@record
class BadLine(Record):
    """A line that holds no profile or event, and why; `line` counts from 1."""

    file: str
    line: int
    reason: str

    def diagnostic(self, code: str = "PQL071") -> Diagnostic:
        """The same as a warning; ``PQL072`` is the code for events."""
        source = Source("", self.file)
        return Diagnostic(code, f"line {self.line:,}: {self.reason}", (0, 0), "warning", source=source)


def too_long(limit: int) -> str:
    """Why a line is bad that has more than `limit` bytes."""
    return f"the line has more than {limit:,} bytes"


def blocks(pieces: Iterable[bytes], file: str, *, max_line: int = MAX_LINE) -> Iterator[Block | BadLine]:
    """Blocks that together are `pieces`, but for lines that are far too long, whose bytes are not kept.

    Where the data break off, all whole lines come, and then one `BadLine`.
    """
    cutter = _Cutter(file, max_line)
    try:
        for piece in pieces:
            yield from cutter.cut(piece)
    except Broken as problem:
        yield BadLine(file, cutter.line, str(problem))
    else:
        yield from cutter.rest()


class _Cutter:
    """Cuts pieces at line ends, and keeps what comes after the last one until it is whole."""

    def __init__(self, file: str, limit: int) -> None:
        self.line = 1
        self._file = file
        self._limit = limit
        self._held: list[bytes] = []
        self._size = 0
        self._skipping = False

    def cut(self, piece: bytes) -> Iterator[Block | BadLine]:
        if self._skipping:
            start = piece.find(b"\n") + 1
            if not start:
                return
            piece = piece[start:]
            self._skipping = False
            self.line += 1
        end = piece.rfind(b"\n") + 1
        if end:
            yield self._block(memoryview(piece)[:end])  # copied once, when it is joined
        self._held.append(piece[end:])
        self._size += len(piece) - end
        if self._size > self._limit:
            yield BadLine(self._file, self.line, too_long(self._limit))
            self._held, self._size, self._skipping = [], 0, True

    def _block(self, whole: bytes | memoryview) -> Block:
        block = Block(b"".join((*self._held, whole)), self.line)
        self._held, self._size = [], 0
        self.line += line_count(block.data)
        return block

    def rest(self) -> Iterator[Block]:
        """The last line, if no line end follows it."""
        if self._size:
            yield self._block(b"")


def line_count(data: bytes) -> int:
    """How many lines there are; the last one may lack its end.

    To cut them takes a fifth of the time of ``data.count(b"\\n")``, which looks at every byte.
    """
    return len(BytesIO(data).readlines())


def numbered_lines(block: Block) -> Iterator[tuple[int, bytes]]:
    """The lines of a block that hold something, with their numbers."""
    lines = block.data.split(b"\n")
    numbers: Iterable[int] = range(block.line, block.line + len(lines)) if block.numbers is None else block.numbers
    for number, line in zip(numbers, lines, strict=False):
        if line and not line.isspace():
            yield number, line
