"""Which expression says that a null decides another one?  `unknown`, for runs over many profiles.

`pqltools.evaluation.nulls` says what it means that the answer is unknown, and finds it out by walking. Here the same is
put as an expression: what surely holds and what surely does not are written as conditions of PQL, in which a null
operand is asked for, and the answer is unknown if neither holds. So it is compiled like any other, and many at once.
"""

from __future__ import annotations

from pqltools.evaluation.program import Preparation
from pqltools.evaluation.values import holds_times
from pqltools.records import Record, record, replace
from pqltools.syntax import ast
from pqltools.syntax.operators import COMPARISONS
from pqltools.types.model import MapType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pqltools.evaluation.program import Program
    from pqltools.syntax.ast import Expr, FunctionCall, Quantification, VariableDeclaration
    from pqltools.types.model import Type

#: Functions that exist in these expressions only: whether an array on the left, tested against what is none, holds a
#: null; whether an array does; whether ``in`` or ``notIn`` surely does not hold.
NULL_LEAF, NULL_ITEM, SURELY_NOT_IN = "null leaf", "null item", "surely not in"
#: Before the id of a segment: the condition that it surely holds, or surely does not.
SURELY, SURELY_NOT = "\0surely ", "\0surely not "
#: Expressions that grow larger are left to the walker.
_LARGEST = 20_000

_TEXT_TESTS = "startsWith doesNotStartWith endsWith doesNotEndWith contains doesNotContain like matches".split()
_TESTS = frozenset((*COMPARISONS, "equals", "notEqualTo", "includes", "stringCompare", *_TEXT_TESTS))


class TooLarge(Exception):
    """The expression would be too large."""


@record
class Verdict(Record):
    """Two conditions: that an expression surely holds, and that it surely does not."""

    holds: Expr
    fails: Expr


def unknown(program: Program) -> Expr:
    """The condition that a null decides the answer of a program.

    It refers to the segments of `unknown_segments`, and is to be prepared as trusted. Raises `TooLarge`.
    """
    verdict = _Rewriting(program).verdict(program.body)
    # Most answers surely fail, which is soon found out.
    found = _and(_not(verdict.fails), _not(verdict.holds))
    return ast.Lambda(program.parameters, found) if program.parameters else found


def unknown_segments(segments: Iterable[tuple[str, Program]]) -> dict[str, Expr]:
    """The definitions of what surely holds and surely does not, of the segments that programs refer to."""
    found: dict[str, Expr] = {}
    for id, program in segments:
        verdict = _Rewriting(program).verdict(program.body)
        for prefix, condition in ((SURELY, verdict.holds), (SURELY_NOT, verdict.fails)):
            found[prefix + id] = ast.Lambda(program.parameters, condition) if program.parameters else condition
    return found


def _call(name: str, *arguments: Expr) -> Expr:
    return ast.FunctionCall(name, arguments)


def _not(condition: Expr) -> Expr:
    return _call("not", condition)


def _and(*conditions: Expr) -> Expr:
    return conditions[0] if len(conditions) == 1 else _call("and", *conditions)


def _or(*conditions: Expr) -> Expr:
    return conditions[0] if len(conditions) == 1 else _call("or", *conditions)


def _given(*nodes: Expr) -> list[Expr]:
    """That values are not null, of those that might be."""
    literals = (ast.StringLiteral, ast.IntegerLiteral, ast.DoubleLiteral, ast.BooleanLiteral, ast.ListLiteral)
    return [_call("isNotNull", node) for node in nodes if not isinstance(node, (*literals, ast.TimestampLiteral))]


class _Rewriting:
    """Rewrites the conditions of one program."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.size = 0

    def verdict(self, node: Expr) -> Verdict:
        """When `node`, where a condition is due, surely holds and surely does not."""
        self.size += 1
        if self.size > _LARGEST:
            raise TooLarge
        match node:
            case ast.FunctionCall(name):
                connective = _CONNECTIVES.get(name)
                if connective is not None:
                    return connective(self, node)
                if name in _TESTS:
                    return self.test(node)
                if name in ("in", "notIn"):
                    return self.membership_in(node)
            case ast.Quantification():
                return self.quantification(node)
            case ast.Let(name, value, body):
                inner = self.verdict(body)
                return Verdict(ast.Let(name, value, inner.holds), ast.Let(name, value, inner.fails))
            case ast.Occurs():
                return self.occurs(node)
            case ast.Chain(elements=(element,)) if element.count is None:
                return self.single(node, element)
        return Verdict(node, _and(*_given(node), _not(node)))

    # Tests.

    def test(self, node: FunctionCall) -> Verdict:
        """A test of values: it surely fails where no value is null."""
        operands = node.arguments[1:] if node.function == "stringCompare" else node.arguments
        parts = _given(*operands)
        if node.function == "stringCompare":
            parts += _given(node)
        if node.function == "includes":
            parts.append(_not(_call(NULL_ITEM, operands[0])))
        else:
            is_map = isinstance(self.program.type(node.arguments[0]), MapType)
            parts.append(_not(_call(NULL_LEAF, operands[0], operands[1], ast.BooleanLiteral(is_map))))
        return Verdict(node, _and(*parts, _not(node)))

    def membership_in(self, node: FunctionCall) -> Verdict:
        """``in`` and ``notIn``: nulls in the list count, too."""
        left, right = node.arguments
        flags = (
            any(holds_times(self.program.type(part)) for part in node.arguments),
            isinstance(self.program.type(left), MapType),
            node.function == "in",
        )
        return Verdict(node, _call(SURELY_NOT_IN, left, right, *map(ast.BooleanLiteral, flags)))

    def occurs(self, node: ast.Occurs) -> Verdict:
        """``occurs``."""
        window = node.window
        times = [time for time in (window.time, window.end) if time is not None]
        parts = _given(node.timestamp, *[time for time in times if not isinstance(time, ast.TimeInterval)])
        null_leaf = _call(NULL_LEAF, node.timestamp, ast.BooleanLiteral(True), ast.BooleanLiteral(False))
        return Verdict(node, _and(*parts, _not(null_leaf), _not(node)))

    def single(self, node: ast.Chain, element: ast.ChainElement) -> Verdict:
        """A chain of one element: there surely is such an event, or surely none."""
        what = self.verdict(element.what.body)
        where = None if element.where is None else self.verdict(element.where.body)

        def chain(choose: Callable[[Verdict], Expr]) -> Expr:
            conditions = {"what": replace(element.what, body=choose(what))}
            if element.where is not None and where is not None:
                conditions["where"] = replace(element.where, body=choose(where))
            return replace(node, elements=(replace(element, negated=False, **conditions),))

        holds, possible = chain(lambda verdict: verdict.holds), chain(lambda verdict: _not(verdict.fails))
        return Verdict(_not(possible), holds) if element.negated else Verdict(holds, _not(possible))

    # What combines conditions.

    def conjunction(self, node: FunctionCall) -> Verdict:
        """``and``."""
        parts = [self.verdict(part) for part in node.arguments]
        return Verdict(_call("and", *[part.holds for part in parts]), _call("or", *[part.fails for part in parts]))

    def disjunction(self, node: FunctionCall) -> Verdict:
        """``or``."""
        parts = [self.verdict(part) for part in node.arguments]
        return Verdict(_call("or", *[part.holds for part in parts]), _call("and", *[part.fails for part in parts]))

    def negated(self, node: FunctionCall) -> Verdict:
        """``not``."""
        inner = self.verdict(node.arguments[0])
        return Verdict(inner.fails, inner.holds)

    def conditional(self, node: FunctionCall) -> Verdict:
        """``if``: with an unknown test it is what both branches agree on."""
        test, then, other = [self.verdict(part) for part in node.arguments]
        self.size += 2 * self.size  # the parts are there twice

        def either(one: Expr, two: Expr) -> Expr:
            return _or(_and(test.holds, one), _and(test.fails, two), _and(one, two))

        return Verdict(either(then.holds, other.holds), either(then.fails, other.fails))

    def existence(self, node: FunctionCall) -> Verdict:
        """``exists``, with a condition or without."""
        if len(node.arguments) == 1:
            return Verdict(node, _not(node))
        array, item = node.arguments
        if isinstance(item, ast.ItemLambda | ast.Lambda):
            inner = self.verdict(item.body)
            holds: Expr = replace(item, body=inner.holds)
            possible: Expr = replace(item, body=_not(inner.fails))
        else:
            inner = self.verdict(item)
            holds, possible = inner.holds, _not(inner.fails)
        return Verdict(_call("exists", array, holds), _not(_call("exists", array, possible)))

    def segment(self, node: FunctionCall) -> Verdict:
        """``inSegment``: of a given definition, what that surely is; memberships are known."""
        (id,) = node.arguments
        given = [*self.program.segments]
        if isinstance(id, ast.StringLiteral):
            if id.value in self.program.segments:
                return Verdict(*[_segment(prefix + id.value) for prefix in (SURELY, SURELY_NOT)])
            return Verdict(node, _not(node))
        # Any of them may be meant.
        is_other = _not(_call("in", id, ast.ListLiteral(tuple(map(ast.StringLiteral, given)))))

        def any_of(prefix: str, other: Expr) -> Expr:
            own = [_and(_call("=", id, ast.StringLiteral(each)), _segment(prefix + each)) for each in given]
            return _or(*own, _and(is_other, other))

        return Verdict(any_of(SURELY, node), any_of(SURELY_NOT, _not(node)))

    def quantification(self, node: Quantification) -> Verdict:
        """The quantifiers over items."""
        holds = self._clauses(node.variables, lambda verdict: verdict.holds)
        possible = self._clauses(node.variables, lambda verdict: _not(verdict.fails))
        match node.quantifier:
            case "some":
                return Verdict(ast.Quantification("some", holds), ast.Quantification("none", possible))
            case "none":
                return Verdict(ast.Quantification("none", possible), ast.Quantification("some", holds))
            case "all":
                return Verdict(ast.Quantification("all", holds), self._some_fail(node.variables))
        sure, most = _call("count", ast.Select(holds)), _call("count", ast.Select(possible))
        exactly = _and(_call("=", sure, ast.IntegerLiteral(1)), _call("=", most, ast.IntegerLiteral(1)))
        never = _or(_call(">", sure, ast.IntegerLiteral(1)), _call("=", most, ast.IntegerLiteral(0)))
        return Verdict(exactly, never)

    def _clauses(
        self, clauses: tuple[VariableDeclaration, ...], choose: Callable[[Verdict], Expr]
    ) -> tuple[VariableDeclaration, ...]:
        return tuple(
            [
                clause
                if clause.condition is None
                else replace(clause, condition=choose(self.verdict(clause.condition)))
                for clause in clauses
            ]
        )

    def _some_fail(self, clauses: tuple[VariableDeclaration, ...]) -> Expr:
        """That a condition surely fails for some item."""
        clause, *rest = clauses
        parts = [] if clause.condition is None else [self.verdict(clause.condition).fails]
        parts += [self._some_fail(tuple(rest))] if rest else []
        condition = _or(*parts) if parts else ast.BooleanLiteral(False)
        return ast.Quantification("some", (replace(clause, condition=condition),))


def _segment(id: str) -> Expr:
    return _call("inSegment", ast.StringLiteral(id))


_CONNECTIVES: dict[str, Callable[[_Rewriting, FunctionCall], Verdict]] = {
    "and": _Rewriting.conjunction,
    "or": _Rewriting.disjunction,
    "not": _Rewriting.negated,
    "if": _Rewriting.conditional,
    "exists": _Rewriting.existence,
    "inSegment": _Rewriting.segment,
}


def unknown_program(program: Program, profile: Type) -> Program:
    """The program that tells whether a null decides the answer of another one, for a schema's type of profiles.

    Raises `TooLarge` if there is no reasonable one.
    """
    segments = unknown_segments(program.segments.items())
    return Preparation(profile, program.now, segments, trusted=True).program(unknown(program))
