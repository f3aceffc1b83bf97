"""Has the author thought of null here?  Which fields are tested for having a value, and which are the profile's own."""

from __future__ import annotations

from pqltools.syntax.ast import FieldLookup, FunctionCall, ParameterReference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.syntax.ast import Expr


def is_null_tested(field: Expr, context: Context) -> bool:
    """Whether the expression says anywhere what is to happen where `field` has no value."""
    tested = context.typing.null_tested
    if tested is None:
        tested = context.typing.null_tested = null_tests(context)
    return field in tested


def null_tests(context: Context) -> set[Expr]:
    """What is tested for having a value anywhere in the expression."""
    found: set[Expr] = set()
    for node in context.typing.nodes:
        if isinstance(node, FunctionCall) and node.function in ("isNull", "isNotNull"):
            found.update(node.arguments[:1])
        elif isinstance(node, FieldLookup) and context.is_condition(node):
            found.add(node)
    return found


def is_profile_field(node: Expr) -> bool:
    """Whether `node` is a path from the profile; the fields of events and items are not."""
    if not isinstance(node, FieldLookup):
        return False
    while isinstance(node, FieldLookup):
        node = node.object
    return isinstance(node, ParameterReference)
