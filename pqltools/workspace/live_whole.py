"""How do the clauses of a text hang together?  The junctions above them, and the types of all, kept under edits."""

from __future__ import annotations

from pqltools.functions.registry import function as find_function
from pqltools.inference.typing import Typing
from pqltools.syntax.ast import FunctionCall
from pqltools.syntax.values import IMPLICIT, QUOTED
from pqltools.types.model import BOOLEAN
from pqltools.types.signature import bind
from pqltools.workspace.live_parts import move_nodes, moved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from pqltools.checks.surroundings import Surroundings
    from pqltools.source import Span
    from pqltools.syntax.ast import Expr, Node
    from pqltools.workspace.live_parts import Found, Part

#: Of groups with more clauses than this nothing is kept: one of them has probably changed.
_KEPT = 50


class Group:
    """Clauses that `and` joins, with what the rules found at the junction, None if they were not asked."""

    __slots__ = ("found", "is_operand", "junction", "key")

    def __init__(self, key: tuple[int, ...], junction: FunctionCall) -> None:
        self.key = key
        self.junction = junction
        self.found: list[Found] | None = None
        self.is_operand = False

    def move(self, span: Span) -> None:
        """The same clauses stand at `span` now."""
        assert self.junction.span is not None
        by = span[0] - self.junction.span[0]
        if by:
            move_nodes([self.junction], by)
            if self.found:
                self.found = [(rank, rule, node, moved(it, by)) for rank, rule, node, it in self.found]


_MAPS = ("types", "members", "missing", "parents", "calls", "functions", "constants", "ranges", "groups", "hashes")
_SETS = ("map_dots", "conditions")


class Whole:
    """The junctions of a text, and the types of all of it, kept from state to state."""

    def __init__(self) -> None:
        self.typing = Typing()
        #: The clauses that `and` joins, by the numbers of the parts.
        self.groups: dict[tuple[int, ...], Group] = {}
        #: What `or` joins them to, if there is more than one group.
        self.root: FunctionCall | None = None
        self.tree: Expr
        self._in: dict[int, tuple[Part, Typing]] = {}
        self._null_parts: list[set[Expr]] = []

    def set(self, parts: list[Part], around: Surroundings) -> None:
        """Make the tree of these parts."""
        current = {id(part) for part in parts}
        for part, _ in [held for key, held in self._in.items() if key not in current]:
            self.drop(part)
        typing = self.typing
        for part in parts:
            if id(part) not in self._in:
                self._take(part)
        if self.root is not None:
            self._remove((id(self.root),))
        typing.types[id(IMPLICIT)] = typing.types[id(QUOTED)] = around.schema.profile
        self._join(parts)
        tested = [part.null_tested for part in parts if part.null_tested]
        if (
            typing.null_tested is None
            or len(tested) != len(self._null_parts)
            or any(a is not b for a, b in zip(tested, self._null_parts, strict=True))
        ):
            self._null_parts = tested
            typing.null_tested = set().union(*tested)

    def _take(self, part: Part) -> None:
        assert part.typing is not None
        self._in[id(part)] = part, part.typing
        for name in _MAPS:
            getattr(self.typing, name).update(getattr(part.typing, name))
        for name in _SETS:
            getattr(self.typing, name).update(getattr(part.typing, name))

    def drop(self, part: Part) -> None:
        """Forget what is known of the nodes of a part, which may be gone: their identities are given anew."""
        held = self._in.pop(id(part), None)
        if held is not None:
            self._remove([id(node) for node in held[1].nodes])

    def _remove(self, ids: Iterable[int]) -> None:
        for key in ids:
            for name in _MAPS:
                getattr(self.typing, name).pop(key, None)
            for name in _SETS:
                getattr(self.typing, name).discard(key)

    def _join(self, parts: list[Part]) -> None:
        groups: list[list[Part]] = [[]]
        for part in parts:
            groups[-1].append(part)
            if part.right == "or":
                groups.append([])
        before, self.groups = self.groups, {}
        nodes: list[Node] = []
        operands: list[Expr] = []
        for members in groups:
            group = self._group(members, before) if len(members) > 1 else None
            if group is not None:
                nodes.append(group.junction)
            for part in members:
                nodes += part.nodes
                part.beside = None if group is None else group.key
            operands.append(members[0].tree if group is None else group.junction)
        for group in before.values():
            self._remove((id(group.junction),))
        self.root = None
        self.tree = operands[0]
        if len(groups) > 1:
            self.tree = self.root = self._junction("or", operands, (parts[0].piece.inner[0], parts[-1].piece.inner[1]))
            nodes.insert(0, self.tree)
        self.typing.conditions.add(id(self.tree))
        self.typing.nodes = nodes
        if len(groups) == 1:
            # What `and` joins may just have been an operand of `or`.
            self.typing.parents.pop(id(self.tree), None)

    def _group(self, members: list[Part], before: dict[tuple[int, ...], Group]) -> Group:
        """The junction of clauses that `and` joins; the one that it was, if they are the same."""
        key = tuple([part.serial for part in members])
        span = members[0].piece.inner[0], members[-1].piece.inner[1]
        group = before.pop(key, None)
        if group is None or len(members) > _KEPT:
            if group is not None:
                self._remove((id(group.junction),))
            group = Group(key, self._junction("and", [part.tree for part in members], span))
        else:
            group.move(span)
        self.groups[key] = group
        return group

    def _junction(self, word: str, operands: list[Expr], span: Span) -> FunctionCall:
        """A call as inference would leave it."""
        typing = self.typing
        node = FunctionCall(word, tuple(operands), spelling="operator", span=span)
        for operand in operands:
            typing.parents[id(operand)] = node
            typing.conditions.add(id(operand))
        entry = find_function(word)
        typing.types[id(node)] = BOOLEAN
        if entry is not None:
            binding = bind(entry.signature, [typing.types[id(operand)] for operand in operands])
            typing.calls[id(node)] = binding
            typing.functions[id(node)] = entry
            typing.types[id(node)] = binding.result
        return node
