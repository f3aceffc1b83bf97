"""What has no SQL: how do profiles come from Arrow to the compiled evaluator and the answers back?

Runs in the Python workers of Spark, which need pqltools. Trees travel as pql/json, types cut down to what is used.
"""

from __future__ import annotations

from pqltools.data.decoding import ALSO_EVENTS
from pqltools.data.decoding import EVENTS as EVENT_FIELD
from pqltools.records import Record, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    import pyarrow

    from pqltools.data.path_trees import Tree
    from pqltools.evaluation.program import Program
    from pqltools.types.model import Type
    from pqltools.workspace.conditions import Conditions
    from pqltools.xdm.schema import Schema

#: The columns that come, of which some may be missing, and those that go back.
DATA, LINE, EVENTS = "#data", "#line", "#events"
PROFILE, NAMESPACE, HOLDS, FAILED = "profile", "namespace", "#holds", "#failed"
RESULT = f"{PROFILE} string, {NAMESPACE} string, `{HOLDS}` array<int>, `{FAILED}` array<int>"


@record
class Sent(Record):
    """All that a worker needs: for each definition its number, its tree and its ``now``, the segments, the types.

    `paths` are what has to be decoded of lines, None for everything.
    """

    trees: tuple[tuple[int, bytes, int], ...]
    segments: tuple[tuple[str, bytes], ...]
    profile: Type
    paths: tuple[tuple[str, ...], ...] | None


def sent(programs: Sequence[tuple[int, Program]], schema: Schema, tree: Tree) -> Sent:
    """What is sent for the programs, given by their numbers; `tree` is what they use."""
    from pqltools.engines.spark.needs import copied
    from pqltools.formats.pql_json import to_json_bytes

    segments: dict[str, bytes] = {}
    for _, program in programs:
        for id, other in program.segments.items():
            if id not in segments:
                segments[id] = to_json_bytes(other.tree)
    trees = tuple((index, to_json_bytes(program.tree), program.now) for index, program in programs)
    paths = None if tree.whole else tuple(used_paths_of(tree))
    return Sent(trees, tuple(segments.items()), copied(schema.profile, tree), paths)


def used_paths_of(tree: Tree) -> Iterator[tuple[str, ...]]:
    """The paths in a tree."""
    pending: list[tuple[tuple[str, ...], Tree]] = [((), tree)]
    while pending:
        path, below = pending.pop()
        if below.whole:
            yield path
        else:
            pending += [((*path, name), child) for name, child in below.children.items()]


def answering(given: Sent) -> Callable[[Iterable[pyarrow.RecordBatch]], Iterator[pyarrow.RecordBatch]]:
    """The function for ``mapInArrow``: takes batches of profiles with the answers of SQL, adds its own to them."""

    def answer(batches: Iterable[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        import sys

        sys.setrecursionlimit(max(sys.getrecursionlimit(), 10_000))
        worker = _Worker(given)
        for batch in batches:
            yield worker.answered(batch)

    return answer


class _Worker:
    def __init__(self, given: Sent) -> None:
        from pqltools.data.decoding import decode_all
        from pqltools.data.projection import event_paths, projection

        self.given = given
        self.conditions = _conditions(given)
        paths = given.paths
        self.decode = decode_all(given.profile) if paths is None else projection(paths, given.profile)
        self.decode_event = decode_all() if paths is None else projection(event_paths(paths))
        self.asks_by_other_name = any(path[:1] == (ALSO_EVENTS,) for path in paths or ())

    def answered(self, batch: pyarrow.RecordBatch) -> pyarrow.RecordBatch:
        import pyarrow as pa

        holds: list[list[int]] = []
        failed: list[list[int]] = []
        columns = {name: batch.column(index) for index, name in enumerate(batch.schema.names)}
        for data, before in zip(self._profiles(columns, batch.num_rows), columns[HOLDS].to_pylist(), strict=True):
            found, broken = self._answers(data)
            holds.append(sorted([*(before or ()), *found]))
            failed.append(broken)
        arrays = [
            columns[PROFILE].cast(pa.string()),
            columns[NAMESPACE].cast(pa.string()),
            pa.array(holds, pa.list_(pa.int32())),
            pa.array(failed, pa.list_(pa.int32())),
        ]
        return pa.RecordBatch.from_arrays(arrays, [PROFILE, NAMESPACE, HOLDS, FAILED])

    def _answers(self, data: dict[str, Any] | None) -> tuple[list[int], list[int]]:
        if data is None:
            return [], [number for number, _, _ in self.given.trees]
        holds: list[int] = []
        failed: list[int] = []
        for numbers, conditions in self.conditions:
            found, broken = conditions.answers(data)
            holds += [numbers[index] for index in found]
            failed += [numbers[index] for index in broken]
        return holds, failed

    def _profiles(self, columns: dict[str, Any], count: int) -> Iterator[dict[str, Any] | None]:
        """The profiles of a batch; None for a line that holds none."""
        from pqltools.data.decoding import one_name_for_events
        from pqltools.data.values import NotData
        from pqltools.engines.spark.arrow_values import json_values

        lines = columns[LINE].to_pylist() if LINE in columns else None
        rows = json_values(columns[DATA]) if DATA in columns else [{}] * count
        events = json_values(columns[EVENTS]) if EVENTS in columns else None
        for index in range(count):
            try:
                if lines is not None:
                    data = self.decode(lines[index].encode("utf-8", "surrogatepass"))
                else:
                    data = one_name_for_events({**(rows[index] or {})})
                if events is not None and events[index]:
                    data[EVENT_FIELD] = [*_listed(data.get(EVENT_FIELD)), *map(self._event, events[index])]
                if self.asks_by_other_name:
                    # As in SQL, where both names are columns with all events.
                    data[ALSO_EVENTS] = data.get(EVENT_FIELD)
                yield data
            except NotData:
                yield None

    def _event(self, event: Any) -> Any:
        return self.decode_event(event.encode("utf-8", "surrogatepass")) if isinstance(event, str) else event


def _listed(events: Any) -> list[Any]:
    return events if isinstance(events, list) else []


def _conditions(given: Sent) -> list[tuple[list[int], Conditions]]:
    """The conditions with their numbers. Those of one instant go together, as what they share is computed once."""
    from pqltools.evaluation.program import Preparation
    from pqltools.formats.pql_json import from_json
    from pqltools.workspace.conditions import Conditions

    segments = {id: from_json(tree) for id, tree in given.segments}
    found = []
    for now in dict.fromkeys(now for _, _, now in given.trees):
        preparation = Preparation(given.profile, now, segments)
        trees = {number: tree for number, tree, its_now in given.trees if its_now == now}
        conditions = Conditions([preparation.program(from_json(tree)) for tree in trees.values()])
        found.append(([*trees], conditions))
    return found
