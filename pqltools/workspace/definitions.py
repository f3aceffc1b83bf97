"""Which definitions are to be evaluated, and what do they need of a profile?"""

from __future__ import annotations

from pqltools.checks.dependencies import dependencies, segment_id
from pqltools.diagnostics import Diagnostic, PQLError
from pqltools.evaluation.program import Preparation
from pqltools.formats.definition_files import place
from pqltools.records import Record, hint, record
from pqltools.syntax import ast
from pqltools.syntax.walk import walk
from pqltools.workspace.catalogue import read_catalogue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pqltools.evaluation.program import Program
    from pqltools.source import Span
    from pqltools.syntax.ast import Expr, Node
    from pqltools.workspace.catalogue import Catalogue, Entry
    from pqltools.xdm.schema import Schema

_MEMBERSHIPS = ("segmentMembership",)


@record
class Definition(Record):
    """A definition that can be evaluated: what people call it, its id if it has one, and its program."""

    title: str
    id: str | None
    program: Program = hint(default=None)


def read_definitions(
    names: Iterable[str], schema: Schema, now: int, further: Iterable[str] = ()
) -> tuple[list[Definition], list[Diagnostic]]:
    """The definitions in files and folders, and what is wrong with others.

    `further` files hold definitions that `inSegment` may refer to, too. Ids that are nowhere are warnings (PQL073): of
    them the profiles' memberships tell.
    """
    catalogue, problems = read_catalogue(names, schema.profile)
    others, unread = read_catalogue(further, schema.profile)
    problems += unread
    trees = {id: entry.tree for id, entry in {**others.by_id, **catalogue.by_id}.items()}
    preparation = Preparation(schema.profile, now, trees)
    found: list[Definition] = []
    for entry in catalogue.entries:
        try:
            program = preparation.program(entry.tree)
        except PQLError as problem:
            problems += _placed(entry, problem.diagnostics)
        else:
            found.append(Definition(_title(entry, catalogue), entry.id, program))
            problems += _placed(entry, _assumed(entry, trees))
    return found, problems


def inline_definition(text: str, schema: Schema, now: int) -> Definition:
    """The definition that is a text of its own. Raises `PQLError`."""
    from pqltools.formats.given import tree_of

    return Definition("<expression>", None, Preparation(schema.profile, now, {}).program(tree_of(text)))


def _title(entry: Entry, catalogue: Catalogue) -> str:
    """The name of a definition, with its key where others have the same name."""
    same = [other for other in catalogue.entries if other.title == entry.title]
    return entry.title if len(same) == 1 else f"{entry.title} ({entry.key})"


def _placed(entry: Entry, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    return [place(entry.embedded, entry.source, diagnostic) for diagnostic in diagnostics]


def _assumed(entry: Entry, given: dict[str, Expr]) -> list[Diagnostic]:
    """The segments that an expression refers to and that are not given."""
    found: dict[str, Span | None] = {}
    for node in walk(entry.tree):
        id = segment_id(node) if isinstance(node, ast.FunctionCall) else None
        if id is not None and id not in given:
            found.setdefault(id, node.span)
    return [
        Diagnostic(
            "PQL073",
            f"the segment `{id}` is not among the definitions: the memberships of the profiles count",
            span,
            "warning",
            help="name the file with its definition as well, or with `--segments`",
        )
        for id, span in found.items()
    ]


def used_paths(programs: Sequence[Program], schema: Schema) -> list[tuple[str, ...]] | None:
    """The paths of the fields that programs look at, ``*`` for any key; None if that may be all there are."""
    found: dict[tuple[str, ...], None] = {}
    for program in programs:
        trees = [program.tree, *[segment.tree for segment in program.segments.values()]]
        for tree in trees:
            if _uses_profile_itself(tree):
                return None
            found.update(dict.fromkeys(dependencies(tree, schema.profile).fields))
            if _asks_memberships(tree, program):
                found[_MEMBERSHIPS] = None
    return list(found)


def _asks_memberships(tree: Expr, program: Program) -> bool:
    calls = [node for node in walk(tree) if isinstance(node, ast.FunctionCall) and node.function == "inSegment"]
    return any(segment_id(call) not in program.segments for call in calls)


def _uses_profile_itself(tree: Expr) -> bool:
    """Whether a profile is used otherwise than as the object of a field."""
    names = tree.parameters[:1] if isinstance(tree, ast.Lambda) else ()

    def is_profile(node: Node) -> bool:
        if isinstance(node, ast.ParameterReference):
            return node.position == 1
        return isinstance(node, ast.VariableReference) and node.name in names

    objects = {id(node.object) for node in walk(tree) if isinstance(node, ast.FieldLookup)}
    return any(is_profile(node) and id(node) not in objects for node in walk(tree))
