"""How does one get a changed copy of a tree?  Nodes replaced by identity; whatever does not change is kept."""

from __future__ import annotations

from pqltools.records import replace
from pqltools.syntax.ast import Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pqltools.syntax.ast import Expr


def rewrite(tree: Expr, new: Mapping[int, Node]) -> Expr:
    """`tree` with other nodes in the place of those whose identity is a key of `new`."""
    return rebuilt(tree, lambda node: new.get(id(node)))  # type: ignore[return-value]


def rebuilt(node: Node, new: Callable[[Node], Node | None]) -> Node:
    """`node` with what `new` gives in the place of each node for which it is not None; that is not looked into."""
    found = new(node)
    if found is not None:
        return found
    changes: dict[str, object] = {}
    name: str
    for name in type(node).__match_args__:
        value = getattr(node, name)
        if isinstance(value, Node):
            other: object = rebuilt(value, new)
        elif isinstance(value, tuple) and value and isinstance(value[0], Node):
            parts = [rebuilt(item, new) for item in value]
            other = value if all(a is b for a, b in zip(parts, value, strict=True)) else tuple(parts)
        else:
            continue
        if other is not value:
            changes[name] = other
    return replace(node, **changes) if changes else node
