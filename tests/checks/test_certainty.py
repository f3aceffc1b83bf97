"""Does a mismatch weigh as much as what its types rest on?  A user's schema and literals are sure, the table is not."""

from __future__ import annotations

import pytest

from checking import check
from typed_expressions import SCHEMA


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('size = "x"', "PQL204"),
        ("size.getMonth() = 1", "PQL203"),
        ("size occurs today", "PQL209"),
        ("orders.exists(price = true)", "PQL204"),
        ("exists O from orders where O occurs today", "PQL209"),
    ],
)
def test_with_a_schema_of_the_user_it_is_an_error(text: str, code: str) -> None:
    (found,) = check(text, code, schema=SCHEMA)
    assert found.severity == "error"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('person.birthYear = "x"', "PQL204"),
        ("person.birthYear.head() = 1", "PQL203"),
        ("person.birthYear occurs today", "PQL209"),
        ("xEvent[eventType = true]", "PQL204"),
        ("exists X from xEvent where X occurs today", "PQL209"),
        ('person.gender = "x"', "PQL205"),
    ],
)
def test_with_the_standard_fields_it_is_a_warning(text: str, code: str) -> None:
    (found,) = check(text, code)
    assert found.severity == "warning"


@pytest.mark.parametrize("text", ['1 = "x"', "unknown.count() = true", "now = true"])
def test_literals_and_functions_are_sure(text: str) -> None:
    (found,) = check(text, "PQL204")
    assert found.severity == "error"
