"""Which types does PQL have?  Scalars, arrays, maps, tuples and objects; `ANY` where nothing is known.

The names follow Adobe's table of XDM types (xdm.md, section 2): all integer widths are ``Integer``, XDM `date-time` is
``Timestamp``, `date` is ``Date``, enums and formatted strings are ``String``. A type knows nothing about values.

Object types come from schemas, which are large and read lazily, so `ObjectType` is an interface: a schema answers
which `Member` a name has. Two object types are the same type only if they are the same Python object.
"""

from __future__ import annotations

from pqltools.records import Record, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias


@record
class Scalar(Record):
    """A type without parts. There is one instance of each: compare with ``is``."""

    name: str

    def __str__(self) -> str:
        return self.name


STRING = Scalar("String")
INTEGER = Scalar("Integer")
DOUBLE = Scalar("Double")
BOOLEAN = Scalar("Boolean")
TIMESTAMP = Scalar("Timestamp")
DATE = Scalar("Date")
#: The type of `null`.
NULL = Scalar("Null")
#: Nothing is known: below an open object, another model, a function that nobody knows, or behind an error.
ANY = Scalar("Any")

NUMBERS = (INTEGER, DOUBLE)
TIMES = (TIMESTAMP, DATE)


@record
class ArrayType(Record):
    """A list of items of one type."""

    item: Type

    def __str__(self) -> str:
        return f"Array of {self.item}"


@record
class MapType(Record):
    """A map from strings to values of one type."""

    value: Type

    def __str__(self) -> str:
        return f"Map of {self.value}"


@record
class TupleType(Record):
    """An item of a select with several variables: the values by position."""

    items: tuple[Type, ...]

    def __str__(self) -> str:
        return f"Tuple of {', '.join(map(str, self.items))}"


class Member:
    """A field of an object type: its name in compatibility mode, its type, and what a schema says about it.

    `enum` is the closed list of values, or None; `suggested` are values of an open list (never an error);
    `deprecated` says so; `title` and `description` are for people. Schemas make subclasses that read lazily.
    """

    __slots__ = ()

    name: str
    type: Type
    enum: tuple[str | int | float, ...] | None
    suggested: tuple[str, ...]
    deprecated: bool
    title: str | None
    description: str | None


class ObjectType:
    """An object with named members.

    `open` objects may have members that nobody declared, of type `ANY`. `certain` says that the declaration is the
    user's own, so that a member it lacks is an error; the embedded table of standard fields cannot know a tenant's.
    `name` is what people call the type (``Person``), or None.
    """

    __slots__ = ()

    name: str | None
    open: bool
    certain: bool

    def member(self, name: str) -> Member | None:
        """The member of this name. `xdm:` prefixes are the caller's affair."""
        raise NotImplementedError

    def names(self) -> Iterable[str]:
        """The names of all declared members."""
        raise NotImplementedError

    def __str__(self) -> str:
        return f"Object `{self.name}`" if self.name else "Object"


class PlainMember(Member):
    """A member that is known by name and type only, as of an object literal."""

    __slots__ = ("name", "type")

    enum = None
    suggested = ()
    deprecated = False
    title = None
    description = None

    def __init__(self, name: str, type: Type) -> None:
        self.name = name
        self.type = type


class PlainObject(ObjectType):
    """An object type that is written out: the type of an object literal, or (`open`, without members) of any object."""

    __slots__ = ("_members", "open")

    name = None
    certain = True

    def __init__(self, members: dict[str, Type], *, open: bool = False) -> None:
        self._members = {name: PlainMember(name, type) for name, type in members.items()}
        self.open = open

    def member(self, name: str) -> Member | None:
        """See `ObjectType`."""
        return self._members.get(name)

    def names(self) -> Iterable[str]:
        """See `ObjectType`."""
        return self._members


#: An object of which nothing is known.
OPEN_OBJECT = PlainObject({}, open=True)

if TYPE_CHECKING:
    Type: TypeAlias = Scalar | ArrayType | MapType | TupleType | ObjectType


def is_scalar(type: Type) -> bool:
    """Whether values of the type have no parts; False for `ANY`, of which that is not known."""
    return type.__class__ is Scalar and type is not ANY


def item_type(type: Type) -> Type:
    """The type of the items where `type` stands for an array: a map's values count, and nothing is known of others."""
    if isinstance(type, ArrayType):
        return type.item
    return type.value if isinstance(type, MapType) else ANY


def common(types: Iterable[Type]) -> Type:
    """One type for values of all these types: integers widen to doubles, nulls do not count, else `ANY`."""
    found: Type | None = None
    for type in types:
        if type is NULL or type is found:
            continue
        if found is None:
            found = type
        elif found in NUMBERS and type in NUMBERS:
            found = DOUBLE
        elif found != type:
            return ANY
    return ANY if found is None else found
