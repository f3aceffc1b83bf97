"""Which conditions about events does an expression have?  Every form in which one can be written, found in one walk.

Events are what ``xEvent`` (or ``timeSeriesEvents``) holds, and what is selected, filtered, grouped or named from it. A
condition is an element of a chain over them, a variable of `select` or a quantifier that ranges over them, or a use of
the list itself: ``xEvent[…]``, ``xEvent.exists(…)``, ``xEvent.count() > 3``, ``xEvent.device.model = "x"``.

A condition is negated if no event may match: under `not`, in ``none`` and ``forall``, with ``count() = 0``, ``< 1`` or
``isNull()``, as a negated chain element. A limit such as ``count() < 3`` is a count of events, not a negation.
"""

from __future__ import annotations

from pqltools.checks.eligibility.names import MOST_HOPS, Branch, Event, Lazy, Many, Root, Scope
from pqltools.checks.eligibility.order import TimeOrder, pairs
from pqltools.checks.eligibility.windows import NO_WINDOW, Window, both, bounds, either, look_back
from pqltools.checks.field_paths import bare
from pqltools.syntax import ast
from pqltools.syntax.operators import COMPARISONS
from pqltools.syntax.walk import children

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from pqltools.checks.eligibility.names import Meaning
    from pqltools.checks.eligibility.windows import Bounds
    from pqltools.syntax.ast import Expr, Node

EVENT_FIELDS = frozenset(("xEvent", "timeSeriesEvents"))
MEMBERSHIP_FIELD = "segmentMembership"
#: Functions of a list whose value is a list of some of its items, of groups of them, or of what is made of them.
_LISTS = frozenset("filter distinct topN bottomN intersection values groupBy map head get".split())
#: Functions of a list that use it up.
_USES = frozenset(("exists", "count", "sum", "average", "min", "max", "isNull", "isNotNull"))
_MIRRORED = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


class Finder:
    """One walk. `visit` looks at a part in its place; `many` also says which list of events it is, if it is one.

    Recursion takes two frames a level, and no tree that was read is deeper than `limits.HIGHEST_DEPTH`.
    """

    def __init__(self) -> None:
        self.events: list[Event] = []
        #: Paths into the profile that lead neither to events nor to segment memberships.
        self.profile: list[Node] = []
        #: References to another parameter than the profile.
        self.others: list[Node] = []
        self.order = TimeOrder()
        self._outer: Event | None = None
        self._branch: Branch | None = None
        self._created = 0
        self._hops = 0

    def whole(self, tree: Expr) -> None:
        """The whole expression; the parameters of an outermost lambda are the expression's."""
        variables: dict[str, Meaning] = {}
        if isinstance(tree, ast.Lambda):
            variables = {name: Root(is_profile=not index) for index, name in enumerate(tree.parameters)}
            tree = tree.body
        self.visit(tree, Scope((), variables), False)
        self.events.sort(key=lambda event: event.index)

    # Places.

    def visit(self, node: Node, scope: Scope, negated: bool) -> None:
        """Look at a part whose value is used where it stands."""
        _VISITORS.get(node.__class__, Finder.parts)(self, node, scope, negated)

    def parts(self, node: Node, scope: Scope, negated: bool) -> None:
        """Look at what is inside a node."""
        for child in children(node):
            self.visit(child, scope, negated)

    def value(self, node: Expr, scope: Scope, negated: bool) -> None:
        """A path or a reference: a list of events, or something in the profile."""
        many = self.many(node, scope, negated)
        if many is not None:
            self.use(many, node, "value" if many.of is None else "exists")
        elif isinstance(node, ast.FieldLookup):
            step, first = _start(node)
            root = _root(step, scope)
            if root is None:
                self.visit(step, scope, negated)
            elif not root.is_profile:
                self.others.append(node)
            elif first != MEMBERSHIP_FIELD:
                self.profile.append(node)

    def reference(self, node: Expr, scope: Scope, negated: bool) -> None:
        """A reference that stands alone."""
        root = _root(node, scope)
        if root is None:
            self.value(node, scope, negated)
        else:
            (self.profile if root.is_profile else self.others).append(node)

    def lambda_(self, node: ast.ItemLambda | ast.Lambda, scope: Scope, negated: bool) -> None:
        """A lambda over something else than events."""
        self.over((node,), None, scope, negated)

    def over(self, arguments: tuple[Expr, ...], item: Meaning, scope: Scope, negated: bool) -> None:
        """The arguments of a function of a list with these items."""
        if isinstance(item, Many):
            item = Many(item.of, item.events, shared=True)
        for argument in arguments:
            if isinstance(argument, ast.ItemLambda):
                self.visit(argument.body, scope.item(item), negated)
            elif isinstance(argument, ast.Lambda):
                # The parameters for a map are key and value.
                names = argument.parameters if isinstance(item, Many) else argument.parameters[:1]
                self.visit(argument.body, scope.bind({**dict.fromkeys(argument.parameters), names[-1]: item}), negated)
            else:
                self.visit(argument, scope, negated)

    def let(self, node: ast.Let, scope: Scope, negated: bool) -> None:
        """The value counts where it is used, and once; a deep one where it stands, so that recursion stays bounded."""
        lazy = Lazy(node.value, scope)
        if lazy.is_deep:
            lazy.seen = True
            self.visit(node.value, scope, negated)
        self.visit(node.body, scope.bind({node.name: lazy}), negated)
        if not lazy.seen:
            self.visit(node.value, scope, negated)

    # Calls.

    def call(self, node: ast.FunctionCall, scope: Scope, negated: bool) -> None:
        """A call; `not`, `and` and `or` say how conditions hang together."""
        name, arguments = node.function, node.arguments
        if name in ("and", "or"):
            around = self._branch
            joined = name if not negated else "and" if name == "or" else "or"
            for operand in arguments:
                self._branch = Branch(joined, node, around)
                self.visit(operand, scope, negated)
            self._branch = around
        elif name in _LISTS and (many := self.many(node, scope, negated)) is not None:
            self.use(many, node, "value" if many.of is None else "exists")
        elif name in _USES and arguments:
            self.aggregate(node, scope, negated)
        elif name in COMPARISONS and len(arguments) == 2:
            self.compare(node, scope, negated)
        else:
            for argument in arguments:
                self.visit(argument, scope, negated ^ (name == "not"))

    def aggregate(self, node: ast.FunctionCall, scope: Scope, negated: bool, use: str | None = None) -> None:
        """``exists``, ``count`` and their like, over events or over something else."""
        name, receiver, rest = node.function, node.arguments[0], node.arguments[1:]
        many = self.many(receiver, scope, negated ^ (name == "isNull"))
        if many is None:
            for argument in node.arguments:
                self.visit(argument, scope, negated)
            return
        if name in ("exists", "count") and rest and isinstance(rest[0], ast.ItemLambda):
            many = self.narrowed(many, rest[0], scope, negated)
            rest = rest[1:]
        self.over(rest, many.of, scope, negated)
        ordinary = "exists" if name in ("exists", "isNull", "isNotNull") else "count" if name == "count" else "value"
        self.use(many, node, use or ordinary)

    def compare(self, node: ast.FunctionCall, scope: Scope, negated: bool) -> None:
        """A comparison, which may say that there is no event, or that there are some."""
        name, (left, right) = node.function, node.arguments
        if isinstance(left, ast.IntegerLiteral | ast.DoubleLiteral | ast.BooleanLiteral):
            name, left, right = _MIRRORED[name], right, left
        if isinstance(right, ast.BooleanLiteral) and name in ("=", "!="):
            self.visit(left, scope, negated ^ (right.value is not (name == "=")))
            return
        if isinstance(right, ast.IntegerLiteral | ast.DoubleLiteral):
            exists = _demanded(name, right.value)
            meaning = scope.meaning(left)
            if isinstance(meaning, Lazy) and not meaning.seen and self._hops < MOST_HOPS:
                meaning.seen = True
                self._hops += 1
                self.counted(meaning.value, meaning.scope, negated, exists)
                self._hops -= 1
                return
            self.counted(left, scope, negated, exists)
            return
        self.visit(left, scope, negated)
        self.visit(right, scope, negated)

    def counted(self, node: Expr, scope: Scope, negated: bool, exists: bool | None) -> None:
        """What is compared with a number; `exists` says what that asks for if it is a count."""
        if isinstance(node, ast.FunctionCall) and node.function == "count" and node.arguments:
            self.aggregate(node, scope, negated ^ (exists is False), None if exists is None else "exists")
        else:
            self.visit(node, scope, negated)

    # Lists of events.

    def many(self, node: Expr, scope: Scope, negated: bool) -> Many | None:
        """The list of events that `node` is, or is made of. If it is None, `node` has not been looked at yet."""
        match node:
            case ast.FieldLookup(object, name):
                root = _root(object, scope)
                if root is not None and root.is_profile and bare(name) in EVENT_FIELDS:
                    event = self.new(node, negated)
                    return Many(event, (event,))
                inner = None if root is not None else self.many(object, scope, negated)
                return None if inner is None else Many(None, inner.events, shared=inner.shared)
            case ast.FunctionCall(name, (receiver, *rest)) if name in _LISTS:
                inner = self.many(receiver, scope, negated)
                return None if inner is None else self.list_of(name, inner, tuple(rest), scope, negated)
            case ast.VariableReference() | ast.ItemReference():
                meaning = scope.meaning(node)
                found = self.lazy(meaning, negated) if isinstance(meaning, Lazy) else meaning
                return Many(found.of, found.events, shared=True) if isinstance(found, Many) else None
            case ast.Select():
                return self.clauses(node, scope, negated)
        return None

    def list_of(self, name: str, many: Many, rest: tuple[Expr, ...], scope: Scope, negated: bool) -> Many:
        """What a function of a list makes of a list of events."""
        if name == "filter" and rest and isinstance(rest[0], ast.ItemLambda):
            return self.narrowed(many, rest[0], scope, negated)
        self.over(rest, many.of, scope, negated)
        if name == "groupBy":
            return Many(many, many.events, shared=many.shared)
        if name in ("head", "get"):
            return Many(many.of.of if isinstance(many.of, Many) else None, many.events, shared=many.shared)
        return Many(None if name == "map" else many.of, many.events, shared=many.shared)

    def lazy(self, lazy: Lazy, negated: bool) -> Many | None:
        """The list of events that a variable of `let` is. Its value is looked at when it is first used."""
        if not lazy.seen and self._hops < MOST_HOPS:
            lazy.seen = True
            self._hops += 1
            lazy.found = self.many(lazy.value, lazy.scope, negated)
            if lazy.found is None:
                self.visit(lazy.value, lazy.scope, negated)
            self._hops -= 1
        return lazy.found

    def narrowed(self, many: Many, condition: ast.ItemLambda, scope: Scope, negated: bool) -> Many:
        """The list of those events that fulfil a condition."""
        if not isinstance(many.of, Event):
            self.over((condition,), many.of, scope, negated)
            return many
        event = self.derived(many.of, many.of.node, negated) if many.shared else many.of
        inner = scope.item(event)
        self.inside(event, condition.body, inner, negated)
        event.window = event.window.narrowed(bounds(condition.body, inner).get(event))
        return Many(event, (event, *many.events[1:]))

    def new(self, node: Node, negated: bool, window: Window = NO_WINDOW) -> Event:
        """An event condition that is not in use yet."""
        self._created += 1
        return Event(node, negated, window, self._created, self._outer, self._branch)

    def derived(self, event: Event, node: Node, negated: bool) -> Event:
        """Another condition about the same events."""
        return self.new(node, negated, event.window)

    def use(self, many: Many, node: Node | None = None, use: str = "exists") -> None:
        """A list of events is used: what it is made from counts."""
        for index, event in enumerate(many.events):
            if not event.used:
                event.used = True
                self.events.append(event)
                if node is not None and event.name is None and not index:
                    event.node = node
            if not index and event.use == "exists":
                event.use = use

    def inside(self, event: Event | None, condition: Expr, scope: Scope, negated: bool) -> None:
        """A condition on an event, which may hold conditions on others."""
        around = self._outer
        self._outer = event or around
        self.visit(condition, scope, negated)
        self._outer = around
        for one, other in pairs(condition, scope):
            self.order.put(one, other)

    # Binders.

    def quantification(self, node: ast.Select | ast.Quantification, scope: Scope, negated: bool) -> None:
        """Conditions about the events that variables range over."""
        self.use(self.clauses(node, scope, negated))

    def clauses(self, node: ast.Select | ast.Quantification, scope: Scope, negated: bool) -> Many:
        """The events that the variables range over; ``forall`` asks that there be none without the condition."""
        quantifier = node.quantifier if isinstance(node, ast.Quantification) else "some"
        inner = scope.copy()
        events: list[Event] = []
        found: list[Bounds] = []
        item: Meaning = None
        for clause in node.variables:
            item = self.clause(clause, inner, negated ^ (quantifier in ("none", "all")), events)
            inner.variables[clause.name] = item
            if clause.condition is not None:
                event = item if isinstance(item, Event) else None
                self.inside(event, clause.condition, inner, negated ^ (quantifier == "none"))
                found.append(bounds(clause.condition, inner, negated=quantifier == "all"))
        windows = either(found) if quantifier == "all" else both(found)
        for event in events:
            event.window = event.window.narrowed(windows.get(event))
        of = None if len(node.variables) > 1 or isinstance(item, Lazy | Root) else item
        return Many(of, tuple(events))

    def clause(self, node: ast.VariableDeclaration, scope: Scope, negated: bool, events: list[Event]) -> Meaning:
        """What a variable stands for; `events` gets those that it ranges over."""
        many = self.many(node.source, scope, negated)
        if many is None:
            self.visit(node.source, scope, negated)
            return None
        if not isinstance(many.of, Event):
            events += many.events
            return None if many.of is None else Many(many.of.of, many.of.events, shared=True)
        event = self.derived(many.of, node, negated) if many.shared else many.of
        event.name, event.node = node.name, node
        events += (event, *many.events[1:])
        return event

    def chain(self, node: ast.Chain, scope: Scope, negated: bool) -> None:
        """Each element is a condition of its own, in strict order with those before it."""
        many = self.many(node.array, scope, negated)
        if many is None or not isinstance(many.of, Event):
            self.parts(node, scope, negated)
            return
        inner = scope.copy()
        previous: Event | None = None
        for element in node.elements:
            none = element.count is not None and _demanded(*_count(element.count)) is False
            event = self.derived(many.of, element, negated ^ element.negated ^ none)
            event.name = element.name
            self.element(event, element, inner, event.negated)
            inner.variables[element.name] = event
            if previous is not None:
                self.order.put(previous, event)
            previous = event

    def element(self, event: Event, node: ast.ChainElement, scope: Scope, negated: bool) -> None:
        """One element of a chain."""
        for part in (node.what, node.where):
            if part is not None:
                inner = scope.item(event)
                self.inside(event, part.body, inner, negated)
                event.window = event.window.narrowed(bounds(part.body, inner).get(event))
        if node.when is not None:
            self.visit(node.when, scope, negated)
            event.window = event.window.narrowed(look_back(node.when, scope))
        if node.count is not None:
            self.visit(node.count.value, scope, negated)
            event.use = "exists" if _demanded(*_count(node.count)) is not None else "count"
        self.use(Many(event, (event,)))


def _start(path: ast.FieldLookup) -> tuple[Expr, str]:
    """What a path starts from, and its first name."""
    step: Expr = path
    name = ""
    while isinstance(step, ast.FieldLookup):
        name, step = step.name, step.object
    return step, bare(name)


def _root(node: Expr, scope: Scope) -> Root | None:
    """The parameter of the expression that this is."""
    if isinstance(node, ast.ParameterReference):
        return Root(is_profile=node.position == 1)
    meaning = scope.meaning(node)
    return meaning if isinstance(meaning, Root) else None


def _demanded(comparison: str, count: float | None) -> bool | None:
    """Whether a comparison with a count asks for any item at all (True), for none (False), or for a number (None)."""
    if count is None:
        return None
    if (comparison, count) in ((">", 0), (">=", 1), ("!=", 0)):
        return True
    return False if (comparison, count) in (("=", 0), ("<", 1), ("<=", 0)) else None


def _count(node: ast.ElementCount) -> tuple[str, float | None]:
    return node.comparison, node.value.value if isinstance(node.value, ast.IntegerLiteral) else None


_VISITORS: dict[type, Callable[[Finder, Any, Scope, bool], None]] = {
    ast.FunctionCall: Finder.call,
    ast.FieldLookup: Finder.value,
    ast.ParameterReference: Finder.reference,
    ast.VariableReference: Finder.reference,
    ast.ItemReference: Finder.reference,
    ast.ItemLambda: Finder.lambda_,
    ast.Lambda: Finder.lambda_,
    ast.Let: Finder.let,
    ast.Select: Finder.quantification,
    ast.Quantification: Finder.quantification,
    ast.Chain: Finder.chain,
}
