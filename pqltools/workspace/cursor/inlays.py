"""What could be said between the words?  `inlays`: the types of variables and the dates that relative windows mean."""

from __future__ import annotations

from pqltools.checks.type_words import words
from pqltools.inference.infer import inferred
from pqltools.records import Record, record
from pqltools.syntax import ast
from pqltools.syntax.reading import read
from pqltools.types.model import ANY
from pqltools.types.windows import is_relative
from pqltools.workspace.cursor.times import window_text
from pqltools.workspace.cursor.variables import bindings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.workspace.cursor.known import Known


@record
class Inlay(Record):
    """A hint to be shown at an offset. `kind` is ``type`` or ``window``."""

    offset: int
    label: str
    kind: str


def inlays(text: str, known: Known) -> tuple[Inlay, ...]:
    """The hints for a whole text, in order. Never raises for any text."""
    reading = read(text)
    tree, typing = inferred(reading.tree, known.schema.profile)
    found = [
        Inlay(binding.binder[1], f": {words(binding.type)}", "type")
        for binding in bindings(text, reading.tokens, tree, typing)
        if binding.type is not ANY
    ]
    for node in typing.nodes:
        if isinstance(node, ast.TimeWindow) and node.span is not None and is_relative(node):
            meant = window_text(node, known.now)
            # `now` alone says what it means; so does a window that is still being written.
            if meant is not None and node.span[0] < node.span[1]:
                found.append(Inlay(node.span[1], meant, "window"))
    return tuple(sorted(found, key=lambda inlay: inlay.offset))
