"""Which characters of a pattern may follow which?  Glushkov's automaton, which keeps how often two are connected.

Every place for a character is a position; an edge says that one may be matched directly after the other. If there are
two ways from one position to the next, a search has two ways to match the same text, so edges remember what made them.
Sets of characters are bits over a sample: the characters that the pattern names, their neighbours and some others.
"""

from __future__ import annotations

from pqltools.types.regex.nodes import (
    Alternation,
    Atomic,
    CharSet,
    Concat,
    Group,
    Look,
    Repeat,
    Special,
)
from pqltools.types.regex.sets import LAST, Chars, Intersection, Negation, Plain, Union, holds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pqltools.types.regex.nodes import Expression
    from pqltools.types.regex.sets import Set

#: A repetition that may be so much longer than it must be counts as one without end.
MANY = 10
#: Copies that stand for a longer repetition of a fixed length; more would not make it look different.
_COPIES = 5
#: Beyond this, a pattern is not looked at: nothing is said about it.
_MOST_POSITIONS = 300
_ALWAYS = "aZ0_ -.\n\té中"


class TooLarge(Exception):
    """The pattern has more positions than are worth looking at."""


class Fragment:
    """What is known of a part: where it begins and ends.

    `nullable`: it may match nothing; `free`: even without an assertion that could fail. `free_last` are the positions
    behind which nothing more need match.
    """

    __slots__ = ("first", "free", "free_last", "last", "nullable")

    def __init__(self, first: list[int], last: list[int], free_last: list[int], nullable: bool, free: bool) -> None:
        self.first = first
        self.last = last
        self.free_last = free_last
        self.nullable = nullable
        self.free = free


class Automaton:
    """The positions of one pattern, or of one part of it that is matched for itself (`parts` holds those)."""

    def __init__(self, tree: Expression, sample: str) -> None:
        self.sample = sample
        #: The characters of each position, as bits, and the repetition that holds it.
        self.chars: list[int] = []
        self.repeats: list[tuple[Repeat, ...]] = []
        #: What made the edge from one position to another: repetitions, or None where they stand side by side.
        self.edges: dict[tuple[int, int], list[Repeat | None]] = {}
        self.parts: list[Expression] = []
        self._inside: tuple[Repeat, ...] = ()
        self._masks: dict[Set, int] = {}
        self.whole = self.build(tree)

    def successors(self) -> dict[int, list[int]]:
        """The edges from each position."""
        found: dict[int, list[int]] = {}
        for source, target in self.edges:
            found.setdefault(source, []).append(target)
        return found

    def build(self, node: Expression) -> Fragment:
        """What is known of a part, whose positions and edges are added."""
        match node:
            case CharSet(item):
                return self.position(self.mask(item))
            case Concat(parts):
                found = Fragment([], [], [], True, True)
                for part in parts:
                    found = self.joined(found, self.build(part))
                return found
            case Alternation(branches):
                return _either([self.build(branch) for branch in branches])
            case Group(body):
                return self.build(body)
            case Repeat():
                return self.repeat(node)
            case Atomic(body):
                return self.apart(body)
            case Look(body):
                self.parts.append(body)
            case Special("R" | "X" as kind):
                return self.position(self.mask_of(lambda char: kind == "X" or char in "\n\r\x85\u2028\u2029"))
        # An assertion, or a reference, which matches what nobody knows here.
        return Fragment([], [], [], True, isinstance(node, Special))

    def position(self, mask: int) -> Fragment:
        """One more position."""
        if len(self.chars) >= _MOST_POSITIONS:
            raise TooLarge
        index = len(self.chars)
        self.chars.append(mask)
        self.repeats.append(self._inside)
        return Fragment([index], [index], [index], False, False)

    def apart(self, body: Expression) -> Fragment:
        """What never tries again, once it has matched: for the rest it is one position that overlaps with none."""
        self.parts.append(body)
        found = self.position(0)
        return _either([found, Fragment([], [], [], True, True)]) if _is_nullable(body) else found

    def joined(self, one: Fragment, other: Fragment) -> Fragment:
        """One part after the other."""
        for source in one.last:
            for target in other.first:
                self.edges.setdefault((source, target), []).append(None)
        return Fragment(
            one.first + other.first if one.nullable else one.first,
            other.last + one.last if other.nullable else other.last,
            other.free_last + one.free_last if other.free else other.free_last,
            one.nullable and other.nullable,
            one.free and other.free,
        )

    def repeat(self, node: Repeat) -> Fragment:
        """A repetition as copies and loops of its body."""
        low, high, body = node.low, node.high, node.body
        nothing = Fragment([], [], [], True, True)
        if high == 0:
            return nothing
        if node.mode == "possessive":
            return self.apart(Repeat(body, low, high, "greedy", span=node.span))
        if high is None or high - low >= MANY:
            found = nothing
            for _ in range(min(low - 1, _COPIES)):
                found = self.joined(found, self.copy(node))
            loop = self.loop(node)
            return self.joined(found, loop if low else _either([loop, nothing]))
        found = nothing
        for _ in range(high - low):
            # From the inside: (X(X(X)?)?)?
            found = _either([self.joined(self.copy(node), found), nothing])
        for _ in range(min(low, _COPIES)):
            found = self.joined(self.copy(node), found)
        return found

    def copy(self, node: Repeat) -> Fragment:
        """The body once."""
        outside = self._inside
        self._inside = (*outside, node)
        found = self.build(node.body)
        self._inside = outside
        return found

    def loop(self, node: Repeat) -> Fragment:
        """The body any number of times, but at least once."""
        found = self.copy(node)
        for source in found.last:
            for target in found.first:
                self.edges.setdefault((source, target), []).append(node)
        return found

    def mask(self, item: Set) -> int:
        """The characters of a set as bits."""
        found = self._masks.get(item)
        if found is None:
            found = self._masks[item] = self.mask_of(lambda char: holds(item, char))
        return found

    def mask_of(self, contains: Callable[[str], bool]) -> int:
        """The characters of the sample that pass, as bits."""
        return sum(1 << index for index, char in enumerate(self.sample) if contains(char))


def _either(fragments: list[Fragment]) -> Fragment:
    return Fragment(
        [index for each in fragments for index in each.first],
        [index for each in fragments for index in each.last],
        [index for each in fragments for index in each.free_last],
        any(each.nullable for each in fragments),
        any(each.free for each in fragments),
    )


def _is_nullable(node: Expression) -> bool:
    match node:
        case CharSet():
            return False
        case Concat(parts):
            return all(_is_nullable(part) for part in parts)
        case Alternation(branches):
            return any(_is_nullable(branch) for branch in branches)
        case Group(body) | Atomic(body):
            return _is_nullable(body)
        case Repeat(body, low, _, _):
            return low == 0 or _is_nullable(body)
    return not isinstance(node, Special) or node.kind == "c"


def sample_of(tree: Expression) -> str:
    """Characters that tell the sets of a pattern apart."""
    codes = {ord(char) for char in _ALWAYS}
    for item in _sets(tree):
        for low, high in _bounds(item):
            codes.update((low - 1, low, (low + high) // 2, high, high + 1))
    return "".join(chr(code) for code in sorted(codes) if 0 <= code <= LAST)[:400]


def _sets(node: Expression) -> Iterator[Set]:
    match node:
        case CharSet(item):
            yield item
        case Concat(nodes) | Alternation(nodes):
            for each in nodes:
                yield from _sets(each)
        case Group(body) | Atomic(body) | Look(body) | Repeat(body):
            yield from _sets(body)


def _bounds(item: Set) -> Iterable[tuple[int, int]]:
    match item:
        case Chars(low, high, _):
            return ((low, high),)
        case Plain(found):
            return found
        case Union(items):
            return [pair for part in items for pair in _bounds(part)]
        case Intersection(left, right):
            return (*_bounds(left), *_bounds(right))
        case Negation(inner):
            return _bounds(inner)
    return item.intervals or ()
