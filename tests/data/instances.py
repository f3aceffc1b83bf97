"""Lines of JSON for the laws: in both families of names, well-formed or wild, and what paths find in a value."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import strategies as st

from pqltools.data.values import NotData, decode_value

PLAIN = """person name firstName birthYear homeAddress countryCode xEvent timeSeriesEvents eventType timestamp commerce
order priceTotal productListItems SKU identityMap segmentMembership ups ECID id primary status _id entityId personID
_repo createDate _experience analytics customDimensions _tenant fields _channels directMail other""".split()
STANDARD = """xdm:person xdm:name xdm:firstName xdm:first-name xdm:birthYear xdm:birth-year xdm:home-address xdm:xEvent
xdm:x-event xdm:time-series-events xdm:timeSeriesEvents xdm:eventType xdm:event-type xdm:timestamp xdm:commerce
xdm:order xdm:priceTotal xdm:price-total xdm:product-list-items xdm:productListItems xdm:SKU xdm:sKU xdm:s-kU
xdm:identityMap xdm:identity-map xdm:segmentMembership xdm:id @id xdm:@id xdm:_id xdm:entityId xdm:person-iD
repo:createDate repo:create-date repo:modifyDate repo:@id tenant:fields tenant:other tenant:@fields id:5 store1:5 a:b
https://ns.adobe.com/experience/analytics https://ns.adobe.com/experience/analytics/customDimensions
http://ns.adobe.com//experience/analytics/ https://ns.adobe.com/xdm/channels/direct-mail
https://ns.adobe.com/xdm/person https://ns.adobe.com/repo/createDate https://ns.adobe.com/tenant
https://tenant.com/fields https://tenant/fields https://person https://experience.com/analytics/order @context
https://ns.adobe.com/experience/analytics/x/y""".split()
_SCALARS = st.sampled_from(
    """null true false 0 1 -1 2.5 -0.0 1e5 18446744073709551616 1e400 -1e400 9223372036854775808 "" "US" "a:b"
    "@a" "https://ns.adobe.com/experience/x" "xdm:person" "\\u00e9" "\\ud83d\\ude00" "\\u0041" "é" "tenant.x"
    "a\\"b:c" """.split()
)
_WRONG = st.sampled_from(["NaN", "-Infinity", '"\\ud800"', "01", '"\x01"', "tru", '"\udcff"', "1" * 5000, "[1,]"])


def _key(name: str, escape: int) -> str:
    """A key as JSON, sometimes with an escape in it."""
    if escape < len(name):
        return f'"{name[:escape]}\\u{ord(name[escape]):04x}{name[escape + 1 :]}"'
    return json.dumps(name).replace("/", "\\/") if escape == 99 else json.dumps(name)


_KEYS = st.builds(_key, st.sampled_from(PLAIN * 3 + STANDARD), st.sampled_from([98] * 20 + [0, 1, 3, 4, 99]))
_PLAIN_KEYS = st.sampled_from(PLAIN).map(json.dumps)


def _containers(keys: st.SearchStrategy[str], inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    spaces = st.sampled_from(["", "", "", " ", "\t"])
    pairs = st.builds(lambda key, space, value: f"{key}{space}:{space}{value}", keys, spaces, inner)
    return st.one_of(
        st.lists(pairs, max_size=5).map(lambda members: "{" + ",".join(members) + "}"),
        st.lists(inner, max_size=3).map(lambda items: "[" + ",".join(items) + "]"),
    )


def _texts(keys: st.SearchStrategy[str], scalars: st.SearchStrategy[str]) -> st.SearchStrategy[bytes]:
    value = st.recursive(scalars, lambda inner: _containers(keys, inner), max_leaves=25)
    root = _containers(keys, value).filter(lambda text: text[0] == "{")
    return root.map(lambda text: text.encode("utf-8", "surrogateescape"))


#: Objects, whatever is in them; keys may stand twice.
wild = _texts(_KEYS, _SCALARS)
#: The same in names of compatibility mode only.
plain = _texts(_PLAIN_KEYS, _SCALARS)
#: With here and there something that is no JSON.
spoiled = _texts(_KEYS, st.one_of(_SCALARS, _SCALARS, _SCALARS, _SCALARS, _WRONG))


_VALUES = st.recursive(st.one_of(_SCALARS, _SCALARS, _WRONG), lambda inner: _containers(_KEYS, inner), max_leaves=6)


def _kebab(name: str) -> str:
    return re.sub("(?<=[a-z0-9])[A-Z]", lambda match: f"-{match[0].lower()}", name)


def _written(path: tuple[str, ...]) -> list[tuple[str, int]]:
    """Keys that stand for the first steps of a path, each with how many."""
    first = path[0]
    keys = [(first, 1), (first, 1), (f"xdm:{first}", 1), (f"xdm:{_kebab(first)}", 1)]
    if first.startswith("_"):
        group = first[1:]
        keys += [(f"@{group}", 1), (f"xdm:@{group}", 1), (f"{group}:other", 1), (f"https://{group}.com/a", 1)]
        if len(path) > 1:
            second = _kebab(path[1])
            keys += [(f"{group}:{second}", 2), (f"https://ns.adobe.com/{group}/{second}", 2)]
            keys += [(f"http://{group}/{second}", 2), (f"https://ns.adobe.com/xdm/{group}/{second}", 2)]
        if len(path) > 2:
            keys.append((f"https://ns.adobe.com/{group}/{path[1]}/{_kebab(path[2])}", 3))
    return keys


@st.composite
def aimed(draw: st.DrawFn, path: tuple[str, ...]) -> bytes:
    """An object in which something stands at `path`, more or less, its steps under all the names that they can have."""
    members = draw(st.lists(st.builds(lambda key, value: f"{key}:{value}", _KEYS, _VALUES), max_size=2))
    if path[0] == "*":
        key, steps = draw(_KEYS), 1
    else:
        name, steps = draw(st.sampled_from(_written(path)))
        key = _key(name, draw(st.sampled_from([98] * 8 + [0, 2, 99])))
    rest = path[steps:]
    inner = draw(aimed(rest)).decode("utf-8", "surrogateescape") if rest else draw(_VALUES)
    wrap = draw(st.sampled_from(["{}", "{}", "[{}]", "[1,{}]", "[[{}]]", "[[[{}]]]"]))
    members.insert(draw(st.integers(0, len(members))), f"{key}:{wrap.replace('{}', inner)}")
    return ("{" + ",".join(members) + "}").encode("utf-8", "surrogateescape")


def found(value: Any, path: tuple[str, ...]) -> Any:
    """What is at a path: arrays leave no trace but their items, a missing field is "missing"."""
    if not path:
        return value
    if isinstance(value, list):
        return [found(item, path) for item in value]
    if not isinstance(value, dict):
        return "missing"
    if path[0] == "*":
        return {key: found(inner, path[1:]) for key, inner in value.items()}
    return found(value[path[0]], path[1:]) if path[0] in value else "missing"


def outline(value: Any) -> Any:
    """What is left of a value where only its presence matters."""
    if isinstance(value, list):
        return [outline(item) for item in value]
    return {} if isinstance(value, dict) else value


def is_json(raw: bytes) -> bool:
    try:
        decode_value(raw)
    except NotData:
        return False
    return True
