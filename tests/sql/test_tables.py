"""Which columns does a table have?"""

from __future__ import annotations

import pytest

from pqltools.sql.dialects.registry import DIALECTS, dialect_of
from pqltools.sql.tables import Column, create_table, table_columns
from pqltools.types.model import INTEGER, STRING, ArrayType, PlainObject
from pqltools.xdm.standard import standard
from typed_expressions import PROFILE


def types(dialect: str, *paths: tuple[str, ...]) -> str:
    return " ".join(create_table(table_columns(PROFILE, paths), dialect_of(dialect)).split())


def test_only_what_is_used() -> None:
    found = types("duckdb", ("xEvent", "at"), ("xEvent", "label"), ("home", "size"), ("notes", "*"), ("tags",))
    assert found == (
        'CREATE TABLE profiles ( xEvent STRUCT("at" TIMESTAMP, label TEXT)[], home STRUCT(size BIGINT), '
        "notes MAP(TEXT, TEXT), tags TEXT[] );"
    )


def test_spark() -> None:
    found = types("spark", ("xEvent", "at"), ("notes",), ("price",), ("day",), ("open",))
    assert found == (
        "CREATE TABLE profiles ( xEvent ARRAY<STRUCT<at: TIMESTAMP>>, notes MAP<STRING, STRING>, price DOUBLE, "
        "day DATE, open BOOLEAN );"
    )


def test_a_whole_object_comes_with_its_fields() -> None:
    (home,) = table_columns(PROFILE, [("home",)])
    assert isinstance(home.type, PlainObject)
    assert [*home.type.names()] == ["label", "size", "price", "open", "day", "at"]


def test_what_the_schema_does_not_know_has_no_column() -> None:
    assert table_columns(PROFILE, [("missing",), ("home", "missing")]) == []


def test_all_fields() -> None:
    names = [column.name for column in table_columns(PROFILE)]
    assert names == [*PROFILE.names()]
    assert table_columns(PROFILE, [("sizes",)]) == [Column("sizes", ArrayType(INTEGER))]


def test_the_standard_schema_ends() -> None:
    columns = {
        column.name: column.type for column in table_columns(standard().profile, [("person",), ("identityMap",)])
    }
    assert {*columns} == {"person", "identityMap"}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_names_with_anything_in_them(dialect: str) -> None:
    odd = PlainObject({"select": STRING, 'a"b`c': STRING, "ünï": STRING})
    text = create_table(table_columns(odd), dialect_of(dialect))
    assert text.count("\n") == 5
