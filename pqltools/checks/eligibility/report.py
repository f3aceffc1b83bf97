"""Can a method evaluate this expression?  `report`, rule by rule, and `as_data`, the same for JSON.

Rules of the environment (merge policy, scheduled segmentation, sources of the data) are not visible in PQL. If nothing
is known about them they do not turn a "yes" into "unknown", or there would be no other answer: the report lists them as
what the answer depends on. If they are known to be broken the answer is "no".
"""

from __future__ import annotations

from pqltools.checks.eligibility.facts import facts
from pqltools.checks.eligibility.model import Report, RuleResult
from pqltools.checks.eligibility.rules import period

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from pqltools.checks.context import Context
    from pqltools.checks.eligibility.facts import Facts
    from pqltools.checks.eligibility.model import Eligible, Method
    from pqltools.checks.surroundings import Surroundings
    from pqltools.source import Source
    from pqltools.syntax.ast import Expr
    from pqltools.types.model import Member


def report(tree: Expr, method: Method, around: Surroundings, members: Mapping[int, Member] | None = None) -> Report:
    """Whether `method` can evaluate `tree`, by the rules of the day `around.as_of`.

    `members` are the schema fields of the tree's field lookups, by identity, as inference finds them
    (`Typing.members`); with them a field of another entity is recognized. Raises ValueError if `as_of` is no day.
    """
    return judge(facts(tree, members), method, around)


def judge(shown: Facts, method: Method, around: Surroundings) -> Report:
    """The same for facts that are known already."""
    results = []
    for criterion in period(method, around.as_of).criteria:
        verdict = criterion.test(shown, around)
        results.append(
            RuleResult(
                criterion.id,
                verdict.holds,
                verdict.why,
                criterion.says,
                criterion.change,
                criterion.since,
                criterion.source,
                criterion.environment,
                nodes=verdict.nodes,
            )
        )
    return Report(method, _eligible(results), tuple(results), around.as_of)


def report_in(context: Context) -> Report | None:
    """The report for the method that is wanted of the expression under check, None if none is, or batch.

    The answer for the context that was asked about last is kept: more than one rule asks.
    """
    global _last
    method = context.around.method
    if method is None or method == "batch":
        return None
    if _last is None or _last[0] is not context:
        _last = context, report(context.tree, method, context.around, context.typing.members)
    return _last[1]


_last: tuple[Context, Report] | None = None


def _eligible(results: list[RuleResult]) -> Eligible:
    if any(result.holds is False for result in results):
        return "no"
    return "unknown" if any(result.holds is None and not result.environment for result in results) else "yes"


def as_data(report: Report, source: Source | None = None, places: Mapping[int, str] | None = None) -> dict[str, Any]:
    """A report as data for JSON.

    `at` says where a rule is broken or cannot be decided: line and column from 1 in `source`, if that is given, the
    JSON path from `places` in a tree, None for the expression as a whole. `fix` is what to change for a "yes".
    """
    return {
        "method": report.method,
        "asOf": report.as_of,
        "eligible": report.eligible,
        "rules": [_rule(rule, source, places or {}) for rule in report.rules],
        "dependsOn": [{"id": rule.id, "why": rule.why, "change": rule.change} for rule in report.depends_on],
        "fix": list(dict.fromkeys([rule.change for rule in report.broken])),
    }


def _rule(rule: RuleResult, source: Source | None, places: Mapping[int, str]) -> dict[str, Any]:
    return {
        "id": rule.id,
        "holds": rule.holds,
        "at": _place(rule, source, places),
        "says": rule.says,
        "why": rule.why or None,
        "since": rule.since or None,
        "source": rule.source,
    }


def _place(rule: RuleResult, source: Source | None, places: Mapping[int, str]) -> dict[str, Any] | None:
    if source is not None and rule.span is not None:
        line, column = source.line_column(rule.span[0])
        return {"line": line, "col": column}
    path = places.get(id(rule.nodes[0])) if rule.nodes else None
    return None if path is None else {"path": path}
