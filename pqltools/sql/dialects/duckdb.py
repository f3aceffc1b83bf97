"""What does DuckDB call things?  Version 2, with its lambdas ``lambda x: …`` and lists."""

from __future__ import annotations

from sqlglot import exp

from pqltools.sql import building
from pqltools.sql.building import binary, call, case, lambda_
from pqltools.sql.dialects.dialect import Dialect
from pqltools.types.patterns import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlglot.expressions import Expression


class DuckDB(Dialect):
    """See `Dialect`."""

    name = "duckdb"

    def data_type(self, type: str) -> exp.DataType:
        if type == "HUGEINT":
            return exp.DataType.build("HUGEINT", dialect="duckdb", udt=True)
        return super().data_type(type)

    # Texts.

    def matches(self, text: Expression, regex: str) -> Expression:
        return call("REGEXP_MATCHES", text, self.text(re2_pattern(self, regex, groups=False)))

    def regex_group(self, text: Expression, regex: str, group: int) -> Expression:
        re2 = re2_pattern(self, regex, groups=True)
        found = call("REGEXP_MATCHES", text, self.text(re2))
        return case([(found, call("REGEXP_EXTRACT", text.copy(), self.text(re2), building.integer(group)))])

    def is_of_form(self, text: Expression, form: str) -> Expression:
        return call("REGEXP_FULL_MATCH", text, self.text(form))

    # Numbers.

    def add(self, operator: str, left: Expression, right: Expression) -> Expression:
        return self.try_cast(binary(operator, self.wide(left), right), "BIGINT")

    def wide(self, number: Expression) -> Expression:
        return self.cast(number, "HUGEINT")

    def try_wide(self, text: Expression) -> Expression:
        return self.try_cast(text, "HUGEINT")

    def wide_of_double(self, number: Expression) -> Expression:
        return self.try_cast(number, "HUGEINT")

    # Times.

    def read_instant(self, text: Expression) -> Expression:
        # Times with a zone do not become times without by a cast that forgets the session's.
        ms = call("EPOCH_MS", self.try_cast(_tidied(text), "TIMESTAMPTZ"))
        return call("MAKE_TIMESTAMP", binary("*", ms, building.integer(1000)))

    # Arrays.

    def struct(self, fields: Mapping[str, Expression]) -> Expression:
        return exp.Struct(
            expressions=[exp.PropertyEQ(this=exp.to_identifier(name), expression=part) for name, part in fields.items()]
        )

    def length(self, array: Expression) -> Expression:
        return call("LEN", array)

    def at(self, array: Expression, position: int) -> Expression:
        return call("LIST_EXTRACT", array, building.integer(position))

    def slice(self, array: Expression, count: Expression) -> Expression:
        return call("LIST_SLICE", array, building.integer(1), count)

    def any_item(self, array: Expression, name: str, test: Expression) -> Expression:
        # Somewhat faster than LIST_BOOL_OR of a LIST_TRANSFORM.
        return binary(">", self.length(self.filter(array, [name], test)), building.integer(0))

    def has_item(self, array: Expression, item: Expression) -> Expression:
        return call("LIST_CONTAINS", array, item)

    def filter(self, array: Expression, names: Sequence[str], test: Expression) -> Expression:
        return call("LIST_FILTER", array, lambda_(names, test))

    def transform(self, array: Expression, names: Sequence[str], body: Expression) -> Expression:
        return call("LIST_TRANSFORM", array, lambda_(names, body))

    def flatten(self, array: Expression) -> Expression:
        return call("FLATTEN", array)

    def sum(self, array: Expression, *, integers: bool) -> Expression:
        return call("LIST_SUM", array)

    def present(self, array: Expression) -> Expression:
        return call("LIST_COUNT", array)

    def extreme(self, array: Expression, *, highest: bool) -> Expression:
        return call("LIST_MAX" if highest else "LIST_MIN", array)

    def sort(self, array: Expression, *, descending: bool) -> Expression:
        return call("LIST_SORT", array, self.text("DESC" if descending else "ASC"))

    def distinct(self, array: Expression, name: str, position: str, *, holds_maps: bool) -> Expression:
        where = call("LIST_POSITION", array.copy(), exp.column(name))
        return self.filter(array, [name, position], binary("=", where, exp.column(position)))

    # Maps.

    def get(self, map: Expression, key: Expression) -> Expression:
        # `map[key]`, which sqlglot would take for an array's, and count from 0.
        return call("LIST_EXTRACT", call("MAP_EXTRACT", map, key), building.integer(1))

    def map_of(self, keys: Expression, values: Expression) -> Expression:
        return call("MAP", keys, values)


def _tidied(text: Expression) -> Expression:
    """A date-time with capitals, a point and no more than milliseconds."""
    short = call("REGEXP_REPLACE", text, building.text(r"[.,](\d{1,3})\d*"), building.text(r".\1"))
    return exp.Upper(this=building.call("RTRIM", short, building.text(":")))


def re2_pattern(dialect: Dialect, regex: str, *, groups: bool) -> str:
    """A regular expression in RE2's syntax. Raises `NotInSQL`."""
    known = pattern(regex, groups=groups)
    if known.re2 is None:
        raise dialect.refuse("a regular expression that RE2 does not run")
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(known.re2, options)
    except re2.error:
        raise dialect.refuse("a regular expression that is too large for RE2") from None
    return known.re2
