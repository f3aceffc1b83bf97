"""What is in a part of a pattern: which groups and references, and does it match texts of one length only?"""

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
    from collections.abc import Iterator

    from pqltools.types.regex.nodes import Expression


def parts(node: Expression) -> Iterator[Expression]:
    """A node and all in it."""
    pending = [node]
    while pending:
        found = pending.pop()
        yield found
        match found:
            case Concat(inner) | Alternation(inner):
                pending += inner
            case Group(body) | Atomic(body) | Look(body) | Repeat(body):
                pending.append(body)


def numbers(tree: Expression) -> set[int]:
    """The numbers of the groups."""
    return {node.number for node in parts(tree) if isinstance(node, Group) and node.number is not None}


def has_reference(tree: Expression) -> bool:
    """Whether anything refers to a group."""
    return any(isinstance(node, BackReference) for node in parts(tree))


def has_break(body: Expression) -> bool:
    """Whether ``\\R`` stands in a body that otherwise matches one way only."""
    found = [*parts(body)]
    if not all(isinstance(node, CharSet | Anchor | Concat | Group | Special) for node in found):
        return False
    return any(isinstance(node, Special) and node.kind == "R" for node in found)


def is_rigid(node: Expression) -> bool:
    """Whether each part matches texts of one length, so that there is one way to divide what is matched."""
    return _length(node) is not None


def _length(node: Expression) -> int | None:
    match node:
        case CharSet():
            return 1
        case Concat(inner):
            lengths = [_length(part) for part in inner]
            return None if None in lengths else sum(length or 0 for length in lengths)
        case Alternation(inner):
            found = {_length(part) for part in inner}
            return found.pop() if len(found) == 1 else None
        case Group(body) | Atomic(body):
            return _length(body)
        case Repeat(body, low, high, _):
            length = _length(body)
            return None if length is None or low != high else length * low
        case BackReference() | Special():
            return None
    return 0
