"""Which tree did a caller give?  `tree_of`, for library calls that take an expression in any of its forms."""

from __future__ import annotations

from pqltools.syntax.ast import Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, TypeAlias

    from pqltools.syntax.ast import Expr

    #: PQL text, pql/json as text or decoded, or a tree.
    Expression: TypeAlias = str | Expr | Mapping[str, Any]


def tree_of(expression: Expression) -> Expr:
    """The tree of an expression. Raises `PQLError` for what cannot be read."""
    if isinstance(expression, Node):
        return expression
    if isinstance(expression, str):
        from pqltools.formats.file_kinds import kind_of_text

        if kind_of_text(expression) != "tree":
            from pqltools.syntax.parser import parse

            return parse(expression)
    from pqltools.formats.pql_json import from_json

    return from_json(expression if isinstance(expression, str) else dict(expression))
