"""What do all the rules say about one expression?  `check_tree`, the one way to run them."""

from __future__ import annotations

from pqltools.checks.context import Context
from pqltools.inference.infer import inferred

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.registry import Table
    from pqltools.checks.surroundings import Surroundings
    from pqltools.diagnostics import Diagnostic
    from pqltools.syntax.ast import Expr


def check_tree(tree: Expr, text: str | None, around: Surroundings, rules: Table) -> list[Diagnostic]:
    """What the rules find in `tree`, in the order of its nodes, each once.

    `text` is what the tree was parsed from, None if it was not. A tree that was put together by a program may hold one
    node in several places: then a copy is checked, and what is found speaks of nodes of the copy.
    """
    tree, typing = inferred(tree, around.schema.profile)
    context = Context(tree, text, typing, around)
    for rule in rules.root:
        context.rule = rule
        rule.check(tree, context)
    for node in typing.nodes:
        for rule in rules.rules(node):
            context.rule = rule
            rule.check(node, context)
    return _without_consequences(context) if context.found else []


def _without_consequences(context: Context) -> list[Diagnostic]:
    """The findings, without those of stage 2 about a part that holds an error of stage 1."""
    spoiled: set[int] = set()
    for diagnostic, rule, node in context.found:
        if rule.stage == 1 and diagnostic.severity == "error" and node is not None:
            spoiled.add(id(node))
            spoiled.update(map(id, context.ancestors(node)))
    # Rules without node types speak of the expression as a whole, of which one part may well be wrong.
    kept = {
        # Two places of a tree without text may have the same to say of them, and are two findings.
        (id(node), diagnostic): diagnostic
        for diagnostic, rule, node in context.found
        if rule.stage == 1 or not rule.nodes or id(node) not in spoiled
    }
    return sorted(kept.values(), key=lambda diagnostic: diagnostic.span or (0, 0))
