"""Has what an expression matches a greatest length?  A lookbehind asks for it.

Which repetitions of a single character Java lets pass depends on its version, so all of them do here.
"""

from __future__ import annotations

from pqltools.types.regex.nodes import (
    Alternation,
    Anchor,
    Atomic,
    BackReference,
    CharSet,
    Concat,
    Group,
    Look,
    Repeat,
    Special,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.types.regex.nodes import Expression


def longest(node: Expression) -> int | None:
    """The greatest number of characters, None if there is none in any version of Java."""
    match node:
        case CharSet() | Repeat(CharSet() | Special()):
            return 1
        case Anchor() | Look():
            return 0
        case Concat(parts):
            widths = [longest(part) for part in parts]
            return None if None in widths else sum(width or 0 for width in widths)
        case Alternation(branches):
            widths = [longest(branch) for branch in branches]
            return None if None in widths else max(width or 0 for width in widths)
        case Group(body) | Atomic(body):
            return longest(body)
        case Repeat(body, _, high, _):
            width = longest(body)
            return width if not width else None if high is None else width * high
        case BackReference():
            return None
    return 2
