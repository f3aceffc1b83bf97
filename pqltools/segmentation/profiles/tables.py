"""Where does what belong to a sandbox stand?  A schema of tables for each, so that no query can see two."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from pqltools.segmentation.scope import Scope

#: `ts` of a fragment decides which is later, `number` of a batch then, then `seq`. `plain` says that there is no
#: ``segmentMembership`` in it. Events: `first` and `last` timestamps of the `count` in `body`.
_TABLES = """
CREATE TABLE {schema}.datasets (id VARCHAR, name VARCHAR, created BIGINT);
CREATE TABLE {schema}.batches (number INTEGER, id VARCHAR, dataset VARCHAR, ingested BIGINT, status VARCHAR,
    profiles BIGINT, events BIGINT, bad BIGINT, size BIGINT);
CREATE TABLE {schema}.quarantine (batch INTEGER, file VARCHAR, line BIGINT, reason VARCHAR);
CREATE TABLE {schema}.profiles (pid BIGINT, namespace VARCHAR, id VARCHAR);
CREATE TABLE {schema}.fragments (pid BIGINT, dataset VARCHAR, batch INTEGER, seq BIGINT, ts BIGINT, plain BOOLEAN,
    body VARCHAR);
CREATE TABLE {schema}.events (pid BIGINT, batch INTEGER, first BIGINT, last BIGINT, count BIGINT, body VARCHAR);
CREATE TABLE {schema}.segments (seg INTEGER, id VARCHAR);
CREATE TABLE {schema}.memberships (seg INTEGER, pid BIGINT, status UTINYINT, since BIGINT);
CREATE TABLE {schema}.jobs (id VARCHAR, applied BIGINT);
"""


def schema_of(cursor: DuckDBPyConnection, scope: Scope) -> str | None:
    """The name of the schema with the tables of a scope; None if nothing was ever stored in it."""
    found = cursor.execute(
        "SELECT number FROM main.scopes WHERE org = ? AND sandbox = ?", [scope.org, scope.sandbox]
    ).fetchall()
    return f"scope_{found[0][0]}" if found else None


def made_schema(cursor: DuckDBPyConnection, scope: Scope) -> str:
    """The name of the schema, which is made in this transaction if it is not there."""
    found = schema_of(cursor, scope)
    if found is not None:
        return found
    number = number_of(cursor, "SELECT coalesce(max(number), 0) + 1 FROM main.scopes")
    cursor.execute("INSERT INTO main.scopes VALUES (?, ?, ?)", [number, scope.org, scope.sandbox])
    schema = f"scope_{number}"
    cursor.execute(f"CREATE SCHEMA {schema}")
    cursor.execute(_TABLES.format(schema=schema))
    return schema


def number_of(cursor: DuckDBPyConnection, query: str, values: list[object] | None = None) -> int:
    """The one number that a query gives."""
    found = cursor.execute(query, values or []).fetchall()
    return int(found[0][0]) if found and found[0][0] is not None else 0


def version_of(cursor: DuckDBPyConnection, schema: str | None) -> str:
    """Another text whenever the profiles or events of a scope are others: batches are added, and never changed."""
    if schema is None:
        return ""
    batch = "id || ' ' || ingested || ' ' || size"
    query = f"""SELECT count(*), max(number), md5(coalesce(string_agg({batch}, ',' ORDER BY number), ''))
        FROM {schema}.batches"""
    count, last, digest = cursor.execute(query).fetchall()[0]
    return f"{count} {last} {digest}"
