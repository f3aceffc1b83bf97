"""Does every tree print as the text that a reader expects?  The trees are built by hand, without the parser."""

from __future__ import annotations

import pytest

from pqltools.formats.pql_text import to_text
from pqltools.syntax.ast import (
    BooleanLiteral,
    Chain,
    ChainElement,
    DoubleLiteral,
    ElementCount,
    Expr,
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
from pqltools.syntax.operators import INTEGER_MAX, INTEGER_MIN
from pqltools.syntax.parser import parse

PROFILE = ParameterReference(1)
NOW = TimestampLiteral("now")


def path(names: str, root: Expr = PROFILE) -> Expr:
    for name in names.split("."):
        root = FieldLookup(root, name)
    return root


def item(names: str, distance: int = 0) -> Expr:
    return path(names, ItemReference(distance))


def call(name: str, *arguments: Expr, spelling: str | None = None) -> Expr:
    return FunctionCall(name, arguments, spelling=spelling)


def each(name: str, source: Expr, body: Expr, *more: Expr) -> Expr:
    return FunctionCall(name, (source, ItemLambda(body), *more))


def select(*clauses: tuple[str, Expr] | tuple[str, Expr, Expr]) -> Select:
    return Select(tuple(VariableDeclaration(*clause) for clause in clauses))


def exists(*clauses: tuple[str, Expr] | tuple[str, Expr, Expr], quantifier: str = "some") -> Expr:
    return Quantification(quantifier, select(*clauses).variables)


def occurs(relation: str, time: Expr | TimeInterval, *rest: object) -> Expr:
    return Occurs(A, TimeWindow(relation, time, *rest))  # type: ignore[arg-type]


def chain(*elements: ChainElement) -> Chain:
    return Chain(path("xEvent"), ItemLambda(item("timestamp")), elements)


def number(value: int, spelling: str | None = None) -> Expr:
    return IntegerLiteral(value, spelling=spelling)


A, B, C, XS, YS = path("a"), path("b"), path("c"), path("xs"), path("ys")
X, Y = VariableReference("X"), VariableReference("Y")
FIVE = number(5)

LITERALS: list[tuple[Expr, str]] = [
    (StringLiteral('say "hi"\n\t\\ \x00\x7f\x85 / 😀 é'), '"say \\"hi\\"\\n\\t\\\\ \\u0000\\u007F\\u0085 / 😀 é"'),
    (StringLiteral("\ud800x"), '"\\uD800x"'),
    (FIVE, "5"),
    (number(56, "L"), "56L"),
    (number(-56, "L"), "-56L"),
    (number(INTEGER_MIN), "-9223372036854775808"),
    (number(INTEGER_MAX), "9223372036854775807"),
    (DoubleLiteral(4.5), "4.5"),
    (DoubleLiteral(5.0), "5.0"),
    (DoubleLiteral(1e22), "1.0E22"),
    (DoubleLiteral(2.02e-12), "2.02E-12"),
    (DoubleLiteral(-1.5e300), "-1.5E300"),
    (BooleanLiteral(True), "true"),
    (BooleanLiteral(False), "false"),
    (NullLiteral(), "null"),
    (TimestampLiteral("yesterday"), "yesterday"),
    (ListLiteral(()), "[]"),
    (ListLiteral((FIVE, ListLiteral((A,)), select(("X", XS)))), "[5, [a], select X from xs]"),
    (ObjectLiteral(()), "{}"),
    (ObjectLiteral((Property('a "b"', FIVE), Property("", A))), '{"a \\"b\\"": 5, "": a}'),
]

OPERATORS: list[tuple[Expr, str]] = [
    (call("and", A, B, C), "a and b and c"),
    (call("and", A, call("and", B, C)), "a and (b and c)"),
    (call("or", call("and", A, B), call("or", B, C)), "a and b or (b or c)"),
    (call("and", call("or", A, B), call("not", C)), "(a or b) and not c"),
    (call("not", call("=", A, FIVE)), "not a = 5"),
    (call("not", call("and", A, B)), "not (a and b)"),
    (call("=", call("=", A, B), C), "(a = b) = c"),
    (call("=", A, call("not", B)), "a = (not b)"),
    (call("<=", call("+", A, B), call("*", A, B)), "a + b <= a * b"),
    (call("-", call("-", A, B), C), "a - b - c"),
    (call("-", A, call("-", B, C)), "a - (b - c)"),
    (call("*", call("+", A, B), call("%", B, C)), "(a + b) * (b % c)"),
    (call("+", call("-", A, call("/", B, C)), C), "a - b / c + c"),
    (call("-", A, number(-5)), "a - -5"),
    (call("-", A), "-a"),
    (call("-", FIVE), "-(5)"),
    (call("-", number(-5)), "-(-5)"),
    (call("-", DoubleLiteral(0.5)), "-(0.5)"),
    (call("-", call("-", A)), "--a"),
    (call("*", call("-", A), B), "-a * b"),
    (call("-", call("*", A, B)), "-(a * b)"),
    (call("in", A, ListLiteral((FIVE,))), "a in [5]"),
    (call("in", StringLiteral("x"), path("b.c")), '"x" in b.c'),
    (call("in", A, call("-", FIVE)), "a in -(5)"),
    (call("notIn", A, select(("X", XS))), "a notIn (select X from xs)"),
    (call("like", A, StringLiteral("J%")), 'a like "J%"'),
    (call("matches", A, StringLiteral("^J")), 'a.matches("^J")'),
    (call("and", A), "`and`(a)"),
    (call("or"), "`or`()"),
    (call("=", A, B, C), "`=`(a, b, c)"),
    (call("not", A, B), "`not`(a, b)"),
    (call("+", A), "`+`(a)"),
]

PATHS_AND_CALLS: list[tuple[Expr, str]] = [
    (path("homeAddress.countryCode"), "homeAddress.countryCode"),
    (PROFILE, "$1"),
    (ParameterReference(1, spelling="profile"), "profile"),
    (path("a", ParameterReference(1, spelling="profile")), "profile.a"),
    (path("a", ParameterReference(1, spelling="$")), "a"),
    (path("a", ParameterReference(1, spelling="XDMObject")), "a"),
    (path("a.b", ParameterReference(2)), "$2.a.b"),
    (FieldLookup(path("els"), "ds-id"), "els.`ds-id`"),
    (FieldLookup(PROFILE, "a`b"), "`a``b`"),
    (FieldLookup(PROFILE, ""), "``"),
    (FieldLookup(PROFILE, "1697323153"), "`1697323153`"),
    (path("xdm:person.@id"), "xdm:person.`@id`"),
    (path("a.xdm:@id"), "a.xdm:@id"),
    (path("count.from.this"), "`count`.from.this"),
    (path("Now"), "`Now`"),
    (path("days"), "`days`"),
    (path("notes"), "notes"),
    (path("profile"), "`profile`"),
    (path("Profile"), "Profile"),
    (path("b", ModelReference("x;version=1")), "@{x;version=1}.b"),
    (path("b", StringLiteral("x")), '"x".b'),
    (path("b", FIVE), "(5).b"),
    (call("f", number(-5)), "(-5).f()"),
    (path("b", call("+", A, B)), "(a + b).b"),
    (call("contains", A, StringLiteral("x"), BooleanLiteral(False)), 'a.contains("x", false)'),
    (call("contains", A, StringLiteral("x"), spelling="function"), 'a.contains("x")'),
    (call("currentMonth"), "currentMonth()"),
    (call("if", A, FIVE, call("if", B, FIVE, FIVE)), "if(a, 5, if(b, 5, 5))"),
    (call("date", *[number(n) for n in (2020, 3, 14)]), "date(2020, 3, 14)"),
    (call("inSegment", StringLiteral("id")), 'inSegment("id")'),
    (call("score", A, B), "a.score(b)"),
    (call("score", A, B, spelling="function"), "score(a, b)"),
    (call("my score", A, B, spelling="function"), "`my score`(a, b)"),
    (call("my score", A, B), "a.`my score`(b)"),
    (call("chain", A, spelling="function"), "`chain`(a)"),
    (call("count"), "`count`()"),
    (call("f", select(("X", XS)), Lambda(("A",), FIVE)), "(select X from xs).f((A) => 5)"),
    (call("get", A, StringLiteral("k")), 'a.get("k")'),
    (call("get", A, StringLiteral("k"), spelling="get"), 'a["k"]'),
    (call("get", A, B, spelling="get"), "a.get(b)"),
]

ITEM_SCOPES: list[tuple[Expr, str]] = [
    (each("filter", XS, call("=", item("a"), B)), "xs[a = $1.b]"),
    (
        each("filter", XS, call("=", item("a"), path("b", ParameterReference(1, spelling="profile")))),
        "xs[a = profile.b]",
    ),
    (each("filter", XS, StringLiteral("x")), 'xs.filter("x")'),
    (each("filter", XS, ItemReference(0)), "xs[this]"),
    (
        each("filter", XS, call("and", item("count"), item("profile"), item("a b"))),
        "xs[this.count and this.profile and `a b`]",
    ),
    (each("filter", each("filter", XS, item("a")), item("b")), "xs[a][b]"),
    (
        each(
            "filter",
            XS,
            each("exists", item("ys"), call("and", item("a"), item("b.c", 1), item("last", 1), item("a b", 1), A)),
        ),
        "xs[ys.exists(a and ^b.c and ^.last and ^.`a b` and $1.a)]",
    ),
    (each("filter", XS, each("map", item("ys"), ItemReference(1))), "xs[ys.map(^)]"),
    (each("filter", XS, each("map", item("ys"), call("count", ItemReference(1)))), "xs[ys.map(^.count())]"),
    (call("count", XS), "xs.count()"),
    (each("topN", XS, item("price"), FIVE), "xs.topN(price, 5)"),
    (
        call(
            "map",
            XS,
            Lambda(("K", "G"), call("mapEntry", VariableReference("K"), call("count", VariableReference("G")))),
        ),
        "xs.map((K, G) => mapEntry(K, G.count()))",
    ),
    (call("filter", XS, Lambda(("K", "G"), A)), "xs.filter((K, G) => a)"),
    (call("sum", XS, A), "xs.`sum`(a)"),
    (each("map", XS, Lambda(("A",), item("b"))), "xs.map((I) => (A) => I.b)"),
    (Let("I", A, each("map", XS, Lambda(("A",), item("b")))), "let I = a in xs.map((I1) => (A) => I1.b)"),
    (Let("a", B, each("map", XS, call("+", item("a"), A))), "let a = b in xs.map(this.a + $1.a)"),
]

BINDERS: list[tuple[Expr, str]] = [
    (select(("X", XS)), "select X from xs"),
    (
        select(("X", XS, path("a", X)), ("Y", path("ys", X), path("b", Y))),
        "select X from xs where X.a, Y from X.ys where Y.b",
    ),
    (select(("X", call("in", A, B), X)), "select X from (a in b) where X"),
    (exists(("X", XS, X)), "exists X from xs where X"),
    (exists(("X", XS, X), quantifier="all"), "forall X from xs where X"),
    (exists(("X", XS), quantifier="none"), "none X from xs"),
    (exists(("X", XS), quantifier="one"), "one X from xs"),
    (select(("X", XS, path("X"))), "select X from xs where `X`"),
    (
        select(
            (
                "profile",
                XS,
                call(
                    "=", path("a", VariableReference("profile")), path("b", ParameterReference(1, spelling="profile"))
                ),
            )
        ),
        "select profile from xs where profile.a = b",
    ),
    (call("and", A, select(("X", XS, X))), "a and (select X from xs where X)"),
    (call("and", select(("X", XS, X)), A), "(select X from xs where X) and a"),
    (call("or", call("and", A, select(("X", XS, X))), B), "a and (select X from xs where X) or b"),
    (call("or", B, call("and", A, call("not", exists(("X", XS))))), "b or a and not (exists X from xs)"),
    (call("=", call("count", select(("X", XS))), FIVE), "(select X from xs).count() = 5"),
    (call("+", A, Lambda(("P",), FIVE)), "a + ((P) => 5)"),
    (select(("X", XS, exists(("Y", YS, Y)))), "select X from xs where exists Y from ys where Y"),
    (
        select(("X", XS, exists(("Y", YS, Y))), ("Y", YS)),
        "select X from xs where (exists Y from ys where Y), Y from ys",
    ),
    (
        select(("X", XS, call("and", A, exists(("Y", YS)))), ("Y", YS)),
        "select X from xs where a and (exists Y from ys), Y from ys",
    ),
    (ListLiteral((select(("X", XS)), B)), "[select X from xs, b]"),
    (
        Let("from", A, call("f", B, select(("X", XS)), call("not", VariableReference("from")))),
        "let from = a in b.f(select X from xs, (not from))",
    ),
    (Let("S", call("+", A, B), call(">", VariableReference("S"), FIVE)), "let S = a + b in S > 5"),
    (Let("S", call("=", A, B), A), "let S = (a = b) in a"),
    (Let("count", A, call(">", VariableReference("count"), FIVE)), "let count = a in count > 5"),
    (Let("count", A, call(">", FIVE, VariableReference("count"))), "let count = a in 5 > (count)"),
    (Let("not", A, call("-", VariableReference("not"), FIVE)), "let not = a in (not) - 5"),
    (Let("not", A, call("in", path("b", VariableReference("not")), A)), "let not = a in not.b in a"),
    (
        Lambda(("P", "Q"), call("=", path("a", VariableReference("P")), path("a", VariableReference("Q")))),
        "(P, Q) => P.a = Q.a",
    ),
]

OVER: list[tuple[Expr, str]] = [
    (each("sum", select(("X", XS, path("b", X))), item("a")), "sum X.a over X from xs where X.b"),
    (each("count", select(("X", XS)), ItemReference(0)), "count X over X from xs"),
    (each("sum", select(("X", XS)), A), "sum a over X from xs"),
    (
        call("max", select(("X", XS), ("Y", YS)), Lambda(("X", "Y"), call("+", X, Y))),
        "max X + Y over X from xs, Y from ys",
    ),
    (
        call("max", select(("X", XS), ("Y", YS)), Lambda(("Y", "X"), X)),
        "(select X from xs, Y from ys).max((Y, X) => X)",
    ),
    (each("max", select(("X", XS), ("Y", YS)), item("a")), "(select X from xs, Y from ys).max(a)"),
    (each("sum", select(("X", XS)), call("*", call("+", A, B), B)), "sum ((a + b) * b) over X from xs"),
    (each("sum", select(("X", XS)), call("-", A)), "sum (-a) over X from xs"),
    (each("sum", select(("X", XS)), number(-1)), "sum (-1) over X from xs"),
    (each("sum", select(("X", XS)), ListLiteral(())), "sum ([]) over X from xs"),
    (each("sum", select(("in", XS)), item("a")), "sum (in.a) over in from xs"),
    (each("sum", select(("X", XS)), select(("Y", YS))), "sum (select Y from ys) over X from xs"),
    (each("sum", select(("X", XS)), call("or", A, select(("Y", YS)))), "sum a or (select Y from ys) over X from xs"),
    (each("sum", select(("X", XS)), each("sum", item("ys"), item("a"))), "sum X.ys.sum(a) over X from xs"),
    (
        each("sum", select(("X", XS)), each("sum", item("ys"), call("+", item("a"), item("b", 1)))),
        "sum X.ys.sum(a + X.b) over X from xs",
    ),
    (call(">", each("sum", select(("X", XS)), item("a")), FIVE), "(sum X.a over X from xs) > 5"),
    # The variable cannot stand for the item: it is taken inside, or means an outer one there.
    (each("sum", select(("X", XS)), Let("X", A, item("b"))), "(select X from xs).sum(let X = $1.a in b)"),
    (Let("X", A, each("sum", select(("X", XS)), X)), "let X = a in (select X from xs).sum(X)"),
    (Let("X", A, each("sum", select(("X", XS)), Let("X", B, X))), "let X = a in sum (let X = b in X) over X from xs"),
    (
        each("sum", select(("X", XS)), each("sum", select(("X", YS)), item("a", 1))),
        "(select X from xs).sum(sum a over X from $1.ys)",
    ),
    (each("sum", select(("X", XS)), A, FIVE), "(select X from xs).sum($1.a, 5)"),
    (call("head", select(("X", XS))), "(select X from xs).head()"),
]

TIME: list[tuple[Expr, str]] = [
    (occurs("within", NOW), "a occurs now"),
    (occurs("within", TimeInterval("last", "month")), "a occurs last month"),
    (occurs("within", call("date", *[number(n) for n in (2019, 12, 31)])), "a occurs date(2019, 12, 31)"),
    (occurs("within", path("b.date")), "a occurs on b.date"),
    (occurs("within", path("last")), "a occurs on `last`"),
    (occurs("within", StringLiteral("2024-01-01T00:00:00Z")), 'a occurs on "2024-01-01T00:00:00Z"'),
    (occurs("before", B), "a occurs before b"),
    (occurs("after", TimeInterval("this", "century")), "a occurs after this century"),
    (occurs("from", NOW, None, TimeQualification("!=", 2, "century")), "a occurs != 2 centuries from now"),
    (occurs("before", NOW, None, TimeQualification("<=", 1, "day")), "a occurs <= 1 day before now"),
    (occurs("before", NOW, None, TimeQualification("=", 0, "day")), "a occurs = 0 days before now"),
    (occurs("between", B, TimeInterval("next", "year")), "a occurs between b and next year"),
    (call("and", occurs("between", B, C), A), "a occurs between b and c and a"),
    (occurs("before", call("and", A, B)), "a occurs before (a and b)"),
    (Occurs(call("+", A, B), TimeWindow("within", TimestampLiteral("today"))), "a + b occurs today"),
    (call("=", occurs("within", NOW), BooleanLiteral(True)), "(a occurs now) = true"),
]

WHAT = ItemLambda(call("=", item("eventType"), StringLiteral("view")))
DAY = TimeWindow("before", NOW, None, TimeQualification("<=", 24, "hour"))
CHAINS: list[tuple[Expr, str]] = [
    (chain(), "CHAIN(xEvent, timestamp, [])"),
    (chain(ChainElement("C0", False, WHAT)), 'CHAIN(xEvent, timestamp, [C0: WHAT(eventType = "view")])'),
    (
        chain(ChainElement("C0", True, WHAT, WHAT, DAY, ElementCount(">=", FIVE))),
        'CHAIN(xEvent, timestamp, [C0: NOT WHAT(eventType = "view") WHERE(eventType = "view") '
        "WHEN(<= 24 hours before now) COUNT(5)])",
    ),
    (
        chain(
            ChainElement("C0", False, WHAT),
            ChainElement(
                "C1",
                False,
                ItemLambda(call("=", item("C0"), path("sku", VariableReference("C0")))),
                None,
                TimeWindow("within", path("t", VariableReference("C0"))),
                ElementCount("=", call("+", A, FIVE)),
            ),
        ),
        'CHAIN(xEvent, timestamp, [C0: WHAT(eventType = "view"), '
        "C1: WHAT(this.C0 = C0.sku) WHEN(on C0.t) COUNT(= a + 5)])",
    ),
    (call("not", chain()), "not CHAIN(xEvent, timestamp, [])"),
]

ALL = LITERALS + OPERATORS + PATHS_AND_CALLS + ITEM_SCOPES + BINDERS + OVER + TIME + CHAINS


@pytest.mark.parametrize(("tree", "text"), [pytest.param(*case, id=case[1][:60]) for case in ALL])
def test_tree_prints_as_text_and_text_reads_as_tree(tree: Expr, text: str) -> None:
    assert to_text(tree) == text
    assert parse(text) == tree
