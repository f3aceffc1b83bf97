"""What does Spark call things?  Version 4 and later, in ANSI mode or not.

Times are of the type ``TIMESTAMP``; the session's time zone has to be UTC where fields of times are asked for, and
where dates meet times.
"""

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

_CHECKED = {"+": "TRY_ADD", "-": "TRY_SUBTRACT", "*": "TRY_MULTIPLY"}


class Spark(Dialect):
    """See `Dialect`."""

    name = "spark"

    def data_type(self, type: str) -> exp.DataType:
        if type == "TIMESTAMP":
            # sqlglot's own name for what Spark calls TIMESTAMP.
            return exp.DataType(this=exp.DataType.Type.TIMESTAMPTZ)
        return super().data_type(type)

    # Texts.

    def starts_with(self, text: Expression, part: Expression) -> Expression:
        return call("STARTSWITH", text, part)

    def ends_with(self, text: Expression, part: Expression) -> Expression:
        return call("ENDSWITH", text, part)

    def like(self, text: Expression, pattern: Expression) -> Expression:
        if isinstance(pattern, exp.Literal):
            literal = building.text(pattern.this.replace("\\", "\\\\"))
            return super().like(text, literal)
        doubled = call("REPLACE", pattern, building.text("\\"), building.text("\\\\"))
        return super().like(text, doubled)

    def matches(self, text: Expression, regex: str) -> Expression:
        return call("REGEXP_LIKE", text, self.text(self._java(regex)))

    def regex_group(self, text: Expression, regex: str, group: int) -> Expression:
        java = self._java(regex)
        found = call("REGEXP_LIKE", text, self.text(java))
        return case([(found, call("REGEXP_EXTRACT", text.copy(), self.text(java), building.integer(group)))])

    def _java(self, regex: str) -> str:
        """The regular expression, which is Java's as it is."""
        known = pattern(regex)
        if known.invalid is not None or known.unsupported:
            raise self.refuse("a regular expression that cannot be run")
        if known.risks:
            raise self.refuse("a regular expression that may take very long")
        return regex

    def is_of_form(self, text: Expression, form: str) -> Expression:
        return call("REGEXP_LIKE", text, self.text(rf"\A(?:{form})\z"))

    # Numbers.

    def add(self, operator: str, left: Expression, right: Expression) -> Expression:
        return call(_CHECKED[operator], self.cast(left, "BIGINT"), self.cast(right, "BIGINT"))

    def wide_of_double(self, number: Expression) -> Expression:
        # A cast to a decimal goes by the shortest text, which has not all digits. Powers of two lose none.
        size = building.integer(2**40)
        high = self.try_cast(exp.Floor(this=binary("/", number, building.double(2.0**40))), "BIGINT")
        rest = binary("-", number.copy(), binary("*", self.cast(high, "DOUBLE"), building.double(2.0**40)))
        wide = binary("*", self.cast(high.copy(), "DECIMAL(20, 0)"), size)
        return binary("+", wide, self.try_cast(rest, "BIGINT"))

    # Times.

    def timestamp(self, text: str) -> Expression:
        # With the zone, so that the session's does not matter.
        return self.cast(building.text(f"{text}Z"), "TIMESTAMP")

    def read_instant(self, text: Expression) -> Expression:
        # Spark reads no offset behind minutes, and none of more than 18 hours.
        def part(form: str, group: int) -> Expression:
            return call("REGEXP_EXTRACT", text.copy(), building.text(form), building.integer(group))

        local = call(
            "REGEXP_REPLACE", part(r"^.{11}[\d:.,]*", 0), building.text(r"[.,](\d{1,3})\d*"), building.text(".$1")
        )
        clock = call("REGEXP_REPLACE", local, building.text("^(.{16})$"), building.text("$1:00"))
        start = self.try_cast(call("CONCAT", exp.Upper(this=clock), building.text("Z")), "TIMESTAMP")
        zone = r"^.{11}.*([+-])(\d\d):?(\d\d)?$"
        hours = self._number(call("CONCAT", part(zone, 1), part(zone, 2)))
        minutes = self._number(call("CONCAT", part(zone, 1), part(zone, 3)))
        offset = binary("+", binary("*", hours, building.integer(60)), minutes)
        return call("TIMESTAMPADD", exp.Var(this="MINUTE"), exp.Neg(this=building.operand(offset)), start)

    def _number(self, digits: Expression) -> Expression:
        """The number of some digits, 0 of none."""
        return building.coalesce(self.try_cast(digits, "INTEGER"), building.integer(0))

    # Arrays.

    def struct(self, fields: Mapping[str, Expression]) -> Expression:
        parts = [part for name, value in fields.items() for part in (self.text(name), value)]
        return call("NAMED_STRUCT", *parts)

    def length(self, array: Expression) -> Expression:
        return call("ARRAY_SIZE", array)

    def at(self, array: Expression, position: int) -> Expression:
        return call("GET", array, building.integer(position - 1))

    def slice(self, array: Expression, count: Expression) -> Expression:
        return call("SLICE", array, building.integer(1), count)

    def any_item(self, array: Expression, name: str, test: Expression) -> Expression:
        return call("EXISTS", array, lambda_([name], test))

    def has_item(self, array: Expression, item: Expression) -> Expression:
        return call("ARRAY_CONTAINS", array, item)

    def filter(self, array: Expression, names: Sequence[str], test: Expression) -> Expression:
        return call("FILTER", array, lambda_(names, test))

    def transform(self, array: Expression, names: Sequence[str], body: Expression) -> Expression:
        return call("TRANSFORM", array, lambda_(names, body))

    def flatten(self, array: Expression) -> Expression:
        return call("FLATTEN", array)

    def sum(self, array: Expression, *, integers: bool) -> Expression:
        kind = "DECIMAL(38, 0)" if integers else "DOUBLE"
        zero, item = self.cast(building.integer(0), kind), building.coalesce(exp.column("item"), building.integer(0))
        body = self.cast(binary("+", exp.column("total"), item), kind)
        return call("AGGREGATE", array, zero, lambda_(["total", "item"], body))

    def present(self, array: Expression) -> Expression:
        return self.length(self.filter(array, ["item"], building.is_not_null(exp.column("item"))))

    def extreme(self, array: Expression, *, highest: bool) -> Expression:
        return call("ARRAY_MAX" if highest else "ARRAY_MIN", array)

    def sort(self, array: Expression, *, descending: bool) -> Expression:
        return call("SORT_ARRAY", array, exp.Boolean(this=not descending))

    def distinct(self, array: Expression, name: str, position: str, *, holds_maps: bool) -> Expression:
        if holds_maps:
            raise self.refuse("`distinct` of objects with maps")
        return call("ARRAY_DISTINCT", array)

    # Maps.

    def get(self, map: Expression, key: Expression) -> Expression:
        return call("TRY_ELEMENT_AT", map, key)

    def map_of(self, keys: Expression, values: Expression) -> Expression:
        return call("MAP_FROM_ARRAYS", keys, values)
