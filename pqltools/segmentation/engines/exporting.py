"""How do profiles become Parquet?  Twice over them: what is in there, then the files; in a process of its own.

Nobody knows the columns before the last profile has been seen. So the rows are put aside as they come, as lines with
nothing but the fields that are wanted, and read again when the columns are known.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from pqltools.data.decoding import EVENTS
from pqltools.data.values import decode_object
from pqltools.evaluation.recursion import room_for_depth
from pqltools.records import Record, record
from pqltools.segmentation.engines.columns import Shape, column
from pqltools.segmentation.profiles.records import encoded
from pqltools.xdm.given import schema_of

if TYPE_CHECKING:
    from pqltools.segmentation.engines.worker import Channel

#: Rows of a group, and of a file.
_GROUP, _FILE = 10_000, 500_000
Fields = tuple[str, ...]


@record
class Writing(Record):
    """What is written where: `fields` are paths, None for all; `events` those of events, None for no events at all.

    Of the events all fields are written if `events` is empty. The folder is there, and empty.
    """

    folder: str
    fields: tuple[Fields, ...] | None = None
    events: tuple[Fields, ...] | None = None
    schema: tuple[str, ...] = ()
    tenant: str | None = None


@record
class Written(Record):
    """The files, each with its bytes and rows; they are on the disk."""

    files: tuple[tuple[str, int, int], ...]
    rows: int


def export(channel: Channel, writing: Writing) -> None:
    """Take blocks of lines; send `Written`."""
    gc.disable()  # rows hold no cycles, and there are many of them: looking for some took a quarter of the time
    shape = Shape(schema_of(writing.schema or None, writing.tenant).profile)
    for path in writing.fields or ():
        shape.want(path)
    aside = Path(writing.folder) / "rows"
    rows = 0
    with room_for_depth(), aside.open("wb") as file:
        prune = pruning(writing)
        for block in channel.blocks():
            for line in block.data.splitlines():
                row = prune(decode_object(line))
                shape.see(row)
                file.write(encoded(row) + b"\n")
                rows += 1
    files = _written(shape, aside, Path(writing.folder)) if shape.fields else []
    aside.unlink()
    _sync(writing.folder)
    channel.send(Written(tuple(files), rows))


def pruning(writing: Writing) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """What leaves of a profile what is wanted."""
    fields = None if writing.fields is None else _tree(writing.fields)
    events = _tree(writing.events) if writing.events else None

    def prune(profile: dict[str, Any]) -> dict[str, Any]:
        happened = profile.pop(EVENTS, None)
        found = profile if fields is None else _pruned(profile, fields)
        if writing.events is not None and happened is not None:
            found = {**found, EVENTS: happened if events is None else [_pruned(event, events) for event in happened]}
        return found

    return prune


#: Names with what is wanted below them; nothing stands for everything.
Tree = dict[str, Any]


def _tree(paths: tuple[Fields, ...]) -> Tree:
    root: Tree = {}
    for path in sorted(paths, key=len):
        tree = root
        for name in path:
            if name in tree and not tree[name]:
                break  # the whole of it is wanted already
            tree = tree.setdefault(name, {})
    return root


def _pruned(value: Any, tree: Tree) -> Any:
    """The value with nothing but the wanted fields; objects of which nothing is left are not there."""
    if value.__class__ is list:
        return [_pruned(item, tree) for item in value]
    if value.__class__ is not dict:
        return None
    found = {}
    for name, below in tree.items():
        item = value.get(name)
        if item is not None and below:
            item = _pruned(item, below) or None
        if item is not None:
            found[name] = item
    return found


def _written(shape: Shape, aside: Path, folder: Path) -> list[tuple[str, int, int]]:
    columns = {name: made for name, each in shape.fields.items() if (made := column(each)) is not None}
    if not columns:
        return []
    schema = pa.schema([(name, type) for name, (type, _) in columns.items()])
    converters = {name: of for name, (_, of) in columns.items()}
    files: list[tuple[str, int, int]] = []
    groups = _groups(aside)
    group = next(groups, [])
    while True:
        path, rows = folder / f"part-{len(files):05}.parquet", 0
        with path.open("wb") as file:
            with pq.ParquetWriter(file, schema, compression="zstd") as writer:
                while rows < _FILE:
                    writer.write_table(_table(group, schema, converters))
                    rows += len(group)
                    group = next(groups, [])
                    if not group:
                        break
            file.flush()
            os.fsync(file.fileno())
        files.append((path.name, path.stat().st_size, rows))
        if not group:
            return files


def _groups(aside: Path) -> Iterator[list[dict[str, Any]]]:
    decode = msgspec.json.Decoder().decode
    with aside.open("rb") as file:
        group = []
        for line in file:
            group.append(decode_object(line) if len(line) > 2**20 else decode(line))
            if len(group) == _GROUP:
                yield group
                group = []
        if group:
            yield group


def _table(rows: list[dict[str, Any]], schema: pa.Schema, converters: Mapping[str, Callable[[Any], Any]]) -> pa.Table:
    columns = []
    for field in schema:
        of, name = converters[field.name], field.name
        values = [None if (value := row.get(name)) is None else of(value) for row in rows]
        columns.append(pa.array(values, field.type))
    return pa.table(columns, schema=schema)


def _sync(folder: str) -> None:
    """Have the names of the files on the disk."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
