"""Which records are in a Parquet file?  Its rows, with nested columns as objects, arrays and maps."""

from __future__ import annotations

import datetime
import decimal
import os
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pqltools.data.compression import shown_name
from pqltools.data.names import compatible
from pqltools.data.values import NotData
from pqltools.diagnostics import error
from pqltools.segmentation.profiles.model import Quarantined
from pqltools.segmentation.profiles.records import Fragment, event_type
from pqltools.segmentation.profiles.sources import Form, Part
from pqltools.source import Source

_ROWS = 1000


def parquet_parts(path: str, form: Form) -> Iterator[Part]:
    """The records of a file. Raises `PQLError` for one that cannot be read, or lacks columns."""
    source = Source("", shown_name(path))
    try:
        with pq.ParquetFile(path) as file:
            if form.mapping is not None and (missing := form.mapping.missing(file.schema_arrow.names)):
                names = ", ".join(f"`{name}`" for name in missing)
                raise error("PQL044", f"the file has no column {names}", (0, 0), source=source)
            rows, size = max(file.metadata.num_rows, 1), os.path.getsize(path)
            first = 1
            for batch in file.iter_batches(_ROWS):
                yield size * batch.num_rows // rows, list(_taken(batch, form, source.name, first))
                first += batch.num_rows
    except (pa.ArrowException, OSError, NotImplementedError) as problem:
        reason = str(problem).split("\n", 1)[0][:200]
        raise error("PQL044", f"the Parquet file cannot be read: {reason}", (0, 0), source=source) from None


def _taken(batch: pa.RecordBatch, form: Form, file: str, first: int) -> Iterator[Fragment | Quarantined]:
    names = batch.schema.names
    columns = [_column(column) for column in batch.columns]
    type = event_type(form.type) if form.events else form.type
    for index in range(batch.num_rows):
        try:
            row = {name: _value(column[index]) for name, column in zip(names, columns, strict=True)}
            row = {name: value for name, value in row.items() if value is not None}
            if form.mapping is not None:
                row = form.mapping.record(row)
            yield form.of(compatible(row, type))
        except NotData as problem:
            yield Quarantined(file, first + index, str(problem))


def _column(column: Any) -> list[Any]:
    # Nanoseconds are no Python time.
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pa.timestamp("us", tz=column.type.tz), safe=False)
    found: list[Any] = column.to_pylist(maps_as_pydicts="lossy")
    return found


def _value(value: Any) -> Any:
    """The value as JSON has it. Fields of objects that are null are left out. Raises `NotData`."""
    match value:
        case None | bool() | int() | str():
            return value
        case dict():
            inner = {str(key): _value(item) for key, item in value.items()}
            return {key: item for key, item in inner.items() if item is not None} or None
        case list():
            return [_value(item) for item in value]
        case float():
            return value if value - value == 0 else None
        case datetime.datetime():
            utc = value.replace(tzinfo=datetime.UTC) if value.tzinfo is None else value.astimezone(datetime.UTC)
            return utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        case datetime.date():
            return value.isoformat()
        case decimal.Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
    raise NotData(f"there is a value that JSON does not have: {type(value).__name__}")
