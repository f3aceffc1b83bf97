"""What do the benchmarks of the evaluator run on?  Profiles with 0 to 30 events, always the same ones."""

from __future__ import annotations

from random import Random
from typing import Any

from pqltools.types.time import DAY, instant_text

NOW = 1_767_225_600_000
COUNTRIES = ("US", "DE", "FR", "GB", "CA", "JP", "BR", "IN")
TIERS = ("basic", "silver", "gold", "platinum")
EVENT_TYPES = (
    "web.webpagedetails.pageViews",
    "commerce.productViews",
    "commerce.productListAdds",
    "commerce.checkouts",
    "commerce.purchases",
    "directMarketing.emailOpened",
)


def profiles(count: int) -> list[dict[str, Any]]:
    """So many profiles; one in eight lacks an address, one in four a loyalty programme."""
    random = Random(7)
    return [_profile(number, random) for number in range(count)]


def _profile(number: int, random: Random) -> dict[str, Any]:
    found: dict[str, Any] = {
        "_id": f"profile-{number}",
        "person": {
            "name": {"firstName": f"First{number % 500}", "lastName": f"Last{number % 3000}"},
            "birthYear": random.randint(1940, 2010),
            "gender": random.choice(("male", "female", "not_specified")),
        },
        "personalEmail": {"address": f"person{number}@example.com"},
        "consents": {"marketing": {"email": {"val": random.choice("yn")}}},
        "xEvent": [_event(number, index, random) for index in range(random.randint(0, 30))],
    }
    if random.randrange(8):
        country = random.choice(COUNTRIES)
        found["homeAddress"] = {"countryCode": country, "city": f"City{random.randrange(200)}", "postalCode": "12345"}
    if random.randrange(4):
        found["loyalty"] = {"tier": random.choice(TIERS), "points": random.randrange(5000)}
    return found


def _event(number: int, index: int, random: Random) -> dict[str, Any]:
    kind = random.choice(EVENT_TYPES)
    ms = NOW - random.randrange(400 * DAY) // 1000 * 1000
    event: dict[str, Any] = {
        "_id": f"{number}-{index}",
        "eventType": kind,
        "timestamp": instant_text(ms),
        "web": {"webPageDetails": {"name": f"page{random.randrange(50)}"}},
    }
    if kind.startswith("commerce."):
        items = [
            {
                "SKU": f"SKU-{random.randrange(100)}",
                "quantity": random.randint(1, 3),
                "priceTotal": random.random() * 200,
            }
            for _ in range(random.randint(1, 3))
        ]
        event["productListItems"] = items
    if kind == "commerce.purchases":
        event["commerce"] = {"order": {"priceTotal": sum(item["priceTotal"] for item in items), "currencyCode": "USD"}}
    return event


def _item(random: Random) -> dict[str, Any]:
    sku = f"SKU-{random.randrange(100)}"
    return {"SKU": sku, "quantity": random.randint(1, 3), "priceTotal": random.random() * 200}
