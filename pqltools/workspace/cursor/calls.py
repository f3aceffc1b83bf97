"""Which functions can be called here?  As methods of the value before the dot, or with the value as an argument."""

from __future__ import annotations

from pqltools.formats.pql_words import INFIX_WORDS
from pqltools.functions.registry import functions
from pqltools.syntax.operators import AGGREGATES, FUNCTION_STYLE
from pqltools.types.model import ANY
from pqltools.workspace.cursor.items import FUNCTION, LESS, Item

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pqltools.functions.entry import Function
    from pqltools.types.signature import Parameter
    from pqltools.workspace.cursor.place import Place

#: Operators, and forms of their own, that nobody calls by their name.
_NOT_CALLED = frozenset(("and", "or", "not", "occurs", "chain", "like"))


def is_called(entry: Function) -> bool:
    """Whether the function is called by its name, and is not only an operator or a form of its own."""
    return entry.name.isidentifier() and entry.name not in _NOT_CALLED


def method_items(place: Place) -> Iterator[Item]:
    """The functions whose first parameter fits the value before the dot."""
    owner = place.owner()
    for entry in functions():
        parameters = entry.signature.parameters
        if not is_called(entry) or not parameters or entry.name in FUNCTION_STYLE:
            continue
        if owner is ANY or parameters[0].type.fits(owner, {}):
            group = LESS if entry.operator else FUNCTION
            yield _item(place, entry, "method", parameters[1:], group)


def function_items(place: Place) -> Iterator[Item]:
    """All functions but those that are operators, those first that are written so by custom.

    A call of ``in`` or ``matches`` would show behind a word such as ``min`` that this is a name after all.
    """
    for entry in functions():
        if is_called(entry) and entry.name.lower() not in INFIX_WORDS:
            parameters = entry.signature.parameters
            usual = entry.name in FUNCTION_STYLE or not parameters
            yield _item(place, entry, "function", parameters, FUNCTION if usual else LESS)


def _item(place: Place, entry: Function, kind: str, parameters: Sequence[Parameter], group: int) -> Item:
    spot = place.spot
    if place.behind.lstrip().startswith("("):
        insert, snippet = entry.name, False
    else:
        insert, snippet = snippet_of(entry, parameters), True
    return Item(
        entry.name,
        kind,
        (spot.start, spot.end),
        insert,
        group,
        snippet,
        detail=entry.signature.result.text if kind == "method" else entry.sentence,
        key=f"function:{entry.name}",
    )


def snippet_of(entry: Function, parameters: Sequence[Parameter]) -> str:
    """The call with a placeholder for every argument that must be there, quotes around those that are strings."""
    needed = [parameter for parameter in parameters if not parameter.optional and not parameter.variadic]
    if not needed and parameters and entry.name in AGGREGATES:
        return f"{entry.name}($1)"
    receiver = None if entry.name in FUNCTION_STYLE else entry.signature.parameters[:1]
    places = [
        f'"${number}"' if parameter.type.text == "String" and (parameter,) != receiver else f"${number}"
        for number, parameter in enumerate(needed, 1)
    ]
    return f"{entry.name}({', '.join(places)})"
