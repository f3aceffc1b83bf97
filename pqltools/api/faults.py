"""Which faults does a developer want to see?  429, 503 and slow answers, for one request or for some of all of them.

The header ``x-pql-fault`` asks for one request, ``pql serve --fault`` for a share of all: ``503``,
``429;retry-after=2``, ``slow=1500`` (milliseconds), each with ``@0.1`` for one request in ten, and names of faults that
a resource knows, which finds them in ``request.state.faults``.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable

from pqltools.records import Record, record

HEADER = "x-pql-fault"
#: What may be asked for, and what happens then.
KINDS = {
    "429": "Too many requests, with the header Retry-After",
    "503": "Service unavailable, with the header Retry-After",
    "slow": "the answer waits for so many milliseconds",
    "early-404": "an estimate is not found at first",
}
_FAULT = re.compile(r"([a-z0-9-]+)(?:=(\d{1,6}))?(?:;\s*retry-after=(\d{1,5}))?(?:@(0?\.\d+|1(?:\.0+)?|0))?")


@record
class Fault(Record):
    """One kind of fault; `share` is how often, from 0 to 1."""

    kind: str
    milliseconds: int = 1000
    retry_after: int = 1
    share: float = 1.0


def read_fault(text: str) -> Fault:
    """The fault that a text asks for. Raises ValueError, saying what there is."""
    match = _FAULT.fullmatch(text.strip().lower())
    if match is None or match[1] not in KINDS:
        kinds = ", ".join(KINDS)
        raise ValueError(f"{text[:60]!r} is no fault; there are {kinds}, as in `slow=1500`, `429;retry-after=2@0.1`")
    share = 1.0 if match[4] is None else float(match[4])
    return Fault(match[1], min(int(match[2] or 1000), 60_000), int(match[3] or 1), share)


def chosen(header: str | None, standing: Iterable[Fault], dice: random.Random) -> list[Fault]:
    """The faults of one request. Raises ValueError for a header that asks for none that there is."""
    asked = [read_fault(part) for part in header.split(",")] if header and header.strip() else []
    return [fault for fault in (*asked, *standing) if fault.share >= 1 or dice.random() < fault.share]
