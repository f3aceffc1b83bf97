"""What is an answer about eligibility?  One result for each rule, and a report that sums them up."""

from __future__ import annotations

from pqltools.records import TYPE_CHECKING, Record, hint, record

if TYPE_CHECKING:
    from typing import Literal, TypeAlias

    from pqltools.source import Span
    from pqltools.syntax.ast import Node

    Method: TypeAlias = Literal["batch", "streaming", "edge"]
    Eligible: TypeAlias = Literal["yes", "no", "unknown"]

METHODS: tuple[Method, ...] = ("batch", "streaming", "edge")


@record
class RuleResult(Record):
    """What one rule says about one expression.

    `holds` is None where that cannot be told; `why` is the reason, which a rule that holds has none of. `nodes` show
    it. `says` is the rule in one sentence, `change` what makes it hold, `since` the day it came into force, `source`
    the document that publishes it. A rule of the `environment` is about things that no expression shows.
    """

    id: str
    holds: bool | None
    why: str
    says: str
    change: str
    since: str
    source: str
    environment: bool = False
    nodes: tuple[Node, ...] = hint(default=())

    @property
    def span(self) -> Span | None:
        """The place in the text, None if the rule is about the whole or there is no text."""
        return self.nodes[0].span if self.nodes else None


@record
class Report(Record):
    """Whether `method` can evaluate an expression, by the rules of the day `as_of` (None: the newest).

    `eligible` sums up what the expression shows: "no" if a rule is broken, "unknown" if one cannot be decided, else
    "yes". Rules of the environment count when they are known to be broken; when nothing is known about them they are
    what the answer `depends_on`.
    """

    method: Method
    eligible: Eligible
    rules: tuple[RuleResult, ...]
    as_of: str | None = None

    @property
    def broken(self) -> tuple[RuleResult, ...]:
        """The rules that do not hold."""
        return tuple([rule for rule in self.rules if rule.holds is False])

    @property
    def unsettled(self) -> tuple[RuleResult, ...]:
        """The rules about the expression that cannot be decided."""
        return tuple([rule for rule in self.rules if rule.holds is None and not rule.environment])

    @property
    def depends_on(self) -> tuple[RuleResult, ...]:
        """The rules about merge policy, organization and data that are not known to hold."""
        return tuple([rule for rule in self.rules if rule.holds is None and rule.environment])
