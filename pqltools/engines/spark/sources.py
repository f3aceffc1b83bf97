"""Where do rows come from?  A DataFrame, a table by name, or files: Parquet, Delta, JSON with a profile a line.

Of files no more is read than is used: Parquet is asked for the used leaves, lines are parsed for the used fields.
"""

from __future__ import annotations

import re

from pqltools.data.path_trees import ANY_KEY
from pqltools.diagnostics import error
from pqltools.engines.spark.fallback import LINE
from pqltools.engines.spark.needs import as_tree, cut
from pqltools.engines.spark.session import CODE, failures, reason
from pqltools.engines.store.store import is_store

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

    from pqltools.data.path_trees import Tree
    from pqltools.types.model import ObjectType, Type

_LINES = re.compile(r"\.(?:ndjson|jsonl|json)(?:\.(?:gz|zst|bz2))?$", re.IGNORECASE)
TABLE = "table:"
_MOST = 5
#: What Spark could not parse.
BROKEN = "#broken"
_JSON = {
    "mode": "PERMISSIVE",
    "columnNameOfCorruptRecord": BROKEN,
    "allowNonNumericNumbers": "false",
    "allowSingleQuotes": "false",
}
#: Names of standard notation, by which Spark does not find fields.
STANDARD_NAME = r'"(?:xdm|repo|stEvt|tiff|exif|xmp|dc):[^"\\]*"\s*:|"@[^"\\]*"\s*:|"https?://[^"\\]*"\s*:'


class Rows:
    """Rows with columns of their own. `names` are what people call the table, `kind` what it is."""

    is_lines = False

    def __init__(self, frame: DataFrame, names: Sequence[str], kind: str) -> None:
        self.frame = frame
        self.names = names
        self.kind = kind

    @property
    def told(self) -> str:
        """What it is, for people."""
        name = self.names[0] if len(self.names) == 1 else f"{self.names[0]} and {len(self.names) - 1:,} more"
        return f"{name} ({self.kind})" if self.kind else name

    @property
    def found(self) -> StructType | None:
        """The types of the columns."""
        return self.frame.schema

    def read(self, type: ObjectType, others: Tree) -> DataFrame:
        """The rows with at least the columns that a type and a tree of further fields need."""
        return self.frame


class Parquet(Rows):
    """Files of Parquet, of which only the used leaves are read, times without a zone as those of UTC."""

    def __init__(self, frame: DataFrame, names: Sequence[str], kind: str) -> None:
        # They are the same numbers in the file; to change them later would be to make all events anew.
        super().__init__(frame.sparkSession.read.schema(in_utc(frame.schema)).parquet(*names), names, kind)

    def read(self, type: ObjectType, others: Tree) -> DataFrame:
        """See `Rows`."""
        from pyspark.sql.types import StructType

        tree = as_tree(type)
        tree.update(others)
        if tree.whole or ANY_KEY in tree.children:
            return self.frame
        found = cut(self.frame.schema, tree)
        kept = [field for field in found.fields if field.name in tree.children]
        used = self.frame.sparkSession.read.schema(StructType(kept)).parquet(*self.names)
        return used.select(*[quoted(field.name) for field in kept])


def in_utc(type: Any) -> Any:
    """A type of Spark's with instants in place of times without a zone."""
    from pyspark.sql import types as spark

    if isinstance(type, spark.StructType):
        return spark.StructType([spark.StructField(each.name, in_utc(each.dataType)) for each in type.fields])
    if isinstance(type, spark.ArrayType):
        return spark.ArrayType(in_utc(type.elementType))
    if isinstance(type, spark.MapType):
        return spark.MapType(type.keyType, in_utc(type.valueType))
    return spark.TimestampType() if isinstance(type, spark.TimestampNTZType) else type


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


def opened(session: SparkSession, given: DataFrame | Sequence[str], what: str) -> Rows:
    """The rows of a DataFrame, or behind paths or one ``table:NAME``; `what` they are. Raises `PQLError`."""
    if not isinstance(given, list | tuple):
        frame: Any = given
        return Rows(frame, [f"the DataFrame of {what}"], "")
    try:
        return _opened(session, given, what)
    except failures() as problem:
        names = ", ".join(f"`{name}`" for name in given[:_MOST])
        raise error(CODE, f"the {what} cannot be read from {names}: {reason(problem)}") from None


def _opened(session: SparkSession, names: Sequence[str], what: str) -> Rows:
    kinds = {_kind_of(session, name): name for name in names}
    if len(kinds) > 1:
        told = ", ".join(f"`{name}` is {kind}" for kind, name in kinds.items())
        raise error(CODE, f"the {what} are to be of one kind: {told}")
    (kind,) = kinds
    if kind in ("a table", "a Delta table") and len(names) > 1:
        raise error(CODE, f"`{names[0]}` is {kind}, and is read alone", help="make a view of several tables")
    if kind == "a table":
        return Rows(session.table(names[0].removeprefix(TABLE)), names, "table")
    if kind == "a Delta table":
        return Rows(_delta(session, names[0]), names, "Delta")
    if kind == "JSON lines":
        return Lines(session.read.text([*names]), names, kind)
    return Parquet(session.read.parquet(*names), names, kind)


def _delta(session: SparkSession, name: str) -> DataFrame:
    try:
        return session.read.format("delta").load(name)
    except Exception as problem:
        help = "name Delta's packages and extensions in spark-defaults.conf, or hand in a session that has them"
        raise error(
            CODE, f"`{name}` is a Delta table, which this session cannot read: {reason(problem)}", help=help
        ) from None


def _kind_of(session: SparkSession, name: str) -> str:
    if name.startswith(TABLE):
        return "a table"
    if name == "-":
        raise error(CODE, "standard input cannot be read by Spark", help="write it to a file, or use --engine memory")
    if is_store(name):
        raise error(CODE, f"`{name}` is a store", help="use --engine duckdb, or name the files themselves")
    if _is_delta(session, name):
        return "a Delta table"
    return "JSON lines" if _LINES.search(name) or _holds_lines(session, name) else "Parquet"


def _is_delta(session: SparkSession, name: str) -> bool:
    from pqltools.engines.spark.writing import exists

    return exists(session, f"{name.rstrip('/')}/_delta_log")


def _holds_lines(session: SparkSession, name: str) -> bool:
    """Whether a folder holds files of JSON lines and no others; Spark passes over those with `_` and `.` in front."""
    from pqltools.engines.spark.writing import names

    found = False
    for each in names(session, name) or ():
        if each[0] not in ("_", "."):
            found = _LINES.search(each) is not None
            if not found:
                break
    return found


def quoted(name: str) -> str:
    """A name of a column, whatever is in it."""
    return f"`{name.replace('`', '``')}`"
