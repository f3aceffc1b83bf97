"""Which dialects are there, by what people call them?"""

from __future__ import annotations

from pqltools.sql.dialects.dialect import Dialect
from pqltools.sql.dialects.duckdb import DuckDB
from pqltools.sql.dialects.snowflake import Snowflake
from pqltools.sql.dialects.spark import Spark
from pqltools.sql.dialects.unnesting import BigQuery, Postgres

DIALECTS: dict[str, type[Dialect]] = {
    "duckdb": DuckDB,
    "spark": Spark,
    "snowflake": Snowflake,
    "bigquery": BigQuery,
    "postgres": Postgres,
}


def dialect_of(name: str) -> Dialect:
    """The dialect of this name, one of `DIALECTS`."""
    return DIALECTS[name]()
