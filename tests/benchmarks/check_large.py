"""How does the time of a check grow with the size of an expression?  Over clauses of mixed kinds, and rule by rule.

    .venv/bin/python tests/benchmarks/check_large.py [--rules] [CLAUSES …]

For each shape of expression it prints the milliseconds of `Checker.check` (best of three), how many findings there are,
and by which factor the time grows where the size doubles: 2 is linear. With `--rules` also the milliseconds that each
rule takes, for those that take more than one at the largest size.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from functools import partial

from pqltools.checks.context import Context
from pqltools.checks.registry import all_rules
from pqltools.checks.surroundings import Surroundings
from pqltools.inference.infer import inferred
from pqltools.syntax.parser import parse
from pqltools.workspace.expressions import Checker, Known
from pqltools.workspace.selection import Selection
from pqltools.xdm.standard import standard

NOW = 1_760_000_000_000
#: What large expressions are made of; `#` is a number that differs from clause to clause.
KINDS = (
    'homeAddress.countryCode = "U#"',
    "person.birthYear <= 19#",
    "person.birthYear > # and person.birthYear < 30#",
    'xEvent.exists(eventType = "commerce.purchases" and timestamp occurs <= # days before now)',
    'person.name.firstName.startsWith("A#", false)',
    'person.name.lastName.contains("x#")',
    'homeAddress.city in ["x#", "y", "z"]',
    'homeAddress.city.notEqualTo("v#")',
    '(homeAddress.city = "a#" or workAddress.city = "b#" or homeAddress.city = "c")',
    '(homeAddress.city = "a#" and (workAddress.city = "b" or homeAddress.region = "c#"))',
    "xEvent.count(commerce.purchases.value > #) > 1",
    "not (person.birthYear = 19#)",
    'chain(xEvent, timestamp, [A: WHAT(eventType = "a#"), B: WHAT(eventType = "b") WHEN(<= # days after A)])',
    '(exists E from xEvent where E.eventType = "k#" and E.timestamp occurs > # hours before now)',
    'identityMap.get("ECID").exists(id = "#")',
    'loyalty.tier# = "gold"',
)


def mixed(count: int) -> str:
    """Clauses of all kinds, no two the same, in the order of chance."""
    chance = random.Random(count)
    return "\nand ".join(chance.choice(KINDS).replace("#", str(number)) for number in range(count))


def repeated(count: int) -> str:
    """Most clauses stand there more than once."""
    chance = random.Random(count)
    return " and ".join(chance.choice(KINDS).replace("#", str(number % 40)) for number in range(count))


def groups(count: int) -> str:
    """Groups of ten that `or` joins."""
    chance = random.Random(count)
    clauses = [chance.choice(KINDS[:7]).replace("#", str(number)) for number in range(count)]
    return "\nor ".join(" and ".join(clauses[at : at + 10]) for at in range(0, count, 10))


def negative(count: int) -> str:
    """Tests that leave out what has no value."""
    return " or ".join(f'homeAddress.city.notEqualTo("v{n}") and loyalty.f{n} != "x"' for n in range(count // 2))


def inside(count: int) -> str:
    """All clauses in one `exists`, some more than once."""
    clauses = [f'(eventType = "t{n % 97}" or timestamp occurs <= {n % 50} days before now)' for n in range(count)]
    return f"xEvent.exists({' and '.join(clauses)})"


def parenthesised(count: int) -> str:
    """Redundant parentheses everywhere."""
    return " and ".join(f"((person.birthYear = {n}))" for n in range(count))


def commented(count: int) -> str:
    """Each second clause is a repetition, and each has a comment."""
    return "\nand ".join(f'homeAddress.city = "c{n // 2}" // number {n}' for n in range(count))


def deep(count: int) -> str:
    """Nests of forty levels, parentheses and `exists`, as many as there are clauses for."""
    nest = "a#.exists(" * 20 + "(b = 1 or " * 20 + "c = #" + ")" * 40
    return " and ".join(nest.replace("#", str(n)) for n in range(max(1, count // 40)))


SHAPES: tuple[Callable[[int], str], ...] = (
    mixed,
    repeated,
    groups,
    negative,
    inside,
    parenthesised,
    commented,
    deep,
)


def seconds(work: Callable[[], object], times: int = 3) -> float:
    """The shortest of some runs."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def by_rule(text: str, around: Surroundings) -> dict[str, float]:
    """The milliseconds that each rule takes on its nodes, after a tree and types are there."""
    tree, typing = inferred(parse(text), around.schema.profile)
    found: dict[str, float] = {}
    for rule in all_rules():
        context = Context(tree, text, typing, around)
        context.rule = rule
        start = time.perf_counter()
        if not rule.nodes:
            rule.check(tree, context)
        else:
            for node in typing.nodes:
                if isinstance(node, rule.nodes) and (
                    not rule.functions or getattr(node, "function", None) in (None, *rule.functions)
                ):
                    rule.check(node, context)
        found[f"{rule.code} {rule.name}"] = (time.perf_counter() - start) * 1000
    return found


def main(arguments: list[str]) -> None:
    """Print the tables."""
    sizes = [int(word) for word in arguments if word.isdigit()] or [250, 500, 1000, 2000, 4000]
    checker = Checker(Selection(), Known(standard(), NOW))
    around = Surroundings(standard(), NOW)
    print(f"{'':>15}" + "".join(f"{size:>20}" for size in sizes))
    for shape in SHAPES:
        line, before = f"{shape.__name__:>15}", 0.0
        for size in sizes:
            text = shape(size)
            taken = seconds(partial(checker.check, "pql/text", text))
            count = len(checker.check("pql/text", text).diagnostics)
            ratio = f"x{taken / before:.1f}" if before else ""
            line += f"{taken * 1000:>8.0f}{count:>7}{ratio:>5}"
            before = taken
        print(line, flush=True)
    if "--rules" in arguments:
        for shape in SHAPES:
            print_rules(shape, sizes, around)


def print_rules(shape: Callable[[int], str], sizes: list[int], around: Surroundings) -> None:
    """One table, the slowest rules first."""
    columns = [by_rule(shape(size), around) for size in sizes]
    print(f"\n{shape.__name__}")
    for name in sorted(columns[-1], key=lambda name: -columns[-1][name]):
        if columns[-1][name] > 1:
            print(f"  {name:<34}" + "".join(f"{column[name]:>9.1f}" for column in columns), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
