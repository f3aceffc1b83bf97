"""Which items of an array satisfy a condition, and are there any?"""

from __future__ import annotations

from pqltools.functions.entry import Example, Function

_GUS = {
    "orders": [
        {"shop": "Bath", "total": 20, "lines": [{"sku": "a", "price": 12}, {"sku": "b", "price": 8}]},
        {"shop": "Wells", "total": 5, "lines": [{"sku": "a", "price": 5}]},
    ],
    "limit": 10,
}
_SCOPE = """A name in the condition is a field of the item, `this` is the item itself, and `^name` is a field one scope
out: of the item of the enclosing scope, or of the profile."""

FUNCTIONS = (
    Function(
        "Filter",
        "filter(array: Array<T>, condition: T => Boolean): Array<T>",
        f"""The items for which the condition holds, in their order.

`array[condition]` is the usual way to write it. {_SCOPE}""",
        Example("orders[total > 10].shop", "Array of String", ["Bath"], _GUS),
        Example("orders.filter(total > ^limit).count()", "Integer", 1, _GUS),
    ),
    Function(
        "Logical quantifiers",
        "exists(array: Array<T>, condition?: T => Boolean): Boolean",
        f"""True if there is an item, or one for which the condition holds.

{_SCOPE} `exists X from array where c` is another way to write it.""",
        Example("orders.exists(lines.exists(price > 10))", "Boolean", True, _GUS),
        Example('exists Order from orders where Order.shop = "York"', "Boolean", False, _GUS),
    ),
)
