"""Which events belong to this profile?  Those of other files, by the identities that both have.

An event belongs to every profile that has one of its identities. Where profiles share one, each has the event, so that
the answer depends neither on the order of the files nor on the number of processes; `shared` counts such events.
Events are kept as the bytes that they had, and decoded when their profile comes. They come in the order of the files.
"""

from __future__ import annotations

import re

from pqltools.data.identities import EVENT_PATHS, event_identities
from pqltools.data.lines import MAX_LINE, BadLine, numbered_lines, too_long
from pqltools.data.responses import entities
from pqltools.data.values import NotData
from pqltools.records import Record, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from pqltools.data.identities import Identity
    from pqltools.data.inputs import Input
    from pqltools.data.lines import Block
    from pqltools.data.values import Decode


@record
class Counts(Record):
    """Where the events went: `joined` to a profile, of them `shared` by several; `orphans` have no profile.

    `nameless` are the orphans without any identity; `bad` are lines that hold no event.
    """

    joined: int
    shared: int
    orphans: int
    nameless: int
    bad: int


class Events:
    """Events by identity. `decode` makes an event of its JSON: `projection` of the paths below ``xEvent``, as a rule.

    A process that takes profiles off another one's hands sends back its `taken`, which the other gives to `merge`.
    """

    def __init__(self, decode: Decode) -> None:
        from pqltools.data.projection import projection

        self._decode = decode
        self._identities = projection(EVENT_PATHS)
        self._events: list[bytes] = []
        # By namespace and id: the number of the event, or of several; most identities have few.
        self._index: dict[str, dict[str, int | list[int]]] = {}
        self._nameless = 0
        self._bad = 0
        self._taken = bytearray()

    def read(self, input: Input, *, max_line: int = MAX_LINE) -> list[BadLine]:
        """Take the events of a file; the lines that hold none."""
        bad: list[BadLine] = []
        for block in input.blocks:
            if isinstance(block, BadLine):
                bad.append(block)
            else:
                bad += self._block(block, input.name, input.wrapped, max_line)
        self._bad += len(bad)
        return bad

    def of(self, identities: Iterable[Identity]) -> list[dict[str, Any]]:
        """The events of a profile with these identities, decoded."""
        numbers: set[int] = set()
        for namespace, id in identities:
            found = self._index.get(namespace, {}).get(id, [])
            numbers.update([found] if isinstance(found, int) else found)
        for number in numbers:
            self._taken[number] = min(self._taken[number] + 1, 2)
        return [self._decode(self._events[number]) for number in sorted(numbers)]

    @property
    def taken(self) -> bytes:
        """How many profiles have taken each event: 0, 1, or 2 for several."""
        return bytes(self._taken)

    def forget_taken(self) -> None:
        """Count anew who takes events, as a process does that works for another one."""
        self._taken = bytearray(len(self._taken))

    def merge(self, taken: bytes) -> None:
        """Count the profiles of another process, of which `taken` tells."""
        for match in re.finditer(rb"[^\0]", taken):  # few of many, as a rule
            number = match.start()
            self._taken[number] = min(self._taken[number] + taken[number], 2)

    def counts(self) -> Counts:
        """Where the events went so far."""
        orphans = self._taken.count(0)
        joined = len(self._taken) - orphans
        return Counts(joined, self._taken.count(2), orphans, self._nameless, self._bad)

    def _block(self, block: Block, file: str, wrapped: bool, max_line: int) -> list[BadLine]:
        bad: list[BadLine] = []
        for line, raw in numbered_lines(block):
            try:
                if len(raw) > max_line:
                    raise NotData(too_long(max_line))
                for event, identities in identified(raw, self._identities, wrapped=wrapped):
                    self._add(event, identities)
            except NotData as problem:
                bad.append(BadLine(file, line, str(problem)))
        return bad

    def _add(self, event: bytes, identities: list[Identity]) -> None:
        number = len(self._events)
        if not identities:
            self._nameless += 1
            event = b""  # nobody will ask for it
        self._events.append(event)
        self._taken.append(0)
        for namespace, id in identities:
            ids = self._index.setdefault(namespace, {})
            there = ids.get(id)
            if there is None:
                ids[id] = number
            elif isinstance(there, int):
                ids[id] = [there, number]
            else:
                there.append(number)


def identified(raw: bytes, decode: Decode, *, wrapped: bool) -> list[tuple[bytes, list[Identity]]]:
    """The events of a line with the identities of their persons; of a response all, or none if one of them is bad.

    `decode` is a `projection` of the `EVENT_PATHS`. Raises `NotData`.
    """
    if not wrapped:
        return [(raw, event_identities(decode(raw)))]
    found = [(entity.dated(), entity.related, entity.key) for entity in entities(raw)]
    return [(event, event_identities(decode(event), *xids)) for event, *xids in found]
