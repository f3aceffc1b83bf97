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

#: How many values one run may have; looking for a sequence among many events can take for ever.
MAX_VALUES = 1_000_000


class _Enough(Exception):
    """The limit is reached."""


class _Tracer(WALKER):
    """Tells of windows of time as well, of which a walker says only what becomes of the whole."""

    def lies_in(self, value: Any, window: TimeWindow, environment: Environment) -> bool:
        """Whether a time lies in a window."""
        found = super().lies_in(value, window, environment)
        if self.trace is not None:
            self.trace(window, environment, found)
        return found


def trace(program: Program, profile: Any, models: Mapping[str, Any], listener: Listener) -> bool:
    """Tell the listener the values of all parts, the inner ones first; False if there were too many to tell all."""
    left = MAX_VALUES

    def count(node: Node, environment: Environment, value: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise _Enough
        listener(node, value)

    try:
        _Tracer(program, (profile,), models, count).result()
    except _Enough:
        return False
    return True
