"""Is text that is no JSON, too large, too deep or not UTF-8 refused in the user's words?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.json_trees import literal, ref
from pqltools.diagnostics import Diagnostic, PQLError
from pqltools.formats.json_text import _check_depth
from pqltools.formats.pql_json import from_json
from pqltools.limits import HIGHEST_DEPTH, MAX_DEPTH
from pqltools.source import Source
from pqltools.syntax.ast import Opaque, StringLiteral
from pqltools.syntax.walk import depth

if TYPE_CHECKING:
    from pqltools.syntax.ast import Expr

COMMA = "the last one in an object or a list has no comma behind it"
QUOTES = "strings and keys are written in double quotes"
BASE64 = "eyJub2RlVHlwZSI6ImxpdGVyYWwifQ=="
PQL = "this looks like PQL text, not like a tree in `pql/json`"


def fault(tree: Any, **limits: int) -> Diagnostic:
    with pytest.raises(PQLError) as caught:
        from_json(tree, **limits)
    (diagnostic,) = caught.value.diagnostics
    return diagnostic


#: Text; the part that is pointed at, by its offset and the text; message; help.
INVALID: list[tuple[str, int, str, str, str | None]] = [
    ("", 0, "", "the text is empty, there is no tree", None),
    (" \n", 2, "", "the text is empty, there is no tree", None),
    ("\ufeff", 1, "", "the text is empty, there is no tree", None),
    ('{"a": ', 6, "", "the tree ends before its `}`", None),
    ('{"a": [1', 8, "", "the tree ends before its `]`", None),
    ('{"a": [1, ', 10, "", "the tree ends before its `]`", None),
    ('{"a"', 4, "", "the tree ends before its `}`", None),
    ('{"a": 1, }', 7, ",", "a comma stands before `}`", COMMA),
    (
        '{"a": [1,\n]}',
        8,
        ",",
        "a comma stands before `]`",
        COMMA,
    ),
    ('{"a" 1}', 5, "1", "expected `:`, found `1`", None),
    ('{"a": 1 "b": 2}', 8, '"b"', 'expected `,` or `}`, found `"b"`', None),
    ('{"a": [1 2]}', 9, "2", "expected `,` or `]`, found `2`", None),
    ('{"a": [1}}', 8, "}", "expected `,` or `]`, found `}`", None),
    ('{"a": "]", "b": {"c": [] "d"', 25, '"d"', 'expected `,` or `}`, found `"d"`', None),
    ('{"a": 1}}', 8, "}", "expected the end of the tree, found `}`", None),
    (
        "{'a': 1}",
        1,
        "'a'",
        "expected a key in double quotes, found `'a'`",
        QUOTES,
    ),
    ("{a: 1}", 1, "a", "expected a key in double quotes, found `a`", None),
    ('{"a": True}', 6, "True", "expected a value, found `True`", "write `true`"),
    ('{"a": undefined}', 6, "undefined", "expected a value, found `undefined`", None),
    ('{"a": "x', 6, '"', "this string is never closed", 'close it with `"`'),
    ('{"a": "x\ny"}', 8, "\n", "a line break or control character stands in a string", r"write `\n`, `\r` or `\t`"),
    (r'{"a": "\w"}', 7, "\\", "this backslash starts no known escape", r"write `\\` for a backslash"),
    (r'{"a": "\u12"}', 8, "u", r"`\u` needs four hexadecimal digits", None),
    ("homeAddress.city = 1", 0, "homeAddress.city", "expected a value, found `homeAddress.city`", PQL),
    ("true and a", 5, "and", "expected the end of the tree, found `and`", PQL),
    ("(a)", 0, "(a)", "expected a value, found `(a)`", PQL),
    ("\ufeffa = 1", 1, "a", "expected a value, found `a`", PQL),
    (
        BASE64,
        0,
        BASE64,
        f"expected a value, found `{BASE64}`",
        "this looks like Base64; decode it first",
    ),
    ("<xml/>", 0, "<xml/>", "expected a value, found `<xml/>`", None),
]


@pytest.mark.parametrize(("text", "start", "pointed_at", "message", "help"), INVALID)
def test_what_is_no_json_is_told_in_plain_words(
    text: str, start: int, pointed_at: str, message: str, help: str | None
) -> None:
    found = fault(text)
    assert found.span == (start, start + len(pointed_at))
    assert found.source is not None
    assert found.source.text[slice(*found.span)] == pointed_at
    assert (found.code, found.help) == ("PQL030", help)
    assert found.message == message


def test_what_is_never_closed_is_shown() -> None:
    found = fault('{"a": [{"b": 1}')
    assert [(each.message, each.span) for each in found.related] == [("this is never closed", (6, 7))]


def test_line_and_column_are_those_of_the_text() -> None:
    assert str(fault('{\n "é": 1 2}')) == "<text>:2:9 PQL030 expected `,` or `}`, found `2`"


@given(st.text('{}[]",:\\\n \ufeffau01', max_size=12))
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    try:
        json.loads(text.removeprefix("\ufeff"))
    except ValueError:
        found = fault(text)
        assert found.code == "PQL030"
        assert found.span is not None
        assert 0 <= found.span[0] <= found.span[1] <= len(text)
    else:
        assert fault(text).code in ("PQL031", "PQL033", "PQL034")


# Encoding.


@pytest.mark.parametrize(
    ("data", "message", "span", "help"),
    [
        (b'{"nodeType": "\xe9"}', "byte 15 is not UTF-8", (14, 15), "save it as UTF-8"),
        ("ü".encode() + b"\xff", "byte 3 is not UTF-8", (1, 2), "save it as UTF-8"),
        ("{}".encode("utf-16"), "byte 1 is not UTF-8", (0, 1), "it looks like UTF-16; save it as UTF-8"),
        (b'{"a": "\xed\xa0\x80"}', "byte 8 is not UTF-8", (7, 8), "save it as UTF-8"),
    ],
)
def test_bytes_that_are_not_utf_8_are_refused(data: bytes, message: str, span: tuple[int, int], help: str) -> None:
    found = fault(data)
    assert (found.code, found.message, found.span, found.help) == ("PQL014", message, span, help)


def test_places_in_bytes_with_a_byte_order_mark_do_not_count_it() -> None:
    text = '{"nodeType":"varRef"}'
    assert fault(b"\xef\xbb\xbf" + text.encode()).span == (0, 1)
    assert fault("\ufeff" + text).span == (1, 2)


# Size.


def test_the_size_is_limited() -> None:
    text = json.dumps(literal("String", "ü" * 50))
    assert from_json(text, max_size=len(text))
    found = fault(text, max_size=len(text) - 1)
    assert str(found) == f"PQL011 the tree is larger than {len(text) - 1} characters"
    assert found.help == "raise `max_size` if that is meant"
    assert str(fault(text.encode(), max_size=20)) == "PQL011 the tree is larger than 20 bytes"


def test_the_size_of_decoded_json_is_limited_by_its_containers() -> None:
    tree = {"nodeType": "gap", "of": [[]] * 100}
    assert from_json(tree, max_size=204)
    assert fault(tree, max_size=203).code == "PQL011"


def test_aliases_do_not_make_a_small_tree_endless() -> None:
    tree: dict[str, object] = {"nodeType": "gap"}
    for _ in range(150):
        tree = {"nodeType": "gap", "a": tree, "b": tree}
    assert fault(tree, max_size=10_000).code == "PQL011"


def test_a_tree_that_holds_itself_is_too_deep() -> None:
    tree: dict[str, object] = {"nodeType": "gap"}
    tree["of"] = tree
    assert fault(tree).code == "PQL010"


# Depth.


def nested(levels: int, start: str, end: str, inside: str) -> str:
    return start * levels + inside + end * levels


X = json.dumps(ref("x"))
SHAPES: dict[str, tuple[str, str, str, int]] = {
    "calls": ('{"nodeType":"fnApply","fnName":"not","params":[', "]}", X, 1),
    "paths": ('{"nodeType":"fieldLookup","fieldName":"a","object":', "}", X, 1),
    "lists": ('{"nodeType":"list","items":[', "]}", X, 1),
    "scopes": (
        '{"nodeType":"fnApply","fnName":"map","params":[' + X + ',{"nodeType":"lambda","varNames":["x"],"body":',
        "}]}",
        X,
        2,
    ),
    "objects": ('{"nodeType":"object","properties":[{"name":"a","value":', "}]}", X, 2),
    "selects": (
        '{"nodeType":"select","variables":[{"nodeType":"varDecl","varName":"x","from":',
        "}]}",
        X,
        2,
    ),
    "columns": (
        '{"nodeType":"fieldLookup","fieldName":"a","object":',
        "}",
        '{"nodeType":"fieldLookup","fieldName":"a"}',
        1,
    ),
}


@pytest.mark.parametrize(("start", "end", "inside", "levels"), SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("limit", [9, 10, MAX_DEPTH, HIGHEST_DEPTH])
def test_depth_is_that_of_the_expression(start: str, end: str, inside: str, levels: int, limit: int) -> None:
    for count in range(limit // levels - 3, limit // levels + 3):
        text = nested(count, start, end, inside)
        expected = levels * count + depth(from_json(inside))
        for tree in (text, json.loads(text)):
            if expected <= limit:
                assert depth(from_json(tree, max_depth=limit)) == expected
            else:
                found = fault(tree, max_depth=limit)
                assert (found.code, found.message) == ("PQL010", f"the tree is nested deeper than {limit} levels")


def test_the_level_that_is_too_deep_is_shown() -> None:
    text = nested(3, *SHAPES["calls"][:3])
    found = fault(text, max_depth=3)
    assert found.path == "$.params[0].params[0].params[0]"
    assert found.span == (text.index(X), text.index(X) + len(X))


def raw_list(levels: int) -> str:
    """A List literal of so many lists in each other."""
    return json.dumps(literal("List", "*")).replace('"*"', nested(levels, "[", "]", ""))


def test_lists_in_list_literals_count() -> None:
    assert depth(from_json(raw_list(MAX_DEPTH))) == MAX_DEPTH
    assert fault(raw_list(MAX_DEPTH + 1)).code == "PQL010"
    assert fault(json.loads(raw_list(MAX_DEPTH + 1))).code == "PQL010"


@pytest.mark.parametrize(
    "text",
    [
        raw_list(100_000),
        "[" * 100_000,
        '{"a":' * 100_000,
        nested(100_000, "[", "]", ""),
        nested(100_000, '{"nodeType":"gap","of":', "}", "1"),
        nested(100_000, *SHAPES["calls"][:3]),
        '{"nodeType":"gap","of":"' + "\\" * 100_000 + '","a":' + "[" * 100_000,
    ],
)
def test_no_depth_is_a_recursion_error(text: str) -> None:
    found = fault(text)
    assert found.code == "PQL010"
    assert found.span is not None
    assert text[slice(*found.span)] in ("[", "{")


def test_decoded_json_of_any_depth_is_no_recursion_error() -> None:
    tree: Any = {"nodeType": "varRef", "varName": "x"}
    for _ in range(100_000):
        tree = {"nodeType": "fnApply", "fnName": "not", "params": [tree]}
    try:
        assert fault(tree).code == "PQL010"
    finally:
        while tree.get("params"):  # or else the garbage collector recurses
            tree = tree["params"].pop()


@pytest.mark.parametrize("max_depth", [0, -1, HIGHEST_DEPTH + 1])
def test_a_depth_limit_that_cannot_be_kept_is_a_mistake_of_the_caller(max_depth: int) -> None:
    with pytest.raises(ValueError, match="max_depth must lie between 1 and 250"):
        from_json(X, max_depth=max_depth)


def test_a_full_stack_is_no_recursion_error() -> None:
    text = nested(MAX_DEPTH - 1, *SHAPES["calls"][:3])

    def descend(levels: int) -> Expr:
        return descend(levels - 1) if levels else from_json(text)

    assert descend(0)
    with pytest.raises(PQLError, match="PQL010"):
        descend(700)


def test_faults_on_every_level_are_told() -> None:
    start = '{"nodeType":"fnApply","fnName":"not","extra":1,"params":['
    with pytest.raises(PQLError) as caught:
        from_json(nested(150, start, "]}", X))
    assert [each.code for each in caught.value.diagnostics] == ["PQL032"] * 150


def test_brackets_in_strings_do_not_count() -> None:
    text = json.dumps(literal("String", '[{\\"' * 1000))
    assert from_json(text) == StringLiteral('[{\\"' * 1000)
    tree = {"nodeType": "gap", "of": ["]" * 500, "[" * 500, '"', "\\", "{" * 500 + '"', [["}" * 500]]]}
    assert isinstance(from_json(json.dumps(tree)), Opaque)


@given(st.recursive(st.text('"\\[]{}a'), lambda inner: st.lists(inner, max_size=3), max_leaves=20), st.integers(1, 6))
def test_brackets_are_counted_as_json_nests_them(value: object, limit: int) -> None:
    def brackets(inner: object) -> int:
        return 1 + max(map(brackets, inner), default=0) if isinstance(inner, list) else 0

    source = Source(json.dumps(value))
    if brackets(value) <= limit:
        _check_depth(source, limit, limit)
    else:
        with pytest.raises(PQLError, match="PQL010"):
            _check_depth(source, limit, limit)


def test_numbers_of_many_digits_are_no_error_of_python() -> None:
    found = fault('{"nodeType":"literal","literalType":"Integer","value":-' + "9" * 10_000 + "}")
    assert (found.code, found.path) == ("PQL012", "$.value")
    assert fault(literal("Integer", 10**5000)).code == "PQL012"
    assert fault(literal("Double", 10**5000)).code == "PQL012"
    assert fault('{"nodeType":"literal","literalType":"Double","value":1e999}').code == "PQL012"
