"""How does a plan come about?  From needs, tables and identities to one DataFrame with a row a profile."""

from __future__ import annotations

from pqltools.checks.field_paths import parse_path, path_text
from pqltools.diagnostics import error
from pqltools.engines.spark import events as event_queries
from pqltools.engines.spark import query
from pqltools.engines.spark.fallback import DATA, EVENTS, FAILED, HOLDS, LINE, NAMESPACE, PROFILE, answering, sent
from pqltools.engines.spark.identities import EVENT_FIELDS as EVENT_IDENTITIES
from pqltools.engines.spark.identities import IDENTITY_TYPES, PROFILE_FIELDS, Identities
from pqltools.engines.spark.needs import field_type, merged, tree_of
from pqltools.engines.spark.plan import Plan
from pqltools.engines.spark.planning import ALSO_EVENTS, Needs, absent, check_columns
from pqltools.engines.spark.planning import EVENTS as EVENT_COLUMN
from pqltools.engines.spark.session import CODE, reason
from pqltools.engines.spark.sharing import shared, shared_name
from pqltools.engines.spark.sources import opened, quoted
from pqltools.types.model import ArrayType, PlainObject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from pyspark.sql import Column, DataFrame, SparkSession
    from sqlglot.exp import Expression

    from pqltools.data.path_trees import Tree
    from pqltools.engines.spark.sources import Rows
    from pqltools.types.model import ObjectType, Type
    from pqltools.workspace.definitions import Definition
    from pqltools.xdm.schema import Schema

    #: Is given the name of a place, the rows that pass there, and what could be counted of them.
    Watch: TypeAlias = Callable[[str, DataFrame, list[Column]], DataFrame]

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

    def plan(self, profiles: DataFrame | str, events: DataFrame | str | None) -> Plan:
        """The plan. Raises `PQLError`."""
        rows = opened(self.session, profiles, "profiles")
        other = None if events is None else opened(self.session, events, "events")
        type = self.needs.type(rows)
        check_columns(type, rows, "profiles")
        event_type = None if other is None else self._event_type(other)
        if other is not None and event_type is not None:
            check_columns(event_type, other, "events")
            type = self._with_events(type, event_type)
        conditions, parts = self._conditions(type)

        def build(watch: Watch) -> DataFrame:
            frame = self._profiles(rows, type, joins=other is not None)
            frame = watch("profiles", frame, _counters(frame))
            if query.BAD in frame.columns:
                frame = frame.where(~F.col(quoted(query.BAD)))
            if other is not None:
                frame = self._joined(frame, type, other, event_type, watch)
            frame = self._with_fallbacks(_evaluated(frame, conditions, parts))
            return watch("answers", frame, [_failures(index) for index in self.needs.others])

        from pyspark.sql import functions as F

        return Plan(
            tuple(self.needs.parts),
            f"{rows.name} ({rows.kind})" if rows.kind != "DataFrame" else rows.name,
            tuple(self._reads(type)),
            absent=tuple(each for each in absent(type, rows) if other is None or each != EVENT_COLUMN),
            shared=tuple(part.sql("spark") for part in parts),
            events=None if other is None else _told(other),
            fallback_reads=self._fallback_reads(),
            frame=build(lambda _, frame, __: frame),
            build=build,
            refused=self._refused(rows, type) if rows.is_lines else None,
        )

    def _refused(self, rows: Rows, type: PlainObject) -> DataFrame:
        """The lines that do not follow the schema, with the reason."""
        read_type = self._read_type(type, self._identity_fields(rows, joins=True))
        frame = rows.read(read_type, tree_of(()))
        columns = [quoted(LINE), query.why(read_type).alias("reason"), query.bad(frame, read_type).alias(query.BAD)]
        return frame.select(*columns).where(quoted(query.BAD)).selectExpr(f"{quoted(LINE)} AS line", "reason")

    # Types.

    def _event_type(self, other: Rows) -> PlainObject | None:
        """What the conditions need of events that have a table of their own."""
        from pqltools.engines.spark.needs import needed

        paths = [path[1:] for path in self.needs.paths if path[:1] in ((EVENT_COLUMN,), (ALSO_EVENTS,))]
        if not paths:
            return None
        found = needed(self.schema.event, tree_of(paths), other.found)
        return found if isinstance(found, PlainObject) else PlainObject({})

    def _with_events(self, type: PlainObject, event: ObjectType) -> PlainObject:
        """The columns of the profiles with room for all that events have in either table."""
        members: dict[str, Type] = {}
        for name in {**dict.fromkeys(type.names()), EVENT_COLUMN: None}:
            member = type.member(name)
            if name in (EVENT_COLUMN, ALSO_EVENTS):
                own = None if member is None else member.type
                members[name] = ArrayType(event) if own is None else merged(own, ArrayType(event))
            elif member is not None:
                members[name] = member.type
        return PlainObject(members)

    def _read_type(self, type: PlainObject, fields: Sequence[str]) -> PlainObject:
        """What is parsed of lines: also who it is, and events under both names."""
        wanted = PlainObject({name: IDENTITY_TYPES[name] for name in fields})
        found = merged(type, wanted)
        assert isinstance(found, PlainObject)
        members: dict[str, Type] = {}
        for name in found.names():
            member = found.member(name)
            assert member is not None
            members[name] = member.type
        for one, also in ((EVENT_COLUMN, ALSO_EVENTS), (ALSO_EVENTS, EVENT_COLUMN)):
            if one in members:
                members.setdefault(also, members[one])
        return PlainObject(members)

    # Frames.

    def _profiles(self, rows: Rows, type: PlainObject, *, joins: bool) -> DataFrame:
        """The rows with who they are, the columns of the type, and what the compiled evaluator is given."""
        fields = self._identity_fields(rows, joins=joins)
        read_type = self._read_type(type, fields)
        tree = self._read_tree(fields)
        frame = rows.read(read_type, tree)
        columns = [self._who(frame, rows), *query.typed(frame, type)]
        columns += [query.bad(frame, read_type).alias(query.BAD)] if rows.is_lines else []
        if self.needs.others:
            columns.append(query.further(frame, rows, self.needs.tree).alias(LINE if rows.is_lines else DATA))
        if joins:
            if not event_queries.has_identities(frame, of_events=False):
                raise error(CODE, "the profiles have no identities by which events could be joined", help=_HELP)
            columns.append(event_queries.identities_of(frame))
        return frame.select(*columns)

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
        for index in self.needs.others[:1]:
            del index
            tree.whole = self.needs.tree.whole
            tree.children.update(
                {name: tree.children.get(name, child) for name, child in self.needs.tree.children.items()}
            )
        return tree

    def _id_path(self) -> tuple[str, ...] | None:
        if self.id is None:
            return None
        path = parse_path(self.id)
        if path is None:
            raise error(CODE, f"`{self.id}` is no path of a column")
        return path

    def _who(self, frame: DataFrame, rows: Rows) -> Column:
        from pyspark.sql import functions as F

        path = self._id_path()
        if path is None:
            fields = self._identity_fields(rows, joins=False)
            return Identities(frame.schema, fields).id().alias(WHO)
        if rows.is_lines:
            steps = "".join(f"['{name}']" for name in path)
            column = F.get_json_object(quoted(LINE), f"${steps}")
        else:
            if not _is_scalar_at(frame, path):
                raise error(CODE, f"the profiles have no column `{path_text(path)}` that could be an id")
            column = F.col(".".join(quoted(name) for name in path)).cast("string")
        return F.struct(column.alias(PROFILE), F.lit(None).cast("string").alias(NAMESPACE)).alias(WHO)

    def _joined(
        self, frame: DataFrame, type: PlainObject, other: Rows, event: PlainObject | None, watch: Watch
    ) -> DataFrame:
        """The profiles with the events of the other table."""
        from pyspark.sql import functions as F

        fields = EVENT_IDENTITIES if other.found is None else tuple(Identities(other.found, EVENT_IDENTITIES).fields)
        read_type = self._read_event_type(event, fields)
        falls = bool(self.needs.others)
        below = self.needs.tree.children.get(EVENT_COLUMN) or self.needs.tree.children.get(ALSO_EVENTS)
        tree = tree_of([(name,) for name in fields])
        if falls and (below is not None or self.needs.tree.whole):
            tree.whole = self.needs.tree.whole or (below is not None and below.whole)
            tree.children.update(
                {} if below is None else {k: v for k, v in below.children.items() if k not in tree.children}
            )
        found = other.read(read_type, tree)
        if not event_queries.has_identities(found, of_events=True):
            raise error(CODE, "the events have no identities by which they could be joined", help=_HELP)
        if other.is_lines:
            found = found.select("*", query.bad(found, read_type).alias(query.BAD))
            found = watch("events", found, [F.count_if(quoted(query.BAD)).alias("badEvents")])
            found = found.where(~F.col(quoted(query.BAD)))
        item = _item_of(type)
        typed = None if item is None else F.struct(*query.typed(found, item))
        raw_tree = self.needs.tree if self.needs.tree.whole or below is None else below
        raw = query.further(found, other, raw_tree) if falls and (below is not None or self.needs.tree.whole) else None
        both = event_queries.joined(frame, event_queries.event_rows(found, typed, raw, found))
        columns = [
            F.col(quoted(name)) for name in frame.columns if name not in (EVENT_COLUMN, ALSO_EVENTS, "#identities")
        ]
        for name in (EVENT_COLUMN, ALSO_EVENTS):
            if name in type.names():
                columns.append(event_queries.events_of(F.col(quoted(name))).alias(name))
        columns += [] if raw is None else [event_queries.raw_events().alias(EVENTS)]
        return both.select(*columns)

    def _read_event_type(self, event: PlainObject | None, fields: Sequence[str]) -> PlainObject:
        wanted = PlainObject({name: IDENTITY_TYPES[name] for name in fields})
        found = wanted if event is None else merged(event, wanted)
        assert isinstance(found, PlainObject)
        return found

    # Conditions.

    def _conditions(self, type: PlainObject) -> tuple[list[tuple[int, str]], list[Expression]]:
        """The texts of the conditions with the shared parts replaced; those that Spark refuses fall back."""
        self._check_conditions(type)
        copies, parts = shared([part.sql for part in self.needs.parts])
        texts = [(index, each.sql("spark")) for index, each in enumerate(copies) if each is not None]
        return texts, parts

    def _check_conditions(self, type: PlainObject) -> None:
        from pyspark.sql import functions as F

        from pqltools.engines.spark.fitting import spark_type

        shape = spark_type(type)
        empty = self.session.createDataFrame([], shape)  # type: ignore[type-var]
        texts = {i: part.sql for i, part in enumerate(self.needs.parts) if part.sql is not None}

        def fails(indices: list[int]) -> str | None:
            try:
                empty.select(*[F.expr(texts[index].sql("spark")) for index in indices]).schema  # noqa: B018 - analysed
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

    def _reads(self, type: PlainObject) -> list[tuple[str, str]]:
        from pqltools.engines.spark.fitting import spark_type

        found = []
        for name in type.names():
            member = type.member(name)
            if member is not None:
                found.append((path_text((name,)), spark_type(member.type).simpleString()))
        return found

    def _fallback_reads(self) -> tuple[str, ...]:
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


def _evaluated(frame: DataFrame, conditions: list[tuple[int, str]], parts: Sequence[Expression]) -> DataFrame:
    """The rows with the numbers of the conditions that hold."""
    from pyspark.sql import functions as F

    if parts:
        extra = [F.expr(part.sql("spark")).alias(shared_name(index)) for index, part in enumerate(parts)]
        frame = frame.select("*", *extra)
    holds = query.holding([(index, F.expr(text)) for index, text in conditions])
    kept = [name for name in (DATA, LINE, EVENTS) if name in frame.columns]
    return frame.select(f"{quoted(WHO)}.*", *[quoted(name) for name in kept], holds.alias(HOLDS))


def _counters(frame: DataFrame) -> list[Column]:
    """What is counted of the rows while they pass."""
    from pyspark.sql import functions as F

    bad = F.col(quoted(query.BAD)) if query.BAD in frame.columns else F.lit(False)
    nameless = F.col(quoted(WHO))[PROFILE].isNull() & ~bad
    return [
        F.count_if(~bad).alias("profiles"),
        F.count_if(bad).alias("badLines"),
        F.count_if(nameless).alias("nameless"),
    ]


def _failures(index: int) -> Column:
    from pyspark.sql import functions as F

    return F.count_if(F.array_contains(quoted(FAILED), index)).alias(str(index))


_HELP = (
    "they are looked for in `identityMap`, `identities`, `_id`, `entityId`, `personID`, of events in `relatedEntityId`"
)


def _told(other: Rows) -> str:
    return f"{other.name} ({other.kind}), gathered once by identity, with the used columns alone"


def _item_of(type: ObjectType) -> ObjectType | None:
    for name in (EVENT_COLUMN, ALSO_EVENTS):
        member = type.member(name)
        if member is not None and isinstance(member.type, ArrayType) and isinstance(member.type.item, PlainObject):
            return member.type.item
    return None


def _is_scalar_at(frame: DataFrame, path: tuple[str, ...]) -> bool:
    found = field_type(frame.schema, path[0])
    for name in path[1:]:
        found = field_type(found, name)
    return found is not None and found.typeName() not in ("array", "map", "struct", "variant")


def _paths(tree: Tree) -> list[tuple[str, ...]]:
    from pqltools.engines.spark.fallback import used_paths_of

    return [*used_paths_of(tree)]
