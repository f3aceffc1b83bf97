"""PQL112: does a published definition depend on one that is not?"""

from __future__ import annotations

import pytest

from checking import check
from pqltools.checks.surroundings import Segment

OWN = Segment("own", "Mine", "published")


def message(state: str | None, own: Segment | None = OWN, id: str = "other") -> str | None:
    segments = {"other": Segment("other", "Theirs", state), "own": OWN}
    found = check(f'inSegment("{id}") or a = 1', "PQL112", segments=segments, segment=own)
    assert len(found) <= 1
    return found[0].message if found else None


STATES = {"draft": "a draft", "inactive": "inactive", "deleted": "deleted", "archived": "archived"}


@pytest.mark.parametrize(("state", "said"), STATES.items())
def test_states_that_are_not_published(state: str, said: str) -> None:
    assert message(state) == f"this definition is published, but `Theirs`, which it depends on, is {said}"


@pytest.mark.parametrize("state", ["published", None, "whatever"])
def test_states_that_are_or_may_be(state: str | None) -> None:
    assert message(state) is None


@pytest.mark.parametrize("state", ["draft", "inactive", "deleted", None])
def test_what_is_not_published_may_depend_on_anything(state: str | None) -> None:
    assert message("draft", Segment("own", "Mine", state)) is None


def test_who_we_are_must_be_known() -> None:
    assert message("draft", None) is None


def test_unknown_ids_are_for_another_rule() -> None:
    assert message("draft", id="gone") is None
    assert not check('inSegment("other")', "PQL112", segment=OWN)


def test_self_reference_is_for_another_rule() -> None:
    draft = Segment("own", "Mine", "draft")
    assert not check('inSegment("own")', "PQL112", segments={"own": draft}, segment=OWN)
