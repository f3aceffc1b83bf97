"""What does a name stand for?  An event, a list of events, a value to be looked at, the profile, or nothing here."""

from __future__ import annotations

from pqltools.syntax.ast import ItemReference, VariableReference
from pqltools.syntax.walk import depth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from pqltools.checks.eligibility.windows import Bounds, Window
    from pqltools.syntax.ast import Expr, Node

    #: None: something that is no event.
    Meaning: TypeAlias = "Event | Many | Lazy | Root | None"

#: So many values of `let` that lead to each other are followed, and so deep ones, which bounds recursion.
MOST_HOPS = 6
MOST_LEVELS = 24


class Event:
    """One condition about events: `node` shows it, `name` is its variable or chain element, `window` its look-back.

    `use` is "exists" where some event must match, "count" where a number of them must, "value" where a value is taken
    from them. `negated`: no event may match. `outer` is the event whose condition holds this one, `branch` says where
    in the and/or structure it stands. Conditions that are not `used` do not count.
    """

    __slots__ = ("branch", "index", "name", "negated", "node", "outer", "use", "used", "window")

    def __init__(
        self, node: Node, negated: bool, window: Window, index: int, outer: Event | None, branch: Branch | None
    ) -> None:
        self.node = node
        self.negated = negated
        self.window = window
        self.index = index
        self.outer = outer
        self.branch = branch
        self.name: str | None = None
        self.use = "exists"
        self.used = False


class Many:
    """A list of `of`: events, lists of events (groups), or values taken from events.

    `events` are what it is made from, the first one that the items are, or come from. A `shared` list has a name and
    may be used more than once, so that narrowing it makes other events.
    """

    __slots__ = ("events", "of", "shared")

    def __init__(self, of: Event | Many | None, events: tuple[Event, ...], *, shared: bool = False) -> None:
        self.of = of
        self.events = events
        self.shared = shared


class Lazy:
    """The value of a `let`, in the scope of the `let`. A deep one is not followed."""

    __slots__ = ("bounds", "found", "is_deep", "scope", "seen", "value")

    def __init__(self, value: Expr, scope: Scope) -> None:
        self.value = value
        self.scope = scope
        self.is_deep = depth(value, MOST_LEVELS) > MOST_LEVELS
        #: Whether the value has been visited.
        self.seen = False
        #: The list that it is, if it is one of events.
        self.found: Many | None = None
        #: What it says about events, as it stands and negated.
        self.bounds: dict[bool, Bounds] = {}


class Root:
    """A parameter of the whole expression."""

    __slots__ = ("is_profile",)

    def __init__(self, *, is_profile: bool) -> None:
        self.is_profile = is_profile


class Branch:
    """An operand of `and` or `or` in the branch `parent`; `joined` says which, after negations are worked in."""

    __slots__ = ("depth", "joined", "node", "parent")

    def __init__(self, joined: str, node: Node, parent: Branch | None) -> None:
        self.joined = joined
        self.node = node
        self.parent = parent
        self.depth: int = 0 if parent is None else parent.depth + 1


def alternatives(first: Branch | None, second: Branch | None) -> bool:
    """Whether two places are in different operands of one `or`."""
    before: tuple[Branch | None, Branch | None] = (None, None)
    while first is not second:
        if second is None or (first is not None and first.depth > second.depth):
            before, first = (first, before[1]), first.parent  # type: ignore[union-attr]
        elif first is None or second.depth > first.depth:
            before, second = (before[0], second), second.parent
        else:
            before, first, second = (first, second), first.parent, second.parent
    one, other = before
    return one is not None and other is not None and one.node is other.node and one.joined == "or"


class Scope:
    """The names at one place: variables, and the items of the enclosing item scopes, the innermost last."""

    __slots__ = ("items", "variables")

    def __init__(self, items: tuple[Meaning, ...], variables: dict[str, Meaning]) -> None:
        self.items = items
        self.variables = variables

    def item(self, meaning: Meaning) -> Scope:
        """This scope inside an item scope over such items."""
        return Scope((*self.items, meaning), self.variables)

    def bind(self, variables: dict[str, Meaning]) -> Scope:
        """This scope with more variables."""
        return Scope(self.items, {**self.variables, **variables})

    def copy(self) -> Scope:
        """This scope, to which variables may be added."""
        return Scope(self.items, dict(self.variables))

    def meaning(self, node: Expr) -> Meaning:
        """What a reference stands for, None for any other node."""
        if isinstance(node, VariableReference):
            return self.variables.get(node.name)
        if isinstance(node, ItemReference) and node.distance < len(self.items):
            return self.items[-1 - node.distance]
        return None

    def event(self, node: Expr) -> Event | None:
        """The event that a reference stands for, also by way of `let`."""
        meaning = self.meaning(node)
        for _ in range(MOST_HOPS):
            if not isinstance(meaning, Lazy):
                break
            meaning = meaning.scope.meaning(meaning.value)
        return meaning if isinstance(meaning, Event) else None
