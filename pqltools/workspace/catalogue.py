"""Which definitions are there, and what does each depend on?  `read_catalogue`, for questions about a whole folder."""

from __future__ import annotations

from pqltools.checks.dependencies import dependencies
from pqltools.checks.segment_graph import reachable, reversed_edges
from pqltools.diagnostics import PQLError
from pqltools.records import Record, hint, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pqltools.checks.dependencies import Dependencies
    from pqltools.checks.field_paths import Path
    from pqltools.diagnostics import Diagnostic
    from pqltools.formats.definition_files import DefinitionFile, Embedded
    from pqltools.source import Source, Span
    from pqltools.syntax.ast import Expr
    from pqltools.types.model import Type


@record
class Entry(Record):
    """One expression and what it depends on. `key` is the id, else the file and the path in it: no two are the same."""

    key: str
    id: str | None
    name: str | None
    uses: Dependencies
    tree: Expr
    source: Source = hint(default=None)
    embedded: Embedded = hint(default=None)

    @property
    def title(self) -> str:
        """What people call it."""
        return self.name or self.key

    def place(self, span: Span | None = None) -> tuple[str, int, int]:
        """File, line and column of the expression, or of a part of its text."""
        at = self.embedded.span if span is None else self.embedded.locate(span)
        return self.source.name, *self.source.line_column(at[0])


class Catalogue:
    """All definitions of some files, in their order."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        #: By id; of two with the same id the first is meant, as on the platform there is one.
        self.by_id: dict[str, Entry] = {}
        for entry in self.entries:
            if entry.id is not None:
                self.by_id.setdefault(entry.id, entry)
        self._edges = {entry.key: tuple(entry.uses.segments) for entry in self.entries}
        self._users = reversed_edges(self._edges)

    def used_by(self, entry: Entry) -> tuple[Entry, ...]:
        """The definitions that refer to this one."""
        return tuple([user for user in self.entries if user.key in self._users_of(entry)])

    def _users_of(self, entry: Entry) -> frozenset[str]:
        is_meant = entry.id is not None and self.by_id[entry.id] is entry
        return frozenset(self._users.get(entry.key, ())) if is_meant else frozenset()

    def segments_below(self, entry: Entry) -> tuple[str, ...]:
        """The ids that an expression depends on, directly or by way of others, the nearest first."""
        return reachable(self._edges, entry.key)

    def dependents(self, entries: Iterable[Entry]) -> tuple[Entry, ...]:
        """The definitions that depend on some of these, directly or by way of others, and are none of them."""
        given = {entry.key for entry in entries}
        found = {user for key in given for user in reachable(self._users, key)}
        return tuple([entry for entry in self.entries if entry.key in found - given])

    def users_of_field(self, path: Path) -> list[tuple[Entry, Path, Span | None]]:
        """Every definition that uses a field or something in it, with what it uses and where in its text."""
        from pqltools.checks.field_paths import is_below

        return [
            (entry, used, span)
            for entry in self.entries
            for used, span in entry.uses.fields.items()
            if is_below(used, path)
        ]

    def duplicates(self) -> list[tuple[Entry, ...]]:
        """The groups of definitions whose expressions are the same tree, however they are written."""
        groups: dict[Expr, list[Entry]] = {}
        for entry in self.entries:
            groups.setdefault(entry.tree, []).append(entry)
        return [tuple(group) for group in groups.values() if len(group) > 1]


def read_catalogue(
    names: Iterable[str], profile: Type, is_excluded: Callable[[str], bool] | None = None
) -> tuple[Catalogue, list[Diagnostic]]:
    """The definitions in files and folders, and what could not be read; `profile` is the schema's type."""
    from pqltools.files import expand

    entries: dict[str, Entry] = {}
    problems: list[Diagnostic] = []
    for name, named in expand(names, is_excluded):
        try:
            file = _read(name, named)
        except PQLError as problem:
            problems += problem.diagnostics
            continue
        for embedded in () if file is None else file.expressions:
            assert file is not None
            try:
                entry = _entry(file, embedded, profile, entries)
            except PQLError as problem:
                from pqltools.formats.definition_files import place

                problems += [place(embedded, file.source, diagnostic) for diagnostic in problem.diagnostics]
            else:
                entries[entry.key] = entry
    return Catalogue(entries.values()), problems


def _read(name: str, named: bool) -> DefinitionFile | None:
    """The file, None if it was found in a folder and holds no PQL."""
    from pqltools.files import read_source
    from pqltools.formats.definition_files import read_file
    from pqltools.formats.file_kinds import may_hold_pql

    source = read_source(name)
    if not named and not may_hold_pql(source):
        return None
    try:
        return read_file(source)
    except PQLError as problem:
        if not named and {diagnostic.code for diagnostic in problem.diagnostics} == {"PQL040"}:
            return None
        raise


def _entry(file: DefinitionFile, embedded: Embedded, profile: Type, known: dict[str, Entry]) -> Entry:
    from pqltools.formats.definition import read_expression
    from pqltools.workspace.given import definition_of

    tree = read_expression(embedded.format, embedded.value)
    definition = definition_of(file, embedded) or {}
    id, name = (value if isinstance(value := definition.get(key), str) and value else None for key in ("id", "name"))
    where = file.source.name if len(file.expressions) == 1 else f"{file.source.name}#{embedded.path}"
    key = where if id is None or id in known else id
    if key in known:  # the lines of a JSONL file, and the documents of a YAML file, share their paths
        key = f"{file.source.name}:{file.source.line_column(embedded.span[0])[0]}#{embedded.path}"
    return Entry(key, id, name, dependencies(tree, profile), tree, source=file.source, embedded=embedded)
