"""Which profiles can there be?  Hypothesis strategies for data that fits the small schema of `typed_expressions`.

`profiles()` are mostly well typed, with fields missing, null or in other forms that mean the same; `wild_profiles()`
have anything anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from pqltools.types.model import (
    BOOLEAN,
    DATE,
    DOUBLE,
    INTEGER,
    STRING,
    TIMESTAMP,
    ArrayType,
    MapType,
    ObjectType,
)
from pqltools.types.time import DAY, day_text, instant_text
from typed_expressions import PROFILE

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

    from pqltools.types.model import Type

#: The instant at which generated expressions are evaluated: a leap day, in the morning.
NOW = 1_709_197_200_000
_AROUND = st.one_of(
    st.integers(-3 * DAY, 3 * DAY).map(NOW.__add__),
    st.integers(-800, 800).map(lambda days: NOW - NOW % DAY + days * DAY),
    st.sampled_from([NOW, NOW - 1, NOW + 1, NOW - NOW % DAY, NOW - NOW % DAY - 1]),
)
_LABELS = st.one_of(st.text("abcABC %_", max_size=4), st.sampled_from(["12", "true", "2.5", "ß", "İa", "é", "a\nb"]))
_OFFSETS = st.sampled_from(["+02:00", "-0530", "+00:00"])
_NUMBERS = st.one_of(
    st.integers(-9, 99),
    st.floats(-9, 99, allow_nan=False, width=16),
    st.sampled_from([0, -0.0, 2**53 + 1, 2**63 - 1, -(2**63), 2**63, 1e308, 10**400]),
)
_SCALARS: dict[Type, SearchStrategy[Any]] = {
    STRING: _LABELS,
    INTEGER: st.integers(-9, 99) | st.sampled_from([2**63 - 1, -(2**63), 2**63]),
    DOUBLE: _NUMBERS,
    BOOLEAN: st.booleans(),
    DATE: _AROUND.map(day_text),
}
#: What has no place in a well-typed profile.
_ODD: SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    _NUMBERS,
    _LABELS,
    st.sampled_from([[], {}, "2024-02-30", "2024-02-29T25:00:00Z", "now", float("nan"), float("inf"), "\ud800"]),
    _AROUND.map(instant_text),
)


def instants() -> SearchStrategy[Any]:
    """Timestamps in all their forms."""
    return st.one_of(
        _AROUND.map(instant_text),
        _AROUND.map(lambda ms: instant_text(ms // 1000 * 1000)),
        _AROUND,
        st.builds(lambda ms, offset: instant_text(ms).removesuffix("Z") + offset, _AROUND, _OFFSETS),
        _AROUND.map(lambda ms: instant_text(ms).removesuffix("Z")),
        _AROUND.map(lambda ms: instant_text(ms).replace("T", "t").replace("Z", "z")),
    )


def profiles() -> SearchStrategy[dict[str, Any]]:
    """Profiles that mostly fit the schema."""
    return _object(PROFILE, odd=False)


def wild_profiles() -> SearchStrategy[Any]:
    """Profiles in which anything may stand anywhere."""
    return _object(PROFILE, odd=True)


@st.composite
def _object(draw: DrawFn, type: ObjectType, odd: bool) -> dict[str, Any]:
    found = {}
    for name in type.names():
        member = type.member(name)
        assert member is not None
        if draw(st.integers(0, 5)):
            # Now and then by its name of standard notation.
            key = name if draw(st.integers(0, 9)) else f"xdm:{name}"
            found[key] = draw(_value(member.type, odd))
    return found


def _value(type: Type, odd: bool) -> SearchStrategy[Any]:
    if isinstance(type, ObjectType):
        fitting: SearchStrategy[Any] = _object(type, odd)
    elif isinstance(type, ArrayType):
        fitting = st.lists(_value(type.item, odd), max_size=4)
    elif isinstance(type, MapType):
        fitting = st.dictionaries(_LABELS, _value(type.value, odd), max_size=3)
    elif type is TIMESTAMP:
        fitting = instants()
    else:
        fitting = _SCALARS[type]
    if odd:
        return st.one_of(fitting, _ODD, st.lists(_ODD, max_size=3), st.lists(fitting, max_size=2))
    return st.one_of(fitting, fitting, fitting, fitting, st.none())
