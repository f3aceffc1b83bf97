"""Which definitions are to be evaluated, and what do they need of a profile?"""

from __future__ import annotations

from pqltools.checks.dependencies import dependencies, segment_id
from pqltools.checks.field_paths import ANY_STEP
from pqltools.checks.segment_graph import reachable
from pqltools.diagnostics import Diagnostic, PQLError
from pqltools.evaluation.names import NAMESPACED
from pqltools.evaluation.program import CODE, Preparation
from pqltools.formats.definition_files import place_all
from pqltools.records import Record, hint, record, replace
from pqltools.syntax import ast
from pqltools.syntax.walk import walk
from pqltools.types.model import ArrayType, MapType, ObjectType
from pqltools.workspace.catalogue import Entry, read_catalogue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pqltools.evaluation.program import Program
    from pqltools.source import Span
    from pqltools.syntax.ast import Expr, Node
    from pqltools.xdm.schema import Schema

_MEMBERSHIPS = ("segmentMembership",)
#: What the expression of a command line is called.
INLINE = "<expression>"


@record
class Definition(Record):
    """A definition that can be evaluated: what people call it, its id if it has one, its program, where it stands."""

    title: str
    id: str | None
    program: Program = hint(default=None)
    entry: Entry | None = hint(default=None)

    def placed(self, diagnostics: Sequence[Diagnostic]) -> list[Diagnostic]:
        """What is wrong with the expression, at its places in the file."""
        if self.entry is None:
            return list(diagnostics)
        return place_all(self.entry.embedded, self.entry.source, diagnostics)


def read_definitions(
    names: Iterable[str], schema: Schema, now: int, further: Iterable[str] = (), expression: str | None = None
) -> tuple[list[Definition], list[Diagnostic]]:
    """The definitions in files and folders and that of the `expression`, and what is wrong with others.

    `further` files hold definitions that `inSegment` may refer to, too. Ids that are nowhere are warnings (PQL073): of
    them the profiles' memberships tell. Nobody asks for them where there are errors, which may be why they are nowhere.
    """
    catalogue, problems = read_catalogue(names, schema.profile)
    others, unread = read_catalogue(further, schema.profile)
    problems += unread
    entries = [*catalogue.entries]
    if expression is not None:
        try:
            entries.append(_inline(expression, schema))
        except PQLError as problem:
            problems += problem.diagnostics
    preparing = _Preparing(entries, {**others.by_id, **catalogue.by_id}, schema, now)
    found = preparing.definitions()
    problems += preparing.problems
    if any(problem.severity == "error" for problem in problems):
        return found, problems
    return found, [*problems, *preparing.assumed()]


def inline_definition(text: str, schema: Schema, now: int) -> Definition:
    """The definition that is a text of its own. Raises `PQLError`."""
    return Definition(INLINE, None, Preparation(schema.profile, now, {}).program(_inline(text, schema).tree))


def _inline(text: str, schema: Schema) -> Entry:
    from pqltools.formats.definition import read_expression
    from pqltools.formats.definition_files import read_file
    from pqltools.formats.file_kinds import kind_of_text
    from pqltools.source import Source

    source = Source(text, INLINE)
    (embedded,) = read_file(source, "tree" if kind_of_text(text) == "tree" else "text").expressions
    try:
        tree = read_expression(embedded.format, embedded.value)
    except PQLError as problem:
        raise PQLError(place_all(embedded, source, problem.diagnostics)) from None
    return Entry(INLINE, None, None, dependencies(tree, schema.profile), tree, source=source, embedded=embedded)


class _Preparing:
    """Makes programs of entries. `known` are the entries that `inSegment` may refer to, by id."""

    def __init__(self, entries: Sequence[Entry], known: dict[str, Entry], schema: Schema, now: int) -> None:
        self.entries = entries
        self.known = known
        self.profile = schema.profile
        self.now = now
        self.problems: list[Diagnostic] = []
        self.trees = {id: entry.tree for id, entry in known.items()}

    def definitions(self) -> list[Definition]:
        """Those that can be evaluated; the others are among the `problems`."""
        preparation = Preparation(self.profile, self.now, self.trees)
        titles = [entry.title for entry in self.entries]
        several = {title for title, count in _counts(titles).items() if count > 1}
        found: list[Definition] = []
        for entry in self.entries:
            # A circle is told from where one stands in it.
            preparation.path = [entry.id] if entry.id is not None and self.known.get(entry.id) is entry else []
            try:
                program = preparation.program(entry.tree)
            except PQLError as problem:
                self.problems += self._placed(entry, problem)
            else:
                title = f"{entry.title} ({entry.key})" if entry.title in several else entry.title
                found.append(Definition(title, entry.id, program, entry))
        return found

    def _placed(self, entry: Entry, problem: PQLError) -> list[Diagnostic]:
        """What is wrong, where it stands: in the expression itself, or in a segment that it refers to."""
        own = self._own_problems(entry)
        if own:
            return own
        edges = {id: tuple(_references(tree)) for id, tree in self.trees.items()}
        below = reachable({**edges, entry.key: tuple(_references(entry.tree))}, entry.key)
        broken = [self.known[id] for id in below if id in self.known and self._own_problems(self.known[id])]
        if not broken:  # so there is a circle
            return [self._at_reference(entry, diagnostic) for diagnostic in problem.diagnostics]
        # Who was not asked for is told of here.
        found = [each for other in broken if other not in self.entries for each in self._own_problems(other)]
        fresh = [diagnostic for diagnostic in found if diagnostic not in self.problems]
        message = f"the segment `{broken[0].id}`, on which this depends, cannot be evaluated"
        return [self._at_reference(entry, Diagnostic(CODE, message)), *fresh]

    def _own_problems(self, entry: Entry) -> list[Diagnostic]:
        """Why an expression cannot be evaluated, whatever other segments say."""
        try:
            Preparation(self.profile, self.now, {}).program(entry.tree)
        except PQLError as problem:
            return place_all(entry.embedded, entry.source, problem.diagnostics)
        return []

    def _at_reference(self, entry: Entry, diagnostic: Diagnostic) -> Diagnostic:
        """The diagnostic at the first reference of the expression to a segment that cannot be evaluated."""
        preparation = Preparation(self.profile, self.now, self.trees)
        for id, span in _references(entry.tree).items():
            try:
                if id in self.trees:
                    preparation.path = [id]
                    preparation.program(self.trees[id])
            except PQLError:
                return place_all(entry.embedded, entry.source, [replace(diagnostic, span=span)])[0]
        return place_all(entry.embedded, entry.source, [replace(diagnostic, span=None)])[0]

    def assumed(self) -> list[Diagnostic]:
        """The segments that expressions refer to and that are not given."""
        help = "name the file with its definition as well, or with `--segments`"
        found: list[Diagnostic] = []
        for entry in self.entries:
            diagnostics = [
                Diagnostic(
                    "PQL073",
                    f"the segment `{id}` is not among the definitions: the memberships of the profiles count",
                    span,
                    "warning",
                    help=help,
                )
                for id, span in _references(entry.tree).items()
                if id not in self.trees
            ]
            found += place_all(entry.embedded, entry.source, diagnostics)
        return found


def _references(tree: Expr) -> dict[str, Span | None]:
    """The ids in the `inSegment` calls of an expression, each with the place of its first."""
    found: dict[str, Span | None] = {}
    for node in walk(tree):
        id = segment_id(node) if isinstance(node, ast.FunctionCall) else None
        if id is not None:
            found.setdefault(id, node.span)
    return found


def _counts(titles: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for title in titles:
        found[title] = found.get(title, 0) + 1
    return found


def used_paths(programs: Sequence[Program], schema: Schema) -> list[tuple[str, ...]] | None:
    """The paths of the fields that programs look at, ``*`` for any key; None if that may be all there are."""
    if any(uses_profile_itself(program.tree) or iterates_objects(program) for program in with_segments(programs)):
        return None
    return named_paths(programs, schema)


def named_paths(programs: Sequence[Program], schema: Schema) -> list[tuple[str, ...]]:
    """The paths of the fields that programs name; of objects that they use as a whole those of these objects."""
    found: dict[tuple[str, ...], None] = {}
    for program in with_segments(programs):
        fields = dependencies(program.tree, schema.profile).fields
        found.update(dict.fromkeys(map(_in_any_case, fields)))
        if _asks_memberships(program.tree, program):
            found[_MEMBERSHIPS] = None
    return list(found)


def with_segments(programs: Sequence[Program]) -> Iterator[Program]:
    """Programs and the segments that they ask for, directly or not, each once."""
    pending, seen = [*programs], set()
    while pending:
        program = pending.pop(0)
        if id(program) not in seen:
            seen.add(id(program))
            yield program
            pending += _asked_segments(program)


#: Functions of objects as such; to others they are the values of their fields.
_COMPARISONS = frozenset(("=", "!=", "equals", "notEqualTo"))
#: Functions that compare items, with another value or with each other.
_OF_ITEMS = frozenset(
    ("in", "notIn", "includes", "intersects", "intersection", "subsetOf", "supersetOf", "distinct", "groupBy")
)
_OF_OBJECTS = _COMPARISONS | {"and", "or", "not", "if", "get", "isNull", "isNotNull"}


def iterates_objects(program: Program) -> bool:
    """Whether the items of an object are asked for, which are the values of all fields that are there, even null."""

    def is_object(node: Node) -> bool:
        return isinstance(program.type(node), ObjectType) and not isinstance(node, ast.ItemLambda | ast.Lambda)

    return any(
        is_object(node.source)
        if isinstance(node, ast.VariableDeclaration)
        else isinstance(node, ast.FunctionCall)
        and node.function not in _OF_OBJECTS
        and any(map(is_object, node.arguments))
        for node in walk(program.tree)
    )


def compares_objects(program: Program) -> bool:
    """Whether objects, or arrays or maps of them, are compared as a whole, which is with all their fields."""

    def holds_objects(node: Node) -> bool:
        type = program.type(node)
        while isinstance(type, ArrayType | MapType):
            type = type.item if isinstance(type, ArrayType) else type.value
        return isinstance(type, ObjectType)

    def compares(node: Node) -> bool:
        if not isinstance(node, ast.FunctionCall):
            return False
        if node.function in _COMPARISONS:
            return all(map(holds_objects, node.arguments[:2]))
        return node.function in _OF_ITEMS and any(map(holds_objects, node.arguments))

    return any(map(compares, walk(program.tree)))


def _in_any_case(path: tuple[str, ...]) -> tuple[str, ...]:
    """The same path, with any key where a namespace is looked up, of which only the case may differ."""
    before = ("", *path)
    return tuple([ANY_STEP if above in NAMESPACED else name for above, name in zip(before, path, strict=False)])


def _asked_segments(program: Program) -> list[Program]:
    """The segments that a program asks for, of those that it may share with others; all if an id is no text."""
    ids = {segment_id(call) for call in _segment_calls(program.tree)}
    return [other for id, other in program.segments.items() if id in ids or None in ids]


def _segment_calls(tree: Expr) -> list[ast.FunctionCall]:
    return [node for node in walk(tree) if isinstance(node, ast.FunctionCall) and node.function == "inSegment"]


def _asks_memberships(tree: Expr, program: Program) -> bool:
    return any(segment_id(call) not in program.segments for call in _segment_calls(tree))


def uses_profile_itself(tree: Expr) -> bool:
    """Whether a profile is used otherwise than as the object of a field."""
    names = tree.parameters[:1] if isinstance(tree, ast.Lambda) else ()

    def is_profile(node: Node) -> bool:
        if isinstance(node, ast.ParameterReference):
            return node.position == 1
        return isinstance(node, ast.VariableReference) and node.name in names

    objects = {id(node.object) for node in walk(tree) if isinstance(node, ast.FieldLookup)}
    return any(is_profile(node) and id(node) not in objects for node in walk(tree))
