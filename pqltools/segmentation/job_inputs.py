"""What does a job evaluate, in which order?  Definitions as they are when it is made; first what others refer to.

Definitions of one merge policy are evaluated in one pass, in which `inSegment` sees the new answers of all of them. One
that refers to a definition of another policy has to wait for the pass of that one: hence stages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from pqltools.records import Record, record
from pqltools.segmentation.metadata.documents import Documents
from pqltools.segmentation.metadata.tables import DEFINITION_REFERENCES, DEFINITIONS, MERGE_POLICIES
from pqltools.segmentation.problems import detail, wrong
from pqltools.segmentation.scope import Scope

_SHOWN = 20


@record
class Input(Record):
    """A definition: its expression, the id of its merge policy, and the ids of the segments that it refers to."""

    id: str
    expression: dict[str, Any]
    policy: str
    references: tuple[str, ...]

    def data(self) -> list[Any]:
        """The same as JSON."""
        return [self.id, self.expression, self.policy, list(self.references)]


def input_of(data: list[Any]) -> Input:
    """What `Input.data` has written."""
    id, expression, policy, references = data
    return Input(id, expression, policy, tuple(references))


@record
class Stage(Record):
    """Definitions of one merge policy that are evaluated in one pass."""

    policy: str
    inputs: tuple[Input, ...]


def read_inputs(connection: Connection, scope: Scope, ids: Sequence[str] | None) -> list[Input]:
    """The definitions with these ids, or all that are published. Raises `Problem` (400) for ids that cannot be run."""
    documents = Documents(DEFINITIONS)
    if ids is None:
        where = (DEFINITIONS.c.external.is_(False), DEFINITIONS.c.state == "published")
        found = documents.find(connection, scope, *where)
    else:
        known: dict[str, dict[str, Any]] = {}
        for first in range(0, len(ids), 500):
            known |= documents.several(connection, scope, ids[first : first + 500])
        _check(ids, known)
        found = [known[id] for id in ids]
    references = _references(connection, scope)
    return [
        Input(
            each["id"],
            each["definition"]["expression"],
            each["definition"]["mergePolicyId"],
            references.get(each["id"], ()),
        )
        for each in found
    ]


def policy_versions(connection: Connection, scope: Scope) -> dict[str, int]:
    """The version of each merge policy."""
    return {each["id"]: each["version"] for each in Documents(MERGE_POLICIES).find(connection, scope)}


def _check(ids: Sequence[str], known: Mapping[str, Mapping[str, Any]]) -> None:
    details = []
    for place, id in enumerate(ids):
        path = f"$[{place}].segmentId"
        found = known.get(id)
        if found is None:
            help = "GET /segment/definitions lists those of the sandbox"
            details.append(detail(f"there is no segment definition {id}", path=path, help=help))
        elif "definition" not in found:
            details.append(detail(f"the audience {id} was made elsewhere: it has no expression", path=path))
        elif (state := found["audience"].get("lifecycleState", "published")) != "published":
            help = "publish it before"
            details.append(detail(f"the audience {id} is {state}, and is not evaluated", path=path, help=help))
    if details:
        raise wrong(details[:_SHOWN])


def _references(connection: Connection, scope: Scope) -> dict[str, tuple[str, ...]]:
    columns = DEFINITION_REFERENCES.c
    query = select(columns.id, columns.target).where(columns.org == scope.org, columns.sandbox == scope.sandbox)
    found: dict[str, tuple[str, ...]] = {}
    for id, target in connection.execute(query.order_by(columns.id, columns.target)):
        found[id] = (*found.get(id, ()), target)
    return found


def circles(inputs: Iterable[Input]) -> dict[str, str]:
    """Which definitions refer to themselves by way of others, and how."""
    edges = {each.id: each.references for each in inputs}
    found: dict[str, str] = {}
    for start in edges:
        path = None if start in found else _way_back(edges, start)
        if path is not None:
            message = f"segments refer to each other in a circle: {' → '.join((*path, start))}"
            found |= dict.fromkeys([id for id in path if id not in found], message)
    return found


def _way_back(edges: Mapping[str, tuple[str, ...]], start: str) -> list[str] | None:
    """The shortest way from a definition to itself."""
    before: dict[str, str] = {}
    queue = [start]
    for id in queue:
        for target in edges.get(id, ()):
            if target == start:
                path = [id]
                while path[-1] != start:
                    path.append(before[path[-1]])
                return path[::-1]
            if target in edges and target not in before:
                before[target] = id
                queue.append(target)
    return None


def stages(inputs: Sequence[Input]) -> list[Stage]:
    """The passes in their order. Among the definitions there is no circle."""
    by_id = {each.id: each for each in inputs}
    levels: dict[str, int] = {}
    for each in inputs:
        pending = [each.id]
        while pending:
            id = pending[-1]
            targets = [target for target in by_id[id].references if target in by_id]
            missing = [target for target in targets if target not in levels]
            if missing:
                pending += missing
                continue
            own = by_id[id].policy
            levels[id] = max([levels[other] + (by_id[other].policy != own) for other in targets], default=0)
            pending.pop()
    groups: dict[tuple[int, str], list[Input]] = {}
    for each in inputs:
        groups.setdefault((levels[each.id], each.policy), []).append(each)
    return [Stage(policy, tuple(group)) for (_, policy), group in sorted(groups.items(), key=lambda pair: pair[0])]
