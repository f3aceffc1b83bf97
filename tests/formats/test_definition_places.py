"""Does every character of an expression find its place in the file, through escapes, quotes and folded lines?"""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqltools.diagnostics import Diagnostic, Edit, Fix, PQLError, Related
from pqltools.formats.definition import read_expression
from pqltools.formats.definition_files import Embedded, place, read_file
from pqltools.formats.definition_places import Spelling
from pqltools.source import Source


def only(text: str, name: str = "d.json") -> tuple[Embedded, Source]:
    source = Source(text, name)
    (embedded,) = read_file(source).expressions
    return embedded, source


def definition(literal: str) -> str:
    return f'{{ "expression": {{"format": "pql/text",\n  "value" : {literal} }} }}'


@st.composite
def spellings(draw: st.DrawFn) -> list[tuple[str, str]]:
    """Code points, each with one of the ways to write it in a JSON string."""
    pairs: list[tuple[str, str]] = []
    for char in draw(st.text()):
        ways = []
        if char >= " " and char not in '"\\' and not "\ud800" <= char <= "\udfff":
            ways.append(char)
        escape = "".join(f"\\u{unit:04x}" for unit in memoryview(char.encode("utf-16-le", "surrogatepass")).cast("H"))
        ways += [escape, escape.upper().replace("\\U", "\\u")]
        if char in '"\\/\b\f\n\r\t':
            ways.append({"\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(char, "\\" + char))
        pairs.append((char, draw(st.sampled_from(ways))))
    return pairs


@given(spellings())
def test_each_code_point_has_its_escape(pairs: list[tuple[str, str]]) -> None:
    literal = '"' + "".join(spelling for _, spelling in pairs) + '"'
    value = "".join(char for char, _ in pairs)
    if json.loads(literal) != value:
        return  # two lone surrogates side by side have become one character
    text = definition(literal)
    embedded, source = only(text)
    assert embedded.value == value
    assert text[slice(*embedded.span)] == literal
    at = embedded.span[0] + 1
    for index, (_, spelling) in enumerate(pairs):
        assert embedded.locate((index, index + 1)) == (at, at + len(spelling))
        assert embedded.locate((index, index)) == (at, at)
        at += len(spelling)
    assert embedded.locate((len(pairs), len(pairs))) == (at, at)
    assert embedded.locate((0, len(pairs))) == (embedded.span[0] + 1, embedded.span[1] - 1)
    assert source.text is text


#: A YAML scalar; for each code point of its value the text in the file.
YAML = [
    ("a b", ["a", " ", "b"]),
    ("a\n     b", ["a", "\n     ", "b"]),
    ("a\n\n     b", ["a", "\n", "b"]),
    ("'it''s'", ["i", "t", "''", "s"]),
    ("'a \n     b'", ["a", " \n     ", "b"]),
    (r'"\x41\u00e9\U0001F600\n"', [r"\x41", r"\u00e9", r"\U0001F600", r"\n"]),
    ('"a\\\n     b"', ["a", "b"]),
    ("|-\n     a\n\n      b", ["a", "\n", "\n", " ", "b"]),
    ("|\n     a", ["a", "\n"]),
    ("|2-\n       a", [" ", "a"]),
    ("|+\n     a\n", ["a", "\n", "\n"]),
    (">-\n     a\n     b\n\n     c", ["a", "\n     ", "b", "\n", "c"]),
    (">\n     a\n       b\n     c", ["a", "\n", " ", " ", "b", "\n", "c", "\n"]),
]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(("scalar", "parts"), YAML)
def test_places_in_yaml(scalar: str, parts: list[str], newline: str) -> None:
    text = f"- expression:\n    value: {scalar}\n    format: pql/text # f\n".replace("\n", newline)
    embedded, _ = only(text, "d.yaml")
    found = [text[slice(*embedded.locate((index, index + 1)))] for index in range(len(embedded.value))]
    assert found == [part.replace("\n", newline) for part in parts]


def test_a_spelling_that_is_not_understood_is_one_place() -> None:
    spelling = Spelling('"', 10, '"abc"', "something else")
    assert spelling.locate((3, 4)) == (10, 15)


def test_a_bare_expression_is_its_own_place() -> None:
    embedded, _ = only("\ufeffa = 1", "d.pql")
    assert embedded.span == (1, 6)
    assert embedded.locate((0, 1)) == (1, 2)


def test_diagnostics_move_into_the_file() -> None:
    text = definition(r'"a \u003d \"\ud83d\ude00\" && b"')
    embedded, source = only(text)
    with pytest.raises(PQLError) as caught:
        read_expression(embedded.format, embedded.value)
    moved = place(embedded, source, caught.value.diagnostics[0])
    assert moved.span is not None
    assert text[slice(*moved.span)] == "&&"
    assert moved.path == "$.expression.value"
    assert moved.source is source


def test_related_places_and_fixes_move_too() -> None:
    text = definition(r'"\u0061 == \"b\""')
    embedded, source = only(text)
    fix = Fix("fix it", (Edit((2, 4), '= "\n"'),), safe=True)
    moved = place(embedded, source, Diagnostic("PQL004", "m", (2, 4), related=(Related("here", (0, 1)),), fixes=(fix,)))
    assert text[slice(*moved.related[0].span)] == "\\u0061"
    ((edit,),) = [fix.edits for fix in moved.fixes]
    repaired = text[: edit.span[0]] + edit.text + text[edit.span[1] :]
    assert only(repaired)[0].value == 'a = "\n" "b"'


@pytest.mark.parametrize(
    ("scalar", "repaired"),
    [
        ("'a == ''b'''", "a it's 'b'"),
        ("\"a == 'b'\"", "a it's 'b'"),
        ("|-\n    a == 'b'", "a it's 'b'"),
        ("a == 'b'", None),
        (">-\n    a == 'b'", None),
    ],
)
def test_fixes_in_yaml_are_escaped_or_dropped(scalar: str, repaired: str | None) -> None:
    text = f"expression:\n  format: pql/text\n  value: {scalar}\n"
    embedded, source = only(text, "d.yaml")
    moved = place(embedded, source, Diagnostic("PQL004", "m", (2, 4), fixes=(Fix("f", (Edit((2, 4), "it's"),)),)))
    assert bool(moved.fixes) == (repaired is not None)
    if repaired is not None:
        edit = moved.fixes[0].edits[0]
        assert only(text[: edit.span[0]] + edit.text + text[edit.span[1] :], "d.yaml")[0].value == repaired


TREE = (
    '{"nodeType": "fnApply", "fnName": "=", "params": '
    '[{"nodeType": "varRef"}, {"nodeType": "varRef", "x": 1, "varName": "V"}]}'
)


@pytest.mark.parametrize("value", [TREE, json.dumps(TREE)], ids=["object", "string"])
def test_faults_in_trees_are_found_by_their_path(value: str) -> None:
    text = f'[{{"expression": {{"value": {value}, "format": "pql/json"}}}}]'
    embedded, source = only(text)
    with pytest.raises(PQLError) as caught:
        read_expression(embedded.format, embedded.value)
    moved = [place(embedded, source, fault) for fault in caught.value.diagnostics]
    assert [(fault.code, fault.path) for fault in moved] == [
        ("PQL033", "$[0].expression.value.params[0].varName"),
        ("PQL032", "$[0].expression.value.params[1].x"),
    ]
    assert [text[slice(*fault.span)].replace("\\", "") for fault in moved if fault.span] == ["{", '"x"']
