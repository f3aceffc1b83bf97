"""Are the profiles of a preview those of one moment, whatever is loaded meanwhile?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pqltools.segmentation.engines.engine import Blocks, Found, Task
from pqltools.segmentation.engines.memory import MemoryEngine
from pqltools.segmentation.service import Service
from pqltools.segmentation.stopping import Stop
from service_clients import FEMALE
from service_data import SCOPE, load, wait


class Late:
    """An engine that has something done before it asks for profiles."""

    def __init__(self, before: Callable[[], object]) -> None:
        self.before = before
        self.versions: list[str] = []

    def run(self, task: Task, blocks: Blocks, stop: Stop, progress: Callable[[int, int], None]) -> Found:
        assert task.origin is not None
        self.versions.append(task.origin.version)
        self.before()
        return MemoryEngine().run(task, blocks, stop, progress)


def test_profiles_are_those_of_the_version(tmp_path: Path) -> None:
    with Service(str(tmp_path / "data")) as service:
        load(service, tmp_path, 20)
        version = service.profiles.version(SCOPE)
        engine = Late(lambda: load(service, tmp_path, 40))
        service.previews._engine = engine
        for matched in (10, 20):
            made = service.previews.create(SCOPE, {"type": "PQL", "format": "pql/text", "value": FEMALE})
            id: str = made["previewId"]
            wait(
                lambda id=id: {"status": service.previews.estimate(SCOPE, id)["state"]},
                frozenset(["RESULT_READY", "FAILED"]),
            )
            found = service.previews.estimate(SCOPE, id)
            assert (found["state"], found["estimatedSize"]) == ("RESULT_READY", matched)
        assert engine.versions[0] == version != engine.versions[1]
