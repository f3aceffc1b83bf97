"""What do engines without lambdas call things?  BigQuery and PostgreSQL go over arrays in subqueries.

Nothing here has been run by the tests, which only read it back: what an engine has no word for is refused. Adobe's
Query Service speaks Spark's SQL behind PostgreSQL's protocol: it takes the dialect of Spark.
"""

from __future__ import annotations

from sqlglot import exp

from pqltools.sql import building
from pqltools.sql.building import binary, call
from pqltools.sql.dialects.dialect import Dialect
from pqltools.sql.dialects.duckdb import re2_pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.expressions import Expression


class Unnesting(Dialect):
    """What both have in common; see `Dialect`."""

    def contains(self, text: Expression, part: Expression) -> Expression:
        return binary(">", call("STRPOS", text, part), building.integer(0))

    def like(self, text: Expression, pattern: Expression) -> Expression:
        # A backslash takes the meaning from what follows.
        if isinstance(pattern, exp.Literal):
            return super().like(text, building.text(pattern.this.replace("\\", "\\\\")))
        return super().like(text, call("REPLACE", pattern, building.text("\\"), building.text("\\\\")))

    def source(self, array: Expression, name: str) -> Expression:
        """The items as a table."""
        raise self.refuse("an array")

    def any_item(self, array: Expression, name: str, test: Expression) -> Expression:
        rows = exp.select("1").from_(self.source(array, name)).where(test, copy=False)
        return exp.Exists(this=rows)

    def filter(self, array: Expression, names: Sequence[str], test: Expression) -> Expression:
        return self._array(array, names, exp.column(names[0]), test)

    def transform(self, array: Expression, names: Sequence[str], body: Expression) -> Expression:
        return self._array(array, names, body, None)

    def _array(self, array: Expression, names: Sequence[str], body: Expression, test: Expression | None) -> Expression:
        """The array of what a subquery gives, in the order of the items."""
        raise self.refuse("a part of an array")

    def sum(self, array: Expression, *, integers: bool) -> Expression:
        if not integers:
            # Whoever adds in another order gets another sum.
            raise self.refuse("a sum of doubles")
        total = exp.select(exp.Sum(this=self.wide(exp.column("item")))).from_(self.source(array, "item"))
        return exp.Subquery(this=total)


class BigQuery(Unnesting):
    """See `Dialect`."""

    name = "bigquery"

    def data_type(self, type: str) -> exp.DataType:
        if type == "TIMESTAMP":
            # sqlglot's own name for what BigQuery calls TIMESTAMP.
            return exp.DataType(this=exp.DataType.Type.TIMESTAMPTZ)
        return super().data_type(type)

    def timestamp(self, text: str) -> Expression:
        return self.cast(building.text(f"{text}+00"), "TIMESTAMP")

    def matches(self, text: Expression, regex: str) -> Expression:
        return call("REGEXP_CONTAINS", text, self.text(re2_pattern(self, regex, groups=False)))

    def source(self, array: Expression, name: str) -> Expression:
        return exp.Unnest(expressions=[array], alias=exp.TableAlias(columns=[exp.to_identifier(name)]))

    def _array(self, array: Expression, names: Sequence[str], body: Expression, test: Expression | None) -> Expression:
        if len(names) > 1:
            raise self.refuse("the position of an item")
        source = self.source(array, names[0])
        place = "place"
        source.set("offset", exp.to_identifier(place))
        rows = exp.select(body).from_(source).order_by(place)
        return call("ARRAY", rows if test is None else rows.where(test, copy=False))

    def length(self, array: Expression) -> Expression:
        return call("ARRAY_LENGTH", array)


class Postgres(Unnesting):
    """See `Dialect`."""

    name = "postgres"
    # Names without quotes become small letters.
    keeps_case = False
    # Texts have the order of the database's collation.
    orders_texts = False

    def field(self, object: Expression, name: str) -> Expression:
        # An item of an array is a table here.
        if isinstance(object, exp.Column) and not object.this.quoted:
            return super().field(object, name)
        return exp.Dot(this=exp.Paren(this=object), expression=self.identifier(name))

    def ends_with(self, text: Expression, part: Expression) -> Expression:
        return binary("=", call("RIGHT", text, call("LENGTH", part)), part.copy())

    def source(self, array: Expression, name: str) -> Expression:
        return exp.Unnest(expressions=[array], alias=exp.TableAlias(this=exp.to_identifier(name)))

    def length(self, array: Expression) -> Expression:
        return call("CARDINALITY", array)

    def _array(self, array: Expression, names: Sequence[str], body: Expression, test: Expression | None) -> Expression:
        if len(names) > 1:
            raise self.refuse("the position of an item")
        # The order of UNNEST, which PostgreSQL keeps where nothing else is asked for.
        rows = exp.select(body).from_(self.source(array, names[0]))
        return call("ARRAY", rows if test is None else rows.where(test, copy=False))
