"""What is wrong with an expression that is being edited?  `Live`, which looks again only at what has changed.

It says what `Checker.check` says of the text, and is faster where a text has many clauses, operands of its outermost
`and` and `or`. They are told apart and kept, valid or broken; after an edit only the clauses that it touches are read
and checked, and the rules that look across clauses go over the whole. While a clause is broken the recovery leaps over
the others. Whatever is not surely the same is checked as a whole: short texts, clauses of which a finding or a fix
reaches beyond them, prefix forms such as ``exists … where …`` without parentheses (they reach to the end of the text),
and texts in which a clause uses an operator word as a name while another one is broken.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from functools import cached_property

from pqltools.checks.context import Context
from pqltools.limits import MAX_SIZE
from pqltools.records import replace
from pqltools.syntax.clauses import pieces
from pqltools.syntax.leaping import Known, faults_between
from pqltools.workspace.clauses import SHORTEST, unchanged
from pqltools.workspace.live_findings import Finding
from pqltools.workspace.live_parts import Part, moved
from pqltools.workspace.live_whole import Whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.surroundings import Segment, Surroundings
    from pqltools.diagnostics import Diagnostic
    from pqltools.source import Span
    from pqltools.syntax.ast import Expr
    from pqltools.syntax.clauses import Piece
    from pqltools.syntax.parser import Parsed
    from pqltools.workspace.expressions import Checker, Outcome
    from pqltools.workspace.suppression import Directive

#: Texts shorter than `SHORTEST`, and those of fewer clauses, are checked as a whole: that takes a few milliseconds.
FEWEST = 8
#: Clauses that were edited are remembered, for those who change their minds; no more than this.
_REMEMBERED = 200


class Analysis:
    """What was found in one state of a text. It stays true when the text goes on changing.

    `whole` says that nothing could be kept from the state before. The trees are made when they are asked for.
    """

    def __init__(self, text: str, outcome: Outcome, readable: bool, whole: bool) -> None:
        self.text = text
        self.diagnostics: tuple[Diagnostic, ...] = outcome.diagnostics
        self.suppressed = outcome.suppressed
        self.host = outcome.host
        self.around = outcome.around
        self.readable = readable
        self.whole = whole

    @cached_property
    def tree(self) -> Expr | None:
        """The tree, None if the text is broken."""
        from pqltools.syntax.parser import parse

        return parse(self.text) if self.readable else None

    @cached_property
    def parsed(self) -> Parsed:
        """The tree with holes, and what the parser says."""
        from pqltools.syntax.parser import parse_tolerant

        return parse_tolerant(self.text)


class Live:
    """One text expression under edits, checked by `checker` as part of the definition `segment`, if of any."""

    def __init__(
        self,
        checker: Checker,
        *,
        segment: Segment | None = None,
        host: tuple[Directive, ...] = (),
        shortest: int = SHORTEST,
        fewest: int = FEWEST,
    ) -> None:
        self.checker = checker
        self.segment = segment
        self.host = host
        self.text = ""
        self._shortest = shortest
        self._fewest = fewest
        self._parts: list[Part] | None = None
        #: The clauses of a text that has no parts.
        self._spans: list[Span] | None = None
        self._old: dict[tuple[str, str, str], Part] = {}
        self._whole = Whole()

    def update(self, text: str) -> Analysis:
        """What is wrong with `text`, which the expression is now: exactly what `Checker.check` finds."""
        analysis: Analysis | None = None
        try:
            analysis = self._incremental(text)
        except Exception:
            # A mistake in a rule, or a depth that is too much: the full check knows what to say.
            if os.environ.get("PQL_TRACEBACK"):
                raise
            self._forget()
        self.text = text
        if analysis is None:
            outcome = self.checker.check("pql/text", text, segment=self.segment, host=self.host)
            analysis = Analysis(text, outcome, outcome.tree is not None, True)
        return analysis

    def clause_at(self, offset: int) -> Span:
        """Where the clause around `offset` begins and ends, between two joining words, with the white space in it.

        In broken text too; all of a text that cannot be divided is one clause.
        """
        parts = self._parts
        if parts is not None:
            return parts[max(0, bisect_right(parts, max(0, offset), key=_start_of) - 1)].piece.span
        if self._spans is None:
            self._spans = [piece.span for piece in pieces(self.text)]
        return self._spans[max(0, bisect_right(self._spans, max(0, offset), key=_first) - 1)]

    def _forget(self) -> None:
        self._parts = self._spans = None
        self._old.clear()
        self._whole = Whole()

    def _incremental(self, text: str) -> Analysis | None:
        self._spans = None
        if len(text) < self._shortest or len(text) * 4 > MAX_SIZE:
            self._forget()
            return None
        parts = self._cut(text)
        self._parts = parts
        bad = [index for index, part in enumerate(parts) if part.clause is None]
        if len(parts) < self._fewest:
            return None
        if not bad:
            return self._good(text, parts)
        found = self._broken(text, parts)
        if found is not None or len(bad) == 1:
            return found
        # Parts that were cut while a bracket was missing may belong together now.
        parts = self._parts = self._cut_again(text, bad[0], bad[-1] + 1, 0)
        return self._broken(text, parts) if any(part.clause is None for part in parts) else self._good(text, parts)

    # Parts.

    def _cut(self, text: str) -> list[Part]:
        """The parts of `text`, as many of the old ones as possible."""
        old = self._parts
        if old is None:
            return [Part(text, piece) for piece in pieces(text)]
        front, back = unchanged(self.text, text)
        # A neighbour that has changed may change the word between: one character more has to be the same.
        first, last = 0, len(old)
        while first < len(old) - 1 and old[first].piece.join[1] < front:
            first += 1
        border = len(self.text) - back
        while last > first + 1 and old[last - 2].piece.join[0] > border:
            last -= 1
        # Where brackets do not match, an edit may change what belongs together.
        while first > 0 and old[first - 1].clause is None:
            first -= 1
        while last < len(old) and old[last].clause is None:
            last += 1
        return self._cut_again(text, first, last, len(text) - len(self.text))

    def _cut_again(self, text: str, first: int, last: int, by: int) -> list[Part]:
        """The parts of `text`, those between two indices made anew; what is behind has moved."""
        old = self._parts
        assert old is not None
        # old[first:last] are touched; what is behind them moves.
        end = None
        if last < len(old):
            start, stop = old[last - 1].piece.join
            end = start + by, stop + by
        for part in old[first:last]:
            self._old[part.key] = part
        made = [self._part(text, piece) for piece in pieces(text, old[first].start, old[first].left, end)]
        while len(self._old) > _REMEMBERED:
            del self._old[next(iter(self._old))]
        for part in old[last:]:
            part.move(by)
        return [*old[:first], *made, *old[last:]]

    def _part(self, text: str, piece: Piece) -> Part:
        key = text[piece.span[0] : piece.span[1]], piece.left, text[piece.join[0] : piece.join[1]]
        part = self._old.pop(key, None)
        if part is None:
            return Part(text, piece)
        part.move(piece.span[0] - part.start)
        return part

    # A broken text.

    def _broken(self, text: str, parts: list[Part]) -> Analysis | None:
        runs: list[list[Part]] = [[]]
        for part in parts:
            if part.clause is None:
                runs.append([])
            else:
                runs[-1].append(part)
        good = [part for run in runs for part in run]
        if not good or not all(part.plain for part in good):
            return None
        deepest = max(part.clause.depth for part in good if part.clause is not None)
        before, *behind = [[part.piece for part in run] for run in runs]
        found = faults_between(text, Known(before, behind, deepest))
        if found is None or not any(problem.severity == "error" for problem in found[0]):
            return None
        problems, leapt = found
        unread = [*runs[0], *[part for run in runs[1:] for part in run if any(part.start in each for each in leapt)]]
        faults = [problem for problem in problems if problem.severity == "error"]
        warnings = [problem for problem in problems if problem.severity != "error"]
        for part in unread:
            if part.clause is not None and part.clause.warnings:
                shift = part.start - part.clause.offset
                warnings += [moved(warning, shift) for warning in part.clause.warnings]
        warnings.sort(key=lambda warning: warning.span or (0, 0))
        everything = [*faults, *[replace(warning, source=None) for warning in warnings]]
        return Analysis(text, self.checker.unreadable(text, everything), False, False)

    # A text that is whole.

    def _good(self, text: str, parts: list[Part]) -> Analysis | None:
        checker = self.checker
        around = checker.surroundings(self.segment, {})
        names = self._judge(parts, around)
        if names is None:
            return None
        whole = self._whole
        whole.set(parts, around)
        context = Context(whole.tree, text, whole.typing, around)
        context.known["bound names"] = set(names)
        found = Finding(checker, context, parts, whole).all()
        if found is None:
            return None
        warnings = [
            replace(moved(warning, part.start - part.clause.offset), source=None)
            for part in parts
            if part.clause is not None
            for warning in part.clause.warnings
        ]
        outcome = checker.judged(whole.tree, text, [*warnings, *found], [], around, value=text, host=self.host)
        return Analysis(text, outcome, True, False)

    def _judge(self, parts: list[Part], around: Surroundings) -> frozenset[str] | None:
        """Check each clause that has not been, and return the names that are bound; None if one is not safe."""
        table, roots = self.checker.table, self.checker.table.root
        none: frozenset[str] = frozenset()
        for part in parts:
            if part.typing is None:
                part.judge(around, table, roots, none)
        names = none.union(*[part.names for part in parts if part.names])
        for part in parts:
            if part.missing and part.names_used != names:
                self._whole.drop(part)
                part.judge(around, table, roots, names)
        return names if all(part.safe for part in parts) else None


def _start_of(part: Part) -> int:
    return part.start


def _first(span: Span) -> int:
    return span[0]
