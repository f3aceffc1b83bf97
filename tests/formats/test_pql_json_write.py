"""What exactly is written, and what is refused?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, get_args

import pytest

from formats.json_trees import EXAMPLES, OLD_PROFILE, ORDERS, PROFILE, Tree, apply, declare, field, literal
from pqltools.diagnostics import PQLError
from pqltools.formats import json_writer
from pqltools.formats.json_nodes import LITERALS, SHAPES
from pqltools.formats.pql_json import from_json, to_json, to_json_bytes
from pqltools.limits import HIGHEST_DEPTH
from pqltools.syntax import ast
from pqltools.syntax.ast import (
    DoubleLiteral,
    Expr,
    FieldLookup,
    FunctionCall,
    Hole,
    IntegerLiteral,
    ItemLambda,
    ItemReference,
    Lambda,
    ListLiteral,
    ModelReference,
    ObjectLiteral,
    Occurs,
    Opaque,
    ParameterReference,
    Property,
    Quantification,
    Select,
    StringLiteral,
    TimeInterval,
    TimeQualification,
    TimestampLiteral,
    TimeWindow,
    VariableDeclaration,
    VariableReference,
)
from pqltools.syntax.parser import parse

if TYPE_CHECKING:
    from collections.abc import Callable

CONVERTED = (
    b'{"nodeType":"fnApply","fnName":"=","params":[{"nodeType":"fieldLookup","fieldName":"country","object":'
    b'{"nodeType":"fieldLookup","fieldName":"workAddress","object":{"nodeType":"parameterReference","position":1}}},'
    b'{"nodeType":"literal","literalType":"String","value":"US"}]}'
)
SECOND: Tree = {"nodeType": "parameterReference", "position": 2}
A = FieldLookup(ParameterReference(1), "a")


def test_text_is_converted_as_the_conversion_service_does() -> None:
    assert to_json_bytes(parse('workAddress.country = "US"')) == CONVERTED
    assert to_json_bytes(parse('$1.workAddress.country="US"')) == CONVERTED
    assert to_json_bytes(parse('profile.workAddress.country = "US"'), dialect="B") == CONVERTED


@pytest.mark.parametrize("meaning", [meaning for _, meaning in EXAMPLES.values()], ids=EXAMPLES)
def test_keys_are_written_in_the_order_of_the_node_table(meaning: Expr) -> None:
    orders = [[*shape.tags, *(key.name for key in shape.keys)] for shape in SHAPES.values()]

    def look(value: Any) -> None:
        if isinstance(value, dict) and value.get("nodeType") != "gap" and value.get("literalType") != "QueryString":
            assert any([key for key in order if key in value] == [*value] for order in orders), value
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            look(inner)

    if not isinstance(meaning, Opaque):
        look(to_json(meaning))


@pytest.mark.parametrize("tree", [tree for tree, _ in EXAMPLES.values()], ids=EXAMPLES)
@pytest.mark.parametrize("dialect", ["A", "B"])
def test_a_dialect_that_is_asked_for_means_the_same_and_forgets_old_forms(tree: Tree, dialect: Any) -> None:
    read = from_json(tree)
    written = to_json(read, dialect=dialect)
    assert from_json(written) == read
    if isinstance(read, Opaque):
        assert written == tree
        return
    assert [pair for pair in pairs(written) if pair in OLD] == []
    assert ("literalType", "XDMObject") not in pairs(written) or dialect == "A" or isinstance(read, ModelReference)
    assert ("position", 1) not in pairs(written) or dialect == "B"


OLD = {
    *(("literalType", kind) for kind, shape in LITERALS.items() if shape.status == "old"),
    *(("literalType", kind) for kind in ("Number", "Float", "missing")),
    *(("nodeType", kind) for kind in ("fnCreate", "set")),
    ("fnName", "NOT"),
    ("range", "present"),
    ("function", "present"),
    ("object", "missing"),
    ("value", "century"),
}


def pairs(tree: Tree) -> set[tuple[str, object]]:
    """What stands under the keys of the tree."""
    found: set[tuple[str, object]] = set()

    def look(value: Any) -> None:
        if isinstance(value, dict):
            found.update((key, inner if isinstance(inner, str | int) else "present") for key, inner in value.items())
            if value.get("nodeType") == "literal" and "literalType" not in value:
                found.add(("literalType", "missing"))
            if value.get("nodeType") == "fieldLookup" and "object" not in value:
                found.add(("object", "missing"))
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            look(inner)

    look(tree)
    return found


def test_dialects_differ_in_the_profile_only() -> None:
    tree = parse("$1.a = $2.b and @{x}.c")
    a, b = to_json(tree, dialect="A"), to_json(tree, dialect="B")
    assert a == json.loads(json.dumps(b).replace(json.dumps(PROFILE), json.dumps(OLD_PROFILE)))
    assert a["params"][0]["params"] == [field("a", OLD_PROFILE), field("b", SECOND)]
    assert to_json(tree) == b


def test_a_dialect_keeps_bound_names() -> None:
    tree = apply(
        "map",
        field("a"),
        {"nodeType": "fnCreate", "params": [{"varName": "G"}], "body": {"nodeType": "varRef", "varName": "G"}},
    )
    assert to_json(from_json(tree), dialect="B")["params"][1]["varNames"] == ["G"]


def test_another_dialect_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match='dialect must be "A", "B" or None, not \'C\''):
        to_json(A, dialect="C")  # type: ignore[arg-type]


# Spellings that do not fit are ignored.

MISFITS: list[tuple[Expr, Tree]] = [
    (TimestampLiteral("now", spelling="untyped"), literal("Timestamp", "now")),
    (ParameterReference(1, spelling="absent"), PROFILE),
    (ParameterReference(2, spelling="XDMObject"), SECOND),
    (
        FieldLookup(ParameterReference(2, spelling="absent"), "a"),
        field("a", SECOND),
    ),
    (FunctionCall("or", (), spelling="fnName:NOT"), apply("or")),
    (FunctionCall("filter", (A, A), spelling="function-key"), apply("filter", field("a"), field("a"))),
    (FunctionCall("map", (A,), spelling="function-key"), apply("map", field("a"))),
    (DoubleLiteral(0.5, spelling="Number:int"), literal("Number", 0.5)),
    (DoubleLiteral(2.0, spelling="Double:int"), literal("Double", 2)),
    (IntegerLiteral(2, spelling="L"), literal("Integer", 2)),
    (ListLiteral((StringLiteral("a", spelling="lower"),)), literal("List", ["a"])),
    (ListLiteral((A,), spelling="untyped"), {"nodeType": "list", "items": [field("a")]}),
    (
        Quantification("one", (VariableDeclaration("X", A),), spelling="fnApply"),
        {"nodeType": "quantification", "quantifier": "one", "variables": [declare("X", field("a"))]},
    ),
]


@pytest.mark.parametrize(("expr", "tree"), MISFITS)
def test_a_spelling_that_does_not_fit_changes_nothing(expr: Expr, tree: Tree) -> None:
    assert json.dumps(to_json(expr)) == json.dumps(tree)
    assert from_json(tree) == expr


# Bytes.


def test_characters_are_written_as_they_are() -> None:
    written = to_json_bytes(StringLiteral('ü 名 😀 " \\ \n \x1f \x7f \u2028'))
    assert written.endswith('"ü 名 😀 \\" \\\\ \\n \\u001f \x7f \u2028"}'.encode())


def test_a_lone_surrogate_is_escaped() -> None:
    written = to_json_bytes(StringLiteral("é\ud800"))
    assert written.endswith('"é\\ud800"}'.encode())
    assert from_json(written) == StringLiteral("é\ud800")


@pytest.mark.parametrize("meaning", [meaning for _, meaning in EXAMPLES.values()], ids=EXAMPLES)
def test_pretty_is_what_json_would_print(meaning: Expr) -> None:
    pretty = to_json_bytes(meaning, pretty=True)
    text = json.dumps(to_json(meaning), indent=2, ensure_ascii=False).encode("utf-8", "surrogatepass")
    assert pretty.replace(b"\\ud800", "\ud800".encode("utf-8", "surrogatepass")) == text


@pytest.mark.parametrize("meaning", [meaning for _, meaning in EXAMPLES.values()], ids=EXAMPLES)
def test_compact_text_has_no_white_space(meaning: Expr) -> None:
    text = to_json_bytes(meaning).decode()
    compact = json.dumps(to_json(meaning), separators=(",", ":"), ensure_ascii=False)
    assert text.replace("\\ud800", "\ud800") == compact


# What cannot be written.

NO_TREE = ", so the tree cannot be written as `pql/json`"
NOW = TimestampLiteral("now")


def _occurs(window: TimeWindow) -> Expr:
    return Occurs(A, window)


REFUSED: dict[str, tuple[Expr, str, str]] = {
    "hole": (FunctionCall("not", (Hole(),)), "PQL036", "the expression is incomplete"),
    "model of the profile": (ModelReference("profile"), "PQL036", "the model `profile` would be read as the profile"),
    "item without scope": (ItemReference(0), "PQL036", "there is no item scope for this item reference"),
    "item beyond the scopes": (
        FunctionCall("map", (A, ItemLambda(ItemReference(1)))),
        "PQL036",
        "there is no item scope for this item reference",
    ),
    "scope out of place": (
        FunctionCall("=", (A, ItemLambda(A))),
        "PQL036",
        "an item scope stands where no function evaluates it",
    ),
    "lambda that would be a scope": (
        FunctionCall("map", (A, Lambda(("x",), A))),
        "PQL036",
        "a lambda of one parameter would be read as an item scope here",
    ),
    "lambda without parameters": (Lambda((), A), "PQL036", "a lambda needs a parameter"),
    "operator in capitals": (
        FunctionCall("AND", (A,)),
        "PQL036",
        "a function called `AND` would be read as the operator `and`",
    ),
    "no variables": (Select(()), "PQL036", "no variable is declared"),
    "quantifier": (Quantification("most", ()), "PQL036", "`most` is no quantifier"),
    "parameter 0": (ParameterReference(0), "PQL036", "parameters count from 1"),
    "property twice": (ObjectLiteral((Property("a", A), Property("a", A))), "PQL036", "an object has a property twice"),
    "moment": (TimestampLiteral("noon"), "PQL036", "`noon` is no moment"),
    "relation": (_occurs(TimeWindow("on", NOW)), "PQL036", "`on` is no time direction"),
    "unit": (_occurs(TimeWindow("within", TimeInterval("this", "years"))), "PQL036", "`years` is no time unit"),
    "interval": (_occurs(TimeWindow("within", TimeInterval("some", "year"))), "PQL036", "`some` is no time interval"),
    "one end": (_occurs(TimeWindow("between", NOW)), "PQL036", "`between`, and nothing else, takes two times"),
    "two ends": (_occurs(TimeWindow("within", NOW, NOW)), "PQL036", "`between`, and nothing else, takes two times"),
    "qualification": (
        _occurs(TimeWindow("within", NOW, None, TimeQualification("<", 1, "day"))),
        "PQL036",
        "`within` takes no qualification",
    ),
    "count": (
        _occurs(TimeWindow("after", NOW, None, TimeQualification("<", -1, "day"))),
        "PQL036",
        "the number of time units is negative or beyond 64 bits",
    ),
    "opaque text": (Opaque("gap", "{"), "PQL036", "an opaque node holds no JSON object"),
    "opaque list": (Opaque("gap", "[]"), "PQL036", "an opaque node holds no JSON object"),
    "opaque number": (Opaque("gap", '{"a":1e999}'), "PQL036", "an opaque node holds no JSON object"),
    "integer": (IntegerLiteral(2**63), "PQL012", "an integer does not fit in 64 bits"),
    "integer in a list": (ListLiteral((IntegerLiteral(2**63),)), "PQL012", "an integer does not fit in 64 bits"),
    "double": (DoubleLiteral(float("nan")), "PQL012", "a double is not finite"),
    "double in a list": (ListLiteral((DoubleLiteral(float("inf")),)), "PQL012", "a double is not finite"),
}


@pytest.mark.parametrize(("expr", "code", "message"), REFUSED.values(), ids=REFUSED)
def test_what_has_no_tree_is_refused(expr: Expr, code: str, message: str) -> None:
    with pytest.raises(PQLError) as caught:
        to_json(expr)
    (diagnostic,) = caught.value.diagnostics
    assert (diagnostic.code, diagnostic.message) == (code, message + (NO_TREE if code == "PQL036" else ""))


def test_a_refusal_says_where() -> None:
    with pytest.raises(PQLError) as caught:
        to_json(FunctionCall("not", (Hole(span=(4, 4)),)))
    assert caught.value.diagnostics[0].span == (4, 4)


# Depth.

X = VariableReference("x")


def grown(depth: int, wrap: Callable[[Expr], Expr], seed: Expr = X) -> Expr:
    for _ in range(depth):
        seed = wrap(seed)
    return seed


WRAPS: dict[str, tuple[Callable[[Expr], Expr], int]] = {
    "calls": (lambda e: FunctionCall("not", (e,)), 1),
    "paths": (lambda e: FieldLookup(e, "a"), 1),
    "raw lists": (lambda e: ListLiteral((e,)), 1),
    "lists": (lambda e: ListLiteral((e, A)), 1),
    "objects": (lambda e: ObjectLiteral((Property("a", e),)), 2),
    "lambdas": (lambda e: Lambda(("x", "y"), e), 1),
    "scopes": (lambda e: FunctionCall("map", (A, ItemLambda(e))), 2),
    "selects": (lambda e: Select((VariableDeclaration("x", A, e),)), 2),
    "timestamps": (lambda e: Occurs(e, TimeWindow("within", NOW)), 1),
    "times": (lambda e: Occurs(A, TimeWindow("between", NOW, e)), 2),
    "let": (lambda e: ast.Let("x", e, A), 1),
    "chains": (lambda e: ast.Chain(e, ItemLambda(A), ()), 1),
    "elements": (lambda e: ast.Chain(A, ItemLambda(A), (ast.ChainElement("x", False, ItemLambda(e)),)), 3),
}


@pytest.mark.parametrize(("wrap", "levels"), WRAPS.values(), ids=WRAPS)
def test_what_can_be_written_can_be_read_to_the_last_level(wrap: Callable[[Expr], Expr], levels: int) -> None:
    seed = StringLiteral("x") if wrap is WRAPS["raw lists"][0] else X
    deepest = grown((HIGHEST_DEPTH - 3) // levels, wrap, seed)
    assert from_json(to_json_bytes(deepest), max_depth=HIGHEST_DEPTH) == deepest
    assert from_json(to_json(deepest), max_depth=HIGHEST_DEPTH) == deepest
    for depth in (HIGHEST_DEPTH + levels, 100_000):
        with pytest.raises(PQLError) as caught:
            to_json_bytes(grown(depth // levels, wrap, seed))
        assert str(caught.value) == f"PQL010 the expression is nested deeper than {HIGHEST_DEPTH} levels"


def test_a_deep_opaque_node_is_no_recursion_error() -> None:
    with pytest.raises(PQLError, match="PQL010"):
        to_json(Opaque("gap", '{"a":' * 100_000 + "1" + "}" * 100_000))


def test_a_full_stack_is_no_recursion_error() -> None:
    def descend(levels: int) -> Tree:
        return descend(levels - 1) if levels else to_json(grown(HIGHEST_DEPTH - 1, WRAPS["calls"][0]))

    with pytest.raises(PQLError, match="PQL010"):
        descend(850)


def test_every_kind_of_expression_has_a_writer() -> None:
    assert set(json_writer._WRITERS) == set(get_args(Expr))


def test_orders_are_written_from_any_spelling() -> None:
    for spelling in ("implicit", "$", "profile", None):
        assert to_json(FieldLookup(ParameterReference(1, spelling=spelling), "orders")) == to_json(ORDERS)
