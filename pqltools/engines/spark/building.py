"""How does a plan come about?  From needs, tables and identities to one DataFrame with a row a profile."""

from __future__ import annotations

from functools import reduce

from sqlglot import exp

from pqltools.checks.field_paths import parse_path, path_text
from pqltools.data.decoding import EVENTS as EVENT_COLUMN
from pqltools.data.path_trees import ANY_KEY, Tree, tree_of
from pqltools.diagnostics import error
from pqltools.engines.spark import events as event_queries
from pqltools.engines.spark import query
from pqltools.engines.spark.fallback import DATA, EVENTS, FAILED, HOLDS, LINE, NAMESPACE, PROFILE, answering, sent
from pqltools.engines.spark.fitting import SPARK, null_of
from pqltools.engines.spark.identities import EVENT_FIELDS as EVENT_IDENTITIES
from pqltools.engines.spark.identities import IDENTITY_TYPES, PROFILE_FIELDS, Identities
from pqltools.engines.spark.needs import as_tree, field_type, merged
from pqltools.engines.spark.plan import Work
from pqltools.engines.spark.planning import Needs, absent, check_columns, least_part
from pqltools.engines.spark.session import CODE, reason
from pqltools.engines.spark.sharing import shared, shared_name
from pqltools.engines.spark.sources import opened
from pqltools.sql.building import call, false, integer, text
from pqltools.types.model import STRING, ArrayType, PlainObject
from pqltools.xdm.schema import EVENT_FIELDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import DataType, StructType
    from sqlglot.expressions import Expression

    from pqltools.engines.spark.sharing import Common
    from pqltools.engines.spark.sources import Rows
    from pqltools.types.model import ObjectType, Type
    from pqltools.workspace.definitions import Definition
    from pqltools.xdm.schema import Schema

    #: Is given the name of a place, the rows that pass there, and what could be counted of them.
    Watch: TypeAlias = Callable[[str, DataFrame, dict[str, Expression]], DataFrame]

#: The parser of Spark needs a gigabyte, and minutes, for a condition of some hundred thousand characters.
_LONGEST = 50_000
#: Id and namespace of a profile.
WHO = "#who"


class Building:
    """Builds one plan."""

    def __init__(
        self, session: SparkSession, definitions: Sequence[Definition], schema: Schema, *, id: str | None
    ) -> None:
        self.session = session
        self.definitions = definitions
        self.schema = schema
        self.id = id
        self.needs = Needs(definitions, schema)

    def work(self, profiles: DataFrame | Sequence[str], events: DataFrame | Sequence[str] | None) -> Work:
        """What is to be done. Raises `PQLError`."""
        rows = opened(self.session, profiles, "profiles")
        other = None if events is None else opened(self.session, events, "events")
        type = _with_one_type_of_events(self.needs.type(rows))
        check_columns(_with_both_names(type), rows, "profiles", self.schema.profile, self._read_by_others())
        event_type = None if other is None else self._event_type(other)
        if other is not None:
            of_event = PlainObject({}) if event_type is None else event_type
            check_columns(of_event, other, "events", self.schema.event, self._used_events())
        if event_type is not None:
            type = _with_one_type_of_events(type, event_type)
        self._check_identities(rows, other)
        conditions, common = self._conditions(type)
        parts = [each.sql for each in common]

        def build(watch: Watch) -> DataFrame:
            frame = self._profiles(rows, type, joins=other is not None)
            frame = watch("profiles", frame, _counters(frame))
            if query.BAD in frame.columns:
                frame = frame.where(f"NOT `{query.BAD}`")
            if other is not None:
                frame = self._joined(frame, type, other, event_type, watch)
            frame = self._with_fallbacks(_evaluated(frame, conditions, parts))
            # There is always something to count, as Spark would evaluate all conditions once more, for a filter, where
            # rows are made of their numbers, and does not put filters before what counts.
            failures = {str(index): _failures(index) for index in self.needs.others}
            return watch("answers", frame, failures or {"rows": call("COUNT", integer(1))})

        return Work(
            tuple(self.definitions),
            tuple(self.needs.parts),
            rows.told,
            tuple(path_text(path) for path in _paths(as_tree(type))),
            absent=tuple(each for each in absent(type, rows) if other is None or each not in EVENT_FIELDS),
            common=tuple(common),
            events=None if other is None else other.told,
            fallback_columns=self._fallback_columns(),
            build=build,
            refused=(lambda: self._refused(rows, type, joins=other is not None)) if rows.is_lines else None,
        )

    def _refused(self, rows: Rows, type: PlainObject, *, joins: bool) -> DataFrame:
        """The lines that do not follow the schema, with the reason."""
        read_type = self._read_type(type, self._identity_fields(rows, joins=joins))
        frame = rows.read(read_type, tree_of(()))
        columns = {"line": SPARK.column(LINE), "reason": query.why(read_type), query.BAD: query.bad(read_type)}
        return query.selected(frame, columns).where(f"`{query.BAD}`").drop(query.BAD)

    # Types.

    def _event_type(self, other: Rows) -> PlainObject | None:
        """What the conditions need of events that have a table of their own."""
        paths, compared = (
            [path[1:] for path in of_all if path and path[0] in EVENT_FIELDS]
            for of_all in (self.needs.paths, self.needs.compared)
        )
        if not paths:
            return None
        return least_part(self.schema.event, paths, compared, other)

    def _read_type(self, type: PlainObject, fields: Sequence[str]) -> PlainObject:
        """What is parsed of lines: also who it is, and events under both names."""
        wanted = PlainObject({name: IDENTITY_TYPES[name] for name in fields})
        found = merged(type, wanted)
        assert isinstance(found, PlainObject)
        return _with_both_names(found)

    # Frames.

    def _profiles(self, rows: Rows, type: PlainObject, *, joins: bool) -> DataFrame:
        """The rows with who they are, the columns of the type, and what the compiled evaluator is given."""
        fields = self._identity_fields(rows, joins=joins)
        read_type = self._read_type(type, fields)
        tree = self._read_tree(fields)
        frame = rows.read(read_type, tree)
        columns = {WHO: self._who(frame, rows), **query.typed(frame, type)}
        if rows.is_lines:
            columns[query.BAD] = query.bad(read_type)
        if self.needs.others:
            columns[LINE if rows.is_lines else DATA] = query.further(frame, rows, self._read_by_others())
        if joins:
            columns[event_queries.IDENTITIES] = event_queries.identities_of(frame)
        return query.selected(frame, columns)

    def _check_identities(self, rows: Rows, other: Rows | None) -> None:
        """Raise `PQLError` where there are no columns with an id, or to join by. Lines may have all."""
        path = self._id_path()
        if path is not None and rows.found is not None and not _is_scalar_at(rows.found, path):
            raise error(CODE, f"the profiles have no column `{path_text(path)}` that could be an id")
        if other is None:
            return
        if rows.found is not None and not Identities(rows.found, PROFILE_FIELDS).fields:
            raise error(CODE, "the profiles have no identities by which events could be joined", help=_HELP)
        if other.found is not None and not Identities(other.found, EVENT_IDENTITIES).fields:
            raise error(CODE, "the events have no identities by which they could be joined", help=_HELP)

    def _identity_fields(self, rows: Rows, *, joins: bool) -> tuple[str, ...]:
        if self.id is not None and not joins:
            return ()
        if rows.found is None:
            return PROFILE_FIELDS
        return tuple(Identities(rows.found, PROFILE_FIELDS).fields)

    def _read_tree(self, fields: Sequence[str]) -> Tree:
        tree = tree_of([(name,) for name in fields])
        own = self._id_path()
        if own is not None:
            tree.add(own, whole=True)
        if self.needs.others:
            tree.update(self._read_by_others())
        return tree

    def _read_by_others(self) -> Tree:
        """What the compiled evaluator looks at of profiles, of events under both names."""
        tree = tree_of(())
        tree.update(self.needs.tree)
        events = self._used_events()
        if events is not None and not tree.whole:
            tree.children.update(dict.fromkeys(EVENT_FIELDS, events))
        return tree

    def _id_path(self) -> tuple[str, ...] | None:
        if self.id is None:
            return None
        path = parse_path(self.id)
        if path is None:
            raise error(CODE, f"`{self.id}` is no path of a column")
        return path

    def _who(self, frame: DataFrame, rows: Rows) -> Expression:
        path = self._id_path()
        if path is None:
            return Identities(frame.schema, self._identity_fields(rows, joins=False)).id()
        if rows.is_lines:
            steps = "".join(f"['{name}']" for name in path)
            found = call("GET_JSON_OBJECT", SPARK.column(LINE), text(f"${steps}"))
        else:
            found = SPARK.cast(query.at(path), "VARCHAR")
        return SPARK.struct({PROFILE: found, NAMESPACE: null_of(STRING)})

    def _joined(
        self, frame: DataFrame, type: PlainObject, other: Rows, event: PlainObject | None, watch: Watch
    ) -> DataFrame:
        """The profiles with the events of the other table."""
        fields = EVENT_IDENTITIES if other.found is None else tuple(Identities(other.found, EVENT_IDENTITIES).fields)
        read_type = self._read_event_type(event, fields)
        used = self._used_events() if self.needs.others else None
        tree = tree_of([(name,) for name in fields])
        if used is not None:
            tree.update(used)
        found = other.read(read_type, tree)
        if other.is_lines:
            found = found.selectExpr("*", f"{query.bad(read_type).sql('spark')} AS `{query.BAD}`")
            found = watch("events", found, {"badEvents": call("COUNT_IF", SPARK.column(query.BAD))})
            found = found.where(f"NOT `{query.BAD}`")
        item = _item_of(type)
        typed = None if item is None else SPARK.struct(query.typed(found, item))
        raw = None if used is None else query.further(found, other, used)
        both = event_queries.joined(frame, event_queries.event_rows(found, typed, raw))
        columns = {name: SPARK.column(name) for name in frame.columns if name != event_queries.IDENTITIES}
        for name in EVENT_FIELDS:
            if name in columns:
                columns[name] = event_queries.events_of(columns[name])
        if raw is not None:
            columns[EVENTS] = event_queries.raw_events()
        return query.selected(both, columns)

    def _used_events(self) -> Tree | None:
        """What the compiled evaluator looks at of events; None if at nothing."""
        tree = self.needs.tree
        if tree.whole or ANY_KEY in tree.children:
            return tree_of(None)
        parts = [tree.children[name] for name in EVENT_FIELDS if name in tree.children]
        if not parts:
            return None
        together = Tree()
        for part in parts:
            together.update(part)
        return together

    def _read_event_type(self, event: PlainObject | None, fields: Sequence[str]) -> PlainObject:
        wanted = PlainObject({name: IDENTITY_TYPES[name] for name in fields})
        found = wanted if event is None else merged(event, wanted)
        assert isinstance(found, PlainObject)
        return found

    # Conditions.

    def _conditions(self, type: PlainObject) -> tuple[dict[int, Expression], list[Common]]:
        """The conditions by number with the shared parts replaced; those that Spark refuses fall back."""
        self._check_conditions(type)
        copies, common = shared([part.sql for part in self.needs.parts])
        return {index: each for index, each in enumerate(copies) if each is not None}, common

    def _check_conditions(self, type: PlainObject) -> None:
        from pyspark.sql import functions as F
        from pyspark.sql import types as spark

        from pqltools.engines.spark.fitting import spark_type

        shape = spark_type(type)
        assert isinstance(shape, spark.StructType)
        nothing: list[tuple[object, ...]] = []
        empty = self.session.createDataFrame(nothing, shape)
        texts = {i: part.sql.sql("spark") for i, part in enumerate(self.needs.parts) if part.sql is not None}
        for index in [index for index, each in texts.items() if len(each) > _LONGEST]:
            self.needs.give_up(index, f"its SQL has {len(texts.pop(index)):,} characters, too many for Spark")

        def fails(indices: list[int]) -> str | None:
            try:
                empty.select(*[F.expr(texts[index]) for index in indices]).schema  # noqa: B018 - analysed
            except RecursionError:
                return "it is nested too deep for Spark"
            except Exception as problem:  # also from Java: its stack may be too small
                return f"Spark refuses its SQL: {reason(problem)}"
            return None

        if texts and fails([*texts]) is not None:
            for index in texts:
                why = fails([index])
                if why is not None:
                    self.needs.give_up(index, why)

    # Told.

    def _fallback_columns(self) -> tuple[str, ...]:
        if not self.needs.others:
            return ()
        if self.needs.tree.whole:
            return ("all columns",)
        return tuple(path_text(path) for path in _paths(self.needs.tree))

    def _with_fallbacks(self, frame: DataFrame) -> DataFrame:
        """The answers of the compiled evaluator beside those of SQL."""
        others = self.needs.others
        if not others:
            return query.result_columns(frame)
        programs = [(index, self.definitions[index].program) for index in others]
        return query.answered(frame, answering(sent(programs, self.schema, self.needs.tree)))


def _evaluated(frame: DataFrame, conditions: dict[int, Expression], parts: Sequence[Expression]) -> DataFrame:
    """The rows with the numbers of the conditions that hold."""
    if parts:
        extra = {shared_name(index): part for index, part in enumerate(parts)}
        frame = query.selected(frame, {**{name: SPARK.column(name) for name in frame.columns}, **extra})
    columns = {name: query.at((WHO, name)) for name in (PROFILE, NAMESPACE)}
    columns |= {name: SPARK.column(name) for name in (DATA, LINE, EVENTS) if name in frame.columns}
    return query.selected(frame, {**columns, HOLDS: query.holding(conditions)})


def _counters(frame: DataFrame) -> dict[str, Expression]:
    """What is counted of the rows while they pass."""
    bad = SPARK.column(query.BAD) if query.BAD in frame.columns else false()
    is_good = exp.Not(this=bad)
    found = {"profiles": is_good, "badLines": bad.copy()}
    return {name: call("COUNT_IF", each) for name, each in found.items()}


def _failures(index: int) -> Expression:
    return call("COUNT_IF", call("ARRAY_CONTAINS", SPARK.column(FAILED), integer(index)))


_HELP = (
    "they are looked for in `identityMap`, `identities`, `_id`, `entityId`, `personID`, of events in `relatedEntityId`"
)


def _members(type: ObjectType) -> dict[str, Type]:
    members = [(name, type.member(name)) for name in type.names()]
    return {name: member.type for name, member in members if member is not None}


def _with_one_type_of_events(type: PlainObject, event: ObjectType | None = None) -> PlainObject:
    """The same columns, those of events with all fields that any of them has, and `event` of another table."""
    members = _members(type)
    found = [members[name] for name in EVENT_FIELDS if name in members]
    if event is not None:
        found.append(ArrayType(event))
        if len(found) == 1:
            members[EVENT_COLUMN] = found[0]
    for name in EVENT_FIELDS:
        if name in members:
            members[name] = reduce(merged, found)
    return PlainObject(members)


def _with_both_names(type: PlainObject) -> PlainObject:
    """The same columns, those of events under both names, as each may have some."""
    members = _members(type)
    for name in EVENT_FIELDS:
        if name in members:
            return PlainObject({**dict.fromkeys(EVENT_FIELDS, members[name]), **members})
    return type


def _item_of(type: ObjectType) -> ObjectType | None:
    for name in EVENT_FIELDS:
        member = type.member(name)
        if member is not None and isinstance(member.type, ArrayType) and isinstance(member.type.item, PlainObject):
            return member.type.item
    return None


def _is_scalar_at(columns: StructType, path: tuple[str, ...]) -> bool:
    found: DataType | None = columns
    for name in path:
        found = field_type(found, name)
    return found is not None and found.typeName() not in ("array", "map", "struct", "variant")


def _paths(tree: Tree) -> list[tuple[str, ...]]:
    from pqltools.engines.spark.fallback import used_paths_of

    return [*used_paths_of(tree)]
