"""Does every name lead to the field that it means, whatever stands between?"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given

from counted_work import growth
from pqltools import PQLError, from_json, parse, to_json, to_text
from pqltools.checks.dependencies import Dependencies, dependencies, segment_id
from pqltools.checks.field_paths import path_text
from pqltools.limits import HIGHEST_DEPTH
from pqltools.syntax.ast import Expr, FunctionCall, Opaque
from pqltools.syntax.walk import walk
from pqltools.xdm.standard import standard
from strategies import expressions, json_only_expressions


def fields(text: str) -> str:
    """The fields that a text uses, with spaces between."""
    return " ".join(map(path_text, dependencies(parse(text)).fields))


def names(found: Dependencies) -> tuple[list[object], ...]:
    """What was found, without the places."""
    return [*found.fields], [*found.event_types], [*found.segments]


FIELDS = {
    # Paths.
    'person.name = "x" or person.age > 3': "person.age person.name",
    "xdm:person.xdm:name.isNull()": "person.name",
    'profile.person.name = "x"': "person.name",
    "$1.person.name.isNull()": "person.name",
    "$2.person.name.isNull()": "",
    "person.`first-name`.isNull()": "person.`first-name`",
    "@{_xdm.other}.name.isNull()": "@{_xdm.other}.name",
    "homeAddress.isNotNull() and homeAddress.city.isNotNull()": "homeAddress homeAddress.city",
    "true": "",
    '{"a": person.name}.a = 1': "person.name",
    "[person.name, 3].includes(x)": "person.name x",
    # Arrays and item scopes.
    'xEvent[eventType = "a"].commerce.order': "xEvent.commerce.order xEvent.eventType",
    'xEvent[eventType = "a"]': "xEvent.eventType",
    "xEvent.count() > 3": "xEvent",
    "orders.filter(this.price > 3).count() > 0": "orders.price",
    "orders[this > 3]": "orders",
    "orders[items[price > ^.limit]]": "orders.items.price orders.limit",
    "orders.filter((O) => O.price > limit)": "limit orders.price",
    "orders.items.price.sum() > 3": "orders.items.price",
    "orders.sum(price * discount) > 3": "orders.discount orders.price",
    "orders.topN(price, 3).items.name.head()": "orders.items.name orders.price",
    "orders.map(this.customer).name.head()": "orders.customer.name",
    "orders.map(this.customer)": "orders.customer",
    'orders.groupBy(city)["Bath"].price': "orders.city orders.price",
    "orders.groupBy(city).filter((K, V) => V.price = 3)": "orders.city orders.price",
    "if(a, b, c).d": "a b.d c.d",
    "a.intersects(b.c)": "a b.c",
    # Maps.
    'identityMap.get("ECID").id': "identityMap.ECID.id",
    'identityMap["ECID"].id': "identityMap.ECID.id",
    "identityMap.get(key).id": "identityMap.*.id key",
    "identityMap[id = key]": "identityMap.*.id identityMap.*.key",
    'consents.idSpecific["Email"][val = "y"]': "consents.idSpecific.Email.val",
    "identityMap.values().id": "identityMap.*.id",
    "identityMap.filter((K, V) => V.primary = true)": "identityMap.*.primary",
    # Binders.
    "exists X from xEvent": "xEvent",
    "exists X from xEvent where X.a = 1": "xEvent.a",
    "exists X from xEvent, Y from X.items where Y.name = X.title": "xEvent.items.name xEvent.title",
    "exists X from xEvent, Y from X.items": "xEvent.items",
    "(select X from xEvent where X.a = 1).b": "xEvent.a xEvent.b",
    "exists xEvent from orders where xEvent.a = 1": "orders.a",
    "(sum X.a * Y.b over X from xEvent, Y from orders) > 3": "orders.b xEvent.a",
    "let x = person.name in x.first = x.last": "person.name.first person.name.last",
    "let x = person.name in x.isNull()": "person.name",
    "let x = person in let y = x.name in y.first.isNull()": "person.name.first",
    "let x = 3 in person.age > x": "person.age",
    "(P) => P.person.age > 3": "person.age",
    "(P, Q) => P.a = Q.b": "a",
    # Time and sequences.
    "xEvent[timestamp occurs <= 3 days before now]": "xEvent.timestamp",
    "person.birthDate occurs before loyalty.joined": "loyalty.joined person.birthDate",
    "person.birthDate occurs between a and b": "a b person.birthDate",
    "chain(xEvent, timestamp, [A: WHAT(a = 1), B: WHAT(b = A.c) WHERE(d = 2) WHEN(< 3 days after A.e)])": (
        "xEvent.a xEvent.b xEvent.c xEvent.d xEvent.e xEvent.timestamp"
    ),
}


@pytest.mark.parametrize("text", FIELDS)
def test_fields(text: str) -> None:
    assert fields(text) == FIELDS[text]


EVENTS = {
    'xEvent[eventType = "a" or "b" = eventType or eventType != "c"]': ["a", "b", "c"],
    'xEvent[eventType.equals("a", false)]': ["a"],
    'xEvent[eventType in ["b", "a"]]': ["a", "b"],
    'exists X from xEvent where X.eventType = "a"': ["a"],
    'chain(xEvent, timestamp, [A: WHAT(eventType = "a")])': ["a"],
    'xEvent[eventType.startsWith("comm")]': [],
    'xEvent[web.name = "a"]': [],
    'stringCompare("equals", eventType, "a")': ["a"],
}


@pytest.mark.parametrize("text", EVENTS)
def test_event_types(text: str) -> None:
    assert [*dependencies(parse(text)).event_types] == EVENTS[text]


SEGMENTS = {
    'inSegment("b") or not inSegment("a")': ["a", "b"],
    "inSegment(x)": [],
    "inSegment()": [],
    'segmentMembership.ups.abc.status = "realized"': ["abc"],
    'segmentMembership.get("ups").get("abc").status = "realized"': ["abc"],
    'segmentMembership.ups.get(key).status = "realized"': [],
    'segmentMembership.ups[status = "realized"]': [],
    "segmentMembership[x = 1]": [],
    'segmentMembership.aam.abc.status = "realized"': [],
    "segmentMembership.isNotNull()": [],
}


@pytest.mark.parametrize("text", SEGMENTS)
def test_segments(text: str) -> None:
    assert [*dependencies(parse(text)).segments] == SEGMENTS[text]


def test_places_are_those_of_the_first_use() -> None:
    text = 'a = 1 and xEvent[eventType = "x"] and inSegment("s") and a = 2'
    found = dependencies(parse(text))
    assert found.fields["a",] == (0, 1)
    places = (found.fields["xEvent", "eventType"], found.event_types["x"], found.segments["s"])
    assert [span and text[slice(*span)] for span in places] == ["eventType", '"x"', 'inSegment("s")']


def test_a_schema_tells_maps_from_arrays() -> None:
    tree = parse('consents.idSpecific[val = "y"]')
    assert [*map(path_text, dependencies(tree).fields)] == ["consents.idSpecific.val"]
    assert [*map(path_text, dependencies(tree, standard().profile).fields)] == ["consents.idSpecific.*.val"]


@pytest.mark.parametrize("text", FIELDS)
def test_text_and_tree_have_the_same_dependencies(text: str) -> None:
    tree = parse(text)
    assert names(dependencies(from_json(to_json(tree)))) == names(dependencies(tree))


@given(expressions())
def test_any_tree_has_dependencies_and_keeps_them_in_text(tree: Expr) -> None:
    found = names(dependencies(tree))
    assert names(dependencies(parse(to_text(tree)))) == found
    assert names(dependencies(tree, standard().profile))[1:] == found[1:]


@given(json_only_expressions())
def test_trees_of_the_wire_form_too(tree: Expr) -> None:
    found = dependencies(tree)
    called = {segment_id(node) for node in walk(tree) if isinstance(node, FunctionCall)} - {None}
    assert called <= {*found.segments}
    assert all(path and all(isinstance(step, str) for step in path) for path in found.fields)


@given(expressions())
def test_a_negation_depends_on_the_same(tree: Expr) -> None:
    negated = FunctionCall("not", (FunctionCall("isNull", (tree,)),))
    assert names(dependencies(negated))[1:] == names(dependencies(FunctionCall("and", (tree, tree))))[1:]


def test_a_value_that_may_be_anything_takes_no_time() -> None:
    text = "x.end = 1"
    for _ in range(60):
        text = f"let x = if(c, x.a, x.b) in {text}"
    assert len(dependencies(parse(f"let x = y in {text}")).fields) > 60


def test_many_clauses_take_their_share_of_work_each() -> None:
    def work_for(count: int) -> Callable[[], None]:
        clauses = ", ".join([f"X{number} from xEvent where X{number}.a = 1" for number in range(count)])
        tree = parse(f"exists {clauses}")

        def work() -> None:
            assert [*dependencies(tree).fields] == [("xEvent", "a")]

        return work

    assert growth(work_for, 500, 4) < 5
    work_for(4_000)()


def test_what_an_opaque_node_uses_is_not_known() -> None:
    assert names(dependencies(Opaque("gap", '{"nodeType":"gap"}'))) == ([], [], [])


@pytest.mark.parametrize(
    "pattern", ["not({})", "xs[{}]", "let x = 1 in {}", "let x = ({}) in x", "[{}]", "({}).a", "f({}, 1)"]
)
def test_the_deepest_tree_that_can_be_read(pattern: str) -> None:
    text = "a"
    for _ in range(HIGHEST_DEPTH):
        longer = pattern.replace("{}", text)
        try:
            parse(longer, max_depth=HIGHEST_DEPTH)
        except PQLError:
            break
        text = longer
    assert len(text) > 100
    assert dependencies(parse(text, max_depth=HIGHEST_DEPTH)).fields
