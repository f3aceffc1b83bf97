"""Can this expression be evaluated, and with what?  `prepare` makes a `Program`, or says what stands in the way.

What only a profile can show is decided when one comes, and raises nothing but `EvaluationTimeout`: what cannot be
computed is null. What can be seen beforehand is an error before the run starts: nodes of unknown kind, unknown
functions, wrong numbers of arguments, regular expressions that cannot be run, segments that refer to each other in a
circle.
"""

from __future__ import annotations

from pqltools.diagnostics import PQLError, error
from pqltools.formats.given import tree_of
from pqltools.functions.personalization import PERSONALIZATION
from pqltools.functions.registry import function as find_function
from pqltools.inference.infer import inferred
from pqltools.inference.scopes import bound_for
from pqltools.records import Record, hint, record
from pqltools.syntax import ast
from pqltools.syntax.operators import ITEM_FUNCTIONS
from pqltools.types.patterns import pattern
from pqltools.xdm.given import schema_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pqltools.formats.given import Expression
    from pqltools.inference.typing import Typing
    from pqltools.syntax.ast import Expr, Node
    from pqltools.types.model import Type
    from pqltools.xdm.schema import Schema

CODE = "PQL070"
_LAMBDAS = (ast.Lambda, ast.ItemLambda)
_REGEX_FUNCTIONS = ("matches", "regexGroup")
_FORMS = ("occurs", "chain")


@record
class Program(Record):
    """An expression that is ready to be evaluated.

    `body` is the expression without the lambda around it, whose `parameters` stand for ``$1``, ``$2``, … . `now` is in
    milliseconds since 1970 UTC. `segments` are the definitions that `inSegment` evaluates; of other ids the profile's
    memberships tell.
    """

    tree: Expr
    body: Expr
    parameters: tuple[str, ...]
    now: int
    typing: Typing = hint(default=None)
    segments: Mapping[str, Program] = hint(default=None)

    def type(self, node: Node) -> Type:
        """The type of a part of the expression."""
        return self.typing.type(node)


def prepare(
    expression: Expression,
    schema: Schema | str | Iterable[str] | None = None,
    *,
    tenant: str | None = None,
    now: int | None = None,
    segments: Mapping[str, Expression] | None = None,
) -> Program:
    """The program of an expression; see `pqltools.evaluation.compile` for what the arguments mean.

    Raises `PQLError`: what `parse` and `from_json` raise, and PQL070 for what cannot be evaluated.
    """
    if now is None:
        import time

        now = int(time.time() * 1000)
    return Preparation(schema_of(schema, tenant).profile, now, segments or {}).program(tree_of(expression))


class Preparation:
    """Programs and the segments that they need, for one schema and one instant.

    `trusted` trees are those of `unknowns`, which have functions that no user has.
    """

    def __init__(self, profile: Type, now: int, segments: Mapping[str, Expression], *, trusted: bool = False) -> None:
        self.trusted = trusted
        self.profile = profile
        self.now = now
        self.given = segments
        self.ready: dict[str, Program] = {}
        #: The ids that are being prepared, the outermost first.
        self.path: list[str] = []

    def program(self, tree: Expr) -> Program:
        """The program of a tree. Raises `PQLError` (PQL070)."""
        tree, typing = inferred(tree, self.profile)
        problems = [problem for node in typing.nodes for problem in _problems(node, typing)]
        if problems and not self.trusted:
            raise PQLError([problem for each in problems for problem in each.diagnostics])
        self.prepare_segments(typing)
        if isinstance(tree, ast.Lambda):
            return Program(tree, tree.body, tree.parameters, self.now, typing=typing, segments=self.ready)
        return Program(tree, tree, (), self.now, typing=typing, segments=self.ready)

    def prepare_segments(self, typing: Typing) -> None:
        """Prepare the segments that a tree refers to."""
        for node in typing.nodes:
            match node:
                case ast.FunctionCall("inSegment", (ast.StringLiteral(id),)) if id in self.given:
                    self.segment(id, node)
                case ast.FunctionCall("inSegment", (other,)) if not isinstance(other, ast.StringLiteral):
                    # Any of them may be meant.
                    for id in self.given:
                        self.segment(id, node)
                case _:
                    pass

    def segment(self, id: str, node: Node) -> None:
        """Prepare a segment that `node` refers to."""
        if id in self.path:
            circle = " → ".join((*self.path[self.path.index(id) :], id))
            raise error(CODE, f"segments refer to each other in a circle: {circle}", node.span)
        if id not in self.ready:
            self.path.append(id)
            try:
                self.ready[id] = self.program(tree_of(self.given[id]))
            finally:
                self.path.pop()


def _problems(node: Node, typing: Typing) -> Iterator[PQLError]:
    """Why this node has no value, whatever the profile."""
    match node:
        case ast.Hole():
            yield error(CODE, "the expression is incomplete", node.span)
        case ast.Opaque(kind):
            yield error(CODE, f"nobody knows what a node of the kind `{kind}` means", node.span)
        case ast.FunctionCall():
            yield from _call_problems(node)
        case ast.Lambda():
            if not _is_applied(node, typing):
                yield error(CODE, "nothing calls this lambda", node.span, help="it may stand in `map` or a filter")
        case ast.VariableReference(name):
            if not _is_bound(node, typing):
                yield error(CODE, f"nothing binds the variable `{name}`", node.span)
        case ast.ItemReference(distance):
            if distance >= _scopes(node, typing):
                yield error(CODE, "there are not as many scopes around this item", node.span)
        case _:
            pass


def _call_problems(node: ast.FunctionCall) -> Iterator[PQLError]:
    name, given = node.function, len(node.arguments)
    entry = find_function(name)
    if entry is None or name in _FORMS:
        kind = "belongs to personalization, not to segments" if name in PERSONALIZATION else "is not known"
        yield error(CODE, f"the function `{name}` {kind}", node.span)
        return
    signature = entry.signature
    if given < signature.minimum or (signature.maximum is not None and given > signature.maximum):
        yield error(CODE, f"`{name}` does not take {given} arguments", node.span, help=f"it is {entry.sentence}")
    elif name in _REGEX_FUNCTIONS and isinstance(regex := node.arguments[1], ast.StringLiteral):
        problem = regex_problem(regex.value, groups=name == "regexGroup")
        if problem is not None:
            yield error(CODE, problem, regex.span)


def regex_problem(regex: str, *, groups: bool) -> str | None:
    """Why a regular expression cannot be run, None if it can."""
    known = pattern(regex, groups=groups)
    if known.invalid is not None:
        return f"the regular expression is invalid: {known.invalid.message}"
    if known.unsupported:
        return f"{known.unsupported[0].message} in the regular expression cannot be run here"
    return None


def _is_applied(node: ast.Lambda, typing: Typing) -> bool:
    """Whether the lambda is the whole expression or the argument of an item function."""
    parent = typing.parents.get(id(node))
    if parent is None:
        return True
    if not isinstance(parent, ast.FunctionCall) or parent.function not in ITEM_FUNCTIONS:
        return False
    return len(parent.arguments) > 1 and parent.arguments[1] is node


def _is_bound(node: ast.VariableReference, typing: Typing) -> bool:
    below: Node = node
    while (parent := typing.parents.get(id(below))) is not None:
        if node.name in bound_for(parent, below):
            return True
        below = parent
    return False


def _scopes(node: Node, typing: Typing) -> int:
    """How many item scopes the node stands in."""
    found = 0
    while (parent := typing.parents.get(id(node))) is not None:
        found += isinstance(parent, ast.ItemLambda)
        node = parent
    return found
