"""Is what an expression consists of found, in valid and in broken text?  Parts, words, outlines, folds, ids."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqltools import to_json_bytes
from pqltools.formats.pql_text import to_text
from pqltools.syntax.parser import parse
from pqltools.types.model import ANY, STRING, Member, PlainMember, PlainObject
from pqltools.workspace.structure.around import around, around_in_json
from pqltools.workspace.structure.folds import brackets, comments, folds
from pqltools.workspace.structure.json_marks import json_marks
from pqltools.workspace.structure.marks import KINDS, MODIFIERS, marks
from pqltools.workspace.structure.matching import fit
from pqltools.workspace.structure.outline import Outline, outline_of_tree
from pqltools.workspace.structure.parts import Parts
from pqltools.workspace.structure.same import same_field, same_variable
from pqltools.workspace.structure.segments import references
from pqltools.xdm.standard import standard
from strategies import expressions

PROFILE = standard().profile
#: What is written, and mostly wrong in some way.
_PARTS = [
    *("person.gender", 'homeAddress.city = "Köln 😀"', "'x", '"a\\qb"', "not", "(a", ")", "]", "xs[", "{", "}", "//"),
    *("and", "or", "in", "[1, 2]", "xEvent[timestamp occurs <= 3 days before now]", "let S = 1 in", "between", "=>"),
    *("/* ö", "*/", "select X from xEvent where X.a", ",", "=", "5", "\\", '"', "`", "^a", "chain(", "C0: WHAT(a)"),
    *("inSegment(", '"id"', ".inSegment()", "sum(", "exists", "\n", "\r\n", "\t", "a.", ".b", "@{", "$1", "profile"),
]
TEXTS = st.lists(st.sampled_from(_PARTS), max_size=12).map(" ".join)


def words(text: str) -> list[tuple[str, str]]:
    return [
        (text[start:end], " ".join([KINDS[kind], *[name for bit, name in enumerate(MODIFIERS) if bits >> bit & 1]]))
        for start, end, kind, bits in marks(Parts(PROFILE).of(text))
    ]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", [""]),
        ("a and b or c", ["a ", " b ", " c"]),
        ("(a and b) or c // and", ["(a and b) ", " c // and"]),
        ("a and exists X from xs where X.a and X.b", ["a ", " exists X from xs where X.a and X.b"]),
        ("let S = a in S and S", ["let S = a in S and S"]),
        ("(A) => A.x and A.y", ["(A) => A.x and A.y"]),
        ("t occurs between a and b and c", ["t occurs between a and b ", " c"]),
        ("a.and and b", ["a.and ", " b"]),
        ("(exists X from xs where X.a) and b", ["(exists X from xs where X.a) ", " b"]),
        ("sum(xs.a) > 1 and count = 2", ["sum(xs.a) > 1 ", " count = 2"]),
        ('"and" and b', ['"and" ', " b"]),
    ],
)
def test_parts_are_what_can_be_read_by_itself(text: str, parts: list[str]) -> None:
    assert [placed.part.text for placed in Parts().of(text)] == parts


@given(TEXTS)
def test_parts_and_joining_words_are_the_whole_text(text: str) -> None:
    end = 0
    for placed in Parts().of(text):
        assert placed.base == end
        end = placed.join[1]
        assert text[placed.span[1] : end].lower() in ("and", "or", "")
    assert end == len(text)


@given(expressions())
def test_variables_stay_with_their_binders(tree: object) -> None:
    """Else a part would take a variable for a field."""
    text = to_text(tree)  # type: ignore[arg-type]
    whole = Parts()
    cut = {
        (start + placed.base, end + placed.base)
        for placed in whole.of(text)
        for binding in placed.part.bindings
        for start, end in binding.places
    }
    from pqltools.workspace.structure.parts import Part

    assert cut == {span for binding in Part(text, ANY).bindings for span in binding.places}


def test_parts_are_remembered() -> None:
    parts = Parts()
    before = parts.of("a = 1 and b = 2 and c = 3")
    after = parts.of("a = 1 and b = 25 and c = 3")
    assert [old.part is new.part for old, new in zip(before, after, strict=True)] == [True, False, True]
    assert before[0].part.marks
    before[0].part.forget()
    assert before[0].part.bindings == []
    assert parts.at("a = 1 and b = 25 and c = 3", 12).part.text == " b = 25 "


def test_words_are_what_they_mean() -> None:
    assert words('person.gender = "male" and a matches "x.*" /* c */ or not today') == [
        ("person", "property"),
        ("gender", "property"),
        ("=", "operator"),
        ('"male"', "enumMember"),
        ("and", "keyword"),
        ("a", "property"),
        ("matches", "keyword"),
        ('"x.*"', "regexp"),
        ("/* c */", "comment"),
        ("or", "keyword"),
        ("not", "keyword"),
        ("today", "variable defaultLibrary readonly"),
    ]
    assert words("select X from xEvent where X.size.count() > 1.5") == [
        ("select", "keyword"),
        ("X", "variable declaration"),
        ("from", "keyword"),
        ("xEvent", "property"),
        ("where", "keyword"),
        ("X", "variable"),
        ("size", "property"),
        ("count", "method defaultLibrary"),
        (">", "operator"),
        ("1.5", "number"),
    ]
    assert words('`in`(a, {"b": $1}) and order. /* x */ from.own()') == [
        ("`in`", "function defaultLibrary"),
        ("a", "property"),
        ('"b"', "property declaration"),
        ("$1", "parameter readonly"),
        ("and", "keyword"),
        ("order", "property"),
        ("/* x */", "comment"),
        ("from", "property"),
        ("own", "method"),
    ]


def test_deprecated_fields_are_told() -> None:
    class Old(PlainMember):
        deprecated = True

    class Profile(PlainObject):
        def member(self, name: str) -> Member | None:
            return Old(name, STRING)

    (placed,) = Parts(Profile({})).of("old = 1")
    assert placed.part.marks[0] == (0, 3, KINDS.index("property"), 1 << MODIFIERS.index("deprecated"))


def test_words_of_broken_text_are_told_by_their_looks() -> None:
    assert words('a = "x" ) and ( b') == [
        ("a", "property"),
        ("=", "operator"),
        ('"x"', "string"),
        ("and", "keyword"),
        ("b", "property"),
    ]
    assert ("select", "keyword") in words("xs[ select X from")
    assert words('a = "open') == [("a", "property"), ("=", "operator"), ('"open', "string")]


@given(TEXTS)
def test_words_are_in_order_and_apart(text: str) -> None:
    behind = 0
    for start, end, kind, bits in marks(Parts(PROFILE).of(text)):
        assert behind <= start < end <= len(text)
        assert kind < len(KINDS)
        assert bits < 1 << len(MODIFIERS)
        behind = end


def _shape(outline: Outline) -> object:
    return (outline.kind, outline.name, *[_shape(child) for child in outline.children])


def _outlines(text: str) -> list[object]:
    return [_shape(placed.part.outline) for placed in Parts().of(text) if placed.part.outline is not None]


def test_outlines() -> None:
    assert _outlines("a = 1 and (b or xs[c = 1].count() > 2) and ") == [
        ("condition", "a = 1"),
        (
            "group",
            "(b or xs[c = 1].count() > 2)",
            ("condition", "b"),
            ("condition", "xs[c = 1].count() > 2", ("scope", "xs[c = 1]")),
        ),
    ]
    chain = "chain(xEvent, timestamp, [C0: WHAT(a = 1), C1: WHAT(b = C0.c)])"
    assert _outlines(chain) == [("chain", chain, ("element", "C0: WHAT(a = 1)"), ("element", "C1: WHAT(b = C0.c)"))]
    assert _outlines("let S = xs[a] in S.b") == [("variable", "let S = xs[a] in S.b", ("scope", "xs[a]"))]
    assert _outlines("") == _outlines(" // nothing yet\n and ") == []


@given(TEXTS)
def test_outlines_stand_inside_of_each_other(text: str) -> None:
    def check(outline: Outline, around: tuple[int, int]) -> None:
        assert outline.name.strip()
        assert "\n" not in outline.name
        assert around[0] <= outline.span[0] <= outline.span[1] <= around[1]
        for child in outline.children:
            check(child, outline.span)

    for placed in Parts().of(text):
        if placed.part.outline is not None:
            check(placed.part.outline, (0, len(placed.part.text)))


def test_outlines_of_trees_stand_in_their_json() -> None:
    text = to_json_bytes(parse("a = 1 and xs[b = 2].count() > 3")).decode()
    first, second = outline_of_tree(text, text)
    assert (first.name, first.children) == ("a = 1", ())
    assert [child.name for child in second.children] == ["xs[b = 2]"]
    for each in (first, second, *second.children):
        piece = text[slice(*each.span)]
        assert (piece[0], piece[-1]) == ("{", "}")
    assert outline_of_tree("{", "{") == ()


def test_folds() -> None:
    text = "// one\n// two\na = [\n1,\n2\n] and\n/* three\n */ (b\n)"
    found = [(text[slice(*span)], kind) for span, kind in folds(text, Parts().of(text))]
    assert ("[\n1,\n2\n]", "region") in found
    assert ("// one\n// two", "comment") in found
    assert ("/* three\n */", "comment") in found
    assert ("(b\n)", "region") in found
    assert [*folds("a = [1, 2]", Parts().of("a = [1, 2]"))] == []


@given(TEXTS)
def test_folds_are_in_the_text(text: str) -> None:
    for start, end in [*brackets(text), *comments(text), *[span for span, _ in folds(text, Parts().of(text))]]:
        assert 0 <= start < end <= len(text)


def test_around() -> None:
    text = 'a and homeAddress.city = "x y" or b'
    found = [text[slice(*span)] for span in around(text, text.index('y"'), Parts())]
    assert found == [
        "x y",
        '"x y"',
        'homeAddress.city = "x y"',
        'a and homeAddress.city = "x y"',
        text,
    ]
    text = '{"a": [1, "bc"]}'
    assert [text[slice(*span)] for span in around_in_json(text, 12)] == [
        "bc", '"bc"', '1, "bc"', '[1, "bc"]', '"a": [1, "bc"]', text
    ]  # fmt: skip


@given(TEXTS, st.integers(0, 200))
def test_what_is_around_holds_the_place_and_is_nested(text: str, offset: int) -> None:
    offset = min(offset, len(text))
    for found in (around(text, offset, Parts()), around_in_json(text, offset)):
        inner = (offset, offset)
        for index, span in enumerate(found):
            assert span[0] <= inner[0] <= inner[1] <= span[1]
            assert index == 0 or span != inner
            inner = span
        assert inner == (0, len(text))


def test_the_same_field_wherever_it_stands() -> None:
    text = 'person.name.firstName = "a" and select X from xEvent where X.eventType = "b" and xEvent.eventType = "c"'
    parts = Parts(PROFILE)
    same = same_field(text, text.index("eventType") + 2, parts)
    assert same is not None
    assert [text[slice(*span)] for span in same.places] == ["eventType", "eventType"]
    name = same_field(text, text.index("name") + 1, parts)
    assert name is not None
    assert [text[slice(*span)] for span in name.places] == ["name"]
    assert same_field(text, text.index("=") + 1, parts) is None
    variable = same_variable(text, text.index("X.") + 1, parts)
    assert variable is not None
    assert variable.binder == (text.index("X "), text.index("X ") + 1)
    assert len(variable.places) == 2
    assert same_variable(text, 0, parts) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('inSegment("a") and "b".inSegment()', [("a", '"a"'), ("b", '"b"')]),
        ('`inSegment`("a")', [("a", '"a"')]),
        ('inSegment /* x */ ( "a\\"b" ) and (', [('a"b', '"a\\"b"')]),
        ('"inSegment(\\"a\\")" = b', []),
        ('inSegment(x) and a.inSegment("b")', []),
        ("inSegment(", []),
    ],
)
def test_segments(text: str, found: list[tuple[str, str]]) -> None:
    assert [(id, text[slice(*span)]) for id, span in references("pql/text", text, text)] == found


def test_segments_of_trees() -> None:
    text = to_json_bytes(parse('inSegment("ä") or not inSegment("b")')).decode()
    assert [(id, text[slice(*span)]) for id, span in references("pql/json", text, text)] == [
        ("ä", '"ä"'),
        ("b", '"b"'),
    ]
    assert references("pql/json", "{inSegment", "{inSegment") == ()


def test_words_of_trees() -> None:
    text = to_json_bytes(parse("xs[a.startsWith(b)] = 1")).decode()
    found = {text[start:end]: KINDS[kind] for start, end, kind, _ in json_marks(text)}
    assert found["startsWith"] == "function"
    assert found["="] == "operator"
    assert found["xs"] == found["a"] == "property"
    assert found["fieldLookup"] == "keyword"
    for end in range(len(text)):
        assert all(stop <= end for _, stop, _, _ in json_marks(text[:end]))


def test_the_better_a_name_fits_the_less_it_costs() -> None:
    names = ["vip", "vip customers", "the vip", "ovip", "very important"]
    costs = [fit("vip", name) for name in names]
    assert costs[-1] is not None
    assert [cost for cost in costs if cost is not None] == sorted([cost for cost in costs if cost is not None])
    assert fit("xyz", "vip") is None
    assert fit("", "vip") is not None
