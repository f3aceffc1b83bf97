"""What is left of files of JSON when all that does not fit is taken out?  Clean lines, made by several processes.

A clean line is a profile in canonical form, with its id in front under `ID` and its identities under `IDS`; or an event
with those of its person under `IDS`. Most lines are canonical already, and are copied.
"""

from __future__ import annotations

import os
from contextlib import suppress

from pqltools.data.decoding import decode_all
from pqltools.data.events import identified
from pqltools.data.identities import EVENT_PATHS, profile_id, profile_identities
from pqltools.data.inputs import EmptyFile, open_input
from pqltools.data.lines import MAX_LINE, BadLine, Block, numbered_lines, too_long
from pqltools.data.projection import decode_ids, projection
from pqltools.data.ranges import blocks_in, ranges
from pqltools.data.responses import entities
from pqltools.data.values import NotData
from pqltools.engines.store.fitting import Fitting
from pqltools.engines.store.quick import quick_decoder
from pqltools.records import Record, hint, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future, ProcessPoolExecutor
    from typing import Any

    from pqltools.data.identities import Identity
    from pqltools.data.ranges import Range
    from pqltools.types.model import ObjectType

#: The columns of the id of a profile, and of all its identities as texts; no fields are called so.
ID, IDS = "#id", "#ids"
#: Between the namespace and the id of an identity as a text; neither has a control character.
SEPARATOR = "\x1f"
_SHARE = 32 * 2**20
_AHEAD = 3
#: So many lines of the first file are looked at before processes start, so that they know the usual fields.
_SAMPLE = 300
#: After so many lines that the quick decoder refuses it is made anew, if there were fields that it did not know; and
#: after twice as many the next time, as some data have new fields in every line.
_PATIENCE = 20


@record
class Refused(Record):
    """A line in quarantine: where it stood, why it was refused, and what it was."""

    file: str
    line: int
    reason: str
    text: str = hint(default="")


@record
class Cleaned(Record):
    """What came of a share of the lines: a file of clean ones, how many, what was refused, and the fields there are."""

    path: str
    profiles: int
    lines: int
    refused: tuple[Refused, ...]
    seen: dict[str, Any]


@record
class _Work(Record):
    """A share: a range of a plain file, or a block that was read."""

    number: int
    file: str
    name: str
    wrapped: bool
    range: Range | None = None
    block: Block | None = None


class Cleaner:
    """Cleans the lines of one process, of profiles or of `events`. `folder` is where files go."""

    def __init__(self, type: ObjectType, folder: str, *, events: bool) -> None:
        import msgspec

        self.folder = folder
        self.type = type
        self.fitting = Fitting(type)
        self.events = events
        self._event_ids = projection(EVENT_PATHS)
        self._decode = decode_all(type)
        self._encode: Callable[[Any], bytes] = msgspec.json.Encoder().encode
        self._quick: Callable[[bytes], Any] | None = None
        self._known = -1
        self._misses = 0
        self._patience = _PATIENCE

    def clean(self, work: _Work) -> Cleaned:
        """Write the clean lines of a share into a file."""
        path = os.path.join(self.folder, f"clean-{work.number:06}.ndjson")  # noqa: PTH118
        refused: list[Refused] = []
        profiles = lines = 0
        with open(path, "wb") as file:  # noqa: PTH123
            for block in self._blocks(work):
                if isinstance(block, BadLine):
                    refused.append(Refused(work.name, block.line, block.reason))
                    continue
                clean = self.lines(block, work, refused)
                profiles += len(clean)
                lines = block.line + block.data.count(b"\n") - 1
                file.write(b"".join(clean))
        return Cleaned(path, profiles, lines, tuple(refused), self.fitting.fields)

    def _blocks(self, work: _Work) -> Iterator[Block | BadLine]:
        if work.range is not None:
            return blocks_in(work.file, work.range)
        assert work.block is not None
        return iter([work.block])

    def lines(self, block: Block, work: _Work, refused: list[Refused]) -> list[bytes]:
        """The clean lines of a block."""
        found: list[bytes] = []
        for line, raw in numbered_lines(block):
            try:
                if len(raw) > MAX_LINE:
                    raise NotData(too_long(MAX_LINE))
                found += self._of_line(raw, wrapped=work.wrapped)
            except NotData as problem:
                refused.append(Refused(work.name, line, str(problem), raw.decode("utf-8", "replace").strip()))
        return found

    def _of_line(self, raw: bytes, *, wrapped: bool) -> list[bytes]:
        if self.events:
            found = identified(raw, self._event_ids, wrapped=wrapped)
            return [self._line(event, b'{"%b":%b' % (_IDS, self._texts(ids))) for event, ids in found]
        if not wrapped:
            return [self._line(raw, self._start(raw))]
        return [self.exact(each.data, self._start(each.data, each.key, each.id, *each.graph)) for each in entities(raw)]

    def _start(self, raw: bytes, key: str | None = None, id: str | None = None, *graph: str) -> bytes:
        """How the clean line of a profile begins."""
        held = decode_ids(raw)
        identities = profile_identities(held, key, id, *graph)
        return _START % (self._encode(key or id or profile_id(held)), self._texts(identities))

    def _texts(self, identities: list[Identity]) -> bytes:
        return self._encode([f"{namespace}{SEPARATOR}{id}" for namespace, id in identities])

    def _line(self, raw: bytes, start: bytes) -> bytes:
        if self._quick is None or (self._misses >= self._patience and self._known < _size(self.fitting.fields)):
            self._known, self._misses = _size(self.fitting.fields), 0
            self._patience *= 2
            self._quick = quick_decoder(self.type, self.fitting.fields)
        try:
            self._quick(raw)
        except Exception:  # whatever it is, the exact way says it better
            self._misses += 1
            return self.exact(raw, start)
        body = raw.strip()
        return b"%b,%b\n" % (start, body[1:]) if len(body) > 3 else self.exact(raw, start)

    def exact(self, raw: bytes, start: bytes) -> bytes:
        """The clean line of one that may have any form. Raises `NotData`."""
        try:
            body = self._encode(self.fitting.profile(self._decode(raw)))
        except RecursionError:
            raise NotData("the objects or arrays are nested too deep") from None
        return b"%b,%b\n" % (start, body[1:]) if len(body) > 2 else start + b"}\n"

    def learn(self, raw: bytes) -> None:
        """See which fields a line has, if it has any."""
        with suppress(NotData, RecursionError):
            self.fitting.profile(self._decode(raw))


_IDS = IDS.encode()
_START = b'{"' + ID.encode() + b'":%b,"' + _IDS + b'":%b'


def _size(seen: dict[str, Any]) -> int:
    return sum(1 + _size(inner) for inner in seen.values())


_shared: Cleaner | None = None


def cleaned(names: list[str], type: ObjectType, folder: str, jobs: int, *, events: bool = False) -> Iterator[Cleaned]:
    """Clean files, share by share in their order; line numbers are those of the files. Raises `PQLError` for a file."""
    global _shared
    _shared = Cleaner(type, folder, events=events)
    pool = _pool(jobs) if jobs > 1 and hasattr(os, "fork") else None
    try:
        yield from _in_order(names, _shared, pool, jobs)
    finally:
        _shared = None
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)


def _pool(jobs: int) -> ProcessPoolExecutor:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    return ProcessPoolExecutor(jobs, multiprocessing.get_context("fork"), _ignore_interrupts)


def _ignore_interrupts() -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _do(work: _Work) -> Cleaned:
    assert _shared is not None
    return _shared.clean(work)


def _in_order(names: list[str], cleaner: Cleaner, pool: ProcessPoolExecutor | None, jobs: int) -> Iterator[Cleaned]:
    before: dict[str, int] = {}

    def moved(work: _Work, part: Cleaned) -> Cleaned:
        """With the line numbers of the file."""
        if work.range is None:
            return part
        first = before.get(work.file, 0)
        before[work.file] = first + part.lines
        refused = tuple(Refused(each.file, each.line + first, each.reason, each.text) for each in part.refused)
        return Cleaned(part.path, part.profiles, part.lines, refused, part.seen)

    waiting: list[tuple[_Work, Future[Cleaned]]] = []
    for work in _shares(names, cleaner):
        if isinstance(work, Cleaned):
            yield work
        elif pool is None:
            yield moved(work, cleaner.clean(work))
        else:
            waiting.append((work, pool.submit(_do, work)))
            if len(waiting) > jobs * _AHEAD:
                done, future = waiting.pop(0)
                yield moved(done, future.result())
    for work, future in waiting:
        yield moved(work, future.result())


def _shares(names: list[str], cleaner: Cleaner) -> Iterator[_Work | Cleaned]:
    number = 0
    for name in names:
        try:
            input = open_input(name)
        except EmptyFile:
            continue
        with input:
            if input.splittable and not input.wrapped:
                parts = max(1, os.path.getsize(name) // _SHARE)  # noqa: PTH202
                if number == 0:
                    _learn(name, cleaner)
                for range in ranges(name, parts):
                    number += 1
                    yield _Work(number, name, input.name, False, range)
                continue
            for block in input.blocks:
                number += 1
                if isinstance(block, BadLine):
                    yield Cleaned("", 0, 0, (Refused(block.file, block.line, block.reason),), {})
                else:
                    yield _Work(number, name, input.name, input.wrapped, None, block)


def _learn(name: str, cleaner: Cleaner) -> None:
    """See which fields the first lines of a file have."""
    count = 0
    with open_input(name) as input:
        for block in input.blocks:
            if isinstance(block, BadLine):
                return
            for _, raw in numbered_lines(block):
                count += 1
                if count > _SAMPLE:
                    return
                cleaner.learn(raw)
