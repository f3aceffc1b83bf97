"""How many definitions are checked in a second?  On one core, with the standard schema and all rules.

The expressions are of the size and the kinds that people write: attributes, single events, counts, sequences,
segments of segments. `read` is what a definition file costs before its first expression is looked at.
"""

from __future__ import annotations

import json

from race import race

from pqltools import parse
from pqltools.formats.definition_files import read_file
from pqltools.source import Source
from pqltools.workspace.analysis import Item, check_file
from pqltools.workspace.expressions import Checker
from pqltools.workspace.setup import Options, Workspace

EXPRESSIONS = (
    'homeAddress.countryCode = "US" and homeAddress.stateProvince in ["US-CA", "US-NY"]',
    'personalEmail.address.isNotNull() and consents.marketing.email.val = "y"',
    'person.birthYear <= 2005 and person.gender = "female" and loyalty.tier in ["gold", "platinum"]',
    'xEvent.exists(eventType = "commerce.purchases" and timestamp occurs <= 30 days before now)',
    'CHAIN(xEvent, timestamp, [C0: WHAT(eventType.equals("commerce.checkouts", false)) WHEN(today)])',
    'CHAIN(xEvent, timestamp, [C0: WHAT(eventType.equals("commerce.productListAdds", false)) WHEN(<= 24 hours before '
    'now), C1: NOT WHAT(eventType.equals("commerce.purchases", false)) WHEN(<= 1 days before now)])',
    'inSegment("00000000-0000-4000-8000-000000000000") and homeAddress.country.equals("Germany", false)',
    "(select Order from xEvent where Order.commerce.purchases.value > 0 and Order.timestamp occurs <= 6 months before "
    'now).count() >= 3 and not workAddress.city.startsWith("San", false)',
    "(sum O.commerce.order.priceTotal over O from xEvent where O.timestamp occurs <= 1 year before now) > 1000.0",
    'web.webPageDetails.name like "%basket%" or person.name.lastName.contains("son", false) or mobilePhone.number = ""',
)


def definitions(count: int) -> str:
    """A page of definitions, as the service replies."""
    segments = [
        {
            "id": f"00000000-0000-4000-8000-{number:012}",
            "name": f"Segment {number}",
            "expression": {"type": "PQL", "format": "pql/text", "value": EXPRESSIONS[number % len(EXPRESSIONS)]},
            "schema": {"name": "_xdm.context.profile"},
            "evaluationInfo": {"batch": {"enabled": True}, "continuous": {"enabled": False}},
        }
        for number in range(count)
    ]
    return json.dumps({"segments": segments}, indent=2)


def main() -> None:
    """Print one race."""
    count = 500
    workspace = Workspace(Options(now=1_767_225_600_000, isolated=True))
    checker = workspace.checker("-")
    assert isinstance(checker, Checker)
    text = definitions(count)
    file = read_file(Source(text, "page.json"))
    workspace.know_segments([file])
    item = Item("page.json", file, checker)
    texts = [embedded.value for embedded in file.expressions]
    trees = [parse(text) for text in texts]

    def whole() -> None:
        file = read_file(Source(text, "page.json"))
        check_file(Item("page.json", file, checker), workspace)

    def rules_alone() -> None:
        from pqltools.checks.runner import check_tree
        from pqltools.checks.surroundings import Surroundings

        around = Surroundings(checker.known.schema, checker.known.now, segments=checker.known.segments)
        for tree, text in zip(trees, texts, strict=True):
            check_tree(tree, text, around, checker.table)

    times = race(
        {
            "read, parse and check": whole,
            "parse and check": lambda: check_file(item, workspace),
            "parse": lambda: [parse(text) for text in texts],
            "check": rules_alone,
            "read": lambda: read_file(Source(text, "page.json")),
        },
        rounds=7,
    )
    size = sum(map(len, texts)) / count
    print(f"\n{count} definitions, {size:.0f} characters an expression, {len(checker.selection.rules())} rules")
    for name, seconds in times.items():
        print(f"  {name:24} {count / seconds:9,.0f} definitions a second")


if __name__ == "__main__":
    main()
