"""Which variables and items can be named at a node, of which type are they, and from which field do they come?"""

from __future__ import annotations

from pqltools.inference.infer import parameter_types
from pqltools.inference.scopes import bound_for
from pqltools.records import Record, record
from pqltools.syntax import ast
from pqltools.types.model import ANY, ArrayType, MapType, item_type
from pqltools.xdm.schema import resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from pqltools.inference.typing import Typing
    from pqltools.syntax.ast import Expr, Node
    from pqltools.types.model import Member, Type
    from pqltools.xdm.names import Steps
    from pqltools.xdm.schema import Schema

#: Functions whose value has the items of their first argument.
_SAME_ITEMS = frozenset(("filter", "distinct", "topN", "bottomN", "intersection", "head"))


@record
class Variable(Record):
    """A variable in scope: its name, type, binder, and what it ranges over or stands for (None: a whole parameter)."""

    name: str
    type: Type
    binder: Node
    source: Expr | None
    #: Whether the variable is one item of the source, and not its value.
    is_item: bool = True


def variables_at(node: Node, typing: Typing, profile: Type) -> list[Variable]:
    """The variables in scope at a node, the innermost first; one of each name."""
    found: dict[str, Variable] = {}
    below = node
    while (parent := typing.parents.get(id(below))) is not None:
        for variable in reversed([*_bound(parent, below, typing, profile)]):
            found.setdefault(variable.name, variable)
        below = parent
    return [*found.values()]


def _bound(binder: Node, part: Node, typing: Typing, profile: Type) -> Iterator[Variable]:
    """The variables that `binder` binds for its direct part."""
    if isinstance(binder, ast.ItemLambda) and binder.name is not None:
        source = receiver(binder, typing)
        yield Variable(binder.name, item_type(typing.type(source)) if source else ANY, binder, source)
        return
    names = [*bound_for(binder, part)]
    if isinstance(binder, ast.Lambda):
        source = receiver(binder, typing)
        types = [*(parameter_types(typing.type(source)) if source is not None else (profile,))]
        types += [ANY] * len(names)
        yield from (Variable(*pair, binder, source) for pair in zip(names, types, strict=False))
        return
    for name in names:
        yield declared(name, binder, typing)


def declared(name: str, binder: Node, typing: Typing) -> Variable:
    """The variable `name` of a binder that is no lambda."""
    match binder:
        case ast.Select(parts) | ast.Quantification(_, parts):
            part = next(part for part in parts if part.name == name)
            return declared(name, part, typing)
        case ast.VariableDeclaration(_, source):
            return Variable(name, item_type(typing.type(source)), binder, source)
        case ast.Chain(array):
            return Variable(name, item_type(typing.type(array)), binder, array)
        case ast.Let(_, value):
            return Variable(name, typing.type(value), binder, value, is_item=False)
        case _:
            return Variable(name, ANY, binder, None)


def receiver(scope: Node, typing: Typing) -> Expr | None:
    """The array over whose items a lambda or an item scope goes."""
    parent = typing.parents.get(id(scope))
    if isinstance(parent, ast.ChainElement):
        parent = typing.parents.get(id(parent))
    match parent:
        case ast.Chain(array):
            return array
        case ast.FunctionCall(_, (first, *_)) if first is not scope:
            return first
        case _:
            return None


def item_scopes(node: Node, typing: Typing) -> list[ast.ItemLambda]:
    """The item lambdas around a node, the innermost first."""
    found = []
    while (parent := typing.parents.get(id(node))) is not None:
        if isinstance(parent, ast.ItemLambda):
            found.append(parent)
        node = parent
    return found


def origin(node: Expr, typing: Typing, profile: Type) -> Steps | None:
    """The path from the profile to the values or items of `node`, through maps by any key; None if there is none."""
    match node:
        case ast.ParameterReference(1):
            return ()
        case ast.FieldLookup(inner, name):
            return _join(origin(inner, typing, profile), name.removeprefix("xdm:"))
        case ast.FunctionCall("get", (inner, ast.StringLiteral(key))):
            return _join(origin(inner, typing, profile), key)
        case ast.FunctionCall(function, (inner, *_)) if function in _SAME_ITEMS:
            return origin(inner, typing, profile)
        case ast.Select((clause,)):
            return origin(clause.source, typing, profile)
        case ast.VariableReference(name):
            variable = next((v for v in variables_at(node, typing, profile) if v.name == name), None)
            if variable is None:
                return None
            if variable.source is not None:
                is_map = isinstance(typing.type(variable.source), MapType)
                return None if is_map else origin(variable.source, typing, profile)
            return () if variable.type is profile else None
        case ast.ItemReference(distance):
            scopes = item_scopes(node, typing)
            source = receiver(scopes[distance], typing) if distance < len(scopes) else None
            return None if source is None else origin(source, typing, profile)
        case _:
            return None


def _join(steps: Steps | None, name: str) -> Steps | None:
    return None if steps is None else (*steps, name)


def field_of(node: Expr, typing: Typing, schema: Schema) -> Member | None:
    """The schema's field whose values or items `node` has."""
    member = typing.member(node)
    if member is None:
        steps = origin(node, typing, schema.profile)
        member = resolve(schema.profile, steps) if steps else None
    return member


def without_arrays(type: Type) -> Type:
    """The type of the innermost items."""
    while isinstance(type, ArrayType):
        type = type.item
    return type
