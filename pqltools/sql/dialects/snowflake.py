"""What does Snowflake call things?  Structured types, gone over by its few functions with lambdas.

Nothing here has been run by the tests, which only read it back: what Snowflake has no word for is refused.
"""

from __future__ import annotations

from sqlglot import exp

from pqltools.sql import building
from pqltools.sql.building import binary, call, lambda_
from pqltools.sql.dialects.dialect import Dialect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.expressions import Expression


class Snowflake(Dialect):
    """See `Dialect`."""

    name = "snowflake"
    # Names without quotes become capitals.
    keeps_case = False
    has_is_true = False

    def data_type(self, type: str) -> exp.DataType:
        return super().data_type("TIMESTAMP_NTZ" if type == "TIMESTAMP" else type)

    def field(self, object: Expression, name: str) -> Expression:
        return exp.Bracket(this=object, expressions=[self.text(name)])

    def starts_with(self, text: Expression, part: Expression) -> Expression:
        return call("STARTSWITH", text, part)

    def ends_with(self, text: Expression, part: Expression) -> Expression:
        return call("ENDSWITH", text, part)

    def length(self, array: Expression) -> Expression:
        return call("ARRAY_SIZE", array)

    def at(self, array: Expression, position: int) -> Expression:
        return call("GET", array, building.integer(position - 1))

    def any_item(self, array: Expression, name: str, test: Expression) -> Expression:
        return binary(">", self.length(self.filter(array, [name], test)), building.integer(0))

    def filter(self, array: Expression, names: Sequence[str], test: Expression) -> Expression:
        return call("FILTER", array, lambda_(names, test))

    def transform(self, array: Expression, names: Sequence[str], body: Expression) -> Expression:
        if len(names) > 1:
            raise self.refuse("the position of an item")
        return call("TRANSFORM", array, lambda_(names, body))

    def get(self, map: Expression, key: Expression) -> Expression:
        return exp.Bracket(this=map, expressions=[key])
