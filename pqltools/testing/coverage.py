"""Which conditions have the tests seen true, and which false?  Coverage of definitions, condition by condition.

A condition is what stands in a Boolean position: the whole, operands of `and`, `or` and `not`, tests of `if`,
conditions on items and variables, `WHAT`, `WHERE` and `WHEN`. Each has two outcomes. One that refers to nothing is a
constant and does not count, and the whole counts where a test asks whether somebody qualifies.
"""

from __future__ import annotations

from pqltools.evaluation.naive.comparisons import is_true
from pqltools.records import Record, record
from pqltools.syntax import ast
from pqltools.syntax.walk import walk
from pqltools.testing.fragments import place_of, text_of
from pqltools.testing.tracing import trace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from pqltools.evaluation.program import Program
    from pqltools.syntax.ast import Expr, Node
    from pqltools.testing.model import Subject

_REFERENCES = (ast.ParameterReference, ast.VariableReference, ast.ItemReference, ast.ModelReference)


@record
class Gap(Record):
    """A condition with the outcomes that were missing, its place in the file and its canonical text."""

    line: int
    column: int
    text: str
    missing: tuple[bool, ...]


@record
class Covered(Record):
    """How much of one definition the tests have seen: outcomes of its conditions, and those that are missing."""

    title: str
    file: str
    seen: int
    possible: int
    gaps: tuple[Gap, ...]


def percent(found: Iterable[Covered]) -> float:
    """Outcomes seen by outcomes possible, in percent; 100 where there is nothing to see."""
    each = [*found]
    possible = sum(covered.possible for covered in each)
    return 100 * sum(covered.seen for covered in each) / possible if possible else 100.0


def conditions(program: Program) -> list[Node]:
    """The conditions of a program that are no constants, in the order of the text."""
    typing = program.typing
    return [node for node in typing.nodes if _is_condition(node, program) and not _is_constant(node)]


def _is_condition(node: Node, program: Program) -> bool:
    if isinstance(node, ast.TimeWindow):
        return isinstance(program.typing.parents.get(id(node)), ast.ChainElement)
    return id(node) in program.typing.conditions and not isinstance(node, ast.Lambda)


def _is_constant(node: Node) -> bool:
    if isinstance(node, ast.TimeWindow):
        return False
    return not any(
        isinstance(part, _REFERENCES) or (isinstance(part, ast.FunctionCall) and part.function == "inSegment")
        for part in walk(node)
    )


class _Definition:
    """What has been seen of one definition: the outcomes of each condition, by its index."""

    def __init__(self, subject: Subject, program: Program) -> None:
        self.subject = subject
        self.program = program
        self.conditions = conditions(program)
        self.seen: list[set[bool]] = [set() for _ in self.conditions]
        self.is_asked = False
        #: Of each tree of the definition, one for each schema: the tree, and the indices of its conditions.
        self._indices: dict[int, tuple[Expr, dict[int, int]]] = {}

    def indices(self, program: Program) -> dict[int, int]:
        """The indices of the conditions by the identities of their nodes in this program."""
        tree = program.tree
        if id(tree) not in self._indices:
            self._indices[id(tree)] = tree, {id(node): index for index, node in enumerate(conditions(program))}
        return self._indices[id(tree)][1]


class Coverage:
    """What the tests of a run have seen."""

    def __init__(self) -> None:
        self._definitions: dict[str, _Definition] = {}

    def add(
        self, subject: Subject, program: Program, profile: Any, models: Mapping[str, Any], *, as_condition: bool
    ) -> None:
        """Note what one test sees; `as_condition` if it asks whether the profile qualifies."""
        found = self._definitions.get(subject.key)
        if found is None:
            found = self._definitions[subject.key] = _Definition(subject, program)
        found.is_asked |= as_condition
        indices, seen = found.indices(program), found.seen
        whole = None if as_condition else program.body

        def listen(node: Node, value: Any) -> None:
            index = indices.get(id(node))
            if index is not None and node is not whole:
                seen[index].add(is_true(value))

        trace(program, profile, models, listen)

    def report(self) -> tuple[Covered, ...]:
        """How much of each definition has been seen, in the order in which they came; those without condition not."""
        found = [_covered(each) for each in self._definitions.values()]
        return tuple([covered for covered in found if covered.possible])


def _covered(definition: _Definition) -> Covered:
    gaps = []
    possible = 0
    for node, seen in zip(definition.conditions, definition.seen, strict=True):
        if node is definition.program.body and not definition.is_asked:
            continue
        possible += 2
        missing = tuple([outcome for outcome in (True, False) if outcome not in seen])
        if missing:
            line, column = place_of(node, definition.subject)
            gaps.append(Gap(line, column, text_of(node, definition.program), missing))
    subject = definition.subject
    unseen = sum(len(gap.missing) for gap in gaps)
    return Covered(subject.title, subject.source.name, possible - unseen, possible, tuple(gaps))
