"""What does decoding cost when little is used?  Projections for three definitions against orjson, which decodes all.

20,000 generated profiles of about 1.7 kB with up to 30 events. Prints the size and the races; the last number of a
line is the ratio to `orjson.loads`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

import orjson
from race import race, report

from pqltools.data.decoding import decode_all
from pqltools.data.projection import projection
from pqltools.types.model import ANY
from pqltools.xdm.standard import standard

COUNT = 20_000
PATHS: dict[str, list[tuple[str, ...]]] = {
    "three fields of the profile": [("person", "birthYear"), ("homeAddress", "countryCode"), ("loyalty", "tier")],
    "events and their products": [
        ("xEvent", "eventType"),
        ("xEvent", "timestamp"),
        ("xEvent", "productListItems", "SKU"),
    ],
    "orders": [("xEvent", "commerce", "order", "priceTotal"), ("xEvent", "timestamp")],
}


def main() -> None:
    """Print the races."""
    made = Random(7)
    lines = [json.dumps(profile(made, number), separators=(",", ":")).encode() for number in range(COUNT)]
    size = sum(map(len, lines))
    print(f"{COUNT:,} profiles, {size / COUNT:,.0f} bytes each")
    contestants: dict[str, Callable[[bytes], Any]] = {"orjson.loads": orjson.loads}
    for name, paths in PATHS.items():
        contestants[name] = projection(paths, standard().profile)
    together = [path for paths in PATHS.values() for path in paths]
    contestants["the three together"] = projection(together, standard().profile)
    contestants["together, and identities"] = projection(together, standard().profile, identities=True)
    contestants["together, without a schema"] = projection(together)
    contestants["presence of an order"] = projection((), ANY, present=[("xEvent", "commerce", "order")])
    contestants["orders whole"] = projection([("xEvent", "commerce", "order")], standard().profile)
    contestants["decode_all"] = decode_all(standard().profile)
    report("decoding", race({name: partial(every, lines, decode) for name, decode in contestants.items()}), size)


def every(lines: list[bytes], decode: Callable[[bytes], Any]) -> None:
    """Decode all lines; nothing is kept."""
    for line in lines:
        decode(line)


def profile(made: Random, number: int) -> dict[str, Any]:
    """A profile in compatibility names; one in three has no events, the others up to 30."""
    count = min(int(made.expovariate(1 / 6)), 30) if made.random() < 0.7 else 0
    ids = {"ECID": [{"id": f"{made.getrandbits(120)}", "primary": True}], "Email": [{"id": f"a{number}@example.com"}]}
    statuses = {f"{made.getrandbits(64):x}": {"status": "realized", "lastQualificationTime": time(made)} for _ in "123"}
    return {
        "_id": f"p{number}",
        "person": {
            "name": {"firstName": "Ann", "lastName": "Smith"},
            "birthYear": made.randint(1930, 2010),
            "gender": made.choice(("female", "male", "not_specified")),
        },
        "homeAddress": {
            "street1": f"{made.randint(1, 99)} Rue de la Paix",
            "city": "Paris",
            "countryCode": made.choice(("US", "FR", "DE")),
            "postalCode": "75001",
        },
        "personalEmail": {"address": f"a{number}@example.com"},
        "identityMap": ids,
        "segmentMembership": {"ups": statuses},
        "loyalty": {"tier": made.choice(("gold", "silver")), "points": made.randint(0, 9999)},
        "xEvent": [event(made) for _ in range(count)],
    }


def event(made: Random) -> dict[str, Any]:
    """An event: a page, a product or a purchase."""
    kind = made.choice(("commerce.purchases", "commerce.productViews", "web.webpagedetails.pageViews"))
    made_event: dict[str, Any] = {"_id": f"{made.getrandbits(64):016x}", "timestamp": time(made), "eventType": kind}
    if kind.startswith("web"):
        url = f"https://www.example.com/p/{made.randint(1, 9999)}"
        made_event["web"] = {"webPageDetails": {"URL": url, "name": "page"}}
    else:
        made_event["productListItems"] = [
            {"SKU": f"sku-{made.randint(1, 999)}", "quantity": 1, "priceTotal": price(made)}
            for _ in range(made.randint(1, 3))
        ]
    if kind == "commerce.purchases":
        order = {"priceTotal": price(made), "currencyCode": "EUR"}
        made_event["commerce"] = {"order": order, "purchases": {"value": 1}}
    return made_event


def time(made: Random) -> str:
    """A timestamp of 2024."""
    day = f"2024-{made.randint(1, 12):02}-{made.randint(1, 28):02}"
    return f"{day}T{made.randint(0, 23):02}:{made.randint(0, 59):02}:{made.randint(0, 59):02}Z"


def price(made: Random) -> float:
    """An amount with two decimals."""
    return made.randint(1, 99999) / 100


if __name__ == "__main__":
    main()
