"""What becomes of memberships, in both modes, whatever they were?"""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqltools.evaluation.membership import is_member, updated
from pqltools.types.time import DAY, instant_text

NOW = 1_710_498_600_000
THEN = NOW - 10 * DAY
TIME, NOW_TIME = "lastQualificationTime", instant_text(NOW)


def one(status: object, time: object = instant_text(THEN), **more: Any) -> dict[str, Any]:
    return {TIME: time, "status": status, **more}


ENTERED, LEFT = one("realized", NOW_TIME), one("exited", NOW_TIME)


def after(old: Any, qualifies: bool, *, legacy: bool = False) -> Any:
    """The membership of `x`, or None."""
    held = None if old is None else {"ups": {"x": old}}
    found = updated(held, {"x": qualifies}, now=NOW, legacy=legacy)
    return found.get("ups", {}).get("x")


@pytest.mark.parametrize(
    ("old", "qualifies", "legacy", "present"),
    [
        (None, True, ENTERED, ENTERED),
        (None, False, None, None),
        (one("exited"), True, ENTERED, ENTERED),
        (one("exited"), False, one("exited"), one("exited")),
        (one("realized"), True, one("existing"), one("realized")),
        (one("existing"), True, one("existing"), one("realized")),
        (one("realized"), False, LEFT, LEFT),
        (one("existing"), False, LEFT, LEFT),
    ],
)
def test_the_table(old: Any, qualifies: bool, legacy: Any, present: Any) -> None:
    assert after(old, qualifies, legacy=True) == legacy
    assert after(old, qualifies, legacy=False) == present


@pytest.mark.parametrize("legacy", [False, True])
def test_exits_are_forgotten_after_thirty_days(legacy: bool) -> None:
    bound = NOW - 30 * DAY
    assert after(one("exited", instant_text(bound)), False, legacy=legacy) == one("exited", instant_text(bound))
    assert after(one("exited", instant_text(bound - 1000)), False, legacy=legacy) is None
    assert after(one("exited", bound - 1), False, legacy=legacy) is None
    # Of who qualifies nothing is forgotten, nor is a member who leaves after a year.
    assert after(one("exited", instant_text(bound - DAY)), True, legacy=legacy) == ENTERED
    assert after(one("realized", instant_text(bound - DAY)), False, legacy=legacy) == LEFT
    # When an exit was that has no time, or none that can be read, nobody knows.
    for time in (None, "yesterday", [1]):
        assert after(one("exited", time), False, legacy=legacy) == one("exited", time)


def test_samples_of_2018_have_another_name_for_the_time() -> None:
    old = {"timestamp": "2018-04-26T15:52:25+00:00", "status": "existing"}
    assert after(old, True) == one("realized", "2018-04-26T15:52:25+00:00")
    assert after(old, False) == LEFT
    assert after({**old, "status": "exited"}, True) == ENTERED
    assert after({**old, "status": "exited"}, False) is None


def test_a_member_without_a_time() -> None:
    assert after({"status": "realized"}, True) == ENTERED


def test_the_rest_of_a_membership_stays() -> None:
    more = {
        "payload": {"payloadType": "number", "payloadValue": 5},
        "version": "1",
        "validUntil": "2030-01-01T00:00:00Z",
    }
    for status in ("realized", "existing", "exited"):
        for qualifies in (True, False):
            found = after(one(status, **more), qualifies)
            assert {name: found[name] for name in more} == more


def test_namespaces_are_compared_without_case() -> None:
    held = {"Email": {"x": one("realized")}, "UPS": {"x": one("realized"), "y": one("exited")}, "aam": "nonsense"}
    found = updated(held, {"x": False, "z": True}, now=NOW)
    ups = {"x": LEFT, "y": one("exited"), "z": ENTERED}
    assert found == {**held, "UPS": ups}
    assert [*found] == [*held]
    assert [*found["UPS"]] == ["x", "y", "z"]


def test_a_namespace_in_several_spellings() -> None:
    held = {"UPS": {"x": one("exited"), "y": one("realized")}, "ups": {"x": one("realized"), "z": one("realized")}}
    found = updated(held, {"x": True, "y": False, "z": False, "n": True}, now=NOW)
    assert found == {"UPS": {"x": one("realized"), "y": LEFT, "n": ENTERED}, "ups": {"z": LEFT}}


def test_another_namespace() -> None:
    held = {"ups": {"x": one("realized")}}
    assert updated(held, {"x": True}, now=NOW, namespace="Own") == {**held, "Own": {"x": ENTERED}}


def test_nothing_comes_of_nothing() -> None:
    assert updated(None, {}, now=NOW) == {}
    assert updated(None, {"x": False}, now=NOW) == {}
    assert updated({}, {"x": False}, now=NOW) == {}
    assert updated({"ups": {}}, {"x": False}, now=NOW) == {"ups": {}}
    assert updated({"ups": {"x": one("exited", "2020-01-01T00:00:00Z")}}, {"x": False}, now=NOW) == {"ups": {}}


@pytest.mark.parametrize("odd", ["realized", 1, True, ["realized"], [], {}, None])
def test_what_is_no_membership(odd: Any) -> None:
    assert not is_member(odd)
    assert updated({"ups": {"x": odd}}, {"x": True}, now=NOW) == {"ups": {"x": ENTERED}}
    assert updated({"ups": {"x": odd}}, {"x": False}, now=NOW) == {"ups": {}}
    assert updated({"ups": {"x": odd}}, {"y": True}, now=NOW) == {"ups": {"x": odd, "y": ENTERED}}


@pytest.mark.parametrize("odd", ["realized", 1, [1], None])
def test_what_is_no_map_of_memberships(odd: Any) -> None:
    assert updated({"ups": odd}, {"x": False}, now=NOW) == {"ups": odd}
    assert updated({"ups": odd}, {"x": True}, now=NOW) == {"ups": {"x": ENTERED}}


@pytest.mark.parametrize("status", ["paused", "REALIZED", "", None, 1, ["realized"], {}])
def test_statuses_that_nobody_knows(status: Any) -> None:
    old = one(status, "2020-01-01T00:00:00Z", payload=1)
    assert not is_member(old)
    assert after(old, True) == {**ENTERED, "payload": 1}
    assert after(old, False) == old


statuses = st.sampled_from(["realized", "existing", "exited", "paused", None, 3])
times = st.sampled_from([instant_text(NOW - days * DAY) for days in (0, 1, 29, 30, 31, 400)] + ["no time", None])
held_memberships = st.builds(one, statuses, times) | st.sampled_from(
    [None, "x", {}, {"timestamp": "2018-01-01T00:00:00Z"}]
)
segments = st.dictionaries(st.sampled_from("abc"), held_memberships, max_size=3)
memberships = st.none() | st.dictionaries(
    st.sampled_from(["ups", "UPS", "Ups", "aam"]), segments | st.just("odd"), max_size=4
)
answers = st.dictionaries(st.sampled_from("abcd"), st.booleans())


@given(memberships, answers, st.booleans())
def test_laws(held: Any, qualifies: dict[str, bool], legacy: bool) -> None:
    before = copy.deepcopy(held)
    once = updated(held, qualifies, now=NOW, legacy=legacy)
    assert held == before
    snapshot = copy.deepcopy(once)

    def members(found: dict[str, Any]) -> set[str]:
        ups = [held for name, held in found.items() if name.lower() == "ups" and isinstance(held, dict)]
        return {id for held in ups for id in held if is_member(held[id])}

    # Who was evaluated is a member if it qualifies, and nothing happens to others.
    assert members(once) & qualifies.keys() == {id for id, holds in qualifies.items() if holds}
    assert members(once) - qualifies.keys() == members(before or {}) - qualifies.keys()
    assert once.get("aam") == (before or {}).get("aam")
    # At the same instant nothing more changes, but that who has entered stays.
    twice = updated(once, qualifies, now=NOW, legacy=legacy)
    assert once == snapshot
    for name, found in once.items():
        for id in found if isinstance(found, dict) and name.lower() == "ups" else ():
            if legacy and qualifies.get(id) and found[id]["status"] == "realized":
                found[id]["status"] = "existing"
    assert twice == once
