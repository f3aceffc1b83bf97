"""What stands round the cursor?  The tree with a mark in it, the types, and what the grammar has a use for there."""

from __future__ import annotations

from pqltools.functions.registry import function
from pqltools.inference.infer import inferred
from pqltools.records import Record, record
from pqltools.syntax import ast
from pqltools.syntax.reading import read
from pqltools.types.model import ANY, INTEGER, TIMESTAMP, ArrayType
from pqltools.types.shapes import ArrayOf
from pqltools.workspace.cursor.scope import variables_at, without_arrays

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.inference.typing import Typing
    from pqltools.syntax.ast import Expr, Node
    from pqltools.syntax.faults import Token
    from pqltools.types.model import Type
    from pqltools.workspace.cursor.known import Known
    from pqltools.workspace.cursor.scope import Variable
    from pqltools.workspace.cursor.spot import Spot

#: Stands for the word under the cursor while the text is parsed.
MARK = "cursor__mark__"
#: Functions, and operators, that compare the values of one side with those of the other, or with a list of such.
_ARITHMETIC = frozenset(("+", "-", "*", "/", "%"))
#: What `Place.wanted` says for an array of anything.
ARRAY = ArrayType(ANY)
_VALUE_TESTS = frozenset(
    """= != < <= > >= in notIn equals notEqualTo includes intersects intersection subsetOf supersetOf
    startsWith doesNotStartWith""".split()
)


@record
class Place(Record):
    """The cursor's place. `node` is what stands for its word in the tree, None if the parser had no use for it.

    `tokens` are those before the cursor, `expected` the terminals that fit there.
    """

    text: str
    spot: Spot
    known: Known
    tree: Expr
    typing: Typing
    node: Expr | None
    tokens: tuple[Token, ...]
    expected: frozenset[str]

    @property
    def takes_value(self) -> bool:
        """Whether an expression can begin here."""
        return "HOLE" in self.expected

    @property
    def behind(self) -> str:
        """The text behind the cursor's word."""
        return self.text[self.spot.end :]

    def owner(self) -> Type:
        """The type of which the word is a field or a method: that of the path before it, of the item, or a profile."""
        inner = self.receiver()
        if inner is None:
            return self.root()
        if isinstance(inner, ast.ParameterReference):
            return self.known.schema.profile if inner.position == 1 else ANY
        return self.typing.type(inner)

    def receiver(self) -> Expr | None:
        """What stands before the name: the object of a field, the first argument of a method; None if nothing can."""
        match self.node:
            case ast.FieldLookup(inner):
                return inner
            case ast.FunctionCall(name, (inner, *_)) if name == MARK and self.node.spelling == "method":
                return inner
            case _:
                return None

    def root(self) -> Type:
        """The type of which a bare name is a field."""
        node = self.node
        if isinstance(node, ast.FieldLookup) and isinstance(node.object, ast.ItemReference):
            return self.typing.type(node.object)
        return self.known.schema.profile

    def parent(self) -> Node | None:
        """What the word is part of."""
        return None if self.node is None else self.typing.parents.get(id(self.node))

    def variables(self) -> list[Variable]:
        """The variables in scope."""
        if self.node is None:
            return []
        return variables_at(self.node, self.typing, self.known.schema.profile)

    def operand(self) -> Expr | None:
        """The expression with whose values the word is compared."""
        node: Node | None = self.node
        parent = self.parent()
        if isinstance(parent, ast.ListLiteral):
            node, parent = parent, self.typing.parents.get(id(parent))
        match parent:
            case ast.FunctionCall(name, (left, right)) if name in _VALUE_TESTS:
                return left if node is right else right
            case ast.FunctionCall(name, (left, right, _)) if name in _VALUE_TESTS and node is right:
                return left
            case _:
                return None

    def wanted(self) -> Type:
        """The type that a value has best here, `ANY` if there is no telling; `ARRAY` for an array of anything."""
        operand = self.operand()
        if operand is not None:
            return without_arrays(self.typing.type(operand))
        node, parent = self.node, self.parent()
        match parent:
            case ast.TimeWindow():
                return TIMESTAMP
            case ast.VariableDeclaration(_, source) if source is node:
                return ARRAY
            case ast.Chain(array) if array is node:
                return ARRAY
            case ast.FunctionCall(name) if name in _ARITHMETIC and parent.spelling == "operator":
                return INTEGER
            case ast.ItemLambda():
                return self._wanted_of_items(parent)
            case ast.FunctionCall(name, arguments):
                known = function(name)
                index = next(index for index, argument in enumerate(arguments) if argument is node)
                parameters = () if known is None else known.signature.parameters
                return ARRAY if index < len(parameters) and isinstance(parameters[index].type, ArrayOf) else ANY
            case _:
                return ANY

    def _wanted_of_items(self, scope: ast.ItemLambda) -> Type:
        match self.typing.parents.get(id(scope)):
            case ast.Chain(_, timestamp) if timestamp is scope:
                return TIMESTAMP
            case ast.FunctionCall("sum" | "average"):
                return INTEGER
            case _:
                return ANY

    def value_before(self) -> Type:
        """The type of the operand that ends directly before the cursor, `ANY` if nothing is known."""
        if not self.tokens:
            return ANY
        end = self.tokens[-1].stop
        for node in self.typing.nodes:
            if node.span is not None and node.span[1] == end and node.span[0] < end and id(node) in self.typing.types:
                is_joined = isinstance(node, ast.FunctionCall) and node.spelling == "operator"
                if not is_joined and not isinstance(node, ast.Occurs | ast.Select | ast.Quantification | ast.Let):
                    return self.typing.type(node)
        return ANY


def place_of(text: str, spot: Spot, known: Known) -> Place:
    """The place of a spot."""
    marked, at = spot.marked(text, MARK)
    place = _place(text, spot, known, marked, at)
    if place.node is None and len(marked) > at + len(MARK):
        # The parser may have skipped the mark for the sake of what follows.
        alone = _place(text, spot, known, marked[: at + len(MARK) + 2 * spot.in_string], at)
        place = place if alone.node is None else alone
    return place


def _place(text: str, spot: Spot, known: Known, marked: str, at: int) -> Place:
    reading = read(marked, at)
    tree, typing = inferred(reading.tree, known.schema.profile)
    node = next((node for node in typing.nodes if _is_mark(node)), None)
    tokens = tuple(token for token in reading.tokens if token.start < token.stop <= at)
    return Place(text, spot, known, tree, typing, node, tokens, reading.expected)  # type: ignore[arg-type]


def _is_mark(node: Node) -> bool:
    match node:
        case ast.FieldLookup(_, name):
            return name.endswith(MARK)
        case ast.StringLiteral(value):
            return value == MARK
        case ast.FunctionCall(name):
            return name == MARK
        case _:
            return False
