"""Do arguments fit as semantics.md says?  Laws over all signatures and types, then a table of cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqltools.functions.registry import function, functions
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
    TupleType,
)
from pqltools.types.shapes import EntryType
from pqltools.types.signature import Binding, Problem, Signature, bind, parse_signature

if TYPE_CHECKING:
    from pqltools.types.model import Type

SCALARS = (STRING, INTEGER, DOUBLE, BOOLEAN, TIMESTAMP, DATE, NULL, ANY)
ADDRESS = PlainObject({"city": STRING})
TYPES: st.SearchStrategy[Type] = st.recursive(
    st.sampled_from([*SCALARS, ADDRESS, OPEN_OBJECT]),
    lambda inner: st.one_of(
        inner.map(ArrayType),
        inner.map(MapType),
        inner.map(EntryType),
        st.tuples(inner, inner).map(TupleType),
    ),
    max_leaves=4,
)
SIGNATURES = [entry.signature for entry in functions()]
signatures = st.sampled_from(SIGNATURES)


@given(signatures, st.lists(TYPES, max_size=7))
def test_anything_binds_and_problems_point_at_arguments(signature: Signature, types: list[Type]) -> None:
    binding = bind(signature, types)
    str(binding.result)
    assert bind(signature, types) == binding
    for problem in binding.problems:
        assert problem.kind in ("too-few", "too-many", "type")
        assert problem.expected
        assert problem.index <= len(types)
        assert (problem.kind == "too-many") == (problem.parameter is None)


@given(signatures, st.data())
def test_what_is_unknown_or_null_fits_everywhere(signature: Signature, data: st.DataObject) -> None:
    most = signature.maximum if signature.maximum is not None else 5
    count = data.draw(st.integers(signature.minimum, most))
    types = data.draw(st.lists(st.sampled_from([ANY, NULL]), min_size=count, max_size=count))
    assert bind(signature, types).problems == ()


@given(signatures, st.integers(0, 8))
def test_the_number_of_arguments_is_checked(signature: Signature, count: int) -> None:
    kinds = {problem.kind for problem in bind(signature, [ANY] * count).problems}
    few = count < signature.minimum
    many = signature.maximum is not None and count > signature.maximum
    assert kinds == ({"too-few"} if few else {"too-many"} if many else set())


@given(signatures, st.lists(st.sampled_from(SCALARS), max_size=4))
def test_remembered_answers_are_the_answers(signature: Signature, types: list[Type]) -> None:
    bind(signature, types)
    assert bind(signature, types) == bind(parse_signature(str(signature)), types)


def shown(value: object) -> str:
    """A case in words that are the same in every process."""
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def fault(name: str, *types: Type) -> tuple[str, int, str] | None:
    """The first problem of a call of a function: its kind, the argument, what was expected."""
    entry = function(name)
    assert entry is not None
    problems = bind(entry.signature, types).problems
    return (problems[0].kind, problems[0].index, problems[0].expected) if problems else None


def result(name: str, *types: Type) -> str:
    entry = function(name)
    assert entry is not None
    return str(bind(entry.signature, types).result)


STRINGS, INTEGERS, DOUBLES = ArrayType(STRING), ArrayType(INTEGER), ArrayType(DOUBLE)


@pytest.mark.parametrize(
    "call",
    [
        ("contains", STRING, STRING),
        ("contains", STRING, STRING, BOOLEAN),
        ("contains", STRING, INTEGER),  # the right side becomes a string
        ("contains", STRINGS, STRING),  # holds for some item
        ("startsWith", ArrayType(ANY), DOUBLE),
        ("like", STRINGS, STRING),
        ("and", INTEGER, STRINGS, ADDRESS),
        ("not", ADDRESS),
        ("if", DATE, STRING, INTEGER),
        ("=", STRING, BOOLEAN),  # judged by a rule
        ("equals", INTEGER, STRING, BOOLEAN),
        ("in", STRING, STRINGS),
        ("in", STRING, STRING),
        ("count", MapType(STRING)),  # its values count
        ("count", OPEN_OBJECT),
        ("get", OPEN_OBJECT, STRING),
        ("filter", INTEGERS, STRING),
        ("sum", INTEGERS),
        ("sum", ArrayType(ADDRESS), DOUBLE),
        ("max", ArrayType(TIMESTAMP)),
        ("topN", ArrayType(ADDRESS), STRING, INTEGER),
        ("getMonth", DATE),
        ("getMonth", STRING),  # read as a time
        ("modelInstances", STRING),
        ("modelInstances", STRING, STRING, STRING, STRING),
        ("-", DOUBLE),
        ("exists", INTEGERS, ADDRESS),
    ],
    ids=shown,
)
def test_this_fits(call: tuple[str, Type]) -> None:
    assert fault(*call) is None


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (("contains", INTEGER, STRING), ("type", 0, "a string")),
        (("contains", ADDRESS, STRING), ("type", 0, "a string")),
        (("contains", INTEGERS, STRING), ("type", 0, "a string")),
        (("contains", MapType(STRING), STRING), ("type", 0, "a string")),
        (("contains", STRING, STRINGS), ("type", 1, "a string")),
        (("contains", STRING, BOOLEAN), ("type", 1, "a string")),
        (("contains", STRING, STRING, STRING), ("type", 2, "`true` or `false`")),
        (("equals", STRING, STRING, INTEGER), ("type", 2, "`true` or `false`")),
        (("contains", STRING), ("too-few", 1, "a string")),
        (("contains", STRING, STRING, BOOLEAN, STRING), ("too-many", 3, "at most 3 arguments")),
        (("currentMonth", DATE), ("too-many", 0, "no arguments")),
        (("not", BOOLEAN, BOOLEAN), ("too-many", 1, "1 argument")),
        (("and",), ("too-few", 0, "a condition")),
        (("matches", STRING, BOOLEAN), ("type", 1, "a string")),
        (("regexGroup", STRINGS, STRING), ("type", 0, "a string")),
        (("regexGroup", STRING, STRING, STRING), ("type", 2, "an integer")),
        (("+", STRING, INTEGER), ("type", 0, "a number")),
        (("+", INTEGER, TIMESTAMP), ("type", 1, "a number")),
        (("/", INTEGERS, INTEGER), ("type", 0, "a number")),
        (("count", STRING), ("type", 0, "an array")),
        (("count", ADDRESS), ("type", 0, "an array")),
        (("sum", STRINGS), ("type", 0, "an array of numbers")),
        (("sum", ArrayType(ADDRESS)), ("type", 0, "an array of numbers")),
        (("sum", INTEGERS, STRING), ("type", 1, "a number")),
        (("min", ArrayType(ADDRESS)), ("type", 0, "an array of values that have an order")),
        (("topN", INTEGERS, INTEGER, DOUBLE), ("type", 2, "an integer")),
        (("get", STRINGS, STRING), ("type", 0, "a map")),
        (("get", ADDRESS, STRING), ("type", 0, "a map")),
        (("get", MapType(STRING), INTEGER), ("type", 1, "a string")),
        (("getMonth", INTEGER), ("type", 0, "a timestamp or a date")),
        (("inSegment", STRINGS), ("type", 0, "a string")),
        (("date", INTEGER, STRING, INTEGER), ("type", 1, "an integer")),
        (("head", TupleType((STRING, INTEGER))), ("type", 0, "an array")),
    ],
    ids=shown,
)
def test_this_does_not_fit(call: tuple[str, Type], expected: tuple[str, int, str]) -> None:
    assert fault(*call) == expected


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (("head", STRINGS), "String"),
        (("head", MapType(STRINGS)), "Array of String"),
        (("head", ANY), "Any"),
        (("head", NULL), "Any"),
        (("if", BOOLEAN, INTEGER, DOUBLE), "Double"),
        (("if", BOOLEAN, NULL, STRING), "String"),
        (("if", BOOLEAN, STRING, INTEGER), "Any"),
        (("if", BOOLEAN, ANY, INTEGER), "Any"),
        (("+", INTEGER, INTEGER), "Integer"),
        (("+", INTEGER, DOUBLE), "Double"),
        (("/", INTEGER, INTEGER), "Double"),
        (("-", DOUBLE), "Double"),
        (("sum", INTEGERS), "Integer"),
        (("sum", ArrayType(ADDRESS), DOUBLE), "Double"),
        (("sum", INTEGERS, DOUBLE), "Double"),
        (("max", ArrayType(TIMESTAMP)), "Timestamp"),
        (("average", INTEGERS), "Double"),
        (("map", STRINGS, INTEGER), "Array of Integer"),
        (("map", MapType(STRINGS), EntryType(INTEGER)), "Map of Integer"),
        (("map", MapType(STRINGS), MapType(INTEGER)), "Array of Map of Integer"),
        (("mapEntry", STRING, DOUBLE), "Map entry of Double"),
        (("groupBy", STRINGS, INTEGER), "Map of Array of String"),
        (("filter", MapType(STRING), BOOLEAN), "Array of String"),
        (("intersection", INTEGERS, DOUBLES), "Array of Double"),
        (("modelInstances", STRING), "Array of Object"),
        (("values", MapType(INTEGER)), "Array of Integer"),
        (("contains", INTEGER, STRING), "Boolean"),  # known, whatever is wrong
    ],
    ids=shown,
)
def test_results(call: tuple[str, Type], expected: str) -> None:
    assert result(*call) == expected


@pytest.mark.parametrize(
    "text",
    [
        "f(): Integer",
        "f(a: Any, b?: Map<Array<T>>): Null",
        "f(a: Array<T> or T, b: T => U = this): Entry<U>",
        'f(a: Object, b: String = "x", c: Integer = 1): Object',
        "<=(a: C, b?: N...): Timestamp",
    ],
)
def test_sentences_come_back(text: str) -> None:
    assert str(parse_signature(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "f",
        "f(",
        "(a: Any): Any",
        "f(a): Any",
        "f(a: Any)",
        "f(a: any): Any",
        "f(a: Any): Number",
        "f(a: Array<Any): Any",
        "f(a?: Any, b: Any): Any",
        "f(a: Any..., b: Any): Any",
        "f(a: Any): Any, Any",
        "f(a: Any b: Any): Any",
    ],
)
def test_what_is_no_sentence_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_signature(text)


@given(st.text(alphabet="f(a:AnyTUN<>=?.,) or"))
def test_nothing_but_value_errors_escapes(text: str) -> None:
    try:
        signature = parse_signature(text)
    except ValueError:
        return
    assert str(parse_signature(str(signature))) == str(signature)


def test_problems_and_bindings_are_values() -> None:
    assert Binding(STRING) == Binding(STRING, ())
    assert Problem("type", 0, None, "a string") == Problem("type", 0, None, "a string")
