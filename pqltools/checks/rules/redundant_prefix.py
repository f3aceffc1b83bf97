"""A prefix of a name says what is understood without it.

Two kinds are found. The namespace `xdm:` belongs to schemas in standard notation; PQL works on the names without it,
and Adobe's documents and the segment builder have dropped it. And `$1`, the profile, is where every path begins that
does not begin elsewhere.

```pql bad
xdm:homeAddress.xdm:countryCode = "US"
```

```pql fixed
homeAddress.countryCode = "US"
```

```pql bad
$1.homeAddress.countryCode = $1.workAddress.countryCode
```

```pql fixed
homeAddress.countryCode = workAddress.countryCode
```

Inside `[…]` and the like a bare name is a field of the item, so that `$1` is needed there; beside `$2` it shows which
is which. `profile.` is the custom of decisioning rules, and left alone. The rule reads text only: in pql/json, where
programs write the names, either form is customary.

```pql good
xEvent[placeContext.geo.countryCode = $1.homeAddress.countryCode] and profile.homeAddress.city = "Bath"
```
"""

from __future__ import annotations

from pqltools.checks.registry import Rule
from pqltools.diagnostics import Fix
from pqltools.records import replace
from pqltools.syntax.ast import FieldLookup, ParameterReference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.syntax.ast import Expr


def check(node: FieldLookup, context: Context) -> None:
    """See the page."""
    if context.text is None:
        return
    if node.name.startswith("xdm:"):
        _check_namespace(node, context)
    root = node.object
    if root.__class__ is ParameterReference and root.spelling == "$":
        _check_root(node, context)


def _check_namespace(node: FieldLookup, context: Context) -> None:
    """Report a path once, at its last name that has the prefix, and so with all of them."""
    above = context.parent(node)
    while isinstance(above, FieldLookup):
        if above.name.startswith("xdm:"):
            return
        above = context.parent(above)
    context.report(
        node,
        f"the prefix `xdm:` is redundant in {context.source(node)}",
        help="PQL uses the names without it",
        fixes=context.replace(node, _without_namespace(node), "remove `xdm:`", safe=True),
    )


def _without_namespace(node: FieldLookup) -> FieldLookup:
    below: Expr = node.object
    if isinstance(below, FieldLookup):
        below = _without_namespace(below)
    name = node.name.removeprefix("xdm:")
    return FieldLookup(below, f"_{name[1:]}" if name[:1] == "@" else name)


def _check_root(node: FieldLookup, context: Context) -> None:
    root = node.object
    if _has_other_parameters(context):
        return
    from pqltools.checks.fixing import edit

    change = edit(node, replace(node, object=replace(root, spelling="implicit")), context)
    if change is None or change.text.startswith(("$", "`")):
        return
    fix = Fix("remove `$1`", (change,), safe=True)
    context.report(node, "`$1` is redundant", span=root.span, help=f"write `{change.text}`", fixes=(fix,))


def _has_other_parameters(context: Context) -> bool:
    found: bool | None = context.known.get("other parameters")
    if found is None:
        nodes = context.typing.nodes
        found = any(isinstance(node, ParameterReference) and node.position > 1 for node in nodes)
        context.known["other parameters"] = found
    return found


RULE = Rule("PQL405", "redundant-prefix", "information", check, nodes=(FieldLookup,))
