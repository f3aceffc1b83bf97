"""Do schedules fire when they should, once, and through restarts?"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, insert, select

from pqltools.segmentation.clock import ManualClock
from pqltools.segmentation.firing import Firing
from pqltools.segmentation.metadata.store import Metadata
from pqltools.segmentation.metadata.tables import DEFINITION_REFERENCES
from pqltools.segmentation.options import Limits, Options
from pqltools.segmentation.problems import Problem
from pqltools.segmentation.schedules import Fire, Schedules
from pqltools.segmentation.scope import Scope

SCOPE = Scope("ACME@AdobeOrg")
DAY = 86_400_000
START = 1_710_460_800_000  # 2024-03-15T00:00:00Z
HOUR = 3_600_000
ALL = {"segments": ["*"]}


class Recorder:
    """Makes jobs as rows of a table that is at hand, so that they are subject to the transaction."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.problem: Exception | None = None

    def prepare(self, scope: Scope) -> None:
        pass

    def check(self, scope: Scope, properties: Mapping[str, Any]) -> None:
        if "wrong" in properties:
            raise Problem(400, "UPAPI-900400-400", "the properties are wrong")

    def create_in(self, connection: Connection, scope: Scope, fire: Fire) -> str:
        row = {"org": scope.org, "sandbox": scope.sandbox, "id": fire.schedule, "target": fire.request_id}
        connection.execute(insert(DEFINITION_REFERENCES).values(row))
        if self.problem is not None:
            raise self.problem
        return f"job-{fire.instant}"

    def begin(self, scope: Scope, job: str) -> None:
        self.begun.append(job)


class World:
    """Schedules over a file, which may be opened anew."""

    def __init__(self, path: Path, clock: ManualClock, schedules: int = 1) -> None:
        self.metadata = Metadata(str(path / "metadata.sqlite"))
        self.recorder = Recorder()
        options = Options(limits=Limits(schedules=schedules))
        starters = {"batch_segmentation": self.recorder, "export": self.recorder}
        self.schedules = Schedules(self.metadata, clock, options, starters)
        self.firing = Firing(self.metadata, clock, self.schedules)

    def jobs(self) -> list[str]:
        with self.metadata.read() as connection:
            return [*connection.execute(select(DEFINITION_REFERENCES.c.target)).scalars()]

    def close(self) -> None:
        self.firing.close()
        self.metadata.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def world(tmp_path: Path, clock: ManualClock) -> Any:
    world = World(tmp_path, clock, schedules=10)
    yield world
    world.close()


def body(schedule: str = "0 0 2 * * ?", state: str = "active", **members: Any) -> dict[str, Any]:
    return {
        "name": "daily",
        "type": "batch_segmentation",
        "properties": ALL,
        "schedule": schedule,
        "state": state,
    } | members


def test_it_fires_every_day_at_its_time(world: World, clock: ManualClock) -> None:
    made = world.schedules.create(SCOPE, body())
    assert made["frequency"] == "daily"
    assert world.firing.fire_due() == []
    clock.advance(2 * HOUR - 1)
    assert world.firing.fire_due() == []
    clock.advance(1)
    assert world.firing.fire_due() == [f"job-{START + 2 * HOUR}"]
    assert world.firing.fire_due() == []
    assert world.firing.next() == START + 2 * HOUR + DAY
    clock.advance(DAY)
    assert len(world.firing.fire_due()) == 1
    assert world.jobs() == [f"{made['id']}-{START + 2 * HOUR + day * DAY}" for day in range(2)]
    assert world.recorder.begun == [f"job-{START + 2 * HOUR + day * DAY}" for day in range(2)]


def test_inactive_ones_do_not_fire_until_they_are_active(world: World, clock: ManualClock) -> None:
    id = world.schedules.create(SCOPE, body(state="inactive"))["id"]
    clock.advance(3 * DAY)
    assert world.firing.fire_due() == []
    world.schedules.change(SCOPE, id, lambda old: {**old, "state": "active"})
    # What passed while it was inactive is not made up for.
    assert world.firing.fire_due() == []
    clock.advance(DAY)
    assert len(world.firing.fire_due()) == 1
    world.schedules.change(SCOPE, id, lambda old: {**old, "state": "inactive"})
    clock.advance(DAY)
    assert world.firing.fire_due() == []


def test_of_what_was_missed_the_last_is_made_up_for(tmp_path: Path, clock: ManualClock) -> None:
    first = World(tmp_path, clock)
    id = first.schedules.create(SCOPE, body())["id"]
    first.close()
    clock.advance(5 * DAY + 3 * HOUR)
    second = World(tmp_path, clock)
    assert len(second.firing.fire_due()) == 1
    second.close()
    third = World(tmp_path, clock)
    assert third.firing.fire_due() == []
    assert third.jobs() == [f"{id}-{START + 5 * DAY + 2 * HOUR}"]
    assert [instant for instant, _, _ in third.schedules.fires(SCOPE, id)] == [START + 5 * DAY + 2 * HOUR]
    third.close()


def test_a_changed_time_does_not_fire_the_same_instant_twice(world: World, clock: ManualClock) -> None:
    id = world.schedules.create(SCOPE, body())["id"]
    clock.advance(2 * HOUR)
    assert len(world.firing.fire_due()) == 1
    world.schedules.change(SCOPE, id, lambda old: {**old, "state": "inactive"})
    world.schedules.change(SCOPE, id, lambda old: {**old, "state": "active"})
    assert world.firing.fire_due() == []
    assert world.firing.next() == START + 2 * HOUR + DAY


def test_a_changed_time_fires_not_before_a_day_has_passed(world: World, clock: ManualClock) -> None:
    id = world.schedules.create(SCOPE, body())["id"]
    clock.advance(2 * HOUR)
    assert len(world.firing.fire_due()) == 1
    world.schedules.change(SCOPE, id, lambda old: {**old, "schedule": "0 0 3 * * ?"})
    assert world.firing.next() == START + 3 * HOUR + DAY
    world.schedules.change(SCOPE, id, lambda old: {**old, "schedule": "0 0 1 * * ?"})
    assert world.firing.next() == START + HOUR + 2 * DAY


def test_a_changed_time_fires_today_if_nothing_came_of_the_one_before(world: World, clock: ManualClock) -> None:
    id = world.schedules.create(SCOPE, body())["id"]
    world.recorder.problem = Problem(429, "UPAPI-900429-429", "there are too many jobs")
    clock.advance(2 * HOUR)
    world.firing.fire_due()
    world.schedules.change(SCOPE, id, lambda old: {**old, "schedule": "0 0 3 * * ?"})
    assert world.firing.next() == START + 3 * HOUR


def test_a_time_that_has_come_is_not_lost_by_a_change_of_other_things(world: World, clock: ManualClock) -> None:
    id = world.schedules.create(SCOPE, body())["id"]
    clock.advance(2 * HOUR)
    # The thread that fires has not come to it yet.
    world.schedules.change(SCOPE, id, lambda old: {**old, "name": "other"})
    assert len(world.firing.fire_due()) == 1
    world.schedules.change(SCOPE, id, lambda old: {**old, "name": "third"})
    assert world.firing.fire_due() == []
    assert world.firing.next() == START + 2 * HOUR + DAY


def test_a_clock_that_was_set_back_is_no_reason_to_wait(tmp_path: Path) -> None:
    first_clock = ManualClock(START + 30 * DAY)
    first = World(tmp_path, first_clock)
    id = first.schedules.create(SCOPE, body())["id"]
    first_clock.advance(2 * HOUR)
    assert len(first.firing.fire_due()) == 1
    first.close()
    second = World(tmp_path, ManualClock(START))
    second.schedules.change(SCOPE, id, lambda old: {**old, "schedule": "0 0 3 * * ?"})
    assert second.firing.next() == START + 3 * HOUR
    second.close()


def test_two_that_fire_over_one_file_fire_once(tmp_path: Path, clock: ManualClock) -> None:
    # The lock of the data directory keeps out a second server; this is what holds without it.
    first, second = World(tmp_path, clock), World(tmp_path, clock)
    first.schedules.create(SCOPE, body())
    for _ in range(5):
        clock.advance(DAY)
        threads = [threading.Thread(target=world.firing.fire_due) for world in (first, second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(first.jobs()) == len({*first.jobs()}) == 5
    assert len(first.recorder.begun) + len(second.recorder.begun) == 5
    first.close()
    second.close()


def test_what_was_due_when_the_server_stopped_fires_after_the_restart(tmp_path: Path, clock: ManualClock) -> None:
    first = World(tmp_path, clock)
    id = first.schedules.create(SCOPE, body())["id"]
    clock.advance(2 * HOUR)  # due, and not fired
    first.close()
    second = World(tmp_path, clock)
    second.firing.start()
    wait_for(lambda: second.jobs() == [f"{id}-{START + 2 * HOUR}"])
    second.close()


def test_a_job_that_cannot_be_made_leaves_its_reason_and_nothing_else(world: World, clock: ManualClock) -> None:
    id = world.schedules.create(SCOPE, body())["id"]
    world.recorder.problem = Problem(429, "UPAPI-900429-429", "there are too many jobs")
    clock.advance(2 * HOUR)
    assert world.firing.fire_due() == []
    assert world.jobs() == []
    assert world.schedules.fires(SCOPE, id) == [(START + 2 * HOUR, None, "there are too many jobs")]
    world.recorder.problem = None
    assert world.firing.fire_due() == []
    clock.advance(DAY)
    assert len(world.firing.fire_due()) == 1


def test_a_crash_between_firing_and_job_leaves_neither(world: World, clock: ManualClock) -> None:
    id = world.schedules.create(SCOPE, body())["id"]
    clock.advance(2 * HOUR)
    world.recorder.problem = KeyError("a crash")
    with pytest.raises(KeyError):
        world.firing.fire_due()
    assert world.jobs() == []
    assert world.schedules.fires(SCOPE, id) == []
    world.recorder.problem = None
    assert len(world.firing.fire_due()) == 1


def test_many_threads_fire_once(world: World, clock: ManualClock) -> None:
    for number in range(5):
        world.schedules.create(SCOPE, body(name=str(number)))
    clock.advance(2 * HOUR)
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.extend(world.firing.fire_due())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 5
    assert len({*world.jobs()}) == len(world.jobs()) == 5


def test_the_thread_wakes_when_the_clock_moves_and_when_a_schedule_comes(world: World, clock: ManualClock) -> None:
    world.firing.start()
    world.schedules.create(SCOPE, body())
    clock.advance(2 * HOUR)
    wait_for(lambda: len(world.jobs()) == 1)
    world.schedules.create(SCOPE, body("0 0 3 * * ?"))
    clock.advance(HOUR)
    wait_for(lambda: len(world.jobs()) == 2)


def wait_for(condition: Any) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@settings(deadline=None, max_examples=8)
@given(st.lists(st.tuples(st.integers(1, 50), st.booleans()), min_size=1, max_size=12))
def test_it_fires_as_the_model_whatever_restarts(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, bool]]
) -> None:
    """The model: at every look, the last instant not after now, if it is later than the one before."""
    path, clock = tmp_path_factory.mktemp("steps"), ManualClock(START)
    world = World(path, clock)
    id = world.schedules.create(SCOPE, body())["id"]
    expected: list[str] = []
    done = START
    for hours, restarts in steps:
        clock.advance(hours * HOUR)
        if restarts:
            world.close()
            world = World(path, clock)
        world.firing.fire_due()
        last = (clock.now() - 2 * HOUR) // DAY * DAY + 2 * HOUR
        if last > done:
            done = last
            expected.append(f"{id}-{last}")
    assert world.jobs() == expected
    world.close()


def test_scopes_have_their_own(world: World, clock: ManualClock) -> None:
    other = Scope(SCOPE.org, "other")
    id = world.schedules.create(SCOPE, body())["id"]
    with pytest.raises(Problem) as caught:
        world.schedules.get(other, id)
    assert caught.value.status == 404


def test_one_for_each_sandbox(tmp_path: Path, clock: ManualClock) -> None:
    world = World(tmp_path, clock)
    world.schedules.create(SCOPE, body())
    world.schedules.create(Scope(SCOPE.org, "other"), body())
    with pytest.raises(Problem, match="is a schedule already") as caught:
        world.schedules.create(SCOPE, body())
    assert caught.value.status == 400
    world.close()


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"schedule": "0 0 1 * * *"}, "exactly one"),
        ({"schedule": "0 0/5 1 * * ?"}, "at most once a day"),
        ({"schedule": "0 0 1 30 2 ?"}, "never fires"),
        ({"schedule": "0 0 1 * * ? 2023"}, "never fires"),
        ({"properties": {}}, "needs `properties.segments`"),
        ({"properties": {"segments": []}}, "needs `properties.segments`"),
        ({"properties": {"segments": [1]}}, "needs `properties.segments`"),
        ({"properties": {"segments": ["*", "x"]}}, "alone"),
        ({"properties": {"segments": ["x"]}}, "no segment definition x"),
        ({"properties": {"segments": ["*"], "segment": []}}, "`segment` is not known"),
        ({"type": "export", "properties": {"wrong": 1}}, "the properties are wrong"),
    ],
)
def test_wrong_ones_are_refused(world: World, members: dict[str, Any], message: str) -> None:
    with pytest.raises(Problem) as caught:
        world.schedules.create(SCOPE, body(**members))
    assert caught.value.status == 400
    assert message in caught.value.title
