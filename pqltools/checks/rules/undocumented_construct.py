"""The expression uses something that Adobe's documents do not have.

Some constructs are understood here because they have been seen in use, or because the language would have a gap without
them. Whether Adobe's service takes them is not known: it may refuse the definition, or understand something else. Each
is pointed out once in an expression.

```pql bad
xEvent[timestamp occurs before "2025-06-01T00:00:00Z"]
```
```pql good
xEvent[timestamp occurs before date(2025, 6, 1)]
```
```pql bad
CHAIN(xEvent, timestamp, [C0: WHAT(eventType = "commerce.purchases") COUNT(= 3)])
```
```pql good
CHAIN(xEvent, timestamp, [C0: WHAT(eventType = "commerce.purchases") COUNT(3)])
```
```pql bad
CHAIN(xEvent, timestamp, [C0: WHAT(eventType = "commerce.checkouts"),
  C1: NOT WHAT(eventType = "commerce.purchases"), C2: WHAT(eventType = "web.webpagedetails.pageViews")])
```

The others are `null`, windows of a sequence that are measured from an earlier element (`WHEN(<= 2 days after C0)`),
conditions in a sequence that use an earlier element, windows that reach to both sides (`<= 3 days from now`), and
`regexGroup` without the number of a group. So is a comment in a definition, whose text goes to the service as it is;
files that hold nothing but PQL may have as many as you like. Formatting keeps all of them as they are.

```yaml bad
id: 6a8a1c9e-52c5-4a4e-8f4f-1c8f0a5f7b10
name: Customers in the US
expression: {type: PQL, format: pql/text, value: homeAddress.countryCode = "US" // since the relaunch}
```
"""

from __future__ import annotations

from pqltools.checks.constants import TESTS
from pqltools.checks.operands import is_surely_condition
from pqltools.checks.registry import Rule
from pqltools.syntax.ast import (
    Chain,
    ChainElement,
    ElementCount,
    FunctionCall,
    NullLiteral,
    StringLiteral,
    TimeWindow,
    VariableReference,
)
from pqltools.syntax.parser import comments
from pqltools.syntax.walk import walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, TypeAlias

    from pqltools.checks.context import Context
    from pqltools.syntax.ast import Expr, Node

    #: Where something undocumented stands, and what it is.
    Places: TypeAlias = Sequence[tuple[Node, str]]

_HELP = "Adobe's documents do not have this; its service may refuse it"


def check(tree: Expr, context: Context) -> None:
    """Report each undocumented construct where it first occurs."""
    seen: set[str] = set()
    for node in context.typing.nodes:
        find = _CONSTRUCTS.get(node.__class__)
        if find is None:
            continue
        for place, what in find(node, context):
            if what not in seen:
                seen.add(what)
                context.report(place, f"{what} is not documented", help=_HELP)
    text = context.text
    in_definition = context.around.segment is not None
    if in_definition and text is not None and ("//" in text or "/*" in text):
        found = comments(text)
        if found:
            help = "Adobe's documents know no comments; converting to pql/json leaves them out"
            context.report(found[0], "a comment is not documented", help=help)


def _null(node: NullLiteral, context: Context) -> Places:
    parent = context.parent(node)
    # A test of null never holds, which `constant-condition` says.
    if (isinstance(parent, FunctionCall) and parent.function in TESTS) or is_surely_condition(node, context):
        return ()
    return ((node, "the literal `null`"),)


def _window(node: TimeWindow, context: Context) -> Places:
    found: list[tuple[Node, str]] = []
    for time in (node.time, node.end):
        if isinstance(time, StringLiteral):
            found.append((time, "a string as a time"))
    if node.relation == "from":
        found.append((node, "a window to both sides (`from`)"))
    if isinstance(node.time, VariableReference) and isinstance(context.parent(node), ChainElement):
        found.append((node, "a window measured from another element"))
    return found


def _count(node: ElementCount, context: Context) -> Places:
    return () if node.comparison == ">=" else ((node, "a comparison in `COUNT`"),)


def _chain(node: Chain, context: Context) -> Places:
    found: list[tuple[Node, str]] = []
    names: set[str] = set()
    for element in node.elements:
        if element.negated:
            found.append((element, "a negated element (`NOT WHAT`)"))
        for scope in (element.what, element.where):
            if scope is not None and names:
                for part in walk(scope):
                    if isinstance(part, VariableReference) and part.name in names:
                        found.append((part, "a condition on an earlier element"))
        names.add(element.name)
    return found


def _call(node: FunctionCall, context: Context) -> Places:
    if node.function == "regexGroup" and len(node.arguments) == 2:
        return ((node, "`regexGroup` without a group"),)
    return ()


_CONSTRUCTS: dict[type, Callable[[Any, Context], Places]] = {
    NullLiteral: _null,
    TimeWindow: _window,
    ElementCount: _count,
    Chain: _chain,
    FunctionCall: _call,
}

RULE = Rule("PQL311", "undocumented-construct", "information", check)
