"""Are files shared out without a line lost, read twice or misnumbered?"""

from __future__ import annotations

import gzip
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqltools import PQLError
from pqltools.data.inputs import open_input
from pqltools.data.lines import Block, numbered_lines
from pqltools.data.ranges import blocks_in, lines_in, ranges


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ranges") / "data.ndjson"


@given(st.lists(st.integers(0, 40), max_size=30), st.integers(1, 9), st.booleans(), st.booleans())
def test_ranges_are_the_file(path: Path, lengths: list[int], parts: int, ends: bool, mark: bool) -> None:
    data = b"\n".join(b"x" * length for length in lengths) + (b"\n" if ends else b"")
    path.write_bytes((b"\xef\xbb\xbf" if mark else b"") + data)
    found = ranges(str(path), parts)
    assert len(found) <= parts
    assert all(first[1] == second[0] for first, second in pairwise(found))
    numbered: list[tuple[int, bytes]] = []
    before = 0
    for part in found:
        for block in blocks_in(str(path), part):
            assert isinstance(block, Block)
            numbered += [(before + number, line) for number, line in numbered_lines(block)]
        before += lines_in(str(path), part)
    assert numbered == [(number, line) for number, line in enumerate(data.split(b"\n"), 1) if line]


def test_large_files_are_shared_evenly(path: Path) -> None:
    path.write_bytes(b"".join(b"x" * (number % 50) + b"\n" for number in range(200_000)))
    sizes = [last - first for first, last in ranges(str(path), 4)]
    assert max(sizes) - min(sizes) < 200


def test_what_can_be_shared_out(path: Path) -> None:
    line = b'{"a":1}\n'
    for data, expected in ((line, True), (gzip.compress(line), False), (b"[" + line + b"]", False)):
        path.write_bytes(data)
        with open_input(str(path)) as input:
            assert input.splittable is expected
    path.write_bytes(b"")
    assert ranges(str(path), 3) == []
    with pytest.raises(PQLError, match="PQL044"):
        ranges(str(path) + "x", 3)
