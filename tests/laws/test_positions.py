"""Do positions agree?  Offsets, lines and columns, UTF-16 units: with emoji, tabs and every end of line."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from pqltools import PQLError, from_json, parse, to_text
from pqltools.source import Source, utf16_length
from pqltools.syntax.ast import Expr, StringLiteral
from pqltools.syntax.walk import walk
from strategies import expressions

TEXTS = st.text(st.sampled_from("ab\t🚲é\u2028\x0b\x85 \n\r") | st.characters(), max_size=40)


@given(TEXTS, st.data())
@example("a\r\nb\rc\n", None)
@example("", None)
def test_lines_and_columns_lead_back(text: str, data: st.DataObject | None) -> None:
    source = Source(text)
    offsets = range(len(text) + 1) if data is None else [data.draw(st.integers(0, len(text)))]
    for offset in offsets:
        line, column = source.line_column(offset)
        assert line >= 1
        assert column >= 1
        if text[max(offset - 1, 0) : offset + 1] != "\r\n" and text[offset : offset + 1] not in ("\r", "\n"):
            assert source.offset(line, column) == offset
        assert source.line_starts[line - 1] + column - 1 == offset


@given(TEXTS)
def test_lines_are_those_of_a_plain_count(text: str) -> None:
    """Against the definition of the Language Server Protocol, spelled out with `str.split`."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    source = Source(text)
    assert [source.line_text(number + 1) for number in range(len(source.line_starts))] == lines


@given(TEXTS, st.data())
def test_utf16_positions_are_those_of_the_codec(text: str, data: st.DataObject) -> None:
    source = Source(text)
    offset = data.draw(st.integers(0, len(text)))
    line, character = source.utf16_position(offset)
    before = text[source.line_starts[line] : offset]
    assert character == len(before.encode("utf-16-le", "surrogatepass")) // 2 == utf16_length(before)
    if "\r" not in before and "\n" not in before:
        assert source.offset_of_utf16(line, character) == offset


@given(TEXTS, st.integers(-2, 60), st.integers(-2, 60))
def test_positions_outside_are_clamped(text: str, line: int, column: int) -> None:
    source = Source(text)
    assert 0 <= source.offset(line, column) <= len(text)
    assert 0 <= source.offset_of_utf16(max(line, 0), max(column, 0)) <= len(text)
    inside = source.line_column(column)
    assert source.line_column(inside[1]) == source.line_column(min(inside[1], len(text)))


@given(expressions(), st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from(["", "\t", "/* 🚲 */ "]))
def test_spans_follow_the_text(tree: Expr, line_end: str, indent: str) -> None:
    """However the text is laid out, a string literal is where its quotes are."""
    lines = to_text(tree, width=30).split("\n")
    text = indent + (line_end + indent).join(lines)
    for node in walk(parse(text)):
        if isinstance(node, StringLiteral):
            assert node.span is not None
            assert text[node.span[0]] == text[node.span[1] - 1] == '"'


@given(st.text(st.sampled_from('ab🚲\té\\"\n') | st.characters(exclude_categories=["Cs"])), st.sampled_from([None, 2]))
def test_faults_in_json_are_found_where_they_are(name: str, indent: int | None) -> None:
    """The span of a wrong value is that value, whatever stands before it in the text."""
    import json

    tree = {"nodeType": "fieldLookup", "fieldName": name, "object": {"nodeType": "parameterReference", "position": 0}}
    for ascii_only in (True, False):
        text = json.dumps(tree, indent=indent, ensure_ascii=ascii_only)
        try:
            from_json(text)
        except PQLError as refused:
            (problem,) = refused.diagnostics
            assert problem.span is not None
            assert problem.path == "$.object.position"
            assert text[slice(*problem.span)] == "0"
        else:
            raise AssertionError("position 0 was read")
