"""Which nodes are inside this node?  Generic iteration for tools that only look, and copies without shared nodes."""

from __future__ import annotations

from pqltools.records import TYPE_CHECKING, replace
from pqltools.syntax.ast import Node

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeVar

    N = TypeVar("N", bound=Node)


def children(node: Node) -> Iterator[Node]:
    """The direct child nodes of `node`, in the order of its fields."""
    name: str
    for name in type(node).__match_args__:
        value = getattr(node, name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            for item in value:
                if isinstance(item, Node):
                    yield item


def walk(node: Node) -> Iterator[Node]:
    """`node` and every node below it, parents first, left to right."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(tuple(children(current))))


def depth(node: Node, limit: int | None = None) -> int:
    """How many nodes the longest way down passes, `node` included; stops counting just above `limit`."""
    level: list[Node] = [node]
    count = 0
    while level:
        count += 1
        if limit is not None and count > limit:
            break
        level = [child for parent in level for child in children(parent)]
    return count


def unshared(node: N) -> N:
    """A copy of `node` in which no node stands in two places, so that the identity of a node tells its place."""
    changes: dict[str, object] = {}
    name: str
    for name in node.__match_args__:
        value = getattr(node, name)
        if isinstance(value, Node):
            changes[name] = unshared(value)
        elif isinstance(value, tuple) and value and isinstance(value[0], Node):
            changes[name] = tuple([unshared(item) for item in value])
    return replace(node, **changes)
