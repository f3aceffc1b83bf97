"""What is the item of an item scope called in pql/json?  The tree counts scopes, the wire form binds names.

The name that was read is kept unless it would be wrong, which is when

- a binder of that name stands between the scope and a reference to its item,
- a variable of that name is used inside that is bound outside, or
- an item scope further out has that name, and its item is used inside.

New names are ``v0``, ``v1``, … by the number of item scopes around, without the names that the tree uses anywhere:
those can neither capture a reference nor be captured. Inside of an opaque node any string may be a name.
"""

from __future__ import annotations

import re

from pqltools.diagnostics import error
from pqltools.records import TYPE_CHECKING
from pqltools.syntax import ast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any, TypeAlias

    from pqltools.syntax.ast import Expr, Time

    #: A binder around a node: the name of a variable, or an item scope.
    Binder: TypeAlias = "str | Uses"
    #: What to do next: look into a node, enter a binder, leave so many binders.
    Step: TypeAlias = "Time | Binder | int"
    Steps: TypeAlias = Sequence[Step]

_STRINGS = re.compile(r'"((?:[^"\\]|\\.)*)"')


class Uses:
    """What the inside of an item scope says about names; it does not depend on what is outside."""

    __slots__ = ("crossed", "opaque", "outer", "variables")

    def __init__(self) -> None:
        #: Variables bound between the scope and a reference to its item.
        self.crossed: set[str] = set()
        #: Item scopes further out whose items are used: 0 the next one.
        self.outer: set[int] = set()
        #: Strings in opaque nodes inside.
        self.opaque: set[str] = set()
        #: Variables that are used inside and bound outside, if at all.
        self.variables: set[str] = set()


class ItemNames:
    """Names for the item scopes of one tree. It is made when the writer meets the first one."""

    def __init__(self, tree: Expr) -> None:
        self._used: set[str] = set()
        self._uses: dict[int, Uses] = {}
        self._binders: list[Binder] = []
        self._look(tree)
        self._unused = _unused(self._used)
        self._new: list[str] = []

    def choose(self, scope: ast.ItemLambda, around: list[str]) -> str:
        """The name for `scope` inside of item scopes that are called `around`, outermost first. Raises PQL036."""
        name = scope.name
        uses = self._uses[id(scope)]
        if name is not None and name not in uses.crossed and name not in uses.variables:
            visible = [around[-1 - distance] for distance in uses.outer if distance < len(around)]
            if name not in visible:
                return name
        if name in uses.opaque:
            message = f"the name `{name}` is taken, and cannot be changed in an opaque node that may use it"
            raise error("PQL036", message, scope.span)
        while len(self._new) <= len(around):
            self._new.append(next(self._unused))
        return self._new[len(around)]

    def _look(self, tree: Expr) -> None:
        """Collect the names that are bound and used in `tree`. Iterative: the writer may be deep in it already."""
        pending: list[Step] = [tree]
        while pending:
            step = pending.pop()
            if isinstance(step, str):
                self._used.add(step)
                self._binders.append(step)
            elif isinstance(step, Uses):
                self._binders.append(step)
            elif isinstance(step, int):
                del self._binders[len(self._binders) - step :]
            else:
                steps = _STEPS.get(step.__class__)
                if steps is not None:
                    pending.extend(reversed(steps(self, step)))

    def _call(self, node: ast.FunctionCall) -> Steps:
        return node.arguments

    def _path(self, node: ast.FieldLookup) -> Steps:
        return (node.object,)

    def _list(self, node: ast.ListLiteral) -> Steps:
        return node.items

    def _object(self, node: ast.ObjectLiteral) -> Steps:
        return [part.value for part in node.properties]

    def _function(self, node: ast.Lambda) -> Steps:
        return (*node.parameters, node.body, len(node.parameters))

    def _variables(self, node: ast.Select | ast.Quantification) -> Steps:
        steps: list[Step] = []
        for variable in node.variables:
            steps += (variable.source, variable.name)
            if variable.condition is not None:
                steps.append(variable.condition)
        return (*steps, len(node.variables))

    def _let(self, node: ast.Let) -> Steps:
        return (node.value, node.name, node.body, 1)

    def _occurs(self, node: ast.Occurs) -> Steps:
        return (node.timestamp, *_times(node.window))

    def _chain(self, node: ast.Chain) -> Steps:
        steps: list[Step] = [node.array, node.timestamp_field]
        for element in node.elements:
            steps.append(element.what)
            if element.when is not None:
                steps += _times(element.when)
            if element.where is not None:
                steps.append(element.where)
            if element.count is not None:
                steps.append(element.count.value)
            steps.append(element.name)
        return (*steps, len(node.elements))

    def _scope(self, node: ast.ItemLambda) -> Steps:
        uses = self._uses[id(node)] = Uses()
        if node.name is not None:
            self._used.add(node.name)
        return (uses, node.body, 1)

    def _opaque(self, node: ast.Opaque) -> Steps:
        strings = _STRINGS.findall(node.tree)
        self._used.update(strings)
        for binder in self._binders:
            if isinstance(binder, Uses):
                binder.opaque.update(strings)
        return ()

    def _item(self, node: ast.ItemReference) -> Steps:
        distance = node.distance
        crossed: list[str] = []
        for binder in reversed(self._binders):
            if isinstance(binder, str):
                crossed.append(binder)
            elif distance == 0:
                binder.crossed.update(crossed)
                break
            else:
                distance -= 1
                binder.outer.add(distance)
        return ()

    def _variable(self, node: ast.VariableReference) -> Steps:
        name = node.name
        self._used.add(name)
        for binder in reversed(self._binders):
            if not isinstance(binder, str):
                binder.variables.add(name)
            elif binder == name:
                break
        return ()


def _times(window: ast.TimeWindow) -> Sequence[Time]:
    return (window.time,) if window.end is None else (window.time, window.end)


#: What is to be done about each kind of node. The others are leaves without names.
_STEPS: dict[type, Callable[[ItemNames, Any], Steps]] = {
    ast.FunctionCall: ItemNames._call,
    ast.FieldLookup: ItemNames._path,
    ast.ListLiteral: ItemNames._list,
    ast.ObjectLiteral: ItemNames._object,
    ast.VariableReference: ItemNames._variable,
    ast.ItemReference: ItemNames._item,
    ast.ItemLambda: ItemNames._scope,
    ast.Lambda: ItemNames._function,
    ast.Select: ItemNames._variables,
    ast.Quantification: ItemNames._variables,
    ast.Let: ItemNames._let,
    ast.Occurs: ItemNames._occurs,
    ast.Chain: ItemNames._chain,
    ast.Opaque: ItemNames._opaque,
}


def _unused(used: set[str]) -> Iterator[str]:
    number = 0
    while True:
        name = f"v{number}"
        if name not in used:
            yield name
        number += 1
