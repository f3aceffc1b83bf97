"""Which types fit a parameter, and what does a result become?  `Shape`, a type as a signature writes it.

A shape is built once, when a signature is read, and then asked for every call, so shapes answer without looking back at
text. Type variables are collected in `found`, a list of types a letter. `ANY` fits everywhere and makes what depends on
it unknown; `null` fits everywhere, because any value may be missing, and says nothing about a variable.
"""

from __future__ import annotations

from pqltools.records import record
from pqltools.types.model import (
    ANY,
    BOOLEAN,
    DATE,
    DOUBLE,
    INTEGER,
    NULL,
    OPEN_OBJECT,
    STRING,
    TIMESTAMP,
    ArrayType,
    MapType,
    ObjectType,
    common,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from pqltools.types.model import Type

    Found: TypeAlias = dict[str, list[Type]]


@record
class EntryType(MapType):
    """What `mapEntry` makes: a map of one entry. An array of them is a map (semantics.md, section 7)."""

    def __str__(self) -> str:
        return f"Map entry of {self.value}"


class Shape:
    """One type in a signature. `text` is how it is written, `words` one value of it in prose, `plural` many."""

    __slots__ = ("plural", "text", "words")

    def __init__(self, text: str, words: str, plural: str) -> None:
        self.text = text
        self.words = words
        self.plural = plural

    def __eq__(self, other: object) -> bool:
        return other.__class__ is self.__class__ and (other.text, other.words) == (self.text, self.words)

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"

    def fits(self, type: Type, found: Found) -> bool:
        """Whether a value of `type` may stand here; notes in `found` what type variables stand for."""
        raise NotImplementedError

    def result(self, found: Found) -> Type:
        """The type, with what was found for its variables."""
        raise NotImplementedError


class Plain(Shape):
    """A type without parts and variables. `types` are what fits, None for all; `type` is what it makes."""

    __slots__ = ("type", "types")

    def __init__(self, text: str, words: str, plural: str, types: tuple[Type, ...] | None, type: Type | None) -> None:
        super().__init__(text, words, plural)
        self.types = types
        self.type = type

    def fits(self, type: Type, found: Found) -> bool:
        """See `Shape`."""
        return self.types is None or type is ANY or type is NULL or type in self.types

    def result(self, found: Found) -> Type:
        """See `Shape`. Words for several types, such as `Number`, make none."""
        assert self.type is not None
        return self.type


class AnyObject(Shape):
    """An object or a map, which is an object with any names."""

    __slots__ = ()

    def fits(self, type: Type, found: Found) -> bool:
        """See `Shape`."""
        return type is ANY or type is NULL or isinstance(type, ObjectType | MapType)

    def result(self, found: Found) -> Type:
        """See `Shape`."""
        return OPEN_OBJECT


class Variable(Shape):
    """A type variable. `types` are what it may stand for, None for all."""

    __slots__ = ("types",)

    def __init__(self, text: str, words: str, plural: str, types: tuple[Type, ...] | None = None) -> None:
        super().__init__(text, words, plural)
        self.types = types

    def fits(self, type: Type, found: Found) -> bool:
        """See `Shape`."""
        if type is NULL:
            return True
        if self.types is not None and type is not ANY and type not in self.types:
            return False
        found.setdefault(self.text, []).append(type)
        return True

    def result(self, found: Found) -> Type:
        """See `Shape`."""
        return common(found.get(self.text, ()))


class ArrayOf(Shape):
    """``Array<T>``; where a map stands, its values count. An array of map entries is a map."""

    __slots__ = ("item",)

    def __init__(self, item: Shape) -> None:
        of = f" of {item.plural}" if item.plural else ""
        super().__init__(f"Array<{item.text}>", f"an array{of}", f"arrays{of}")
        self.item = item

    def fits(self, type: Type, found: Found) -> bool:
        """See `Shape`."""
        if isinstance(type, ArrayType):
            return self.item.fits(type.item, found)
        if isinstance(type, MapType):
            return self.item.fits(type.value, found)
        if type is ANY or _is_unknown(type):
            return self.item.fits(ANY, found)
        return type is NULL

    def result(self, found: Found) -> Type:
        """See `Shape`."""
        item = self.item.result(found)
        return MapType(item.value) if isinstance(item, EntryType) else ArrayType(item)


class MapOf(Shape):
    """``Map<T>``, from strings to values."""

    __slots__ = ("value",)

    def __init__(self, value: Shape) -> None:
        of = f" of {value.plural}" if value.plural else ""
        super().__init__(f"Map<{value.text}>", f"a map{of}", f"maps{of}")
        self.value = value

    def fits(self, type: Type, found: Found) -> bool:
        """See `Shape`."""
        if isinstance(type, MapType):
            return self.value.fits(type.value, found)
        if type is ANY or _is_unknown(type):
            return self.value.fits(ANY, found)
        return type is NULL

    def result(self, found: Found) -> Type:
        """See `Shape`."""
        return MapType(self.value.result(found))


class EntryOf(MapOf):
    """``Entry<T>``, the result of `mapEntry`."""

    __slots__ = ()

    def __init__(self, value: Shape) -> None:
        super().__init__(value)
        self.text = f"Entry<{value.text}>"

    def result(self, found: Found) -> Type:
        """See `Shape`."""
        return EntryType(self.value.result(found))


class PerItem(Shape):
    """``T => U``: what is evaluated for each item. Its type is that of the body."""

    __slots__ = ("body", "item")

    def __init__(self, item: str, body: Shape) -> None:
        super().__init__(f"{item} => {body.text}", body.words, body.plural)
        self.item = item
        self.body = body

    def fits(self, type: Type, found: Found) -> bool:
        """See `Shape`."""
        return self.body.fits(type, found)


class Either(Shape):
    """``A or B``: the first that fits counts."""

    __slots__ = ("choices",)

    def __init__(self, choices: tuple[Shape, ...]) -> None:
        text, words, plural = (
            " or ".join(dict.fromkeys(parts))
            for parts in zip(*[(choice.text, choice.words, choice.plural) for choice in choices], strict=True)
        )
        super().__init__(text, words, plural)
        self.choices = choices

    def fits(self, type: Type, found: Found) -> bool:
        """See `Shape`."""
        return any(choice.fits(type, found) for choice in self.choices)


class Tested(Shape):
    """The left side of a test: a value, or an array of which some item passes (semantics.md, section 4)."""

    __slots__ = ("value",)

    def __init__(self, value: Shape) -> None:
        super().__init__(value.text, value.words, value.plural)
        self.value = value

    def fits(self, type: Type, found: Found) -> bool:
        """See `Shape`."""
        return self.value.fits(type.item if isinstance(type, ArrayType) else type, found)


def _is_unknown(type: Type) -> bool:
    """Whether the type is an object of which nothing is declared: it may as well be a map."""
    return isinstance(type, ObjectType) and type.open and not any(True for _ in type.names())


_NUMBER = (INTEGER, DOUBLE)
_TIME = (TIMESTAMP, DATE, STRING)

#: The words of signatures. A string where a time is wanted is read as one.
WORDS: dict[str, Shape] = {
    shape.text: shape
    for shape in (
        Plain("Any", "anything", "", None, ANY),
        Plain("Boolean", "a condition", "conditions", None, BOOLEAN),
        Plain("Integer", "an integer", "integers", (INTEGER,), INTEGER),
        Plain("Double", "a number", "numbers", _NUMBER, DOUBLE),
        Plain("Number", "a number", "numbers", _NUMBER, None),
        Plain("String", "a string", "strings", (STRING,), STRING),
        Plain("Timestamp", "a timestamp", "timestamps", (TIMESTAMP, STRING), TIMESTAMP),
        Plain("Date", "a date", "dates", (DATE, STRING), DATE),
        Plain("Time", "a timestamp or a date", "timestamps or dates", _TIME, None),
        Plain("Null", "null", "nulls", (), NULL),
        AnyObject("Object", "an object", "objects"),
    )
}
#: Type variables that stand for some types only.
BOUNDED: dict[str, Shape] = {
    "N": Variable("N", "a number", "numbers", _NUMBER),
    "C": Variable(
        "C", "a value that has an order", "values that have an order", (*_NUMBER, STRING, BOOLEAN, TIMESTAMP, DATE)
    ),
}
#: A Boolean that has a default is a switch, not a condition.
FLAG = Plain("Boolean", "`true` or `false`", "booleans", (BOOLEAN,), BOOLEAN)
#: The right side of a string test is converted to a string (semantics.md, section 4).
TEXT = Plain("String", "a string", "strings", (STRING, *_NUMBER), STRING)
