"""Do definitions obey their laws: what is put is got, pages part the list, sandboxes are apart, nothing is lost?"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pqltools.segmentation.clock import ManualClock
from pqltools.segmentation.options import Limits, Options
from pqltools.segmentation.pages import Page, read_sort
from pqltools.segmentation.problems import Problem
from pqltools.segmentation.scope import Scope
from pqltools.segmentation.service import Service
from service_clients import FEMALE, definition

FEW = settings(max_examples=settings().max_examples // 10)
NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | NAMES,
    lambda children: st.lists(children, max_size=3) | st.dictionaries(NAMES, children, max_size=3),
    max_leaves=8,
)
SWITCHES = st.fixed_dictionaries({"enabled": st.booleans()})
BODIES = st.builds(
    lambda name, value, members: definition(name, value, **members),
    NAMES,
    st.sampled_from([FEMALE, 'homeAddress.city = "Bäd 😀"', "person.birthYear > 1990\r\n"]),
    st.fixed_dictionaries(
        {},
        optional={
            "description": NAMES,
            "payloadSchema": JSON.filter(lambda value: value is not None),
            "ttlInDays": st.integers(0, 2**60),
            "ansibleDataModel": st.dictionaries(NAMES.filter(lambda name: name != "hash"), JSON, max_size=3),
            "profileInstanceId": NAMES,
            "evaluationInfo": st.dictionaries(st.sampled_from(["batch", "continuous"]), SWITCHES, max_size=2),
        },
    ),
)
_count = iter(range(10**9))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with Service(str(tmp_path_factory.mktemp("data")), ManualClock(1_700_000_000_123)) as service:
        yield service


def fresh() -> Scope:
    """A sandbox in which nothing is."""
    return Scope("ACME@AdobeOrg", f"s{next(_count)}")


@FEW
@given(first=BODIES, second=BODIES)
def test_what_is_put_is_got(service: Service, first: dict[str, Any], second: dict[str, Any]) -> None:
    scope = fresh()
    made, _ = service.definitions.create(scope, first)
    service.definitions.replace(scope, made["id"], second)
    found = service.definitions.get(scope, made["id"])
    info = {"batch": False, "continuous": False, "synchronous": False}
    info |= {method: switch["enabled"] for method, switch in second.get("evaluationInfo", {}).items()}
    if not any(info.values()):
        info["batch"] = True
    assert found == {
        **second,
        **scope.members(),
        "id": made["id"],
        "profileInstanceId": second.get("profileInstanceId", "ups"),
        "mergePolicyId": "timestampOrdered-none-mp",
        "dataGovernancePolicy": {"excludeOptOut": True},
        "evaluationInfo": {method: {"enabled": on} for method, on in info.items()},
        "creationTime": 1_700_000_000_123,
        "updateEpoch": 1_700_000_000,
        "updateTime": 1_700_000_000_000,
    }


@FEW
@given(
    names=st.lists(NAMES, unique=True, max_size=7),
    limit=st.integers(1, 8),
    sort=st.sampled_from(["name:asc", "name:desc", "creationTime:desc", "id:asc", "updateTime:asc,name:desc"]),
)
def test_pages_part_the_list_in_order(service: Service, names: list[str], limit: int, sort: str) -> None:
    scope = fresh()
    for name in names:
        service.definitions.create(scope, definition(name))
    order = read_sort(sort, "")
    whole, total = service.definitions.rows(scope, Page(0, 100, order), {})
    assert sorted(each["name"] for each in whole) == sorted(names)
    pages = [service.definitions.rows(scope, Page(start, limit, order), {}) for start in range(0, 10, limit)]
    assert [row for rows, _ in pages for row in rows] == whole
    assert {count for _, count in pages} == {total} == {len(names)}
    if sort in ("name:asc", "updateTime:asc,name:desc"):
        shown = [each["name"] for each in whole]
        # SQLite compares the bytes of UTF-8, which are in the order of the code points.
        assert shown == sorted(names, reverse=sort != "name:asc")


@FEW
@given(mine=st.lists(NAMES, unique=True, max_size=4), theirs=st.lists(NAMES, unique=True, max_size=4))
def test_sandboxes_do_not_see_each_other(service: Service, mine: list[str], theirs: list[str]) -> None:
    own, other = fresh(), Scope("OTHER@AdobeOrg", "prod")
    other = Scope(f"{fresh().sandbox}@AdobeOrg", own.sandbox)
    ids = {
        scope: [service.definitions.create(scope, definition(name))[0]["id"] for name in names]
        for scope, names in ((own, mine), (other, theirs))
    }
    for scope, names in ((own, mine), (other, theirs)):
        rows, total = service.definitions.rows(scope, Page(), {})
        assert sorted(each["name"] for each in rows) == sorted(names)
        assert total == len(names)
    assert service.definitions.several(own, ids[other]) == {}
    assert service.audiences.several(own, ids[other]) == {}
    for id in ids[other]:
        for use in (service.definitions.get, service.definitions.delete, service.audiences.get):
            with pytest.raises(Problem, match="not found"):
                use(own, id)


def in_threads(count: int, work: Any) -> list[Any]:
    """What `work` returns or raises, for each number, all at once."""
    found: list[Any] = [None] * count
    gate = threading.Barrier(count)

    def run(number: int) -> None:
        gate.wait()
        try:
            found[number] = work(number)
        except Exception as problem:
            found[number] = problem

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_one_of_many_gets_the_name(service: Service) -> None:
    scope = fresh()
    found = in_threads(12, lambda _: service.definitions.create(scope, definition()))
    assert sum(not isinstance(each, Exception) for each in found) == 1
    assert {each.status for each in found if isinstance(each, Problem)} == {422}
    assert sum(isinstance(each, Problem) for each in found) == 11


def test_writers_at_once_lose_nothing(service: Service) -> None:
    scope = fresh()
    made, _ = service.definitions.create(scope, definition("shared"))

    def work(number: int) -> None:
        for turn in range(5):
            service.definitions.create(scope, definition(f"{number} {turn}"))
            body = definition("shared", description=f"{number} {turn}", payloadSchema=[number, turn])
            service.definitions.replace(scope, made["id"], body)
            found = service.definitions.get(scope, made["id"])
            # Never a part of one and a part of another.
            assert found["description"] == "{} {}".format(*found["payloadSchema"])

    assert in_threads(8, work) == [None] * 8
    assert service.definitions.rows(scope, Page(), {})[1] == 41


def test_two_that_would_refer_to_each_other_cannot_both_be(service: Service) -> None:
    scope = fresh()
    ids = [service.definitions.create(scope, definition(str(number)))[0]["id"] for number in range(2)]
    bodies = [definition(str(number), f'inSegment("{ids[1 - number]}")') for number in range(2)]
    found = in_threads(2, lambda number: service.definitions.replace(scope, ids[number], bodies[number]))
    assert sum(isinstance(each, Problem) for each in found) == 1


def test_default_stays_one_under_many_writers(tmp_path: Any) -> None:
    with Service(str(tmp_path), options=Options(limits=Limits(merge_policies=50))) as service:
        scope = fresh()

        def work(number: int) -> None:
            merge = {"type": "timestampOrdered"}
            body = {"name": str(number), "schema": {"name": "_xdm.context.profile"}, "attributeMerge": merge}
            service.merge_policies.create(scope, {**body, "default": True})

        assert in_threads(8, work) == [None] * 8
        rows, total = service.merge_policies.rows(scope, Page(), {})
        assert total == 9
        assert sum(each["default"] for each in rows) == 1


def test_chain_of_definitions_is_followed_to_its_end(service: Service) -> None:
    scope = fresh()
    first, _ = service.definitions.create(scope, definition("0"))
    id = first["id"]
    for number in range(1, 40):
        made, _ = service.definitions.create(scope, definition(str(number), f'inSegment("{id}")'))
        id = made["id"]
    with pytest.raises(Problem, match="depend on one another"):
        service.definitions.replace(scope, first["id"], definition("0", f'inSegment("{id}")'))
