"""Which value does this literal hold?  Reads `literal` nodes of all dialects, and raw JSON values in lists."""

from __future__ import annotations

from pqltools.formats.json_checks import NOTHING, Unknown, is_integer
from pqltools.formats.json_nodes import LITERAL_PARTS, LITERALS
from pqltools.records import TYPE_CHECKING
from pqltools.syntax import ast
from pqltools.syntax.operators import INTEGER_MAX, INTEGER_MIN

if TYPE_CHECKING:
    from typing import Any

    from pqltools.formats.json_faults import Spot
    from pqltools.formats.json_reader import Reader
    from pqltools.syntax.ast import Expr


def read_literal(reader: Reader, node: dict[str, Any], at: Spot) -> Expr:
    """A literal that is an expression."""
    kind, value = node.get("literalType"), node.get("value")
    if len(node) == 3:  # most literals, checked at a glance
        if kind == "String" and value.__class__ is str:
            return ast.StringLiteral(value)
        if kind == "Integer" and value.__class__ is int and INTEGER_MIN <= value <= INTEGER_MAX:
            return ast.IntegerLiteral(value)
    if not isinstance(kind, str) and "literalType" in node:
        reader.wrong_type(kind, "a string", (at, "literalType", -1, 0))
        return NOTHING
    if kind not in LITERALS:
        return reader.opaque(node, at)
    if not reader.fits(node, LITERALS[kind], at):
        return reader.rest(node, LITERALS[kind], at)
    return _literal(reader, kind, value, at)


def _literal(reader: Reader, kind: str | None, value: Any, at: Spot) -> Expr:
    """The literal, whose value has the type that `kind` asks for."""
    match kind:
        case "String":
            return ast.StringLiteral(value)
        case "Integer":
            return ast.IntegerLiteral(value)
        case "Boolean":
            return ast.BooleanLiteral(value)
        case "XDMObject":
            return ast.ParameterReference(1, spelling=kind) if value == "profile" else ast.ModelReference(value)
        case "List":
            return ast.ListLiteral(_items(reader, value, (at, "value", -1, at[3] + 1)))
        case "Timestamp":
            return ast.TimestampLiteral(value)
        case "Double" | "Number" | "Float" | "double":
            name = {"Double": None, "double": "lower"}.get(kind, kind)
            if is_integer(value):
                name = f"{name or kind}:int"
            return ast.DoubleLiteral(float(value), spelling=name)
        case "Null":
            return ast.NullLiteral()
        case None:
            return read_raw(reader, value, (at, "value", -1, at[3]), spelling="untyped")
        case "string":
            return ast.StringLiteral(value, spelling="lower")
        case "integer":
            return ast.IntegerLiteral(int(value), spelling="lower:int" if is_integer(value) else "lower")
        case "boolean":
            return ast.BooleanLiteral(value, spelling="lower")
        case "null":
            return ast.NullLiteral(spelling="lower")
        case "timestamp":
            return ast.TimestampLiteral(value, spelling="lower")
        case "list":
            return ast.ListLiteral(_items(reader, value, (at, "value", -1, at[3] + 1)), spelling="lower")
        case _:
            reader.fault("PQL034", f"a literal of type `{kind}` cannot stand here", at, _PLACES[kind])
            return NOTHING


_PLACES = {
    "TimeDirection": "it is the `relation` of an `occurs`",
    "TimeUnit": "it is the `unit` of a `duration`",
    "Comparison": "it is the `comparison` of a `timeQualification`",
    "TimeInterval": "it is the `timeinterval` of an `occurs`",
}
assert _PLACES.keys() == LITERAL_PARTS


def read_raw(reader: Reader, value: Any, at: Spot, spelling: str | None = None) -> Expr:
    """A plain JSON value as a literal; a number with a point or an exponent is a double."""
    reader.check_depth(at)
    match value:
        case str():
            return ast.StringLiteral(value, spelling=spelling)
        case bool():
            return ast.BooleanLiteral(value, spelling=spelling)
        case int():
            reader.check_integer(value, at)
            return ast.IntegerLiteral(value, spelling=spelling)
        case float():
            reader.check_double(value, at)
            return ast.DoubleLiteral(value, spelling=spelling)
        case None:
            return ast.NullLiteral(spelling=spelling)
        case list():
            return ast.ListLiteral(_items(reader, value, (*at[:3], at[3] + 1)), spelling=spelling)
        case _:
            reader.wrong_type(value, "a plain value", at)
            return NOTHING


def _items(reader: Reader, values: list[Any], at: Spot) -> tuple[Expr, ...]:
    items = []
    for index, value in enumerate(values):
        spot: Spot = (at, None, index, at[3])
        items.append(reader.placed(read_raw(reader, value, spot), spot))
    return tuple(items)


def read_word(reader: Reader, node: Any, at: Spot, kind: str) -> Any:
    """The value of a literal of type `kind`, which must stand at `at`; None if there was a fault."""
    if not reader.is_part(node, at, "literal"):
        return None
    found = node.get("literalType")
    if found != kind:
        if isinstance(found, str) and found not in LITERALS:
            raise Unknown
        what = f"a literal of type `{found}`" if isinstance(found, str) else "a literal without a type"
        reader.fault("PQL034", f"{what} cannot stand here", at, f"expected one of type `{kind}`")
        return None
    return node["value"] if reader.fits(node, LITERALS[kind], at) else None
