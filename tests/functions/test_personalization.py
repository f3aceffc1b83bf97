"""Is something sensible said about names that PQL does not have?"""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqltools import parse
from pqltools.functions import personalization
from pqltools.functions.personalization import PERSONALIZATION, Advice, advice
from pqltools.functions.registry import function, functions
from pqltools.syntax.operators import QUANTIFIERS, RELATIONS, TIMESTAMPS

WORDS = {*QUANTIFIERS, *TIMESTAMPS, *RELATIONS, "where", "case"}


@pytest.mark.parametrize(
    ("name", "kind", "use"),
    [
        ("startswith", "case", "startsWith"),
        ("STARTSWITH", "case", "startsWith"),
        ("starts_with", "case", "startsWith"),
        ("is_null", "case", "isNull"),
        ("notin", "case", "notIn"),
        ("upperCase", "personalization", None),
        ("isEmpty", "personalization", None),
        ("extractEmailDomain", "personalization", None),
        ("string_to_integer", "personalization", None),
        ("avg", "foreign", "average"),
        ("toUpperCase", "foreign", None),
        ("LEN", "foreign", None),
        ("regexp_like", "foreign", "matches"),
        ("dateDiff", "personalization", None),
    ],
)
def test_names(name: str, kind: str, use: str | None) -> None:
    found = advice(name)
    assert found is not None
    assert (found.kind, found.use) == (kind, use)


@pytest.mark.parametrize("name", ["", "_", "frobnicate", "startsWiht", "é"])
def test_nothing_is_known_of_other_names(name: str) -> None:
    assert advice(name) is None


def test_no_advice_is_given_on_functions_of_pql() -> None:
    assert [entry.name for entry in functions() if advice(entry.name)] == []
    assert not PERSONALIZATION & {entry.name for entry in functions()}
    assert len(PERSONALIZATION) > 80


def test_the_tables_hold_names_as_they_are_looked_up() -> None:
    for table in (personalization._SAME, personalization._HELP):
        assert [name for name in table if name != name.lower().replace("_", "")] == []
    assert not personalization._SAME.keys() & personalization._HELP.keys()


def test_every_replacement_exists() -> None:
    for name, use in personalization._SAME.items():
        assert function(use) is not None, name
        assert advice(name) == Advice("foreign", use, None) or name in PERSONALIZATION, name


def test_every_function_in_the_help_exists() -> None:
    for name, help in personalization._HELP.items():
        called = re.findall(r"(\w+)\(", help or "") + re.findall(r"`(\w+)`", help or "")
        assert [word for word in called if function(word) is None and word not in {*WORDS, "false"}] == [], name


def test_personalization_functions_can_be_called_in_text() -> None:
    for name in PERSONALIZATION:
        parse(f"{name}(a)")


@given(st.text())
def test_any_name_is_answered(name: str) -> None:
    found = advice(name)
    assert found is None or found.kind in ("case", "personalization", "foreign")
