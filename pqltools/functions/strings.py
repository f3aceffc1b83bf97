"""Which tests are there for strings, and what can be taken out of them?"""

from __future__ import annotations

from pqltools.functions.entry import Example, Function

_CATEGORY = "String"
_KIM = {
    "person": {"name": {"firstName": "Kim", "lastName": "O'Neil"}},
    "personalEmail": {"address": "Kim@Example.com"},
    "homeAddress": {"postalCode": "BA1 1LZ"},
    "tags": ["vip", "press"],
}
_NULL = "False if a side is null."
_FLAG = f"""{_NULL} Upper and lower case differ unless `caseSensitive` is `false`. An array on the left passes if one of
its items does (our decision)."""
_NEGATIVE = f"""So this is not the negation of the positive test. {_FLAG}"""

FUNCTIONS = (
    Function(
        _CATEGORY,
        "like(text: String, pattern: String): Boolean",
        f"""True if the whole string has the form of the pattern.

In the pattern `%` stands for any run of characters, also an empty one, and `_` for one character. {_NULL}""",
        Example('personalEmail.address like "%.com"', "Boolean", True, _KIM),
        Example('person.name.firstName like "K_"', "Boolean", False, _KIM),
        operator="text like pattern",
    ),
    Function(
        _CATEGORY,
        "matches(text: String, regex: String): Boolean",
        f"""True if a regular expression is found somewhere in the string.

Its syntax is Java's; `^` and `$` tie it to the ends. Inside a PQL string a backslash is doubled. {_NULL} What needs
lookaround, references to groups or the like is evaluated by a slower engine with a time limit, beyond which a profile
has no answer.""",
        Example('personalEmail.address.matches("(?i)^kim@")', "Boolean", True, _KIM),
        Example('homeAddress.postalCode.matches("^[A-Z]{2}\\\\d+$")', "Boolean", False, _KIM),
        operator="text matches regex",
    ),
    Function(
        _CATEGORY,
        "regexGroup(text: String, regex: String, group: Integer = 1): String",
        """What a group of a regular expression stands for, where it is first found in the string.

Group 0 is the whole of what was found. Null if nothing is found or the group has no part in it. That the group may be
left out is our decision. What is said of `matches` about regular expressions holds here, too.""",
        Example('personalEmail.address.regexGroup("@(\\\\w+)", 1)', "String", "Example", _KIM),
        Example('homeAddress.postalCode.regexGroup("(\\\\d) (\\\\d)", 2)', "String", "1", _KIM),
    ),
    Function(
        _CATEGORY,
        "startsWith(text: String, prefix: String, caseSensitive: Boolean = true): Boolean",
        f"""True if the string begins with another one.

{_FLAG}""",
        Example('person.name.firstName.startsWith("K")', "Boolean", True, _KIM),
        Example('tags.startsWith("P", false)', "Boolean", True, _KIM),
    ),
    Function(
        _CATEGORY,
        "doesNotStartWith(text: String, prefix: String, caseSensitive: Boolean = true): Boolean",
        f"""True if the string is there and does not begin with another one.

{_NEGATIVE}""",
        Example('person.name.firstName.doesNotStartWith("k")', "Boolean", True, _KIM),
        Example('workEmail.address.doesNotStartWith("k")', "Boolean", False, _KIM),
    ),
    Function(
        _CATEGORY,
        "endsWith(text: String, suffix: String, caseSensitive: Boolean = true): Boolean",
        f"""True if the string ends with another one.

{_FLAG}""",
        Example('personalEmail.address.endsWith(".COM", false)', "Boolean", True, _KIM),
        Example('personalEmail.address.endsWith(".COM")', "Boolean", False, _KIM),
    ),
    Function(
        _CATEGORY,
        "doesNotEndWith(text: String, suffix: String, caseSensitive: Boolean = true): Boolean",
        f"""True if the string is there and does not end with another one.

{_NEGATIVE}""",
        Example('personalEmail.address.doesNotEndWith(".org")', "Boolean", True, _KIM),
        Example('workEmail.address.doesNotEndWith(".org")', "Boolean", False, _KIM),
    ),
    Function(
        _CATEGORY,
        "contains(text: String, part: String, caseSensitive: Boolean = true): Boolean",
        f"""True if another string occurs in the string.

{_FLAG}""",
        Example('personalEmail.address.contains("example", false)', "Boolean", True, _KIM),
        Example("homeAddress.postalCode.contains(1)", "Boolean", True, _KIM),
    ),
    Function(
        _CATEGORY,
        "doesNotContain(text: String, part: String, caseSensitive: Boolean = true): Boolean",
        f"""True if the string is there and another one does not occur in it.

{_NEGATIVE}""",
        Example('person.name.lastName.doesNotContain("neil")', "Boolean", True, _KIM),
        Example('workEmail.address.doesNotContain("neil")', "Boolean", False, _KIM),
    ),
    Function(
        _CATEGORY,
        "equals(left: T, right: T, caseSensitive: Boolean = true): Boolean",
        f"""True if both sides are equal, as `=` does it.

{_FLAG} The segment builder writes all its tests of text in this way.""",
        Example('person.name.firstName.equals("kim", false)', "Boolean", True, _KIM),
        Example('person.name.firstName.equals("kim")', "Boolean", False, _KIM),
    ),
    Function(
        _CATEGORY,
        "notEqualTo(left: T, right: T, caseSensitive: Boolean = true): Boolean",
        f"""True if both sides are there and differ, as `!=` does it.

{_NEGATIVE}""",
        Example('person.name.firstName.notEqualTo("Tim")', "Boolean", True, _KIM),
        Example('person.name.middleName.notEqualTo("Tim")', "Boolean", False, _KIM),
    ),
)
