"""How do I convert a segment definition?  `convert_definition` and what it is made of, on decoded JSON.

A definition is the body that the Segmentation Service stores: its expression is `expression.value`, in the format that
`expression.format` names. Everything else in it belongs to other people and stays as it is. Files with definitions are
the matter of `definition_files`.
"""

from __future__ import annotations

from pqltools.diagnostics import Diagnostic, PQLError, error
from pqltools.formats.definition_shapes import FORMATS, check_definition, unknown_format, wrong_type
from pqltools.formats.json_locations import excerpt, path_text
from pqltools.limits import MAX_DEPTH, MAX_SIZE
from pqltools.records import TYPE_CHECKING, replace
from pqltools.source import Source

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Literal

    from pqltools.formats.json_writer import Dialect
    from pqltools.syntax.ast import Expr

_VALUE_PATH = "$.expression.value"


def convert_definition(
    definition: Mapping[str, Any],
    to: Literal["pql/json", "pql/text"],
    *,
    dialect: Dialect | None = None,
    rehash: bool = False,
) -> dict[str, Any]:
    """The definition with its expression in the format `to`, and every other member as it was, in its order.

    >>> body = {"name": "US", "expression": {"type": "PQL", "format": "pql/text", "value": 'country = "US"'}}
    >>> convert_definition(body, "pql/json")["expression"]["format"]
    'pql/json'

    The value of ``pql/json`` is written as the service writes it, a string of compact JSON; a string or an object is
    read. A value that is in the wanted format already is left alone, unless `dialect` asks for another spelling of
    the tree. With `rehash` the `ansibleDataModel.hash` that Segment Builder compares is computed anew, otherwise it
    is left. The argument is not changed.

    Raises `PQLError`, each diagnostic with its `path`: PQL040 if this is no definition, PQL041 if format and value
    disagree or the format is unknown, and whatever reading or writing the expression says.
    """
    if to not in FORMATS:
        raise ValueError(f'to must be "pql/json" or "pql/text", not {to!r}')
    if dialect not in (None, "A", "B"):
        raise ValueError(f'dialect must be "A", "B" or None, not {dialect!r}')
    converted, expression = _copies(definition)
    format, value = expression["format"], expression["value"]
    try:
        if format != to or (to == "pql/json" and dialect is not None):
            value = written(read_expression(format, value), to, dialect)
        else:
            check_format(format, value)
    except PQLError as failure:
        raise PQLError([_below_value(diagnostic) for diagnostic in failure.diagnostics]) from None
    expression["format"], expression["value"] = to, value
    model = converted.get("ansibleDataModel")
    if rehash and isinstance(value, str) and isinstance(model, dict) and "hash" in model:
        converted["ansibleDataModel"] = {**model, "hash": str(java_hash(value))}
    return converted


def _copies(definition: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A copy of the definition, and in it a copy of its expression."""
    from collections.abc import Mapping

    value: Any = definition
    if isinstance(definition, Mapping):
        value = dict(definition)
        for key in ("expression", "ansibleDataModel"):
            if isinstance(value.get(key), Mapping):
                value[key] = dict(value[key])
    faults = check_definition(value, ())
    if faults:
        raise PQLError(Diagnostic(f.code, f.message, help=f.help, path=path_text(f.path)) for f in faults)
    return value, value["expression"]


def _below_value(diagnostic: Diagnostic) -> Diagnostic:
    return replace(diagnostic, path=_VALUE_PATH + (diagnostic.path or "$")[1:])


def read_expression(format: str, value: object, *, max_depth: int = MAX_DEPTH, max_size: int = MAX_SIZE) -> Expr:
    """The expression of an `expression.format` and `expression.value`.

    Raises `PQLError` as `parse` and `from_json` do; PQL041 if the value is not what the format says, or the format is
    unknown.
    """
    check_format(format, value)
    if format == "pql/text":
        from pqltools.syntax.parser import parse

        return parse(value, max_depth=max_depth, max_size=max_size)  # type: ignore[arg-type]
    from pqltools.formats.pql_json import from_json

    return from_json(value, max_depth=max_depth, max_size=max_size)  # type: ignore[arg-type]


def check_format(format: str, value: object) -> None:
    """Raise PQL041 if `value` is at first sight not in `format`."""
    if format not in FORMATS:
        raise error("PQL041", unknown_format(format), help="it is `pql/text` or `pql/json`", path="$")
    if not isinstance(value, str):
        if format == "pql/text" or not isinstance(value, dict):
            message, help = wrong_type(format, value)
            raise error("PQL041", message, help=help, path="$")
        return
    start = value.lstrip("\ufeff \t\r\n")
    if format == "pql/text" and start[:1] == "{" and '"nodeType"' in start:
        message = "`expression.format` is `pql/text`, but `expression.value` is a tree in JSON"
        raise _mismatch(value, message, "its format is `pql/json`")
    if format == "pql/json" and _is_no_json(start):
        message = f"`expression.format` is `pql/json`, but `expression.value` is not JSON: {_first_line(start)}"
        raise _mismatch(value, message, "if it is PQL text, its format is `pql/text`")


def _is_no_json(start: str) -> bool:
    """Whether the text is so far from JSON that its first fault is of no interest."""
    if start[:1] in ("{", "["):
        return False
    import json

    try:
        json.loads(start)
    except ValueError:
        return True
    return False


def _first_line(text: str) -> str:
    lines = text.splitlines()
    return excerpt(lines[0].strip()) if lines else "it is empty"


def _mismatch(value: str, message: str, help: str) -> PQLError:
    return error("PQL041", message, (0, len(value)), help=help, path="$", source=Source(value))


def written(expr: Expr, to: str, dialect: Dialect | None = None) -> str:
    """The value of `expr` in the format `to`: canonical text in one line, or compact JSON.

    Raises `PQLError` if the expression cannot be written so; see `to_text` and `to_json_bytes`.
    """
    if to == "pql/text":
        from pqltools.formats.pql_text import to_text

        return to_text(expr)
    if to != "pql/json":
        raise ValueError(f'to must be "pql/json" or "pql/text", not {to!r}')
    from pqltools.formats.pql_json import to_json_bytes

    return to_json_bytes(expr, dialect=dialect).decode()


def java_hash(text: str) -> int:
    """Java's `String.hashCode`: 32 bits with sign, over UTF-16 code units, so that an emoji counts as two.

    >>> java_hash("hello")
    99162322
    """
    data = text.encode("utf-16-le", "surrogatepass")
    value = 0
    for unit in memoryview(data).cast("H") if _LITTLE_ENDIAN else _units(data):
        value = (31 * value + unit) & 0xFFFFFFFF
    return value - (1 << 32) if value & 0x80000000 else value


def _units(data: bytes) -> list[int]:
    return [low | high << 8 for low, high in zip(data[::2], data[1::2], strict=True)]


_LITTLE_ENDIAN = memoryview(b"\x01\x00").cast("H")[0] == 1
