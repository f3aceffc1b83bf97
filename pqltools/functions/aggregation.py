"""What can be computed from all items of an array?"""

from __future__ import annotations

from pqltools.functions.entry import Example, Function

_CATEGORY = "Aggregation"
_FAY = {
    "scores": [3, 8, 1],
    "notes": [],
    "orders": [
        {"total": 20.0, "pieces": 2, "currencyCode": "USD"},
        {"total": 5.0, "pieces": 1, "currencyCode": "EUR"},
        {"pieces": 7, "currencyCode": "USD"},
    ],
}
_SCOPE = """A name in the second argument is a field of the item. `{0} e over X from array where c` is another way to
write it. Items for which the value is null are left out"""

FUNCTIONS = (
    Function(
        _CATEGORY,
        "count(array: Array<T>, condition?: T => Boolean): Integer",
        """The number of items, or of those for which the condition holds.

A name in the condition is a field of the item. A missing array has 0 items (our decision).""",
        Example("orders.count()", "Integer", 3, _FAY),
        Example('orders.count(currencyCode = "USD")', "Integer", 2, _FAY),
    ),
    Function(
        _CATEGORY,
        "sum(array: Array<T>, value: T => N = this): N",
        f"""The sum of a number over all items.

{_SCOPE.format("sum")}; the sum of nothing is 0.""",
        Example("orders.sum(pieces)", "Integer", 10, _FAY),
        Example("sum X.total over X from orders", "Double", 25.0, _FAY),
    ),
    Function(
        _CATEGORY,
        "average(array: Array<T>, value: T => Number = this): Double",
        f"""The mean of a number over all items.

{_SCOPE.format("average")}; the average of nothing is null.""",
        Example("scores.average()", "Double", 4.0, _FAY),
        Example("orders.average(total)", "Double", 12.5, _FAY),
    ),
    Function(
        _CATEGORY,
        "min(array: Array<T>, value: T => C = this): C",
        f"""The least value over all items.

{_SCOPE.format("min")}; the least of nothing is null.""",
        Example("scores.min()", "Integer", 1, _FAY),
        Example("orders.min(total)", "Double", 5.0, _FAY),
    ),
    Function(
        _CATEGORY,
        "max(array: Array<T>, value: T => C = this): C",
        f"""The greatest value over all items.

{_SCOPE.format("max")}; the greatest of nothing is null.""",
        Example("orders.max(pieces)", "Integer", 7, _FAY),
        Example("notes.max()", "Any", None, _FAY),
    ),
)
