"""Where are values in a store?  In columns of the profiles, or in rows of the tables of their arrays.

What a store has no column for is null in all its profiles.
"""

from __future__ import annotations

from sqlglot import exp

from pqltools.engines.duckdb.absent import absent
from pqltools.engines.duckdb.columns import held, other_type
from pqltools.engines.duckdb.slots import PROFILE, Slots
from pqltools.engines.store.store import IS_NULL, LENGTH
from pqltools.sql import building
from pqltools.sql.building import all_of, binary, coalesce
from pqltools.sql.nested import Nested
from pqltools.sql.refusal import refusal
from pqltools.sql.values import Items, Value
from pqltools.types.model import (
    DOUBLE,
    INTEGER,
    NULL,
    NUMBERS,
    STRING,
    ArrayType,
    ObjectType,
    Scalar,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlglot.expressions import Expression

    from pqltools.engines.store.shapes import Shape, Table
    from pqltools.sql.values import Body, Test, Writing
    from pqltools.types.model import Type

    #: The conditions on a row, and the item that it stands for.
    Seen = Callable[[Value], tuple[list[Expression], Value]]


class StoreLayout:
    """The columns of a store. `slots` collects what is asked of its tables."""

    def __init__(self, tables: list[Table], type: ObjectType, slots: Slots) -> None:
        self.tables = {table.path: table for table in tables}
        self.type = type
        self.slots = slots

    def reserved(self) -> frozenset[str]:
        """The names that lambdas must not take."""
        return frozenset()

    def profile(self, writing: Writing) -> Value:
        """The row of a profile."""
        table = self.tables[()]
        return _Row(self.type, writing, self, table, PROFILE, (), table.shape)


class _Row(Value):
    """A row of a table, or an object in it at a path."""

    __slots__ = ("alias", "layout", "path", "shape", "table")

    def __init__(
        self,
        type: Type,
        writing: Writing,
        layout: StoreLayout,
        table: Table,
        alias: str,
        path: tuple[str, ...],
        shape: Shape,
    ) -> None:
        super().__init__(type, None, writing)
        self.layout = layout
        self.table = table
        self.alias = alias
        self.path = path
        self.shape = shape

    def written(self) -> Expression:
        if self.path:
            return self.column(self.path)
        if self.table.parent is None:
            raise refusal("a profile as a value")
        # All that can be done with it is to ask whether it is there.
        is_null = building.is_not_true(_column(self.alias, IS_NULL))
        return building.case([(is_null, building.true())])

    def column(self, path: tuple[str, ...]) -> Expression:
        """The column at a path."""
        found: Expression = _column(self.alias, path[0])
        for name in path[1:]:
            found = exp.Dot(this=found, expression=exp.to_identifier(name, quoted=True))
        return found

    def field(self, name: str, type: Type) -> Value:
        shape, path = self.shape.field(name), (*self.path, name)
        if shape is None:
            return absent(type, self.writing)
        inner = self.layout.tables.get((*self.table.path, *path))
        if inner is not None:
            if not isinstance(type, ArrayType):
                raise other_type(name)
            return _Array(type, self, inner, path)
        if shape.kind == "object" and isinstance(type, ObjectType):
            return _Row(type, self.writing, self.layout, self.table, self.alias, path, shape)
        return held(type, self.column(path), self.writing, shape, name)


def _column(alias: str, name: str) -> exp.Column:
    return exp.Column(this=exp.to_identifier(name, quoted=True), table=exp.to_identifier(alias))


class _Array(Value):
    """An array that is a table. In SQL it is its length, which is null where it is."""

    __slots__ = ("inner", "path", "row")

    def __init__(self, type: Type, row: _Row, inner: Table, path: tuple[str, ...]) -> None:
        super().__init__(type, None, row.writing)
        self.row = row
        self.inner = inner
        self.path = path

    def written(self) -> Expression:
        return _column(self.row.alias, LENGTH + ".".join(self.path))

    def items(self) -> Items:
        assert isinstance(self.type, ArrayType)
        return _TableItems(self.type.item, self.row, self.inner, lambda row: ([], row), self.written)


class _Items(Value):
    """An array that was made of the rows of a table."""

    __slots__ = ("held",)

    def __init__(self, items: _TableItems) -> None:
        super().__init__(ArrayType(items.item), None, items.writing)
        self.held = items

    def written(self) -> Expression:
        raise refusal("an array that is made of events or items")

    def items(self) -> Items:
        return self.held


class _TableItems(Items):
    """Items that are rows of a table. `seen` tells what is asked of a row; `length` is the array's if all count."""

    __slots__ = ("inner", "is_ordered", "length", "row", "seen")

    def __init__(
        self,
        item: Type,
        row: _Row,
        inner: Table,
        seen: Seen,
        length: Callable[[], Expression] | None = None,
        *,
        is_ordered: bool = True,
    ) -> None:
        super().__init__(item, row.writing)
        self.row = row
        self.inner = inner
        self.seen = seen
        self.length = length
        self.is_ordered = is_ordered

    def _look(self) -> tuple[str, list[Expression], Value]:
        """The name of a row, the conditions on it, and the item that it stands for."""
        layout = self.row.layout
        alias = layout.slots.alias()
        conditions, item = self.seen(self._start(alias))
        return alias, conditions, item

    def _start(self, alias: str) -> Value:
        return _Row(self._row_type(), self.writing, self.row.layout, self.inner, alias, (), self.inner.shape)

    def _row_type(self) -> Type:
        type: Type = self.row.layout.type
        for name in self.inner.path:
            while isinstance(type, ArrayType):
                type = type.item
            assert isinstance(type, ObjectType)
            member = type.member(name)
            assert member is not None
            type = member.type
        assert isinstance(type, ArrayType)
        return type.item

    def _slot(self, kind: str, alias: str, conditions: list[Expression], value: Expression | None = None) -> Expression:
        condition = all_of(conditions)
        return self.row.layout.slots.add(self.inner, kind, alias, self.row.alias, condition, value)

    def exists(self, test: Test | None = None) -> Expression:
        if test is None and self.length is not None:
            return binary(">", self.length(), building.integer(0))
        alias, conditions, item = self._look()
        if test is not None:
            conditions = [*conditions, test(item)]
        whole = all_of(conditions)
        if isinstance(whole, exp.Boolean):
            return self._unfiltered().exists() if whole.this else whole
        return self._slot("exists", alias, [whole])

    def _unfiltered(self) -> _TableItems:
        if self.inner.parent != self.row.table:
            raise self.refuse("all items of items")
        array = _Array(ArrayType(self._row_type()), self.row, self.inner, self.inner.own_path)
        found = array.items()
        assert isinstance(found, _TableItems)
        return found

    def count(self, test: Test | None = None) -> Value:
        if test is None and self.length is not None:
            number = coalesce(building.cast(self.length(), "BIGINT"), building.integer(0))
            return Nested(INTEGER, number, self.writing, small=True)
        alias, conditions, item = self._look()
        if test is not None:
            conditions = [*conditions, test(item)]
        whole = all_of(conditions)
        if isinstance(whole, exp.Boolean):
            if whole.this:
                return self._unfiltered().count()
            return Nested(INTEGER, building.integer(0), self.writing, constant=0, small=True)
        return Nested(INTEGER, self._slot("count", alias, [whole]), self.writing, small=True)

    def sum(self, body: Body) -> Value:
        alias, conditions, item = self._look()
        value = body(item)
        if value.type not in NUMBERS:
            return Nested(INTEGER, building.integer(0), self.writing, constant=0, small=True)
        kind = "whole" if value.type is INTEGER else "sum"
        return Nested(value.type, self._slot(kind, alias, conditions, value.sql()), self.writing)

    def average(self, body: Body) -> Value:
        total = self.sum(body)
        if total.is_constant:
            return Nested(NULL, building.null(), self.writing, constant=None)
        number = self.filter(lambda item: building.is_not_null(body(item).sql())).count()
        divisor = exp.Nullif(this=number.sql(), expression=building.integer(0))
        return Nested(DOUBLE, binary("/", building.cast(total.sql(), "DOUBLE"), divisor), self.writing)

    def extreme(self, body: Body, *, highest: bool) -> Value:
        alias, conditions, item = self._look()
        value = body(item)
        if not isinstance(value.type, Scalar) or value.type is NULL:
            return Nested(NULL, building.null(), self.writing, constant=None)
        if value.type is STRING:
            raise self.refuse("`min` and `max` of texts")
        return Nested(value.type, self._slot("max" if highest else "min", alias, conditions, value.sql()), self.writing)

    def head(self) -> Value:
        if not self.is_ordered:
            raise self.refuse("the first item of such an array")
        return _First(self.item, self, lambda item: item)

    def filter(self, test: Test) -> Items:
        def seen(row: Value) -> tuple[list[Expression], Value]:
            conditions, item = self.seen(row)
            return [*conditions, test(item)], item

        return _TableItems(self.item, self.row, self.inner, seen, is_ordered=self.is_ordered)

    def map(self, body: Body) -> Items:
        _, _, item = self._look()
        type = body(item).type

        def seen(row: Value) -> tuple[list[Expression], Value]:
            conditions, item = self.seen(row)
            return conditions, body(item)

        return _TableItems(type, self.row, self.inner, seen, self.length, is_ordered=self.is_ordered)

    def product(self, inner: Callable[[Value], Items]) -> Items:
        """Items of items, each a row of the table of those."""
        if self.inner.parent is None or self.inner.parent.parent is not None:
            raise self.refuse("an array within items of items")
        _, _, item = self._look()
        found = inner(item)
        if not isinstance(found, _TableItems) or found.inner.parent != self.inner:
            raise self.refuse("a select over arrays that are no tables")
        slots = self.row.layout.slots

        def seen(row: Value) -> tuple[list[Expression], Value]:
            assert isinstance(row, _Row)
            above = slots.alias()
            conditions, item = self.seen(self._start(above))
            below = inner(item)
            assert isinstance(below, _TableItems)
            if below.row.alias != above:
                raise self.refuse("a select over arrays of other items")
            slots.above[row.alias] = above
            more, last = below.seen(row)
            return [*conditions, *more], last

        return _TableItems(found.item, self.row, found.inner, seen, is_ordered=False)

    def value(self) -> Value:
        return _Items(self)


class _First(Value):
    """The first item, or what is in it."""

    __slots__ = ("body", "first")

    def __init__(self, type: Type, items: _TableItems, body: Body) -> None:
        super().__init__(type, None, items.writing)
        self.first = items
        self.body = body

    def field(self, name: str, type: Type) -> Value:
        if not isinstance(type, Scalar | ObjectType):
            raise refusal("an array of the first item")
        return _First(type, self.first, lambda item: self.body(item).field(name, type))

    def written(self) -> Expression:
        if not isinstance(self.type, Scalar):
            raise refusal("the first item as a value")
        alias, conditions, item = self.first._look()
        return self.first._slot("first", alias, conditions, self.body(item).sql())
