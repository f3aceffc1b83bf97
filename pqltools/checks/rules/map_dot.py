"""A key of a map is written like a field.

The keys of a map, such as the namespaces of `identityMap`, are data and no fields. Older documents step into maps with
a dot; the service refuses that today and wants `get`, or brackets. The value is the same, so the fix is safe.

```pql bad
identityMap.ECID.exists(primary = true)
```

```pql fixed
identityMap.get("ECID").exists(primary = true)
```

```pql bad
segmentMembership.ups.`0f2c`.status = "realized"
```

```pql fixed
segmentMembership.get("ups").get("0f2c").status = "realized"
```

```pql good
identityMap.get("ECID").exists(primary = true) and segmentMembership["ups"]["0f2c"].status = "realized"
```
"""

from __future__ import annotations

from pqltools.checks.registry import Rule
from pqltools.syntax.ast import FieldLookup, FunctionCall, StringLiteral
from pqltools.types.model import MapType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.diagnostics import Fix
    from pqltools.syntax.ast import Expr


def check(node: FieldLookup, context: Context) -> None:
    """See the page."""
    dots = context.typing.map_dots
    if id(node) not in dots or id(node.object) in dots:
        return
    context.report(
        node,
        f"{context.source(node.object)} is a map, and `{node.name}` a key",
        span=context.name_span(node),
        help=f'write `get("{node.name}")`',
        fixes=_fixes(node, context),
    )


def _fixes(node: FieldLookup, context: Context) -> tuple[Fix, ...]:
    """A fix for this step and those into further maps; none for the maps of an array, which `get` does not reach."""
    old, new = node, node.object
    above: object = node
    while isinstance(above, FieldLookup) and id(above) in context.typing.map_dots:
        if not isinstance(context.type(above.object), MapType):
            return ()
        old = above
        new = _got(new, above.name)
        above = context.parent(above)
    return context.replace(old, new, "use `get`", safe=True)


def _got(map: Expr, key: str) -> FunctionCall:
    return FunctionCall("get", (map, StringLiteral(key)))


RULE = Rule("PQL104", "map-dot", "warning", check, nodes=(FieldLookup,))
