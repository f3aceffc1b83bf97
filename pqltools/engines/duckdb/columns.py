"""What is a value in a column of a store?  As in a nested table, but for fields that the store does not have."""

from __future__ import annotations

from sqlglot import exp

from pqltools.engines.duckdb.absent import absent
from pqltools.engines.store.shapes import Shape
from pqltools.sql.nested import ListItems, Nested
from pqltools.sql.refusal import refusal
from pqltools.sql.values import Items, Value
from pqltools.types.model import ArrayType, ObjectType, Scalar, TupleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlglot.expressions import Expression

    from pqltools.sql.values import Writing
    from pqltools.types.model import Type


def held(type: Type, sql: Expression, writing: Writing, shape: Shape, name: str) -> Value:
    """A value in a column. Raises `NotInSQL` if the store has it with another type."""
    kind = (
        "scalar"
        if isinstance(type, Scalar)
        else "object"
        if isinstance(type, ObjectType)
        else "array"
        if isinstance(type, ArrayType)
        else "map"
    )
    if shape.kind != kind or (isinstance(type, Scalar) and shape.scalar != type.name):
        raise other_type(name)
    return _Held(type, sql, writing, shape, name)


def other_type(name: str) -> Exception:
    """The refusal of a field that the store has with another type."""
    return refusal(f"the field `{name}`, which has another type in the store,")


class _Held(Nested):
    """A value in a column whose objects have the fields of a shape."""

    __slots__ = ("shape",)

    def __init__(self, type: Type, sql: Expression, writing: Writing, shape: Shape, hint: str = "") -> None:
        super().__init__(type, sql, writing, hint=hint)
        self.shape = shape

    def field(self, name: str, type: Type) -> Value:
        shape = self.shape.field(name)
        if shape is None:
            return absent(type, self.writing)
        return held(
            type, exp.Dot(this=self.sql(), expression=exp.to_identifier(name, quoted=True)), self.writing, shape, name
        )

    def get(self, key: Value) -> Value:
        found = super().get(key)
        assert self.shape.within is not None
        return _Held(found.type, found.sql(), self.writing, self.shape.within)

    def items(self) -> Items:
        return self._with_shape(super().items())

    def entries(self) -> Items:
        return self._with_shape(super().entries())

    def _with_shape(self, found: Items) -> Items:
        assert isinstance(found, ListItems)
        assert self.shape.within is not None
        return _HeldItems(found.item, found.list, self.writing, self.shape.within, hint=found.hint, names=found.names)


class _HeldItems(ListItems):
    """The items of a list in a column, whose objects have the fields of a shape."""

    __slots__ = ("shape",)

    def __init__(
        self,
        item: Type,
        list: Callable[[], Expression],
        writing: Writing,
        shape: Shape,
        *,
        hint: str = "",
        names: tuple[str, ...] = (),
    ) -> None:
        super().__init__(item, list, writing, hint=hint, names=names)
        self.shape = shape

    def _of(self, sql: Expression, item: Type | None = None, names: tuple[str, ...] | None = None) -> ListItems:
        found = super()._of(sql, item, names)
        if item is not None:
            return found
        return _HeldItems(self.item, found.list, self.writing, self.shape, hint=self.hint, names=found.names)

    def _read(self, sql: Expression) -> Value:
        found = super()._read(sql)
        if isinstance(self.item, TupleType):
            last = found.parts[-1]  # type: ignore[attr-defined]
            found.parts = (*found.parts[:-1], _Held(last.type, last.sql(), self.writing, self.shape))  # type: ignore[attr-defined]
            return found
        return _Held(self.item, found.sql(), self.writing, self.shape)

    def value(self) -> Value:
        return _Held(ArrayType(self.item), self.list(), self.writing, Shape("array", within=self.shape), self.hint)
