"""Which dialects are there, by what people call them?"""

from __future__ import annotations

from pqltools.sql.dialects.dialect import Dialect
from pqltools.sql.dialects.duckdb import DuckDB
from pqltools.sql.dialects.spark import Spark

DIALECTS: dict[str, type[Dialect]] = {"duckdb": DuckDB, "spark": Spark}


def dialect_of(name: str) -> Dialect:
    """The dialect of this name, one of `DIALECTS`."""
    return DIALECTS[name]()
