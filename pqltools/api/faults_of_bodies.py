"""What is wrong with a body or a parameter?  The faults that pydantic finds, in the user's words and with a cure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pqltools.formats.json_locations import excerpt, path_text
from pqltools.segmentation.problems import detail, suggestion

_TYPES = {
    "string_type": "a string",
    "bool_type": "`true` or `false`",
    "int_type": "a whole number",
    "float_type": "a number",
    "list_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
}


def details_of(faults: Iterable[Mapping[str, Any]], known: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Each fault with its path, ``$.expression.format`` in the body, or the name of the parameter."""
    # A union reports what is wrong with each of its branches; the same thing is said once.
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for fault in faults:
        one = _detail(fault)
        found.setdefault((one["path"], one["message"]), one)
    return [*found.values()]


def _detail(fault: Mapping[str, Any]) -> dict[str, Any]:
    place, *steps = fault["loc"] or ("body",)
    path = path_text(tuple(steps)) if place == "body" else ".".join(map(str, steps))
    kind, context = fault["type"], fault.get("ctx") or {}
    name = f"`{steps[-1]}`" if steps else "the body"
    if kind == "missing":
        what = f"{name} is missing" if steps else "there is no body"
        return detail(what, path=path, help=context.get("help"))
    if kind == "extra_forbidden":
        return detail(f"{name} is not known here", path=path, help=_hint(steps, context))
    if kind == "json_invalid":
        return detail(f"the body is no JSON: {context.get('error', fault['msg'])}", path="$")
    if kind in _TYPES:
        return detail(f"{name} is {_said(fault.get('input'))}, not {_TYPES[kind]}", path=path)
    if kind == "literal_error":
        return detail(f"{name} is {_said(fault.get('input'))}", path=path, help=f"it is {context['expected']}")
    message = str(context.get("error") or fault["msg"])
    return detail(f"{name}: {message[0].lower()}{message[1:]}", path=path, help=context.get("help"))


def _hint(steps: list[Any], context: Mapping[str, Any]) -> str | None:
    from pqltools.api.models import KNOWN_MEMBERS

    return suggestion(str(steps[-1]), KNOWN_MEMBERS) or context.get("help")


def _said(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return f"`{str(value).lower()}`"
        case str():
            return excerpt(value)
        case int() | float():
            return f"`{value}`"
        case list():
            return "a list"
        case dict():
            return "an object"
    return "something else"
