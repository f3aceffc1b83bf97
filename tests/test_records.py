"""Is a record what a frozen, slotted dataclass is?"""

from __future__ import annotations

import copy
import dataclasses
import pickle

import pytest

from pqltools.records import Record, fast_constructor, hint, record, replace
from pqltools.syntax.ast import FieldLookup, IntegerLiteral, ItemLambda, Node, ParameterReference


@record
class Point(Record):
    x: int
    y: int = 0
    note: str | None = hint(default=None, kw_only=True)


@record
class Named(Point):
    name: str = "p"


def test_construction_and_defaults() -> None:
    assert (Point(1).x, Point(1).y, Point(1).note) == (1, 0, None)
    assert Point(y=2, x=1, note="n").note == "n"
    with pytest.raises(TypeError):
        Point()  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Point(1, 2, "positional")  # type: ignore[call-arg]


def test_equality_hash_and_repr_leave_hints_out() -> None:
    assert Point(1, note="a") == Point(1, note="b")
    assert hash(Point(1, note="a")) == hash(Point(1, note="b"))
    assert Point(1) != Point(2)
    assert Point(1) != Named(1)
    assert Point(1).__eq__("other") is NotImplemented
    assert repr(Point(1, note="a")) == "Point(x=1, y=0)"
    assert ItemLambda(IntegerLiteral(1), "X") == ItemLambda(IntegerLiteral(1), "Y")


def test_frozen_and_slotted() -> None:
    point = Point(1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        point.x = 2  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del point.x
    assert not hasattr(point, "__dict__")


def test_inherited_hints_stay_keywords() -> None:
    assert Named.__match_args__ == ("x", "y", "name")
    assert Named(1, 2, "q", note="n").note == "n"
    assert FieldLookup.__match_args__ == ("object", "name")


def test_dataclasses_functions_work() -> None:
    assert [field.name for field in dataclasses.fields(Named(1))] == ["x", "y", "name", "note"]
    assert dataclasses.asdict(Point(1, 2)) == {"x": 1, "y": 2, "note": None}
    assert dataclasses.replace(Point(1, 2, note="n"), x=5) == Point(5, 2)
    assert dataclasses.is_dataclass(Point)


def test_replace() -> None:
    changed = replace(Point(1, 2, note="n"), y=3)
    assert (changed, changed.note) == (Point(1, 3), "n")


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickle_and_copy_keep_everything(protocol: int) -> None:
    node = FieldLookup(ParameterReference(1, spelling="implicit"), "a", span=(0, 1))
    for twin in (pickle.loads(pickle.dumps(node, protocol)), copy.deepcopy(node), copy.copy(node)):
        assert twin == node
        assert twin.span == (0, 1)
        assert twin.object.spelling == "implicit"


def test_match() -> None:
    match FieldLookup(ParameterReference(1), "a"):
        case FieldLookup(ParameterReference(position), name):
            assert (position, name) == (1, "a")
        case _:
            pytest.fail("no match")


def test_fast_constructor_makes_the_same_thing() -> None:
    make = fast_constructor(FieldLookup)
    node = make(ParameterReference(1), "a", "s", (0, 1))
    assert type(node) is FieldLookup
    assert isinstance(node, Node)
    assert node == FieldLookup(ParameterReference(1), "a")
    assert (node.spelling, node.span) == ("s", (0, 1))
    with pytest.raises(dataclasses.FrozenInstanceError):
        node.name = "b"  # type: ignore[misc]
