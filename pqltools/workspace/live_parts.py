"""What is wrong with one clause of a large expression, whatever the others are?  Found out once, moved with the text.

A clause is checked between two neighbours, as it was read (see `pqltools.syntax.clauses`), by all rules that look at no
other clause. What they find is kept while the clause stays as it is; only its place changes.
"""

from __future__ import annotations

from itertools import count

from pqltools.checks.context import Context
from pqltools.checks.missing import bound_names
from pqltools.checks.null_tests import null_tests
from pqltools.checks.rules.many_aggregations import aggregations
from pqltools.diagnostics import Diagnostic, Edit, Fix, Related
from pqltools.inference.infer import infer
from pqltools.syntax.ast import Lambda, Node, ParameterReference
from pqltools.syntax.clauses import Piece, clause, is_plain
from pqltools.syntax.values import IMPLICIT, QUOTED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from pqltools.checks.registry import Rule, Table
    from pqltools.checks.surroundings import Surroundings
    from pqltools.inference.typing import Typing
    from pqltools.source import Span
    from pqltools.syntax.ast import Expr

    #: A finding with its rank: where it stands among those of the same place.
    Found: TypeAlias = tuple[tuple[int, ...], Rule, Node | None, Diagnostic]

#: Rules that look at the whole expression, but at each clause for itself.
LOCAL = frozenset(("PQL101", "PQL103", "PQL107", "PQL311", "PQL404"))
#: Rules that ask which fields are tested for null anywhere, and what stands beside a test.
NULLS = frozenset(("PQL305", "PQL306"))
#: The rule that counts over all clauses.
COUNTING = "PQL504"

_set_span: Callable[[Node, Span], None] = vars(Node)["span"].__set__


_serials = count()


class Part:
    """One clause, or what may become one, at the place where it stands now."""

    __slots__ = (
        "aggregations",
        "beside",
        "clause",
        "found",
        "late",
        "late_asked",
        "late_beside",
        "late_found",
        "left",
        "missing",
        "names",
        "names_used",
        "nodes",
        "null_tested",
        "piece",
        "plain",
        "right",
        "safe",
        "serial",
        "spoiled",
        "start",
        "text",
        "typing",
        "word",
    )

    def __init__(self, text: str, piece: Piece) -> None:
        #: Another one for each part, ever.
        self.serial = next(_serials)
        #: The numbers of the parts that `and` joins with it, its own among them; None if there are no others.
        self.beside: tuple[int, ...] | None = None
        self.late_beside: tuple[int, ...] | None = None
        #: The places in the whole text.
        self.piece = piece
        self.start, end = piece.span
        self.text = text[self.start : end]
        self.left = piece.left
        self.right = piece.right
        #: The right one as it is written.
        self.word = text[piece.join[0] : piece.join[1]]
        self.clause = clause(self.text, self.left, self.right)
        self.plain = is_plain(self.text)
        #: Set by `judge`.
        self.typing: Typing | None = None
        self.found: list[Found] = []
        self.late_found: list[Found] = []
        self.safe = True
        self.names_used: frozenset[str] = frozenset()
        self.late_asked: set[Expr] | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """Parts with the same key have the same to say of them."""
        return self.text, self.left, self.word

    @property
    def tree(self) -> Expr:
        """The operand, with places of the whole text once it is judged."""
        assert self.clause is not None
        return self.clause.tree

    def move(self, by: int) -> None:
        """The part stands somewhere else now."""
        if by == 0:
            return
        self.start += by
        it = self.piece
        self.piece = Piece(_at(it.span, by), _at(it.inner, by), it.left, it.right, _at(it.join, by))
        if self.typing is not None:
            move_nodes(self.nodes, by)
            self.found = [(rank, rule, node, moved(it, by)) for rank, rule, node, it in self.found]
            self.late_found = [(rank, rule, node, moved(it, by)) for rank, rule, node, it in self.late_found]

    def judge(self, around: Surroundings, table: Table, roots: list[Rule], names: frozenset[str]) -> None:
        """Check it by itself; `names` are those that are bound anywhere. Judged again it is read again."""
        if self.typing is not None:
            # The nodes of the first time have moved, and others know them: as a part with other nodes it gets a number.
            self.clause = clause(self.text, self.left, self.right)
            self.serial = next(_serials)
        assert self.clause is not None
        whole, alone = self.clause.whole, self.clause.alone
        typing = self.typing = infer(whole, around.schema.profile)
        own = _below(self.clause.tree, typing)
        context = Context(whole, alone, typing, around)
        # Items of the first clause are what a lambda among clauses ranges over.
        self.safe = (
            len(typing.nodes) <= len(typing.parents) + 1
            and not isinstance(self.clause.tree, Lambda)
            and not any(isinstance(node, ParameterReference) and node.position > 1 for node in own)
        )
        self.names = frozenset(bound_names(context))
        context.known["bound names"] = names | self.names
        self.names_used = names
        self.missing = bool(typing.missing)
        self.null_tested = null_tests(context)
        self.aggregations = aggregations(self.clause.tree)
        self._run(context, own, table, roots)
        shift = self.start - self.clause.offset
        self.nodes = [node for node in own if node is not IMPLICIT and node is not QUOTED and node.span is not None]
        move_nodes(self.nodes, shift)
        self.found = [(rank, rule, node, moved(it, shift)) for rank, rule, node, it in self.found]
        self.late_found = []
        self.late_asked = None

    def _run(self, context: Context, own: list[Node], table: Table, roots: list[Rule]) -> None:
        ids = {id(node) for node in own}
        ranks: list[tuple[int, ...]] = []

        def run(rule: Rule, node: Node, *rank: int) -> None:
            context.rule = rule
            rule.check(node, context)
            ranks.extend([rank] * (len(context.found) - len(ranks)))

        for number, rule in enumerate(roots):
            if rule.code in LOCAL:
                run(rule, context.tree, 0, number)
        self.late: list[tuple[tuple[int, ...], Rule, Node]] = []
        for index, node in enumerate(own):
            for number, rule in enumerate(table.rules(node)):
                if rule.code in NULLS:
                    self.late.append(((2, index, number), rule, node))
                elif rule.code != COUNTING:
                    run(rule, node, 2, index, number)
        found: list[Found] = []
        self.spoiled: set[int] = set()
        for rank, (diagnostic, rule, about) in zip(ranks, context.found, strict=True):
            if about is not None and id(about) not in ids:
                self.safe = False
            self.safe = self.safe and self._is_inside(diagnostic)
            found.append((rank, rule, about, diagnostic))
            if rule.stage == 1 and diagnostic.severity == "error" and about is not None:
                self.spoiled.add(id(about))
                self.spoiled.update(map(id, context.ancestors(about)))
        self.found = unspoiled(found, self.spoiled)

    def _is_inside(self, diagnostic: Diagnostic) -> bool:
        """Whether nothing of a finding, in the clause by itself, is outside of the clause."""
        assert self.clause is not None
        start = self.clause.offset
        end = start + len(self.text)
        spans = [diagnostic.span, *[other.span for other in diagnostic.related]]
        spans += [edit.span for fix in diagnostic.fixes for edit in fix.edits]
        return all(span is not None and start <= span[0] and span[1] <= end for span in spans)


def _below(tree: Expr, typing: Typing) -> list[Node]:
    """The nodes of `tree` in the order of inference."""
    nodes, parents = typing.nodes, typing.parents
    first = next(index for index, node in enumerate(nodes) if node is tree)
    ids = {id(tree)}
    own: list[Node] = [tree]
    for node in nodes[first + 1 :]:
        if id(parents.get(id(node))) not in ids:
            break
        ids.add(id(node))
        own.append(node)
    return own


def unspoiled(found: list[Found], spoiled: set[int]) -> list[Found]:
    """The findings that do not follow from others, each once; see `pqltools.checks.runner`."""
    kept = {
        (id(node), diagnostic): (rank, rule, node, diagnostic)
        for rank, rule, node, diagnostic in found
        if rule.stage == 1 or not rule.nodes or id(node) not in spoiled
    }
    return [*kept.values()]


def move_nodes(nodes: list[Node], by: int) -> None:
    """Give the nodes other places. They are this module's own: what callers get is another tree."""
    for node in nodes:
        start, end = node.span  # type: ignore[misc]
        _set_span(node, (start + by, end + by))


def _at(span: Span, by: int) -> Span:
    return span[0] + by, span[1] + by


def moved(it: Diagnostic, by: int) -> Diagnostic:
    """The finding at another place. Its fixes are edits only: the nodes that they are about have moved on."""
    related = tuple([Related(other.message, _at(other.span, by)) for other in it.related]) if it.related else ()
    fixes = it.fixes
    if fixes:
        fixes = tuple(
            [
                Fix(fix.title, tuple([Edit(_at(edit.span, by), edit.text) for edit in fix.edits]), fix.safe)
                for fix in fixes
            ]
        )
    span = None if it.span is None else _at(it.span, by)
    return Diagnostic(it.code, it.message, span, it.severity, it.help, related, fixes, it.path, it.source)
