"""How is a single value written in pql/json?  Literals of all dialects, and nodes that were kept whole."""

from __future__ import annotations

try:
    from _json import encode_basestring  # all that is needed of `json` most often, at a tenth of its start
except ImportError:  # as in `json.encoder`
    from json.encoder import encode_basestring

from pqltools.diagnostics import PQLError, error
from pqltools.limits import HIGHEST_DEPTH
from pqltools.records import TYPE_CHECKING
from pqltools.syntax import ast
from pqltools.syntax.operators import INTEGER_MAX, INTEGER_MIN

if TYPE_CHECKING:
    from collections.abc import Callable, Container
    from typing import NoReturn

    from pqltools.syntax.ast import Node

#: A string as JSON, non-ASCII characters as they are.
quote: Callable[[str], str] = encode_basestring
#: The profile as dialect A writes it.
PROFILE = '{"nodeType":"literal","literalType":"XDMObject","value":"profile"}'
_LARGEST = 1.7976931348623157e308


def literal(kind: str, value: str, spelling: str | None = None) -> str:
    """A literal with the JSON text of its value; only "lower" and "untyped" among the spellings change it."""
    if spelling == "lower":
        kind = kind.lower()
    elif spelling == "untyped":
        return f'{{"nodeType":"literal","value":{value}}}'
    return f'{{"nodeType":"literal","literalType":"{kind}","value":{value}}}'


def integer(e: ast.IntegerLiteral, spelling: str | None) -> str:
    """An integer literal."""
    value = _digits(e)
    if spelling == "lower":
        value = f'"{value}"'
    return literal("Integer", value, "lower" if spelling == "lower:int" else spelling)


def _digits(e: ast.IntegerLiteral) -> str:
    if not INTEGER_MIN <= e.value <= INTEGER_MAX:
        raise error("PQL012", "an integer does not fit in 64 bits", e.span)
    return str(e.value)


def double(e: ast.DoubleLiteral, spelling: str | None) -> str:
    """A double literal."""
    value = _decimal(e)
    kind, _, integer = (spelling or "").partition(":")
    if integer and value.endswith(".0"):
        value = value[:-2]
    return literal(kind if kind in ("Number", "Float") else "Double", value, kind)


def _decimal(e: ast.DoubleLiteral) -> str:
    """The double with a point or an exponent."""
    if not abs(e.value) <= _LARGEST:
        raise error("PQL012", "a double is not finite", e.span)
    return repr(float(e.value))


def raw_list(e: ast.ListLiteral, depth: int) -> str | None:
    """The items as plain JSON, or None if one of them is no plain value."""
    if depth >= HIGHEST_DEPTH and e.items:
        raise too_deep()
    values: list[str] = []
    for item in e.items:
        match item:
            case ast.StringLiteral():
                values.append(quote(item.value))
            case ast.IntegerLiteral():
                values.append(_digits(item))
            case ast.DoubleLiteral():
                values.append(_decimal(item))
            case ast.BooleanLiteral():
                values.append("true" if item.value else "false")
            case ast.NullLiteral():
                values.append("null")
            case ast.ListLiteral():
                nested = raw_list(item, depth + 1)
                if nested is None:
                    return None
                values.append(nested)
            case _:
                return None
    return f"[{','.join(values)}]"


def opaque(e: ast.Opaque) -> str:
    """The node, its keys in the order that was read unless it has been changed since."""
    tree, read = _decoded(e.tree), _decoded(e.spelling or "")
    if not isinstance(tree, dict):
        refuse("an opaque node holds no JSON object", e)
    return _encoded(read if read == tree else tree)


def _decoded(text: str) -> object:
    """The JSON that `text` holds; None if it holds none, or a number that is not finite."""
    import json

    try:
        tree = json.loads(text, parse_constant=_no_number)
        _encoded(tree)
    except ValueError:
        return None
    return tree


def _encoded(tree: object) -> str:
    import json

    return json.dumps(tree, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _no_number(constant: str) -> NoReturn:
    raise ValueError(constant)


def check(word: str, words: Container[str], what: str, e: Node) -> None:
    """Refuse a word that the reader would refuse."""
    if word not in words:
        refuse(f"`{word}` is no {what}", e)


def refuse(message: str, e: Node) -> NoReturn:
    """Raise PQL036 at the node."""
    raise error("PQL036", f"{message}, so the tree cannot be written as `pql/json`", e.span)


def too_deep() -> PQLError:
    """PQL010 for trees that no reader accepts."""
    return error("PQL010", f"the expression is nested deeper than {HIGHEST_DEPTH} levels", help="split the expression")
