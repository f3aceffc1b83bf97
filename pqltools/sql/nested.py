"""Where are values if a profile is one row?  The nested layout: structs, arrays and maps, gone over by lambdas."""

from __future__ import annotations

from sqlglot import exp

from pqltools.sql import building
from pqltools.sql.building import binary, case, coalesce, is_not_null
from pqltools.sql.numbers import finite
from pqltools.sql.ordering import order_fields
from pqltools.sql.refusal import refusal
from pqltools.sql.values import UNKNOWN, Items, Parts, Value
from pqltools.types.model import (
    DOUBLE,
    INTEGER,
    NULL,
    NUMBERS,
    STRING,
    ArrayType,
    MapType,
    ObjectType,
    Scalar,
    TupleType,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sqlglot.expressions import Expression

    from pqltools.sql.values import Body, Test, Writing
    from pqltools.types.model import Type


class NestedLayout:
    """One row a profile. `table` is its name."""

    def __init__(self, type: ObjectType, table: str = "profiles") -> None:
        self.type = type
        self.table = table

    def reserved(self) -> frozenset[str]:
        """The names that lambdas must not take, in lower case."""
        return frozenset(name.lower() for name in (*self.type.names(), self.table))

    def profile(self, writing: Writing) -> Value:
        """The row of a profile."""
        return _Row(self.type, None, writing)


class _Row(Value):
    """The row itself, which is no value in SQL: its fields are columns."""

    __slots__ = ()

    def written(self) -> Expression:
        raise refusal("a profile as a value")

    def field(self, name: str, type: Type) -> Value:
        return Nested(type, self.writing.dialect.column(name), self.writing, hint=_singular(name))


class Nested(Value):
    """A value in a column, or computed from some. `hint` is what an item may be called if it is an array."""

    __slots__ = ("hint",)

    def __init__(
        self,
        type: Type,
        sql: Expression,
        writing: Writing,
        *,
        constant: Any = UNKNOWN,
        small: bool = False,
        hint: str = "",
    ) -> None:
        super().__init__(type, sql, writing, constant=constant, small=small)
        self.hint = hint

    def field(self, name: str, type: Type) -> Value:
        return Nested(type, self.writing.dialect.field(self.sql(), name), self.writing, hint=_singular(name))

    def get(self, key: Value) -> Value:
        assert isinstance(self.type, MapType)
        return Nested(self.type.value, self.writing.dialect.get(self.sql(), key.sql()), self.writing)

    def items(self) -> Items:
        if isinstance(self.type, ArrayType):
            item = self.type.item
            names = tuple_names(len(item.items)) if isinstance(item, TupleType) else ()
            return ListItems(item, self.sql, self.writing, hint=self.hint or "item", names=names)
        assert isinstance(self.type, MapType), self.type
        values = self.writing.dialect.values
        return ListItems(self.type.value, lambda: values(self.sql()), self.writing, hint="item")

    def entries(self) -> Items:
        assert isinstance(self.type, MapType)
        entries = self.writing.dialect.entries
        tuple_type = TupleType((STRING, self.type.value))
        return ListItems(tuple_type, lambda: entries(self.sql()), self.writing, hint="entry", names=("key", "value"))


def tuple_names(count: int) -> tuple[str, ...]:
    """What the parts of tuples are called in SQL."""
    return tuple(f"v{position}" for position in range(1, count + 1))


class Entries(Nested):
    """A map that `map` made of entries; without any it is an empty array."""

    __slots__ = ()


def _singular(name: str) -> str:
    """What an item of an array may be called."""
    if name in ("xEvent", "timeSeriesEvents"):
        return "event"
    return name[:-1] if name.endswith("s") and len(name) > 2 else "item"


class ListItems(Items):
    """The items of a list. `list` writes it anew each time; `names` are those of the parts if the items are tuples."""

    __slots__ = ("dialect", "hint", "list", "names")

    def __init__(
        self,
        item: Type,
        list: Callable[[], Expression],
        writing: Writing,
        *,
        hint: str = "",
        names: tuple[str, ...] = (),
    ) -> None:
        super().__init__(item, writing)
        self.dialect = writing.dialect
        self.list = list
        self.hint = hint
        self.names = names

    def _of(self, sql: Expression, item: Type | None = None, names: tuple[str, ...] | None = None) -> ListItems:
        """Other items, whose list is this expression."""
        held = Nested(ArrayType(NULL), sql, self.writing)
        return ListItems(
            self.item if item is None else item,
            held.sql,
            self.writing,
            hint=self.hint,
            names=self.names if names is None else names,
        )

    def _item(self, name: str) -> Value:
        """The item that the parameter of a lambda stands for."""
        return self._read(exp.column(name))

    def _read(self, sql: Expression) -> Value:
        if not isinstance(self.item, TupleType) or not self.names:
            return Nested(self.item, sql, self.writing)
        whole = Nested(self.item, sql, self.writing)
        types = zip(self.names, self.item.items, strict=True)
        return Parts(
            self.item, sql.copy(), self.writing, tuple(whole.field(name, type) for name, type in types), self.names
        )

    def _scope(self, body: Callable[[Value], Expression]) -> tuple[str, Expression]:
        return self.writing.scope(self.hint, lambda name: body(self._item(name)))

    # Questions.

    def exists(self, test: Test | None = None) -> Expression:
        if test is None:
            return binary(">", self.dialect.length(self.list()), building.integer(0))
        name, condition = self._scope(test)
        if isinstance(condition, exp.Boolean):
            return self.exists() if condition.this else condition
        return self.dialect.any_item(self.list(), name, condition)

    def count(self, test: Test | None = None) -> Value:
        items = self if test is None else self.filter(test)
        length = self.dialect.length(items.list())
        count = Nested(INTEGER, coalesce(length, building.integer(0)), self.writing, small=True)
        count.or_zero = length.copy()
        return count

    def sum(self, body: Body) -> Value:
        values = self.map(body)
        if values.item not in NUMBERS:
            # What is no number does not count.
            return Nested(INTEGER, building.integer(0), self.writing, constant=0, small=True)
        return self._total(values, values.list())

    def _total(self, values: ListItems, list: Expression) -> Value:
        total = self.dialect.sum(list, integers=values.item is INTEGER)
        if values.item is INTEGER:
            # Null only beyond 64 bits: the sum of nothing is 0.
            wide = coalesce(total, building.integer(0))
            return Nested(INTEGER, self.dialect.try_cast(wide, "BIGINT"), self.writing)
        found = finite(coalesce(total, building.double(0.0)), self.writing)
        sum = Nested(DOUBLE, found, self.writing)
        sum.or_zero = finite(total.copy(), self.writing)
        return sum

    def average(self, body: Body) -> Value:
        values = self.map(body)
        if values.item not in NUMBERS:
            return Nested(NULL, building.null(), self.writing, constant=None)
        total = self._total(values, values.list())
        number = exp.Nullif(this=self.dialect.present(values.list()), expression=building.integer(0))
        return Nested(DOUBLE, binary("/", self.dialect.cast(total.sql(), "DOUBLE"), number), self.writing)

    def extreme(self, body: Body, *, highest: bool) -> Value:
        values = self.map(body)
        if not isinstance(values.item, Scalar) or values.item is NULL:
            return Nested(NULL, building.null(), self.writing, constant=None)
        if values.item is STRING:
            # Texts that are times have an order of their own.
            known = values.filter(lambda value: is_not_null(value.sql()))
            one = Nested(INTEGER, building.integer(1), self.writing, constant=1)
            return known.ranked(lambda value: value, one, highest=highest).head()
        return Nested(values.item, self.dialect.extreme(values.list(), highest=highest), self.writing)

    def head(self) -> Value:
        return self._read(self.dialect.at(self.list(), 1))

    # Other arrays.

    def filter(self, test: Test) -> ListItems:
        name, condition = self._scope(test)
        if isinstance(condition, exp.Boolean) and condition.this:
            return self
        return self._of(self.dialect.filter(self.list(), [name], condition))

    def map(self, body: Body) -> ListItems:
        found: list[Value] = []

        def made(item: Value) -> Expression:
            found.append(body(item))
            return found[0].sql()

        name, made_sql = self._scope(made)
        if isinstance(made_sql, exp.Column) and made_sql.name == name:
            return self
        names = found[0].names if isinstance(found[0], Parts) else ()
        return self._of(self.dialect.transform(self.list(), [name], made_sql), found[0].type, names)

    def product(self, inner: Callable[[Value], Items]) -> ListItems:
        found: list[ListItems] = []

        def made(item: Value) -> Expression:
            items = inner(item)
            if not isinstance(items, ListItems):
                raise self.refuse("a select over arrays that are kept apart")
            found.append(items)
            return items.list()

        name, lists = self._scope(made)
        nested = self.dialect.transform(self.list(), [name], lists)
        (other, test) = self.writing.scope("items", lambda name: is_not_null(exp.column(name)))
        flat = self.dialect.flatten(self.dialect.filter(nested, [other], test))
        return self._of(flat, found[0].item, found[0].names)

    def ranked(self, body: Body, number: Value, *, highest: bool) -> ListItems:
        def row(name: str) -> Expression:
            position, fields = self.writing.scope("position", lambda position: self._row(name, position, body, highest))
            names.append(position)
            return fields

        names: list[str] = []
        name, struct = self.writing.scope(self.hint, row)
        rows = self.dialect.transform(self.list(), [name, names[0]], struct)
        ordered = self.dialect.sort(rows, descending=highest)
        some = self._first(ordered, number)
        row_name, item = self.writing.scope("row", lambda name: self.dialect.field(exp.column(name), "item"))
        return self._of(self.dialect.transform(some, [row_name], item))

    def _row(self, name: str, position: str, body: Body, highest: bool) -> Expression:
        """An item with what it is ordered by: whether it has a place, the value, its position."""
        value = body(self._item(name))
        fields = order_fields(value)
        known = is_not_null(value.sql()) if fields else building.false()
        place: Expression = exp.column(position)
        return self.dialect.struct(
            {
                "known": case([(known, building.integer(1 if highest else 0))], building.integer(0 if highest else 1)),
                **fields,
                "place": exp.Neg(this=place) if highest else place,
                "item": exp.column(name),
            }
        )

    def _first(self, list: Expression, number: Value) -> Expression:
        if number.is_constant:
            return self.dialect.slice(list, building.integer(max(number.constant, 0)))
        at_least = exp.Greatest(this=number.sql(), expressions=[building.integer(0)])
        # A null array for a null number, which all functions of arrays take for an empty one.
        return case([(is_not_null(number.sql()), self.dialect.slice(list, at_least))])

    def distinct(self) -> ListItems:
        def inner(name: str) -> Expression:
            position, sql = self.writing.scope(
                "position",
                lambda position: self.dialect.distinct(
                    self.list(), name, position, holds_maps=_holds_maps(self.item, 0)
                ),
            )
            del position
            return sql

        _, sql = self.writing.scope(self.hint, inner)
        return self._of(sql)

    def grouped(self, key: Body) -> Value:
        keys = self.map(key).filter(lambda text: is_not_null(text.sql())).distinct()

        def group(text: Value) -> Value:
            return self.filter(lambda item: binary("=", key(item).sql(), text.sql())).value()

        groups = keys.map(group)
        map = self.dialect.map_of(keys.list(), groups.list())
        return Nested(MapType(groups.item), map, self.writing)

    def value(self) -> Value:
        return Nested(ArrayType(self.item), self.list(), self.writing, hint=self.hint)


def _holds_maps(type: Type, depth: int) -> bool:
    """Whether there are maps in values of a type; too deep to look counts as yes."""
    if isinstance(type, MapType) or depth > 20:
        return True
    if isinstance(type, ArrayType):
        return _holds_maps(type.item, depth + 1)
    if isinstance(type, ObjectType):
        members = [type.member(name) for name in type.names()]
        return any(_holds_maps(member.type, depth + 1) for member in members if member is not None)
    return isinstance(type, TupleType) and any(_holds_maps(part, depth + 1) for part in type.items)
