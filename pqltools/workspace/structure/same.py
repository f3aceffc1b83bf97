"""Which other places of this expression mean the same?  The variable, the field or the segment under the cursor."""

from __future__ import annotations

from pqltools.records import Record, record
from pqltools.workspace.cursor.variables import named_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.source import Span
    from pqltools.workspace.structure.parts import Parts


@record
class Same(Record):
    """The places, in order; `binder` is that one of them which binds the variable, None for a field."""

    places: tuple[Span, ...]
    binder: Span | None = None


def same_variable(text: str, offset: int, parts: Parts) -> Same | None:
    """The places of the variable that is named at an offset."""
    placed = parts.at(text, offset)
    binding = named_at(placed.part.bindings, offset - placed.base)
    if binding is None:
        return None
    base = placed.base
    return Same(tuple(_moved(span, base) for span in binding.places), _moved(binding.binder, base))


def same_field(text: str, offset: int, parts: Parts) -> Same | None:
    """The places of the field that is named at an offset, in all clauses, whatever leads to it."""
    placed = parts.at(text, offset)
    at = offset - placed.base
    field = next((key for key, span in placed.part.fields if span[0] <= at <= span[1]), None)
    if field is None:
        return None
    # What leads to no path of the profile is the same only where it is written the same, in one clause.
    every = parts.of(text) if isinstance(field, tuple) else (placed,)
    found = [_moved(span, each.base) for each in every for key, span in each.part.fields if key == field]
    return Same(tuple(sorted({*found})))


def _moved(span: Span, by: int) -> Span:
    return span[0] + by, span[1] + by
