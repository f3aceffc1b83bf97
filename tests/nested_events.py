"""Which conditions look at events and at the items of these?  Hypothesis strategies for texts, and for profiles."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from pqltools.types.model import BOOLEAN, DATE, DOUBLE, INTEGER, STRING, TIMESTAMP, ArrayType, MapType, PlainObject
from pqltools.types.time import DAY, instant_text
from pqltools.xdm.schema import Schema
from profiles import NOW

ITEM = PlainObject({"sku": STRING, "price": DOUBLE, "number": INTEGER, "gift": BOOLEAN, "at": TIMESTAMP})
EVENT = PlainObject(
    {
        "eventType": STRING,
        "timestamp": TIMESTAMP,
        "order": PlainObject({"total": DOUBLE, "code": STRING, "lines": ArrayType(ITEM)}),
        "items": ArrayType(ITEM),
        "tags": ArrayType(STRING),
        "marks": MapType(INTEGER),
    }
)
SCHEMA = Schema(
    PlainObject(
        {
            "city": STRING,
            "limit": DOUBLE,
            "born": DATE,
            "home": PlainObject({"city": STRING, "visits": ArrayType(ITEM)}),
            "xEvent": ArrayType(EVENT),
            "notSeen": ArrayType(ITEM),
        }
    ),
    EVENT,
    "the schema of nested events",
)

_ITEM_TESTS = st.sampled_from(
    [
        'sku = "a"',
        'sku != "a"',
        'sku.equals("A", false)',
        "price > 2",
        "not (price > 2)",
        "gift",
        "number = 1 and price < 10",
        "at occurs <= 1 month before now",
        'sku in ["a", "b"] or gift',
        "isNull(sku)",
        "price * number > 5",
    ]
)
_ARRAYS = st.sampled_from(["items", "items", "order.lines"])


@st.composite
def _of_items(draw: st.DrawFn) -> str:
    array, test = draw(_ARRAYS), draw(_ITEM_TESTS)
    return draw(
        st.sampled_from(
            [
                f"{array}.exists({test})",
                f"{array}[{test}].count() >= 2",
                f"{array}.count() > 1",
                f"not ({array}.exists({test}))",
                f"{array}[{test}].sum(price) > 5",
                f"{array}.sum(number) = 3",
                f"{array}.max(price) > 4",
                f"{array}.average(price) <= 3",
                f"{array}.exists()",
                f"isNull({array})",
                f"{array}[{test}].head().number = 1",
            ]
        )
    )


@st.composite
def _of_events(draw: st.DrawFn, depth: int = 2) -> str:
    if depth and draw(st.booleans()):
        word = draw(st.sampled_from(["and", "and", "or"]))
        return f"({draw(_of_events(depth - 1))} {word} {draw(_of_events(depth - 1))})"
    if draw(st.booleans()):
        return draw(_of_items())
    return draw(
        st.sampled_from(
            [
                'eventType = "buy"',
                'eventType.equals("BUY", false)',
                'eventType.startsWith("v")',
                "timestamp occurs <= 30 days before now",
                "timestamp occurs last month",
                "timestamp occurs between 2 weeks before now and now"
                if False
                else "timestamp occurs > 1 year before now",
                "order.total > 10",
                'order.code = "x"',
                "isNotNull(order)",
                'tags.exists(this = "t")' if False else 'tags = "t"',
                'marks.get("m") > 1',
                "not (order.total > 10)",
            ]
        )
    )


@st.composite
def expressions(draw: st.DrawFn) -> str:
    """The text of a condition."""
    event, other, item = draw(_of_events()), draw(_of_events(1)), draw(_ITEM_TESTS)
    limit = draw(st.sampled_from(["5", "0", "12.5", "limit"]))
    return draw(
        st.sampled_from(
            [
                f"xEvent.exists({event})",
                f"not (xEvent.exists({event}))",
                f"xEvent[{event}].count() >= 2",
                f"xEvent[{event}].count() = 0",
                f"xEvent[{event}].sum(order.total) > {limit}",
                f"xEvent[{event}].sum(order.total) / 3 <= {limit}",
                f"xEvent[{event}].average(order.total) > {limit}",
                f"xEvent.max(order.total) >= {limit} and xEvent.exists({event})",
                f"xEvent[{event}].head().order.total > {limit}",
                f'xEvent.head().eventType = "buy" or xEvent.exists({event})',
                f"xEvent.exists({event}) and xEvent[{other}].count() < 2",
                f"forall E from xEvent : (E.order.total > {limit})"
                if False
                else f"xEvent[{event}].count() > xEvent[{other}].count()",
                f"xEvent.items.exists({item})",
                f"xEvent.items[{item}].count() > 1",
                f"xEvent[{event}].items.sum(price) > {limit}",
                "(select I from xEvent.items where I.price > 2).count() > 1",
                f"(select E from xEvent, I from E.items where I.price > 2 and E.order.total > {limit}).exists()",
                f"home.visits.exists({item})",
                f"home.visits[{item}].count() = xEvent.count()",
                f"xEvent.exists(order.code = city) or xEvent.exists({event})",
                f"xEvent.exists(items.exists(price > {limit}))",
                f"xEvent.exists(items.exists(sku = city) and {event})",
                f"notSeen.count() = 0 and xEvent.exists({event})",
                f"chain(xEvent, timestamp, [A: WHAT({event})])",
                f"chain(xEvent, timestamp, [A: WHAT({event}), B: WHAT({other})])",
                f"xEvent.topN(order.total, 2).exists({event})",
                "isNull(xEvent) or xEvent.count() > 3",
                "xEvent and home",
                f'city = "Bath" and xEvent.exists({event})',
            ]
        )
    )


_TIMES = st.one_of(
    st.integers(-40 * DAY, DAY).map(lambda ms: instant_text(NOW + ms)),
    st.integers(-800, 2).map(lambda days: instant_text(NOW + days * DAY)),
    st.sampled_from(["2024-01-31T23:59:59.999Z", "2024-01-29T09:00:00Z", "2023-12-31T12:00:00+02:00", NOW]),
)


def _maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(values, values, values, st.none())


_ITEMS = _maybe(
    st.lists(
        _maybe(
            st.fixed_dictionaries(
                {},
                optional={
                    "sku": _maybe(st.sampled_from(["a", "A", "b", ""])),
                    "price": _maybe(st.sampled_from([0, 1.1, 2.2, 3.3, 4.5, 10, -2.5])),
                    "number": _maybe(st.integers(0, 3)),
                    "gift": _maybe(st.booleans()),
                    "at": _maybe(_TIMES),
                },
            )
        ),
        max_size=3,
    )
)
_EVENTS = _maybe(
    st.lists(
        _maybe(
            st.fixed_dictionaries(
                {},
                optional={
                    "eventType": _maybe(st.sampled_from(["buy", "Buy", "view", ""])),
                    "timestamp": _maybe(_TIMES),
                    "order": _maybe(
                        st.fixed_dictionaries(
                            {},
                            optional={
                                "total": _maybe(st.sampled_from([0.1, 0.2, 0.3, 4.7, 12.5, 5, 1e308])),
                                "code": _maybe(st.sampled_from(["x", "Bath"])),
                                "lines": _ITEMS,
                            },
                        )
                    ),
                    "items": _ITEMS,
                    "tags": _maybe(st.lists(st.sampled_from(["t", "u"]), max_size=2)),
                    "marks": _maybe(st.dictionaries(st.sampled_from(["m", "n"]), st.integers(0, 3))),
                },
            )
        ),
        max_size=5,
    )
)


def profiles() -> st.SearchStrategy[dict[str, Any]]:
    """Profiles with such events."""
    return st.fixed_dictionaries(
        {},
        optional={
            "city": _maybe(st.sampled_from(["Bath", "a", "x"])),
            "limit": _maybe(st.sampled_from([0, 5.0, 12.5, 0.6])),
            "home": _maybe(st.fixed_dictionaries({}, optional={"city": st.just("Bath"), "visits": _ITEMS})),
            "xEvent": _EVENTS,
        },
    )
