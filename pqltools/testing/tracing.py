"""What was each part of an expression for this profile?  One run of the walker, which tells the value of every node."""

from __future__ import annotations

from pqltools.evaluation.naive.walker import Walker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from pqltools.evaluation.naive.environment import Environment
    from pqltools.evaluation.program import Program
    from pqltools.syntax.ast import Node, TimeWindow

    #: Is told a node and its value; a node in a condition on items comes once for each item.
    Listener = Callable[[Node, Any], None]

WALKER = Walker


class _Tracer(WALKER):
    """Tells of windows of time as well, of which a walker says only what becomes of the whole."""

    def lies_in(self, value: Any, window: TimeWindow, environment: Environment) -> bool:
        """Whether a time lies in a window."""
        found = super().lies_in(value, window, environment)
        if self.trace is not None:
            self.trace(window, environment, found)
        return found


def traced(program: Program, profile: Any, models: Mapping[str, Any], listener: Listener) -> Any:
    """The value of the whole expression, once the listener has been told those of its parts."""
    return _Tracer(program, (profile,), models, lambda node, _, value: listener(node, value)).result()
