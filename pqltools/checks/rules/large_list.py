"""A list has very many items.

A list of ids or postal codes in an expression is slow to read, to compare and to change, and it makes the definition
large for everything that handles it. An attribute of the profile that says what the items have in common, or another
audience, is the better place. The limit is our own, 1,000 items, and can be configured: Adobe publishes none.

```pql bad list-items=3
homeAddress.countryCode in ["AT", "CH", "DE", "LI"]
```
```pql good list-items=3
homeAddress.countryCode in ["AT", "CH", "DE"]
```
"""

from __future__ import annotations

from pqltools.checks.registry import Rule
from pqltools.syntax.ast import ListLiteral

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context


def check(node: ListLiteral, context: Context) -> None:
    """Report a list that is longer than the limit."""
    most = context.around.limits.list_items
    if len(node.items) > most:
        message = f"a list of {len(node.items):,} items, more than {most:,}"
        help = "keep the values in an attribute of the profile, or in another audience, and ask for that"
        context.report(node, message, help=help)


RULE = Rule("PQL310", "large-list", "warning", check, nodes=(ListLiteral,))
