"""Do names of both families lead to the same steps?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqltools.xdm.names import namespace_of, steps_of, steps_of_path
from pqltools.xdm.suggestions import path_text

STANDARD = [
    ("xdm:person", "person"),
    ("@id", "_id"),
    ("@type", "_type"),
    ("repo:createDate", "_repo.createDate"),
    ("schema:latitude", "_schema.latitude"),
    ("dc:title", "_dc.title"),
    ("iptc4xmpExt:Genre", "_iptc4xmpExt.Genre"),
    ("xdm:direct-mail", "directMail"),
    ("https://ns.adobe.com/experience/a/b", "_experience.a.b"),
    ("https://ns.adobe.com/xdm/channels/email", "_channels.email"),
    ("https://ns.adobe.com/xdm/channels/direct-mail", "_channels.directMail"),
    ("https://ns.adobe.com/experience", "experience"),
    ("https://ns.adobe.com/xdm", "https://ns.adobe.com/xdm"),
    ("https://ns.adobe.com/", "https://ns.adobe.com/"),
    ("https://ns.thirdparty.com/color", "_ns.thirdparty.com.color"),
    ("_acme", "_acme"),
    ("with-dash", "with-dash"),
    ("person", "person"),
    ("a:b:c", "a:b:c"),
    ("", ""),
]


@pytest.mark.parametrize(("key", "path"), STANDARD)
def test_standard_names(key: str, path: str) -> None:
    assert ".".join(steps_of(key)) == path


@given(st.sampled_from([key for key, _ in STANDARD]))
def test_names_of_compatibility_mode_stay(key: str) -> None:
    for step in steps_of(key):
        assert steps_of(step) == (step,)


def test_a_name_inside_its_own_namespace_is_local() -> None:
    campaign = "https://ns.adobe.com/experience/journeys/entities/campaign"
    namespace = namespace_of(campaign)
    assert steps_of("https://ns.adobe.com/experience/journeys/entities/campaignID", namespace) == ("campaignID",)
    assert steps_of("https://ns.adobe.com/experience/other/campaignID", namespace) == (
        "_experience",
        "other",
        "campaignID",
    )
    assert namespace_of("xdm:person") is None


@pytest.mark.parametrize(
    "path",
    [
        "person.name.firstName",
        "$1.person.name.firstName",
        "xdm:person.xdm:name.xdm:firstName",
        "/person/name/firstName",
        "/xdm:person/xdm:name/xdm:firstName",
        " person.name[].firstName ",
        "person[*].name{}.firstName",
        "`person`.name.`firstName`",
    ],
)
def test_paths_as_people_write_them(path: str) -> None:
    assert steps_of_path(path) == ("person", "name", "firstName")


def test_other_paths() -> None:
    assert steps_of_path("") == ()
    assert steps_of_path("@id") == ("_id",)
    assert steps_of_path("repo:createDate") == ("_repo", "createDate")
    assert steps_of_path("`a.b`.c") == ("a.b", "c")
    assert steps_of_path("`a``b`") == ("a`b",)


@given(st.lists(st.text(min_size=1, max_size=6).filter(lambda name: ":" not in name), min_size=1, max_size=4))
def test_a_path_as_pql_writes_it_is_read_again(steps: list[str]) -> None:
    quoted = tuple(f"{step}x" for step in steps)
    assert steps_of_path(path_text(quoted)) == quoted


@given(st.text())
def test_any_text_is_a_path(text: str) -> None:
    assert all(isinstance(step, str) for step in steps_of_path(text))
