"""A variable is bound and then not used.

In a `select` or a quantifier the condition is asked of each item; one that does not mention the variable holds for all
items or for none. Mostly the variable was forgotten in front of a field, which then is a field of the profile. The same
happens with a lambda: inside `(X) => …` a bare name is no field of the item.

```pql bad
select X from xEvent where person.gender = "female"
```

```pql bad
xEvent.filter((E) => person.gender = "female").count() > 3
```

```pql bad
let Total = xEvent.sum(commerce.order.priceTotal) in homeAddress.countryCode = "US"
```

```pql fixed
homeAddress.countryCode = "US"
```

```pql good
(select X from xEvent) and exists Y from xEvent, Z from Y.productListItems where Z.SKU = "a"
```

A variable without a condition may go unused: it asks whether there are items at all, or is the result. So may one
parameter of a lambda as long as another is used.
"""

from __future__ import annotations

from pqltools.checks.registry import Rule
from pqltools.syntax.ast import (
    FunctionCall,
    ItemLambda,
    ItemReference,
    Lambda,
    Let,
    Quantification,
    Select,
    VariableReference,
)
from pqltools.syntax.operators import AGGREGATES
from pqltools.syntax.walk import children, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from pqltools.checks.context import Context
    from pqltools.syntax.ast import Expr, Node


def check(node: Select | Quantification | Let | Lambda | ItemLambda, context: Context) -> None:
    """See the page."""
    match node:
        case Let(name, _, body):
            if not _uses(name, [body]):
                fixes = context.replace(node, body, f"remove `{name}`", safe=True)
                context.report(node, f"`{name}` is not used", help="remove it", fixes=fixes)
        case Lambda(parameters, body):
            if not any(_uses(name, [body]) for name in parameters) and not _leads_nowhere(body, context):
                names = ", ".join([f"`{name}`" for name in parameters])
                context.report(node, f"{names} {'is' if len(parameters) == 1 else 'are'} not used", help=_HELP)
        case ItemLambda(body):
            named = node.name is not None and node.span != body.span and context.text is not None
            if named and not _uses_item(body) and not _leads_nowhere(body, context):
                context.report(node, f"`{node.name}` is not used", help=_HELP)
        case Select() | Quantification():
            _check_clauses(node, context)


_HELP = "in its scope a bare name is a field of the profile; write the variable in front of what is a field of the item"


def _check_clauses(node: Select | Quantification, context: Context) -> None:
    clauses = node.variables
    for index, clause in enumerate(clauses):
        if clause.condition is None:
            continue
        visible: list[Node] = [clause.condition, *clauses[index + 1 :]]
        if _uses(clause.name, visible) or _used_by_aggregate(clause.name, node, context):
            continue
        if not _leads_nowhere(clause.condition, context):
            context.report(clause, f"the condition does not use `{clause.name}`", help=_HELP)


def _used_by_aggregate(name: str, node: Node, context: Context) -> bool:
    """Whether the body of ``sum … over`` uses the variable."""
    match context.parent(node):
        case FunctionCall(function, (source, ItemLambda(body))) if function in AGGREGATES and source is node:
            return _uses_item(body)
        case FunctionCall(function, (source, Lambda(_, body))) if function in AGGREGATES and source is node:
            return _uses(name, [body])
        case _:
            return False


def _leads_nowhere(body: Expr, context: Context) -> bool:
    """Whether a field in it is unknown, which is reported, and will often be that of the variable."""
    missing = context.typing.missing
    return bool(missing) and any(id(node) in missing for node in walk(body))


def _uses(name: str, parts: Iterable[Node]) -> bool:
    """Whether a variable is mentioned. An inner one of the same name counts too: it is another rule's affair."""
    return any(isinstance(node, VariableReference) and node.name == name for part in parts for node in walk(part))


def _uses_item(body: Expr) -> bool:
    """Whether the item of the scope is mentioned whose body this is."""
    todo: list[tuple[Node, int]] = [(body, 0)]
    while todo:
        node, distance = todo.pop()
        if isinstance(node, ItemReference) and node.distance == distance:
            return True
        inner = distance + isinstance(node, ItemLambda)
        todo.extend((child, inner) for child in children(node))
    return False


RULE = Rule("PQL105", "unused-variable", "warning", check, nodes=(Select, Quantification, Let, Lambda, ItemLambda))
