"""How much faster are many definitions at once?  Against the same predicates one after the other.

python tests/benchmarks/jobs.py [PROFILES]
"""

from __future__ import annotations

import sys
from random import Random
from time import perf_counter
from typing import Any

from race import race
from sample_data import COUNTRIES, EVENT_TYPES, NOW, TIERS, profiles

from pqltools.evaluation.compiling import compile_program
from pqltools.evaluation.fused.job import compile_job
from pqltools.evaluation.program import prepare

_DAYS = (1, 7, 14, 30, 60, 90, 180, 365)


def definitions(count: int) -> list[str]:
    """Half of them ask for attributes, three in ten for single events, the others for counts and sums."""
    random = Random(11)
    return [_definition(number, random) for number in range(count)]


def _definition(number: int, random: Random) -> str:
    window = f"timestamp occurs <= {random.choice(_DAYS)} days before now"
    if number % 10 < 5:
        return _of_attributes(number % 5, random)
    kind = f'"{random.choice(EVENT_TYPES)}"'
    match number % 10:
        case 5:
            item = f'productListItems.exists(SKU = "SKU-{random.randrange(100)}")'
            return f"xEvent.exists(eventType = {kind} and {window} and {item})"
        case 6:
            return f"CHAIN(xEvent, timestamp, [C0: WHAT(eventType.equals({kind}, false) and {window})])"
        case 7:
            page = f'V.web.webPageDetails.name = "page{random.randrange(50)}"'
            return f"(select V from xEvent where {page} and V.{window}).exists()"
        case 8:
            return f"xEvent[eventType = {kind} and {window}].count() >= {random.randint(2, 5)}"
    return f"(sum O.commerce.order.priceTotal over O from xEvent where O.{window}) > {random.randrange(100, 1000)}"


def _of_attributes(number: int, random: Random) -> str:
    match number:
        case 0 | 1:
            tiers = ", ".join(f'"{tier}"' for tier in random.sample(TIERS, 2))
            return f'homeAddress.countryCode = "{random.choice(COUNTRIES)}" and loyalty.tier in [{tiers}]'
        case 2:
            gender = f'person.gender.equals("{random.choice(("Male", "Female"))}", false)'
            return f"{gender} and person.birthYear <= {random.randint(1950, 2005)}"
        case 3:
            city = f'homeAddress.city.equals("City{random.randrange(200)}", false)'
            return f'{city} and consents.marketing.email.val = "y"'
    low = random.randint(1940, 2000)
    years = f"person.birthYear >= {low} and person.birthYear < {low + 10}"
    return f"{years} and loyalty.points > {random.randrange(5000)}"


def compare(count: int, data: list[dict[str, Any]], rounds: int) -> None:
    """Print the ratio for so many definitions."""
    programs = [prepare(text, now=NOW) for text in definitions(count)]
    start = perf_counter()
    predicates = [compile_program(program, as_condition=True) for program in programs]
    middle = perf_counter()
    job = compile_job(programs)
    end = perf_counter()

    def one_by_one() -> int:
        return sum(predicate(each) for predicate in predicates for each in data)

    def at_once() -> int:
        return sum(len(job(each)) for each in data)

    few = data[:2000]
    assert [job(each) for each in few] == [
        [index for index, predicate in enumerate(predicates) if predicate(each)] for each in few
    ]
    times = race({"one by one": one_by_one, "at once": at_once}, rounds)
    print(f"\n{count} definitions, {len(data):,} profiles, {at_once():,} memberships")
    print(f"  compiled in {middle - start:.2f} s one by one, in {end - middle:.2f} s at once")
    for label, seconds in times.items():
        print(f"  {label:10} {seconds:7.2f} s  {times['one by one'] / seconds:5.1f} times as fast")


def main(count: int = 100_000) -> None:
    """Print both ratios."""
    data = profiles(count)
    compare(50, data, 3)
    compare(1000, data[: count // 10], 1)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
