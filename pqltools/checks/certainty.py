"""How sure is a type?  A user's own schema and literals are; the standard table cannot know what a tenant has made."""

from __future__ import annotations

from pqltools.syntax.ast import FieldLookup, ItemReference, VariableReference
from pqltools.syntax.walk import walk
from pqltools.types.model import ArrayType, MapType, ObjectType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.diagnostics import Severity
    from pqltools.syntax.ast import Node
    from pqltools.types.model import Type


def severity(context: Context, *nodes: Node) -> Severity:
    """How grave a finding is that rests on the types of these nodes and their parts."""
    return "error" if all(is_certain(node, context) for node in nodes) else "warning"


def is_certain(node: Node, context: Context) -> bool:
    """Whether all fields that `node` looks up are declared by a schema that says all there is.

    Of a variable or an item the whole schema decides, because its type was found elsewhere.
    """
    for part in walk(node):
        if isinstance(part, VariableReference | ItemReference):
            if not context.schema.profile.certain:
                return False
        elif isinstance(part, FieldLookup) and context.member(part) is not None:
            owner = _object(context.type(part.object))
            if owner is not None and not owner.certain:
                return False
    return True


def _object(type: Type) -> ObjectType | None:
    while isinstance(type, ArrayType | MapType):
        type = type.item if isinstance(type, ArrayType) else type.value
    return type if isinstance(type, ObjectType) else None
