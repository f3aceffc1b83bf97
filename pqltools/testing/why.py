"""Why did this come out?  The parts of an expression with their values for one profile, a line for each."""

from __future__ import annotations

from pqltools.evaluation.values import as_json
from pqltools.syntax import ast
from pqltools.syntax.walk import children
from pqltools.testing.fragments import text_of
from pqltools.testing.tracing import trace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from pqltools.evaluation.program import Program
    from pqltools.syntax.ast import Node

_MAX_LINES, _MAX_TEXT, _MAX_VALUE = 40, 72, 40
_LITERALS = (
    ast.StringLiteral, ast.IntegerLiteral, ast.DoubleLiteral, ast.BooleanLiteral, ast.NullLiteral,
    ast.ListLiteral, ast.ObjectLiteral, ast.ParameterReference,
)  # fmt: skip


def why(program: Program, profile: Any, models: Mapping[str, Any]) -> tuple[str, ...]:
    """What each part of the expression was, the whole first, parts indented under what they are part of."""
    values: dict[int, list[Any]] = {}
    is_whole = trace(program, profile, models, lambda node, value: values.setdefault(id(node), []).append(value))
    if not is_whole:
        return ("there is too much to tell",)
    lines = [
        f"{'  ' * depth}{_word(values.get(id(node), []))}  {_cut(text_of(node, program), _MAX_TEXT)}"
        for depth, node in _parts(program, values)
    ]
    return tuple(lines[:_MAX_LINES] + ["…"] * (len(lines) > _MAX_LINES))


def _parts(program: Program, values: Mapping[int, list[Any]]) -> Iterator[tuple[int, Node]]:
    """What is worth a line, each with its depth: conditions, and what was looked up or computed for them."""
    pending: list[tuple[int, Node]] = [(0, program.body)]
    while pending:
        depth, node = pending.pop()
        if isinstance(node, _LITERALS):
            continue
        reached = id(node) in values
        if (reached and not isinstance(node, ast.TimeWindow)) or id(node) in program.typing.conditions:
            yield depth, node
            depth += 1
        if (reached or not isinstance(node, ast.FunctionCall)) and not isinstance(node, ast.FieldLookup):
            pending += [(depth, below) for below in reversed([*children(node)])]


def _word(values: list[Any]) -> str:
    """What a part was; of one that was asked for several items, for how many it held."""
    if len(values) == 1:
        return _shown(values[0])
    if not values:
        return "not reached"
    if all(isinstance(value, bool) for value in values):
        return f"true for {sum(values)} of {len(values)}"
    return f"{len(values)} values"


def _shown(value: Any) -> str:
    import json

    if isinstance(value, list | tuple | dict) and len(value) > 3:
        return f"{len(value)} items" if isinstance(value, list | tuple) else f"{len(value)} fields"
    return _cut(json.dumps(as_json(value), ensure_ascii=False), _MAX_VALUE)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
