"""Does a search find what Lucene's syntax says, and refuse what is not known?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqltools.segmentation.problems import Problem
from pqltools.segmentation.search_terms import read_search

FIELDS = ("segmentName", "segmentDescription")
TEXTS = {"segmentName": "AAM - Heavy Equipment", "segmentDescription": "Käufer of blue umbrellas, 2024"}


def finds(search: str | None) -> bool:
    return read_search(search, FIELDS).finds(TEXTS)


@pytest.mark.parametrize(
    "search",
    [
        None,
        "",
        "   ",
        "aam",
        "KÄUFER",
        "nothing aam",
        "nothing OR aam",
        "aam AND heavy",
        "aam NOT nothing",
        "NOT nothing",
        "heav*",
        "heav?",
        "*ment",
        '"blue umbrellas"',
        '"heavy equipment" AND "2024"',
        "segmentName:aam",
        "name:heavy AND equipment",
        "segmentName: aam segmentDescription: nothing",
        "nothing AND aam OR heavy",
        "aam-heavy",
    ],
)
def test_found(search: str) -> None:
    assert finds(search)


@pytest.mark.parametrize(
    "search",
    [
        "aa",
        "heav",
        "hea?",
        "umbrella",
        "aam AND nothing",
        "aam NOT heavy",
        '"umbrellas blue"',
        "description:aam",
        "segmentName:blue AND umbrellas",
        "heavy-aam",
    ],
)
def test_not_found(search: str) -> None:
    assert not finds(search)


@pytest.mark.parametrize(
    "search", ["blue~1", '"blue umbrella"~5', "/[mh]otel/", "(a)", "colour:red", '"open', "a" * 2000]
)
def test_refused(search: str) -> None:
    with pytest.raises(Problem) as caught:
        finds(search)
    assert caught.value.status == 400


@given(st.text(alphabet='ab *?"~:/\\ANDORNOT()-ä😀\n', max_size=40))
def test_any_search_is_read_or_refused(search: str) -> None:
    try:
        finds(search)
    except Problem as problem:
        assert problem.status == 400


def test_many_stars_come_to_an_end() -> None:
    assert not read_search("*a" * 30 + "*b", FIELDS).finds(dict.fromkeys(FIELDS, "a" * 200))
