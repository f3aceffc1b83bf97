"""Does `facts` see what an expression shows, in every form in which it can be written?"""

from __future__ import annotations

import pytest
from hypothesis import given

from pqltools import parse
from pqltools.checks.eligibility.facts import Facts, facts
from pqltools.syntax.ast import Expr
from strategies import expressions, json_only_expressions


def events(text: str) -> list[str]:
    """The event conditions, each as its window with what else there is to say about it."""
    found = []
    for event in facts(parse(text)).events:
        hours = event.window.most
        words = [event.name or "", event.window.form if event.window.form != "relative" else f"{hours:g}h"]
        words += [event.use] if event.use != "exists" else []
        words += ["not"] if event.negated else []
        words += [f"in {event.outer.name}"] if event.outer is not None else []
        found.append(" ".join(filter(None, words)))
    return found


#: Expressions, and their event conditions.
EVENTS: dict[str, list[str]] = {
    'person.gender = "female"': [],
    # Chains.
    "chain(xEvent, timestamp, [A: WHAT(a = 1)])": ["A none"],
    "chain(xEvent, timestamp, [A: WHAT(a = 1) WHEN(today), B: WHAT(b = 1) WHEN(this week)])": ["A 24h", "B 168h"],
    "chain(xEvent, timestamp, [A: WHAT(a = 1 and timestamp occurs today)])": ["A 24h"],
    "chain(xEvent, timestamp, [A: WHAT(a = 1) WHERE(timestamp occurs today)])": ["A 24h"],
    "chain(xEvent[timestamp occurs today], timestamp, [A: WHAT(a = 1), B: WHAT(b = 1)])": ["A 24h", "B 24h"],
    "chain(xEvent, timestamp, [A: WHAT(a = 1), B: WHAT(b = 1) WHEN(<= 2 days after A)])": ["A none", "B unclear"],
    "chain(xEvent, timestamp, [A: NOT WHAT(a = 1)])": ["A none not"],
    "not chain(xEvent, timestamp, [A: NOT WHAT(a = 1)])": ["A none"],
    "chain(xEvent, timestamp, [A: WHAT(a = 1) COUNT(1)])": ["A none"],
    "chain(xEvent, timestamp, [A: WHAT(a = 1) COUNT(5)])": ["A none count"],
    "chain(xEvent, timestamp, [A: WHAT(a = 1) COUNT(= 0)])": ["A none not"],
    "chain(orders, timestamp, [A: WHAT(a = 1)])": [],
    # Binders.
    "exists X from xEvent where X.timestamp occurs today": ["X 24h"],
    "select X from xEvent where X.timestamp occurs today": ["X 24h"],
    "one X from xEvent where X.a = 1": ["X none"],
    "none X from xEvent where X.timestamp occurs today": ["X 24h not"],
    "not (none X from xEvent where X.a = 1)": ["X none"],
    "forall X from xEvent where X.timestamp occurs today": ["X none not"],
    "forall X from xEvent where not (X.timestamp occurs today)": ["X 24h not"],
    "select X from xEvent where X.a = 1, Y from xEvent where Y.a = 2": ["X none", "Y none"],
    "select X from xEvent where X.a = 1, Y from xEvent where X.timestamp occurs today": ["X 24h", "Y none"],
    "exists E from xEvent where E.a = 1, I from E.productListItems where I.SKU = 1": ["E none"],
    "exists E from xEvent[timestamp occurs today]": ["E 24h"],
    "exists I from xEvent.productListItems where I.SKU = 1": ["none"],
    "select X from xEvent where X.a = 1 and not (select Y from xEvent where Y.timestamp occurs after X.timestamp)": [
        "X none",
        "Y unclear not in X",
    ],
    # Functions of the list.
    "xEvent": ["none"],
    "timeSeriesEvents.exists(a = 1)": ["none"],
    "`xdm:timeSeriesEvents`.exists(a = 1)": ["none"],
    "(Profile) => Profile.xEvent.exists(a = 1)": ["none"],
    "xEvent[timestamp occurs today]": ["24h"],
    "xEvent[a = 1][timestamp occurs today]": ["24h"],
    "xEvent.filter(timestamp occurs today).exists(a = 1)": ["24h"],
    "xEvent.exists(timestamp occurs today)": ["24h"],
    "xEvent.filter((X) => X.timestamp occurs today).count() > 3": ["24h count"],
    "xEvent.count(timestamp occurs today) > 3": ["24h count"],
    "xEvent.count(timestamp occurs today) > 0": ["24h"],
    "0 < xEvent.count(timestamp occurs today)": ["24h"],
    "xEvent.count() >= 1": ["none"],
    "xEvent.count() != 0": ["none"],
    "xEvent.count() = 0": ["none not"],
    "xEvent.count() < 1": ["none not"],
    "xEvent.count() < 3": ["none count"],
    "not (xEvent.count() = 0)": ["none"],
    "xEvent[a = 1].isNull()": ["none not"],
    "not xEvent[a = 1].isNull()": ["none"],
    "xEvent[a = 1].isNotNull()": ["none"],
    "xEvent.exists(a = 1) = false": ["none not"],
    "xEvent.exists(a = 1) != false": ["none"],
    "true = xEvent.exists(a = 1)": ["none"],
    "xEvent.sum(commerce.order.priceTotal) > 10": ["none value"],
    "sum X.a over X from xEvent where X.timestamp occurs today": ["X 24h value"],
    "(select X from xEvent where X.a = 1).count() > 5": ["X none count"],
    "(select X from xEvent where X.a = 1).count() = 0": ["X none not"],
    'xEvent.device.model = "x"': ["none value"],
    'xEvent[timestamp occurs today].head().a = "x"': ["24h value"],
    "xEvent.topN(timestamp, 3).exists(a = 1)": ["none"],
    "xEvent.groupBy(a).map((K, G) => G.count())": ["none count"],
    "xEvent.groupBy(a).map(this[timestamp occurs today].count())": ["none value", "24h count"],
    "xEvent.productListItems.exists(SKU = 1)": ["none"],
    "if(xEvent.exists(a = 1), true, false)": ["none"],
    "xEvent.exists(productListItems.exists(^.timestamp occurs today))": ["none"],
    # Variables.
    "let E = xEvent[timestamp occurs today] in E.exists(a = 1)": ["24h"],
    "let E = xEvent[timestamp occurs today] in E.exists(a = 1) and E.exists(b = 1)": ["24h", "24h"],
    "let E = xEvent in E.exists(timestamp occurs today) and E.exists(timestamp occurs this week)": ["24h", "168h"],
    "let N = xEvent.count(a = 1) in N > 3 and N < 5": ["none count"],
    "let N = xEvent.count(a = 1) in N = 0": ["none not"],
    "let E = xEvent in let F = E in F.exists(a = 1)": ["none"],
    "let C = (" + "not not " * 13 + "xEvent.exists(a = 1)) in b = 1": ["none"],
    "let C = xEvent.exists(a = 1) in not C": ["none not"],
    "let C = xEvent.exists(a = 1) in b = 1": ["none"],
    # Names that only look like it.
    "profileEvents.xEvent.exists(a = 1)": [],
    "xEvents.exists(timestamp occurs today)": [],
    "orders.exists(xEvent = 1)": [],
}


@pytest.mark.parametrize("text", EVENTS)
def test_event_conditions(text: str) -> None:
    assert events(text) == EVENTS[text]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ('homeAddress.country = "CH"', 1),
        ("a.b = c.d", 2),
        ("xEvent.exists(a = 1)", 0),
        ("xEvent.exists(a = ^.person.gender)", 1),
        ("exists X from xEvent where X.a = $1.b", 1),
        ('segmentMembership.get("ups").get("x").status = \'realized\'', 0),
        ('inSegment("x")', 0),
        ("(P) => P.a = 1", 1),
        ("(P, Q) => Q.a = 1", 0),
        ("let p = homeAddress in p.country = 1 and p.city = 2", 1),
        ('identityMap.get("ECID").exists(id = "x")', 1),
        ("true", 0),
    ],
)
def test_profile_attributes(text: str, count: int) -> None:
    assert len(facts(parse(text)).profile) == count


@pytest.mark.parametrize(
    ("text", "references"),
    [
        ('inSegment("a") and inSegment("b")', [("a", None), ("b", None)]),
        ("inSegment(person.gender)", [(None, None)]),
        ('inSegment("a", "AAM")', [("a", "AAM")]),
        ('segmentMembership.get("ups").get("a").status = "realized"', [("a", "ups")]),
        ('segmentMembership["UPS"]["a"].status in ["realized", "existing"]', [("a", "UPS")]),
        ("segmentMembership.ups.a.status.isNotNull()", [("a", "ups")]),
        ('segmentMembership.get("ups").get(person.gender).status = "realized"', [(None, "ups")]),
        ('segmentMembership.get("AAMTraits").get("7").status = "realized"', [("7", "AAMTraits")]),
        ("segmentMembership.values().count() > 1", [(None, None)]),
        ('_acme.segmentMembership.get("ups").get("a") = 1', []),
    ],
)
def test_references(text: str, references: list[tuple[str | None, str | None]]) -> None:
    assert [(found.id, found.namespace) for found in facts(parse(text)).references] == references


def shown(text: str) -> Facts:
    return facts(parse(text))


def test_other_entities() -> None:
    assert shown("@{model}.a = 1").entities
    assert shown('modelInstances("uri").exists(a = 1)').entities
    assert shown("$2.a = 1").entities
    assert shown("(P, Q) => P.a = Q.b").entities
    assert not shown("$1.a = 1").entities


def test_dates_without_year() -> None:
    assert shown("a.getMonth() = 1 and a.getDayOfMonth() = 2").ignore_year
    assert not shown("a.getMonth() = 1 and b.getDayOfMonth() = 2").ignore_year
    assert len(shown("a.getMonth() = 1 and b.getDayOfMonth() = 2").part_of_date) == 2
    assert not shown("a.getMonth() = 1 and a.getDayOfMonth() = 2 and a.getYear() = 3").ignore_year
    assert not shown("a.getMonth() = 1 and a.getYear() = 3").part_of_date


def test_counts() -> None:
    text = "chain(xEvent, timestamp, [A: WHAT(xs.count() > 1) COUNT(2), B: WHAT(ys.distinct().sum() = 3)])"
    assert (len(shown(text).aggregations), shown(text).longest) == (4, 2)
    assert len(shown("xs.map({'a': this.b})").shaping) == 2


def test_the_facts_stand_at_their_places() -> None:
    text = (
        'person.gender = "x" and chain(xEvent, timestamp, [A: WHAT(a = 1) WHEN(today)]) and xEvent[b = 1].count() > 3'
    )
    found = facts(parse(text))
    places = [*found.profile, *[event.node for event in found.events], *found.aggregations]
    assert [text[slice(*(node.span or (0, 0)))] for node in places] == [
        "person.gender",
        "A: WHAT(a = 1) WHEN(today)",
        "xEvent[b = 1].count()",
        "xEvent[b = 1].count()",
    ]


@given(expressions())
def test_total_on_text_trees(tree: Expr) -> None:
    found = facts(tree)
    assert len({id(event) for event in found.events}) == len(found.events)
    assert all(event.window.least <= event.window.most for event in found.events)


@given(json_only_expressions())
def test_total_on_wire_trees(tree: Expr) -> None:
    facts(tree)


@pytest.mark.parametrize(
    "text",
    [
        "not " * 150 + "xEvent.exists(a = 1)",
        "xEvent" + "[a = 1]" * 190,
        "".join(f"let v{i} = {'xEvent' if not i else f'v{i - 1}[a = {i}]'} in " for i in range(60)) + "v59.count() > 1",
        "".join(f"let v{i} = ({'xEvent.a' if not i else f'v{i - 1} and v{i - 1}'}) in " for i in range(60)) + "v59",
        "".join(
            f"let v{i} = ({'X.timestamp occurs today' if not i else f'v{i - 1} and v{i - 1}'}) in " for i in range(60)
        ).join(["exists X from xEvent where (", "v59)"]),
        "(" * 60 + "xEvent" + ".exists(a = 1 and xEvent.exists(b = 1)))" * 60,
        " and ".join(["xEvent.exists(a = 1)"] * 3000),
        "not " * 245 + "xEvent.exists(a = 1)",
        "x" + ".head().a" * 120,
        "".join(f"let v{i} = ({'not ' * 200}{f'v{i - 1}' if i else 'xEvent.exists(a = 1)'}) in " for i in range(8))
        + "not " * 200
        + "v7",
        "".join(f"let v{i} = ({'not ' * 20}{f'v{i - 1}' if i else 'xEvent.exists(a = 1)'}) in " for i in range(8))
        + "not " * 200
        + "v7",
        "select " + ", ".join(f"E{i} from xEvent where E{i}.a = 1" for i in range(1000)),
    ],
    ids=[
        "not",
        "filters",
        "let lists",
        "let doubles",
        "let windows",
        "nested",
        "wide",
        "deep not",
        "deep path",
        "deep lets",
        "lets",
        "clauses",
    ],
)
def test_deep_and_large_ones_come_to_an_end(text: str) -> None:
    assert facts(parse(text, max_depth=250)).events is not None
