"""What do the tests of jobs and exports run on?  A service with some profiles, and definitions for them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pqltools.segmentation.engines.engine import Blocks, Found, Task
from pqltools.segmentation.engines.memory import MemoryEngine
from pqltools.segmentation.job_documents import FINAL
from pqltools.segmentation.scope import Scope
from pqltools.segmentation.service import Service
from pqltools.segmentation.stopping import Stop
from service_clients import definition

SCOPE = Scope("ACME@AdobeOrg")


def profile(number: int) -> dict[str, Any]:
    """A profile with an identity, and an event for one in five."""
    found: dict[str, Any] = {
        "identityMap": {"email": [{"id": f"p{number}@example.com", "primary": True}]},
        "person": {
            "gender": "female" if number % 2 else "male",
            "birthYear": 1950 + number % 60,
            "name": {"firstName": f"Zoë {number}"},
        },
        "homeAddress": {"countryCode": "US" if number % 3 else "DE"},
    }
    if number % 5 == 0:
        time = f"2024-01-{number % 28 + 1:02}T10:00:00Z"
        found["xEvent"] = [{"_id": f"e{number}", "eventType": "commerce.purchases", "timestamp": time}]
    return found


def load(service: Service, folder: Path, count: int, scope: Scope = SCOPE) -> list[dict[str, Any]]:
    """Have so many profiles in the store."""
    found = [profile(number) for number in range(count)]
    path = folder / "profiles.ndjson"
    path.write_text("".join(json.dumps(each) + "\n" for each in found), encoding="utf-8")
    service.profiles.load(scope, "people", [str(path)])
    return found


def define(service: Service, name: str, text: str, scope: Scope = SCOPE, **others: Any) -> str:
    """The id of a new definition."""
    made, _ = service.definitions.create(scope, definition(name, text, **others))
    id: str = made["id"]
    return id


def finished(service: Service, id: str, scope: Scope = SCOPE) -> dict[str, Any]:
    """The job when it has ended."""
    return wait(lambda: service.jobs.get(scope, id))


def exported(service: Service, id: int, scope: Scope = SCOPE) -> dict[str, Any]:
    """The export when it has ended."""
    return wait(lambda: service.exports.get(scope, id))


def wait(get: Any, statuses: frozenset[str] = FINAL) -> dict[str, Any]:
    """The job when it has one of these statuses."""
    for _ in range(6000):
        found: dict[str, Any] = get()
        if found["status"] in statuses:
            return found
        time.sleep(0.02)
    raise AssertionError(found["status"])


class Waiting:
    """An engine that waits before it works, until it is let go or stopped."""

    def __init__(self) -> None:
        self.go = False
        self.tasks: list[Task] = []

    def run(self, task: Task, blocks: Blocks, stop: Stop, progress: Callable[[int, int], None]) -> Found:
        self.tasks.append(task)
        while not self.go:
            stop.check()
            time.sleep(0.01)
        return MemoryEngine().run(task, blocks, stop, progress)


def members(service: Service, segment: str) -> dict[str, int]:
    """How many members a segment has, by their status."""
    return service.profiles.members(SCOPE, segment)


def run(service: Service, *ids: str) -> dict[str, Any]:
    """A job over segments, all if none are named, at its end."""
    return finished(service, service.jobs.create(SCOPE, ids or None)["id"])
