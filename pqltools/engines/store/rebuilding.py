"""How does a profile come out of a store as it went in?  As a line of JSON, or a row with lists, of some fields.

In JSON times are ISO 8601 in UTC, and what was null may be missing or null; apart from that it is the same.
"""

from __future__ import annotations

from pqltools.data.path_trees import ANY_KEY, Tree
from pqltools.engines.store.projecting import projected
from pqltools.engines.store.shapes import Shape, Table, quoted, sql_type
from pqltools.engines.store.store import IS_NULL, LENGTH, NUMBER, PARENT, PID, ROW

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pqltools.engines.store.store import Store


def lines(store: Store, paths: Iterable[tuple[str, ...]] | None) -> str:
    """The SQL of all profiles: their number ``pid``, and their JSON ``line`` with the fields at paths (None: all)."""
    tree = Tree()
    tree.whole = paths is None
    for path in paths or ():
        tree.add(path, whole=True)
    table = Table((), pruned(store.shape, tree))
    building = _Building(as_json=True)
    item = building.item(table, table.shape, "p")
    return f"SELECT p.{quoted(PID)} AS pid, to_json({item}) AS line FROM profiles AS p{building.joins}"


def pruned(shape: Shape, tree: Tree) -> Shape:
    """The part of a shape that paths use."""
    if tree.whole or shape.kind == "scalar":
        return shape
    if shape.kind == "array":
        assert shape.within is not None
        return Shape("array", within=pruned(shape.within, tree))
    if shape.kind == "map":
        assert shape.within is not None
        return Shape("map", within=pruned(shape.within, tree.merged()))
    every = tree.children.get(ANY_KEY)
    found = []
    for name, field in shape.fields:
        child = tree.children.get(name, every)
        if child is not None:
            found.append((name, pruned(field, child)))
    return Shape("object", fields=tuple(found))


def rows(store: Store, wanted: Shape) -> str:
    """The SQL of all profiles as rows of nested columns: their number, and columns of the shape `wanted`.

    Fields that the store does not have are null. Raises `ValueError` if it has some with other types.
    """
    table = Table((), store.shape)
    building = _Building(as_json=False)
    fields = building.fields("p.", table, table.shape, wanted, (), "p")
    columns = "".join(f", {value} AS {quoted(name)}" for name, value in fields)
    return f"SELECT p.{quoted(PID)}{columns} FROM profiles AS p{building.joins}"


class _Building:
    """Expressions for the rows of one table, and the joins that they need."""

    def __init__(self, *, as_json: bool) -> None:
        self.joins = ""
        self._as_json = as_json
        self._count = 0

    def item(self, table: Table, wanted: Shape, alias: str) -> str:
        """The object that a row stands for."""
        return self._object(f"{alias}.", table, table.shape, wanted, (), alias)

    def _object(self, prefix: str, table: Table, shape: Shape, wanted: Shape, path: tuple[str, ...], alias: str) -> str:
        fields = [f"{quoted(n)} := {value}" for n, value in self.fields(prefix, table, shape, wanted, path, alias)]
        return f"struct_pack({', '.join(fields) or quoted('#') + ' := NULL'})"

    def fields(
        self, prefix: str, table: Table, shape: Shape, wanted: Shape, path: tuple[str, ...], alias: str
    ) -> Iterator[tuple[str, str]]:
        """The fields of an object at a path of a row, and their values."""
        inner = {each.own_path: each for each in table.inner()}
        for name, field in wanted.fields:
            own, sql, known = (*path, name), prefix + quoted(name), shape.field(name)
            if known is not None and (known.kind, known.scalar) != (field.kind, field.scalar):
                raise ValueError(f"the field `{name}` has another type in the store")
            if known is None:
                yield name, f"CAST(NULL AS {sql_type(field)})"
            elif own in inner:
                assert field.within is not None
                yield name, self._array(inner[own], field.within, alias)
            elif field.kind == "object":
                value = self._object(f"{sql}.", table, known, field, own, alias)
                yield name, f"CASE WHEN {sql} IS NOT NULL THEN {value} END"
            else:
                yield name, _value(sql, field, 0) if self._as_json else projected(sql, known, field)

    def _array(self, table: Table, wanted: Shape, alias: str) -> str:
        self._count += 1
        key = PARENT if table.parent is not None and table.parent.parent is not None else PID
        building, row = _Building(as_json=self._as_json), "t"
        item = f"CASE WHEN NOT {row}.{quoted(IS_NULL)} THEN {building.item(table, wanted, row)} END"
        rows = f"SELECT {row}.{quoted(key)} AS key, {row}.{quoted(NUMBER)} AS no, {item} AS item"
        rows += f" FROM {quoted(table.name)} AS {row}{building.joins}"
        name = f"{alias}_{self._count}"
        own_key = ROW if key == PARENT else PID
        self.joins += f" LEFT JOIN (SELECT key, list(item ORDER BY no) AS items FROM ({rows}) GROUP BY key) AS {name}"
        self.joins += f" ON {name}.key = {alias}.{quoted(own_key)}"
        length = f"{alias}.{quoted(LENGTH + '.'.join(table.own_path))}"
        return f"CASE WHEN {length} IS NOT NULL THEN coalesce({name}.items, []) END"


def _value(sql: str, shape: Shape, depth: int) -> str:
    """A value as it is to stand in JSON."""
    if not _holds_times(shape):
        return sql
    if shape.kind == "scalar":
        return f"strftime({sql}, '%Y-%m-%dT%H:%M:%S.%gZ')" if shape.scalar == "Timestamp" else f"CAST({sql} AS VARCHAR)"
    if shape.kind == "object":
        fields = [f"{quoted(name)} := {_value(f'{sql}.{quoted(name)}', field, depth)}" for name, field in shape.fields]
        return f"CASE WHEN {sql} IS NOT NULL THEN struct_pack({', '.join(fields)}) END"
    assert shape.within is not None
    name = f"x{depth}"
    if shape.kind == "array":
        return f"list_transform({sql}, lambda {name}: {_value(name, shape.within, depth + 1)})"
    value = _value(f"{name}.value", shape.within, depth + 1)
    entries = f"list_transform(map_entries({sql}), lambda {name}: struct_pack(key := {name}.key, value := {value}))"
    return f"map_from_entries({entries})"


def _holds_times(shape: Shape) -> bool:
    if shape.within is not None:
        return _holds_times(shape.within)
    return shape.scalar in ("Timestamp", "Date") or any(_holds_times(field) for _, field in shape.fields)
