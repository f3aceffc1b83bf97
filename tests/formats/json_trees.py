"""Which trees are there in pql/json, and what do they mean?  One example or more of every shape, in every dialect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pqltools.syntax.ast import (
    BooleanLiteral,
    Chain,
    ChainElement,
    DoubleLiteral,
    ElementCount,
    FieldLookup,
    FunctionCall,
    IntegerLiteral,
    ItemLambda,
    ItemReference,
    Lambda,
    Let,
    ListLiteral,
    ModelReference,
    NullLiteral,
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

if TYPE_CHECKING:
    from pqltools.syntax.ast import Expr

Tree = dict[str, Any]

PROFILE: Tree = {"nodeType": "parameterReference", "position": 1}
OLD_PROFILE: Tree = {"nodeType": "literal", "literalType": "XDMObject", "value": "profile"}


def field(name: str, of: Tree = PROFILE) -> Tree:
    return {"nodeType": "fieldLookup", "fieldName": name, "object": of}


def literal(kind: str, value: object) -> Tree:
    return {"nodeType": "literal", "literalType": kind, "value": value}


def untyped(value: object) -> Tree:
    return {"nodeType": "literal", "value": value}


def apply(name: str, *params: Tree) -> Tree:
    return {"nodeType": "fnApply", "fnName": name, "params": [*params]}


def ref(name: str) -> Tree:
    return {"nodeType": "varRef", "varName": name}


def function(names: list[str], body: Tree) -> Tree:
    return {"nodeType": "lambda", "varNames": names, "body": body}


def declare(name: str, source: Tree, where: Tree | None = None, key: str = "from") -> Tree:
    tree = {"nodeType": "varDecl", "varName": name, key: source}
    return tree if where is None else {**tree, "where": where}


def duration(count: int, unit: str) -> Tree:
    return {"nodeType": "duration", "count": literal("Integer", count), "unit": literal("TimeUnit", unit)}


def window(relation: str, time: Tree, qualification: tuple[str, int, str] | None = None) -> Tree:
    keys: Tree = {"timeinterval": time, "relation": literal("TimeDirection", relation)}
    if qualification is not None:
        comparison, count, unit = qualification
        keys["qualification"] = {
            "nodeType": "timeQualification",
            "duration": duration(count, unit),
            "comparison": literal("Comparison", comparison),
        }
    return keys


def occurs(time: Tree) -> Tree:
    """An `occurs` with the keys of a window."""
    return {"nodeType": "occurs", "timestamp": field("createDate"), **time}


def element(name: str, what: Tree, **more: Tree) -> Tree:
    return {"nodeType": "element", "name": name, "negated": False, "what": what, **more}


def chain(*elements: Tree) -> Tree:
    return {
        "nodeType": "chain",
        "array": field("xEvent"),
        "timestampField": function(["v0"], field("timestamp", ref("v0"))),
        "elements": [*elements],
    }


A = FieldLookup(ParameterReference(1), "a")
ORDERS = FieldLookup(ParameterReference(1), "orders")
CREATED = FieldLookup(ParameterReference(1), "createDate")
NOW = literal("Timestamp", "now")
ITEM = ItemReference(0)


def _quantified(quantifier: str) -> Quantification:
    declaration = VariableDeclaration("X", ORDERS, FieldLookup(VariableReference("X"), "paid"))
    return Quantification(quantifier, (declaration,))


def _paid(name: str) -> Tree:
    return field("paid", ref(name))


_PAID = ItemLambda(FieldLookup(ITEM, "paid"))
_TIMES = Chain(
    FieldLookup(ParameterReference(1), "xEvent"),
    ItemLambda(FieldLookup(ITEM, "timestamp")),
    (
        ChainElement(
            "C0",
            False,
            ItemLambda(FunctionCall("=", (FieldLookup(ITEM, "eventType"), StringLiteral("view")))),
            when=TimeWindow("before", TimestampLiteral("now"), None, TimeQualification("<=", 24, "hour")),
            count=ElementCount(">=", IntegerLiteral(3)),
        ),
        ChainElement(
            "C1",
            True,
            ItemLambda(FieldLookup(ITEM, "buy")),
            where=ItemLambda(
                FunctionCall("in", (FieldLookup(ITEM, "sku"), FieldLookup(VariableReference("C0"), "skus")))
            ),
            when=TimeWindow("after", VariableReference("C0")),
        ),
    ),
)

#: What is read, by what was written; each tree is written back as it is.
EXAMPLES: dict[str, tuple[Tree, Expr]] = {
    "call": (apply("=", field("a"), literal("String", "x")), FunctionCall("=", (A, StringLiteral("x")))),
    "call without params": (apply("currentYear"), FunctionCall("currentYear", ())),
    "and of one": (apply("and", field("a")), FunctionCall("and", (A,))),
    "operator in capitals": (apply("NOT", field("a")), FunctionCall("not", (A,))),
    "operator in mixed case": (apply("NotIn", field("a"), field("a")), FunctionCall("notIn", (A, A))),
    "function in capitals": (apply("EXISTS", field("a")), FunctionCall("EXISTS", (A,))),
    "unknown function": (apply("tenantScore", field("a")), FunctionCall("tenantScore", (A,))),
    "path": (field("b", field("a")), FieldLookup(A, "b")),
    "prefixed path": (field("xdm:@id", OLD_PROFILE), FieldLookup(ParameterReference(1), "xdm:@id")),
    "field of a call": (
        field("x", apply("head", field("a"))),
        FieldLookup(FunctionCall("head", (A,)), "x"),
    ),
    "column": (
        {"nodeType": "fieldLookup", "fieldName": "a"},
        A,
    ),
    "field of a column": (field("b", {"nodeType": "fieldLookup", "fieldName": "a"}), FieldLookup(A, "b")),
    "profile": (PROFILE, ParameterReference(1)),
    "profile in dialect A": (OLD_PROFILE, ParameterReference(1)),
    "second parameter": ({"nodeType": "parameterReference", "position": 2}, ParameterReference(2)),
    "other model": (
        literal("XDMObject", "https://ns.example.com/offer"),
        ModelReference("https://ns.example.com/offer"),
    ),
    "unbound variable": (ref("X"), VariableReference("X")),
    # Literals.
    "string": (literal("String", 'ü "\\\n'), StringLiteral('ü "\\\n')),
    "lone surrogate": (literal("String", "\ud800"), StringLiteral("\ud800")),
    "integer": (literal("Integer", -(2**63)), IntegerLiteral(-(2**63))),
    "boolean": (literal("Boolean", False), BooleanLiteral(False)),
    "double": (literal("Double", 4.5), DoubleLiteral(4.5)),
    "double without point": (literal("Double", 4), DoubleLiteral(4.0)),
    "number": (literal("Number", 0.1), DoubleLiteral(0.1)),
    "number without point": (literal("Number", -3), DoubleLiteral(-3.0)),
    "float": (literal("Float", 1e300), DoubleLiteral(1e300)),
    "null": (literal("Null", None), NullLiteral()),
    "moment": (literal("Timestamp", "yesterday"), TimestampLiteral("yesterday")),
    "old string": (literal("string", "6"), StringLiteral("6")),
    "old integer": (literal("integer", "-6"), IntegerLiteral(-6)),
    "old integer in no string": (literal("integer", 6), IntegerLiteral(6)),
    "old boolean": (literal("boolean", True), BooleanLiteral(True)),
    "old double": (literal("double", 1.5), DoubleLiteral(1.5)),
    "old double without point": (literal("double", 2), DoubleLiteral(2.0)),
    "old null": (literal("null", None), NullLiteral()),
    "old moment": (literal("timestamp", "now"), TimestampLiteral("now")),
    "old list": (literal("list", ["a"]), ListLiteral((StringLiteral("a"),))),
    "untyped string": (untyped("M%"), StringLiteral("M%")),
    "untyped integer": (untyped(10), IntegerLiteral(10)),
    "untyped double": (untyped(10.0), DoubleLiteral(10.0)),
    "untyped boolean": (untyped(True), BooleanLiteral(True)),
    "untyped null": (untyped(None), NullLiteral()),
    "untyped list": (untyped(["a", 1]), ListLiteral((StringLiteral("a"), IntegerLiteral(1)))),
    "empty list": (literal("List", []), ListLiteral(())),
    "list": (
        literal("List", [None, True, 1, 2.0, "s", ["t", []]]),
        ListLiteral(
            (
                NullLiteral(),
                BooleanLiteral(True),
                IntegerLiteral(1),
                DoubleLiteral(2.0),
                StringLiteral("s"),
                ListLiteral((StringLiteral("t"), ListLiteral(()))),
            )
        ),
    ),
    "list of expressions": (
        {"nodeType": "list", "items": [field("a"), literal("Integer", 1)]},
        ListLiteral((A, IntegerLiteral(1))),
    ),
    "list node that need not be": (
        {"nodeType": "list", "items": [literal("integer", "1"), {"nodeType": "list", "items": []}]},
        ListLiteral((IntegerLiteral(1), ListLiteral(()))),
    ),
    "object": (
        {"nodeType": "object", "properties": [{"name": "n", "value": field("a")}, {"name": "", "value": PROFILE}]},
        ObjectLiteral((Property("n", A), Property("", ParameterReference(1)))),
    ),
    # Binders.
    "lambda": (
        function(["P", "Q"], apply("=", ref("P"), ref("Q"))),
        Lambda(("P", "Q"), FunctionCall("=", (VariableReference("P"), VariableReference("Q")))),
    ),
    "old lambda": (
        {"nodeType": "fnCreate", "params": [{"varName": "P"}], "body": ref("P")},
        Lambda(("P",), VariableReference("P")),
    ),
    "item scope": (
        apply("filter", field("orders"), function(["G"], _paid("G"))),
        FunctionCall("filter", (ORDERS, _PAID)),
    ),
    "old item scope": (
        apply("filter", field("orders"), {"nodeType": "fnCreate", "params": [{"varName": "G"}], "body": _paid("G")}),
        FunctionCall("filter", (ORDERS, _PAID)),
    ),
    "old filter": (
        {
            "nodeType": "fnApply",
            "function": {"nodeType": "fnCreate", "params": [{"varName": "X1"}], "body": _paid("X1")},
            "params": [field("orders")],
        },
        FunctionCall("filter", (ORDERS, _PAID)),
    ),
    "item scopes in item scopes": (
        apply(
            "exists",
            field("orders"),
            function(["o"], apply("exists", field("items", ref("o")), function(["i"], apply("=", ref("o"), ref("i"))))),
        ),
        FunctionCall(
            "exists",
            (
                ORDERS,
                ItemLambda(
                    FunctionCall(
                        "exists",
                        (
                            FieldLookup(ITEM, "items"),
                            ItemLambda(FunctionCall("=", (ItemReference(1), ItemReference(0)))),
                        ),
                    )
                ),
            ),
        ),
    ),
    "function of two in an item function": (
        apply("map", field("orders"), function(["K", "G"], ref("G"))),
        FunctionCall("map", (ORDERS, Lambda(("K", "G"), VariableReference("G")))),
    ),
    "plain argument of an item function": (apply("sum", field("a"), field("a")), FunctionCall("sum", (A, A))),
    "lambda elsewhere in an item function": (
        apply("topN", field("a"), field("a"), function(["x"], ref("x"))),
        FunctionCall("topN", (A, A, Lambda(("x",), VariableReference("x")))),
    ),
    "select": (
        {
            "nodeType": "select",
            "variables": [declare("X", field("orders"), _paid("X")), declare("Y", field("items", ref("X")))],
        },
        Select(
            (
                VariableDeclaration("X", ORDERS, FieldLookup(VariableReference("X"), "paid")),
                VariableDeclaration("Y", FieldLookup(VariableReference("X"), "items")),
            )
        ),
    ),
    "set": (
        {"nodeType": "set", "variables": [declare("X", field("orders"), _paid("X"), key="range")]},
        Select((VariableDeclaration("X", ORDERS, FieldLookup(VariableReference("X"), "paid")),)),
    ),
    "quantification": (
        {"nodeType": "quantification", "quantifier": "none", "variables": [declare("X", field("orders"), _paid("X"))]},
        _quantified("none"),
    ),
    "old quantification": (
        {"nodeType": "fnApply", "fnName": "all", "varName": "X", "range": field("orders"), "params": [_paid("X")]},
        _quantified("all"),
    ),
    "old quantification without condition": (
        {"nodeType": "fnApply", "fnName": "some", "varName": "X", "range": field("orders"), "params": []},
        Quantification("some", (VariableDeclaration("X", ORDERS),)),
    ),
    "a function that is called some": (apply("some", field("a")), FunctionCall("some", (A,))),
    "let": (
        {"nodeType": "let", "varName": "t", "value": field("a"), "body": ref("t")},
        Let("t", A, VariableReference("t")),
    ),
    # Time.
    "within a day": (
        occurs(window("within", literal("Timestamp", "today"))),
        Occurs(CREATED, TimeWindow("within", TimestampLiteral("today"))),
    ),
    "within an interval": (
        occurs(
            window("within", {"nodeType": "literal", "literalType": "TimeInterval", "unit": "year", "relation": "last"})
        ),
        Occurs(CREATED, TimeWindow("within", TimeInterval("last", "year"))),
    ),
    "qualified": (
        occurs(window("before", NOW, ("<=", 30, "days"))),
        Occurs(CREATED, TimeWindow("before", TimestampLiteral("now"), None, TimeQualification("<=", 30, "day"))),
    ),
    "qualified in the singular": (
        occurs(window("from", NOW, ("!=", 1, "century"))),
        Occurs(CREATED, TimeWindow("from", TimestampLiteral("now"), None, TimeQualification("!=", 1, "century"))),
    ),
    "after another time": (occurs(window("after", field("a"))), Occurs(CREATED, TimeWindow("after", A))),
    "between": (
        occurs(window("between", {"nodeType": "timeRange", "start": field("a"), "end": NOW})),
        Occurs(CREATED, TimeWindow("between", A, TimestampLiteral("now"))),
    ),
    # Event sequences.
    "chain": (
        chain(
            element(
                "C0",
                function(["e"], apply("=", field("eventType", ref("e")), literal("String", "view"))),
                when=window("before", NOW, ("<=", 24, "hours")),
                count={"comparison": literal("Comparison", ">="), "value": literal("Integer", 3)},
            ),
            {
                "nodeType": "element",
                "name": "C1",
                "negated": True,
                "what": function(["e"], field("buy", ref("e"))),
                "when": window("after", ref("C0")),
                "where": function(["f"], apply("in", field("sku", ref("f")), field("skus", ref("C0")))),
            },
        ),
        _TIMES,
    ),
    "empty chain": (
        chain(),
        Chain(FieldLookup(ParameterReference(1), "xEvent"), ItemLambda(FieldLookup(ITEM, "timestamp")), ()),
    ),
    # What is not understood.
    "unknown node": (
        {"nodeType": "gap", "z": [1, {"b": None}], "a": "ä"},
        Opaque("gap", '{"a":"ä","nodeType":"gap","z":[1,{"b":null}]}'),
    ),
    "unknown literal": (
        literal("QueryString", "?x=1"),
        Opaque("literal", '{"literalType":"QueryString","nodeType":"literal","value":"?x=1"}'),
    ),
    "chain with an unknown element": (
        chain({"nodeType": "gap"}),
        Opaque(
            "chain",
            '{"array":{"fieldName":"xEvent","nodeType":"fieldLookup","object":{"nodeType":"parameterReference",'
            '"position":1}},"elements":[{"nodeType":"gap"}],"nodeType":"chain","timestampField":{"body":{"fieldName":'
            '"timestamp","nodeType":"fieldLookup","object":{"nodeType":"varRef","varName":"v0"}},"nodeType":"lambda",'
            '"varNames":["v0"]}}',
        ),
    ),
    "set with a plain condition": (
        {"nodeType": "set", "variables": [ref("C"), declare("X", ref("Y"), key="range")]},
        Opaque(
            "set",
            '{"nodeType":"set","variables":[{"nodeType":"varRef","varName":"C"},{"nodeType":"varDecl","range":'
            '{"nodeType":"varRef","varName":"Y"},"varName":"X"}]}',
        ),
    ),
}
