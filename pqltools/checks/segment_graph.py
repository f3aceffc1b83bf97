"""Which definitions depend on which?  Ways, closures and cycles of references by `inSegment`, without recursion."""

from __future__ import annotations

from pqltools.checks.dependencies import segment_id
from pqltools.syntax.ast import FunctionCall
from pqltools.syntax.walk import walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pqltools.checks.surroundings import Segment
    from pqltools.syntax.ast import Expr

    #: The ids that each definition refers to.
    Edges = Mapping[str, Iterable[str]]


def references(tree: Expr) -> tuple[str, ...]:
    """The ids in the `inSegment` calls of an expression, each once, in its order."""
    found = [segment_id(node) for node in walk(tree) if isinstance(node, FunctionCall)]
    return tuple(dict.fromkeys([id for id in found if id is not None]))


def reachable(edges: Edges, start: str) -> tuple[str, ...]:
    """What `start` depends on, directly or by way of others, the nearest first; itself only if it is on a cycle."""
    seen: dict[str, None] = {}
    queue = [*edges.get(start, ())]
    for id in queue:
        if id not in seen:
            seen[id] = None
            queue.extend(edges.get(id, ()))
    return tuple(seen)


def reversed_edges(edges: Edges) -> dict[str, list[str]]:
    """Who refers to each id."""
    found: dict[str, list[str]] = {}
    for id, targets in edges.items():
        for target in dict.fromkeys(targets):
            found.setdefault(target, []).append(id)
    return found


def way(edges: Edges, start: str, end: str) -> tuple[str, ...] | None:
    """The shortest way from `start` to `end`, both included; None if there is none, one id if they are the same."""
    came_from: dict[str, str] = {start: start}
    queue = [start]
    for id in queue:
        if id == end:
            steps = [end]
            while steps[-1] != start:
                steps.append(came_from[steps[-1]])
            return tuple(reversed(steps))
        for target in edges.get(id, ()):
            if target not in came_from:
                came_from[target] = id
                queue.append(target)
    return None


def knots(edges: Edges) -> dict[str, tuple[str, ...]]:
    """The part of the graph that holds its cycles: without what refers to nothing, again and again, until all do."""
    waiting = {id: sum(target in edges for target in dict.fromkeys(targets)) for id, targets in edges.items()}
    sources = reversed_edges(edges)
    free = [id for id, count in waiting.items() if not count]
    for id in free:
        for source in sources.get(id, ()):
            waiting[source] -= 1
            if not waiting[source]:
                free.append(source)
    left = {*edges} - {*free}
    return {id: tuple([target for target in targets if target in left]) for id, targets in edges.items() if id in left}


class Knots:
    """The cycles among definitions, looked for only as far as references lead: reading a definition means parsing it.

    The definitions must not change any more.
    """

    def __init__(self, segments: Mapping[str, Segment]) -> None:
        self.segments = segments
        self._seen: set[str] = set()
        self._edges: dict[str, tuple[str, ...]] = {}

    def way(self, start: str, end: str) -> tuple[str, ...] | None:
        """The shortest way from `start` back to `end`, which refers to `start`; None if there is none."""
        self._explore(start)
        return way(self._edges, start, end) if start in self._edges and end in self._edges else None

    def _explore(self, start: str) -> None:
        new: dict[str, tuple[str, ...]] = {}
        queue = [start]
        for id in queue:
            segment = self.segments.get(id)
            if segment is not None and id not in self._seen:
                self._seen.add(id)
                new[id] = () if segment.tree is None else references(segment.tree)
                queue.extend(new[id])
        if new:
            self._edges = knots({**self._edges, **new})


_last = Knots({})


def knots_of(segments: Mapping[str, Segment]) -> Knots:
    """The `Knots` of these definitions. Those that were asked about last are kept: a run has the same for all."""
    global _last
    if _last.segments is not segments:
        _last = Knots(segments)
    return _last
