"""Does a group take part whenever a regular expression is found?  Engines give the empty text where it does not."""

from __future__ import annotations

from pqltools.types.regex.nodes import Alternation, Concat, Group, Repeat
from pqltools.types.regex.parser import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.types.regex.nodes import Expression


def always_takes_part(regex: str, group: int) -> bool | None:
    """Whether it does; None if there is no such group."""
    numbers: dict[int, bool] = {}
    _collect(parse(regex), True, numbers)
    return numbers.get(group)


def _collect(node: Expression, certain: bool, numbers: dict[int, bool]) -> None:
    """Note the groups below a node that is `certain` to be matched, once."""
    match node:
        case Group(body, number):
            if number is not None:
                numbers[number] = certain
            _collect(body, certain, numbers)
        case Concat(parts):
            for part in parts:
                _collect(part, certain, numbers)
        case Alternation(branches):
            for branch in branches:
                _collect(branch, False, numbers)
        case Repeat(body, low, _):
            # Which round counts is another thing on which engines may differ.
            _collect(body, certain and low == 1 and node.high == 1, numbers)
        case _:
            inner = getattr(node, "body", None)
            if inner is not None:
                _collect(inner, False, numbers)
