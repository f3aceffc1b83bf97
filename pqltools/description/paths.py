"""How are fields said?  Paths verbatim, between back-quotes, with their titles, and whose they are."""

from __future__ import annotations

from pqltools.description.phrases import closed, say, set_below
from pqltools.description.scopes import is_events, is_reference, owner
from pqltools.description.words import quoted
from pqltools.syntax.ast import FieldLookup

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.description.phrases import Phrase
    from pqltools.description.scopes import Scope
    from pqltools.description.writer import Writer


def lookup(writer: Writer, node: FieldLookup, scope: Scope) -> Phrase:
    """A field of the innermost item or of the profile, or a field of something that is said behind it."""
    if is_events(node, scope):
        return say("the list of events")
    names = [node.name]
    base = node.object
    while isinstance(base, FieldLookup):
        names.append(base.name)
        base = base.object
    path = quoted(*reversed(names)) + _title(writer, node)
    if is_reference(base):
        whose = owner(base, scope)
        return say(path if whose is None else f"{path} of {whose}")
    inner = writer.value(base, scope)
    inner = closed(inner) if inner.rank else set_below(inner)
    return say(path, " of ", inner, open=inner.open)


def _title(writer: Writer, node: FieldLookup) -> str:
    """The title of the field in parentheses, where the schema has one that says more than the name."""
    member = writer.typing.member(node) if writer.titles else None
    title = " ".join((member.title or "").split()) if member is not None else ""
    return f" ({title})" if title and _bare(title) != _bare(node.name) else ""


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text)).lower()
