"""How many arrays and maps lie inside each other on a path?  Counted from the profile, or from the event, to a value.

Events themselves are no level: a path begins anew at each. Filtering a list stays on its level, its items are one level
deeper; so is the value of a key, and what a dot behind a list leads to.
"""

from __future__ import annotations

from pqltools.checks.eligibility.events import EVENT_FIELDS
from pqltools.checks.field_paths import bare
from pqltools.syntax import ast
from pqltools.types.model import ANY, ArrayType, MapType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.syntax.ast import Expr, Node

#: Functions of a list whose value is a list on the same level.
_SAME_LEVEL = frozenset("filter distinct topN bottomN intersection keys values groupBy map".split())
#: No path that a person wrote is longer; what follows does not count.
_MOST_STEPS = 300


def level(node: Expr, context: Context) -> int:
    """How many arrays and maps have been entered where `node` is."""
    count = 0
    step: Expr | None = node
    for _ in range(_MOST_STEPS):
        enters = False
        match step:
            case ast.FieldLookup(object):
                enters = is_container(object, context)
                step = object
            case ast.FunctionCall("get" | "head", (receiver, *_)):
                enters = may_be_container(receiver, context)
                step = receiver
            case ast.FunctionCall(name, (receiver, *_)) if name in _SAME_LEVEL:
                step = receiver
            case ast.Select((first, *_)):
                step = first.source
            case ast.ItemReference() | ast.VariableReference():
                step, enters = _binding(step, context)
            case _:
                return count
        count += enters and not holds_events(step)
    return count


def is_container(node: Expr, context: Context) -> bool:
    """Whether a value is an array or a map of its own, not only because an array has been entered before."""
    if isinstance(node, ast.FieldLookup):
        member = context.member(node)
        return member is not None and isinstance(member.type, ArrayType | MapType)
    return isinstance(context.type(node), ArrayType | MapType)


def may_be_container(node: Expr, context: Context) -> bool:
    """Whether a value is an array or a map as far as anyone knows: `get` also reads fields of objects."""
    type = context.type(node)
    return type is ANY or isinstance(type, ArrayType | MapType)


def _binding(node: ast.ItemReference | ast.VariableReference, context: Context) -> tuple[Expr | None, bool]:
    """What a reference is bound to, and whether it stands for an item of that."""
    distance = node.distance if isinstance(node, ast.ItemReference) else -1
    below: Node = node
    for binder in context.ancestors(node):
        match binder:
            case ast.ItemLambda():
                distance -= 1
                if distance == -1 and isinstance(node, ast.ItemReference):
                    return _source(context.parent(binder), context), True
            case ast.VariableDeclaration(name, source, condition):
                if below is condition and _names(node, name):
                    return source, True
            case ast.Select(clauses) | ast.Quantification(_, clauses):
                for clause in clauses:
                    if clause is below:
                        break
                    if _names(node, clause.name):
                        return clause.source, True
            case ast.Let(name, value, body):
                if below is body and _names(node, name):
                    return value, False
            case ast.Lambda(parameters):
                if isinstance(node, ast.VariableReference) and node.name in parameters:
                    return _source(context.parent(binder), context), True
        below = binder
    return None, False


def _names(node: ast.ItemReference | ast.VariableReference, name: str) -> bool:
    return isinstance(node, ast.VariableReference) and node.name == name


def _source(call: Node | None, context: Context) -> Expr | None:
    """The list over whose items a lambda argument ranges."""
    if isinstance(call, ast.ChainElement):
        call = context.parent(call)
    if isinstance(call, ast.Chain):
        return call.array
    return call.arguments[0] if isinstance(call, ast.FunctionCall) else None


def holds_events(node: Expr | None) -> bool:
    """Whether this is a list of events, by its name."""
    for _ in range(_MOST_STEPS):
        match node:
            case ast.FunctionCall(name, (receiver, *_)) if name in _SAME_LEVEL:
                node = receiver
            case ast.Select((first, *_)):
                node = first.source
            case _:
                break
    return isinstance(node, ast.FieldLookup) and bare(node.name) in EVENT_FIELDS
