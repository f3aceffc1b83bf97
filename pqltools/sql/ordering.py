"""By what are items ordered?  The fields of structs that engines compare one after another."""

from __future__ import annotations

from pqltools.sql.building import case, integer, is_not_null, is_null
from pqltools.sql.times import text_time
from pqltools.types.model import NULL, STRING, Scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sqlglot.expressions import Expression

    from pqltools.sql.values import Value


def order_fields(value: Value) -> dict[str, Expression]:
    """What a value that is not null is ordered by; nothing if values of its type have no order.

    Among strings those that are date-times come first, in the order of time.
    """
    if not isinstance(value.type, Scalar) or value.type is NULL:
        return {}
    if value.type is not STRING:
        return {"value": value.sql()}
    time = text_time(value)
    return {
        "kind": case([(is_not_null(time.sql()), integer(2))], integer(3)),
        "time": time.sql(),
        "text": case([(is_null(time.sql()), value.sql())]),
    }
