"""How do operators bind, and which words mean what?  The tables that the printer, the readers and the builder share.

Levels are those of the grammar, loosest first: 1 prefix forms, 2 `or`, 3 `and`, 4 `not`, 5 comparison, 6 sum,
7 product, 8 unary minus, 9 postfix. A test proves that the grammar binds as this table says.
"""

from __future__ import annotations

PREFIX, OR, AND, NOT, COMPARISON, SUM, PRODUCT, UNARY, POSTFIX = range(1, 10)

#: Binary operators (and the n-ary `and`, `or`) by function name.
BINARY: dict[str, int] = {
    "or": OR,
    "and": AND,
    **dict.fromkeys(("=", "!=", "<", "<=", ">", ">=", "in", "notIn", "like"), COMPARISON),
    **dict.fromkeys(("+", "-"), SUM),
    **dict.fromkeys(("*", "/", "%"), PRODUCT),
}
#: Function names that are operators in text, whatever their case. `matches` is also an operator, printed as a method.
OPERATOR_NAMES: dict[str, str] = {name.lower(): name for name in (*BINARY, "not", "matches")}

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")

#: Functions whose argument at index 1 is evaluated once per item (semantics: an item scope).
ITEM_FUNCTIONS = frozenset(
    ("exists", "filter", "map", "groupBy", "topN", "bottomN", "sum", "average", "min", "max", "count")
)
#: Those of them that also have the form `sum e over V from …`.
AGGREGATES = frozenset(("sum", "average", "min", "max", "count"))

#: Functions that canonical text writes as `name(a, b)` even though they have arguments.
FUNCTION_STYLE = frozenset(("if", "date", "mapEntry", "inSegment", "modelInstances", "stringCompare"))

#: Every function name that PQL documents, so that a call style need be remembered only for others (pql.md, section 8).
KNOWN_FUNCTIONS = (
    frozenset(BINARY)
    | ITEM_FUNCTIONS
    | FUNCTION_STYLE
    | frozenset(
        """not matches startsWith doesNotStartWith endsWith doesNotEndWith contains doesNotContain equals notEqualTo
        regexGroup intersects intersection subsetOf supersetOf includes distinct head get keys values isNull isNotNull
        currentMonth getMonth currentYear getYear currentDayOfMonth getDayOfMonth""".split()
    )
)

QUANTIFIERS: dict[str, str] = {
    "exists": "some",
    "some": "some",
    "forall": "all",
    "all": "all",
    "none": "none",
    "one": "one",
}
#: The canonical keyword of a quantifier.
QUANTIFIER_KEYWORDS = {"some": "exists", "all": "forall", "none": "none", "one": "one"}

TIMESTAMPS = ("now", "today", "yesterday", "tomorrow")
INTERVALS = ("this", "last", "next")
RELATIONS = ("within", "before", "after", "from", "between")

#: Time units, singular to plural.
UNITS: dict[str, str] = {
    **{unit: unit + "s" for unit in "millisecond second minute hour day week month year decade".split()},
    "century": "centuries",
    "millennium": "millennia",
}
#: Every spelling of a unit, to the singular.
UNIT_OF: dict[str, str] = {word: unit for unit, plural in UNITS.items() for word in (unit, plural)}

INTEGER_MIN, INTEGER_MAX = -(2**63), 2**63 - 1
