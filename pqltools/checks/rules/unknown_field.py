"""The schema has no field of this name.

A path that leads nowhere is null for every profile. On the platform the segment cannot be saved, or it is saved and
stays empty. Mostly the name is misspelt, in the wrong case, or stands one level too high or too low.

With your own union schema this is an error. The embedded table of standard fields knows nothing of your own fields, so
with that alone it is a warning, and nothing is said of names that begin with `_`, of what is below `_experience`, and
of `offer` in decisioning rules.

```pql bad
homeAdress.country = "US"
```

```pql fixed
homeAddress.country = "US"
```

```pql bad
person.name.firstNames = "Ann" or homeAddress.city.name = "Bath"
```

```pql bad
select X from xEvent where eventType = "commerce.purchases"
```

```pql fixed
select X from xEvent where X.eventType = "commerce.purchases"
```

```pql good
homeAddress.country = "US" and _acme.loyalty.tier = "gold"
```

There is one message for a path, at the first name that leads nowhere. A fix is offered if the name is misspelt and only
one field can have been meant, or if the variable was forgotten. It is never safe: what was null for everyone gets a
meaning.
"""

from __future__ import annotations

from pqltools.checks.missing import missing, name_place
from pqltools.checks.registry import Rule
from pqltools.syntax.ast import FieldLookup, StringLiteral, VariableReference
from pqltools.types.model import ObjectType, Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.checks.missing import Missing
    from pqltools.diagnostics import Fix
    from pqltools.syntax.ast import Expr
    from pqltools.types.model import Type

#: How alike two names are that differ by a slip of the pen, from 0 to 1.
_ALIKE = 0.85
#: Where a scalar's name needs other words.
_WORDS = {"Integer": "an integer"}


def check(tree: Expr, context: Context) -> None:
    """See the page."""
    for fault in missing(context, "field"):
        if isinstance(fault.owner, ObjectType):
            message = f"unknown field `{fault.name}`"
        else:
            message = f"{_kind(fault.owner)} has no field `{fault.name}`"
        context.report(
            fault.node,
            message,
            span=name_place(fault, context),
            help=_help(fault, context),
            severity="error" if fault.certain else "warning",
            fixes=_fixes(fault, context),
        )


def _kind(type: Type) -> str:
    if isinstance(type, Scalar):
        return _WORDS.get(type.name, f"a {type.name.lower()}")
    return "this value"


def _help(fault: Missing, context: Context) -> str | None:
    if fault.instead is not None:
        return f"did you mean `{'.'.join([fault.instead[0], *fault.path])}`?"
    texts = [
        f"`{fault.changed_step(suggestion.names) or _with_root(fault, suggestion.path)}`"
        for suggestion in fault.suggestions
    ]
    if texts:
        return f"did you mean {' or '.join(texts)}?"
    if fault.certain or not isinstance(fault.owner, ObjectType):
        return None
    return "it is no standard field; check with your own schema if it is one of yours"


def _with_root(fault: Missing, path: str) -> str:
    return f"{fault.root.name}.{path}" if isinstance(fault.root, VariableReference) else path


def _fixes(fault: Missing, context: Context) -> tuple[Fix, ...]:
    if fault.instead is not None:
        name, new = fault.instead
        for part in fault.path:
            new = FieldLookup(new, part)
        return context.replace(fault.top, new, f"write `{'.'.join([name, *fault.path])}`", safe=False)
    if len(fault.suggestions) != 1:
        return ()
    node, step = fault.node, fault.changed_step(fault.suggestions[0].names)
    if step is None or not _is_misspelt(fault.name, step):
        return ()
    if isinstance(node, FieldLookup):
        return context.rename(node, step, f"write `{step}`", safe=False)
    return context.replace(node.arguments[1], StringLiteral(step), f"write `{step}`", safe=False)


def _is_misspelt(name: str, meant: str) -> bool:
    """Whether the names differ by a letter or two, or in case only."""
    from difflib import SequenceMatcher

    return SequenceMatcher(None, name.lower(), meant.lower()).ratio() >= _ALIKE


RULE = Rule("PQL101", "unknown-field", "warning", check)
