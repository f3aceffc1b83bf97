"""What does an expression show that matters for its evaluation?  `facts`, each with the nodes that show it.

Only the expression is read; types add one thing, which fields lead to another entity. What PQL cannot show, the merge
policy or where data comes from, is no fact.
"""

from __future__ import annotations

from pqltools.checks.eligibility.events import MEMBERSHIP_FIELD, Finder
from pqltools.checks.field_paths import bare
from pqltools.records import Record, hint, record
from pqltools.syntax import ast
from pqltools.syntax.operators import AGGREGATES
from pqltools.syntax.walk import walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from pqltools.checks.eligibility.names import Event
    from pqltools.checks.eligibility.order import TimeOrder
    from pqltools.syntax.ast import Expr, Node
    from pqltools.types.model import Member

#: The namespace in `segmentMembership` of the definitions that the Segmentation Service evaluates.
OWN_NAMESPACE = "ups"
#: Functions that count as aggregations.
AGGREGATIONS = AGGREGATES | {"distinct"}
#: Functions whose value is more than a yes or no: they shape what a query returns.
_SHAPING = frozenset(("map", "groupBy", "mapEntry", "topN", "bottomN"))


@record
class Reference(Record):
    """A reference to another audience: its id, None if it is computed, and its namespace, None if there is none."""

    id: str | None
    namespace: str | None
    node: Node = hint(default=None)

    @property
    def is_audience_manager(self) -> bool:
        """Whether it is a segment or trait of Audience Manager."""
        return self.namespace is not None and self.namespace.lower().startswith("aam")

    @property
    def is_own(self) -> bool:
        """Whether it is a definition of the Segmentation Service."""
        return self.namespace is None or self.namespace.lower() == OWN_NAMESPACE


@record
class Facts(Record):
    """What one expression shows; see the fields of `events.Finder` for the first three.

    `references` are the audiences it refers to, by `inSegment` or by `segmentMembership`; `entities` the places where
    it leaves the profile for another entity; `ignore_year` the dates that are compared by month and day without the
    year, `part_of_date` those compared by one of the two. `shaping` are functions and literals that give more than a
    yes or no, `unread` the nodes of unknown kinds. `longest` is the number of elements in the longest chain.
    """

    events: tuple[Event, ...]
    profile: tuple[Node, ...]
    references: tuple[Reference, ...]
    entities: tuple[Node, ...]
    ignore_year: tuple[Node, ...]
    part_of_date: tuple[Node, ...]
    aggregations: tuple[Node, ...]
    shaping: tuple[Node, ...]
    unread: tuple[Node, ...]
    longest: int
    order: TimeOrder = hint(default=None)

    @property
    def outer_events(self) -> tuple[Event, ...]:
        """The event conditions that stand in no other's condition."""
        return tuple([event for event in self.events if event.outer is None])

    @property
    def all_negated(self) -> bool:
        """Whether there are event conditions, and the event part as a whole is a negation."""
        return bool(self.events) and all(event.negated for event in self.outer_events)

    @property
    def is_profile_only(self) -> bool:
        """Whether nothing but attributes of the profile is read, and at least one."""
        return bool(self.profile) and not (self.events or self.references or self.entities or self.unread)


def facts(tree: Expr, members: Mapping[int, Member] | None = None) -> Facts:
    """The facts of a tree that was read. `members` are the schema fields of its field lookups, by identity."""
    finder = Finder()
    finder.whole(tree)
    found = _Collector(members or {})
    for node in walk(tree):
        found.look(node)
    whole, part = found.dates()
    return Facts(
        tuple(finder.events),
        tuple(finder.profile),
        tuple(found.references),
        (*finder.others, *found.entities),
        whole,
        part,
        tuple(found.aggregations),
        tuple(found.shaping),
        tuple(found.unread),
        found.longest,
        order=finder.order,
    )


class _Collector:
    """The facts that need no scopes, from all nodes, parents first."""

    def __init__(self, members: Mapping[int, Member]) -> None:
        self.members = members
        self.references: list[Reference] = []
        self.entities: list[Node] = []
        self.aggregations: list[Node] = []
        self.shaping: list[Node] = []
        self.unread: list[Node] = []
        self.longest = 0
        #: Calls of getYear, getMonth and getDayOfMonth, by the path of the date.
        self._parts: dict[Node, dict[str, Node]] = {}
        #: Nodes inside a longer path that has been looked at.
        self._seen: set[int] = set()

    def look(self, node: Node) -> None:
        """Note what this node shows."""
        looks = _LOOKS.get(node.__class__)
        if looks is not None:
            looks(self, node)

    def field(self, node: ast.FieldLookup) -> None:
        """A field, which may lead to a membership, or away from the profile."""
        if id(node) not in self._seen:
            self.membership(node)
        if self.members and getattr(self.members.get(id(node.object)), "relationship", None) is not None:
            self.entities.append(node)

    def chain(self, node: ast.Chain) -> None:
        """A sequence of events."""
        self.longest = max(self.longest, len(node.elements))

    def aggregation(self, node: ast.ElementCount) -> None:
        """The number of events that a chain asks for."""
        self.aggregations.append(node)

    def shape(self, node: ast.ObjectLiteral) -> None:
        """A result with parts."""
        self.shaping.append(node)

    def entity(self, node: ast.ModelReference) -> None:
        """Another model than the profile."""
        self.entities.append(node)

    def unknown(self, node: ast.Opaque | ast.Hole) -> None:
        """A node that nobody can read."""
        self.unread.append(node)

    def call(self, node: ast.FunctionCall) -> None:
        """A call of any function."""
        name, arguments = node.function, node.arguments
        if name == "inSegment":
            texts = [item.value if isinstance(item, ast.StringLiteral) else None for item in arguments[:2]]
            segment, namespace = (*texts, None, None)[:2]
            self.references.append(Reference(segment, namespace, node=node))
        elif name == "get":
            if id(node) not in self._seen:
                self.membership(node)
        elif name == "modelInstances":
            self.entities.append(node)
        elif name in ("getYear", "getMonth", "getDayOfMonth") and len(arguments) == 1:
            self._parts.setdefault(arguments[0], {}).setdefault(name, node)
        if name in AGGREGATIONS:
            self.aggregations.append(node)
        if name in _SHAPING:
            self.shaping.append(node)

    def membership(self, node: ast.FieldLookup | ast.FunctionCall) -> None:
        """``segmentMembership.get("ups").get("id").status``, with dots or brackets: the longest path counts."""
        keys: list[str | None] = []
        step: Expr = node
        while True:
            self._seen.add(id(step))
            if isinstance(step, ast.FieldLookup):
                keys.append(bare(step.name))
                step = step.object
            elif isinstance(step, ast.FunctionCall) and step.function == "get" and len(step.arguments) == 2:
                step, key = step.arguments
                keys.append(key.value if isinstance(key, ast.StringLiteral) else None)
            else:
                break
        if keys and keys[-1] == MEMBERSHIP_FIELD and _is_profile(step):
            namespace, segment = (*reversed(keys[:-1]), None, None)[:2]
            self.references.append(Reference(segment, namespace, node=node))

    def dates(self) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
        """The places where a date is compared by month and day, and those by one of them, both without the year."""
        yearless = [calls for calls in self._parts.values() if "getYear" not in calls]
        whole = [calls["getMonth"] for calls in yearless if len(calls) == 2]
        return tuple(whole), tuple([node for calls in yearless if len(calls) == 1 for node in calls.values()])


def _is_profile(node: Expr) -> bool:
    """Whether a path with this root and this first name is surely the profile's; a named parameter counts as well."""
    return isinstance(node, ast.VariableReference) or (isinstance(node, ast.ParameterReference) and node.position == 1)


_LOOKS: dict[type, Callable[[_Collector, Any], None]] = {
    ast.FunctionCall: _Collector.call,
    ast.FieldLookup: _Collector.field,
    ast.Chain: _Collector.chain,
    ast.ElementCount: _Collector.aggregation,
    ast.ObjectLiteral: _Collector.shape,
    ast.ModelReference: _Collector.entity,
    ast.Opaque: _Collector.unknown,
    ast.Hole: _Collector.unknown,
}
