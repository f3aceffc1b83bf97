"""What do the benchmarks of columnar engines run on?  Profiles with 6 events and 9 items each, always the same ones.

DuckDB makes them from hashes of their numbers, a million in half a minute, as nested rows of Parquet: the columns that
a lakehouse has.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

#: 2026-01-01, the instant up to 400 days before which events lie; see `run.NOW`.
_NOW = "TIMESTAMP '2026-01-01 00:00:00'"
_KINDS = """['web.webpagedetails.pageViews', 'commerce.productViews', 'commerce.productListAdds', 'commerce.checkouts',
  'commerce.purchases', 'directMarketing.emailOpened']"""
#: So many rows are made at a time: a list of events of all of them is in memory.
_PART = 1_000_000


def profile(salt: int, most: int) -> str:
    """A number below `most` for a profile `n`."""
    return f"CAST(hash(n * 64 + {salt}) % {most} AS BIGINT)"


def event(salt: int, most: int) -> str:
    """A number for its event `e`."""
    return f"CAST(hash(n * 131072 + e * 512 + {salt}) % {most} AS BIGINT)"


def item(salt: int, most: int) -> str:
    """A number for the item `i` of that."""
    return f"CAST(hash(n * 131072 + e * 512 + 64 + i * 8 + {salt}) % {most} AS BIGINT)"


def _query(start: int, end: int) -> str:
    return f"""SELECT 'p' || n AS _id,
  {{'name': {{'firstName': 'First' || {profile(1, 500)}, 'lastName': 'Last' || {profile(2, 3000)}}},
    'birthYear': 1940 + {profile(3, 71)},
    'gender': ['female', 'male', 'not_specified'][1 + {profile(4, 3)}]}} AS person,
  CASE WHEN {profile(5, 8)} > 0 THEN {{'city': 'City' || {profile(6, 200)},
    'countryCode': ['US', 'DE', 'FR', 'GB', 'CA', 'JP', 'BR', 'IN'][1 + {profile(7, 8)}], 'postalCode': '12345',
    'street1': (1 + {profile(8, 99)}) || ' Rue de la Paix'}} END AS "homeAddress",
  {{'address': 'a' || n || '@example.com'}} AS "personalEmail",
  {{'marketing': {{'email': {{'val': ['y', 'n'][1 + {profile(9, 2)}]}}}}}} AS consents,
  CASE WHEN {profile(10, 4)} > 0 THEN {{'tier': ['basic', 'silver', 'gold', 'platinum'][1 + {profile(11, 4)}],
    'points': CAST({profile(12, 5000)} AS DOUBLE)}} END AS loyalty,
  MAP {{'ECID': [{{'id': CAST(hash(n) AS VARCHAR) || CAST(hash(n + 1) AS VARCHAR), 'primary': TRUE}}],
    'Email': [{{'id': 'a' || n || '@example.com', 'primary': CAST(NULL AS BOOLEAN)}}]}} AS "identityMap",
  list_transform(range(CASE WHEN {profile(13, 10)} < 3 THEN 0 ELSE 1 + {profile(14, 16)} END), lambda e: {{
    '_id': n || '-' || e,
    'timestamp': {_NOW} - to_milliseconds(1000 * {event(1, 34560000)}),
    'eventType': {_KINDS}[1 + {event(2, 6)}],
    'web': CASE WHEN {event(2, 6)} = 0 THEN {{'webPageDetails': {{'name': 'page' || {event(3, 50)},
      'URL': 'https://www.example.com/p/' || {event(4, 9999)}}}}} END,
    'commerce': CASE WHEN {event(2, 6)} = 4 THEN {{'order': {{'priceTotal': CAST({event(5, 40000)} / 100.0 AS DOUBLE),
      'currencyCode': 'EUR'}}}} END,
    'productListItems': CASE WHEN {event(2, 6)} BETWEEN 1 AND 4 THEN
      list_transform(range([1, 2, 3, 3][1 + {event(6, 4)}]), lambda i: {{'SKU': 'SKU-' || {item(1, 100)},
        'quantity': 1 + {item(2, 3)}, 'priceTotal': CAST({item(3, 20000)} / 100.0 AS DOUBLE)}}) END
  }}) AS "xEvent"
FROM range({start}, {end}) AS r(n)"""


def write_nested(path: str, profiles: int) -> None:
    """Write so many profiles into files of a million of them: `path`, and beside it ``…-1.parquet`` and so on."""
    for number, target in enumerate(nested_files(path, profiles)):
        start = number * _PART
        with duckdb.connect() as connection:
            query = _query(start, min(start + _PART, profiles))
            connection.execute(f"COPY ({query}) TO '{target}' (FORMAT parquet, ROW_GROUP_SIZE 122880)")


def nested_files(path: str, profiles: int) -> list[str]:
    """The files that `write_nested` writes."""
    whole = Path(path)
    more = [str(whole.with_name(f"{whole.stem}-{number}.parquet")) for number in range(1, -(-profiles // _PART))]
    return [path, *more]
