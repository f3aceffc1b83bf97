"""What will be read, and what falls back?  `Needs` finds out, without looking at a row."""

from __future__ import annotations

from pqltools.checks.field_paths import path_text
from pqltools.data.path_trees import tree_of
from pqltools.diagnostics import Diagnostic, PQLError
from pqltools.engines.spark.fitting import misfits, variants
from pqltools.engines.spark.needs import as_tree, cut, least, merged
from pqltools.engines.spark.session import CODE
from pqltools.records import Record, hint, record
from pqltools.sql.tables import used_part
from pqltools.types.model import ArrayType, MapType, ObjectType, PlainObject
from pqltools.xdm.schema import EVENT_FIELDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.expressions import Expression

    from pqltools.data.path_trees import Tree
    from pqltools.engines.spark.sources import Rows
    from pqltools.types.model import Type
    from pqltools.workspace.definitions import Definition
    from pqltools.xdm.schema import Schema


@record
class Part(Record):
    """What a definition is in the plan: its condition, or why the compiled evaluator is asked.

    `compares` says that the condition compares objects with all of their fields.
    """

    sql: Expression | None = hint(default=None)
    reason: str | None = None
    compares: bool = False


class Needs:
    """What the definitions need of the tables.

    `parts` say how each definition is evaluated; `paths` are what those in SQL use, `compared` what those of them use
    that compare objects with all of their fields; `tree` is what the others look at.
    """

    def __init__(self, definitions: Sequence[Definition], schema: Schema) -> None:
        self.definitions = definitions
        self.schema = schema
        self.parts: list[Part] = []
        self.paths: list[tuple[str, ...]] = []
        self.compared: list[tuple[str, ...]] = []
        others: list[tuple[str, ...]] = []
        whole = False
        for definition in definitions:
            part, paths = _part(definition, schema)
            self.parts.append(part)
            if part.sql is not None:
                self.paths += paths or ()
                self.compared += (paths or ()) if part.compares else ()
            else:
                whole = whole or paths is None
                others += paths or ()
        self.tree: Tree = tree_of(dict.fromkeys(others))
        self.tree.whole = whole

    @property
    def others(self) -> list[int]:
        """The indices of the definitions that fall back."""
        return [index for index, part in enumerate(self.parts) if part.sql is None]

    def give_up(self, index: int, reason: str) -> None:
        """Ask the compiled evaluator for a definition after all."""
        from pqltools.workspace.definitions import used_paths

        self.parts[index] = Part(reason=reason)
        paths = used_paths([self.definitions[index].program], self.schema)
        self.tree.whole = self.tree.whole or paths is None
        for path in paths or ():
            self.tree.add(path, whole=True)

    def type(self, rows: Rows) -> PlainObject:
        """The columns that the conditions need of these rows."""
        return least_part(self.schema.profile, self.paths, self.compared, rows)


def _part(definition: Definition, schema: Schema) -> tuple[Part, list[tuple[str, ...]] | None]:
    from pqltools.sql.dialects.registry import dialect_of
    from pqltools.sql.nested import NestedLayout
    from pqltools.sql.refusal import NotInSQL
    from pqltools.sql.translate import condition
    from pqltools.workspace.definitions import compares_objects, used_paths, with_segments

    paths = used_paths([definition.program], schema)
    try:
        found = condition(definition.program, NestedLayout(schema.profile), dialect_of("spark"))
    except NotInSQL as problem:
        return Part(reason=f"{problem.construct} cannot be said in SQL"), paths
    if paths is None:
        return Part(reason="it looks at the profile as a whole"), paths
    compares = any(map(compares_objects, with_segments([definition.program])))
    if compares and _fields(used_part(schema.profile, tree_of(paths))) > _MOST_FIELDS:
        return Part(reason="it compares objects with very many fields"), paths
    return Part(sql=found, compares=compares), paths


def least_part(
    type: ObjectType, paths: Sequence[tuple[str, ...]], compared: Sequence[tuple[str, ...]], rows: Rows
) -> PlainObject:
    """The part of a type that paths need of these rows: all of what is `compared`."""
    tree = tree_of(paths)
    used, whole = used_part(type, tree, rows.found), used_part(type, tree_of(compared), rows.found)
    found = PlainObject({}) if used is None else least(used, tree)
    if compared and whole is not None:
        found = merged(found, whole)
    return found if isinstance(found, PlainObject) else PlainObject({})


#: Fields of objects that are compared, beyond which Spark makes code without end.
_MOST_FIELDS = 200


def _fields(type: Type | None) -> int:
    """How many scalars there are in a type."""
    if isinstance(type, ArrayType):
        return _fields(type.item)
    if isinstance(type, MapType):
        return _fields(type.value)
    if isinstance(type, ObjectType):
        return sum(_fields(member.type) for name in type.names() if (member := type.member(name)) is not None)
    return 1


def check_columns(type: ObjectType, rows: Rows, what: str, whole: ObjectType, others: Tree | None) -> None:
    """Raise `PQLError` with all columns that do not fit the schema.

    The conditions look at what `type` has, the compiled evaluator at `others`; both are parts of `whole`.
    """
    if rows.found is None:
        return
    found = [*misfits(rows.found, type)]
    tree = as_tree(type)
    if others is not None:
        tree.update(others)
    if tree.whole or tree.children:
        told = {each.path for each in found}
        found += [each for each in variants(cut(rows.found, tree), whole) if each.path not in told]
    if found:
        raise PQLError([Diagnostic(CODE, f"the {what} do not fit: {each}", help=each.cure) for each in found])


def absent(type: ObjectType, rows: Rows) -> list[str]:
    """The used columns that the table does not have, which are null."""
    if rows.found is None:
        return []
    there = {field.name for field in rows.found.fields}
    if not there.isdisjoint(EVENT_FIELDS):
        there.update(EVENT_FIELDS)
    return [path_text((name,)) for name in type.names() if name not in there]
