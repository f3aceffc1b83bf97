"""How tightly does the text of a node bind, and when can an aggregate be written with `over`?"""

from __future__ import annotations

from pqltools.syntax.ast import (
    Chain,
    DoubleLiteral,
    FunctionCall,
    IntegerLiteral,
    ItemLambda,
    ItemReference,
    Lambda,
    Let,
    Occurs,
    Quantification,
    Select,
    VariableReference,
)
from pqltools.syntax.operators import AGGREGATES, BINARY, COMPARISON, NOT, POSTFIX, PREFIX, UNARY
from pqltools.syntax.walk import children

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.syntax.ast import Node

    #: Work for `_stands_for_item`: a node, how many item lambdas lead to it, and whether the name means another there.
    Visit = tuple[Node, int, bool]


def level_of(node: Node) -> int:
    """The level of `operators` at which the text of `node` binds, without parentheses."""
    match node:
        case FunctionCall(function, arguments):
            return PREFIX if over_names(node) else _operator_level(function, len(arguments))
        case Select() | Quantification() | Let() | Lambda():
            return PREFIX
        case Occurs():
            return COMPARISON
        case IntegerLiteral() | DoubleLiteral():
            return UNARY  # As a receiver or under a minus, a number needs parentheses whatever its sign.
        case _:
            return POSTFIX


def _operator_level(function: str, count: int) -> int:
    """The level of an operator with that many operands, or POSTFIX: what has no operator form is printed as a call."""
    if function == "not":
        return NOT if count == 1 else POSTFIX
    if function == "-" and count == 1:
        return UNARY
    if count == 2 or (count > 2 and function in ("and", "or")):
        return BINARY.get(function, POSTFIX)
    return POSTFIX


def over_names(node: Node) -> tuple[str, ...]:
    """The variables of the form ``sum … over X from …, Y from …`` if `node` can be printed so, else nothing."""
    match node:
        case FunctionCall(function, (Select(variables), Lambda(parameters, body))) if function in AGGREGATES:
            names = tuple([variable.name for variable in variables])
            return names if names == parameters and len(names) > 1 and not isinstance(body, Lambda) else ()
        case FunctionCall(function, (Select((variable,)), ItemLambda(body))) if function in AGGREGATES:
            fits = not isinstance(body, Lambda) and _stands_for_item(variable.name, body)
            return (variable.name,) if fits else ()
        case _:
            return ()


def _stands_for_item(name: str, body: Node) -> bool:
    """Whether a variable `name` can be put for the item in `body`.

    It cannot if the item is used where another binder has taken the name, or if `body` uses an outer variable of it.
    """
    todo: list[Visit] = [(body, 0, False)]
    while todo:
        node, distance, shadowed = todo.pop()
        match node:
            case VariableReference(used):
                if used == name and not shadowed:
                    return False
            case ItemReference(used_distance):
                if used_distance == distance and shadowed:
                    return False
            case ItemLambda(inner):
                todo.append((inner, distance + 1, shadowed))
            case FunctionCall(function, (Select(variables) as source, ItemLambda(inner))) if function in AGGREGATES:
                # If this one is printed with `over`, its variable takes the name in the body.
                taken = shadowed or variables[0].name == name
                todo += [(source, distance, shadowed), (inner, distance + 1, taken)]
            case _:
                todo.extend(_below(node, distance, shadowed, name))
    return True


def _below(node: Node, distance: int, shadowed: bool, name: str) -> list[Visit]:
    """The children of `node`, each with what the name means there."""
    match node:
        case Select(variables) | Quantification(_, variables):
            visits: list[Visit] = []
            for variable in variables:
                visits.append((variable.source, distance, shadowed))
                shadowed = shadowed or variable.name == name
                if variable.condition is not None:
                    visits.append((variable.condition, distance, shadowed))
            return visits
        case Let(bound, value, body):
            return [(value, distance, shadowed), (body, distance, shadowed or bound == name)]
        case Lambda(parameters, body):
            return [(body, distance, shadowed or name in parameters)]
        case Chain(array, timestamp_field, elements):
            visits = [(array, distance, shadowed), (timestamp_field, distance, shadowed)]
            for element in elements:
                visits += [(part, distance, shadowed) for part in children(element)]
                shadowed = shadowed or element.name == name
            return visits
        case _:
            return [(child, distance, shadowed) for child in children(node)]
