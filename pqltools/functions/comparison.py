"""What do the comparison operators mean?

Their signatures take anything: whether two types can be compared is told by a rule of its own, which sees values too.
"""

from __future__ import annotations

from pqltools.functions.entry import Example, Function

_CATEGORY = "Comparison"
_BEN = {
    "person": {"name": {"firstName": "Ben"}, "birthYear": 1984, "birthDate": "1984-07-20"},
    "homeAddress": {"city": "Bath", "postalCode": "12"},
    "workAddress": {"city": "Wells"},
    "scores": [3, 8],
}
_NULLS = "False if a side is null."
_SIDES = """The right side is converted to the type of the left one: a string to a number or a number to a string, a
string to a boolean, a string or an epoch in milliseconds to a timestamp. An array on the left passes if one of its
items does (our decision)."""
_ORDER = f"""{_NULLS} Numbers are ordered by value, strings by code point, times by instant, and `false` comes before
`true`. A date is a whole day: a timestamp is compared with its bounds (our decision)."""

FUNCTIONS = (
    Function(
        _CATEGORY,
        "=(left: T, right: T): Boolean",
        f"""True if both sides are equal.

{_NULLS} {_SIDES} Two arrays are equal if they hold the same items in the same order, objects if their fields are equal,
a date and a timestamp if the instant lies in the day (our decision).""",
        Example("person.birthYear = 1984", "Boolean", True, _BEN),
        Example("homeAddress.postalCode = 12", "Boolean", True, _BEN),
        operator="a = b",
    ),
    Function(
        _CATEGORY,
        "!=(left: T, right: T): Boolean",
        f"""True if both sides are there and differ.

{_NULLS} So this is not the negation of `=`: use `not (a = b)` to count a missing value as different. {_SIDES}""",
        Example("homeAddress.city != workAddress.city", "Boolean", True, _BEN),
        Example('faxPhone.number != "5550100"', "Boolean", False, _BEN),
        operator="a != b",
    ),
    Function(
        _CATEGORY,
        "<(left: T, right: T): Boolean",
        f"""True if the left side is less than the right one.

{_ORDER} {_SIDES}""",
        Example("person.birthYear < 1990", "Boolean", True, _BEN),
        Example("scores < 4", "Boolean", True, _BEN),
        operator="a < b",
    ),
    Function(
        _CATEGORY,
        "<=(left: T, right: T): Boolean",
        f"""True if the left side is less than the right one, or equal.

{_ORDER} {_SIDES}""",
        Example("person.birthYear <= 1984", "Boolean", True, _BEN),
        Example("person.heightInCentimetres <= 180", "Boolean", False, _BEN),
        operator="a <= b",
    ),
    Function(
        _CATEGORY,
        ">(left: T, right: T): Boolean",
        f"""True if the left side is greater than the right one.

{_ORDER} {_SIDES}""",
        Example("person.birthYear > 1984", "Boolean", False, _BEN),
        Example('person.name.firstName > "Ann"', "Boolean", True, _BEN),
        operator="a > b",
    ),
    Function(
        _CATEGORY,
        ">=(left: T, right: T): Boolean",
        f"""True if the left side is greater than the right one, or equal.

{_ORDER} {_SIDES}""",
        Example("person.birthYear >= 1984.0", "Boolean", True, _BEN),
        Example("scores >= 9", "Boolean", False, _BEN),
        operator="a >= b",
    ),
)
