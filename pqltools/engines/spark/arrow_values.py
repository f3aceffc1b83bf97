"""What is a column of Arrow as data, as if it had come as JSON?  Column by column, which a million rows notice."""

from __future__ import annotations

from itertools import pairwise

from pqltools.types.time import DAY, day_text, instant_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    import pyarrow


def json_values(array: pyarrow.Array) -> list[Any]:
    """The values: instants and days as ISO 8601 texts, decimals as numbers, maps as objects; null for NaN."""
    import pyarrow as pa

    kind = array.type
    if pa.types.is_struct(kind):
        return _structs(array)
    if pa.types.is_map(kind):
        return _maps(array)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _lists(array)
    if pa.types.is_timestamp(kind):
        instants = array.cast(pa.timestamp("us")).cast(pa.int64()).to_pylist()
        return [None if each is None else instant_text(each // 1000) for each in instants]
    if pa.types.is_date(kind):
        return [None if each is None else day_text(each * DAY) for each in array.cast(pa.int32()).to_pylist()]
    if pa.types.is_decimal(kind):
        number: Callable[[Any], Any] = int if kind.scale == 0 else float
        return [None if each is None else number(each) for each in array.to_pylist()]
    if pa.types.is_floating(kind):
        import pyarrow.compute as pc

        numbers: list[Any] = pc.if_else(pc.is_finite(array), array, None).to_pylist()
        return numbers
    if pa.types.is_null(kind) or _is_plain(kind):
        found: list[Any] = array.to_pylist()
        return found
    # Bytes, intervals and the like are nothing that JSON has.
    return [None] * len(array)


def _is_plain(kind: Any) -> bool:
    import pyarrow as pa

    tests = (
        pa.types.is_boolean,
        pa.types.is_integer,
        pa.types.is_string,
        pa.types.is_large_string,
    )
    return any(test(kind) for test in tests)


def _structs(array: Any) -> list[Any]:
    names = [field.name for field in array.type]
    columns = [json_values(part) for part in array.flatten()]
    rows = zip(*columns, strict=True) if columns else [()] * len(array)
    return [
        dict(zip(names, row, strict=True)) if there else None
        for row, there in zip(rows, array.is_valid().to_pylist(), strict=True)
    ]


def _lists(array: Any) -> list[Any]:
    values = json_values(array.values)
    return [None if each is None else values[slice(*each)] for each in _ranges(array)]


def _maps(array: Any) -> list[Any]:
    entries = [*zip(array.keys.to_pylist(), json_values(array.items), strict=True)]
    return [None if each is None else dict(entries[slice(*each)]) for each in _ranges(array)]


def _ranges(array: Any) -> list[tuple[int, int] | None]:
    """Where the items of each list begin and end among those of all; None for null."""
    ranges = pairwise(array.offsets.to_pylist())
    return [each if there else None for each, there in zip(ranges, array.is_valid().to_pylist(), strict=True)]
