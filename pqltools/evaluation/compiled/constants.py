"""Which parts of an expression have a value that is known before any profile is?"""

from __future__ import annotations

from pqltools.evaluation.runtime.times import date
from pqltools.evaluation.values import Day, Instant
from pqltools.syntax import ast
from pqltools.types import windows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pqltools.syntax.ast import Expr

#: What is said of parts that depend on the profile.
NOT_CONSTANT = object()
_LITERALS = (ast.StringLiteral, ast.IntegerLiteral, ast.DoubleLiteral, ast.BooleanLiteral)


def constant_of(node: Expr, now: int) -> Any:
    """The value of a literal, a list of literals, or a date of literals; `NOT_CONSTANT` of all else."""
    if isinstance(node, _LITERALS):
        return node.value
    if isinstance(node, ast.NullLiteral):
        return None
    if isinstance(node, ast.TimestampLiteral):
        found = windows.reference(node, now)
        assert found is not None
        return Instant(found[0]) if found[1] is None else Day(found[0])
    if isinstance(node, ast.ListLiteral):
        return _all([constant_of(item, now) for item in node.items])
    if isinstance(node, ast.FunctionCall) and node.function == "date":
        parts = _all([constant_of(part, now) for part in node.arguments])
        return parts if parts is NOT_CONSTANT else date(*parts)
    return NOT_CONSTANT


def _all(values: list[Any]) -> Any:
    return NOT_CONSTANT if any(value is NOT_CONSTANT for value in values) else values
