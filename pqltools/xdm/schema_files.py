"""Can this file be read as JSON?  The text of a schema file, decoded, or a diagnostic that says why not."""

from __future__ import annotations

from pqltools.diagnostics import Diagnostic, PQLError, error
from pqltools.files import read_source
from pqltools.formats.json_locations import locate
from pqltools.formats.json_text import decode
from pqltools.records import replace
from pqltools.source import Source
from pqltools.xdm.names import PLACEHOLDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pqltools.formats.json_locations import Path
    from pqltools.source import Span

#: Levels of fields; the deepest standard ones have 11.
_DEEPEST = 200


class SchemaFile:
    """A file of JSON: its text, what that is decoded, and whether it was named rather than found in a folder."""

    def __init__(self, source: Source, named: bool) -> None:
        self.source = source
        self.named = named
        self.data, self.warnings = _decoded(source)

    def span(self, path: Path) -> Span:
        """Where the value at `path` stands: its key, if it has one."""
        place = locate(self.source.text, [path]).get(path)
        if place is None:
            return (0, 0)
        if place.key is not None:
            return place.key
        return place.value[0], min(place.value[0] + 1, place.value[1])

    def path_of(self, node: object) -> Path | None:
        """The path of the very object `node`."""
        stack: list[tuple[Path, Any]] = [((), self.data)]
        while stack:
            path, value = stack.pop()
            if value is node:
                return path
            if isinstance(value, dict):
                stack += [((*path, key), inner) for key, inner in value.items() if isinstance(inner, dict | list)]
            elif isinstance(value, list):
                stack += [((*path, index), inner) for index, inner in enumerate(value)]
        return None


def read_texts(names: list[tuple[str, bool]]) -> tuple[list[tuple[Source, bool]], list[Diagnostic]]:
    """The texts of the files, each with whether it was named itself, and what is wrong with those that have none."""
    sources: list[tuple[Source, bool]] = []
    problems: list[Diagnostic] = []
    for name, named in names:
        try:
            source = read_source(name)
            if not source.text.strip("\ufeff \t\r\n"):
                raise error("PQL050", "the file is empty", (0, 0), source=source)
        except PQLError as problem:
            problems += problem.diagnostics
        else:
            sources.append((source, named))
    return sources, problems


def with_tenant(source: Source, tenant: str) -> Source:
    """The text of an export with the tenant's name in its place. Lines stay what they are."""
    return Source(source.text.replace(PLACEHOLDER, tenant), source.name)


def _decoded(source: Source) -> tuple[Any, list[Diagnostic]]:
    try:
        data, _, repeated = decode(source.text, max_depth=_DEEPEST, max_size=len(source.text), what="schema")
    except PQLError as problem:
        raise PQLError(_in_file(source, diagnostic) for diagnostic in problem.diagnostics) from None
    help = "the last one counts"
    return data, [replace(_in_file(source, one), severity="warning", help=help) for one in repeated]


def _in_file(source: Source, diagnostic: Diagnostic) -> Diagnostic:
    located = diagnostic.located(source, diagnostic.span)
    # The cure for expressions is none for schemas.
    return replace(located, help=None) if diagnostic.code == "PQL010" else located
