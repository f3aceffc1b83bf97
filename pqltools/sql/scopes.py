"""What do names mean at a place of an expression that is translated?"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from pqltools.sql.values import Value


class Scope:
    """What names mean at a place: variables, and the items of the item scopes around it, the innermost last.

    `moments` are the instants of the elements of a chain by name, for windows.
    """

    __slots__ = ("items", "moments", "variables")

    def __init__(
        self, variables: Mapping[str, Value], items: tuple[Value, ...] = (), moments: Mapping[str, Value] | None = None
    ) -> None:
        self.variables = variables
        self.items = items
        self.moments = moments or {}

    def bind(self, name: str, value: Value) -> Scope:
        """The scope in which a variable has a value."""
        moments = {other: moment for other, moment in self.moments.items() if other != name}
        return Scope({**self.variables, name: value}, self.items, moments)

    def bind_moment(self, name: str, event: Value, moment: Value) -> Scope:
        """The scope in which an element of a chain stands for an event."""
        return Scope({**self.variables, name: event}, self.items, {**self.moments, name: moment})

    def item(self, value: Value) -> Scope:
        """The scope inside an item scope."""
        return Scope(self.variables, (*self.items, value), self.moments)
