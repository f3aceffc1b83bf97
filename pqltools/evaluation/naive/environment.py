"""What do names mean at this place?  `Environment`: the values of variables and of the items around it."""

from __future__ import annotations

from pqltools.records import Record, record, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


@record
class Environment(Record):
    """What variables and enclosing items mean. `moments` are the instants of the elements of a chain by name."""

    variables: Mapping[str, Any] = {}
    items: tuple[Any, ...] = ()
    moments: Mapping[str, int] = {}

    def bind(self, name: str, value: Any) -> Environment:
        """The environment in which a variable has a value."""
        moments = {other: ms for other, ms in self.moments.items() if other != name}
        return replace(self, variables={**self.variables, name: value}, moments=moments)

    def bind_moment(self, name: str, event: Any, ms: int) -> Environment:
        """The environment in which an element of a chain stands for an event."""
        return replace(self, variables={**self.variables, name: event}, moments={**self.moments, name: ms})

    def item(self, value: Any) -> Environment:
        """The environment inside an item scope."""
        return replace(self, items=(*self.items, value))
