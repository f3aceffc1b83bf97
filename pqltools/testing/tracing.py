"""What was each part of an expression for this profile?  One run of a walker, which tells the value of every node."""

from __future__ import annotations

from pqltools.evaluation.steady import SteadyWalker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from pqltools.evaluation.naive.environment import Environment
    from pqltools.evaluation.program import Program
    from pqltools.syntax.ast import Node, TimeWindow

    #: Is told a node and its value; a node in a condition on items comes once for each item.
    Listener = Callable[[Node, Any], None]


class _Tracer(SteadyWalker):
    """Tells of windows of time as well, of which a walker says only what becomes of the whole."""

    def lies_in(self, value: Any, window: TimeWindow, environment: Environment) -> bool:
        """Whether a time lies in a window."""
        found = super().lies_in(value, window, environment)
        if self.trace is not None:
            self.trace(window, environment, found)
        return found


def trace(program: Program, profile: Any, models: Mapping[str, Any], listener: Listener) -> None:
    """Tell the listener the values of all parts, the inner ones first.

    Of a sequence each element is asked of every event, as far as an element is reached at all.
    """
    _Tracer(program, (profile,), models, lambda node, _, value: listener(node, value)).result()
