"""What is measured?  One predicate of any number of clauses, as PQL and as SQL."""

from __future__ import annotations

_CLAUSES = (
    ('homeAddress.countryCode = "C{n}"', "homeAddress.countryCode = 'C{n}'"),
    ("person.orders{n}.total >= {n}", "person.orders{n}.total >= {n}"),
    ('_acme.tier{n} in ["gold", "silver"]', "_acme.tier{n} in ('gold', 'silver')"),
    ('person.name.lastName like "Mc{n}%"', "person.name.lastName like 'Mc{n}%'"),
    ('not (active = true or kind != "k{n}")', "not (active = true or kind != 'k{n}')"),
    ("wallet.eur{n} + 2 * wallet.usd > 10.5", "wallet.eur{n} + 2 * wallet.usd > 10.5"),
)


def pql(clauses: int) -> str:
    """`clauses` conditions, joined by ``and``; 200 are about 8 kB."""
    return " and ".join(_CLAUSES[n % len(_CLAUSES)][0].format(n=n) for n in range(clauses))


def sql(clauses: int) -> str:
    """The same predicate in SQL."""
    return " and ".join(_CLAUSES[n % len(_CLAUSES)][1].format(n=n) for n in range(clauses))
