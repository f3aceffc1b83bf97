"""A name looks like a variable, but nothing binds it here.

A variable is visible in its own condition, in the clauses to its right and in what is nested there, and nowhere else.
Out of scope its name is read as a field of the profile, which does not exist, so that the path is null for everyone.
Conditions that were cut out of a `select` are the usual case.

```pql bad
X.timestamp occurs <= 3 days before now
```

```pql bad
(select Order from xEvent where Order.commerce.order.priceTotal > 10) and Order.timestamp occurs today
```

```pql good
select X from xEvent where X.timestamp occurs <= 3 days before now
```

The rule speaks of names that are variables elsewhere in the expression, and of capitalised ones with a field behind
them, unless the schema has a field of that name. Each name is reported once, where it first stands.
"""

from __future__ import annotations

from pqltools.checks.missing import bound_names, missing
from pqltools.checks.registry import Rule
from pqltools.inference.scopes import scope_at
from pqltools.syntax.ast import FieldLookup, VariableReference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.syntax.ast import Expr


def check(tree: Expr, context: Context) -> None:
    """See the page."""
    said: set[str] = set()
    for fault in missing(context, "variable"):
        assert isinstance(fault.node, FieldLookup)
        if fault.name in said:
            continue
        said.add(fault.name)
        elsewhere = fault.name in bound_names(context)
        context.report(
            fault.node,
            f"`{fault.name}` is bound nowhere" if not elsewhere else f"`{fault.name}` is not visible here",
            span=context.name_span(fault.node),
            help=f"bind it: `select {fault.name} from … where …`" if not elsewhere else _VISIBLE,
            severity="error" if fault.certain else "warning",
        )
    if context.text is None:
        _check_references(context)


_VISIBLE = "a variable is visible in its own condition, in later clauses and in what is nested there"


def _check_references(context: Context) -> None:
    """Report references to variables that nothing binds, which only trees can hold."""
    for node in context.typing.nodes:
        if isinstance(node, VariableReference) and not _is_bound(node, context):
            context.report(node, f"`{node.name}` is bound nowhere", severity="error")


def _is_bound(node: VariableReference, context: Context) -> bool:
    return node.name in scope_at(node, context.typing.parents, as_written=False).names


RULE = Rule("PQL107", "unbound-variable", "warning", check)
