"""Who is in a row?  The id that a membership names, and the identities by which events find their profile.

The rules are those of `pqltools.data.identities`, but for ``endUserIDs``, which Spark does not look through.
"""

from __future__ import annotations

from sqlglot import exp

from pqltools.data.identities import ID_FIELDS
from pqltools.engines.spark.fallback import NAMESPACE, PROFILE
from pqltools.engines.spark.fitting import SPARK, fitted, misfits, null_of
from pqltools.engines.spark.needs import field_type
from pqltools.sql.building import binary, call, case, false, integer, is_null, lambda_, text
from pqltools.sql.tables import column_type
from pqltools.types.model import BOOLEAN, STRING, ArrayType, MapType, PlainObject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql.types import StructType
    from sqlglot.expressions import Expression

    from pqltools.types.model import Type

_MAP, _LIST, _RELATED, _ENTITY = "identityMap", "identities", "relatedEntityId", "entityId"
#: What is looked for.
IDENTITY_TYPES: dict[str, Type] = {
    _MAP: MapType(ArrayType(PlainObject({"id": STRING, "primary": BOOLEAN}))),
    _LIST: ArrayType(PlainObject({"id": STRING, "namespace": PlainObject({"code": STRING})})),
    **dict.fromkeys((*ID_FIELDS, _RELATED), STRING),
}
_IDENTITIES = ArrayType(PlainObject({"namespace": STRING, "id": STRING}))
PROFILE_FIELDS = (*ID_FIELDS, _MAP, _LIST)
EVENT_FIELDS = (_RELATED, _MAP, _LIST, _ENTITY)


class Identities:
    """The identities in columns of these types. Columns that are not there, or hold something else, hold none."""

    def __init__(self, found: StructType, fields: Sequence[str]) -> None:
        self.found = found
        self.fields = [name for name in fields if self._fits(name)]

    def _fits(self, name: str) -> bool:
        type = field_type(self.found, name)
        if type is None:
            return False
        if IDENTITY_TYPES[name] is STRING:
            # Tables often have numbers for ids.
            return type.simpleString().split("(")[0] in ("string", "bigint", "int", "variant", "char", "varchar")
        return not [*misfits(type, IDENTITY_TYPES[name])]

    def _column(self, name: str) -> Expression:
        return fitted(SPARK.column(name), self.found[name].dataType, IDENTITY_TYPES[name])

    def id(self) -> Expression:
        """The id of a profile and its namespace, which is null for ids that have none, as a struct."""
        named = [_text(self._column(name)) for name in ID_FIELDS if name in self.fields]
        first = call("COALESCE", *named, null_of(STRING))
        if _MAP not in self.fields:
            return SPARK.struct({PROFILE: first, NAMESPACE: null_of(STRING)})
        held = self._in_map()
        primary = call("FILTER", held, lambda_(["each"], _field("each", "primary")))
        best = call("COALESCE", SPARK.at(primary, 1), SPARK.at(held.copy(), 1))
        namespace = case([(is_null(first.copy()), SPARK.field(best.copy(), "namespace"))])
        return SPARK.struct({PROFILE: call("COALESCE", first, SPARK.field(best, "id")), NAMESPACE: namespace})

    def all(self, *, of_events: bool) -> Expression:
        """The identities as an array of namespace and id."""
        bare = [name for name in self.fields if IDENTITY_TYPES[name] is STRING and not (of_events and name == _ENTITY)]
        parts = [call("ARRAY", *[_identity(text(""), self._column(name)) for name in bare])] if bare else []
        if _MAP in self.fields:
            entry = _identity(_field("each", "namespace"), _field("each", "id"))
            parts.append(call("TRANSFORM", self._in_map(), lambda_(["each"], entry)))
        if _LIST in self.fields:
            parts.append(_each(self._column(_LIST), "each", _listed()))
        if not parts:
            return exp.Cast(this=call("ARRAY"), to=column_type(_IDENTITIES, SPARK))
        found = call("ARRAY_DISTINCT", _known(call("CONCAT", *parts)))
        if of_events and _ENTITY in self.fields:
            only = _known(call("ARRAY", _identity(text(""), self._column(_ENTITY))))
            return case([(binary(">", call("SIZE", found), integer(0)), found.copy())], only)
        return found

    def _in_map(self) -> Expression:
        """The entries of ``identityMap`` that have an id."""
        parts = {
            "namespace": exp.Lower(this=_field("entry", "key")),
            "id": _field("each", "id"),
            "primary": call("COALESCE", _field("each", "primary"), false()),
        }
        inner = _each(_field("entry", "value"), "each", SPARK.struct(parts))
        entries = call("TRANSFORM", call("MAP_ENTRIES", self._column(_MAP)), lambda_(["entry"], inner))
        return _known(call("COALESCE", call("FLATTEN", entries), call("ARRAY")))


def _field(name: str, field: str) -> Expression:
    return SPARK.field(exp.column(name), field)


def _each(array: Expression, name: str, body: Expression) -> Expression:
    """What becomes of the items, none of a null array."""
    return call("COALESCE", call("TRANSFORM", array, lambda_([name], body)), call("ARRAY"))


def _listed() -> Expression:
    code = exp.Lower(this=SPARK.field(_field("each", "namespace"), "code"))
    return _identity(call("COALESCE", code, text("")), _field("each", "id"))


def _identity(namespace: Expression, id: Expression) -> Expression:
    return SPARK.struct({"namespace": namespace, "id": id})


def _known(identities: Expression) -> Expression:
    test = binary(">", call("LENGTH", _field("some", "id")), integer(0))
    return call("FILTER", identities, lambda_(["some"], test))


def _text(column: Expression) -> Expression:
    return case([(binary(">", call("LENGTH", column), integer(0)), column.copy())])
