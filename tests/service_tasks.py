"""Profiles and tasks on which the engines of the service are compared."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pqltools.segmentation.engines.engine import Found, Needs, Origin, Subject, Task
from pqltools.segmentation.profiles.model import LATEST, MergedBlock, Policy
from pqltools.segmentation.profiles.store import ProfileStore
from service_data import SCOPE, profile


class Pipe:
    """A channel without another process: it has all blocks, and keeps what is sent."""

    def __init__(self, blocks: list[MergedBlock]) -> None:
        self._blocks = blocks
        self.sent: list[Any] = []
        self.problem = ""

    def receive(self) -> None:
        return None

    def blocks(self) -> Iterator[MergedBlock]:
        return iter(self._blocks if self.sent and isinstance(self.sent[0], Needs) else [])

    def send(self, value: object) -> None:
        self.sent.append(value)

    def fail(self, reason: str) -> None:
        self.problem = reason


def same(found: Found, wanted: Found) -> None:
    assert found.qualifies == wanted.qualifies
    assert found == wanted
    assert [*found.unknown] == [*wanted.unknown]


DEFINITIONS = {
    "women": 'person.gender = "female"',
    "old": "person.birthYear < 1960",
    "buyers": 'xEvent.exists(eventType = "commerce.purchases" and timestamp occurs <= 30 days before now)',
    "counted": "xEvent.count() >= 2",
    "sum": "(sum X.commerce.order.priceTotal over X from xEvent) > 100",
    "chain": 'CHAIN(xEvent, timestamp, [A: WHAT(eventType = "commerce.purchases")])',
    "both": 'inSegment("women") and homeAddress.countryCode = "US"',
    "deep": 'inSegment("both") and not inSegment("old")',
    "member": 'inSegment("elsewhere") and person.gender = "female"',
    "stored": 'inSegment("stored-before")',
    "undeclared": 'favourite.colour = "red"',
    "by undeclared": 'inSegment("undeclared") or inSegment("old")',
    "above": 'person.shoeSize > 40 or person.gender = "male"',
    "map": 'identityMap.email.exists(id.contains("1@"))',
    "text": 'person.name.firstName.startsWith("zoë 1", false)',
    "lookaround": 'person.name.firstName matches "(?!Zoë 1).*"',
    "present": "person.isNotNull() and homeAddress.city.isNull()",
    "syntax": "person.gender = ",
    "bad reference": 'inSegment("syntax")',
    "broken reference": 'inSegment("broken")',
}


def loaded(store: ProfileStore, folder: Path, name: str, records: list[dict[str, Any]]) -> None:
    path = folder / f"{name}.ndjson"
    path.write_text("".join(json.dumps(each) + "\n" for each in records), encoding="utf-8")
    store.load(SCOPE, name, [str(path)])


def odd_people() -> list[dict[str, Any]]:
    """Profiles of which some do not follow the schema, some have events of two loads, and some nothing else."""
    people = [profile(number) for number in range(60)]
    for number in (3, 4, 31):
        people[number]["person"] = {"gender": "female", "birthYear": "long ago"}
    people[7]["homeAddress"] = "Bath"
    people[8] |= {"favourite": {"colour": "red"}}
    people[9]["person"]["shoeSize"] = 44
    people[11] |= {"person.gender": "a name with a dot", "Person": {"gender": "none"}}
    people[12]["xEvent"] = [{"_id": "x", "timestamp": 1_700_000_000_000, "commerce": {"order": {"priceTotal": 60}}}]
    people[13]["xEvent"] = [{"_id": "y", "timestamp": "2023-11-01T00:00:00Z", "eventType": ["commerce.purchases"]}]
    return people


def task_for(store: ProfileStore, policy: Policy = LATEST, **members: Any) -> Task:
    subjects = tuple(Subject(id, "pql/text", text) for id, text in DEFINITIONS.items())
    return Task(
        subjects,
        1_700_000_000_000,
        known={"elsewhere": array("q", range(0, 60, 3))},
        broken={"broken": "nobody knows"},
        origin=Origin(SCOPE, policy, store.version(SCOPE)),
        **members,
    )
