"""What is a field that no profile of a store has?  Null, an array without items, an object without fields."""

from __future__ import annotations

from pqltools.sql import building
from pqltools.sql.nested import Nested
from pqltools.sql.values import Items, Value
from pqltools.types.model import INTEGER, NULL, STRING, ArrayType, MapType, ObjectType, TupleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sqlglot.expressions import Expression

    from pqltools.sql.values import Body, Test, Writing
    from pqltools.types.model import Type


def absent(type: Type, writing: Writing) -> Value:
    """The value of a field that no profile has."""
    if isinstance(type, ObjectType | ArrayType | MapType):
        return _Absent(type, building.null(), writing)
    return Nested(NULL, building.null(), writing, constant=None)


class _Absent(Value):
    """An object, an array or a map that is not there."""

    __slots__ = ()

    def field(self, name: str, type: Type) -> Value:
        return absent(type, self.writing)

    def get(self, key: Value) -> Value:
        assert isinstance(self.type, MapType)
        return absent(self.type.value, self.writing)

    def items(self) -> Items:
        assert isinstance(self.type, ArrayType | MapType)
        item = self.type.item if isinstance(self.type, ArrayType) else self.type.value
        return _NoItems(item, self.writing)

    def entries(self) -> Items:
        assert isinstance(self.type, MapType)
        return _NoItems(TupleType((STRING, self.type.value)), self.writing)


class _NoItems(Items):
    """The items of what is not there."""

    __slots__ = ()

    def exists(self, test: Test | None = None) -> Expression:
        return building.false()

    def count(self, test: Test | None = None) -> Value:
        return Nested(INTEGER, building.integer(0), self.writing, constant=0, small=True)

    def sum(self, body: Body) -> Value:
        return self.count()

    def average(self, body: Body) -> Value:
        return Nested(NULL, building.null(), self.writing, constant=None)

    def extreme(self, body: Body, *, highest: bool) -> Value:
        return self.average(body)

    def head(self) -> Value:
        return absent(self.item, self.writing)

    def filter(self, test: Test) -> Items:
        return self

    def value(self) -> Value:
        return _Absent(ArrayType(self.item), building.null(), self.writing)
