"""Do deleted segments leave the lists of schedules, and do those with nothing left stand still?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pqltools.segmentation.options import Limits, Options
from pqltools.segmentation.service import Service
from service_data import SCOPE, define


def body_of(type: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {"name": "s", "type": type, "properties": properties, "schedule": "0 0 1 * * ?", "state": "active"}


def test_deleted_segments_leave_the_lists(tmp_path: Path) -> None:
    with Service(str(tmp_path / "data"), options=Options(limits=Limits(schedules=9))) as service:
        one, two = define(service, "one", "a = 1"), define(service, "two", "a = 2")
        dataset = service.datasets.create(SCOPE, {"name": "out"})
        filters = [{"segments": [{"segmentId": id} for id in ids]} for ids in ([one, two], [one])]
        exports = [{"destination": {"datasetId": dataset}, "filter": each} for each in filters]
        lists = [{"segments": each} for each in ([one, two], [one], ["*"])]
        bodies = [body_of("export", each) for each in exports] + [body_of("batch_segmentation", each) for each in lists]
        made = [service.schedules.create(SCOPE, each)["id"] for each in bodies]
        service.definitions.delete(SCOPE, one)
        found = [service.schedules.get(SCOPE, id) for id in made]
        assert [each["state"] for each in found] == ["active", "inactive", "active", "inactive", "active"]
        assert found[0]["properties"]["filter"] == {"segments": [{"segmentId": two}]}
        # An export of no segment would be one of everybody.
        assert found[1]["properties"] == exports[1]
        assert [each["properties"]["segments"] for each in found[2:]] == [[two], [one], ["*"]]
        service.schedules.delete(SCOPE, made[0])
        service.schedules.delete(SCOPE, made[2])
        service.schedules.delete(SCOPE, made[4])
        assert service.firing.next() is None
