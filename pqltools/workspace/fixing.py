"""What does an expression become when its fixes are applied?  Round after round, until nothing is left to apply.

In each round the fixes that do not touch each other are applied together, and the result is checked again, which both
finds what a fix has made possible and proves that it broke nothing. Should one break the expression, the fixes of the
round are tried one by one, and that one is left out and reported (PQL065), for it is a mistake of ours.
"""

from __future__ import annotations

from pqltools.diagnostics import Diagnostic, PQLError, apply_edits
from pqltools.records import Record, record
from pqltools.workspace.selection import is_syntax_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeAlias

    from pqltools.diagnostics import Fix
    from pqltools.source import Span
    from pqltools.syntax.ast import Expr

    #: A finding and the one of its fixes that is to be applied.
    Choice: TypeAlias = tuple[Diagnostic, Fix]

#: More rounds than that mean that two fixes undo each other.
ROUNDS = 30


@record
class Checked(Record):
    """An expression and its findings, with places in the expression. `tree` is None if it cannot be read."""

    value: str
    tree: Expr | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def errors(self) -> int:
        """How many faults keep the expression from being read."""
        return sum(map(is_syntax_error, self.diagnostics))


@record
class Fixed(Record):
    """What has become of an expression: its last check, the codes of all fixes applied, and what went wrong."""

    checked: Checked
    applied: tuple[str, ...]
    failed: tuple[Diagnostic, ...]


def fix_expression(start: Checked, check: Callable[[str], Checked], *, unsafe: bool) -> Fixed:
    """Apply the fixes of `start` and of all that follows from it; `check` reads and checks a changed expression.

    Safe fixes only, unless `unsafe`. The first applicable fix of a finding is the one that is meant.
    """
    now = start
    applied: list[str] = []
    failed: dict[tuple[str, str, str], Diagnostic] = {}
    seen = {start.value}
    for _ in range(ROUNDS):
        chosen = _choose(now, unsafe, failed)
        if not chosen:
            break
        after = _attempt(now, chosen, check)
        if after is None:
            after, chosen = _one_by_one(now, chosen, check, failed)
        if not chosen or after.value in seen:
            break
        seen.add(after.value)
        now = after
        applied += [diagnostic.code for diagnostic, _ in chosen]
    return Fixed(now, tuple(applied), tuple(failed.values()))


def _choose(now: Checked, unsafe: bool, failed: Iterable[tuple[str, str, str]]) -> list[Choice]:
    """The fixes that can be applied together, in the order of the findings."""
    chosen: list[Choice] = []
    spans: list[Span] = []
    nodes: set[int] = set()
    for diagnostic in now.diagnostics:
        fix = next((fix for fix in diagnostic.fixes if fix.safe or unsafe), None)
        if fix is None or _key(diagnostic, fix) in failed:
            continue
        if fix.edits:
            wanted = [edit.span for edit in fix.edits]
            if not any(_touch(span, other) for span in wanted for other in spans):
                spans += wanted
                chosen.append((diagnostic, fix))
        elif fix.nodes and now.tree is not None:
            below = _identities(fix)
            if not below & nodes:
                nodes |= below
                chosen.append((diagnostic, fix))
    return chosen


def _key(diagnostic: Diagnostic, fix: Fix) -> tuple[str, str, str]:
    return diagnostic.code, diagnostic.message, fix.title


def _touch(one: Span, other: Span) -> bool:
    """Whether two spans overlap, or are so near that the order of their edits would matter."""
    return one[0] <= other[1] and other[0] <= one[1]


def _identities(fix: Fix) -> set[int]:
    """The nodes that a fix replaces, with all that is in them."""
    from pqltools.syntax.walk import walk

    return {id(node) for old, _ in fix.nodes for node in walk(old)}


def _attempt(now: Checked, chosen: list[Choice], check: Callable[[str], Checked]) -> Checked | None:
    """The expression with these fixes, None if they break it."""
    try:
        value = applied(now, chosen)
    except PQLError:
        return None
    if value is None or value == now.value:
        return None
    after = check(value)
    # Of an expression that could not be read before, it is enough that less is wrong with it.
    good = after.tree is not None if now.tree is not None else after.errors < now.errors
    return after if good else None


def _one_by_one(
    now: Checked, chosen: list[Choice], check: Callable[[str], Checked], failed: dict[tuple[str, str, str], Diagnostic]
) -> tuple[Checked, list[Choice]]:
    """The expression with the first of the fixes that does not break it; those before it are noted in `failed`."""
    for choice in chosen:
        after = _attempt(now, [choice], check)
        if after is not None:
            return after, [choice]
        diagnostic, fix = choice
        failed[_key(diagnostic, fix)] = Diagnostic(
            "PQL065",
            f"the fix `{fix.title}` of {diagnostic.code} would break the expression and is not applied",
            diagnostic.span,
            "information",
            "this is a fault of pqltools; please report it with the expression",
            path=diagnostic.path,
        )
    return now, []


def applied(now: Checked, chosen: list[Choice]) -> str | None:
    """The expression with these fixes, whatever they make of it; None if they have nothing to change in it."""
    if chosen[0][1].edits:
        return apply_edits(now.value, [edit for _, fix in chosen for edit in fix.edits])
    if now.tree is None:
        return None
    from pqltools.checks.rewriting import rewrite
    from pqltools.formats.pql_json import to_json_bytes

    new = {id(old): node for _, fix in chosen for old, node in fix.nodes}
    tree = rewrite(now.tree, new)
    # A tree that is laid out stays so, if not to the blank.
    return to_json_bytes(tree, pretty="\n" in now.value.strip()).decode()
