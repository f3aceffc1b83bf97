"""Which operands of `and` or `or` are conditions on the same field?  Grouped, with the values that each allows."""

from __future__ import annotations

from pqltools.checks.operands import operands
from pqltools.checks.ranges import allowed, comparable, joined

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from pqltools.checks.context import Context
    from pqltools.checks.ranges import Allowed
    from pqltools.syntax.ast import Expr, FunctionCall

    #: Conditions on one subject, each with its values, in the order of the text.
    Group: TypeAlias = list[tuple[Expr, Allowed]]

#: Operands that are looked at; generated expressions may have thousands.
_MOST = 60


def groups(node: FunctionCall, context: Context, now: int | None = None) -> list[Group]:
    """The groups of two operands or more. One that only asks for null goes with the first group of its subject."""
    if now is None:
        memo: dict[int, list[Group]] = context.typing.groups
        if id(node) not in memo:
            memo[id(node)] = _groups(node, context, None)
        return memo[id(node)]
    return _groups(node, context, now)


def _groups(node: FunctionCall, context: Context, now: int | None) -> list[Group]:
    found: list[Group] = []
    for part in operands(node)[:_MOST]:
        values = allowed(part, context, now)
        if values is None:
            continue
        for group in found:
            if all(comparable(other, values) for _, other in group):
                group.append((part, values))
                break
        else:
            found.append([(part, values)])
    return [group for group in found if len(group) > 1]


def conflict(operator: str, group: Group) -> tuple[Group, Allowed] | None:
    """The operands that together allow nothing (`and`) or, null aside, anything (`or`), and what they allow.

    Two of them if two are enough; None if there is no conflict, or if one operand alone is to blame.
    """
    whole = joined(operator, [values for _, values in group])
    if whole is None or not _is_extreme(operator, whole) or any(_is_extreme(operator, values) for _, values in group):
        return None
    for index, (part, values) in enumerate(group):
        for other_part, other in group[:index]:
            both = joined(operator, [other, values])
            if both is not None and _is_extreme(operator, both):
                return [(other_part, other), (part, values)], both
    return group, whole


def _is_extreme(operator: str, values: Allowed) -> bool:
    return values.is_nothing if operator == "and" else values.is_anything
