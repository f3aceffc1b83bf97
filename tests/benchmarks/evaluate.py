"""How fast is a compiled predicate?  Against a function that a programmer writes by hand, and the walker.

python tests/benchmarks/evaluate.py [PROFILES]
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from race import race
from sample_data import NOW, profiles

from pqltools.evaluation import compile
from pqltools.evaluation.naive.comparisons import is_true
from pqltools.evaluation.naive.walker import Walker
from pqltools.evaluation.program import prepare

_ORDERS = 'select O from xEvent where O.eventType = "commerce.purchases" and O.timestamp occurs <= 90 days before now'
_SUM = _ORDERS.replace("select O", "sum O.commerce.order.priceTotal over O")
EXPRESSIONS = {
    "three clauses": (
        'homeAddress.countryCode = "US" and person.birthYear <= 1990 and loyalty.tier in ["gold", "platinum"]'
    ),
    "bought in nested arrays": (
        'xEvent.exists(eventType = "commerce.purchases" and timestamp occurs <= 30 days before now '
        'and productListItems.exists(SKU = "SKU-17"))'
    ),
    "sum and count": f"({_ORDERS}).count() >= 2 and ({_SUM}) > 500",
}
_NOW = datetime.fromtimestamp(NOW / 1000, UTC)


def three_clauses(profile: dict[str, Any]) -> bool:
    """By hand."""
    address = profile.get("homeAddress")
    if address is None or address.get("countryCode") != "US":
        return False
    person = profile.get("person")
    if person is None or (person.get("birthYear") or 9999) > 1990:
        return False
    loyalty = profile.get("loyalty")
    return loyalty is not None and loyalty.get("tier") in ("gold", "platinum")


def bought(profile: dict[str, Any]) -> bool:
    """By hand."""
    parse, start = datetime.fromisoformat, _NOW - timedelta(days=30)
    for event in profile.get("xEvent") or ():
        if event.get("eventType") == "commerce.purchases" and start <= parse(event["timestamp"]) <= _NOW:
            for item in event.get("productListItems") or ():
                if item.get("SKU") == "SKU-17":
                    return True
    return False


def sum_and_count(profile: dict[str, Any]) -> bool:
    """By hand."""
    parse, start = datetime.fromisoformat, _NOW - timedelta(days=90)
    count, total = 0, 0.0
    for event in profile.get("xEvent") or ():
        if event.get("eventType") == "commerce.purchases" and start <= parse(event["timestamp"]) <= _NOW:
            count += 1
            commerce = event.get("commerce")
            if commerce is not None and (order := commerce.get("order")) is not None:
                total += order.get("priceTotal") or 0
    return count >= 2 and total > 500


BY_HAND: dict[str, Callable[[dict[str, Any]], bool]] = {
    "three clauses": three_clauses,
    "bought in nested arrays": bought,
    "sum and count": sum_and_count,
}


def main(count: int = 100_000) -> None:
    """Print the ratios."""
    data = profiles(count)
    for name in EXPRESSIONS:
        compare(name, data)


def compare(name: str, data: list[dict[str, Any]]) -> None:
    """Print the ratios of one predicate."""
    by_hand, predicate = BY_HAND[name], compile(EXPRESSIONS[name], now=NOW)
    program = prepare(EXPRESSIONS[name], now=NOW)
    few = data[: len(data) // 10]
    qualified = [by_hand(each) for each in data]
    assert qualified == [predicate(each) for each in data]

    def walk() -> list[bool]:
        return [is_true(Walker(program, [each]).result()) for each in few]

    assert qualified[: len(few)] == walk()
    times = race({"by hand": lambda: sum(map(by_hand, data)), "compiled": lambda: sum(map(predicate, data))}, rounds=7)
    times["walker"] = race({"walker": walk}, rounds=1)["walker"] * len(data) / len(few)
    print(f"\n{name}: {sum(qualified):,} of {len(data):,} profiles qualify")
    for label, seconds in times.items():
        rate = len(data) / seconds / 1e6
        print(f"  {label:10} {rate:6.2f} million profiles a second  {seconds / times['by hand']:5.2f} x")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
