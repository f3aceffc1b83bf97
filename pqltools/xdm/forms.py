"""What is this JSON?  Components, descriptors, or something else that was saved in their place, said in plain words.

People have single schemas and unions from the Schema Registry, lists of them, exports (arrays of components), lists of
descriptors, and now and then an error message or sample data in a file of the same name.
"""

from __future__ import annotations

from pqltools.records import Record, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Literal, TypeAlias

    from pqltools.formats.json_locations import Path

    Kind: TypeAlias = Literal["component", "descriptor", "error", "other"]

_FULL = "application/vnd.adobe.xed-full+json; version=1"
_ASK = f"ask the Schema Registry for the union or the schema with `Accept: {_FULL}`"
_DESCRIPTORS = ("xdm:descriptor", "xdm:alternateDisplayInfo")
_COMPONENT = ("properties", "allOf", "definitions", "$ref", "$ref ", "meta:xdmType", "meta:extends")


@record
class Item(Record):
    """One thing in a file: its kind, the JSON, and its path there. Of what is no use `message` says what it is."""

    kind: Kind
    value: Any
    path: Path
    message: str = ""
    help: str | None = None


def items(data: Any, path: Path = ()) -> Iterator[Item]:
    """The things that are in the JSON of a file."""
    if isinstance(data, list):
        if not data:
            yield Item("other", data, path, "this list is empty")
        for index, value in enumerate(data):
            yield from items(value, (*path, index))
        return
    if not isinstance(data, dict):
        yield Item("other", data, path, f"this is {_scalar(data)}, not a schema", _ASK)
        return
    yield from _object(data, path)


def _object(data: dict[str, Any], path: Path) -> Iterator[Item]:
    kind = data.get("@type")
    if isinstance(kind, str) and kind.startswith(_DESCRIPTORS):
        yield Item("descriptor", data, path)
    elif _is_component(data):
        yield Item("component", data, path)
    elif isinstance(data.get("results"), list):
        if data["results"]:
            yield from items(data["results"], (*path, "results"))
        else:
            yield Item("other", data, path, "this list response has no results")
    elif any(key.startswith(_DESCRIPTORS) for key in data):
        for key, value in data.items():
            if key.startswith(_DESCRIPTORS):
                yield from items(value, (*path, key))
    else:
        yield from _wrapped(data, path)


def _is_component(data: dict[str, Any]) -> bool:
    # A sample may well have a field named `properties`; in a schema it holds schemas.
    return any(key in data for key in _COMPONENT) and not (
        isinstance(data.get("properties"), dict)
        and not any(isinstance(value, dict) for value in data["properties"].values())
        and data["properties"] != {}
    )


def _wrapped(data: dict[str, Any], path: Path) -> Iterator[Item]:
    """Schemas in data set descriptions of Catalog; else something that is none."""
    found = False
    for around, inner in ((path, data), *(((*path, key), value) for key, value in data.items())):
        observable = inner.get("observableSchema") if isinstance(inner, dict) else None
        if isinstance(observable, dict) and _is_component(observable):
            found = True
            yield Item("component", observable, (*around, "observableSchema"))
    if not found:
        yield _other(data, path)


def _other(data: dict[str, Any], path: Path) -> Item:
    title = data.get("title") or data.get("message") or data.get("error_description") or data.get("error")
    status = data.get("status", data.get("error_code", data.get("code")))
    is_error = ("status" in data and "title" in data) or "error_code" in data or "error" in data
    if is_error and isinstance(title, str) and isinstance(status, str | int | None):
        detail = data.get("detail")
        reason = " ".join(str(part) for part in (status, title) if part is not None)
        cure = f"its reason: {detail[:200]}; " if isinstance(detail, str) and detail else ""
        return Item("error", data, path, f"this is an error message of the API, not a schema: {reason}", cure + _ASK)
    if "meta:altId" in data or ("$id" in data and "title" in data):
        return Item("other", data, path, "this is only the name of a schema, without its fields", _ASK)
    if "expression" in data or "nodeType" in data:
        return Item("other", data, path, "this is a segment definition or expression, not a schema", _ASK)
    if not data:
        return Item("other", data, path, "this object is empty", _ASK)
    return Item("other", data, path, "this is sample data or another document, not a schema", _ASK)


def _scalar(data: object) -> str:
    if data is None:
        return "`null`"
    return "a text" if isinstance(data, str) else f"`{str(data).lower()}`"
