"""What is a step of a path in SQL: a field of an object, of the items of an array, the value of a key?"""

from __future__ import annotations

from pqltools.evaluation.names import is_namespaced, plain_name
from pqltools.sql import building
from pqltools.sql.nested import Nested
from pqltools.sql.refusal import refusal
from pqltools.sql.values import Fields, Parts, Value
from pqltools.syntax import ast
from pqltools.types.model import ANY, NULL, STRING, ArrayType, MapType, ObjectType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sqlglot.expressions import Expression

    from pqltools.sql.translate import Translator
    from pqltools.syntax.ast import Expr


def step(translator: Translator, object: Value, node: Expr, name: str) -> Value:
    """The field of a value, at which `node` asks for it."""
    type = object.type
    if isinstance(object, Fields):
        return object.fields.get(plain_name(name)) or translator.null()
    if isinstance(type, ObjectType):
        member = type.member(name.removeprefix("xdm:"))
        if member is None or member.type is ANY:
            raise refusal(f"the field `{name}`, of which the schema knows no type,", node)
        return object.field(plain_name(name), member.type)
    if isinstance(type, ArrayType):
        return _through(translator, object, node, name)
    if isinstance(type, MapType):
        return get(translator, object, translator.string(ast.StringLiteral(name)), namespaced=_names_a_map(node))
    # Scalars have no fields.
    return translator.null()


def _through(translator: Translator, array: Value, node: Expr, name: str) -> Value:
    """The fields of the items of an array, without nulls, arrays among them flattened."""
    items = array.items()

    def is_there(value: Value) -> Expression:
        return building.is_not_null(value.sql())

    fields = items.map(lambda item: step(translator, item, node, name))
    if fields.item is NULL:
        raise refusal("a field of items that are no objects", node)
    if isinstance(fields.item, ArrayType):
        fields = items.filter(lambda item: is_there(step(translator, item, node, name))).product(
            lambda item: step(translator, item, node, name).items()
        )
    found = fields.filter(is_there).value()
    found.is_defined = array.is_defined
    return found


def get(translator: Translator, map: Value, key: Value, *, namespaced: bool) -> Value:
    """The value of a key of a map; of a namespace whatever its case."""
    if key.type is not STRING:
        return translator.null()
    found = map.get(key)
    if not namespaced:
        return found
    if not key.is_constant or not key.constant.isascii():
        raise refusal("a namespace that is no constant")
    small = key.constant.lower()

    def is_same(entry: Value) -> Expression:
        assert isinstance(entry, Parts)
        return building.binary("=", translator.dialect.lower(entry.parts[0].sql()), building.text(small))

    def value(entry: Value) -> Value:
        assert isinstance(entry, Parts)
        return entry.parts[1]

    other = map.entries().filter(is_same).map(value).head()
    return Nested(found.type, building.coalesce(found.sql(), other.sql()), translator.writing)


def _names_a_map(node: Expr) -> bool:
    return isinstance(node, ast.FieldLookup) and is_namespaced(node.object)
