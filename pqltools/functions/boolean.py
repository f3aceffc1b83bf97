"""What do `and`, `or`, `not` and `if` mean?"""

from __future__ import annotations

from pqltools.functions.entry import Example, Function

_CATEGORY = "Boolean"
_ANN = {"person": {"name": {"firstName": "Ann"}}, "loyalty": {"points": 120}, "interests": []}

FUNCTIONS = (
    Function(
        _CATEGORY,
        "and(operands: Boolean...): Boolean",
        """True if every operand holds.

An operand need not be a boolean: null does not hold, an array holds if it is not empty, and any other value that is
there holds, even `0` and `""`. Any number of operands stand side by side.""",
        Example('person.name.firstName = "Ann" and loyalty.points > 100', "Boolean", True, _ANN),
        Example("loyalty.points > 100 and interests", "Boolean", False, _ANN),
        operator="a and b",
    ),
    Function(
        _CATEGORY,
        "or(operands: Boolean...): Boolean",
        """True if an operand holds, or several.

Operands are judged as those of `and` are. `and` binds more tightly than `or`.""",
        Example('person.name.firstName = "Bob" or loyalty.points > 100', "Boolean", True, _ANN),
        Example("interests or homeAddress.city", "Boolean", False, _ANN),
        operator="a or b",
    ),
    Function(
        _CATEGORY,
        "not(operand: Boolean): Boolean",
        """True if the operand does not hold.

`not` of null is true, because null does not hold. So `not (a = b)` is also true where `a` or `b` is missing, while
`a != b` is false there.""",
        Example('not person.name.firstName = "Ann"', "Boolean", False, _ANN),
        Example('not homeAddress.city = "Bath"', "Boolean", True, _ANN),
        operator="not a",
    ),
    Function(
        _CATEGORY,
        "if(test: Boolean, then: T, else: T): T",
        """The second argument if the first one holds, else the third.

The test is judged as an operand of `and` is; the other two may be of any type.""",
        Example('if(loyalty.points > 100, "gold", "silver")', "String", "gold", _ANN),
        Example("if(homeAddress.city.isNull(), 0, 1.5)", "Double", 0, _ANN),
    ),
)
