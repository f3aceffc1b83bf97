"""Who is in a row?  The id that a membership names, and the identities by which events find their profile.

The rules are those of `pqltools.data.identities`, but for ``endUserIDs``, which Spark does not look through.
"""

from __future__ import annotations

from pqltools.data.identities import ID_FIELDS
from pqltools.types.model import BOOLEAN, STRING, ArrayType, MapType, PlainObject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pyspark.sql import Column
    from pyspark.sql.types import StructType

    from pqltools.types.model import Type

_MAP, _LIST, _RELATED, _ENTITY = "identityMap", "identities", "relatedEntityId", "entityId"
#: What is looked for.
IDENTITY_TYPES: dict[str, Type] = {
    _MAP: MapType(ArrayType(PlainObject({"id": STRING, "primary": BOOLEAN}))),
    _LIST: ArrayType(PlainObject({"id": STRING, "namespace": PlainObject({"code": STRING})})),
    **dict.fromkeys((*ID_FIELDS, _RELATED), STRING),
}
NAMED = ID_FIELDS
PROFILE_FIELDS = (*ID_FIELDS, _MAP, _LIST)
EVENT_FIELDS = (_RELATED, _MAP, _LIST, _ENTITY)


class Identities:
    """The identities in columns of these types. Columns that are not there, or hold something else, hold none."""

    def __init__(self, found: StructType, fields: Sequence[str]) -> None:
        self.found = found
        self.fields = [name for name in fields if self._fits(name)]

    def _fits(self, name: str) -> bool:
        from pqltools.engines.spark.fitting import misfits
        from pqltools.engines.spark.needs import field_type

        type = field_type(self.found, name)
        if type is None:
            return False
        if IDENTITY_TYPES[name] is STRING:
            # Tables often have numbers for ids.
            return type.simpleString().split("(")[0] in ("string", "bigint", "int", "variant", "char", "varchar")
        return not [*misfits(type, IDENTITY_TYPES[name])]

    def _column(self, name: str) -> Column:
        from pyspark.sql import functions as F

        from pqltools.engines.spark.fitting import fitted
        from pqltools.engines.spark.sources import quoted

        return fitted(F.col(quoted(name)), self.found[name].dataType, IDENTITY_TYPES[name])

    def id(self) -> Column:
        """The id of a profile and its namespace, which is null for ids that have none."""
        from pyspark.sql import functions as F

        named = [_text(self._column(name)) for name in NAMED if name in self.fields]
        first = F.coalesce(*named, F.lit(None).cast("string"))
        if _MAP not in self.fields:
            return F.struct(first.alias("profile"), F.lit(None).cast("string").alias("namespace"))
        held = self._in_map()
        best = F.coalesce(F.get(F.filter(held, lambda each: each["primary"]), F.lit(0)), F.get(held, F.lit(0)))
        return F.struct(
            F.coalesce(first, best["id"]).alias("profile"),
            F.when(first.isNull(), best["namespace"]).alias("namespace"),
        )

    def all(self, *, of_events: bool) -> Column:
        """The identities as an array of namespace and id."""
        from pyspark.sql import functions as F

        bare = [name for name in self.fields if IDENTITY_TYPES[name] is STRING and not (of_events and name == _ENTITY)]
        parts = [F.array(*[_identity(F.lit(""), self._column(name)) for name in bare])] if bare else []
        if _MAP in self.fields:
            parts.append(F.transform(self._in_map(), lambda each: _identity(each["namespace"], each["id"])))
        if _LIST in self.fields:
            parts.append(_each(self._column(_LIST), _listed))
        if not parts:
            return F.array().cast("array<struct<namespace:string,id:string>>")
        found = F.array_distinct(_known(F.concat(*parts)))
        if of_events and _ENTITY in self.fields:
            only = _known(F.array(_identity(F.lit(""), self._column(_ENTITY))))
            return F.when(F.size(found) > 0, found).otherwise(only)
        return found

    def _in_map(self) -> Column:
        """The entries of ``identityMap`` that have an id."""
        from pyspark.sql import functions as F

        def entries(entry: Column) -> Column:
            return _each(
                entry["value"],
                lambda each: F.struct(
                    F.lower(entry["key"]).alias("namespace"),
                    each["id"].alias("id"),
                    F.coalesce(each["primary"], F.lit(False)).alias("primary"),
                ),
            )

        empty = F.create_map().cast("map<string,array<struct<id:string,primary:boolean>>>")
        return _known(F.flatten(F.transform(F.map_entries(F.coalesce(self._column(_MAP), empty)), entries)))


def _each(array: Column, body: Callable[[Column], Column]) -> Column:
    """What becomes of the items, none of a null array."""
    from pyspark.sql import functions as F

    return F.coalesce(F.transform(array, body), F.array())


def _listed(entry: Column) -> Column:
    from pyspark.sql import functions as F

    return _identity(F.coalesce(F.lower(entry["namespace"]["code"]), F.lit("")), entry["id"])


def _identity(namespace: Column, id: Column) -> Column:
    from pyspark.sql import functions as F

    return F.struct(namespace.alias("namespace"), id.alias("id"))


def _known(identities: Column) -> Column:
    from pyspark.sql import functions as F

    return F.filter(identities, lambda each: F.length(each["id"]) > 0)


def _text(column: Column) -> Column:
    from pyspark.sql import functions as F

    return F.when(F.length(column) > 0, column)
