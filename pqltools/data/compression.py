"""What bytes are in this file?  Plain, gzip or Zstandard, in pieces of bounded size, or Parquet; by how they begin."""

from __future__ import annotations

import os
import sys

from pqltools.diagnostics import error
from pqltools.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

#: Bytes that are handed on at a time, of packed files as they are unpacked.
PIECE = 2**20
#: Bytes that are read at a time: what stays in the cache of a machine until it is decoded.
READ = 2**17
_PARQUET = b"PAR1"
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
#: Compressed bytes that are unpacked at a time: with zstd a thousand of them may become 30 MB.
_SIP = 2**12


class Broken(Exception):
    """The compressed data end too early or are damaged; all before has been handed on."""


def shown_name(name: str) -> str:
    """What messages call the file."""
    return "<stdin>" if name == "-" else name


def is_parquet(name: str) -> bool:
    """Whether a file begins as Parquet does. Raises `PQLError` (PQL044) for one that cannot be opened."""
    if name == "-" or not os.path.isfile(name):  # noqa: PTH113
        return False
    with open_bytes(name) as file:
        return file.read(len(_PARQUET)) == _PARQUET


def open_bytes(name: str) -> IO[bytes]:
    """The open file, standard input for ``-``. Raises `PQLError` (PQL044)."""
    try:
        if name != "-":
            return open(name, "rb")  # noqa: PTH123 - pathlib is slow to import; who reads on closes it
        if sys.stdin is None:
            raise OSError("standard input is closed")
        return sys.stdin.buffer
    except OSError as problem:
        raise error("PQL044", _reason(name, problem), (0, 0), source=Source("", shown_name(name))) from None


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """The unpacked bytes of a file in pieces of at most a few megabytes. Raises `Broken` after the last good one."""
    first = _read(file, 4)
    if first.startswith(_GZIP):
        yield from _gathered(_gunzip(_sips(file, first)))
    elif _is_zstd(first):
        yield from _gathered(_unzstd(_sips(file, first)))
    else:
        piece = first + _read(file, READ)
        while piece:
            yield piece
            piece = _read(file, READ)


def is_packed(first: bytes) -> bool:
    """Whether a file that begins with these bytes (four will do) is compressed."""
    return first.startswith(_GZIP) or _is_zstd(first)


def _is_zstd(first: bytes) -> bool:
    # A file may begin with a frame that is to be skipped, as pzstd writes it.
    return first == _ZSTD or (len(first) == 4 and first[1:] == b"\x2a\x4d\x18" and 0x50 <= first[0] <= 0x5F)


def _read(file: IO[bytes], size: int) -> bytes:
    try:
        return file.read(size)
    except OSError as problem:
        raise Broken(f"the file cannot be read on: {(problem.strerror or str(problem)).lower()}") from None


def _sips(file: IO[bytes], first: bytes) -> Iterator[bytes]:
    piece = first
    while piece:
        for at in range(0, len(piece), _SIP):
            yield piece[at : at + _SIP]
        piece = _read(file, PIECE // 4)


def _gathered(parts: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces that are worth their handling. What came before a fault is handed on."""
    held: list[bytes] = []
    size = 0
    try:
        for part in parts:
            held.append(part)
            size += len(part)
            if size >= READ:
                yield b"".join(held)
                held, size = [], 0
    except Broken:
        if held:
            yield b"".join(held)
        raise
    if held:
        yield b"".join(held)


def _gunzip(sips: Iterator[bytes]) -> Iterator[bytes]:
    """The members of a gzip file, one after the other; zeros behind the last are padding."""
    import zlib

    member = zlib.decompressobj(31)
    inside = False
    for sip in sips:
        while sip := sip if inside else sip.lstrip(b"\0"):
            try:
                yield member.decompress(sip)
            except zlib.error as problem:
                raise Broken(f"the gzip data are damaged: {problem}") from None
            inside = not member.eof
            sip = member.unused_data
            if member.eof:
                member = zlib.decompressobj(31)
    if inside:
        raise Broken("the gzip data end too early; the rest of the file is missing")


def _unzstd(sips: Iterator[bytes]) -> Iterator[bytes]:
    """The frames of a Zstandard file, one after the other."""
    import zstandard

    frame = zstandard.ZstdDecompressor().decompressobj()
    inside = False
    for sip in sips:
        while sip:
            try:
                yield frame.decompress(sip)
            except zstandard.ZstdError as problem:
                raise Broken(f"the zstd data are damaged: {problem}") from None
            inside = not frame.eof
            sip = frame.unused_data
            if frame.eof:
                frame = zstandard.ZstdDecompressor().decompressobj()
    if inside:
        raise Broken("the zstd data end too early; the rest of the file is missing")


def _reason(name: str, problem: OSError) -> str:
    # Windows takes an open folder for a file that may not be read.
    if isinstance(problem, IsADirectoryError) or os.path.isdir(name):  # noqa: PTH112
        return "this is a folder"
    if isinstance(problem, FileNotFoundError):
        return "there is no such file"
    if isinstance(problem, PermissionError):
        return "the file may not be read"
    return f"the file cannot be read: {(problem.strerror or str(problem)).lower()}"
