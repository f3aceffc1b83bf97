"""What is wrong across the clauses of a text?  What rules say that look at more than one, beside what each says."""

from __future__ import annotations

from pqltools.checks.rules import many_aggregations
from pqltools.syntax.ast import FunctionCall
from pqltools.workspace.live_parts import COUNTING, LOCAL, unspoiled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.checks.registry import Rule
    from pqltools.diagnostics import Diagnostic
    from pqltools.syntax.ast import Node
    from pqltools.workspace.expressions import Checker
    from pqltools.workspace.live_parts import Found, Part
    from pqltools.workspace.live_whole import Whole


class Finding:
    """All findings in a text whose clauses are judged."""

    def __init__(self, checker: Checker, context: Context, parts: list[Part], whole: Whole) -> None:
        self.checker = checker
        self.context = context
        self.parts = parts
        self.whole = whole

    def all(self) -> list[Diagnostic] | None:
        """The findings in the order of the runner; None if an error at a junction is about a part of a clause."""
        context, table = self.context, self.checker.table
        across: list[Found] = []
        for number, rule in enumerate(table.root):
            if rule.code not in LOCAL:
                across += self._run(rule, context.tree, (0, number))
        if self.whole.root is not None:
            across += self._at_junction(self.whole.root)
        for group in self.whole.groups.values():
            is_operand = self.whole.root is not None
            if group.found is None or group.is_operand != is_operand or not is_operand:
                group.found = self._at_junction(group.junction)
                group.is_operand = is_operand
            across += group.found
        across += self._counted()
        spoiled: set[int] = set()
        for part in self.parts:
            if part.spoiled:
                spoiled |= part.spoiled
        if spoiled:
            # What stands above a part with an error has one.
            spoiled.update(map(id, self._above_spoiled()))
        for _, rule, node, diagnostic in across:
            if rule.stage == 1 and diagnostic.severity == "error" and node is not None:
                return None
        found = unspoiled(across, spoiled)
        for part in self.parts:
            self._ask_late(part)
            found += part.found
            found += part.late_found
        found.sort(key=lambda it: (it[3].span or (0, 0), it[0]))
        return _told_once(found)

    def _at_junction(self, junction: FunctionCall) -> list[Found]:
        found: list[Found] = []
        for number, rule in enumerate(self.checker.table.rules(junction)):
            found += self._run(rule, junction, (1, junction.function == "and", number))
        return found

    def _run(self, rule: Rule, node: Node, rank: tuple[int, ...]) -> list[Found]:
        context = self.context
        context.rule = rule
        before = len(context.found)
        rule.check(node, context)
        return [(rank, rule, about, diagnostic) for diagnostic, rule, about in context.found[before:]]

    def _above_spoiled(self) -> list[Node]:
        above: list[Node] = []
        for part in self.parts:
            if part.spoiled:
                above += self.context.ancestors(part.tree)
        return above

    def _counted(self) -> list[Found]:
        rule = next((rule for rule in self.checker.table.rules(_COUNTED) if rule.code == COUNTING), None)
        if rule is None:
            return []
        counted = [node for part in self.parts for node in part.aggregations]
        self.context.known[many_aggregations.__name__] = counted
        limit = self.context.around.limits.aggregations
        return self._run(rule, counted[limit], (2, 1 << 30)) if len(counted) > limit else []

    def _ask_late(self, part: Part) -> None:
        """Ask the rules again that depend on what is tested for null and what stands beside, if that has changed."""
        if not part.late:
            return
        tested = self.context.typing.null_tested
        beside = part.beside
        if part.late_asked is tested and part.late_beside == beside and (beside is None or len(beside) <= _FEW):
            return
        found: list[Found] = []
        for rank, rule, node in part.late:
            found += self._run(rule, node, rank)
        part.late_found = unspoiled(found, part.spoiled)
        part.late_asked, part.late_beside = tested, beside


#: Beside more clauses than this the rules are asked each time.
_FEW = 50
#: Any node that the counting rule looks at.
_COUNTED = FunctionCall("count", ())


def _told_once(found: list[Found]) -> list[Diagnostic]:
    """The findings, without those that clauses repeat of which one is enough."""
    said: set[tuple[str, str]] = set()
    kept = []
    for _, rule, _, diagnostic in found:
        if rule.code in ("PQL107", "PQL311"):
            key = rule.code, diagnostic.message
            if key in said:
                continue
            said.add(key)
        kept.append(diagnostic)
    return kept
