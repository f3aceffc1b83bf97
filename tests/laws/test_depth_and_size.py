"""Is anything too deep or too large to be answered?  100,000 levels and megabytes, in text, JSON and trees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pqltools import PQLError, from_json, parse, parse_tolerant, to_json, to_json_bytes, to_text
from pqltools.syntax.ast import Expr, FieldLookup, FunctionCall, Let, ListLiteral, ParameterReference

DEEP = 100_000
#: What may be repeated without end, between bars.
OPENINGS = (
    '(|[|{|((a) + |not |NOT(|!|-|- -|a.|a+|a*|a - (|f(|a.f(|xs[|xs[a][b|if(|sum(|{"k": |a and (|'
    "a or |a = |(a = |^|^.|exists X from a where |select X from a where |let X = a in |"
    "sum X.a over X from |(X) => |chain(xs, t, [A: WHAT(|t occurs |t occurs between |date(|@{|@{{|`|"
    r""""|'|/*|//|\|$|,|)|]|}|select |sum |not|in |occurs |: |=> |a |"" |1 |“|{%= |a:|0"""
).split("|")


def too_deep(call: Callable[[], object]) -> bool:
    with pytest.raises(PQLError) as caught:
        call()
    return caught.value.diagnostics[0].code == "PQL010"


@pytest.mark.parametrize("opening", OPENINGS)
def test_no_opening_is_too_much(opening: str) -> None:
    """Nested or not, closed or not: a diagnostic or a tree, whatever stands 3,000 times in a row."""
    for text in (opening * 3000, opening * 3000 + "a", opening * 1000 + "a" + ")" * 1000):
        parsed = parse_tolerant(text)
        assert all(0 <= p.span[0] <= p.span[1] <= len(text) for p in parsed.diagnostics if p.span)
        try:
            assert parse(text) == parsed.tree
        except PQLError as refused:
            assert refused.diagnostics == parsed.errors


NESTED: dict[str, tuple[str, str, str]] = {
    "parentheses": ("(a + ", "a", ")"),
    "lists": ("[", "a", "]"),
    "not": ("not ", "a", ""),
    "bang": ("!", "a", ""),
    "minus": ("-", "a", ""),
    "path": ("a.", "b", ""),
    "sum": ("a + ", "b", ""),
    "product": ("a * ", "b", ""),
    "objects": ('{"k": ', "a", "}"),
    "calls": ("f(", "a", ")"),
    "item scopes": ("xs[", "a", "]"),
    "selects": ("select X from xs where ", "X", ""),
    "quantifiers": ("exists X from xs where ", "X", ""),
    "let": ("let X = a in ", "X", ""),
    "lambdas": ("(X) => ", "X", ""),
    "right": ("a and (", "b", ")"),
}


@pytest.mark.parametrize("name", NESTED)
@pytest.mark.parametrize("count", [1000, DEEP])
def test_deep_text_has_the_depth_message(name: str, count: int) -> None:
    opening, core, closing = NESTED[name]
    text = opening * count + core + closing * count
    assert too_deep(lambda: parse(text))
    assert [problem.code for problem in parse_tolerant(text).errors] == ["PQL010"]


@pytest.mark.parametrize("name", NESTED)
def test_text_within_the_limit_is_read(name: str) -> None:
    opening, core, closing = NESTED[name]
    tree = parse(opening * 90 + core + closing * 90)
    assert parse(to_text(tree)) == from_json(to_json_bytes(tree)) == tree


NESTED_JSON: dict[str, tuple[str, str]] = {
    "path": ('{"nodeType":"fieldLookup","fieldName":"a","object":', "}"),
    "call": ('{"nodeType":"fnApply","fnName":"not","params":[', "]}"),
    "lambda": ('{"nodeType":"lambda","varNames":["x"],"body":', "}"),
    "let": ('{"nodeType":"let","varName":"x","value":[],"body":', "}"),
    "list": ('{"nodeType":"list","items":[', "]}"),
    "opaque": ('{"nodeType":"gap","a":[', "]}"),
    "unknown keys": ('{"a":', "}"),
    "arrays": ("[", "]"),
}


@pytest.mark.parametrize("name", NESTED_JSON)
@pytest.mark.parametrize("closed", [True, False])
def test_deep_json_has_the_depth_message(name: str, closed: bool) -> None:
    opening, closing = NESTED_JSON[name]
    text = opening * DEEP + '{"nodeType":"parameterReference","position":1}' + closing * (DEEP if closed else 0)
    assert too_deep(lambda: from_json(text))
    assert too_deep(lambda: from_json(text.encode()))


def test_deep_objects_have_the_depth_message() -> None:
    tree: dict[str, Any] = {"nodeType": "parameterReference", "position": 1}
    opaque: Any = 1
    for _ in range(DEEP):
        tree = {"nodeType": "fieldLookup", "fieldName": "a", "object": tree}
        opaque = [opaque]
    assert too_deep(lambda: from_json(tree))
    assert too_deep(lambda: from_json({"nodeType": "gap", "a": opaque}))


DEEPENERS: list[Callable[[Expr], Expr]] = [
    lambda tree: FieldLookup(tree, "a"),
    lambda tree: FunctionCall("not", (tree,)),
    lambda tree: FunctionCall("and", (tree, tree)),
    lambda tree: Let("X", tree, ParameterReference(1)),
    lambda tree: ListLiteral((tree,)),
]


@pytest.mark.parametrize("deepen", DEEPENERS)
@pytest.mark.parametrize("write", [to_text, to_json, to_json_bytes])
def test_deep_trees_have_the_depth_message(deepen: Callable[[Expr], Expr], write: Callable[[Expr], object]) -> None:
    tree: Expr = ParameterReference(1)
    for _ in range(60):
        tree = deepen(tree) if deepen is not DEEPENERS[2] else FunctionCall("and", (tree,))
    write(tree)
    for _ in range(DEEP):
        tree = FieldLookup(tree, "a") if deepen is DEEPENERS[2] else deepen(tree)
    assert too_deep(lambda: write(tree))


WIDE = {
    "clauses": " and ".join(f'a{n}.b = "value {n}"' for n in range(20_000)),
    "arguments": f"f({', '.join(['a.b'] * 20_000)})",
    "list": f"a in [{', '.join(map(str, range(60_000)))}]",
    "object": "{" + ", ".join(f'"k{n}": a' for n in range(30_000)) + "}",
    "string": '"' + "x\\n" * 200_000 + '"',
    "name": "a" * 500_000,
    "quoted": "`" + "``" * 200_000 + "`",
    "comments": "/* c */ // d\n" * 40_000 + "a",
    "spaces": " " * 500_000 + "a" + "\n" * 500_000,
    "elements": "chain(xs, t, [" + ", ".join(f"C{n}: WHAT(a = {n})" for n in range(5000)) + "])",
    "variables": "select " + ", ".join(f"X{n} from xs where X{n}.a" for n in range(5000)),
}


@pytest.mark.parametrize("name", WIDE)
def test_wide_texts_are_read(name: str) -> None:
    tree = parse(WIDE[name])
    assert from_json(to_json_bytes(tree)) == tree
    assert parse(to_text(tree)) == tree


@pytest.mark.nightly
@pytest.mark.parametrize(
    "piece", '(|a |"|`a|/*|^ |\n|a = 1 = |"a" "b" |) |select |“x” |é|\0|x and not and |: |} |$ |\\|# '.split("|")
)
def test_megabytes_of_nonsense(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    parsed = parse_tolerant(text)
    assert parsed.errors


def test_size_limit() -> None:
    with pytest.raises(PQLError, match="PQL011"):
        parse("a" * (8 * 2**20 + 1))
    with pytest.raises(PQLError, match="PQL011"):
        parse("é" * (4 * 2**20 + 1))
    with pytest.raises(PQLError, match="PQL011"):
        from_json(b" " * (8 * 2**20 + 1))
