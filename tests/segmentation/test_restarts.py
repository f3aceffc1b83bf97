"""What is there when the service starts again, wherever its process ended, and whatever cannot be stored then?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pqltools.segmentation.job_tables import JobTable
from pqltools.segmentation.problems import Problem
from pqltools.segmentation.profiles.store import ProfileStore
from pqltools.segmentation.service import Service
from service_clients import FEMALE
from service_data import SCOPE, Waiting, define, finished, load, members, run, wait

AMERICAN = 'homeAddress.countryCode = "US"'


def test_interrupted_jobs_at_the_next_start(tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    with Service(data) as service:
        load(service, tmp_path, 10)
        id = define(service, "s", FEMALE)
        service.jobs._engine = Waiting()
        jobs = [service.jobs.create(SCOPE, [id])["id"] for _ in range(3)]
        wait(lambda: service.jobs.get(SCOPE, jobs[0]), frozenset(["PROCESSING"]))
    with Service(data) as service:
        stopped = service.jobs.get(SCOPE, jobs[0])
        assert stopped["status"] == "FAILED"
        assert "stopped" in stopped["errors"][0]["msg"]
        # What had only waited goes on.
        assert [finished(service, job)["status"] for job in jobs[1:]] == ["SUCCEEDED"] * 2


@pytest.mark.parametrize("is_applied", [True, False])
def test_crash_between_the_two_stores(tmp_path: Path, is_applied: bool) -> None:
    data = str(tmp_path / "data")
    with Service(data) as service:
        load(service, tmp_path, 10)
        id = define(service, "s", FEMALE)
        done = run(service, id)
        job = {**done, "id": "crashed", "status": "PROCESSING", "metrics": {"totalTime": {"startTimeInMs": 0}}}
        with service.metadata.write() as connection:
            outcome = json.dumps({**done, "id": "crashed"})
            service.jobs.table.add(connection, SCOPE, job, inputs="[]", outcome=outcome)
        if is_applied:
            service.profiles.apply_memberships(SCOPE, "crashed", 0, {})
    with Service(data) as service:
        found = service.jobs.get(SCOPE, "crashed")
        if is_applied:
            assert found == {**done, "id": "crashed"}
        else:
            assert found["status"] == "FAILED"
            assert "make the job anew" in found["errors"][0]["msg"]


def test_service_starts_though_memberships_of_deleted_segments_cannot_be_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Service(str(tmp_path / "data")) as service:
        service.profiles.apply_memberships(SCOPE, "job", 1, {"gone": [1]})

    def full(*_: object) -> None:
        raise Problem(507, "UPAPI-900508-507", "The disk is full: nothing of this was stored.")

    with monkeypatch.context() as patch:
        patch.setattr(ProfileStore, "forget_segments", full)
        with Service(str(tmp_path / "data")) as service:
            assert service.profiles.segments(SCOPE) == ["gone"]
    with Service(str(tmp_path / "data")) as service:
        assert service.profiles.segments(SCOPE) == []


def test_service_starts_though_the_end_of_a_job_cannot_be_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Service(str(tmp_path / "data")) as service:
        load(service, tmp_path, 10)
        define(service, "women", FEMALE)
        id = run(service)["id"]
        # As if the process had ended while the job ran.
        service.jobs.table.change(SCOPE, id, lambda job: {**job, "status": "CANCELLING"})
    change, is_full = JobTable.change, True

    def changing(self: JobTable, *given: Any, **columns: Any) -> dict[str, Any] | None:
        if is_full:
            raise Problem(507, "UPAPI-900508-507", "The disk is full: nothing of this was stored.")
        return change(self, *given, **columns)

    monkeypatch.setattr(JobTable, "change", changing)
    monkeypatch.setattr(ProfileStore, "is_applied", lambda *_: False)
    with Service(str(tmp_path / "data")) as service:
        assert service.jobs.get(SCOPE, id)["status"] == "CANCELLING"
        is_full = False
        assert finished(service, id)["status"] == "CANCELLED"


def test_memberships_that_a_crash_left_behind_go_at_the_next_start(tmp_path: Path) -> None:
    with Service(str(tmp_path / "data")) as service:
        load(service, tmp_path, 10)
        women, americans = define(service, "women", FEMALE), define(service, "americans", AMERICAN)
        run(service)
        # As if the process had ended between the two stores.
        with service.metadata.write() as connection:
            service.definitions._documents.remove(connection, SCOPE, women)
        assert members(service, women) == {"realized": 5}
    with Service(str(tmp_path / "data")) as service:
        assert (members(service, women), members(service, americans)) == ({}, {"realized": 6})
