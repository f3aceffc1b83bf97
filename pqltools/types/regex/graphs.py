"""Which nodes of a graph lie on cycles, and which can be reached?  Without recursion, for graphs of any shape."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence
    from typing import TypeVar

    T = TypeVar("T", bound=Hashable)


def reachable(edges: Mapping[T, Sequence[T]], start: Iterable[T]) -> set[T]:
    """The nodes that can be reached from some, these included."""
    found = set(start)
    pending = list(found)
    while pending:
        for target in edges.get(pending.pop(), ()):
            if target not in found:
                found.add(target)
                pending.append(target)
    return found


def components(edges: Mapping[T, Sequence[T]]) -> list[set[T]]:
    """The strongly connected components that hold a cycle, by Tarjan's algorithm."""
    index: dict[T, int] = {}
    low: dict[T, int] = {}
    stack: list[T] = []
    waiting: set[T] = set()
    found: list[set[T]] = []
    for root in edges:
        if root in index:
            continue
        work = [(root, iter(edges.get(root, ())))]
        index[root] = low[root] = len(index)
        stack.append(root)
        waiting.add(root)
        while work:
            node, targets = work[-1]
            for target in targets:
                if target not in index:
                    index[target] = low[target] = len(index)
                    stack.append(target)
                    waiting.add(target)
                    work.append((target, iter(edges.get(target, ()))))
                    break
                if target in waiting:
                    low[node] = min(low[node], index[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    at = stack.index(node)
                    component = set(stack[at:])
                    del stack[at:]
                    waiting -= component
                    if len(component) > 1 or node in edges.get(node, ()):
                        found.append(component)
    return found
