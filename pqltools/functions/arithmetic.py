"""What do the operators for numbers mean?"""

from __future__ import annotations

from pqltools.functions.entry import Example, Function

_CATEGORY = "Arithmetic"
_BASKET = {"price": 2.5, "quantity": 4, "discount": 0}
_NUMBERS = """Null if an operand is null or is no number; nothing is converted. Two integers make an integer, which is
null where it does not fit into 64 bits (our decision); a double makes a double."""

FUNCTIONS = (
    Function(
        _CATEGORY,
        "+(left: N, right: N): N",
        f"""The sum of two numbers.

{_NUMBERS} Times are not added up: write `occurs`.""",
        Example("quantity + 1", "Integer", 5, _BASKET),
        Example("price + quantity", "Double", 6.5, _BASKET),
        operator="a + b",
    ),
    Function(
        _CATEGORY,
        "-(left: N, right?: N): N",
        f"""The difference of two numbers; with one operand the number with the other sign.

{_NUMBERS}""",
        Example("quantity - 10", "Integer", -6, _BASKET),
        Example("-price", "Double", -2.5, _BASKET),
        operator="a - b",
    ),
    Function(
        _CATEGORY,
        "*(left: N, right: N): N",
        f"""The product of two numbers.

{_NUMBERS}""",
        Example("price * quantity", "Double", 10.0, _BASKET),
        Example("quantity * quantity", "Integer", 16, _BASKET),
        operator="a * b",
    ),
    Function(
        _CATEGORY,
        "/(left: Number, right: Number): Double",
        """The quotient of two numbers, always a double.

Null if an operand is null or is no number, and if the right one is zero.""",
        Example("quantity / 8", "Double", 0.5, _BASKET),
        Example("price / discount", "Double", None, _BASKET),
        operator="a / b",
    ),
    Function(
        _CATEGORY,
        "%(left: N, right: N): N",
        """What remains when the left number is divided by the right one.

The result has the sign of the left number (our decision). Null if an operand is null or is no number, and if the right
one is zero (our decision).""",
        Example("quantity % 3", "Integer", 1, _BASKET),
        Example("-7 % quantity", "Integer", -3, _BASKET),
        operator="a % b",
    ),
)
