"""What stands for a value while an expression is translated?  `Value`, and `Items`, the array seen as what it holds.

They keep apart what an expression does with values (comparisons, tests, arithmetic: `translate` and the files beside
it) from where values are (columns of one nested table, or of several tables) and how arrays are gone over. A *layout*
answers the second question: its `profile()` is the `Value` of a row, whose fields are values, whose arrays have
`Items`. The nested layout is `pqltools.sql.nested`; another one makes classes of its own from these two.
"""

from __future__ import annotations

from pqltools.sql.refusal import refusal
from pqltools.types.model import ArrayType, MapType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol, TypeAlias

    from sqlglot.expressions import Expression

    from pqltools.sql.dialects.dialect import Dialect
    from pqltools.types.model import Type

    class Layout(Protocol):
        """Where values are. `reserved` are names, in lower case, that lambdas must not take."""

        def reserved(self) -> frozenset[str]:
            """See above."""

        def profile(self, writing: Writing) -> Value:
            """The row of a profile."""

    #: A condition on an item; it may be null where it does not hold.
    Test: TypeAlias = Callable[["Value"], Expression]
    #: What becomes of an item.
    Body: TypeAlias = Callable[["Value"], "Value"]

#: No constant.
UNKNOWN: Any = object()
#: So many nodes may be copied for one condition; beyond it nobody reads it, and engines choke.
MOST_NODES = 60_000


class Writing:
    """One translation: the dialect, the names of lambdas in force, and how much may still be written twice.

    `reserved` names, in lower case, are not given to lambdas: those of columns.
    """

    __slots__ = ("active", "dialect", "left", "reserved")

    def __init__(self, dialect: Dialect, reserved: frozenset[str] = frozenset()) -> None:
        self.dialect = dialect
        self.reserved = reserved
        self.active: list[str] = []
        self.left = MOST_NODES

    def spend(self, expression: Expression) -> None:
        """Count the nodes of an expression that is written another time. Raises `NotInSQL`."""
        self.left -= sum(1 for _ in expression.walk())
        if self.left < 0:
            raise refusal("an expression of this size")

    def scope(self, hint: str, body: Callable[[str], Expression]) -> tuple[str, Expression]:
        """A name for a lambda and its body, which `body` makes from the name."""
        name = self._fresh(hint)
        self.active.append(name)
        try:
            return name, body(name)
        finally:
            self.active.pop()

    def _fresh(self, hint: str) -> str:
        base = hint if self.dialect.is_plain(hint) else "x"
        taken = {name.lower() for name in self.active} | self.reserved
        name, number = base, 2
        while name.lower() in taken:
            name, number = f"{base}{number}", number + 1
        return name


class Value:
    """A value in SQL.

    `type` is its type in PQL, never `ANY`. `constant` is the value itself, if it is the same for all rows: as data has
    it, an instant in milliseconds or the first one of a day for times. `small` says that an integer is exact as a
    double. `is_defined` says that where the expression is null an empty array is meant; `or_zero` is a shorter
    expression of a number that may be null instead of 0. `writing` is the translation that the value is part of.
    """

    __slots__ = ("_given", "_sql", "constant", "is_defined", "or_zero", "small", "type", "writing")

    def __init__(
        self, type: Type, sql: Expression | None, writing: Writing, *, constant: Any = UNKNOWN, small: bool = False
    ) -> None:
        self.type = type
        self.writing = writing
        self.constant = constant
        self.small = small
        self.is_defined = False
        self.or_zero: Expression | None = None
        self._sql = sql
        self._given = False

    def sql(self) -> Expression:
        """The expression, for one place: another one each time. Raises `NotInSQL`."""
        if self._sql is None:
            self._sql = self.written()
        if not self._given:
            self._given = True
            return self._sql
        copy = self._sql.copy()
        self.writing.spend(copy)
        return copy

    def written(self) -> Expression:
        """The expression, if it was not given to the constructor."""
        raise refusal(f"a value of the type {self.type}")

    @property
    def is_constant(self) -> bool:
        """Whether the value is known now."""
        return self.constant is not UNKNOWN

    def field(self, name: str, type: Type) -> Value:
        """The field of an object; `type` is that of the field."""
        raise refusal(f"a field of a value of the type {self.type}")

    def get(self, key: Value) -> Value:
        """The value of a key of a map, null if there is none."""
        raise refusal(f"a key of a value of the type {self.type}")

    def items(self) -> Items:
        """What an array holds; of a map the values."""
        raise refusal(f"a value of the type {self.type} as an array")

    def entries(self) -> Items:
        """The entries of a map, each an `Entry`; also of what `items` of tuples are."""
        raise refusal(f"the entries of a value of the type {self.type}")

    @property
    def is_array(self) -> bool:
        """Whether this has `items`."""
        return isinstance(self.type, ArrayType | MapType)


class Parts(Value):
    """A value of known parts: an entry of a map (key and value), a tuple of variables. `names` are theirs in SQL."""

    __slots__ = ("names", "parts")

    def __init__(
        self, type: Type, sql: Expression | None, writing: Writing, parts: tuple[Value, ...], names: tuple[str, ...]
    ) -> None:
        super().__init__(type, sql, writing)
        self.parts = parts
        self.names = names

    def written(self) -> Expression:
        return self.writing.dialect.struct(
            {name: part.sql() for name, part in zip(self.names, self.parts, strict=True)}
        )


class Fields(Value):
    """An object that the expression itself writes: its fields are values."""

    __slots__ = ("fields",)

    def __init__(self, type: Type, writing: Writing, fields: dict[str, Value]) -> None:
        super().__init__(type, None, writing)
        self.fields = fields

    def written(self) -> Expression:
        return self.writing.dialect.struct({name: value.sql() for name, value in self.fields.items()})

    def field(self, name: str, type: Type) -> Value:
        return self.fields[name]


class Items:
    """What an array holds, and all that is done with arrays.

    A null array has no items (but `is_null` tells it apart). Methods that a layout does not have raise `NotInSQL`.
    Lambdas see one `Value` an item. `item` is the type of the items.
    """

    __slots__ = ("item", "writing")

    def __init__(self, item: Type, writing: Writing) -> None:
        self.item = item
        self.writing = writing

    def refuse(self, what: str) -> Exception:
        """The error for something that cannot be done with such items."""
        return refusal(what)

    # Questions.

    def exists(self, test: Test | None = None) -> Expression:
        """The condition that some item passes, or that there is one."""
        raise self.refuse("`exists` over such an array")

    def count(self, test: Test | None = None) -> Value:
        """The number of items, of those that pass; 0 of a null array."""
        raise self.refuse("`count` of such an array")

    def sum(self, body: Body) -> Value:
        """The sum of numbers: 0 of none, null if it is out of range."""
        raise self.refuse("`sum` over such an array")

    def average(self, body: Body) -> Value:
        """The mean of numbers, null of none."""
        raise self.refuse("`average` over such an array")

    def extreme(self, body: Body, *, highest: bool) -> Value:
        """The least or greatest of the values that are not null."""
        raise self.refuse("`min` and `max` over such an array")

    def head(self) -> Value:
        """The first item, null if there is none."""
        raise self.refuse("the first item of such an array")

    # Other arrays.

    def filter(self, test: Test) -> Items:
        """The items that pass, in their order."""
        raise self.refuse("a filter of such an array")

    def map(self, body: Body) -> Items:
        """What becomes of each item, null if the array is."""
        raise self.refuse("`map` over such an array")

    def product(self, inner: Callable[[Value], Items]) -> Items:
        """The items of all inner arrays one after another."""
        raise self.refuse("a select of several variables over such an array")

    def ranked(self, body: Body, number: Value, *, highest: bool) -> Items:
        """The first `number` items in the order of a value, those without one last, ties as they were."""
        raise self.refuse("`topN` and `bottomN` over such an array")

    def distinct(self) -> Items:
        """The items without repetition, each where it stood first."""
        raise self.refuse("`distinct` over such an array")

    def grouped(self, key: Body) -> Value:
        """A map from each key, a string, to an array of its items; items without a key are left out."""
        raise self.refuse("`groupBy` over such an array")

    def value(self) -> Value:
        """The array as a value."""
        raise self.refuse("such an array as a value")


def computed(items: Items) -> Value:
    """An array that an expression made: where it comes from null it is empty."""
    value = items.value()
    value.is_defined = True
    return value
