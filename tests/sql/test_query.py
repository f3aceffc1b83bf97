"""Can people read the queries?  Whole texts for some definitions, and what stands in others."""

from __future__ import annotations

import pytest
import sqlglot

from pqltools.evaluation.program import prepare
from pqltools.sql.dialects.registry import DIALECTS, dialect_of
from pqltools.sql.query import query_text
from pqltools.sql.refusal import NotInSQL
from pqltools.syntax.ast import Expr, FieldLookup, FunctionCall, ParameterReference
from profiles import NOW
from typed_expressions import SCHEMA

PURCHASES = 'xEvent[label = "purchase" and at occurs <= 30 days before now].count() >= 3'


def text(expression: str, dialect: str = "duckdb", title: str | None = None, table: str = "profiles") -> str:
    program = prepare(expression, SCHEMA, now=NOW)
    return query_text(program, SCHEMA.profile, dialect_of(dialect), title=title, table=table)


def where(expression: str, dialect: str = "duckdb") -> str:
    """The condition on one line."""
    words = " ".join(text(expression, dialect).partition("WHERE")[2].split()).removesuffix(";")
    return words.replace("( ", "(").replace(" )", ")")


def test_a_whole_query_for_duckdb() -> None:
    assert (
        text(f'home.label = "Bath" and {PURCHASES}', title="Regulars\nof Bath")
        == """\
-- Regulars
-- of Bath
SELECT
  *
FROM profiles
WHERE
  home.label = 'Bath'
  AND LEN(
    LIST_FILTER(
      xEvent,
      LAMBDA event : event.label = 'purchase'
      AND event."at" >= CAST('2024-01-30 09:00:00' AS TIMESTAMP)
      AND event."at" < CAST('2024-02-29 09:00:00.001' AS TIMESTAMP)
    )
  ) >= 3;
"""
    )


def test_a_whole_query_for_spark() -> None:
    assert (
        text(f'home.label = "Bath" and {PURCHASES}', "spark", table="lake.crm.profiles")
        == """\
SELECT
  *
FROM lake.crm.profiles
WHERE
  home.label = 'Bath'
  AND ARRAY_SIZE(
    FILTER(
      xEvent,
      event -> event.label = 'purchase'
      AND event.at >= CAST('2024-01-30 09:00:00Z' AS TIMESTAMP)
      AND event.at < CAST('2024-02-29 09:00:00.001Z' AS TIMESTAMP)
    )
  ) >= 3;
"""
    )


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("not (open)", "(open) IS NOT TRUE"),
        ("not label.isNull()", "label IS NOT NULL"),
        ('label != "a" or not (size = 5)', "label <> 'a' OR (size = 5) IS NOT TRUE"),
        ("open and (size = 1 or size = 2)", "open AND (size = 1 OR size = 2)"),
        ("orders", "LEN(orders) > 0"),
        ("home", "home IS NOT NULL"),
        ("size", "size IS NOT NULL"),
        ("size = 5.0", "size = 5"),
        ("size > 5.5", "CAST(size AS DOUBLE) > 5.5e0"),
        ('size = "7"', "size = 7"),
        ('size = "seven"', "FALSE"),
        ("label = 12.0", "label = '12'"),
        ('open = "true"', "open = TRUE"),
        ('label in ["a", 5, null]', "label IN ('a', '5')"),
        ('label notIn ["a", "b"]', "NOT label IN ('a', 'b')"),
        ('label.startsWith("ab")', "STARTS_WITH(label, 'ab')"),
        ('label.startsWith("AB", false)', "STARTS_WITH(LOWER(label), 'ab')"),
        ('label.equals("İk", false)', "TRANSLATE(label, 'K\u212a', 'kk') = 'İk'"),
        ('label like "a%"', "label LIKE 'a%'"),
        ('label matches "^a"', r"REGEXP_MATCHES(label, '\Aa')"),
        ("`day` occurs this month", "day >= CAST('2024-02-01' AS DATE) AND day < CAST('2024-03-01' AS DATE)"),
        ("at = today", "\"at\" >= CAST('2024-02-29 00:00:00' AS TIMESTAMP)"),
        ('notes["a"] = "b"', "LIST_EXTRACT(MAP_EXTRACT(notes, 'a'), 1) = 'b'"),
        ("orders.exists(this.label = ^label)", 'LEN(LIST_FILTER(orders, LAMBDA "order" : "order".label = label)) > 0'),
        ("true", "TRUE"),
        ("1 > 2 and open", "FALSE"),
    ],
)
def test_conditions(expression: str, wanted: str) -> None:
    assert wanted in where(expression)


def test_names_of_lambdas_are_no_names_of_columns() -> None:
    found = where("exists X from orders where exists Y from orders where X.size > Y.size and size = 1")
    assert "order2" in found
    assert "size = 1" in found


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("expression", [PURCHASES, 'label like "\\\\_\'"', 'not (home.label = "x")', "at > now"])
def test_what_is_written_is_read_back(expression: str, dialect: str) -> None:
    read = sqlglot.parse_one(text(expression, dialect), read=dialect)
    assert sqlglot.parse_one(read.sql(dialect), read=dialect) == read


@pytest.mark.parametrize(
    ("expression", "dialect", "construct", "place"),
    [
        ("open and home = home", "duckdb", "a comparison of objects", "home = home"),
        ("open or @{offers}", "duckdb", "another model than the profile", "@{offers}"),
        ("label = price", "duckdb", "a double as a text for duckdb", "label = price"),
        ("label matches notes.a", "spark", "a regular expression that the profile decides about", None),
        ('label matches "(?=a)"', "duckdb", "a regular expression that RE2 does not run for duckdb", None),
        ('label matches "(a+)+$"', "spark", "a regular expression that may take very long for spark", None),
        ("missing = 3", "duckdb", "the field `missing`, of which the schema knows no type,", "missing"),
        ("orders.sum(size) > 3", "snowflake", "`sum` for snowflake", "orders.sum(size)"),
        ('label < "a"', "postgres", "the order of texts for postgres", None),
        ('"\\ud800" = label', "duckdb", "a text with halves of UTF-16 pairs or the character U+0000", '"\\ud800"'),
    ],
)
def test_refusals_name_the_construct_and_the_place(
    expression: str, dialect: str, construct: str, place: str | None
) -> None:
    with pytest.raises(NotInSQL) as caught:
        text(expression, dialect)
    (problem,) = caught.value.diagnostics
    assert caught.value.construct == construct
    assert problem.code == "PQL081"
    assert problem.span is not None
    start, end = problem.span
    assert expression[start:end] == (expression if place is None else place)


def test_a_refusal_in_a_segment_is_told_where_that_is_asked_for() -> None:
    program = prepare('open and inSegment("b")', SCHEMA, now=NOW, segments={"b": "home = home"})
    with pytest.raises(NotInSQL, match="a comparison of objects in the segment `b` cannot be said in SQL"):
        query_text(program, SCHEMA.profile, dialect_of("duckdb"))


def test_a_segment_is_written_in_place() -> None:
    program = prepare('open and inSegment("b")', SCHEMA, now=NOW, segments={"b": "size = 1 or size = 2"})
    found = query_text(program, SCHEMA.profile, dialect_of("duckdb"))
    assert "open AND ( size = 1 OR size = 2 )" in " ".join(found.split())


@pytest.mark.parametrize("name", ["not", "and", "if", "-"])
@pytest.mark.parametrize("levels", [20, 90, 180])
def test_what_is_deep_is_written_or_refused(name: str, levels: int) -> None:
    field = "size" if name == "-" else "open"
    node: Expr = FieldLookup(ParameterReference(1), field)
    for _ in range(levels):
        other = FieldLookup(ParameterReference(1), field)
        last = FieldLookup(ParameterReference(1), field)
        parts = {"and": (FunctionCall("or", (other, node)), last), "if": (node, other, last)}
        node = FunctionCall(name, parts.get(name, (node,)))
    try:
        assert query_text(prepare(node, SCHEMA, now=NOW), SCHEMA.profile, dialect_of("duckdb"))
    except NotInSQL as refused:
        assert "nested so deep" in str(refused) or "of this size" in str(refused)


def test_what_would_grow_without_bound_is_refused() -> None:
    doubling = 'let a0 = orders[label = "a"] in ' + "".join(
        f"let a{n + 1} = a{n}[size > a{n}.count()] in " for n in range(20)
    )
    with pytest.raises(NotInSQL, match="of this size"):
        text(f"{doubling}a20.exists(open)")


def test_many_operands() -> None:
    assert where(" or ".join(f"size = {n}" for n in range(2000))).count("OR") == 1999
