"""Which segment definitions does a document hold?  Decoded JSON or YAML to the paths of its definitions.

The replies of the Segmentation Service are known: one definition, a list of them, a page with `segments` (`children`
and `results` elsewhere in the API), and the `results` of bulk-get, a map from id to definition. Other members are
never searched, so that an object that happens to look like a definition stays untouched.
"""

from __future__ import annotations

from pqltools.formats.json_faults import Fault, json_type
from pqltools.formats.json_locations import excerpt
from pqltools.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from pqltools.formats.json_locations import Path

FORMATS = ("pql/text", "pql/json")
_CONTAINERS = ("segments", "results", "children")
_EXTERNAL = ("ExternalSegment", "ExternalAudience")
_KNOWN = "a file holds a definition, a list of them, or a reply of the service with `segments`, `results` or `children`"


def definitions(data: object) -> tuple[list[Path], list[Fault]]:
    """The paths of all definitions in a document, in its order, and what is wrong with it (PQL040, PQL041)."""
    faults: list[Fault] = []
    paths: list[Path] = []
    for path, value in _candidates(data, faults):
        found = check_definition(value, path)
        faults += found
        if not found:
            paths.append(path)
    if not paths and not faults:
        faults.append(Fault("PQL040", "there is no segment definition in it", (), "opening", _KNOWN))
    return paths, faults


def _candidates(data: object, faults: list[Fault]) -> Iterator[tuple[Path, object]]:
    if isinstance(data, list):
        yield from (((index,), item) for index, item in enumerate(data) if not _is_external(item))
        return
    if not isinstance(data, dict) or "expression" in data:
        yield (), data
        return
    containers = [key for key in _CONTAINERS if key in data]
    if not containers:
        yield (), data
    for key in containers:
        value = data[key]
        if isinstance(value, list):
            yield from (((key, index), item) for index, item in enumerate(value) if not _is_external(item))
        elif isinstance(value, dict) and key == "results":
            # An id that the service does not know has `errors` in place of a definition.
            yield from (((key, name), item) for name, item in value.items() if not _is_error(item))
        else:
            message = f"`{key}` is {json_type(value)}, not a list of segment definitions"
            faults.append(Fault("PQL040", message, (key,), "value", None))


def _is_external(item: object) -> bool:
    """Whether this is an audience that was made elsewhere: a list of audiences holds it, but it has no expression."""
    return isinstance(item, dict) and item.get("type") in _EXTERNAL and "expression" not in item


def _is_error(item: object) -> bool:
    return isinstance(item, dict) and "errors" in item and "expression" not in item


def check_definition(value: Any, path: Path) -> list[Fault]:
    """What is wrong with a definition as far as its expression goes: PQL040, PQL041 for the format and its value."""
    if not isinstance(value, dict):
        return [Fault("PQL040", f"this is {json_type(value)}, not a segment definition", path, "value", _KNOWN)]
    if "expression" not in value:
        return [_missing(value, path, "the segment definition", "expression", _help(value))]
    expression = value["expression"]
    path = (*path, "expression")
    if not isinstance(expression, dict):
        help = "it has the members `type`, `format` and `value`"
        return [Fault("PQL040", f"`expression` is {json_type(expression)}, not an object", path, "value", help)]
    missing = [
        _missing(expression, path, "`expression`", key, _merged(expression))
        for key in ("format", "value")
        if key not in expression
    ]
    if missing:
        return missing
    kind = expression.get("type")
    if kind not in (None, "PQL"):  # many serializers write null for a member that is not set
        said = excerpt(kind) if isinstance(kind, str) else json_type(kind)
        return [Fault("PQL040", f"the expression's type is {said}, not `PQL`", (*path, "type"), "value", None)]
    return _check_value(expression["format"], expression["value"], path)


def _check_value(format: object, value: object, path: Path) -> list[Fault]:
    if not isinstance(format, str):
        help = "it is `pql/text` or `pql/json`"
        message = f"`expression.format` is {json_type(format)}, not a string"
        return [Fault("PQL040", message, (*path, "format"), "value", help)]
    if format not in FORMATS:
        return [Fault("PQL041", unknown_format(format), (*path, "format"), "value", "it is `pql/text` or `pql/json`")]
    if isinstance(value, str) or (format == "pql/json" and isinstance(value, dict)):
        return []
    message, help = wrong_type(format, value)
    return [Fault("PQL041", message, (*path, "value"), "value", help)]


def unknown_format(format: str) -> str:
    """The message for a format that is neither text nor JSON."""
    return f"{excerpt(format)} is not a format of expressions"


def wrong_type(format: str, value: object) -> tuple[str, str]:
    """Message and help for a value that is no string."""
    expected = "a string" if format == "pql/text" else "a string or an object"
    message = f"`expression.format` is `{format}`, but `expression.value` is {json_type(value)}, not {expected}"
    if isinstance(value, dict):
        return message, "if it is a tree, its format is `pql/json`"
    return message, "put the expression in quotes"


def _missing(value: dict[str, Any], path: Path, what: str, key: str, help: str | None) -> Fault:
    name = value.get("name") or value.get("id")
    if key == "expression" and isinstance(name, str):
        what += f" {excerpt(name)}"
    return Fault("PQL040", f"{what} has no `{key}`", (*path, key), "opening", help)


def _help(value: dict[str, Any]) -> str | None:
    if "nodeType" in value:
        return "this is a bare tree in pql/json; a definition has it under `expression.value`"
    return _merged(value) or _KNOWN


def _merged(value: dict[str, Any]) -> str | None:
    return "merge keys (`<<`) are not followed; write the member itself" if "<<" in value else None
