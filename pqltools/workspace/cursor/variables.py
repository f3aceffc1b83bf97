"""Where is a variable bound, and where is it used?  `variable_at`, and `bindings`, all variables of a text."""

from __future__ import annotations

from pqltools.inference.infer import inferred, parameter_types
from pqltools.records import Record, record
from pqltools.syntax import ast
from pqltools.syntax.reading import read
from pqltools.syntax.walk import children
from pqltools.types.model import ANY, OPEN_OBJECT, item_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from pqltools.inference.typing import Typing
    from pqltools.source import Span
    from pqltools.syntax.ast import Expr, Node
    from pqltools.syntax.faults import Token
    from pqltools.types.model import Type


@record
class Binding(Record):
    """A variable: the place of its name where it is bound, and the places where it is used, in order."""

    name: str
    type: Type
    binder: Span
    uses: tuple[Span, ...]

    @property
    def places(self) -> tuple[Span, ...]:
        """Where the name stands, its binder included, in order."""
        return tuple(sorted({self.binder, *self.uses}))


def variable_at(text: str, offset: int) -> Binding | None:
    """The variable whose name the offset is in or directly behind; None for anything else. Never raises."""
    reading = read(text)
    tree, typing = inferred(reading.tree, OPEN_OBJECT)
    return named_at(bindings(text, reading.tokens, tree, typing), offset)


def named_at(found: Iterable[Binding], offset: int) -> Binding | None:
    """The one of these variables that is named at the offset."""
    for binding in found:
        if any(start <= offset <= end for start, end in binding.places):
            return binding
    return None


def bindings(text: str, tokens: Iterable[Token], tree: Expr, typing: Typing) -> list[Binding]:
    """All variables that `text` binds, in the order of their binders."""
    collecting = _Collecting(text, tokens, typing)
    collecting.visit(tree)
    found = [
        Binding(each.name, each.type, each.binder, tuple(sorted(each.uses - {each.binder})))
        for each in collecting.found
        if each.binder is not None
    ]
    return sorted(found, key=lambda binding: binding.binder)


class _Open:
    """A variable while its uses are being collected."""

    def __init__(self, name: str, type: Type, binder: Span | None) -> None:
        self.name = name
        self.type = type
        #: None where the parser made up the name.
        self.binder = binder
        self.uses: set[Span] = set()


class _Collecting:
    """Walks a resolved tree; `names` and `items` are what is in scope."""

    def __init__(self, text: str, tokens: Iterable[Token], typing: Typing) -> None:
        self.text = text
        self.typing = typing
        self.starts = [token.start for token in tokens if token.kind == "NAME" and token.start < token.stop]
        self.found: list[_Open] = []
        self.names: dict[str, _Open] = {}
        self.items: list[_Open | None] = []

    def visit(self, node: Node) -> None:
        match node:
            case ast.VariableReference(name):
                self._use(self.names.get(name), node)
            case ast.ItemReference(distance):
                self._use(self.items[-1 - distance] if distance < len(self.items) else None, node)
            case ast.FunctionCall(_, (ast.Select() as select, ast.ItemLambda() | ast.Lambda() as body)) if (
                node.spelling == "operator"
            ):
                self._over(select, body)
            case ast.ItemLambda(body):
                over = ANY if node.name is None else self._receiver(node)
                opened = (
                    None if node.name is None else self._open(node.name, item_type(over), self._name_after(node, 0))
                )
                self._in_item(opened, body)
            case ast.Lambda(parameters, body):
                self._lambda(node, parameters, body)
            case ast.Select(clauses) | ast.Quantification(_, clauses):
                outer = self.names
                self._clauses(clauses)
                self.names = outer
            case ast.Let(name, value, body):
                self.visit(value)
                opened = self._open(name, self.typing.type(value), self._name_after(node, 0))
                self._under({name: opened}, body)
            case ast.Chain():
                self._chain(node)
            case _:
                for child in children(node):
                    self.visit(child)

    def _use(self, variable: _Open | None, node: Node) -> None:
        """Note a use, unless the item is written `this`, `^` or not at all."""
        if variable is not None and node.span is not None:
            start, end = node.span
            if self.text[start:end] == variable.name:
                variable.uses.add((start, end))

    def _open(self, name: str, type: Type, at: int | None) -> _Open:
        span = None if at is None else (at, at + len(name))
        if span is not None and self.text[span[0] : span[1]] != name:
            span = None
        opened = _Open(name, type, span)
        self.found.append(opened)
        return opened

    def _name_after(self, node: Node, index: int) -> int | None:
        """Where the name number `index` in the text of a node begins."""
        if node.span is None:
            return None
        from bisect import bisect_left

        at = bisect_left(self.starts, node.span[0]) + index
        return self.starts[at] if at < len(self.starts) and self.starts[at] < node.span[1] else None

    def _receiver(self, node: Node) -> Type:
        """The type of the array that a lambda goes over."""
        parent = self.typing.parents.get(id(node))
        match parent:
            case ast.FunctionCall(_, (first, *_)) if first is not node:
                return self.typing.type(first)
            case ast.Chain(array):
                return self.typing.type(array)
            case _:
                return ANY

    def _under(self, names: dict[str, _Open], body: Node) -> None:
        outer = self.names
        self.names = {**outer, **names}
        self.visit(body)
        self.names = outer

    def _in_item(self, variable: _Open | None, body: Node) -> None:
        self.items.append(variable)
        self.visit(body)
        self.items.pop()

    def _lambda(self, node: ast.Lambda, parameters: tuple[str, ...], body: Node) -> None:
        types = [*parameter_types(self._receiver(node))] + [ANY] * len(parameters)
        opened = {}
        for index, name in enumerate(parameters):
            opened[name] = self._open(name, types[index], self._name_after(node, index))
        self._under(opened, body)

    def _clauses(self, clauses: tuple[ast.VariableDeclaration, ...]) -> list[_Open]:
        """Leaves the variables of the clauses in scope."""
        found = []
        for clause in clauses:
            self.visit(clause.source)
            type = item_type(self.typing.type(clause.source))
            opened = self._open(clause.name, type, None if clause.span is None else clause.span[0])
            found.append(opened)
            self.names = {**self.names, clause.name: opened}
            if clause.condition is not None:
                self.visit(clause.condition)
        return found

    def _over(self, select: ast.Select, body: ast.ItemLambda | ast.Lambda) -> None:
        """``sum e over X from …``: the body stands before the clauses, but its variables are theirs."""
        outer = self.names
        opened = self._clauses(select.variables)
        if isinstance(body, ast.ItemLambda):
            self._in_item(opened[0], body.body)
        else:
            self.visit(body.body)
        self.names = outer

    def _chain(self, node: ast.Chain) -> None:
        outer = self.names
        self.visit(node.array)
        self.visit(node.timestamp_field)
        type = item_type(self.typing.type(node.array))
        for element in node.elements:
            for child in children(element):
                self.visit(child)
            at = None if element.span is None else element.span[0]
            self.names = {**self.names, element.name: self._open(element.name, type, at)}
        self.names = outer
