"""What is an explanation?  A tree of records: parts of an expression, items of arrays, elements of chains."""

from __future__ import annotations

from pqltools.records import Record, hint, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pqltools.syntax.ast import Node


@record
class Explanation(Record):
    """One line of an explanation and what stands below it.

    `kind` is ``expression``, ``item`` (of an array), ``element`` (of a chain), ``part`` (of an element) or ``rest`` (of
    items that are only counted). `text` is the PQL of a node, or the words for what is none; `label` is its part in
    what is above it. `value` is as the evaluator has it. `holds` tells of a condition whether it does, and `unknown`
    whether a null decided that; it is None where no condition is due. Of what was not `evaluated` nothing is known.
    `index` counts items from 0.
    """

    kind: str
    text: str
    label: str = ""
    value: Any = None
    holds: bool | None = None
    unknown: bool = False
    evaluated: bool = True
    index: int | None = None
    notes: tuple[str, ...] = ()
    children: tuple[Explanation, ...] = ()
    node: Node | None = hint(default=None)

    def __str__(self) -> str:
        """The drawing of `pql explain`, in plain text."""
        from pqltools.evaluation.explaining.drawing import Style, drawn

        return "\n".join(drawn(self, Style()))


@record
class Limits(Record):
    """How much is told: of how many `items` of an array in full, and how many levels of the expression.

    `skipped`: also of what an evaluator skips, because the answer is known without it.
    """

    items: int = 5
    depth: int = 40
    skipped: bool = False


@record
class Reasons(Record):
    """Why a node has its value."""

    notes: tuple[str, ...] = ()
    children: tuple[Explanation, ...] = ()
