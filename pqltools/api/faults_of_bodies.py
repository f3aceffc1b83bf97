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
    name = "the body" if not steps else f"item {steps[-1]}" if isinstance(steps[-1], int) else f"`{steps[-1]}`"
    if kind == "missing":
        what = f"{name} is missing" if steps else "there is no body"
        return detail(what, path=path, help=context.get("help") or _needed(steps))
    if kind == "extra_forbidden":
        return detail(f"{name} is not known here", path=path, help=_hint(steps, context))
    if kind == "json_invalid":
        return detail(f"the body is no JSON: {context.get('error', fault['msg'])}", path="$")
    if kind in _TYPES:
        given = fault.get("input")
        said = f"the string {_said(given)}" if isinstance(given, str) else _said(given)
        help = _needed(steps) if kind.startswith("model_") else None
        return detail(f"{name} is {said}, not {_TYPES[kind]}", path=path, help=help)
    if kind == "literal_error":
        return detail(f"{name} is {_said(fault.get('input'))}", path=path, help=f"it is {context['expected']}")
    message = str(context.get("error") or fault["msg"])
    return detail(f"{name}: {message[0].lower()}{message[1:]}", path=path, help=context.get("help"))


def _members(steps: list[Any]) -> dict[str, bool]:
    """What the object at a place has, and whether it must; nothing where nobody knows."""
    from pqltools.api.models import MEMBERS_OF

    return MEMBERS_OF.get(next((step for step in reversed(steps) if isinstance(step, str)), ""), {})


def _needed(steps: list[Any]) -> str | None:
    members = _members(steps)
    named = [name for name, is_needed in members.items() if is_needed] or [*members]
    return f"it is an object with {_listed(named)}" if named else None


def _hint(steps: list[Any], context: Mapping[str, Any]) -> str | None:
    from pqltools.api.models import KNOWN_MEMBERS

    name, members = str(steps[-1]), _members(steps[:-1])
    found = suggestion(name, members or [each for each in KNOWN_MEMBERS if each != name]) or context.get("help")
    return f"it has {_listed(members)}" if found is None and members else found


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


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
