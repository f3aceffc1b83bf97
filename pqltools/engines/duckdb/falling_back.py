"""What about definitions that have no SQL?  The compiled evaluator goes over the fields that they use."""

from __future__ import annotations

from pqltools.engines.store.rebuilding import lines
from pqltools.records import Record, record
from pqltools.workspace.conditions import Conditions
from pqltools.workspace.definitions import iterates_objects, used_paths, with_segments

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from pqltools.engines.store.shapes import Shape
    from pqltools.engines.store.store import Store
    from pqltools.evaluation.program import Program
    from pqltools.xdm.schema import Schema

_ROWS = 20_000


@record
class Answer(Record):
    """The profiles that qualify, how many could not be evaluated, and why not the first of them."""

    qualifies: Any
    failed: int
    reason: str


def fall_back(store: Store, schema: Schema, programs: Sequence[Program]) -> list[Answer]:
    """The answers of programs."""
    import msgspec

    conditions = Conditions(list(programs))
    # A store does not know whether a field that is null was there.
    counts_fields = any(map(iterates_objects, with_segments(programs)))
    decode = msgspec.json.Decoder().decode
    held: list[list[int]] = [[] for _ in programs]
    failed = [0] * len(programs)
    reasons = [""] * len(programs)
    store.connection.execute(lines(store, used_paths(programs, schema)))
    while rows := store.connection.fetchmany(_ROWS):
        for pid, line in rows:
            data = _without_nulls(decode(line), store.shape) if counts_fields else decode(line)
            found, failures = conditions.answers(data)
            for index in found:
                held[index].append(pid)
            for index, problem in failures.items():
                failed[index] += 1
                reasons[index] = reasons[index] or str(problem) or "the reason is not known"
    return [Answer(held[index], failed[index], reasons[index]) for index in range(len(programs))]


def _without_nulls(value: Any, shape: Shape) -> Any:
    """The same without fields that are null. What is null in a map or an array stays."""
    if value is None or shape.kind == "scalar":
        return value
    if shape.kind == "object":
        fields = dict(shape.fields)
        return {
            name: _without_nulls(inner, fields[name])
            for name, inner in value.items()
            if inner is not None and name in fields
        }
    assert shape.within is not None
    if shape.kind == "map":
        return {key: _without_nulls(inner, shape.within) for key, inner in value.items()}
    return [_without_nulls(inner, shape.within) for inner in value]
