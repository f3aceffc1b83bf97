"""Which types can be compared with which, and which strings convert?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqltools.types.conversion import converts, is_number, reads_as
from pqltools.types.model import (
    ANY,
    BOOLEAN,
    DATE,
    DOUBLE,
    INTEGER,
    NULL,
    OPEN_OBJECT,
    STRING,
    TIMESTAMP,
    ArrayType,
    MapType,
    PlainObject,
)

if TYPE_CHECKING:
    from pqltools.types.model import Type

SCALARS = (STRING, INTEGER, DOUBLE, BOOLEAN, TIMESTAMP, DATE)
TYPES = st.recursive(
    st.sampled_from([*SCALARS, NULL, ANY, OPEN_OBJECT]),
    lambda inner: st.one_of(st.builds(ArrayType, inner), st.builds(MapType, inner)),
)


@given(TYPES)
def test_everything_compares_with_its_like_with_null_and_with_the_unknown(type: Type) -> None:
    assert converts(type, type)
    for other in (NULL, ANY):
        assert converts(type, other)
        assert converts(other, type)


@given(TYPES, st.sampled_from(SCALARS))
def test_an_array_on_the_left_is_compared_item_by_item(item: Type, right: Type) -> None:
    assert converts(ArrayType(item), right) == converts(item, right)


#: What may stand on the right, besides the same type.
RIGHTS: dict[Type, set[Type]] = {
    STRING: {INTEGER, DOUBLE, TIMESTAMP, DATE},
    INTEGER: {DOUBLE, STRING},
    DOUBLE: {INTEGER, STRING},
    BOOLEAN: {STRING},
    TIMESTAMP: {DATE, STRING, INTEGER},
    DATE: {TIMESTAMP, STRING, INTEGER},
}


@pytest.mark.parametrize("left", SCALARS, ids=str)
def test_scalars(left: Type) -> None:
    assert {right for right in SCALARS if converts(left, right)} == RIGHTS[left] | {left}


def test_parts_compare_with_parts_only() -> None:
    record = PlainObject({"a": STRING})
    assert converts(record, OPEN_OBJECT)
    assert not converts(record, STRING)
    assert not converts(STRING, record)
    assert not converts(STRING, ArrayType(STRING))
    assert not converts(STRING, MapType(STRING))
    assert converts(MapType(STRING), STRING)


@pytest.mark.parametrize("text", ["0", "-1", "+1", "1.5", ".5", "1.", "2E12", "2.02e-12", "007"])
def test_numbers(text: str) -> None:
    assert is_number(text)
    float(text)


@pytest.mark.parametrize("text", ["", " 1", "1 ", "1,5", "x", "1e", "0x10", "inf", "nan", "1_000", "١", "--1"])
def test_no_numbers(text: str) -> None:
    assert not is_number(text)


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("1", {STRING, INTEGER, DOUBLE}),
        ("true", {STRING, BOOLEAN}),
        ("2024-02-29", {STRING, TIMESTAMP, DATE}),
        ("soon", {STRING}),
    ],
)
def test_what_a_string_reads_as(text: str, types: set[Type]) -> None:
    assert {type for type in SCALARS if reads_as(text, type)} == types
