"""The schema marks this field as deprecated.

A deprecated field still works, but new data may no longer be written to it, so that an audience built on it shrinks
without a warning. Its description in the schema mostly says what to use.

```pql bad
person.taxId = "078-05-1120"
```

```pql good
person.name.firstName = "Ann"
```

Of a path only the first deprecated step is reported.
"""

from __future__ import annotations

from pqltools.checks.registry import Rule
from pqltools.syntax.ast import FieldLookup

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context


def check(node: FieldLookup, context: Context) -> None:
    """See the page."""
    members = context.typing.members
    member = members.get(id(node))
    if member is None or not member.deprecated:
        return
    below = node.object
    while isinstance(below, FieldLookup):
        inner = members.get(id(below))
        if inner is not None and inner.deprecated:
            return
        below = below.object
    context.report(
        node,
        f"`{member.name}` is deprecated",
        span=context.name_span(node),
        help=" ".join(member.description.split()) if member.description else None,
    )


RULE = Rule("PQL102", "deprecated-field", "warning", check, nodes=(FieldLookup,))
