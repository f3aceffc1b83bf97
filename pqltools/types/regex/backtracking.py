"""Can a search for this pattern take very long?  Where one text can be matched in many ways, Java may try them all.

Java's engine tries one way after another. That hurts only where the whole can still fail: behind ``(a+)+`` at the end
of a pattern nothing can, before a further character or ``$`` it can. Two kinds are told:

- ``exponential``: a repetition that can match the same text in two ways, as in ``(a+)+$``, ``(a|a)*b`` and
  ``(\\w+\\s?)*$``: each further character doubles the work, and thirty of them can take minutes.
- ``polynomial``: repetitions that share a character and stand side by side, as in ``\\s*\\s*$``, so that a run of it
  can be cut anywhere. The work grows by a power of the text's length: one for each repetition, and one more if the
  search may begin anywhere. Powers of two are ordinary (``.*x`` is one) and not told; three are, where nothing stands
  between the repetitions; where something does (``.*,.*,.*,``), so that ordinary texts are quick, four are.

Nothing is said about patterns that are too large to look at, nor about atomic and possessive parts from outside, which
are the cure; within, they are looked at like a pattern.
"""

from __future__ import annotations

from pqltools.records import Record, record
from pqltools.types.regex.graphs import components, reachable
from pqltools.types.regex.nodes import Alternation, Anchor, Atomic, Concat, Group, Look, Repeat
from pqltools.types.regex.positions import Automaton, TooLarge, sample_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from pqltools.source import Span
    from pqltools.types.regex.nodes import Expression

_SIDE_BY_SIDE, _WITH_OTHERS_BETWEEN = 3, 4
#: Loops of more positions are only asked about runs of one character.
_MOST_PAIRED = 24


@record
class Risk(Record):
    """A part that may make a search very long. `kind` is ``exponential`` or ``polynomial``.

    `power` is the least that a polynomial can have. `char` is one of which a long run is such a text, None if that
    takes a longer piece.
    """

    kind: str
    span: Span
    power: int | None
    char: str | None


def risks(tree: Expression) -> tuple[Risk, ...]:
    """What may make a search for the pattern very long, in the order of the pattern."""
    if not _repeats(tree):
        return ()
    sample = sample_of(tree)
    found: list[Risk] = []
    pending = [(tree, not _is_anchored(tree))]
    while pending:
        part, anywhere = pending.pop()
        try:
            automaton = Automaton(part, sample)
        except TooLarge:
            continue
        found += _Search(automaton, anywhere).risks()
        pending += [(each, False) for each in automaton.parts]
    return tuple(sorted(dict.fromkeys(found), key=lambda risk: risk.span))


class _Search:
    def __init__(self, automaton: Automaton, anywhere: bool) -> None:
        self.automaton = automaton
        self.anywhere = anywhere
        # Where nothing more need match, the search has ended with success.
        ended = {*automaton.whole.free_last}
        self.edges = {
            source: [target for target in targets if target not in ended]
            for source, targets in automaton.successors().items()
            if source not in ended
        }

    def risks(self) -> list[Risk]:
        found = []
        for loop in components(self.edges):
            risk = self.exponential(loop)
            if risk is not None:
                found.append(risk)
        if not found:
            slow = [risk for risk in map(self.polynomial, self.characters()) if risk is not None]
            found += sorted(slow, key=lambda risk: -(risk.power or 0))[:1]
        return found

    def characters(self) -> list[int]:
        """The bits of characters that are in different positions."""
        columns: dict[tuple[int, ...], int] = {}
        for bit in range(len(self.automaton.sample)):
            column = tuple(index for index, mask in enumerate(self.automaton.chars) if mask >> bit & 1)
            if column:
                columns[column] = min(columns.get(column, bit), bit, key=self.oddity)
        return [*columns.values()]

    def oddity(self, bit: int) -> int:
        """How odd a character looks in a message."""
        char = self.automaton.sample[bit]
        if char.isascii() and char.isalnum():
            return char != "a"
        return 4 if not char.isprintable() else 3 if char == " " else 2

    # Two ways through one loop.

    def exponential(self, loop: set[int]) -> Risk | None:
        inner = {source: [t for t in self.edges.get(source, ()) if t in loop] for source in loop}
        for bit in self.characters():
            run = {i: [t for t in inner[i] if self.has(t, bit)] for i in loop if self.has(i, bit)}
            for cycle in components(run):
                ways = [(i, t) for i in cycle for t in run[i] if t in cycle]
                if sum(len(self.automaton.edges[way]) for way in ways) > len(cycle):
                    return self.risk("exponential", cycle, None, self.automaton.sample[bit])
        if len(loop) <= _MOST_PAIRED and self.has_two_ways(inner):
            return self.risk("exponential", loop, None, None)
        return None

    def has(self, position: int, bit: int) -> bool:
        return bool(self.automaton.chars[position] >> bit & 1)

    def has_two_ways(self, inner: dict[int, list[int]]) -> bool:
        """Whether two ways that part at a position can meet there again with the same text."""
        chars = self.automaton.chars
        if any(len(self.automaton.edges[i, t]) > 1 and chars[t] for i, targets in inner.items() for t in targets):
            return True
        pairs = {
            (i, j): [(s, t) for s in inner[i] for t in inner[j] if chars[s] & chars[t]] for i in inner for j in inner
        }
        return any(
            any(i == j for i, j in together) and any(i != j for i, j in together) for together in components(pairs)
        )

    # Several loops in a row.

    def polynomial(self, bit: int) -> Risk | None:
        """The greatest power that a long run of one character reaches, if it is worth telling."""
        run = {
            i: [t for t in self.edges.get(i, ()) if self.has(t, bit)]
            for i in range(len(self.automaton.chars))
            if self.has(i, bit) and i not in self.automaton.whole.free_last
        }
        loops = components(run)
        if len(loops) < 2:
            return None
        entered = reachable(run, [i for i in self.automaton.whole.first if i in run]) if self.anywhere else set()
        for direct, least in ((True, _SIDE_BY_SIDE), (False, _WITH_OTHERS_BETWEEN)):
            row = _longest_row(run, loops, entered, direct)
            power = len(row) + bool(row and row[0] & entered)
            if power >= least and len(row) > 1:
                return self.risk("polynomial", set().union(*row), power, self.automaton.sample[bit])
        return None

    def risk(self, kind: str, positions: set[int], power: int | None, char: str | None) -> Risk:
        """A risk with the place of the repetitions that make it."""
        if kind == "exponential":
            # All of them hold the same positions; the outer one is what to look at.
            span = max((repeat.span for repeat in self.makers(positions)), key=lambda span: span[1] - span[0])
            return Risk(kind, span, power, char)
        inside = [self.automaton.repeats[position] for position in positions]
        inner = {each[-1].span for each in inside}
        if len(inner) == 1:
            # These are copies of one repetition, which stand in what repeats it.
            inner = {each[-2:][0].span for each in inside}
        return Risk(kind, (min(inner)[0], max(end for _, end in inner)), power, char)

    def makers(self, positions: set[int]) -> list[Repeat]:
        """The repetitions that lead from these positions back to them."""
        return [
            maker
            for (source, target), makers in self.automaton.edges.items()
            if source in positions and target in positions
            for maker in makers
            if maker is not None
        ]


def _longest_row(
    run: dict[int, list[int]], loops: list[set[int]], entered: set[int], direct: bool
) -> tuple[set[int], ...]:
    """The longest row of loops that lead to one another, `direct` without other positions between.

    A row that a search may enter anywhere is preferred, as it counts for one more.
    """
    best: dict[int, tuple[set[int], ...]] = {}

    def row(index: int) -> tuple[set[int], ...]:
        if index not in best:
            loop = loops[index]
            ends = {t for i in loop for t in run[i]} if direct else reachable(run, loop)
            later = [other for other, each in enumerate(loops) if other != index and each & ends]
            best[index] = (loop, *max((row(other) for other in later), key=len, default=()))
        return best[index]

    return max(map(row, range(len(loops))), key=lambda found: len(found) + bool(found[0] & entered))


def _repeats(node: Expression) -> bool:
    """Whether anything is repeated without end."""
    match node:
        case Repeat(body, low, high, _):
            return high is None or high > low + 1 or _repeats(body)
        case Concat(nodes) | Alternation(nodes):
            return any(map(_repeats, nodes))
        case Group(body) | Atomic(body) | Look(body):
            return _repeats(body)
    return False


def _is_anchored(node: Expression) -> bool:
    """Whether a search can succeed at the start of the text only."""
    match node:
        case Anchor(kind):
            return kind == "start"
        case Concat(parts):
            return _any_before_text(parts)
        case Alternation(branches):
            return all(map(_is_anchored, branches))
        case Group(body):
            return _is_anchored(body)
        case Repeat(body, low, _, _):
            return low > 0 and _is_anchored(body)
    return False


def _any_before_text(parts: Iterable[Expression]) -> bool:
    return any(map(_is_anchored, parts))
