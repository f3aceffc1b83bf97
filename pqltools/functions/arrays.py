"""What can be asked of arrays, lists and sets?"""

from __future__ import annotations

from pqltools.functions.entry import Example, Function

_CATEGORY = "Array, list, and set"
_IDA = {
    "homeAddress": {"countryCode": "DE"},
    "colours": ["red", "blue", "red"],
    "tags": [],
    "orders": [
        {"shop": "Bath", "total": 20, "sku": "a"},
        {"shop": "Wells", "total": 5, "sku": "b"},
        {"shop": "Bath", "total": 8, "sku": "c"},
    ],
}
_SCOPE = "A name in the second argument is a field of the item, and `this` is the item itself."

FUNCTIONS = (
    Function(
        _CATEGORY,
        "in(value: T, list: Array<T> or T): Boolean",
        """True if the value is one of the list.

False if the value is null. The items of the list are converted as the right side of `=` is. An array on the left passes
if one of its items does, and `in` a single value means `=` (our decisions).""",
        Example('homeAddress.countryCode in ["DE", "FR"]', "Boolean", True, _IDA),
        Example('workAddress.countryCode in ["DE", "FR"]', "Boolean", False, _IDA),
        operator="value in list",
    ),
    Function(
        _CATEGORY,
        "notIn(value: T, list: Array<T> or T): Boolean",
        """True if the value is there and is none of the list.

False if the value is null, so this is not the negation of `in`.""",
        Example('homeAddress.countryCode notIn ["US", "CA"]', "Boolean", True, _IDA),
        Example('workAddress.countryCode notIn ["US", "CA"]', "Boolean", False, _IDA),
        operator="value notIn list",
    ),
    Function(
        _CATEGORY,
        "intersects(array: Array<T>, other: Array<T>): Boolean",
        """True if the two arrays have an item in common.""",
        Example('colours.intersects(["blue", "green"])', "Boolean", True, _IDA),
        Example('tags.intersects(["blue", "green"])', "Boolean", False, _IDA),
    ),
    Function(
        _CATEGORY,
        "intersection(array: Array<T>, other: Array<T>): Array<T>",
        """The items that two arrays have in common.

Where the result is compared with a list by `=`, order does not matter. Without common items it is empty (our decision;
older documents of Adobe say null).""",
        Example('colours.intersection(["blue", "green"])', "Array of String", ["blue"], _IDA),
        Example('colours.intersection(["red", "blue"]) = ["blue", "red"]', "Boolean", True, _IDA),
    ),
    Function(
        _CATEGORY,
        "subsetOf(array: Array<T>, other: Array<T>): Boolean",
        """True if every item of the first array is in the other one.

Both count as sets: order and repetition do not matter (our decision).""",
        Example('colours.subsetOf(["red", "green", "blue"])', "Boolean", True, _IDA),
        Example('colours.subsetOf(["red"])', "Boolean", False, _IDA),
    ),
    Function(
        _CATEGORY,
        "supersetOf(array: Array<T>, other: Array<T>): Boolean",
        """True if every item of the other array is in the first one.

Both count as sets: order and repetition do not matter (our decision).""",
        Example('colours.supersetOf(["red", "blue"])', "Boolean", True, _IDA),
        Example('colours.supersetOf(["red", "green"])', "Boolean", False, _IDA),
    ),
    Function(
        _CATEGORY,
        "includes(array: Array<T>, item: T): Boolean",
        """True if the array holds the item.""",
        Example('colours.includes("red")', "Boolean", True, _IDA),
        Example('tags.includes("red")', "Boolean", False, _IDA),
    ),
    Function(
        _CATEGORY,
        "distinct(array: Array<T>): Array<T>",
        """The items without repetition, each where it stood first (our decision).""",
        Example("colours.distinct()", "Array of String", ["red", "blue"], _IDA),
        Example("orders.shop.distinct().count()", "Integer", 2, _IDA),
    ),
    Function(
        _CATEGORY,
        "groupBy(array: Array<T>, key: T => Any): Map<Array<T>>",
        f"""The items in groups: a map from each key to an array of its items.

{_SCOPE} Keys come in the order of their first item (our decision).""",
        Example("orders.groupBy(shop).keys()", "Array of String", ["Bath", "Wells"], _IDA),
        Example('orders.groupBy(shop)["Bath"].count()', "Integer", 2, _IDA),
    ),
    Function(
        _CATEGORY,
        "map(array: Array<T>, value: T => U): Array<U>",
        f"""What the second argument is for each item.

{_SCOPE} On a map write `(Key, Value) => …`; with `mapEntry` the result is a map again.""",
        Example("orders.map(total * 2)", "Array of Integer", [40, 10, 16], _IDA),
        Example("orders.groupBy(shop).map((Shop, Orders) => Orders.count())", "Array of Integer", [2, 1], _IDA),
    ),
    Function(
        _CATEGORY,
        "topN(array: Array<T>, value: T => C, n: Integer): Array<T>",
        f"""The n items for which the value is highest, the highest first.

{_SCOPE} Items for which it is null come last, and items with equal values keep their order.""",
        Example("orders.topN(total, 2).sku", "Array of String", ["a", "c"], _IDA),
        Example("orders.topN(total, 1).head().shop", "String", "Bath", _IDA),
    ),
    Function(
        _CATEGORY,
        "bottomN(array: Array<T>, value: T => C, n: Integer): Array<T>",
        f"""The n items for which the value is lowest, the lowest first.

{_SCOPE} Items for which it is null come last, and items with equal values keep their order.""",
        Example("orders.bottomN(total, 2).sku", "Array of String", ["b", "c"], _IDA),
        Example("orders.bottomN(total, 5).count()", "Integer", 3, _IDA),
    ),
    Function(
        _CATEGORY,
        "head(array: Array<T>): T",
        """The first item, null if there is none.""",
        Example("colours.head()", "String", "red", _IDA),
        Example('orders[shop = "Wells"].head().total', "Integer", 5, _IDA),
    ),
)
