"""Why is there nothing?  The first step of a path that leads nowhere in this profile."""

from __future__ import annotations

from pqltools.evaluation.explaining.wording import scalar_text, value_text
from pqltools.evaluation.names import plain_name
from pqltools.syntax import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from pqltools.evaluation.naive.environment import Environment
    from pqltools.evaluation.naive.walker import Walker
    from pqltools.syntax.ast import Expr

    Text = Callable[[Expr, Environment], str]


def absence(walker: Walker, node: Expr, environment: Environment, text: Text, noun: str = "item") -> str | None:
    """Why a path is null, in words; None for what is no path. `noun` is what the item of the scope is called."""
    step = _step(node)
    while step is not None:
        object, name = step
        value = walker.value(object, environment)
        if value is not None:
            owner = _owner(object, text(object, environment), noun)
            return _nothing(owner, name, value, f"`{text(node, environment)}`")
        node = object
        step = _step(node)
    if isinstance(node, ast.ParameterReference) and node.position == 1:
        return "there is no profile"
    if isinstance(node, ast.ParameterReference | ast.VariableReference | ast.ItemReference | ast.ModelReference):
        return f"`{text(node, environment)}` is null"
    return None


def root_of(node: Expr) -> Expr:
    """What a path starts from."""
    while (step := _step(node)) is not None:
        node = step[0]
    return node


def _step(node: Expr) -> tuple[Expr, str] | None:
    match node:
        case ast.FieldLookup(object, name):
            return object, plain_name(name)
        case ast.FunctionCall("get", (object, ast.StringLiteral(key))):
            return object, key
    return None


def _nothing(owner: str, name: str, value: Any, path: str) -> str:
    if isinstance(value, dict):
        if any(key in value for key in (name, f"xdm:{name}", f"@{name[1:]}")):
            return f"{path} is null"
        return f"{owner} has no `{name}`"
    return f"{owner} is {value_text(value, 30)}, which has no fields"


def _owner(object: Expr, text: str, noun: str) -> str:
    if isinstance(object, ast.ParameterReference) and object.position == 1:
        return "the profile"
    if isinstance(object, ast.ItemReference) and object.distance == 0:
        return f"the {noun}"
    return f"`{text}`"


def membership(profile: Any, id: str) -> str:
    """What the profile says of its membership in a segment."""
    memberships = profile.get("segmentMembership") if isinstance(profile, dict) else None
    for namespace, segments in memberships.items() if isinstance(memberships, dict) else ():
        found = segments.get(id) if namespace.lower() == "ups" and isinstance(segments, dict) else None
        if isinstance(found, dict):
            status = found.get("status", found.get("xdm:status"))
            return f"the profile's membership has the status {scalar_text(status)}"
    return "the profile has no membership of this segment, and its definition was not given"
