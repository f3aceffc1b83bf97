"""What is wrong with a path that leads nowhere?  An unbound variable, an old name, or an unknown field; never two.

`Typing.missing` has the step that fails, and what follows it is of unknown type. So there is one fault a path, and this
module says which, for three rules.
"""

from __future__ import annotations

import re

from pqltools.checks.certainty import is_certain
from pqltools.records import Record, record
from pqltools.syntax.ast import (
    ChainElement,
    FieldLookup,
    FunctionCall,
    ItemLambda,
    ItemReference,
    Lambda,
    Let,
    ParameterReference,
    StringLiteral,
    VariableDeclaration,
    VariableReference,
)
from pqltools.types.model import ArrayType, ObjectType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pqltools.checks.context import Context
    from pqltools.source import Span
    from pqltools.syntax.ast import Expr, Node
    from pqltools.types.model import Type
    from pqltools.xdm.suggestions import Suggestion

#: What people call variables: ``X``, ``Order1``, ``PV``.
_VARIABLE = re.compile(r"[A-Z][A-Za-z0-9]*")
#: Roots that expressions have elsewhere on the platform: decisioning has the offer, its formulas are PQL too.
_OTHER_ROOTS = frozenset(("offer",))


@record
class Missing(Record):
    """A step that leads nowhere: `node`, a field lookup or ``get``, asks an object of the type `owner` for `name`.

    `path` is all of the path, from `root` to `top`, the node at its end. `certain` says that the schema is sure. `kind`
    is ``variable``, ``legacy`` or ``field``.

    `instead` is another root in scope from which the path leads somewhere, and what it is called.
    """

    kind: str
    node: FieldLookup | FunctionCall
    name: str
    owner: Type
    certain: bool
    root: Expr
    path: tuple[str, ...]
    top: Expr
    suggestions: tuple[Suggestion, ...] = ()
    instead: tuple[str, Expr] | None = None

    def changed_step(self, names: tuple[str, ...]) -> str | None:
        """The name to write in the place of the one that fails to get the path `names`; None if more has to change."""
        differing = [(old, new) for old, new in zip(self.path, names, strict=False) if old != new]
        if len(names) == len(self.path) and len(differing) == 1 and differing[0][0] == self.name:
            return differing[0][1]
        return None


def missing(context: Context, kind: str) -> Iterable[Missing]:
    """The steps of the expression that lead nowhere, if they are of this kind."""
    if not context.typing.missing:
        return ()
    found = context.known.get(__name__)
    if found is None:
        found = context.known[__name__] = list(_missing(context))
    return [fault for fault in found if fault.kind == kind]


def name_place(fault: Missing, context: Context) -> Span | None:
    """Where the name stands that leads nowhere; None if there is no text."""
    node = fault.node
    return context.name_span(node) if isinstance(node, FieldLookup) else node.arguments[1].span


def _missing(context: Context) -> Iterator[Missing]:
    typing = context.typing
    for node in typing.nodes:
        owner = typing.missing.get(id(node))
        if owner is not None and isinstance(node, (FieldLookup, FunctionCall)):
            fault = _diagnose(node, owner, context)
            if fault is not None:
                yield fault


def _diagnose(node: FieldLookup | FunctionCall, owner: Type, context: Context) -> Missing | None:
    """What is wrong at `node`; None if the schema cannot know it."""
    root, path = _path_to(node)
    top: Expr = node
    while isinstance(above := context.parent(top), FieldLookup):
        top = above
        path.append(above.name.removeprefix("xdm:"))
    asked = _item(context.type(root))
    certain = _is_certain(node, owner, context)
    name = _name(node)
    if not certain and _is_beyond_standard(root, path, name):
        return None
    kind = "field"
    suggestions: tuple[Suggestion, ...] = ()
    instead = _other_root(node, root, path, context)
    if instead is not None:
        pass
    elif _looks_like_variable(node, name, top, context):
        kind = "variable"
    elif isinstance(asked, ObjectType):
        suggestions = context.schema.suggest(asked, tuple(path))
        if suggestions and suggestions[0].legacy:
            kind = "legacy"
    return Missing(kind, node, name, owner, certain, root, tuple(path), top, suggestions, instead)


def _path_to(node: Expr) -> tuple[Expr, list[str]]:
    """Where the path of field lookups begins that ends at `node`, and its names."""
    names: list[str] = []
    while isinstance(node, FieldLookup):
        names.append(node.name.removeprefix("xdm:"))
        node = node.object
    if not names and isinstance(node, FunctionCall):
        return node.arguments[0], [_name(node)]
    return node, names[::-1]


def _name(node: FieldLookup | FunctionCall) -> str:
    if isinstance(node, FieldLookup):
        return node.name.removeprefix("xdm:")
    key = node.arguments[1]
    return key.value if isinstance(key, StringLiteral) else "?"


def _item(type: Type) -> Type:
    while isinstance(type, ArrayType):
        type = type.item
    return type


def _is_certain(node: FieldLookup | FunctionCall, owner: Type, context: Context) -> bool:
    """Whether the schema is the user's own; a value without fields is as sure as the object that it is in."""
    if isinstance(owner, ObjectType):
        return owner.certain
    return is_certain(node.object if isinstance(node, FieldLookup) else node.arguments[0], context)


def _is_beyond_standard(root: Expr, path: list[str], name: str) -> bool:
    """Whether the field may well exist although the standard lacks it: a tenant's or vendor's, or of no profile."""
    if name.startswith("_") or "_experience" in path:
        return True
    return isinstance(root, ParameterReference) and path[0] in _OTHER_ROOTS


def _looks_like_variable(node: Expr, name: str, top: Expr, context: Context) -> bool:
    """Whether a bare name at the head of a path was meant as a variable.

    It is one elsewhere in the expression, or it is written like one and a field follows.
    """
    if not isinstance(node, FieldLookup) or context.text is None:
        return False
    root = node.object
    if not isinstance(root, (ParameterReference, ItemReference)) or (root.span and root.span[0] != root.span[1]):
        return False
    if name in bound_names(context):
        return True
    return top is not node and _VARIABLE.fullmatch(name) is not None and not _in_other_case(name, context)


def _other_root(node: Expr, root: Expr, path: list[str], context: Context) -> tuple[str, Expr] | None:
    """The root that was probably meant at `node` where `root` stands, or is understood.

    A variable in scope, if a bare name is one of its fields; the profile, if the path begins at an item or a variable.
    """
    from pqltools.xdm.schema import resolve

    names = tuple(path)
    if isinstance(root, ParameterReference):
        if root.spelling == "implicit":
            for name, reference, type in _variables_around(node, context):
                if isinstance(type, ObjectType) and resolve(type, names) is not None:
                    return name, reference
        return None
    if isinstance(root, VariableReference):
        found = resolve(context.schema.profile, (root.name, *names))
        return None if found is None else ("$1." + root.name, FieldLookup(ParameterReference(1), root.name))
    if isinstance(root, ItemReference) and resolve(context.schema.profile, names) is not None:
        return "$1", ParameterReference(1)
    return None


def _variables_around(node: Node, context: Context) -> Iterator[tuple[str, Expr, Type]]:
    """The variables in scope that stand for items, the innermost first: name, reference and type of the item."""
    below, items = node, 0
    for above in context.ancestors(node):
        if isinstance(above, VariableDeclaration) and below is above.condition:
            yield above.name, VariableReference(above.name), _item(context.type(above.source))
        elif isinstance(above, ItemLambda):
            call = context.parent(above)
            if above.name is not None and isinstance(call, FunctionCall):
                yield above.name, ItemReference(items), _item(context.type(call.arguments[0]))
            items += 1
        below = above


def _in_other_case(name: str, context: Context) -> bool:
    """Whether a field of the profile differs in case only."""
    return context.schema.profile.member(name[0].lower() + name[1:]) is not None


def bound_names(context: Context) -> set[str]:
    """What variables are called anywhere in the expression."""
    names: set[str] | None = context.known.get("bound names")
    if names is None:
        names = context.known["bound names"] = _find_bound_names(context)
    return names


def _find_bound_names(context: Context) -> set[str]:
    names: set[str] = set()
    for node in context.typing.nodes:
        if isinstance(node, (VariableDeclaration, Let, ChainElement)):
            names.add(node.name)
        elif isinstance(node, Lambda):
            names.update(node.parameters)
        elif isinstance(node, ItemLambda) and node.name is not None:
            names.add(node.name)
    return names
