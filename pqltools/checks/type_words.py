"""How is a type called in a message?  "a string", "an array of numbers", "the object `Address`"."""

from __future__ import annotations

from pqltools.types.model import ArrayType, MapType, ObjectType, TupleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.types.model import Type

_WORDS = {
    "String": ("a string", "strings"),
    "Integer": ("an integer", "integers"),
    "Double": ("a number", "numbers"),
    "Boolean": ("a boolean", "booleans"),
    "Timestamp": ("a timestamp", "timestamps"),
    "Date": ("a date", "dates"),
    "Null": ("null", "nulls"),
    "Any": ("anything", "anything"),
}


def words(type: Type, *, plural: bool = False) -> str:
    """The type in words: one value of it, or many."""
    if isinstance(type, ArrayType):
        return f"{'arrays' if plural else 'an array'} of {words(type.item, plural=True)}"
    if isinstance(type, MapType):
        return f"{'maps' if plural else 'a map'} of {words(type.value, plural=True)}"
    if isinstance(type, TupleType):
        return "tuples" if plural else "a tuple"
    if isinstance(type, ObjectType):
        named = f" `{type.name}`" if type.name else ""
        return f"{'objects' if plural else 'an object'}{named}"
    return _WORDS[type.name][plural]
