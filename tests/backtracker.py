"""How many steps does a backtracking search take?  A plain matcher for the trees of patterns, which counts.

It searches as Java does: every start in turn, alternatives in their order, greedy repetitions longest first. It is as
slow as the patterns are, and gives up after so many steps; a bound on steps needs no clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from pqltools.types.regex.sets import holds

if TYPE_CHECKING:
    from collections.abc import Callable

    from pqltools.types.regex.nodes import Expression

    Then = Callable[[int], bool]

TERMINATORS = "\n\r\x85\u2028\u2029"


class TooManySteps(Exception):
    """The search was given up."""


class Backtracker:
    def __init__(self, text: str, most: int = 200_000) -> None:
        self.text = text
        self.most = most
        self.steps = 0

    def search(self, tree: Expression) -> bool:
        """Whether the pattern is found anywhere."""
        return any(self.match(tree, start, lambda _: True) for start in range(len(self.text) + 1))

    def match(self, node: Expression, at: int, then: Then) -> bool:
        """Whether `node` matches at a place so that `then` holds where it ends."""
        self.steps += 1
        if self.steps > self.most:
            raise TooManySteps
        match node:
            case CharSet(item):
                return at < len(self.text) and holds(item, self.text[at]) and then(at + 1)
            case Concat(parts):
                return self.row(parts, 0, at, then)
            case Alternation(branches):
                return any(self.match(branch, at, then) for branch in branches)
            case Group(body):
                return self.match(body, at, then)
            case Repeat(body, low, high, "possessive"):
                return self.atomic(Repeat(body, low, high, "greedy"), at, then)
            case Repeat():
                return self.repeat(node, 0, at, then)
            case Atomic(body):
                return self.atomic(body, at, then)
            case Look():
                return self.look(node, at) != node.negative and then(at)
            case Anchor(kind):
                return self.anchor(kind, at) and then(at)
            case BackReference() | Special():
                raise NotImplementedError(node)

    def row(self, parts: tuple[Expression, ...], index: int, at: int, then: Then) -> bool:
        if index == len(parts):
            return then(at)
        return self.match(parts[index], at, lambda end: self.row(parts, index + 1, end, then))

    def repeat(self, node: Repeat, count: int, at: int, then: Then) -> bool:
        def again() -> bool:
            if node.high is not None and count >= node.high:
                return False
            # A turn that matches nothing is the last one.
            return self.match(
                node.body, at, lambda end: self.repeat(node, count + 1, end, then) if end > at else then(end)
            )

        def enough() -> bool:
            return count >= node.low and then(at)

        return (enough() or again()) if node.mode == "lazy" else (again() or enough())

    def atomic(self, body: Expression, at: int, then: Then) -> bool:
        ends: list[int] = []

        def stop(end: int) -> bool:
            ends.append(end)
            return True

        return self.match(body, at, stop) and then(ends[0])

    def look(self, node: Look, at: int) -> bool:
        if not node.behind:
            return self.match(node.body, at, lambda _: True)
        return any(self.match(node.body, start, lambda end: end == at) for start in range(at + 1))

    def anchor(self, kind: str, at: int) -> bool:
        rest = self.text[at:]
        match kind:
            case "start":
                return at == 0
            case "end":
                return not rest
            case "final":
                return rest in ("", "\r\n", *TERMINATORS) and not (rest == "\n" and self.text[at - 1 : at] == "\r")
            case "final-newline":
                return rest in ("", "\n")
            case "word" | "no-word":
                before, after = (self.is_word(place) for place in (at - 1, at))
                return (before != after) == (kind == "word")
        raise NotImplementedError(kind)

    def is_word(self, at: int) -> bool:
        return (
            0 <= at < len(self.text) and self.text[at].isascii() and (self.text[at].isalnum() or self.text[at] == "_")
        )


def steps(tree: Expression, text: str, most: int = 200_000) -> int:
    """The steps of a search, `most` if there are as many or more."""
    search = Backtracker(text, most)
    try:
        search.search(tree)
    except TooManySteps:
        return most
    return search.steps
