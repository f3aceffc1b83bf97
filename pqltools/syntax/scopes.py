"""What does each name mean?  Puts the heads of a freshly built tree into their scopes.

The rules (pql.md, sections 2, 4 and 6). A name at a head is a variable in scope; else `profile` is parameter 1; else,
inside an item scope, a field of the item; else a field of the profile. A back-quoted head is only ever a field. A
select variable is visible in its own condition, in the clauses to its right and nowhere else; a `let` variable in the
body; a chain element's name in the elements after it. `this` is the item of the innermost item scope, each `^` leads
one scope out, past the outermost one to parameter 1; both count the scopes that were written short: an explicit
lambda is a variable, not a scope. The tree counts every item lambda, so the two counts are kept apart here.
"""

from __future__ import annotations

from pqltools.diagnostics import Diagnostic
from pqltools.records import replace
from pqltools.syntax import ast
from pqltools.syntax.values import IMPLICIT, QUOTED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from pqltools.syntax.ast import Expr


def resolve(tree: Expr) -> tuple[Expr, list[Diagnostic]]:
    """The tree with every name resolved, and the names that mean nothing where they stand."""
    resolver = _Resolver()
    result: Expr = resolver.visit(tree)
    return result, resolver.errors


class _Resolver:
    """Walks a tree and keeps what is in scope, so that every look-up takes the same time however much that is."""

    def __init__(self) -> None:
        self.errors: list[Diagnostic] = []
        #: How many item lambdas of the tree are open, and the number of each one that was written short.
        self.items = 0
        self.written: list[int] = []
        #: For every name its binders, innermost last: the number of item lambdas then open, and whether it is one.
        self.binders: dict[str, list[tuple[int, bool]]] = {}

    def _bind(self, name: str) -> None:
        self.binders.setdefault(name, []).append((self.items, False))

    def _unbind(self, names: Iterable[str]) -> None:
        for name in names:
            self.binders[name].pop()

    def visit(self, node: Any) -> Any:
        """`node` resolved; the same object where nothing changed."""
        match node:
            case ast.FieldLookup(ast.ParameterReference() as root, name) if root is IMPLICIT:
                return self._head(node, name)
            case ast.FieldLookup(ast.ParameterReference() as root, name) if root is QUOTED:
                return self._item_field(node, name)
            case ast.FieldLookup(inner, name):
                changed = self.visit(inner)
                return node if changed is inner else ast.FieldLookup(changed, name, span=node.span)
            case ast.ParameterReference(1) if node.spelling == "profile":
                return self._variable("profile", node) or node
            case ast.ItemReference(hats):
                return self._item(node, hats)
            case ast.ItemLambda(body):
                return replace(node, body=self._in_item(node.name, body))
            case ast.Lambda(parameters, body):
                return replace(node, body=self._under(parameters, body))
            case ast.Select(clauses) | ast.Quantification(_, clauses):
                return replace(node, variables=self._clauses(clauses))
            case ast.Let(name, value, body):
                return replace(node, value=self.visit(value), body=self._under((name,), body))
            case ast.Chain():
                return self._chain(node)
            case _:
                return self._rebuild(node)

    def _rebuild(self, node: Any) -> Any:
        """`node` with its children resolved."""
        changes: dict[str, Any] = {}
        name: str
        for name in node.__match_args__:
            value = getattr(node, name)
            if isinstance(value, ast.Node):
                changed = self.visit(value)
            elif isinstance(value, tuple):
                changed = tuple([self.visit(item) if isinstance(item, ast.Node) else item for item in value])
                if all(map(_is, changed, value)):
                    continue
            else:
                continue
            if changed is not value:
                changes[name] = changed
        return replace(node, **changes) if changes else node

    def _under(self, names: tuple[str, ...], body: Any) -> Any:
        for name in names:
            self._bind(name)
        result = self.visit(body)
        self._unbind(names)
        return result

    def _in_item(self, name: str | None, body: Any) -> Any:
        self.items += 1
        if name is None:
            self.written.append(self.items)
        else:
            self.binders.setdefault(name, []).append((self.items, True))
        result = self.visit(body)
        if name is None:
            self.written.pop()
        else:
            self.binders[name].pop()
        self.items -= 1
        return result

    def _clauses(self, clauses: tuple[ast.VariableDeclaration, ...]) -> tuple[ast.VariableDeclaration, ...]:
        result = []
        for clause in clauses:
            source = self.visit(clause.source)
            self._bind(clause.name)
            condition = None if clause.condition is None else self.visit(clause.condition)
            result.append(replace(clause, source=source, condition=condition))
        self._unbind(clause.name for clause in clauses)
        return tuple(result)

    def _chain(self, node: ast.Chain) -> ast.Chain:
        array, timestamp = self.visit(node.array), self.visit(node.timestamp_field)
        elements = []
        for element in node.elements:
            elements.append(self._rebuild(element))
            self._bind(element.name)
        self._unbind(element.name for element in node.elements)
        return replace(node, array=array, timestamp_field=timestamp, elements=tuple(elements))

    def _head(self, node: ast.FieldLookup, name: str) -> Any:
        return self._variable(name, node) or self._item_field(node, name)

    def _variable(self, name: str, node: ast.Node) -> Any:
        """The reference to the variable of that name, or None."""
        binders = self.binders.get(name)
        if not binders:
            return None
        opened, is_item = binders[-1]
        if is_item:
            return ast.ItemReference(self.items - opened, span=node.span)
        return ast.VariableReference(name, span=node.span)

    def _item_field(self, node: ast.FieldLookup, name: str) -> ast.FieldLookup:
        distance = self._distance(0)
        if distance is None:
            return node
        return ast.FieldLookup(
            ast.ItemReference(distance, span=node.span and (node.span[0],) * 2), name, span=node.span
        )

    def _distance(self, hats: int) -> int | None:
        """How many item lambdas of the tree lie inside the scope that is `hats` written scopes out; None past them."""
        return self.items - self.written[-1 - hats] if hats < len(self.written) else None

    def _item(self, node: ast.ItemReference, hats: int) -> Any:
        distance = self._distance(hats)
        if distance is not None:
            return ast.ItemReference(distance, span=node.span)
        if hats == 0:
            message = "`this` has no meaning here: there is no item"
            help = "`this` is the item inside `[…]`, `filter(…)`, `map(…)` and the like; name the field instead"
            self.errors.append(Diagnostic("PQL013", message, node.span, help=help))
        return ast.ParameterReference(1, spelling="$", span=node.span)


def _is(left: object, right: object) -> bool:
    return left is right
