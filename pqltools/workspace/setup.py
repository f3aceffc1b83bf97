"""Under which configuration, schema and rules is a file checked?  `Workspace` puts them together, once for each."""

from __future__ import annotations

import os

from pqltools.diagnostics import PQLError, error
from pqltools.records import Record, record, replace
from pqltools.workspace.config import Config
from pqltools.workspace.config_files import Configurations
from pqltools.workspace.expressions import Checker, Known
from pqltools.workspace.globs import Glob, relative
from pqltools.workspace.selection import Choice, Selection, is_syntax_error, prefix_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pqltools.checks.eligibility.model import Method
    from pqltools.checks.surroundings import Segment
    from pqltools.diagnostics import Diagnostic
    from pqltools.formats.definition_files import DefinitionFile
    from pqltools.workspace.analysis import FileReport
    from pqltools.xdm.schema import Schema

#: Folders in which nobody keeps segments, and which may be huge.
_NEVER = frozenset(("node_modules", "venv", "site-packages", "__pycache__"))


@record
class Options(Record):
    """What the command line says; None where it says nothing. `now` is in milliseconds since 1970 UTC."""

    now: int
    config: str | None = None
    isolated: bool = False
    choice: Choice = Choice()
    schemas: tuple[str, ...] | None = None
    tenant: str | None = None
    method: Method | None = None
    as_of: str | None = None
    suppress: bool = True
    fix: bool = False
    unsafe: bool = False
    rehash: bool = False
    write: bool = False
    eligibility: bool = False
    stdin_name: str | None = None
    #: The files are those that a program names, such as a commit hook: some of what there is, and others with them.
    skip_unrelated: bool = False


class Workspace:
    """What is shared by the files of one run."""

    def __init__(self, options: Options) -> None:
        self.options = options
        #: Whether a folder has been searched, so that the files may be taken for all there are.
        self.searched = False
        self._configurations = Configurations(options.config, isolated=options.isolated)
        #: By the configuration's file; None for one that names files which are not there.
        self._checkers: dict[str | None, Checker | None] = {}
        self._configs: dict[str | None, Config] = {}
        self._further: dict[str | None, tuple[str, ...]] = {}
        self._further_known: dict[str | None, dict[str, Segment]] = {}
        self._schemas: dict[tuple[tuple[str, ...], str | None], Schema] = {}
        self._ignores: dict[str | None, list[tuple[Glob, tuple[str, ...]]]] = {}
        self._excludes: dict[str | None, list[Glob]] = {}
        self._news: list[FileReport] = []

    def without_fixes(self) -> Workspace:
        """The same run, but nothing is fixed."""
        from copy import copy

        other = copy(self)
        other.options = replace(self.options, fix=False, write=False)
        return other

    def news(self) -> Iterator[FileReport]:
        """What has been found wrong with schemas since this was last asked."""
        found, self._news = self._news, []
        yield from found

    def checker(self, name: str) -> Checker | None:
        """The checker for a file; None if its configuration has faults that have been told before.

        Raises `PQLError` with the faults of the configuration.
        """
        config = self._configurations.for_file(self._place(name))
        if config is None:
            return None
        if config.path not in self._checkers:
            self._checkers[config.path] = None
            self._checkers[config.path] = self._new_checker(config)
        return self._checkers[config.path]

    def _place(self, name: str) -> str:
        """The name by which configuration and patterns go."""
        return self.options.stdin_name or name if name == "-" else name

    def _new_checker(self, config: Config) -> Checker:
        options = self.options
        self._configs[config.path] = config
        self._further[config.path] = tuple(files_of(config, config.segments, "segments"))
        configured = Choice(config.select, config.extend_select, config.ignore)
        selection = Selection(configured, options.choice, config.severity, config.unknown_fields)
        known = Known(
            self._schema(config),
            options.now,
            options.method or config.method,  # type: ignore[arg-type]
            options.as_of or config.as_of,
            config.limits,
            overrides=options.method is not None,
            namespaces=config.namespaces,
        )
        return Checker(selection, known, suppress=options.suppress)

    # Schemas.

    def _schema(self, config: Config) -> Schema:
        names = self.options.schemas
        if names is None:
            names = tuple(files_of(config, config.schemas, "schemas"))
        tenant = self.options.tenant or config.tenant
        key = names, tenant
        found = self._schemas.get(key)
        if found is None:
            found = self._schemas[key] = self._load(names, tenant)
        return found

    def _load(self, names: tuple[str, ...], tenant: str | None) -> Schema:
        if not names and tenant is None:
            from pqltools.xdm.standard import standard

            return standard()
        from pqltools.workspace.analysis import failed
        from pqltools.xdm.load import load

        loaded = load(names, tenant=tenant)
        by_file: dict[str, list[Diagnostic]] = {}
        for diagnostic in loaded.diagnostics:
            by_file.setdefault(diagnostic.source.name if diagnostic.source else "", []).append(diagnostic)
        self._news += [failed(PQLError(found)) for found in by_file.values()]
        return loaded.schema

    def reads(self, path: str) -> bool:
        """Whether a file is one of the schemas, or of the definitions that a configuration names."""
        named = [
            *[name for names, _ in self._schemas for name in names],
            *[name for names in self._further.values() for name in names],
        ]
        wanted = os.path.realpath(path)
        return any((wanted + os.sep).startswith(os.path.realpath(name) + os.sep) for name in named)

    def config(self, name: str) -> Config:
        """The configuration of a file. Raises `PQLError` with its faults."""
        return self._configurations.peek(self._place(name))

    # Definitions.

    def know_segments(self, files: Iterable[DefinitionFile]) -> None:
        """Tell every checker which definitions there are.

        An id that is not among them is wrong only if they are all there are: if a folder was searched, a file holds
        several, or the configuration names them.
        """
        from pqltools.workspace.given import segments_of

        given = [*files]
        whole = not self.options.skip_unrelated and (self.searched or any(len(file.expressions) > 1 for file in given))
        if not whole and not any(self._further.values()):
            return
        self.tell_segments(segments_of(given), whole=whole)

    def tell_segments(self, own: Mapping[str, Segment], *, whole: bool) -> None:
        """Tell every checker which definitions there are, besides those that its configuration names, by their ids.

        `whole` says that they are all there are.
        """
        for path, checker in [*self._checkers.items()]:
            if checker is None:
                continue
            further = self._known_further(path)
            known: dict[str, Segment] = {**further, **own}
            if known and (whole or further):
                checker.known = replace(checker.known, segments=known)

    def _known_further(self, path: str | None) -> dict[str, Segment]:
        """The definitions that a configuration names, read once."""
        found = self._further_known.get(path)
        if found is None:
            from pqltools.workspace.given import segments_of

            found = self._further_known[path] = segments_of(_read_files(self._further[path]))
        return found

    # Patterns.

    def is_excluded(self, path: str) -> bool:
        """Whether a file or folder is none of the checker's business."""
        if path == "-":
            return False
        if os.path.basename(path) in _NEVER:  # noqa: PTH119 - pathlib is slow to import
            return True
        try:
            config = self._configurations.peek(path)
        except PQLError:
            return False
        if not config.exclude:
            return False
        globs = self._excludes.get(config.path)
        if globs is None:
            globs = self._excludes[config.path] = [Glob(pattern) for pattern in config.exclude]
        where = relative(path, config.folder)
        return any(glob.fits(where) for glob in globs)

    def ignored(self, name: str, definition: Segment | None = None) -> tuple[str, ...]:
        """What the codes begin with that ``per-file-ignores`` hides in a file, or in a definition in it."""
        config = self._configurations.peek(self._place(name))
        if not config.per_file_ignores:
            return ()
        globs = self._ignores.get(config.path)
        if globs is None:
            globs = self._ignores[config.path] = [
                (Glob(pattern), tuple([prefix_of(code) or "" for code in codes]))
                for pattern, codes in config.per_file_ignores
            ]
        where = relative(self._place(name), config.folder)
        names = [] if definition is None else [text for text in (definition.id, definition.name) if text]
        return tuple([prefix for glob, some in globs if glob.fits_definition(where, names) for prefix in some])


def without(prefixes: tuple[str, ...], diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The findings whose codes begin with none of `prefixes`, and syntax errors."""
    return tuple([found for found in diagnostics if is_syntax_error(found) or not found.code.startswith(prefixes)])


def _read_files(names: Iterable[str]) -> Iterator[DefinitionFile]:
    """What is in these files; what is wrong with them is said when they are checked themselves."""
    from pqltools.files import expand, read_source
    from pqltools.formats.definition_files import read_file

    for name, _ in expand(names):
        try:
            yield read_file(read_source(name))
        except PQLError:
            continue


def files_of(config: Config, patterns: tuple[str, ...], option: str) -> Iterator[str]:
    """The files and folders that patterns of the configuration mean. Raises `PQLError` (PQL044) if one means none."""
    for pattern in patterns:
        path = os.path.join(config.folder, pattern)  # noqa: PTH118
        if os.path.exists(path):  # noqa: PTH110
            yield path
            continue
        found = []
        if any(char in pattern for char in "*?["):
            from glob import glob

            found = sorted(glob(path, recursive=True))  # noqa: PTH207
        if not found:
            raise _nothing(config, pattern, option)
        yield from found


def _is_toml(text: str) -> bool:
    """Whether it still is: the file may have been written anew since it was decoded."""
    from tomllib import TOMLDecodeError, loads

    try:
        loads(text.removeprefix("\ufeff"))
    except (TOMLDecodeError, RecursionError):
        return False
    return True


def _nothing(config: Config, pattern: str, option: str) -> PQLError:
    from pqltools.files import read_source

    source = read_source(config.path) if config.path else None
    span = (0, 0)
    if source is not None and _is_toml(source.text):
        from pqltools.workspace.toml_places import places

        for path, place in places(source.text).items():
            if option in path and place.value and source.text[place.value[0] + 1 : place.value[1] - 1] == pattern:
                span = place.value
    return error("PQL044", f"`{option}` names `{pattern}`, and there is no such file", span, source=source)
