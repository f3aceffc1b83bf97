"""What does a run over a file cost?  Three definitions over profiles in NDJSON, against orjson reading the same file.

python tests/benchmarks/run.py [PROFILES]
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random

import orjson
from decode import profile
from race import race

from pqltools.workspace.definitions import inline_definition
from pqltools.workspace.runs import Evaluation, run
from pqltools.xdm.standard import standard

NOW = 1_767_225_600_000
DEFINITIONS = (
    'homeAddress.countryCode = "US" and person.birthYear <= 1990 and loyalty.tier in ["gold", "platinum"]',
    'xEvent.exists(eventType = "commerce.purchases" and timestamp occurs <= 30 days before now '
    'and productListItems.exists(SKU = "SKU-17"))',
    "(sum O.commerce.order.priceTotal over O from xEvent where O.timestamp occurs <= 90 days before now) > 500",
)


def main(count: int = 100_000) -> None:
    """Print the race."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "profiles.ndjson"
        made = Random(7)
        with path.open("w", encoding="utf-8") as file:
            for number in range(count):
                file.write(json.dumps(profile(made, number), separators=(",", ":")) + "\n")
        size = path.stat().st_size
        print(f"{count:,} profiles, {size / count:,.0f} bytes each, {len(DEFINITIONS)} definitions")
        compare(str(path), size)


def compare(path: str, size: int) -> None:
    """Print one race over a file."""
    schema = standard()
    definitions = [inline_definition(text, schema, NOW) for text in DEFINITIONS]

    def nothing() -> None:
        with open(path, "rb") as file:  # noqa: PTH123
            for line in file:
                orjson.loads(line)

    def evaluated(jobs: int, *, nulls: bool) -> Callable[[], object]:
        evaluation = Evaluation(definitions, schema, nulls=nulls)
        return lambda: [part.tally for part in run(evaluation, [path], jobs=jobs)]

    times = race(
        {
            "orjson, nothing else": nothing,
            "pql eval --no-nulls": evaluated(1, nulls=False),
            "pql eval": evaluated(1, nulls=True),
            "pql eval --no-nulls --jobs 2": evaluated(2, nulls=False),
            "pql eval --jobs 2": evaluated(2, nulls=True),
        },
        rounds=3,
    )
    base = times["orjson, nothing else"]
    for name, seconds in times.items():
        print(f"  {name:30} {seconds:6.2f} s  {size / seconds / 1e6:6.0f} MB/s  {seconds / base:5.2f} x orjson")
    for plain, shared in (("pql eval", "pql eval --jobs 2"), ("pql eval --no-nulls", "pql eval --no-nulls --jobs 2")):
        print(f"  {shared} is {times[plain] / times[shared]:.2f} times as fast as {plain}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
