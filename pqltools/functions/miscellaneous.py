"""Which functions belong to the platform: other segments, sequences of events, other data?"""

from __future__ import annotations

from pqltools.functions.entry import Example, Function

_CATEGORY = "Miscellaneous"
_MEMBER = {"segmentMembership": {"ups": {"6f3b": {"status": "realized"}, "77aa": {"status": "exited"}}}}
_JAN = {
    "homeAddress": {"city": "Bath"},
    "xEvent": [
        {"eventType": "web.visit", "timestamp": "2024-03-14T08:00:00Z"},
        {"eventType": "commerce.purchases", "timestamp": "2024-03-14T09:00:00Z"},
    ],
}

FUNCTIONS = (
    Function(
        _CATEGORY,
        "inSegment(id: String): Boolean",
        """True if the profile is a member of the segment with this id.

Within a job the segment's own definition is evaluated; otherwise its membership in the namespace `ups` counts, with the
status `realized` or `existing`.""",
        Example('inSegment("6f3b")', "Boolean", True, _MEMBER),
        Example('inSegment("77aa")', "Boolean", False, _MEMBER),
    ),
    Function(
        _CATEGORY,
        "chain(array: Array<T>, timestamp: T => Time, elements: Any): Boolean",
        """True if some events satisfy all elements, one after another in strict order of time.

An element is written `C0: WHAT(condition) WHERE(condition) WHEN(window) COUNT(5)`, and only `WHAT` must be there. It is
a form of its own, not a function that can be called.""",
        Example(
            'CHAIN(xEvent, timestamp, [A: WHAT(eventType = "web.visit"), B: WHAT(eventType = "commerce.purchases")])',
            "Boolean",
            True,
            _JAN,
        ),
        Example('CHAIN(xEvent, timestamp, [A: WHAT(eventType = "web.visit") COUNT(2)])', "Boolean", False, _JAN),
    ),
    Function(
        _CATEGORY,
        "modelInstances(uri: String, arguments?: Any...): Array<Object>",
        """All instances of a model, as a source: `select Offer from modelInstances("…")`.

Known from the filter expressions of XDM. Profiles have no such instances: for a segment it is empty.""",
        Example('modelInstances("https://ns.adobe.com/xdm/context/profile").count()', "Integer", 0),
        Example(
            'exists Offer from modelInstances("https://example.com/offer") where Offer.price > 10', "Boolean", False
        ),
    ),
    Function(
        _CATEGORY,
        "stringCompare(operator: String, text: String, value: Any): Boolean",
        """A string test whose name is the first argument, as some trees of Adobe's products hold it.

Only seen in production; write the test itself.""",
        Example('stringCompare("equals", homeAddress.city, "Bath")', "Boolean", True, _JAN),
        Example('stringCompare("startsWith", homeAddress.city, "W")', "Boolean", False, _JAN),
    ),
)
