"""What does a rule know, and how does it speak?  `Context`: the tree with its types, the surroundings, and `report`.

`fixing` and the printer behind it are imported when the first finding asks for them: most expressions have none.
"""

from __future__ import annotations

from pqltools.checks.surroundings import Surroundings
from pqltools.diagnostics import Diagnostic, Fix
from pqltools.syntax.ast import FieldLookup, Node
from pqltools.syntax.literals import shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from pqltools.checks.registry import Rule
    from pqltools.diagnostics import Edit, Related, Severity
    from pqltools.inference.typing import Typing
    from pqltools.source import Span
    from pqltools.syntax.ast import Expr
    from pqltools.types.model import Member, Type


class Context:
    """One expression under check. `text` is None for an expression that was read from a tree.

    `around` holds what is known besides the expression: schema, clock, other definitions, limits. `rule` is the rule
    that is running.
    """

    def __init__(self, tree: Expr, text: str | None, typing: Typing, around: Surroundings) -> None:
        self.tree = tree
        self.text = text
        self.typing = typing
        self.around = around
        self.schema = around.schema
        self.rule: Rule
        #: What several rules need to find out, by a name that says what.
        self.known: dict[str, Any] = {}
        #: What was found: the diagnostic with its rule and the node, None for a place in the text.
        self.found: list[tuple[Diagnostic, Rule, Node | None]] = []

    # Questions about nodes.

    def type(self, node: Node) -> Type:
        """The type of an expression, `ANY` if nothing is known."""
        return self.typing.type(node)

    def member(self, node: Expr) -> Member | None:
        """The schema field that a field lookup leads to."""
        return self.typing.members.get(id(node))

    def parent(self, node: Node) -> Node | None:
        """The node that `node` is part of, None for the root."""
        return self.typing.parents.get(id(node))

    def ancestors(self, node: Node) -> Iterator[Node]:
        """What `node` is part of, the nearest first."""
        parents = self.typing.parents
        while (node := parents.get(id(node))) is not None:  # type: ignore[assignment]
            yield node

    def is_condition(self, node: Node) -> bool:
        """Whether the node stands in a Boolean position: null is false there, an array is "not empty"."""
        return id(node) in self.typing.conditions

    def is_original(self, node: Node) -> bool:
        """Whether the node is part of the tree under check."""
        return node is self.tree or id(node) in self.typing.parents

    def source(self, node: Node, limit: int = 60) -> str:
        """The node as the user wrote it, or as text would be, on one line and in back-quotes, for a message."""
        from pqltools.checks.fixing import text_of

        return f"`{shorten(' '.join(text_of(node, self).split()), limit)}`"

    def name_span(self, node: FieldLookup) -> Span | None:
        """Where the last name of a path stands, None if there is no text."""
        from pqltools.checks.fixing import name_span

        return None if self.text is None or node.span is None else name_span(node, self.text)

    # Answers.

    def report(
        self,
        place: Node | Span,
        message: str,
        *,
        span: Span | None = None,
        help: str | None = None,
        severity: Severity | None = None,
        fixes: tuple[Fix, ...] = (),
        related: tuple[Related, ...] = (),
    ) -> None:
        """Report a finding of the running rule at a node, at a `span` within that node, or at a span of the text."""
        node = place if isinstance(place, Node) else None
        if span is None:
            span = place.span if isinstance(place, Node) else place
        path = self.around.places.get(id(node)) if node is not None and self.text is None else None
        diagnostic = Diagnostic(
            self.rule.code, message, span, severity or self.rule.severity, help, related, fixes, path=path
        )
        self.found.append((diagnostic, self.rule, node))

    def replace(self, old: Expr, new: Expr, title: str, *, safe: bool) -> tuple[Fix, ...]:
        """A fix that puts `new`, which may hold parts of the tree, in the place of `old`; none if it has no text."""
        from pqltools.checks.fixing import edit

        return self._fix(old, new, edit(old, new, self), title, safe)

    def rename(self, node: FieldLookup, name: str, title: str, *, safe: bool) -> tuple[Fix, ...]:
        """A fix that gives the last step of a path another name."""
        from pqltools.checks.fixing import renaming

        return self._fix(node, FieldLookup(node.object, name), renaming(node, name, self), title, safe)

    def _fix(self, old: Expr, new: Expr, edit: Edit | None, title: str, safe: bool) -> tuple[Fix, ...]:
        if edit is None and self.text is not None:
            return ()
        return (Fix(title, () if edit is None else (edit,), safe, nodes=((old, new),)),)
