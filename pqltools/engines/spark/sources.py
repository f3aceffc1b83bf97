"""Where do rows come from?  A DataFrame, a table by name, or files: Parquet, Delta, JSON with a profile a line.

Of files no more is read than is used: Parquet is asked for the used leaves, lines are parsed for the used fields.
"""

from __future__ import annotations

import os
import re

from pqltools.data.path_trees import ANY_KEY
from pqltools.diagnostics import error
from pqltools.engines.spark.needs import add, as_tree, cut
from pqltools.engines.spark.session import CODE, reason

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

    from pqltools.data.path_trees import Tree
    from pqltools.types.model import ObjectType, Type

_LINES = re.compile(r"\.(?:ndjson|jsonl|json)(?:\.(?:gz|zst|bz2))?$", re.IGNORECASE)
_TABLE = "table:"
#: The columns of lines: the text itself, and what Spark could not parse.
LINE, BROKEN = "#line", "#broken"
_JSON = {
    "mode": "PERMISSIVE",
    "columnNameOfCorruptRecord": BROKEN,
    "allowNonNumericNumbers": "false",
    "allowSingleQuotes": "false",
}
#: Names of standard notation, by which Spark does not find fields.
STANDARD_NAME = r'"(?:xdm|repo|stEvt|tiff|exif|xmp|dc):[^"\\]*"\s*:|"@[^"\\]*"\s*:|"https?://[^"\\]*"\s*:'


class Rows:
    """Rows with columns of their own. `name` is what people call the table, `kind` what it is."""

    is_lines = False

    def __init__(self, frame: DataFrame, name: str, kind: str) -> None:
        self.frame = frame
        self.name = name
        self.kind = kind

    @property
    def found(self) -> StructType | None:
        """The types of the columns."""
        return self.frame.schema

    def read(self, type: ObjectType, others: Tree) -> DataFrame:
        """The rows with at least the columns that a type and a tree of further fields need."""
        return self.frame


class Parquet(Rows):
    """Files of Parquet, of which only the used leaves are read."""

    def read(self, type: ObjectType, others: Tree) -> DataFrame:
        """See `Rows`."""
        from pyspark.sql.types import StructType

        tree = as_tree(type)
        add(tree, others)
        if tree.whole or ANY_KEY in tree.children:
            return self.frame
        kept = [field for field in cut(self.frame.schema, tree).fields if field.name in tree.children]
        used = self.frame.sparkSession.read.schema(StructType(kept)).parquet(self.name)
        return used.select(*[quoted(field.name) for field in kept])


class Lines(Rows):
    """Lines of JSON, each with one profile or event, of which the schema says what to look for."""

    is_lines = True

    @property
    def found(self) -> StructType | None:
        """Nothing is known before they are read."""
        return None

    def read(self, type: ObjectType, others: Tree) -> DataFrame:
        """The fields of the type, scalars as variants, with the line itself and what is wrong with it."""
        from pyspark.sql import functions as F
        from pyspark.sql import types as spark

        shape: Any = json_type(type)
        shape = spark.StructType([*shape.fields, spark.StructField(BROKEN, spark.StringType())])
        parsed = self.frame.where("TRIM(value) != ''").select(
            F.col("value").alias(LINE), F.from_json("value", shape, _JSON).alias("parsed")
        )
        return parsed.select(quoted(LINE), "parsed.*")


def json_type(type: Type) -> Any:
    """The type of what Spark parses: that of PQL, with variants for scalars."""
    from pyspark.sql import types as spark

    from pqltools.engines.spark.fitting import spark_type

    return spark_type(type, scalar=spark.VariantType())


def opened(session: SparkSession, given: DataFrame | str, what: str) -> Rows:
    """The rows of a DataFrame, or behind a path or ``table:NAME``; `what` they are. Raises `PQLError`."""
    from pyspark.errors import PySparkException

    if not isinstance(given, str):
        return Rows(given, f"the DataFrame of {what}", "DataFrame")
    try:
        return _opened(session, given)
    except PySparkException as problem:
        raise error(CODE, f"the {what} cannot be read from `{given}`: {reason(problem)}") from None


def _opened(session: SparkSession, name: str) -> Rows:
    if name.startswith(_TABLE):
        return Rows(session.table(name.removeprefix(_TABLE)), name, "table")
    if _is_delta(session, name):
        try:
            return Rows(session.read.format("delta").load(name), name, "Delta")
        except Exception as problem:
            help = "start it with Delta's packages, as delta.io says, or hand in a session that has them"
            raise error(
                CODE, f"`{name}` is a Delta table, which this session cannot read: {reason(problem)}", help=help
            ) from None
    if _LINES.search(name) or _holds_lines(name):
        return Lines(session.read.text(name), name, "JSON lines")
    return Parquet(session.read.parquet(name), name, "Parquet")


def _is_delta(session: SparkSession, name: str) -> bool:
    from pqltools.engines.spark.writing import exists

    return exists(session, f"{name.rstrip('/')}/_delta_log")


def _holds_lines(name: str) -> bool:
    """Whether a folder of this machine holds files of JSON lines."""
    path = name.removeprefix("file://")
    if not os.path.isdir(path):  # noqa: PTH112
        return False
    names = [each for each in os.listdir(path) if each[:1] not in ("_", ".")]  # noqa: PTH208
    return bool(names) and all(_LINES.search(each) for each in names)


def quoted(name: str) -> str:
    """A name of a column, whatever is in it."""
    return f"`{name.replace('`', '``')}`"
