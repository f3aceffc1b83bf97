"""By which names are fields found?  Those of compatibility mode, and namespaces whatever their case."""

from __future__ import annotations

from pqltools.syntax import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.syntax.ast import Expr

#: Fields of a profile whose keys are namespaces.
NAMESPACED = ("identityMap", "segmentMembership")


def plain_name(name: str) -> str:
    """The name of a field in compatibility mode; ``xdm:`` in front says nothing."""
    name = name.removeprefix("xdm:")
    return f"_{name[1:]}" if name.startswith("@") else name


def is_namespaced(object: Expr) -> bool:
    """Whether the keys of this map are namespaces, which are compared without case (ours)."""
    return isinstance(object, ast.FieldLookup) and plain_name(object.name) in NAMESPACED
