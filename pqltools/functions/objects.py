"""Is a value there at all?"""

from __future__ import annotations

from pqltools.functions.entry import Example, Function

_CATEGORY = "Object"
_CAT = {"homeAddress": {}, "person": {"name": {"firstName": "Cat"}}, "interests": []}

FUNCTIONS = (
    Function(
        _CATEGORY,
        "isNull(value: Any): Boolean",
        """True if the value is missing.

An empty object and an empty array are not missing, nor are `0` and `""`.""",
        Example("workAddress.isNull()", "Boolean", True, _CAT),
        Example("homeAddress.isNull()", "Boolean", False, _CAT),
    ),
    Function(
        _CATEGORY,
        "isNotNull(value: Any): Boolean",
        """True if the value is there.

An empty object and an empty array are there, although an empty array does not hold as a condition.""",
        Example("person.name.firstName.isNotNull()", "Boolean", True, _CAT),
        Example("interests.isNotNull()", "Boolean", True, _CAT),
    ),
)
