"""What becomes of functions that go over the items of an array, or of a map?"""

from __future__ import annotations

from sqlglot import exp

from pqltools.sql import building
from pqltools.sql.nested import Entries, Nested
from pqltools.sql.refusal import refusal
from pqltools.sql.values import Parts, Value, computed
from pqltools.syntax import ast
from pqltools.types.model import BOOLEAN, DOUBLE, INTEGER, NULL, STRING, TIMES, MapType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlglot.expressions import Expression

    from pqltools.sql.scopes import Scope
    from pqltools.sql.translate import Translator
    from pqltools.sql.values import Items
    from pqltools.syntax.ast import Expr, FunctionCall


class _Call:
    """A call over items: what is gone over, and the second argument for each item.

    A lambda over a map sees its entries; what is left of them in the end are the values.
    """

    def __init__(self, translator: Translator, node: FunctionCall) -> None:
        self.translator = translator
        self.array = translator.value(node.arguments[0])
        self.body = node.arguments[1] if len(node.arguments) > 1 else None
        self.scope = translator.scope
        self.by_entry = isinstance(self.body, ast.Lambda) and isinstance(self.array.type, MapType)
        self.items: Items = self.array.entries() if self.by_entry else translator.source(self.array)

    def _inner(self, item: Value) -> tuple[Scope, Expr]:
        """The scope of the body for an item, and the body."""
        body = self.body
        assert body is not None
        if isinstance(body, ast.ItemLambda):
            return self.scope.item(item), body.body
        if not isinstance(body, ast.Lambda):
            return self.scope, body
        values = item.parts if isinstance(item, Parts) else (item,)
        scope = self.scope
        for index, name in enumerate(body.parameters):
            scope = scope.bind(name, values[index] if index < len(values) else self.translator.null())
        return scope, body.body

    def value(self, item: Value) -> Value:
        """The value of the body for an item."""
        scope, body = self._inner(item)
        return self.translator.inside(scope, body)

    def holds(self, item: Value) -> Expression:
        """The condition for an item."""
        scope, body = self._inner(item)
        return self.translator.holds(scope, body)

    def itself(self, item: Value) -> Value:
        """The second argument, or the item where there is none."""
        return item if self.body is None else self.value(item)

    def kept(self, items: Items) -> Items:
        """Items, of entries of a map the values."""
        return items.map(_second) if self.by_entry else items


def _second(item: Value) -> Value:
    assert isinstance(item, Parts)
    return item.parts[1]


def exists(translator: Translator, node: FunctionCall) -> Expression:
    """``exists``, with a condition or without."""
    call = _Call(translator, node)
    return call.items.exists(None if call.body is None else call.holds)


def _count(translator: Translator, node: FunctionCall) -> Value:
    call = _Call(translator, node)
    return call.items.count(None if call.body is None else call.holds)


def _filter(translator: Translator, node: FunctionCall) -> Value:
    call = _Call(translator, node)
    return computed(call.kept(call.items.filter(call.holds)))


def _map(translator: Translator, node: FunctionCall) -> Value:
    call = _Call(translator, node)
    body = call.body.body if isinstance(call.body, ast.Lambda | ast.ItemLambda) else call.body
    if isinstance(body, ast.FunctionCall) and body.function == "mapEntry":
        return _mapped(call, body)
    if _holds_entries(body):
        raise refusal("`mapEntry` inside something else", body)
    return computed(call.items.map(call.value))


def _mapped(call: _Call, body: FunctionCall) -> Value:
    """A map with the keys of another, and other values."""
    key, value = body.arguments
    lambda_ = call.body
    if not (call.by_entry and isinstance(lambda_, ast.Lambda) and key == ast.VariableReference(lambda_.parameters[0])):
        raise refusal("`mapEntry` with a key that is not that of the map gone over", body)
    if len(lambda_.parameters) > 1 and lambda_.parameters[0] in lambda_.parameters[1:]:
        raise refusal("`mapEntry` with a key that is not that of the map gone over", body)
    if _holds_entries(value):
        raise refusal("`mapEntry` inside something else", body)

    def made(entry: Value) -> Value:
        scope, _ = call._inner(entry)
        return call.translator.inside(scope, value)

    values = call.items.map(made).value()
    keys = call.items.map(lambda entry: entry.parts[0]).value()  # type: ignore[attr-defined]
    found = call.translator.dialect.map_of(keys.sql(), values.sql())
    made_map = Entries(MapType(values.type.item), found, call.translator.writing)  # type: ignore[union-attr]
    made_map.is_defined = True
    return made_map


def _holds_entries(body: Expr | None) -> bool:
    from pqltools.syntax.walk import walk

    return body is not None and any(
        isinstance(node, ast.FunctionCall) and node.function == "mapEntry" for node in walk(body)
    )


def _aggregate(translator: Translator, node: FunctionCall) -> Value:
    call = _Call(translator, node)
    if node.function == "sum":
        return call.items.sum(call.itself)
    if node.function == "average":
        return call.items.average(call.itself)
    return call.items.extreme(call.itself, highest=node.function == "max")


def _ranked(translator: Translator, node: FunctionCall) -> Value:
    call = _Call(translator, node)
    number = translator.value(node.arguments[2])
    if number.type is not INTEGER:
        if number.type is NULL or number.is_constant:
            return translator.null()
        raise refusal("a number of items that is no integer", node.arguments[2])
    found = call.kept(call.items.ranked(call.value, number, highest=node.function == "topN")).value()
    found.is_defined = number.is_constant
    return found


def _grouped(translator: Translator, node: FunctionCall) -> Value:
    call = _Call(translator, node)
    if call.by_entry:
        raise refusal("`groupBy` over a map", node)
    found = call.items.grouped(lambda item: _key(translator, call.value(item)))
    found.is_defined = True
    return found


def _key(translator: Translator, value: Value) -> Value:
    """The key of a map that a value stands for."""
    from pqltools.sql.texts import as_text

    if value.type is BOOLEAN:
        words = [
            (value.sql(), building.text("true")),
            (exp.Not(this=building.operand(value.sql())), building.text("false")),
        ]
        return Nested(STRING, building.case(words), translator.writing)
    if value.type in TIMES:
        raise refusal("times as the keys of groups")
    if value.type in (STRING, INTEGER, DOUBLE):
        found = as_text(value)
        assert found is not None
        return found
    raise refusal("groups by what is no scalar")


def _distinct(translator: Translator, node: FunctionCall) -> Value:
    return computed(translator.source(translator.value(node.arguments[0])).distinct())


def _head(translator: Translator, node: FunctionCall) -> Value:
    return translator.source(translator.value(node.arguments[0])).head()


CALLS: dict[str, Callable[[Translator, FunctionCall], Value]] = {
    "count": _count,
    "filter": _filter,
    "map": _map,
    **dict.fromkeys(("sum", "average", "min", "max"), _aggregate),
    **dict.fromkeys(("topN", "bottomN"), _ranked),
    "groupBy": _grouped,
    "distinct": _distinct,
    "head": _head,
}
