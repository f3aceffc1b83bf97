"""What does a tree look like with the value of a `let` in the place of its variable, and what does a part depend on?"""

from __future__ import annotations

from pqltools.diagnostics import PQLError
from pqltools.inference.scopes import bound_for
from pqltools.records import replace
from pqltools.syntax import ast
from pqltools.syntax.parser import parse
from pqltools.syntax.walk import children

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeVar

    from pqltools.syntax.ast import Expr, Node

    N = TypeVar("N", bound=Node)


def free(part: Node) -> tuple[set[int], set[str]]:
    """The items around a part that it uses, by how many item scopes they are away, and the variables."""
    items: set[int] = set()
    names: set[str] = set()
    todo: list[tuple[Node, int, frozenset[str]]] = [(part, 0, frozenset())]
    while todo:
        node, depth, bound = todo.pop()
        match node:
            case ast.ItemReference(distance) if distance >= depth:
                items.add(distance - depth)
            case ast.VariableReference(name) if name not in bound:
                names.add(name)
            case _:
                pass
        inner = depth + isinstance(node, ast.ItemLambda)
        todo += [(child, inner, bound.union(bound_for(node, child))) for child in children(node)]
    return items, names


def references(body: Node, name: str) -> Iterator[Node]:
    """The references to a variable in the body that it is bound for."""
    todo = [body]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.VariableReference) and node.name == name:
            yield node
        todo += [child for child in reversed([*children(node)]) if name not in bound_for(node, child)]


def parsed(text: str) -> Expr | None:
    """The tree of a text, None if it is broken."""
    try:
        return parse(text)
    except PQLError:
        return None


def with_node(tree: Expr, old: Node, new: Node) -> Expr:
    """The tree with another node in the place of one."""
    from pqltools.checks.rewriting import rewrite

    return rewrite(tree, {id(old): new})


def put_back_value(let: ast.Let) -> Expr | None:
    """The body with the value in the place of the variable; None if something there has a name of the value's."""
    _, names = free(let.value)
    captured = False

    def put(node: Node, depth: int, taken: frozenset[str]) -> Node:
        nonlocal captured
        if isinstance(node, ast.VariableReference) and node.name == let.name:
            captured = captured or not names.isdisjoint(taken)
            return moved_by(let.value, depth, 0)

        def below(child: Node) -> Node:
            bound = frozenset(bound_for(node, child))
            if let.name in bound:
                return child
            return put(child, depth + isinstance(node, ast.ItemLambda), taken | bound)

        return rebuilt_with(node, below)

    found = put(let.body, 0, frozenset())
    return None if captured else found  # type: ignore[return-value]


def moved_by(node: N, by: int, depth: int) -> N:
    """A value so many item scopes further in: the items around it are that much further away."""
    if not by:
        return node
    if isinstance(node, ast.ItemReference):
        return replace(node, distance=node.distance + by) if node.distance >= depth else node
    inner = depth + isinstance(node, ast.ItemLambda)
    return rebuilt_with(node, lambda child: moved_by(child, by, inner))


def rebuilt_with(node: N, new: Callable[[Node], Node]) -> N:
    """A node with other children."""
    changes: dict[str, object] = {}
    name: str
    for name in type(node).__match_args__:
        value = getattr(node, name)
        if isinstance(value, ast.Node):
            changes[name] = new(value)
        elif isinstance(value, tuple) and value and isinstance(value[0], ast.Node):
            changes[name] = tuple([new(item) for item in value])
    return replace(node, **changes) if changes else node
