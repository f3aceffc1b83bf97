"""What is the icon of the extension?  Draws `icon.png`: two circles that overlap, a segment, on dark blue."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

SIZE = 256
#: Sub-pixels a side, so that edges are smooth.
FINE = 4
BACK, LEFT, RIGHT, BOTH = (31, 42, 68), (96, 165, 250), (129, 140, 248), (250, 204, 21)
CORNER = 48


def colour(x: float, y: float) -> tuple[int, int, int, int]:
    """Red, green, blue and opacity of a point."""
    near_x, near_y = min(max(x, CORNER), SIZE - CORNER), min(max(y, CORNER), SIZE - CORNER)
    if (x - near_x) ** 2 + (y - near_y) ** 2 > CORNER**2:
        return (0, 0, 0, 0)
    left, right = ((x - middle) ** 2 + (y - 128) ** 2 < 66**2 for middle in (96, 160))
    return (*(BOTH if left and right else LEFT if left else RIGHT if right else BACK), 255)


def pixel(column: int, row: int) -> bytes:
    """The mean of the points of a pixel."""
    points = [colour(column + (i + 0.5) / FINE, row + (j + 0.5) / FINE) for i in range(FINE) for j in range(FINE)]
    opacity = sum(point[3] for point in points)
    mixed = [round(sum(point[k] * point[3] for point in points) / opacity) if opacity else 0 for k in range(3)]
    return bytes((*mixed, round(opacity / FINE**2)))


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG file."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png() -> bytes:
    """The file."""
    rows = b"".join(b"\0" + b"".join(pixel(column, row) for column in range(SIZE)) for row in range(SIZE))
    header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


if __name__ == "__main__":
    Path(__file__).parents[1].joinpath("icon.png").write_bytes(png())
