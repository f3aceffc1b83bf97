"""A variable hides another one of the same name.

The inner one is meant from here on, and the outer one cannot be reached. Even where that is intended, a reader has to
count scopes to know which is which; where it is not, a comparison of two events has become one of an event with itself.

```pql bad
select X from xEvent where X.eventType = "a", X from X.productListItems where X.SKU = "b"
```

```pql good
select X from xEvent where X.eventType = "a", Item from X.productListItems where Item.SKU = "b"
```
"""

from __future__ import annotations

from pqltools.checks.registry import Rule
from pqltools.inference.scopes import scope_at
from pqltools.syntax.ast import ChainElement, ItemLambda, Lambda, Let, VariableDeclaration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context


def check(node: VariableDeclaration | Let | Lambda | ItemLambda | ChainElement, context: Context) -> None:
    """See the page."""
    names: tuple[str | None, ...] = node.parameters if isinstance(node, Lambda) else (node.name,)
    if isinstance(node, (ItemLambda, Lambda)) and (names == (None,) or context.text is None or _is_over(node)):
        return
    outer = scope_at(node, context.typing.parents, as_written=True).names
    for name in names:
        if name in outer:
            context.report(
                node,
                f"`{name}` hides the variable `{name}` around it",
                span=_name_span(node, name, context),
                help="give one of them another name",
            )


def _is_over(node: ItemLambda | Lambda) -> bool:
    """Whether this is the body of ``sum … over X from …``, where the clause binds the variable."""
    return node.span == node.body.span


def _name_span(
    node: VariableDeclaration | Let | Lambda | ItemLambda | ChainElement, name: str, context: Context
) -> tuple[int, int] | None:
    """Where the name stands that is bound; the form begins with it, or with a word or a parenthesis."""
    if context.text is None or node.span is None:
        return None
    import re

    found = re.compile(rf"(?<![\w]){re.escape(name)}(?![\w])").search(context.text, *node.span)
    return node.span if found is None else found.span()


RULE = Rule(
    "PQL106",
    "shadowed-variable",
    "warning",
    check,
    nodes=(VariableDeclaration, Let, Lambda, ItemLambda, ChainElement),
)
