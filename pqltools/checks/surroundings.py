"""What is known besides the expression?  Schema, clock, other definitions, the method that is wanted, limits."""

from __future__ import annotations

from pqltools.records import Record, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from pqltools.checks.eligibility.model import Method
    from pqltools.syntax.ast import Expr
    from pqltools.xdm.schema import Schema


@record
class Segment(Record):
    """What `inSegment` may refer to: a definition's name, life cycle state, method and, if it parses, expression."""

    id: str
    name: str | None = None
    #: ``draft``, ``published``, ``inactive`` or ``deleted``; None if the definition does not say.
    state: str | None = None
    method: Method | None = None
    tree: Expr | None = None
    #: The definition's `evaluationInfo`, as decoded from its file; None if it has none.
    evaluation_info: object = None


@record
class Limits(Record):
    """Numbers that configuration may change: the most that passes without a finding.

    Where Adobe publishes a number, the comment names the page in AdobeDocs/experience-platform.en; others are ours.
    """

    #: Items in one list before `in` is very large. Ours.
    list_items: int = 1000
    #: Elements of one chain: help/segmentation/validation.md@0110567. An older text of the page (@d665ff7) allows 6.
    sequential_events: int = 3
    #: Aggregations in one expression: help/segmentation/validation.md@0110567.
    aggregations: int = 3
    #: Arrays and maps inside each other on one path: help/segmentation/validation.md@0110567.
    nested_levels: int = 2
    #: Clauses of the conjunctive normal form of one condition. Ours: Adobe refuses large ones and gives no number.
    logic_clauses: int = 1000
    #: Audiences in a sandbox: help/profile/guardrails.md@0063f08, 10,000 in batch with flexible schedules.
    audiences: int = 4000
    #: Audiences by streaming or on edge in a sandbox: help/profile/guardrails.md@0063f08.
    streaming_audiences: int = 500
    #: Audiences on edge in a sandbox: help/profile/guardrails.md@0063f08.
    edge_audiences: int = 150


@record
class Surroundings(Record):
    """The surroundings of one check.

    `now` is the instant of the check in milliseconds since 1970 UTC; `as_of` the day, ``YYYY-MM-DD``, whose rules of
    eligibility apply (None: the newest). `segments` are the definitions at hand by id, None if none were given;
    `segment` is the one that holds the expression. `places` are the JSON paths of nodes, by identity, for expressions
    that were read from a tree.
    """

    schema: Schema
    now: int
    method: Method | None = None
    as_of: str | None = None
    segments: Mapping[str, Segment] | None = None
    segment: Segment | None = None
    #: Whether the merge policy is active on edge, if that is known.
    active_on_edge: bool | None = None
    limits: Limits = Limits()
    places: Mapping[int, str] = {}
