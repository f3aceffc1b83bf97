"""Is our text the client's after every edit, and are places what the client takes them for, in all encodings?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from pqltools.lsp.documents import Document
from pqltools.lsp.positions import ENCODINGS, Encoding, Positions, index, length
from pqltools.source import Source

_TEXTS = st.text(st.sampled_from('a"\\é€😀👩\u200d\r\n\t{ '), max_size=30)
_UNITS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


def split(text: str) -> list[str]:
    """The lines of a text with their ends, by a way of its own."""
    lines, line = [], ""
    for at, char in enumerate(text):
        line += char
        if char == "\n" or (char == "\r" and text[at + 1 : at + 2] != "\n"):
            lines.append(line)
            line = ""
    return [*lines, line]


def position(text: str, offset: int, encoding: Encoding) -> types.Position:
    """The position of an offset, as a client counts."""
    codec, width = _UNITS[encoding]
    lines = split(text)
    for number, line in enumerate(lines):
        if offset < len(line) or number == len(lines) - 1:
            return types.Position(number, len(line[:offset].encode(codec)) // width)
        offset -= len(line)
    raise AssertionError


def is_between_cr_and_lf(text: str, offset: int) -> bool:
    return text[offset - 1 : offset + 1] == "\r\n" if offset else False


@given(_TEXTS, st.data(), st.sampled_from(ENCODINGS))
def test_offsets_and_positions_are_inverse(text: str, data: st.DataObject, encoding: Encoding) -> None:
    offset = data.draw(st.integers(0, len(text)))
    positions = Positions(Source(text), encoding)
    if is_between_cr_and_lf(text, offset):
        return  # no client has a cursor there
    assert positions.position(offset) == position(text, offset, encoding)
    assert positions.offset(positions.position(offset)) == offset


@given(_TEXTS, st.data(), st.sampled_from(ENCODINGS))
def test_text_equals_the_clients(text: str, data: st.DataObject, encoding: Encoding) -> None:
    document = Document("file:///a.pql", "pql", 0, text, encoding)
    for version in range(1, 6):
        changes: list[types.TextDocumentContentChangeEvent] = []
        for _ in range(data.draw(st.integers(1, 3))):
            ends = sorted(data.draw(st.integers(0, len(text))) for _ in range(2))
            start, end = [at - is_between_cr_and_lf(text, at) for at in ends]
            new = data.draw(_TEXTS)
            span = types.Range(position(text, start, encoding), position(text, end, encoding))
            changes.append(types.TextDocumentContentChangePartial(span, new))
            text = text[:start] + new + text[end:]
        document = document.edited(changes, version)
        assert document.text == text
        assert document.version == version


@given(st.text(max_size=20), st.integers(0, 90), st.sampled_from(ENCODINGS))
def test_a_place_in_a_character_is_its_beginning(line: str, units: int, encoding: Encoding) -> None:
    found = index(line, units, encoding)
    assert length(line[:found], encoding) <= units
    assert found == len(line) or length(line[: found + 1], encoding) > units


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_places_that_are_not_there_are_moved(encoding: Encoding) -> None:
    positions = Positions(Source("a\r\n😀"), encoding)
    assert positions.offset(types.Position(0, 99)) == 1
    assert positions.position(2) == types.Position(0, 1)  # between CR and LF
    assert positions.offset(types.Position(9, 0)) == 4
    assert positions.offset(types.Position(1, 99)) == 4
    assert positions.span(types.Range(types.Position(1, 0), types.Position(0, 0))) == (0, 3)


def test_a_whole_new_text() -> None:
    document = Document("file:///a.pql", "pql", 0, "a = 1", "utf-16")
    document = document.edited([types.TextDocumentContentChangeWholeDocument("b = 2")], 1)
    assert document.text == "b = 2"


def test_half_a_pair_of_surrogates_does_no_harm() -> None:
    for encoding in ENCODINGS:
        positions = Positions(Source("a\ud83d\n\ude00 = 1"), encoding)
        for offset in range(8):
            assert positions.offset(positions.position(offset)) == offset
