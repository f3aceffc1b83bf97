"""Are all kinds of files read, whole or broken, and none taken for what it is not?"""

from __future__ import annotations

import gzip
import io
import json
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from pqltools import PQLError
from pqltools.data.compression import Broken
from pqltools.data.decoding import decode_all
from pqltools.data.inputs import open_input
from pqltools.data.lines import BadLine, Block, blocks, numbered_lines
from pqltools.data.profiles import Profile, read_profiles

ROWS = [{"_id": "a", "n": 1}, {"_id": "b", "text": "ü"}, {"_id": "c"}]
LINES = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS).encode()
SKIPPED = b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc"


def gzipped(data: bytes) -> bytes:
    """The same bytes whenever it is called, for the workers of pytest-xdist compare the names of tests."""
    return gzip.compress(data, mtime=0)


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


def read(path: Path | str, **options: Any) -> list[tuple[int, Any]]:
    """Line and data, or the reason."""
    got = read_profiles(open_input(str(path), **options), decode_all(), **options)
    return [(found.line, found.data if isinstance(found, Profile) else found.reason) for found in got]


@pytest.fixture
def file(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(data: bytes) -> Path:
        path = tmp_path / "data.txt"
        path.write_bytes(data)
        return path

    return write


@given(st.lists(st.sampled_from([b"", b" ", b"a", b"bb\r", b"c" * 9]), max_size=30), st.integers(1, 12), st.booleans())
def test_blocks_are_the_lines_however_they_are_cut(lines: list[bytes], size: int, ends: bool) -> None:
    data = b"\n".join(lines) + (b"\n" if ends else b"")
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    got = [block for block in blocks(pieces, "f") if isinstance(block, Block)]
    assert b"".join(block.data for block in got) == data
    assert all(block.data.endswith(b"\n") for block in got[:-1])
    numbered = [entry for block in got for entry in numbered_lines(block)]
    assert numbered == [(number, line) for number, line in enumerate(data.split(b"\n"), 1) if line.strip()]


@given(st.lists(st.integers(0, 30), max_size=20), st.integers(1, 7))
def test_long_lines_are_passed_over_wherever_they_are_cut(lengths: list[int], size: int) -> None:
    data = b"".join(b"x" * length + b"\n" for length in lengths)
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    kept: dict[int, int] = {}
    for block in blocks(pieces, "f", max_line=20):
        if isinstance(block, Block):
            kept.update((number, len(line)) for number, line in numbered_lines(block))
        else:
            kept[block.line] = -1
    for number, length in enumerate(lengths, 1):
        assert kept.get(number, 0) in ((length,) if length <= 20 else (length, -1))


@pytest.mark.parametrize(
    "data",
    [
        LINES,
        LINES.rstrip(b"\n"),
        b"\xef\xbb\xbf" + LINES,
        LINES.replace(b"\n", b"\r\n"),
        b"\n \n\r\n" + LINES.replace(b"\n", b"\n\n"),
        json.dumps(ROWS).encode(),
        json.dumps(ROWS, indent=2).encode(),
        b"\xef\xbb\xbf \n" + json.dumps(ROWS, indent=0).encode(),
        gzipped(LINES),
        gzipped(LINES[:20]) + gzipped(LINES[20:]) + b"\0" * 512,
        gzipped(b"") + gzipped(LINES),
        gzipped(json.dumps(ROWS).encode()),
        zstd(LINES),
        zstd(LINES[:20]) + SKIPPED + zstd(LINES[20:]) + SKIPPED,
        SKIPPED + zstd(b"") + zstd(LINES),
        gzipped(b"\xef\xbb\xbf" + LINES),
    ],
)
def test_the_same_profiles_in_every_form(file: Callable[[bytes], Path], data: bytes) -> None:
    assert [found for _, found in read(file(data))] == ROWS


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(gzipped(LINES))

    monkeypatch.setattr(sys, "stdin", Stdin())
    input = open_input("-")
    assert (input.name, input.splittable) == ("<stdin>", False)
    assert [found.line for found in read_profiles(input, decode_all())] == [1, 2, 3]
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(PQLError, match="standard input is closed"):
        open_input("-")


def test_line_numbers(file: Callable[[bytes], Path]) -> None:
    assert [line for line, _ in read(file(b'\n\n{"a":1}\n\n{"b":[\n1]}\n{"c":1}'))] == [3, 5, 6, 7]
    assert [line for line, _ in read(file(json.dumps(ROWS, indent=1).encode()))] == [2, 6, 10]
    assert [line for line, _ in read(file(b'[\n\n{"a":1} ,{"b":\n2}\n,\n{"c":3}]\n'))] == [3, 3, 6]
    assert read(file(b'\n{\n"a":\n1}\n')) == [(2, {"a": 1})]


def test_one_object_and_responses(file: Callable[[bytes], Path]) -> None:
    assert read(file(b'{"a":1}')) == [(1, {"a": 1})]
    response = {"x": {"entity": {"a": 1}}, "y": {"entity": {"xdm:b": 1}}}
    for text in (json.dumps(response), json.dumps(response, indent=1), json.dumps([response])):
        input = open_input(str(file(text.encode())))
        assert input.wrapped
        got = list(read_profiles(input, decode_all()))
        assert got == [Profile(got[0].data, "x", input.name, 1), Profile({"b": 1}, "y", input.name, 1)]  # type: ignore[union-attr]
    lines = b'{"x":{"entity":{"a":1}}}\n{"entityId":"y","entity":{}}\n{"a":1}\n'
    assert read(file(lines))[:2] == [(1, {"a": 1}), (2, {})]
    assert "no response" in read(file(lines))[2][1]


def test_bad_lines_do_not_stop(file: Callable[[bytes], Path]) -> None:
    bad = [b'{"a":', b"[1]", b"7", b'"x"', b"null", b'{"a":"\xff"}', b'{"a":NaN}', b'{"a":1}}']
    data = b"\n".join([b'{"n":0}', *bad, b'{"n":1}', b'{"long":"' + b"x" * 60_000 + b'"}', b'{"n":2}'])
    got = read(file(data), max_line=55_000)
    assert [line for line, _ in got] == list(range(1, 13))
    assert [found for _, found in got] == [
        {"n": 0},
        "this is not JSON: a string, an object or an array is cut off",
        "this is an array, not an object",
        "this is a number, not an object",
        "this is a string, not an object",
        "this is null, not an object",
        "byte 0xff is not UTF-8",
        "this is not JSON: invalid character near byte 6",
        "this is not JSON: trailing characters near byte 9",
        {"n": 1},
        "the line has more than 55,000 bytes",
        {"n": 2},
    ]
    assert [line for line, _ in read(file(b'{"a":\n{"b":1}\n'))] == [1, 2]
    deep = b'{"a":' * 10**6 + b"1" + b"}" * 10**6
    assert read(file(b'{"n":0}\n' + deep + b"\n")) == [(1, {"n": 0}), (2, "the objects or arrays are nested too deep")]


@pytest.mark.parametrize("pack", [gzipped, zstd])
def test_what_was_read_of_truncated_files_counts(file: Callable[[bytes], Path], pack: Callable[[bytes], bytes]) -> None:
    rows = b"".join(b'{"n":"%032x"}\n' % (number**9) for number in range(50_000))
    packed = pack(rows)
    got = read(file(packed[: len(packed) // 2]))
    good = [found for _, found in got if isinstance(found, dict)]
    assert len(good) > 100
    assert len(good) == len(got) - 1
    assert "data end too early" in got[-1][1]
    assert got[-1][0] == len(got)
    damaged = packed[:2] + b"\xff" * 40 + packed[42:]
    assert "damaged" in read(file(pack(LINES) + damaged))[-1][1]
    assert "damaged" in read(file(pack(LINES) + b"rubbish" * 9))[-1][1]


@pytest.mark.parametrize(
    ("data", "code", "message"),
    [
        (b"", "PQL030", "the file is empty"),
        (b" \n\n", "PQL030", "the file is empty"),
        (b"\xef\xbb\xbf", "PQL030", "the file is empty"),
        (gzipped(b""), "PQL030", "the file is empty"),
        (gzipped(LINES)[:15], "PQL044", "the gzip data end too early; the rest of the file is missing"),
        (gzipped(json.dumps(ROWS).encode())[:-9], "PQL044", "the gzip data end too early"),
        (b"\x7fELF\0\0\0", "PQL014", "this looks like a binary file"),
        ('{"a":1}'.encode("utf-16"), "PQL014", "byte 0xff is not UTF-8"),
        ('{"a":1}'.encode("utf-16-le"), "PQL014", "this looks like a binary file"),
        (b"a,b\n1,2\n", "PQL030", "no line of this file is a JSON object"),
        (b'{"a":', "PQL030", "the file ends"),
        (b'[{"a":1},]', "PQL030", "a comma stands before `]`"),
        (b'[{"a":1}', "PQL030", "the file ends"),
        (b'[{"a":1}]\n[{"a":1}]', "PQL030", "`[`"),
        (b'[{"a":"\xff"},]', "PQL014", "byte 0xff is not UTF-8"),
        (b"[" * 100_000, "PQL030", "nested too deep"),
    ],
)
def test_refusals(file: Callable[[bytes], Path], data: bytes, code: str, message: str) -> None:
    with pytest.raises(PQLError) as caught:
        read(file(data))
    (problem,) = caught.value.diagnostics
    assert problem.code == code
    assert message in problem.message


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(PQLError, match="PQL044 there is no such file"):
        open_input(str(tmp_path / "none"))
    with pytest.raises(PQLError, match="PQL044 this is a folder"):
        open_input(str(tmp_path))


def test_items_of_arrays_may_be_bad(file: Callable[[bytes], Path]) -> None:
    assert read(file(b'[{"a":1},\n2,\n{"b":"\xff"}]')) == [
        (1, {"a": 1}),
        (2, "this is a number, not an object"),
        (3, "byte 0xff is not UTF-8"),
    ]
    assert read(file(b"[]")) == []


def test_documents_have_a_limit(file: Callable[[bytes], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pqltools.data.documents.MAX_FILE_SIZE", 100)
    with pytest.raises(PQLError, match="PQL011 the document has more than 100 bytes"):
        read(file(json.dumps(ROWS * 9).encode()))


def test_a_huge_line_is_refused_without_being_held_twice(tmp_path: Path) -> None:
    path = tmp_path / "huge"
    with path.open("wb") as out:
        out.write(b'{"a":"')
        for _ in range(200):
            out.write(b"x" * 2**20)
        out.write(b'"}\n{"b":1}\n')
    tracemalloc.start()
    try:
        got = read(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert got == [(1, "the line has more than 67,108,864 bytes"), (2, {"b": 1})]
    assert peak < 90 * 2**20


def test_memory_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "many.gz"
    with gzip.open(path, "wb", compresslevel=1) as out:
        for _ in range(64):
            out.write(
                b'{"a":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}\n'
                * 10_000
            )
    tracemalloc.start()
    try:
        count = sum(isinstance(block, Block) and block.data.count(b"\n") for block in open_input(str(path)).blocks)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 640_000
    assert peak < 30 * 2**20


def test_a_problem_while_reading_is_one_bad_line() -> None:
    def pieces() -> Any:
        yield b'{"a":1}\n{"b"'
        raise Broken("gone")

    assert list(blocks(pieces(), "f")) == [Block(b'{"a":1}\n', 1), BadLine("f", 2, "gone")]


def test_a_bad_line_is_a_warning() -> None:
    diagnostic = BadLine("f", 1234, "why").diagnostic("PQL072")
    assert (diagnostic.code, diagnostic.severity, diagnostic.name) == ("PQL072", "warning", "bad-event-line")
    assert str(diagnostic) == "f:1:1 PQL072 line 1,234: why"


EXAMPLES = Path(__file__).parents[2].parent / "shared" / "xdm" / "examples"


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="there are no examples beside this checkout")
def test_adobe_s_examples(tmp_path: Path) -> None:
    names = sorted(path for path in EXAMPLES.glob("*.json") if path.name != "INDEX.json")
    assert len(names) > 250
    values = [json.loads(path.read_text(encoding="utf-8")) for path in names]
    for path, value in zip(names, values, strict=True):
        if isinstance(value, dict) and "xEvent" not in value and "timeSeriesEvents" not in value:
            assert [found for _, found in read(path)] == [value]
    lines = tmp_path / "lines"
    lines.write_text("".join(json.dumps(value) + "\n" for value in values), encoding="utf-8")
    assert len(read(lines)) == len(values)
