"""What does an engine call things?  `Dialect`: the functions that a translation needs, spelled for one engine.

What an engine does not have, or has with another meaning, it refuses: the methods here do, unless all engines agree.
Positions in arrays count from 1 here.
"""

from __future__ import annotations

import re

from sqlglot import exp

from pqltools.sql import building
from pqltools.sql.building import call
from pqltools.sql.refusal import refusal
from pqltools.types.time import LENGTHS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlglot.expressions import Expression

_PLAIN = re.compile("[A-Za-z_][A-Za-z0-9_]*")


class Dialect:
    """The spelling of one engine. `name` is what sqlglot calls it."""

    name: str
    #: Whether plain names may be written without quotes, because the engine keeps their case or does not mind it.
    keeps_case = True
    #: Whether there is `IS NOT TRUE`.
    has_is_true = True
    #: Whether texts are ordered by code point.
    orders_texts = True

    def __init__(self) -> None:
        from sqlglot.dialects.dialect import Dialect as Sqlglot

        tokenizer = Sqlglot.get_or_raise(self.name).tokenizer_class
        self._words = frozenset(tokenizer.KEYWORDS)

    def refuse(self, what: str) -> Exception:
        """The error for something that the engine does not have."""
        return refusal(f"{what} for {self.name}")

    def finished(self, condition: Expression) -> Expression:
        """The condition as the engine takes it."""
        if self.has_is_true:
            return condition

        def spelled(part: Expression) -> Expression:
            tested = part.expression if isinstance(part, exp.Is) else None
            if isinstance(tested, exp.Not) and isinstance(tested.this, exp.Boolean):
                return exp.Not(this=building.coalesce(part.this, building.false()))
            return part

        return condition.transform(spelled, copy=False)

    # Names and types.

    def is_plain(self, name: str) -> bool:
        """Whether a name needs no quotes."""
        return self.keeps_case and _PLAIN.fullmatch(name) is not None and name.upper() not in self._words

    def identifier(self, name: str) -> Expression:
        """A name, in quotes if it needs them."""
        return exp.to_identifier(name, quoted=not self.is_plain(name))

    def column(self, name: str) -> Expression:
        """A column of the table."""
        return exp.Column(this=self.identifier(name))

    def table(self, name: str) -> exp.Table:
        """A table, perhaps with its schema and its catalogue before points."""
        table, *above = [self.identifier(part) for part in reversed(name.split("."))]
        return exp.Table(this=table, **dict(zip(("db", "catalog"), above, strict=False)))

    def field(self, object: Expression, name: str) -> Expression:
        """The field of a struct."""
        return exp.Dot(this=building.operand(object), expression=self.identifier(name))

    def cast(self, part: Expression, type: str) -> Expression:
        """``CAST(part AS type)``. Types are called as in DuckDB."""
        return exp.Cast(this=part, to=self.data_type(type))

    def try_cast(self, part: Expression, type: str) -> Expression:
        """``TRY_CAST(part AS type)``: null for what is none."""
        return exp.TryCast(this=part, to=self.data_type(type), safe=True)

    def data_type(self, type: str) -> exp.DataType:
        """A type of a column."""
        return exp.DataType.build(type, dialect="duckdb")

    # Texts.

    def text(self, value: str) -> Expression:
        """A string."""
        return building.text(value)

    def starts_with(self, text: Expression, part: Expression) -> Expression:
        """Whether a text begins with another."""
        return call("STARTS_WITH", text, part)

    def ends_with(self, text: Expression, part: Expression) -> Expression:
        """Whether a text ends with another."""
        return call("ENDS_WITH", text, part)

    def contains(self, text: Expression, part: Expression) -> Expression:
        """Whether a text holds another."""
        return call("CONTAINS", text, part)

    def like(self, text: Expression, pattern: Expression) -> Expression:
        """Whether the whole text has the form of a pattern in which nothing is escaped."""
        return exp.Like(this=building.operand(text), expression=building.operand(pattern))

    def translate(self, text: Expression, old: str, new: str) -> Expression:
        """The text with each character of `old` replaced by that of `new` at the same place."""
        return call("TRANSLATE", text, self.text(old), self.text(new))

    def lower(self, text: Expression) -> Expression:
        """The text with small letters, which is exact for ASCII but for what becomes ``i`` and ``k``."""
        return exp.Lower(this=text)

    def matches(self, text: Expression, regex: str) -> Expression:
        """Whether a regular expression, in Java's syntax, is found in a text."""
        raise self.refuse("a regular expression")

    def regex_group(self, text: Expression, regex: str, group: int) -> Expression:
        """What a group that always takes part stands for where the expression is found; null if it is not."""
        raise self.refuse("`regexGroup`")

    def is_of_form(self, text: Expression, form: str) -> Expression:
        """Whether the whole text is of a form, an expression without anything in which engines differ."""
        raise self.refuse("a text that is converted")

    def double_text(self, number: Expression) -> Expression:
        """The shortest text of a double."""
        raise self.refuse("a double as a text")

    # Numbers.

    def add(self, operator: str, left: Expression, right: Expression) -> Expression:
        """``+``, ``-`` or ``*`` of two integers, null if the result has more than 64 bits."""
        raise self.refuse("arithmetic with integers")

    def wide(self, number: Expression) -> Expression:
        """An integer with room for sums of many."""
        return self.cast(number, "DECIMAL(38, 0)")

    def try_wide(self, text: Expression) -> Expression:
        """The integer that a text of up to 20 digits is."""
        return self.try_cast(text, "DECIMAL(38, 0)")

    def wide_of_double(self, number: Expression) -> Expression:
        """The integer that a double below 10^20 is, from 2^53 on."""
        raise self.refuse("a comparison of a double with a string of the data")

    # Times.

    def timestamp(self, text: str) -> Expression:
        """A constant instant from ``2024-02-29 09:00:00.125`` in UTC."""
        return self.cast(building.text(text), "TIMESTAMP")

    def shift(self, time: Expression, count: int, unit: str) -> Expression:
        """The instant `count` units later; units are ``millisecond``, and ``month``, which clamps."""
        if unit == "millisecond":
            unit = next(
                unit for unit in ("day", "hour", "minute", "second", "millisecond") if count % LENGTHS[unit] == 0
            )
            count //= LENGTHS[unit]
        interval = exp.Interval(this=building.text(str(abs(count))), unit=exp.Var(this=unit.upper()))
        return (exp.Sub if count < 0 else exp.Add)(this=building.operand(time), expression=interval)

    def read_instant(self, text: Expression) -> Expression:
        """The instant of a text of the form of a date-time with an offset, null if there is no such day."""
        raise self.refuse("a text that is read as a time")

    def make_date(self, parts: Sequence[Expression]) -> Expression:
        """The day of a year, a month and a day that exist."""
        return call("MAKE_DATE", *parts)

    # Arrays. Lambdas are given by the names of their parameters and their bodies.

    def array(self, items: Sequence[Expression]) -> Expression:
        """An array of these items."""
        return exp.Array(expressions=[*items])

    def struct(self, fields: Mapping[str, Expression]) -> Expression:
        """An object."""
        raise self.refuse("an object")

    def length(self, array: Expression) -> Expression:
        """The number of items, null of null."""
        raise self.refuse("an array")

    def at(self, array: Expression, position: int) -> Expression:
        """An item, null if there is none."""
        raise self.refuse("an item of an array")

    def slice(self, array: Expression, count: Expression) -> Expression:
        """The first `count` items; `count` is not negative."""
        raise self.refuse("a part of an array")

    def any_item(self, array: Expression, name: str, test: Expression) -> Expression:
        """Whether some item passes."""
        raise self.refuse("`exists`")

    def has_item(self, array: Expression, item: Expression) -> Expression:
        """Whether an array holds a scalar that is not null."""
        raise self.refuse("a test of an array")

    def filter(self, array: Expression, names: Sequence[str], test: Expression) -> Expression:
        """The items that pass; a second name is that of the position."""
        raise self.refuse("a filter of an array")

    def transform(self, array: Expression, names: Sequence[str], body: Expression) -> Expression:
        """What becomes of the items; a second name is that of the position, which may count from 0."""
        raise self.refuse("`map`")

    def flatten(self, array: Expression) -> Expression:
        """The items of the arrays in an array, none of which is null."""
        raise self.refuse("an array of arrays")

    def sum(self, array: Expression, *, integers: bool) -> Expression:
        """The sum of the numbers of an array one after another, for integers with room for it; 0 or null of none."""
        raise self.refuse("`sum`")

    def present(self, array: Expression) -> Expression:
        """The number of items that are not null."""
        raise self.refuse("`average`")

    def extreme(self, array: Expression, *, highest: bool) -> Expression:
        """The least or greatest item that is not null."""
        raise self.refuse("`min` and `max`")

    def sort(self, array: Expression, *, descending: bool) -> Expression:
        """The structs of an array in the order of their fields."""
        raise self.refuse("`topN` and `bottomN`")

    def distinct(self, array: Expression, name: str, position: str, *, holds_maps: bool) -> Expression:
        """The items, each where it stood first."""
        raise self.refuse("`distinct`")

    # Maps.

    def get(self, map: Expression, key: Expression) -> Expression:
        """The value of a key, null if there is none."""
        raise self.refuse("a map")

    def keys(self, map: Expression) -> Expression:
        """The keys of a map."""
        return call("MAP_KEYS", map)

    def values(self, map: Expression) -> Expression:
        """The values of a map."""
        return call("MAP_VALUES", map)

    def entries(self, map: Expression) -> Expression:
        """The entries of a map: structs of ``key`` and ``value``."""
        return call("MAP_ENTRIES", map)

    def map_of(self, keys: Expression, values: Expression) -> Expression:
        """A map from keys, each once, to values."""
        raise self.refuse("a map")
