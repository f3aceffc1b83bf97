"""Do rows of Parquet come into a store as the same profiles in JSON do, whatever the types of their columns?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pqltools.diagnostics import PQLError
from pqltools.engines.store import sources
from pqltools.engines.store.loading import Loaded, load
from pqltools.engines.store.store import open_store
from pqltools.xdm.standard import standard

PROFILE = standard().profile
EVENTS = """STRUCT("_id" VARCHAR, "timestamp" TIMESTAMP, "eventType" VARCHAR,
  commerce STRUCT("order" STRUCT("priceTotal" DOUBLE)),
  "productListItems" STRUCT("SKU" VARCHAR, quantity BIGINT, "priceTotal" DOUBLE)[])[]"""
COLUMNS = {
    "_id": "VARCHAR",
    "person": 'STRUCT("birthYear" BIGINT, "birthDate" DATE, "name" STRUCT("firstName" VARCHAR))',
    "loyalty": "STRUCT(points DOUBLE, tier VARCHAR)",
    "identityMap": 'MAP(VARCHAR, STRUCT(id VARCHAR, "primary" BOOLEAN)[])',
    "xEvent": EVENTS,
}
PEOPLE: list[dict[str, Any]] = [
    {},
    {"_id": "a", "person": {"birthYear": 1980, "birthDate": "1980-02-29", "name": {"firstName": "Zoë 😀"}}},
    {"_id": "b", "person": {}, "loyalty": {"points": 0.1}, "xEvent": []},
    {"_id": "c", "identityMap": {"ECID": [{"id": "1", "primary": True}], "Email": []}},
    {
        "_id": "d",
        "loyalty": {"points": -1e300, "tier": ""},
        "xEvent": [
            {"_id": "1", "timestamp": "2025-01-02T03:04:05.678Z", "eventType": "x", "productListItems": []},
            None,
            {
                "timestamp": "1959-12-31T23:59:59.999Z",
                "productListItems": [{"SKU": "s", "quantity": 2, "priceTotal": 1}, None, {}],
            },
            {"commerce": {"order": {"priceTotal": 3.5}}},
            {"commerce": {}},
        ],
    },
]


def write_parquet(path: Path, sql: str) -> str:
    """A file with the rows of a query."""
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet)")
    return str(path)


def write_people(path: Path, people: list[dict[str, Any]], columns: dict[str, str]) -> str:
    """A file of Parquet with columns of these types."""
    lines = path.with_suffix(".ndjson")
    lines.write_text("".join(json.dumps(each) + "\n" for each in people), "utf-8")
    types = ", ".join(f"'{name}': '{type}'" for name, type in columns.items())
    return write_parquet(path, f"FROM read_json('{lines}', columns = {{{types}}}, format = 'newline_delimited')")


def contents(folder: Path, *files: str) -> tuple[Loaded, dict[str, list[Any]]]:
    """What is loaded, and all rows."""
    with open_store(str(folder), write=True, threads=1) as store:
        loaded = load(store, [*files], PROFILE)
        tables = {
            table.name: store.connection.execute(f'SELECT CAST(t AS VARCHAR) FROM "{table.name}" AS t').fetchall()
            for table in store.tables()
        }
    return loaded, tables


def no_lines(*_: object) -> None:
    raise AssertionError("these rows fit as they are")


@pytest.mark.parametrize("is_quick", [True, False])
def test_the_same_as_lines(tmp_path: Path, is_quick: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [{**each, "_id": f"p{number}"} for number, each in enumerate(PEOPLE * 3)]
    columns = dict(COLUMNS)
    if is_quick:
        monkeypatch.setattr(sources, "write_lines", no_lines)
    else:
        columns["xEvent"] = EVENTS.replace("TIMESTAMP", "VARCHAR")
    file = write_people(tmp_path / "people.parquet", people, columns)
    loaded, rows = contents(tmp_path / "rows", file)
    wanted, lines = contents(tmp_path / "lines", str(tmp_path / "people.ndjson"))
    assert (loaded.profiles, loaded.refused) == (15, ())
    assert (wanted.profiles, wanted.refused) == (15, ())
    assert rows == lines
    assert len(rows["xEvent"]) == 15


def test_ids_are_found_as_in_lines(tmp_path: Path) -> None:
    people: list[dict[str, Any]] = [
        {"_id": "", "personID": "x"},
        {"identityMap": {"Email": [{"id": "e"}], "ECID": [{"id": "1", "primary": True}]}},
        {"personID": "y", "entityId": "z"},
        {"identityMap": {"Email": []}},
        {},
    ]
    columns = {**COLUMNS, "personID": "VARCHAR", "entityId": "VARCHAR"}
    file = write_people(tmp_path / "people.parquet", people, columns)
    loaded, rows = contents(tmp_path / "rows", file)
    _, lines = contents(tmp_path / "lines", str(tmp_path / "people.ndjson"))
    assert loaded.profiles == 5
    assert [row[0].split(", ")[1] for row in rows["profiles"]] == [row[0].split(", ")[1] for row in lines["profiles"]]


VALUES = [
    ("TIMESTAMPTZ '2025-01-01 01:00:00.9999+01'", "2025-01-01 00:00:00.999", True),
    ("TIMESTAMP '1960-01-01 00:00:00.0005'", "1960-01-01 00:00:00", True),
    ("TIMESTAMP '1959-12-31 23:59:59.9995'", "1959-12-31 23:59:59.999", True),
    ("CAST('2025-01-01 00:00:00.123456789' AS TIMESTAMP_NS)", "2025-01-01 00:00:00.123", True),
    ("CAST('2025-01-01' AS TIMESTAMP_MS)", "2025-01-01 00:00:00", True),
    ("'2025-01-01T02:00:00+02:00'", "2025-01-01 00:00:00", False),
    ("CAST(1735689600000 AS BIGINT)", "2025-01-01 00:00:00", False),
]


@pytest.mark.parametrize(("sql", "found", "is_quick"), VALUES)
def test_instants(sql: str, found: str, is_quick: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if is_quick:
        monkeypatch.setattr(sources, "write_lines", no_lines)
    events = f"[{{'timestamp': {sql}}}, NULL]"
    file = write_parquet(tmp_path / "a.parquet", f"SELECT 'a' AS _id, {events} AS xEvent")
    loaded, rows = contents(tmp_path / "store", file)
    assert loaded.refused == ()
    assert found in rows["xEvent"][0][0]


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("CAST(3 AS UTINYINT)", "3.0"),
        ("CAST(9007199254740992 AS BIGINT)", "9007199254740992.0"),
        ("CAST(0.5 AS FLOAT)", "0.5"),
        ("CAST(0.3 AS DECIMAL(9, 2))", "0.3"),
        ("CAST('NaN' AS DOUBLE)", "NULL"),
        ("CAST('-inf' AS FLOAT)", "NULL"),
    ],
)
def test_numbers(sql: str, found: str, tmp_path: Path) -> None:
    file = write_parquet(tmp_path / "a.parquet", f"SELECT 'a' AS _id, {{'points': {sql}}} AS loyalty")
    loaded, rows = contents(tmp_path / "store", file)
    assert loaded.refused == ()
    assert f"'points': {found}}}" in rows["profiles"][0][0]


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("{'points': CAST(9007199254740993 AS BIGINT)} AS loyalty", "`loyalty.points` is an integer that a double"),
        ("[{'timestamp': TIMESTAMP '12025-01-01'}] AS xEvent", "`xEvent[0].timestamp`"),
        ("[{'timestamp': 'tomorrow'}] AS xEvent", "`xEvent[0].timestamp` is no timestamp: 'tomorrow'"),
        ("[{'timestamp': DATE '2025-01-01'}] AS xEvent", "`xEvent[0].timestamp` is no timestamp: '2025-01-01'"),
        ("{'birthYear': 'old'} AS person", "`person.birthYear` is a string, and the schema has an integer"),
        ("{'birthDate': TIMESTAMP '2025-01-01'} AS person", "`person.birthDate` is no date"),
        ("'x' AS person", "`person` is a string, and the schema has an object"),
        ("'x' AS xEvent", "`xEvent` is a string, and the schema has an array"),
    ],
)
def test_rows_that_do_not_fit_are_told_with_their_number(sql: str, reason: str, tmp_path: Path) -> None:
    nothing = f"SELECT 'a' AS _id, {sql.replace(sql.rpartition(' AS ')[0], 'NULL')}"
    file = write_parquet(tmp_path / "a.parquet", f"{nothing} UNION ALL SELECT 'b', {sql.rpartition(' AS ')[0]}")
    loaded, rows = contents(tmp_path / "store", file)
    [refused] = loaded.refused
    assert (refused.file, refused.line) == (file, 2)
    assert reason in refused.reason
    assert '"b"' in refused.text
    assert len(rows["profiles"]) == 1
    assert loaded.profiles == 1
    assert json.loads((tmp_path / "store" / "quarantine.ndjson").read_text())["file"] == file


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("[{'eventType': 'e'}] AS timeSeriesEvents", "e"),
        ("[{'eventType': 'e'}] AS xEvent, [{'eventType': 'f'}] AS timeSeriesEvents", "f"),
        ("{'eventType': 'e'} AS xEvent", "e"),
        ("[{'xdm:eventType': 'e'}] AS xEvent", "e"),
    ],
)
def test_other_names_and_single_events(sql: str, found: str, tmp_path: Path) -> None:
    _, rows = contents(tmp_path / "store", write_parquet(tmp_path / "a.parquet", f"SELECT 'a' AS _id, {sql}"))
    assert f"'eventType': {found}" in rows["xEvent"][-1][0]


def test_order_of_files_of_both_kinds(tmp_path: Path) -> None:
    def people(name: str, tier: str) -> list[dict[str, Any]]:
        return [{"_id": "a", "loyalty": {"tier": tier}}, {"_id": name}]

    files = [write_people(tmp_path / f"{name}.parquet", people(name, name), COLUMNS) for name in ("p", "q")]
    lines = tmp_path / "l.ndjson"
    lines.write_text("".join(json.dumps(each) + "\n" for each in people("l", "lines")))
    for order, tier in (
        ([*files, str(lines)], "lines"),
        ([str(lines), *files], "q"),
        ([files[1], str(lines), files[0]], "p"),
    ):
        loaded, rows = contents(tmp_path / tier, *order)
        assert loaded.profiles == 6
        assert len(rows["profiles"]) == 4
        assert [row for row in rows["profiles"] if f"'tier': {tier}" in row[0]]


def test_more_columns_later_and_unknown_ones(tmp_path: Path) -> None:
    first = write_parquet(
        tmp_path / "a.parquet", "SELECT 'a' AS _id, {'points': 1} AS loyalty, 1 AS nobody, {'x': 1} AS person"
    )
    second = write_parquet(
        tmp_path / "b.parquet",
        "SELECT 'b' AS _id, {'tier': 'gold', 'points': 2} AS loyalty, [{'eventType': 'e'}] AS xEvent",
    )
    loaded, _ = contents(tmp_path / "store", first)
    assert loaded.left_out == ("nobody", "person.x")
    loaded, rows = contents(tmp_path / "store", second)
    assert loaded.left_out == ()
    assert len(rows["profiles"]) == 2
    assert len(rows["xEvent"]) == 1


@pytest.mark.parametrize("name", ["a*[b]?.parquet", "it's.parquet", "ü 😀.data"])
def test_names_of_any_kind(name: str, tmp_path: Path) -> None:
    made = write_parquet(tmp_path / "made.parquet", "SELECT 'a' AS _id")
    (tmp_path / "aXb!.parquet").write_bytes(Path(made).read_bytes())
    loaded, _ = contents(tmp_path / "store", str(Path(made).rename(tmp_path / name)))
    assert loaded.profiles == 1


def test_no_rows(tmp_path: Path) -> None:
    file = write_parquet(tmp_path / "a.parquet", "SELECT 'a' AS _id WHERE FALSE")
    loaded, _ = contents(tmp_path / "store", file)
    assert loaded.profiles == 0


def test_broken_files_load_nothing(tmp_path: Path) -> None:
    file = Path(write_parquet(tmp_path / "a.parquet", "SELECT range || 'x' AS _id FROM range(50000)"))
    whole = file.read_bytes()
    damaged = whole[:100] + bytes(len(whole) // 2) + whole[100 + len(whole) // 2 :]
    for broken in (whole[: len(whole) // 2], b"PAR1", whole[:-8] + b"\xff\xff\xff\x7fPAR1", damaged):
        file.write_bytes(broken)
        with pytest.raises(PQLError, match="the Parquet file cannot be read"):
            contents(tmp_path / "store", str(file))
        assert not (tmp_path / "store").exists()


def test_ids_in_bytes(tmp_path: Path) -> None:
    file = write_parquet(tmp_path / "a.parquet", "SELECT CAST('a' AS BLOB) AS entityId, CAST('b' AS BLOB) AS _id")
    _, rows = contents(tmp_path / "store", file)
    assert "'#id': a" in rows["profiles"][0][0]


def test_columns_that_differ_in_case(tmp_path: Path) -> None:
    import pyarrow
    import pyarrow.parquet

    pyarrow.parquet.write_table(pyarrow.table({"_ID": ["a"], "_id": ["b"]}), tmp_path / "a.parquet")
    with pytest.raises(PQLError, match="columns differ in nothing but case: `_ID` and `_id`"):
        contents(tmp_path / "store", str(tmp_path / "a.parquet"))


def test_a_map_with_a_key_twice_names_the_file(tmp_path: Path) -> None:
    import pyarrow
    import pyarrow.parquet

    type = pyarrow.map_(pyarrow.string(), pyarrow.list_(pyarrow.struct([("id", pyarrow.string())])))
    twice = pyarrow.array([[("ECID", [{"id": "1"}]), ("ECID", [{"id": "2"}])]], type)
    file = tmp_path / "a.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"_id": ["a"], "identityMap": twice}), file)
    with pytest.raises(PQLError, match=f"{file}.*unique"):
        contents(tmp_path / "store", str(file))
