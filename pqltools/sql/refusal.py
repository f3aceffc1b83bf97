"""What cannot be said in SQL?  `NotInSQL`, which names the construct and its place."""

from __future__ import annotations

from pqltools.diagnostics import Diagnostic, PQLError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.source import Span
    from pqltools.syntax.ast import Node

CODE = "PQL081"
_HELP = "`pql eval` evaluates it without SQL"


class NotInSQL(PQLError):
    """An expression, or a part of it, that has no SQL with exactly the same answers.

    `construct` is the kind of thing that stands in the way, the same for all places where it does.
    """

    def __init__(self, construct: str, span: Span | None = None, help: str | None = None) -> None:
        super().__init__([Diagnostic(CODE, f"{construct} cannot be said in SQL", span, help=help or _HELP)])
        self.construct = construct
        self.is_placed = span is not None


def refusal(construct: str, node: Node | None = None, help: str | None = None) -> NotInSQL:
    """The error for a construct, at the place of `node`."""
    return NotInSQL(construct, None if node is None else node.span, help)
