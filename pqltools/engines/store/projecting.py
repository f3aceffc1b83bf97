"""How does a value of one shape become one of another in SQL?  Fields that are not wanted go, missing ones are null."""

from __future__ import annotations

from pqltools.engines.store.shapes import Shape, quoted, sql_type

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


def projected(sql: str, source: Shape | None, wanted: Shape, depth: int = 0) -> str:
    """The expression `sql`, which has the shape `source` (None: it is not there), as one of the shape `wanted`."""
    if source == wanted:
        return sql
    if source is None:
        return f"CAST(NULL AS {sql_type(wanted)})"
    if wanted.kind == "scalar":
        return f"CAST({sql} AS {sql_type(wanted)})"
    if wanted.kind == "object":
        fields = ", ".join(
            f"{quoted(name)} := {part}" for name, part in projected_fields(f"{sql}.", source, wanted, depth)
        )
        return f"CASE WHEN {sql} IS NOT NULL THEN struct_pack({fields or quoted('#') + ' := TRUE'}) END"
    assert source.within is not None
    assert wanted.within is not None
    name = f"x{depth}"
    if wanted.kind == "array":
        return f"list_transform({sql}, lambda {name}: {projected(name, source.within, wanted.within, depth + 1)})"
    value = projected(f"{name}.value", source.within, wanted.within, depth + 1)
    entries = f"list_transform(map_entries({sql}), lambda {name}: struct_pack(key := {name}.key, value := {value}))"
    return f"map_from_entries({entries})"


def projected_fields(prefix: str, source: Shape, wanted: Shape, depth: int = 0) -> Iterator[tuple[str, str]]:
    """The fields of an object of a shape, as `projected`; `prefix` stands in front of their names."""
    known = dict(source.fields)
    for name, field in wanted.fields:
        yield name, projected(prefix + quoted(name), known.get(name), field, depth)
