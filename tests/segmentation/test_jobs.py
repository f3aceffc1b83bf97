"""Do jobs find what holds, in the right order, and change nothing when they are cancelled or fail?"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from pqltools.segmentation.clock import ManualClock
from pqltools.segmentation.engines.engine import Blocks, EngineFailure, Found, Task
from pqltools.segmentation.engines.memory import MemoryEngine
from pqltools.segmentation.job_inputs import Input, circles, stages
from pqltools.segmentation.job_tables import property_condition
from pqltools.segmentation.metadata.tables import SEGMENT_JOBS
from pqltools.segmentation.options import Limits, Options
from pqltools.segmentation.pages import Page
from pqltools.segmentation.problems import Problem
from pqltools.segmentation.profiles.model import Applied
from pqltools.segmentation.scope import Scope
from pqltools.segmentation.service import Service
from pqltools.segmentation.stopping import Stop, Stopped
from service_clients import FEMALE
from service_data import SCOPE, Waiting, define, finished, load, members, run, wait

AMERICAN = 'homeAddress.countryCode = "US"'


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    clock = ManualClock(1_700_000_000_000)
    with Service(str(tmp_path / "data"), clock, Options(limits=Limits(pending_jobs=5))) as found:
        yield found


def test_job_finds_what_holds(service: Service, tmp_path: Path) -> None:
    profiles = load(service, tmp_path, 100)
    women, buyers = define(service, "women", FEMALE), define(service, "buyers", "xEvent.count() > 0")
    made = service.jobs.create(SCOPE, [women, buyers], requestId="r")
    assert made["status"] == "NEW"
    assert made["metrics"] == {"totalTime": {"startTimeInMs": 1_700_000_000_000}, "profileSegmentationTime": {}}
    job = finished(service, made["id"])
    assert (job["status"], job["errors"]) == ("SUCCEEDED", [])
    metrics = job["metrics"]
    assert metrics["totalProfiles"] == 100
    assert metrics["totalProfilesByMergePolicy"] == {"timestampOrdered-none-mp": 100}
    expected = {women: sum(p["person"]["gender"] == "female" for p in profiles), buyers: 20}
    assert metrics["segmentedProfileCounter"] == expected
    assert metrics["segmentedProfileByNamespaceCounter"] == {id: {"email": n} for id, n in expected.items()}
    assert metrics["segmentedProfileByStatusCounter"] == {
        id: {"realized": n, "exited": 0} for id, n in expected.items()
    }
    assert {*metrics["totalTime"]} == {"startTimeInMs", "endTimeInMs", "totalTimeInMs"}
    assert [each["segmentId"] for each in job["segments"]] == [women, buyers]
    shown = job["segments"][0]["segment"]
    assert shown["expression"]["value"] == FEMALE
    assert shown["mergePolicy"] == {"id": "timestampOrdered-none-mp", "version": 1}
    assert service.jobs.progress(SCOPE, job["id"]) is None


def test_memberships_follow(service: Service, tmp_path: Path) -> None:
    load(service, tmp_path, 10)
    id = define(service, "s", FEMALE)
    run(service)
    service.definitions.replace(SCOPE, id, {**service.definitions.get(SCOPE, id), "expression": expression(AMERICAN)})
    metrics = run(service, id)["metrics"]
    assert metrics["segmentedProfileByStatusCounter"] == {id: {"realized": 6, "exited": 2}}
    assert metrics["segmentedProfileCounter"] == {id: 6}


def expression(text: str) -> dict[str, str]:
    return {"type": "PQL", "format": "pql/text", "value": text}


def test_references_see_the_new_answers(service: Service, tmp_path: Path) -> None:
    load(service, tmp_path, 60)
    women = define(service, "women", FEMALE)
    both = define(service, "both", f'inSegment("{women}") and {AMERICAN}')
    job = run(service, both, women)
    assert job["metrics"]["segmentedProfileCounter"] == {both: 20, women: 30}


def test_references_across_merge_policies(service: Service, tmp_path: Path) -> None:
    load(service, tmp_path, 60)
    dataset = service.profiles.datasets(SCOPE)[0].id
    other = service.merge_policies.create(
        SCOPE,
        {
            "name": "other",
            "schema": {"name": "_xdm.context.profile"},
            "attributeMerge": {"type": "dataSetPrecedence", "order": [dataset]},
        },
    )["id"]
    women = define(service, "women", FEMALE)
    both = define(service, "both", f'inSegment("{women}") and {AMERICAN}', mergePolicyId=other)
    neither = define(service, "neither", f'not inSegment("{both}")')
    for _ in range(2):
        job = run(service)
        assert job["metrics"]["segmentedProfileCounter"] == {women: 30, both: 20, neither: 40}
    # It is the answer of this job that counts, not that of the one before.
    body = service.definitions.get(SCOPE, women)
    service.definitions.replace(SCOPE, women, {**body, "expression": expression("false")})
    assert run(service)["metrics"]["segmentedProfileCounter"] == {women: 0, both: 0, neither: 60}


def test_references_to_others_see_their_memberships(service: Service, tmp_path: Path) -> None:
    load(service, tmp_path, 10)
    women = define(service, "women", FEMALE)
    both = define(service, "men", f'not inSegment("{women}")')
    assert run(service, both)["metrics"]["segmentedProfileCounter"] == {both: 10}
    run(service, women)
    assert run(service, both)["metrics"]["segmentedProfileCounter"] == {both: 5}


def test_fault_of_one_segment_costs_no_other_its_answer(service: Service, tmp_path: Path) -> None:
    load(service, tmp_path, 10)
    good, bad = define(service, "good", FEMALE), define(service, "bad", AMERICAN)
    behind = define(service, "behind", f'inSegment("{bad}")')
    run(service)
    break_definition(service, bad, 'person.name.firstName matches "("')
    job = run(service)
    assert job["status"] == "SUCCEEDED"
    assert job["metrics"]["segmentedProfileCounter"] == {good: 5}
    assert {error["segmentId"] for error in job["errors"]} == {bad, behind}
    assert "regular expression" in job["errors"][0]["msg"]
    assert members(service, bad) == {"realized": 6}
    assert members(service, behind) == {"realized": 6}
    failed = run(service, bad)
    assert failed["status"] == "FAILED"
    assert failed["metrics"]["totalTime"]["totalTimeInMs"] == 0


def break_definition(service: Service, id: str, text: str) -> None:
    """Put an expression into the database that no check has seen."""
    with service.metadata.write() as connection:
        query = "UPDATE definitions SET document = json_set(document, '$.definition.expression.value', ?) WHERE id = ?"
        connection.exec_driver_sql(query, (text, id))


def test_profile_at_which_a_definition_fails(service: Service, tmp_path: Path, monkeypatch: Any) -> None:
    text = 'person.name.fullName matches "(a|aa)+(?=b)$"'
    path = tmp_path / "p.ndjson"
    rows: list[dict[str, Any]] = [{"_id": "hard", "person": {"name": {"fullName": "a" * 5000 + "c"}}}]
    rows += [{"_id": f"{n}", "person": {"name": {"fullName": "x"}, "gender": "female"}} for n in range(3)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    service.profiles.load(SCOPE, "people", [str(path)])
    hard, women = define(service, "hard", f"not ({text})"), define(service, "women", FEMALE)
    job = run(service)
    assert job["metrics"]["segmentedProfileCounter"] == {hard: 3, women: 3}
    (error,) = job["errors"]
    assert error["segmentId"] == hard
    assert "1 profile" in error["msg"]
    assert "aaaa" not in error["msg"]


def test_circle_is_an_error_of_its_segments(service: Service, tmp_path: Path) -> None:
    load(service, tmp_path, 10)
    one, good = define(service, "one", FEMALE), define(service, "good", FEMALE)
    two = define(service, "two", f'inSegment("{one}")')
    break_definition(service, one, f'inSegment("{two}")')
    with service.metadata.write() as connection:
        row = (SCOPE.org, SCOPE.sandbox, one, two)
        connection.exec_driver_sql("INSERT INTO definition_references VALUES (?, ?, ?, ?)", row)
    job = run(service)
    assert job["metrics"]["segmentedProfileCounter"] == {good: 5}
    assert all("circle" in error["msg"] for error in job["errors"])
    assert len(job["errors"]) == 2


def test_cancelling_takes_effect_and_changes_nothing(service: Service, tmp_path: Path) -> None:
    load(service, tmp_path, 10)
    id = define(service, "s", FEMALE)
    run(service)
    before = service.profiles.profile(SCOPE, "email", "p1@example.com")
    engine = service.jobs._engine = Waiting()
    running, waiting = (service.jobs.create(SCOPE, [id])["id"] for _ in range(2))
    wait(lambda: service.jobs.get(SCOPE, running), frozenset(["PROCESSING"]))
    wait(lambda: service.jobs.get(SCOPE, waiting), frozenset(["QUEUED"]))
    for job in (waiting, running):
        service.jobs.cancel(SCOPE, job)
        assert finished(service, job)["status"] == "CANCELLED"
    service.jobs.cancel(SCOPE, running)
    assert len(engine.tasks) == 1
    assert service.profiles.profile(SCOPE, "email", "p1@example.com") == before
    engine.go = True
    assert run(service, id)["status"] == "SUCCEEDED"


def test_process_that_evaluates_is_killed(service: Service, tmp_path: Path) -> None:
    load(service, tmp_path, 2000)
    stop = Stop()
    from pqltools.segmentation.engines.engine import Subject

    def blocks(_: object) -> Iterator[Any]:
        while True:  # without end
            yield from service.profiles.merged(SCOPE)

    def progress(done: int, _: int) -> None:
        if done > 3000:
            stop.request()

    task = Task((Subject("a", "pql/text", FEMALE),), 0)
    with pytest.raises(Stopped):
        MemoryEngine().run(task, blocks, stop, progress)


class Broken:
    """An engine that fails."""

    def run(self, task: Task, blocks: Blocks, stop: Stop, progress: Callable[[int, int], None]) -> Found:
        raise EngineFailure("its process ended with signal 9")


def test_engine_that_fails(service: Service, tmp_path: Path) -> None:
    load(service, tmp_path, 10)
    id = define(service, "s", FEMALE)
    service.jobs._engine = Broken()
    job = run(service, id)
    assert job["status"] == "FAILED"
    assert "signal 9" in job["errors"][0]["msg"]
    assert members(service, id) == {}


def test_not_too_many_jobs_wait(service: Service, tmp_path: Path) -> None:
    id = define(service, "s", FEMALE)
    service.jobs._engine = Waiting()
    for _ in range(5):
        service.jobs.create(SCOPE, [id])
    with pytest.raises(Problem) as caught:
        service.jobs.create(SCOPE, [id])
    assert (caught.value.status, caught.value.retry_after) == (429, 5)
    service.jobs.create(Scope("other"), None)


def test_what_cannot_be_run_is_refused(service: Service) -> None:
    draft, _ = service.audiences.create(
        SCOPE, {"name": "d", "expression": expression(FEMALE), "lifecycleState": "draft"}
    )
    outside, _ = service.audiences.create(SCOPE, {"name": "x", "type": "ExternalSegment"})
    for id, words in ((draft["id"], "draft"), (outside["id"], "elsewhere"), ("none", "no segment definition")):
        with pytest.raises(Problem, match=words):
            service.jobs.create(SCOPE, [id])
    job = run(service)
    assert job["segments"] == []


def test_many_definitions_show_as_one(tmp_path: Path) -> None:
    with Service(str(tmp_path / "data"), options=Options(limits=Limits(listed_segments=2))) as service:
        load(service, tmp_path, 4)
        ids = [define(service, f"s{n}", FEMALE) for n in range(3)]
        job = run(service, *ids)
        assert job["segments"] == [{"segmentId": "*"}]
        assert {*job["metrics"]["segmentedProfileCounter"]} == {*ids}


def test_lists_are_filtered(service: Service) -> None:
    ids = [define(service, f"s{n}", FEMALE) for n in range(2)]
    jobs = [run(service, id)["id"] for id in ids]

    def found(*written: str) -> list[str]:
        where = [property_condition(SEGMENT_JOBS, each) for each in written]
        rows, total = service.jobs.rows(SCOPE, Page(0, 10, (("creationTime", True),)), where)
        assert total == len(rows)
        return [row["id"] for row in rows]

    assert found() == jobs[::-1]
    assert found("source==api") == jobs[::-1]
    assert found("source==scheduler") == []
    assert found("sandbox.default==true") == jobs[::-1]
    assert found("metrics.totalProfiles==0") == jobs[::-1]
    assert found(f"segments~segmentId=={ids[0]}") == [jobs[0]]
    assert found(f"segments~segmentId=={ids[0]}", f"segments~segmentId=={ids[1]}") == []
    assert found("segments~segment.expression.type==PQL") == jobs[::-1]
    assert found("id~x==1") == []
    for wrong in ("", "a", "a=b", "$[0]==1", "a~==1", "a b==c", "'==x", "a~b~c==1"):
        with pytest.raises(Problem):
            found(wrong)


def test_stages_have_references_before_those_who_refer() -> None:
    def given(id: str, policy: str, *references: str) -> Input:
        return Input(id, {}, policy, references)

    inputs = [given("d", "p", "c"), given("c", "q", "b", "x"), given("b", "p", "a"), given("a", "p")]
    found = [(stage.policy, [each.id for each in stage.inputs]) for stage in stages(inputs)]
    assert found == [("p", ["b", "a"]), ("q", ["c"]), ("p", ["d"])]
    ring = [
        given("a", "p", "b"),
        given("b", "q", "c"),
        given("c", "p", "a"),
        given("d", "p", "a"),
        given("e", "p", "e"),
    ]
    assert {*circles(ring)} == {"a", "b", "c", "e"}
    assert circles(ring)["a"].endswith("a → b → c → a")


def test_deleted_segment_leaves_no_memberships(service: Service, tmp_path: Path) -> None:
    load(service, tmp_path, 10)
    women, americans = define(service, "women", FEMALE), define(service, "americans", AMERICAN)
    run(service)
    service.definitions.delete(SCOPE, women)
    assert (members(service, women), members(service, americans)) == ({}, {"realized": 6})
    profile = service.profiles.profile(SCOPE, "email", "p1@example.com")
    assert profile is not None
    assert [*profile["segmentMembership"]["ups"]] == [americans]
    job = run(service)
    assert (job["status"], [*job["metrics"]["segmentedProfileCounter"]]) == ("SUCCEEDED", [americans])
    assert [*service.profiles.sizes(SCOPE)] == [americans]


def test_segments_that_are_deleted_while_a_job_runs(service: Service, tmp_path: Path) -> None:
    engine = Waiting()
    service.jobs._engine = engine
    load(service, tmp_path, 10)
    women, americans = define(service, "women", FEMALE), define(service, "americans", AMERICAN)
    both = service.jobs.create(SCOPE, None)["id"]
    wait(lambda: service.jobs.get(SCOPE, both), frozenset(["PROCESSING"]))
    one = service.jobs.create(SCOPE, [women])["id"]
    service.definitions.delete(SCOPE, women)
    engine.go = True
    job = finished(service, both)
    assert (job["status"], job["metrics"]["segmentedProfileCounter"]) == ("SUCCEEDED", {americans: 6})
    assert [(each["code"], each["segmentId"]) for each in job["errors"]] == [("PQL-JOB-005", women)]
    job = finished(service, one)
    assert (job["status"], len(job["errors"])) == ("FAILED", 1)
    assert "deleted before its end" in job["errors"][0]["msg"]
    assert (members(service, women), service.profiles.segments(SCOPE)) == ({}, [americans])


def test_segment_that_is_deleted_while_its_first_memberships_are_stored(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(service, tmp_path, 10)
    women, americans = define(service, "women", FEMALE), define(service, "americans", AMERICAN)
    store = service.profiles.apply_memberships

    def storing(*given: Any, before_commit: Callable[[Applied], None], **options: Any) -> Applied:
        def told(applied: Applied) -> None:
            # In a thread, as the API does it; nobody else sees that there will be memberships.
            deleting = threading.Thread(target=service.definitions.delete, args=(SCOPE, women))
            deleting.start()
            deleting.join()
            before_commit(applied)

        return store(*given, before_commit=told, **options)

    monkeypatch.setattr(service.profiles, "apply_memberships", storing)
    assert run(service)["status"] == "SUCCEEDED"
    assert service.profiles.segments(SCOPE) == [americans]


@pytest.mark.parametrize("is_lucky", [True, False])
def test_segment_that_is_deleted_while_others_write(service: Service, tmp_path: Path, is_lucky: bool) -> None:
    load(service, tmp_path, 10)
    women, americans = define(service, "women", FEMALE), define(service, "americans", AMERICAN)
    run(service)
    holding, go = threading.Event(), threading.Event()

    def hold() -> None:  # as a large load does when it is stored
        with suppress(ZeroDivisionError), service.profiles._database.changing():
            holding.set()
            assert go.wait(300)
            if not is_lucky:
                raise ZeroDivisionError

    holder = threading.Thread(target=hold)
    deleting = threading.Thread(target=service.definitions.delete, args=(SCOPE, women))
    holder.start()
    try:
        assert holding.wait(60)
        deleting.start()
        deleting.join(60)
        assert not deleting.is_alive()
        assert service.definitions.existing(SCOPE, [women]) == set()
        assert members(service, women) == {"realized": 5}
    finally:
        go.set()
        holder.join()
        deleting.join()
    assert (members(service, women), service.profiles.segments(SCOPE)) == ({}, [americans])


def test_mistake_in_what_others_left_to_do(service: Service, tmp_path: Path) -> None:
    """It is nothing to who writes, and the next thing is done."""
    done: list[int] = []

    def fail() -> None:
        raise ZeroDivisionError

    with ThreadPoolExecutor(1) as pool, service.profiles._database.changing():
        pool.submit(service.profiles.when_free, 1, lambda: done.append(1)).result(60)
        pool.submit(service.profiles.when_free, 2, fail).result(60)
        assert done == []
    assert done == [1]
    load(service, tmp_path, 10)
    service.profiles.when_free(1, lambda: done.append(2))
    assert done == [1, 2]
