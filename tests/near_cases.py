"""What is nearly a case of semantics.toml?  The same expression but for one node, and profiles but for one value.

Generated expressions seldom depend on what a rule says about a bound, a tie or an order; cases all do, and so does most
of what is close to them. `near_programs` and `near_profiles` draw the same for the same `Random`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from random import Random
from typing import Any

from description.mutations import mutants
from pqltools import PQLError, parse
from pqltools.evaluation.program import Program, prepare
from pqltools.types.time import iso_instant
from semantic_cases import DATA, Case
from typed_expressions import SCHEMA

#: What may stand anywhere.
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, 2, -1, 1.5, 2.0, 10**30, -(2**63), float("nan"), float("inf"), "", "a", "A", "b"),
    *("1", "2.0", "true", "ß", "\ud800", "2024-02-29", "2024-02-29T12:00:00Z", "2024-02-28T23:00:00-01:00"),
    *(1709208000000, [], [[]], [None], {}, {"a": 1}, [1, "a"], [{"v": 1}, {"v": 2}], "2024-02-29T12:00:00.001Z"),
)


def near_programs(case: Case, random: Random, count: int | None = None) -> list[Program]:
    """The program of a case and of `count` expressions close to it, those that can be evaluated; all by default."""
    tree = parse(case.expression)
    others = mutants(tree)
    if count is not None:
        others = random.sample(others, min(count, len(others)))
    now, schema = iso_instant(case.now), SCHEMA if case.has_schema else None
    found = [case.program()]
    for other in others:
        try:
            found.append(prepare(other, schema, now=now, segments=DATA["segments"]))
        except PQLError:
            # No regular expression any more, or a number of arguments that the function does not take.
            continue
    return found


def near_profiles(case: Case, random: Random, count: int) -> list[dict[str, Any]]:
    """The profile of a case, and `count` others in which one value is another."""
    found = [case.profile]
    for _ in range(count):
        profile = copy.deepcopy(case.profile)
        places = [*_places(profile)]
        if places:
            container, key = random.choice(places)
            value = random.choice((*VALUES, random.choice(places)[0], container[key], [container[key], None]))
            # Copied first, so that no value gets into itself.
            container[key] = copy.deepcopy(value)
        found.append(profile)
    return found


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """All places in a value where another one may stand."""
    if isinstance(value, dict | list):
        for key in [*value] if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from _places(value[key])
