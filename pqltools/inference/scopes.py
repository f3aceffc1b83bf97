"""What can be named at this place of a tree?  The variables and items in scope there, for printing and for rules."""

from __future__ import annotations

from pqltools.formats.printed_scopes import Scope
from pqltools.syntax import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pqltools.syntax.ast import Node


def scope_at(node: Node, parents: Mapping[int, Node], *, as_written: bool) -> Scope:
    """The scope that `node` stands in, as the printer needs it.

    `as_written` tells item scopes that text spells as a variable from those that it writes short; without it all count
    as short, which is how a tree that never had a text is printed.
    """
    steps = []
    below = node
    while (parent := parents.get(id(below))) is not None:
        steps.append((parent, below))
        below = parent
    scope = Scope()
    for binder, part in reversed(steps):
        if isinstance(binder, ast.ItemLambda):
            scope = scope.item(binder.name if as_written else None)
        else:
            scope = scope.bind(*bound_for(binder, part))
    return scope


def bound_for(binder: Node, part: Node) -> Iterator[str]:
    """The names that `binder` binds by name for its direct part `part`."""
    match binder:
        case ast.Lambda(parameters):
            yield from parameters
        case ast.VariableDeclaration(name, _, condition) if part is condition:
            yield name
        case ast.Select(parts) | ast.Quantification(_, parts) | ast.Chain(_, _, parts):
            if any(part is earlier for earlier in parts):
                for earlier in parts:
                    if earlier is part:
                        break
                    yield earlier.name
        case ast.Let(name, _, body) if part is body:
            yield name
        case _:
            pass
