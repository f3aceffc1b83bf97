"""What can be asked of a map, from strings to values, such as `identityMap`?"""

from __future__ import annotations

from pqltools.functions.entry import Example, Function

_CATEGORY = "Map"
_DAN = {
    "identityMap": {"Email": [{"id": "dan@example.com"}], "ECID": [{"id": "1"}, {"id": "2"}]},
    "segmentMembership": {"ups": {"6f3b": {"status": "realized"}}},
    "orders": [{"shop": "Bath", "total": 20}, {"shop": "Wells", "total": 5}, {"shop": "Bath", "total": 1}],
}

FUNCTIONS = (
    Function(
        _CATEGORY,
        "get(map: Map<V>, key: String): V",
        """The value for a key, null if the map has no such key.

`map["key"]` is the same. A dot does not reach into a map. Namespaces in `identityMap` and `segmentMembership` are found
whatever their case (our decision).""",
        Example('identityMap.get("Email").count()', "Integer", 1, _DAN),
        Example('segmentMembership["ups"]["6f3b"].status', "String", "realized", _DAN),
    ),
    Function(
        _CATEGORY,
        "keys(map: Map<V>): Array<String>",
        """The keys of a map, in its order.""",
        Example("identityMap.keys()", "Array of String", ["Email", "ECID"], _DAN),
        Example('identityMap.keys().includes("ECID")', "Boolean", True, _DAN),
    ),
    Function(
        _CATEGORY,
        "values(map: Map<V>): Array<V>",
        """The values of a map, in its order.

Where an array is expected a map may stand as well: its values count.""",
        Example("identityMap.values().count()", "Integer", 2, _DAN),
        Example("orders.groupBy(shop).values().head().count()", "Integer", 2, _DAN),
    ),
    Function(
        _CATEGORY,
        "mapEntry(key: String, value: V): Entry<V>",
        """One entry of a map, made inside `map`, which then yields a map and not an array.""",
        Example(
            "orders.groupBy(shop).map((Shop, Orders) => mapEntry(Shop, Orders.sum(total)))",
            "Map of Integer",
            {"Bath": 21, "Wells": 5},
            _DAN,
        ),
        Example(
            "orders.groupBy(shop).map((Shop, Orders) => mapEntry(Shop, Orders.count())).keys()",
            "Array of String",
            ["Bath", "Wells"],
            _DAN,
        ),
    ),
)
