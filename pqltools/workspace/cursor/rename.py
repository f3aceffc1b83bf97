"""How is a variable given another name?  `rename`: the edits, or why that would change what the expression means."""

from __future__ import annotations

from pqltools.diagnostics import Edit
from pqltools.formats.pql_words import is_identifier, is_keyword
from pqltools.inference.infer import inferred
from pqltools.records import Record, record
from pqltools.syntax.literals import shorten
from pqltools.syntax.reading import read
from pqltools.types.model import OPEN_OBJECT
from pqltools.workspace.cursor.variables import bindings, named_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.source import Span
    from pqltools.workspace.cursor.variables import Binding


@record
class Renaming(Record):
    """The edits that rename a variable, or, in `refusal`, why there are none."""

    edits: tuple[Edit, ...] = ()
    refusal: str | None = None


def rename(text: str, offset: int, new: str) -> Renaming:
    """Call the variable at `offset` `new` wherever its name stands. Never raises for any text."""
    kinds, found = _read(text)
    binding = named_at(found, offset)
    if binding is None:
        return Renaming(refusal="there is no variable here; fields are named by the schema")
    if new == binding.name:
        return Renaming()
    if not is_identifier(new):
        told = f"`{shorten(new)}` cannot name a variable" if new.strip() else "a variable needs a name"
        return Renaming(refusal=f"{told}: letters, digits and `_`, and no digit first")
    if is_keyword(new):
        reason = "is a word of the language, and in back-quotes it would be a field"
        return Renaming(refusal=f"`{new}` {reason}")
    edits = tuple(Edit(place, new) for place in binding.places)
    refusal = _capture(text, binding, new, kinds, found)
    return Renaming(refusal=refusal) if refusal else Renaming(edits)


def _capture(text: str, binding: Binding, new: str, kinds: list[str], found: list[Binding]) -> str | None:
    """Why the renamed text would mean something else; None if it means the same.

    Two texts whose tokens differ only in names mean the same if every name is still that of the same variable. `kinds`
    and `found` are the tokens and the variables as they are.
    """
    places = binding.places
    renamed = text
    for start, end in reversed(places):
        renamed = renamed[:start] + new + renamed[end:]
    longer = len(new) - len(binding.name)

    def moved(span: Span) -> Span:
        start, end = (at + longer * sum(start < at for start, _ in places) for at in span)
        return start, end

    new_kinds, new_found = _read(renamed)
    expected = [[*map(moved, each.places)] for each in found]
    if kinds == new_kinds and expected == [[*each.places] for each in new_found]:
        return None
    if any(each.name == new for each in found):
        return f"there is another variable `{new}`, and which one is meant would change"
    if kinds == new_kinds:
        return f"the field `{new}` would be taken for the variable"
    return f"`{new}` would be read as something else here"


def _read(text: str) -> tuple[list[str], list[Binding]]:
    """The kinds of the tokens, and the variables."""
    reading = read(text)
    tree, typing = inferred(reading.tree, OPEN_OBJECT)
    return [token.kind for token in reading.tokens], bindings(text, reading.tokens, tree, typing)
