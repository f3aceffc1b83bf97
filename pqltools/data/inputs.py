"""What kind of file is this?  Lines or one document, instances or responses: told by content, never by name.

A file of lines is read block by block. A JSON array, or an object over several lines, is read whole
(`pqltools.data.documents`); its items come as lines too, so that whoever works on blocks need not know.
"""

from __future__ import annotations

import os
import sys

from pqltools.data.compression import Broken, is_packed, open_bytes, pieces, shown_name
from pqltools.data.lines import MAX_LINE, Block, blocks, numbered_lines
from pqltools.data.responses import is_response
from pqltools.data.values import NotData, decode_object
from pqltools.diagnostics import PQLError, error
from pqltools.files import decode
from pqltools.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO, Any, Self

    from pqltools.data.lines import BadLine

_BOM = b"\xef\xbb\xbf"
_HELP = "a file holds one JSON object a line, a JSON array of objects, or a response of the Profile Access API"


class EmptyFile(PQLError):
    """There is nothing in the file (PQL030)."""


class Input:
    """A file whose kind is known.

    `path` is how it was named, `name` what messages call it. `wrapped` says that its lines are responses. `splittable`
    says that `pqltools.data.ranges` can share it out. `blocks` are all there is, and can be read once. The file is
    closed when all has been read; for who does not read it all, this is a context manager.
    """

    __slots__ = ("_file", "blocks", "name", "path", "splittable", "wrapped")

    def __init__(
        self, path: str, file: IO[bytes], blocks: Iterator[Block | BadLine], *, wrapped: bool, splittable: bool
    ) -> None:
        self.path = path
        self.name = shown_name(path)
        self.blocks = blocks
        self.wrapped = wrapped
        self.splittable = splittable
        self._file = file

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        _close(self._file)


def open_input(path: str, *, max_line: int = MAX_LINE) -> Input:
    """The file at `path`, standard input for ``-``.

    Raises `PQLError`: PQL044 for what cannot be read, PQL014 for other encodings and binary files, PQL030 for what is
    no JSON (`EmptyFile` for what is nothing at all), PQL011 for a document beyond `files.MAX_FILE_SIZE`.
    """
    file = open_bytes(path)
    try:
        return _recognised(path, file, max_line)
    except BaseException:
        _close(file)
        raise


def _recognised(path: str, file: IO[bytes], max_line: int) -> Input:
    found = pieces(file)
    head, broken = _head(found, max_line)
    _check_text(head, broken, shown_name(path))
    rest = _rest(head, broken, found, file)
    is_whole = sum(map(len, head)) <= max_line
    start = b"".join(head) if is_whole else b"{"
    first = None if start.lstrip().startswith(b"[") else _first_object(start)
    if first is None and (is_whole or head[0].lstrip().startswith(b"[")):
        return _document(path, file, start, rest)
    found_blocks = blocks(rest, shown_name(path), max_line=max_line)
    wrapped = first is not None and is_response(first)
    return Input(path, file, found_blocks, wrapped=wrapped, splittable=_is_splittable(path))


def _document(path: str, file: IO[bytes], start: bytes, rest: Iterator[bytes]) -> Input:
    """A file of one JSON value."""
    from pqltools.data.documents import item_blocks, read_items

    if not start.lstrip().startswith((b"{", b"[")):
        message = "no line of this file is a JSON object"
        raise error("PQL030", message, (0, 0), help=_HELP, source=Source("", shown_name(path)))
    items = read_items(rest, shown_name(path))
    wrapped = bool(items) and _is_wrapped(items[0][1])
    return Input(path, file, item_blocks(items), wrapped=wrapped, splittable=False)


def _head(found: Iterator[bytes], max_line: int) -> tuple[list[bytes], Broken | None]:
    """The first pieces, up to the one in which the first line ends, without the byte order mark; what broke them off.

    They stay apart, so that a line beyond the limit is not held twice.
    """
    head: list[bytes] = []
    size = 0
    try:
        for piece in found:
            head.append(piece if size else piece.removeprefix(_BOM))
            size += len(piece)
            if b"\n" in head[-1].strip() or size > max_line:
                break
    except Broken as problem:
        return head, problem
    return head, None


def _rest(head: list[bytes], broken: Broken | None, found: Iterator[bytes], file: IO[bytes]) -> Iterator[bytes]:
    """All pieces; the file is closed behind the last one."""
    try:
        while head:
            yield head.pop(0)
        if broken is not None:
            raise broken
        yield from found
    finally:
        _close(file)


def _close(file: IO[bytes]) -> None:
    if sys.stdin is None or file is not sys.stdin.buffer:
        file.close()


def _check_text(head: list[bytes], broken: Broken | None, name: str) -> None:
    """Raise `PQLError` if this cannot be the beginning of JSON."""
    source = Source("", name)
    if not any(piece.strip() for piece in head):
        if broken is not None:
            raise error("PQL044", str(broken), (0, 0), source=source)
        raise EmptyFile(error("PQL030", "the file is empty", (0, 0), help=_HELP, source=source).diagnostics)
    start = head[0][:1024]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        decode(start, name)
    if b"\0" in start:
        raise error("PQL014", "this looks like a binary file", (0, 0), help=_HELP, source=source)


def _first_object(data: bytes) -> dict[str, Any] | None:
    """The first object that is a line of its own, None if the file looks like one document.

    Behind a first line that is none, perhaps because it is a bad one, such a line may not be indented: documents are.
    """
    is_first = True
    for _, line in numbered_lines(Block(data)):
        if is_first or line.startswith(b'{"'):
            try:
                return decode_object(line)
            except NotData:
                is_first = False
    return None


def _is_wrapped(item: bytes) -> bool:
    try:
        return is_response(decode_object(item))
    except NotData:
        return False


def _is_splittable(path: str) -> bool:
    if path == "-" or not os.path.isfile(path):  # noqa: PTH113
        return False
    with open_bytes(path) as again:
        return not is_packed(again.read(4))
