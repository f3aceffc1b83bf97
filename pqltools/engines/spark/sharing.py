"""Which parts do several conditions have in common?  Work over arrays that is done once and kept in a column."""

from __future__ import annotations

from sqlglot import exp

from pqltools.records import Record, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.expressions import Expression

#: Functions that go over all items of an array.
_LOOPS = frozenset("EXISTS FILTER TRANSFORM AGGREGATE SORT_ARRAY ARRAY_DISTINCT FLATTEN ARRAY_MIN ARRAY_MAX".split())


@record
class Common(Record):
    """A part that several conditions have, and the indices of these."""

    sql: Expression
    users: tuple[int, ...]


def shared(conditions: Sequence[Expression | None]) -> tuple[list[Expression | None], list[Common]]:
    """The conditions in which ``#shared0`` and so on stand for parts that occur in several of them, and those parts."""
    uses: dict[str, list[tuple[int, Expression]]] = {}
    copies = [None if each is None else each.copy() for each in conditions]
    for index, each in enumerate(copies):
        for loop in () if each is None else _loops(each):
            uses.setdefault(loop.sql("spark"), []).append((index, loop))
    parts: list[Common] = []
    for found in uses.values():
        users = tuple(dict.fromkeys(index for index, _ in found))
        if len(users) < 2:
            continue
        column = exp.column(shared_name(len(parts)), quoted=True)
        parts.append(Common(found[0][1].copy(), users))
        for index, loop in found:
            if loop is copies[index]:
                copies[index] = column.copy()
            else:
                loop.replace(column.copy())
    return copies, parts


def shared_name(index: int) -> str:
    """The column of a shared part."""
    return f"#shared{index}"


def _loops(tree: Expression) -> Iterator[Expression]:
    """The outermost loops of an expression, which depend on nothing but columns."""
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, exp.Anonymous) and str(node.this).upper() in _LOOPS:
            yield node
            continue
        if not isinstance(node, exp.Lambda):
            pending += [child for child in node.iter_expressions() if isinstance(child, exp.Expression)]
