"""Which parts of an expression depend on nothing but the profile, and which of those look at the same items?

The first are computed once, before the loops that they stand in. The second, aggregates of one selection such as a
count and a sum, are computed in one pass.
"""

from __future__ import annotations

from pqltools.inference.scopes import bound_for
from pqltools.records import replace
from pqltools.syntax import ast
from pqltools.syntax.walk import children, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    from pqltools.syntax.ast import Expr, FunctionCall, Node

    #: Names of variables, and how many scopes out items are, that a part uses and does not bind.
    Free: TypeAlias = tuple[frozenset[str], int]

#: What looks at items.
LOOPS = frozenset("exists filter map groupBy topN bottomN sum average min max count distinct head".split())
#: What is computed in passing, without keeping the items.
AGGREGATES = frozenset(("exists", "count", "sum", "average", "min", "max"))
#: The name of variables whose own name does not matter; no text has one like it.
CHOSEN = "\0"


def closed_loops(tree: Expr, parameters: Iterable[str]) -> set[int]:
    """The identities of the parts that look at items and depend on nothing that is bound within the expression."""
    found: set[int] = set()
    _visit(tree, frozenset(parameters), found)
    return found


def _visit(node: Node, given: frozenset[str], found: set[int]) -> Free:
    """What a part uses from outside; notes in `found` the loops that use nothing."""
    if isinstance(node, ast.VariableReference):
        return frozenset(() if node.name in given else (node.name,)), 0
    if isinstance(node, ast.ItemReference):
        return frozenset(), node.distance + 1
    names: frozenset[str] = frozenset()
    scopes = 0
    for child in children(node):
        used, depth = _visit(child, given, found)
        names |= used.difference(bound_for(node, child))
        scopes = max(scopes, depth)
    if isinstance(node, ast.ItemLambda) and scopes:
        scopes -= 1
    if not names and not scopes and _looks_at_items(node):
        found.add(id(node))
    return names, scopes


def _looks_at_items(node: Node) -> bool:
    if isinstance(node, ast.FunctionCall):
        return node.function in LOOPS
    return isinstance(node, ast.Select | ast.Quantification | ast.Chain)


def shared_sources(tree: Expr, closed: set[int]) -> dict[int, tuple[FunctionCall, ...]]:
    """The aggregates that look at the same selection, by the identity of each; only where there are several."""
    groups: dict[Expr, list[FunctionCall]] = {}
    for node in walk(tree):
        if not isinstance(node, ast.FunctionCall) or not _may_share(node, closed):
            continue
        # One that waits for another may wait for itself: the other may be of the same pass, or wait for one of it.
        if not any(_may_share(inner, closed) for argument in node.arguments[1:] for inner in walk(argument)):
            groups.setdefault(_nameless(node.arguments[0]), []).append(node)
    found = {}
    for group in groups.values():
        members = tuple(dict.fromkeys(group))
        if len(group) > 1:
            found.update(dict.fromkeys(map(id, group), members))
    return found


def _may_share(node: Node, closed: set[int]) -> bool:
    """Whether this is an aggregate of a selection that is the same wherever it stands."""
    if not isinstance(node, ast.FunctionCall) or node.function not in AGGREGATES or id(node) not in closed:
        return False
    return _is_selection(node.arguments[0]) and not isinstance(node.arguments[-1], ast.Lambda)


def _is_selection(source: Expr) -> bool:
    """Whether finding the items takes more than fetching an array."""
    match source:
        case ast.Select((clause,)):
            return clause.condition is not None
        case ast.FunctionCall("filter"):
            return True
    return False


def _nameless(source: Expr) -> Expr:
    """The source without the name of its variable, so that it is equal to others that differ in nothing else."""
    match source:
        case ast.Select((ast.VariableDeclaration(name, array, condition),)) if condition is not None:
            if name not in binders(condition):
                clause = ast.VariableDeclaration(CHOSEN, array, renamed(condition, name))
                return ast.Select((clause,))
    return source


def binders(tree: Expr) -> set[str]:
    """The names that are bound anywhere within a tree."""
    return {name for node in walk(tree) for child in children(node) for name in bound_for(node, child)}


def renamed(node: Expr, name: str) -> Expr:
    """The tree with another name, `CHOSEN`, for a variable that nothing in it binds."""
    if isinstance(node, ast.VariableReference):
        return ast.VariableReference(CHOSEN) if node.name == name else node
    changes: dict[str, object] = {}
    field: str
    for field in node.__match_args__:
        value = getattr(node, field)
        if isinstance(value, ast.Node):
            changes[field] = renamed(value, name)  # type: ignore[arg-type]
        elif isinstance(value, tuple) and value and isinstance(value[0], ast.Node):
            changes[field] = tuple([renamed(item, name) for item in value])
    return replace(node, **changes) if changes else node
