"""Which type do several values have together, where SQL wants one?"""

from __future__ import annotations

from pqltools.sql.numbers import as_double
from pqltools.sql.refusal import refusal
from pqltools.types.model import DOUBLE, INTEGER, NULL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sqlglot.expressions import Expression

    from pqltools.sql.values import Value
    from pqltools.types.model import Type


def unified(values: list[Value]) -> tuple[Type, list[Expression]]:
    """One type for several values, and them as values of that type. Raises `NotInSQL`."""
    types: list[Type] = []
    for value in values:
        if value.type is not NULL and value.type not in types:
            types.append(value.type)
    if len(types) > 1 and {INTEGER, DOUBLE} == {*types}:
        if all(value.type is not INTEGER or value.small for value in values):
            return DOUBLE, [value.sql() if value.type is not INTEGER else as_double(value) for value in values]
        raise refusal("an integer of any size and a double in one place")
    if len(types) > 1:
        raise refusal(f"values of the types {' and '.join(sorted(map(str, types)))} in one place")
    return (types[0] if types else NULL), [value.sql() for value in values]
