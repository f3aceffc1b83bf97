"""Which records are in these files?  JSON in all its forms, CSV by a mapping, Parquet: fragments, or what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from pqltools.data.compression import is_parquet, shown_name
from pqltools.data.events import identified
from pqltools.data.identities import EVENT_PATHS
from pqltools.data.inputs import EmptyFile, open_input
from pqltools.data.lines import MAX_LINE, BadLine, numbered_lines, too_long
from pqltools.data.projection import projection
from pqltools.data.responses import entities
from pqltools.data.values import NotData
from pqltools.diagnostics import error
from pqltools.records import Record, record
from pqltools.segmentation.profiles.model import Quarantined
from pqltools.segmentation.profiles.records import (
    Fragment,
    IdentityField,
    decoded_record,
    event_of,
    event_type,
    fragment_of,
)
from pqltools.source import Source
from pqltools.types.model import ANY

if TYPE_CHECKING:
    from pqltools.segmentation.profiles.mapping import Mapping
    from pqltools.types.model import Type

#: How much of a file has been read, and what was in there.
Part = tuple[int, Iterable[Fragment | Quarantined]]
_TABLES = (".csv", ".tsv", ".csv.gz", ".tsv.gz", ".csv.zst", ".tsv.zst")


@record
class Form(Record):
    """What the records are: `events` or profiles, who says whose they are, how columns become fields.

    `type` is that of a profile, and says which fields are maps.
    """

    events: bool = False
    identity: IdentityField | None = None
    mapping: Mapping | None = None
    type: Type = ANY

    def of(self, data: dict[str, Any]) -> Fragment:
        """The fragment of a decoded record. Raises `NotData`."""
        return event_of(data, self.identity) if self.events else fragment_of(data, self.identity)


def parts(path: str, form: Form, *, max_line: int = MAX_LINE) -> Iterator[Part]:
    """The records of a file, part by part. Raises `PQLError` for one that cannot be read."""
    if is_parquet(path):
        from pqltools.segmentation.profiles.parquet import parquet_parts

        return parquet_parts(path, form)
    if path.lower().endswith(_TABLES) or form.mapping is not None:
        from pqltools.segmentation.profiles.tabular import csv_parts

        if form.mapping is None:
            help = "write a file that says which column is which field, and name it with --mapping"
            raise error("PQL044", "a CSV file needs a mapping", (0, 0), help=help, source=Source("", shown_name(path)))
        return csv_parts(path, form, form.mapping, max_line=max_line)
    return _json_parts(path, form, max_line)


def _json_parts(path: str, form: Form, max_line: int) -> Iterator[Part]:
    try:
        opened = open_input(path, max_line=max_line)
    except EmptyFile:
        return  # a part of an export without rows is nothing bad
    with opened as input:
        read = _reader(form, wrapped=input.wrapped)
        for block in input.blocks:
            if isinstance(block, BadLine):
                yield 0, [Quarantined(block.file, block.line, block.reason)]
                continue
            yield len(block.data), _taken(numbered_lines(block), input.name, read, max_line)


def _taken(
    lines: Iterable[tuple[int, bytes]], file: str, read: Callable[[bytes], list[Fragment]], max_line: int
) -> Iterator[Fragment | Quarantined]:
    for line, raw in lines:
        try:
            if len(raw) > max_line:
                raise NotData(too_long(max_line))
            yield from read(raw)
        except NotData as problem:
            yield Quarantined(file, line, str(problem))
        except RecursionError:
            yield Quarantined(file, line, "the objects or arrays are nested too deep")


def _reader(form: Form, *, wrapped: bool) -> Callable[[bytes], list[Fragment]]:
    """What makes fragments of a line."""
    field, type = form.identity, event_type(form.type) if form.events else form.type
    if not form.events:
        if wrapped:
            return lambda raw: [
                fragment_of(decoded_record(entity.data, type), field, xid=entity.key or entity.id)
                for entity in entities(raw)
            ]
        return lambda raw: [fragment_of(decoded_record(raw, type), field)]
    if not wrapped:
        return lambda raw: [event_of(decoded_record(raw, type), field)]
    identities = projection(EVENT_PATHS)
    return lambda raw: [
        event_of(decoded_record(event, type), field, xids=tuple(id for namespace, id in found if not namespace))
        for event, found in identified(raw, identities, wrapped=True)
    ]
