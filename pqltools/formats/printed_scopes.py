"""What does a name mean at this place of the printed text?  The scopes around it.

The tree counts item lambdas, text counts the item scopes that are written short. They differ where an item lambda is
printed as a variable: in the body of ``sum X.a over X from xs``, and in an explicit ``(I) => …``.
"""

from __future__ import annotations

from pqltools.records import Record, record


@record
class Scope(Record):
    """What text can refer to at a place.

    `names` are the variables in scope; `items` has, for each item lambda of the tree, the outermost first, the variable
    that it is printed as, or None if it is an item scope in text too.
    """

    names: frozenset[str] = frozenset()
    items: tuple[str | None, ...] = ()

    def bind(self, *names: str) -> Scope:
        """The scope with further variables."""
        return Scope(self.names.union(names), self.items)

    def item(self, name: str | None = None) -> Scope:
        """The scope inside an item lambda, printed as a variable if there is a name."""
        return Scope(self.names if name is None else self.names | {name}, (*self.items, name))

    def in_item(self) -> bool:
        """Whether a bare name is a field of an item."""
        return None in self.items

    def hats(self, distance: int) -> int:
        """How many ``^`` lead from here to the item lambda at that distance in the tree."""
        return self.items[len(self.items) - distance :].count(None)
