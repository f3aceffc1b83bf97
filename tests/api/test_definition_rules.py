"""Do definitions and conversion keep the rules of the documents, one by one?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from pqltools.api.app import build
from pqltools.segmentation.clock import ManualClock
from pqltools.segmentation.options import Limits, Options
from pqltools.segmentation.service import Service
from service_clients import CONVERSION, DEFINITIONS, definition, headers

NOW = 1_700_000_000_789


def made(client: TestClient, name: str = "n", *arguments: Any, **members: Any) -> dict[str, Any]:
    answer = client.post(DEFINITIONS, json=definition(name, *arguments, **members))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def rows(client: TestClient, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"{DEFINITIONS}?{query}").json()["segments"]
    return found


# Members.


def test_type_of_the_expression_is_filled_in(client: TestClient) -> None:
    body = definition()
    del body["expression"]["type"]
    made = client.post(DEFINITIONS, json=body).json()
    assert made["expression"] == definition()["expression"]


@pytest.mark.parametrize("given", [None, {}, {"excludeOptOut": True}])
def test_opted_out_profiles_are_excluded_by_default(client: TestClient, given: Any) -> None:
    assert made(client, dataGovernancePolicy=given)["dataGovernancePolicy"] == {"excludeOptOut": True}


def test_opted_out_profiles_may_be_included(client: TestClient) -> None:
    found = made(client, dataGovernancePolicy={"excludeOptOut": False})
    assert found["dataGovernancePolicy"] == {"excludeOptOut": False}


@pytest.mark.parametrize("given", [None, {}, {"batch": {"enabled": False}}, {"batch": None}])
def test_batch_is_the_method_if_no_other_is_on(client: TestClient, given: Any) -> None:
    found = made(client, evaluationInfo=given)["evaluationInfo"]
    assert found == {
        "batch": {"enabled": True},
        "continuous": {"enabled": False},
        "synchronous": {"enabled": False},
    }


def test_schema_may_be_given_by_its_id(client: TestClient) -> None:
    schema = {"id": "https://ns.adobe.com/xdm/context/profile__union"}
    assert client.post(DEFINITIONS, json=definition() | {"schema": schema}).json()["schema"] == schema


@pytest.mark.parametrize("payload", ["string", {"type": "number"}, 7, ["boolean"]])
def test_payload_schema_is_kept_as_it_is(client: TestClient, payload: Any) -> None:
    assert made(client, payloadSchema=payload)["payloadSchema"] == payload


def test_null_counts_as_absent(client: TestClient) -> None:
    given = dict.fromkeys(("description", "evaluationInfo", "mergePolicyId", "payloadSchema", "ttlInDays"))
    assert {*made(client, "a", **given)} == {*made(client, "b")}


def test_empty_merge_policy_is_refused_with_the_cure(client: TestClient) -> None:
    answer = client.post(DEFINITIONS, json=definition(mergePolicyId=""))
    assert answer.status_code == 400
    assert answer.json()["diagnostics"][0]["help"].startswith("leave it out for the default")


def test_method_that_the_expression_is_not_eligible_for_is_refused(client: TestClient) -> None:
    value = 'select e from xEvent where e.eventType = "x"'
    body = definition("n", value, evaluationInfo={"continuous": {"enabled": True}})
    answer = client.post(DEFINITIONS, json=body)
    assert answer.status_code == 400
    assert answer.json()["diagnostics"][0]["code"] == "PQL501"


def test_definition_refers_to_the_definitions_of_its_own_sandbox_only(client: TestClient) -> None:
    id = made(client, "first")["id"]
    assert made(client, "second", f'inSegment("{id}")')
    other = client.post(
        DEFINITIONS, json=definition("r", f'inSegment("{id}")'), headers={"x-sandbox-name": "elsewhere"}
    )
    assert other.status_code == 400


# Times.


def test_times_are_in_the_units_of_the_documents(tmp_path: Path) -> None:
    with Service(str(tmp_path), ManualClock(NOW)) as service:
        client = TestClient(build(service), headers=headers())
        found = made(client)
        assert found["creationTime"] == NOW
        assert found["updateEpoch"] == NOW // 1000
        assert found["updateTime"] == NOW // 1000 * 1000
        client.put("/clock", json={"advance": 60_000})
        changed = client.patch(
            f"{DEFINITIONS}/{found['id']}", json={**found, "updateEpoch": 1, "creationTime": 2}
        ).json()
        assert changed["creationTime"] == NOW
        assert changed["updateEpoch"] == NOW // 1000 + 60
        assert rows(client)[0]["baselineTime"] == NOW // 1000 + 60


def test_rows_of_the_list_have_a_baseline_time_besides(client: TestClient) -> None:
    one = made(client)
    (row,) = rows(client)
    assert row == {**one, "baselineTime": one["updateEpoch"]}
    answer = client.patch(f"{DEFINITIONS}/{one['id']}", json=row)  # a row that is sent back is no wrong body
    assert answer.status_code == 200
    assert "baselineTime" not in answer.json()


# Lists.


def test_sorting_takes_the_attribute_of_the_platforms_sample(client: TestClient) -> None:
    for name in ("b", "a", "c"):
        made(client, name)
    assert [row["name"] for row in rows(client, "sort=name:asc,internalId:desc")] == ["a", "b", "c"]
    ids = [row["id"] for row in rows(client, "sort=internalId:asc")]
    assert ids == sorted(ids)


def test_page_says_by_what_it_is_sorted(client: TestClient) -> None:
    found = client.get(f"{DEFINITIONS}?sort=name:asc,id:desc").json()["page"]
    assert (found["sortField"], found["sort"]) == ("name", "asc")


def test_pages_are_counted_from_zero_and_end(client: TestClient) -> None:
    for name in "abc":
        made(client, name)
    seen = [[row["name"] for row in rows(client, f"page={page}&limit=2&sort=name:asc")] for page in range(3)]
    assert seen == [["a", "b"], ["c"], []]


def test_start_counts_rows(client: TestClient) -> None:
    for name in "abc":
        made(client, name)
    assert [row["name"] for row in rows(client, "start=1&sort=name:asc")] == ["b", "c"]
    assert rows(client, "start=3") == []


METHODS = {"batch": "batch", "continuous": "continuous", "synchronous": "synchronous"}


@pytest.mark.parametrize("method", METHODS)
def test_list_is_filtered_by_each_method_on_or_off(client: TestClient, method: str) -> None:
    for each in METHODS:
        made(client, each, evaluationInfo={each: {"enabled": True}})
    on = [row["name"] for row in rows(client, f"evaluationInfo.{method}.enabled=true")]
    off = {row["name"] for row in rows(client, f"evaluationInfo.{method}.enabled=false")}
    assert (on, off) == ([method], {*METHODS} - {method})


def test_filters_have_to_hold_together(client: TestClient) -> None:
    made(client, "one", evaluationInfo={"batch": {"enabled": True}})
    made(client, "two", evaluationInfo={"batch": {"enabled": True}, "continuous": {"enabled": True}})
    query = "evaluationInfo.batch.enabled=true&evaluationInfo.continuous.enabled=true"
    assert [row["name"] for row in rows(client, query)] == ["two"]


# Changes.


def test_what_a_replacement_does_not_say_is_as_in_a_new_one(client: TestClient) -> None:
    old = made(client, "n", evaluationInfo={"continuous": {"enabled": True}}, ttlInDays=7, description="d")
    new = client.patch(f"{DEFINITIONS}/{old['id']}", json=definition("n")).json()
    assert not {"ttlInDays", "description"} & {*new}
    assert [name for name, switch in new["evaluationInfo"].items() if switch["enabled"]] == ["batch"]


def test_of_two_changes_at_once_one_is_left_whole(client: TestClient) -> None:
    id = made(client)["id"]
    bodies = [definition(name, f'person.gender = "{name}"', description=name) for name in ("one", "two")] * 4

    with ThreadPoolExecutor(8) as pool:
        answers = [*pool.map(lambda body: client.patch(f"{DEFINITIONS}/{id}", json=body), bodies)]
    assert {answer.status_code for answer in answers} == {200}
    left = client.get(f"{DEFINITIONS}/{id}").json()
    assert left["expression"]["value"] == f'person.gender = "{left["name"]}"'
    assert left["description"] == left["name"]


def test_of_deletions_at_once_one_succeeds(client: TestClient) -> None:
    id = made(client)["id"]
    with ThreadPoolExecutor(4) as pool:
        found = [*pool.map(lambda _: client.delete(f"{DEFINITIONS}/{id}").status_code, range(4))]
    assert sorted(found) == [200, 404, 404, 404]


# Several at once.


def test_an_id_that_is_asked_for_twice_comes_once(client: TestClient) -> None:
    id = made(client)["id"]
    answer = client.post(f"{DEFINITIONS}/bulk-get", json={"ids": [{"id": id}] * 101})
    assert [*answer.json()["results"]] == [id]


def test_ids_of_bulk_get_may_be_any_text(client: TestClient) -> None:
    id = made(client)["id"]
    answer = client.post(f"{DEFINITIONS}/bulk-get", json={"ids": [{"id": id}, {"id": "ü😀'\"\u0000"}]})
    assert answer.status_code == 207
    assert [*answer.json()["results"]] == [id, "ü😀'\"\u0000"]


# Limits.


def test_guardrails_are_warnings(tmp_path: Path) -> None:
    limits = Limits(audiences=3, streaming_audiences=2, edge_audiences=1)
    with Service(str(tmp_path), options=Options(limits=limits)) as service:
        client = TestClient(build(service), headers=headers())

        def warnings(name: str, method: str) -> list[str]:
            found = made(client, name, evaluationInfo={method: {"enabled": True}})
            return [each["message"] for each in found.get("diagnostics", [])]

        assert warnings("a", "synchronous") == []
        assert warnings("b", "synchronous") == ["the sandbox has 2 edge audiences, the platform's guardrail is 1"]
        assert warnings("c", "continuous") == ["the sandbox has 3 streaming audiences, the platform's guardrail is 2"]
        assert warnings("d", "batch") == ["the sandbox has 4 audiences, the platform's guardrail is 3"]
        assert len(rows(client)) == 4


def test_long_expression_has_no_endless_list_of_warnings(client: TestClient) -> None:
    found = made(client, "n", " or ".join(f"field{number} = 1" for number in range(300)))
    assert len(found["diagnostics"]) == 101
    assert found["diagnostics"][-1]["message"] == "200 more are not shown"


# Conversion.


def test_conversion_of_a_definition_that_exists_is_no_conflict(client: TestClient) -> None:
    one = made(client)
    assert client.post(CONVERSION, json=one).status_code == 200


def test_conversion_does_not_ask_for_segments_or_fields(client: TestClient) -> None:
    body = definition("n", 'inSegment("nope") and _acme.x = 1')
    tree = client.post(CONVERSION, json=body).json()["expression"]
    back = client.post(CONVERSION, json={"expression": tree}).json()["expression"]
    assert back["value"] == 'inSegment("nope") and _acme.x = 1'


TOO_MUCH = ("(" * 100_000, "not " * 100_000 + "a", "a" + ".b" * 20_000, '"' + "x" * 100_000)


@pytest.mark.parametrize("value", TOO_MUCH, ids=range(len(TOO_MUCH)))
def test_conversion_of_what_is_too_deep_or_broken_is_refused(client: TestClient, value: str) -> None:
    answer = client.post(CONVERSION, json=definition("n", value))
    assert answer.status_code == 400
    assert answer.json()["diagnostics"][0]["path"] == "$.expression.value"


def test_conversion_of_a_tree_without_end_is_refused(client: TestClient) -> None:
    value = '{"nodeType":"fnApply","fnName":"not","params":[' * 50_000
    answer = client.post(CONVERSION, json=definition("n", value, "pql/json"))
    assert answer.status_code == 400
    assert "200 levels" in answer.json()["title"]
