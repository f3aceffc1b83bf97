"""Which expressions does this file hold, and how do I put new ones back?  `read_file`, `place` and `rewrite`.

A file is PQL text, a bare tree in pql/json, or segment definitions in JSON, JSON Lines or YAML. Reading finds every
expression and its place; rewriting replaces the texts of values and of nothing else, so that layout, comments, the
spelling of numbers and members that nobody here knows stay as they are, byte for byte.
"""

from __future__ import annotations

from pqltools.diagnostics import Diagnostic, PQLError, error
from pqltools.files import MAX_FILE_SIZE
from pqltools.formats.definition import java_hash
from pqltools.formats.definition_json import JsonDocument, read_json, read_json_lines
from pqltools.formats.definition_places import Spelling
from pqltools.formats.definition_shapes import definitions
from pqltools.formats.file_kinds import kind_of_file
from pqltools.formats.json_locations import excerpt, locate, path_steps, path_text
from pqltools.limits import MAX_DEPTH, check_depth_limit
from pqltools.records import TYPE_CHECKING, Record, hint, record, replace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, TypeAlias

    from pqltools.formats.definition_yaml import YamlDocument
    from pqltools.formats.file_kinds import Kind
    from pqltools.formats.json_faults import Fault
    from pqltools.formats.json_locations import Path
    from pqltools.source import Source, Span

    Document: TypeAlias = JsonDocument | YamlDocument

_EXPRESSION = ("expression",)
_KEYS = tuple((*_EXPRESSION, key) for key in ("type", "format", "value"))
_HASH = ("ansibleDataModel", "hash")


@record
class Site(Record):
    """Where a definition's parts stand: its document, its path in it, and the spellings of what can be rewritten."""

    document: int
    path: tuple[str | int, ...]
    format: Spelling | None
    hash: Spelling | None
    #: An anchor by which the expression stands in more than one place.
    shared: str | None


@record
class Embedded(Record):
    """One expression in a file: its format, its value (decoded if it is an object), and where it stands.

    `path` is the JSON path of the value in its document, ``$`` for a bare expression; `span` includes the quotes;
    `name` is the definition's name or id.
    """

    format: str
    value: Any
    path: str
    span: Span
    name: str | None
    spelling: Spelling = hint(default=None)
    site: Site | None = hint(default=None)

    def locate(self, span: Span) -> Span:
        """The place in the file of a span inside the expression's text, through escapes and line breaks.

        Where a place inside cannot be told, the place of the whole value.
        """
        return self.spelling.locate(span)


@record
class DefinitionFile(Record):
    """What is in a file; `diagnostics` are warnings, such as a hash that is out of date."""

    source: Source
    kind: Kind
    expressions: tuple[Embedded, ...]
    diagnostics: tuple[Diagnostic, ...]
    documents: tuple[Document, ...] = hint(default=())


def read_file(
    source: Source, kind: Kind | None = None, *, max_depth: int = MAX_DEPTH, max_size: int = MAX_FILE_SIZE
) -> DefinitionFile:
    """The expressions of a file. Without `kind` it is told from the name's suffix and from the content.

    `max_size` bounds the file in characters, `max_depth` its nesting as that of one expression. Expressions are not
    parsed. Raises `PQLError`, each diagnostic with its span in `source`: PQL010 too deep, PQL011 too large, PQL030 not
    JSON, PQL031 a key twice on the way to an expression or in it (in YAML anywhere), PQL040 no definition, PQL041 a
    format that cannot be, PQL043 not YAML, PQL044 a file of unknown kind.
    """
    check_depth_limit(max_depth)
    if len(source.text) > max_size:
        message = f"the file has more than {max_size:,} characters"
        raise error("PQL011", message, (0, 0), help="raise `max_size` if that is meant", source=source)
    kind = kind or kind_of_file(source)
    documents: list[Any] = []
    if kind == "json":
        documents = [*read_json(source, max_depth)]
        data = documents[0].data
        if isinstance(data, dict) and "nodeType" in data and "expression" not in data:
            kind = "tree"
    elif kind == "jsonl":
        documents = [*read_json_lines(source, max_depth)]
    elif kind == "yaml":
        from pqltools.formats.definition_yaml import read_yaml

        documents = [*read_yaml(source, max_depth)]
    if kind in ("text", "tree"):
        return DefinitionFile(source, kind, (_bare(source, kind),), ())
    expressions = tuple(_expressions(source, documents))
    warnings = tuple(warning for embedded in expressions for warning in _stale(embedded, source))
    return DefinitionFile(source, kind, expressions, warnings, documents=tuple(documents))


def _bare(source: Source, kind: Kind) -> Embedded:
    start = 1 if source.text.startswith("\ufeff") else 0
    value = source.text[start:]
    format = "pql/text" if kind == "text" else "pql/json"
    return Embedded(format, value, "$", (start, len(source.text)), None, spelling=Spelling("bare", start, value, value))


def _expressions(source: Source, documents: list[Document]) -> list[Embedded]:
    """Every expression of every document, or the error that tells all that is wrong."""
    problems: list[Diagnostic] = []
    found: list[Embedded] = []
    for index, document in enumerate(documents):
        paths, faults = definitions(document.data)
        wanted = {fault.path[:-1] if fault.where == "opening" else fault.path for fault in faults}
        for path in paths:
            wanted |= {(*path, *_EXPRESSION, "format"), (*path, *_EXPRESSION, "value"), (*path, *_HASH)}
            # Editors show the definition and its names.
            wanted |= {path, (*path, "id"), (*path, "name")}
        document.look_up(wanted)
        problems += [_diagnostic(fault, document, source) for fault in faults]
        found += [_embedded(document, index, path) for path in paths]
        problems += _unusable(document, paths, source)
        problems += _repeated(document, paths)
    if not documents:
        raise error("PQL040", "the file is empty, there is no segment definition", (0, 0), source=source)
    if problems:
        raise PQLError(sorted(problems, key=lambda problem: problem.span or (0, 0)))
    return found


def _diagnostic(fault: Fault, document: Document, source: Source) -> Diagnostic:
    if fault.where == "opening":
        # What is missing has no place; what it is missing from does. Only its first character is shown.
        anchor = fault.path[:-1]
        start = (document.place(anchor) or document.place(()) or (0, 0))[0]
        span = start, min(start + 1, len(source.text))
    else:
        span = document.place(fault.path) or (0, 0)
    return Diagnostic(fault.code, fault.message, span, help=fault.help, path=path_text(fault.path), source=source)


def _embedded(document: Document, index: int, path: Path) -> Embedded:
    definition: Any = document.data
    for step in path:
        definition = definition[step]
    expression = definition["expression"]
    at = (*path, "expression", "value")
    spelling = document.spelling(at)
    assert spelling is not None
    names = [definition.get(key) for key in ("name", "id")]
    name = next((name for name in names if isinstance(name, str) and name), None)
    shared = document.shared(at) or document.shared((*path, "expression", "format"))
    hash = document.spelling((*path, *_HASH))
    site = Site(index, path, document.spelling((*path, "expression", "format")), hash, shared)
    return Embedded(
        expression["format"], expression["value"], path_text(at), spelling.span, name, spelling=spelling, site=site
    )


def _unusable(document: Document, paths: list[Path], source: Source) -> list[Diagnostic]:
    """Trees in YAML that use aliases: expanding them could take for ever."""
    if isinstance(document, JsonDocument):
        return []
    problems = []
    for path in paths:
        at = (*path, "expression", "value")
        alias = document.alias_below(at)
        if alias is not None:
            message = f"the tree uses the alias {excerpt('*' + alias.text)}"
            help = "write out what it stands for"
            span = alias.start, alias.end
            problems.append(Diagnostic("PQL043", message, span, help=help, path=path_text(at), source=source))
    return problems


def _repeated(document: Document, paths: list[Path]) -> list[Diagnostic]:
    """Keys that are there twice where that matters; elsewhere they are other people's, and stay."""
    if not document.repeated:
        return []
    values = {(*path, *_EXPRESSION, "value") for path in paths}
    on_the_way = {(*path, *key) for path in paths for key in (*_KEYS, _HASH)}
    on_the_way |= {way[:length] for way in tuple(on_the_way) for length in range(len(way))}
    found = []
    for diagnostic in document.repeated:
        key = path_steps(diagnostic.path or "$")
        if key in on_the_way or any(key[:length] in values for length in range(len(key))):
            found.append(diagnostic)
    return found


def _stale(embedded: Embedded, source: Source) -> list[Diagnostic]:
    """PQL042 if the definition has a hash that is not its value's."""
    site = embedded.site
    if site is None or site.hash is None or not isinstance(embedded.value, str):
        return []
    return _hash_warning(embedded, site.hash, java_hash(embedded.value), source, "the hash of the expression")


def _hash_warning(embedded: Embedded, spelling: Spelling, hash: int, source: Source, what: str) -> list[Diagnostic]:
    said = spelling.value
    if not isinstance(said, (str, int)) or isinstance(said, bool) or str(said).strip() == str(hash):
        return []
    message = f"`ansibleDataModel.hash` is {excerpt(str(said))}, but {what} is `{hash}`"
    help = "Segment Builder takes the rule for changed elsewhere; `pql convert --rehash` writes the hash anew"
    assert embedded.site is not None
    path = path_text((*embedded.site.path, *_HASH))
    return [Diagnostic("PQL042", message, spelling.span, "warning", help, path=path, source=source)]


def place(embedded: Embedded, source: Source, diagnostic: Diagnostic) -> Diagnostic:
    """A diagnostic of the expression, moved into the file: its span, path, related places and fixes.

    Fixes are written with the escapes of the file; those that cannot be are dropped.
    """
    from pqltools.formats.definition_write import escape

    span = diagnostic.span
    if span is None and diagnostic.path is not None:
        span = _span_of_path(embedded, diagnostic)
    fixes = []
    for fix in diagnostic.fixes:
        edits = [(edit, escape(embedded.spelling, edit.span, edit.text)) for edit in fix.edits]
        if all(text is not None for _, text in edits):
            moved = tuple(replace(edit, span=embedded.locate(edit.span), text=text) for edit, text in edits)
            fixes.append(replace(fix, edits=moved))
    return replace(
        diagnostic,
        span=embedded.span if span is None else embedded.locate(span),
        related=tuple(replace(other, span=embedded.locate(other.span)) for other in diagnostic.related),
        fixes=tuple(fixes),
        path=diagnostic.path if embedded.site is None else embedded.path + (diagnostic.path or "$")[1:],
        source=source,
    )


def place_all(embedded: Embedded, source: Source, diagnostics: Sequence[Diagnostic]) -> list[Diagnostic]:
    """The same for all diagnostics of an expression: in one scan of a tree, which would take long for each of many."""
    pathed = [diagnostic for diagnostic in diagnostics if diagnostic.span is None and diagnostic.path is not None]
    text = _tree_text(embedded)
    if len(pathed) < 2 or text is None:
        return [place(embedded, source, diagnostic) for diagnostic in diagnostics]
    places = locate(text, [path_steps(diagnostic.path or "$") for diagnostic in pathed])
    moved = []
    for diagnostic in diagnostics:
        found = None
        if diagnostic.span is None and diagnostic.path is not None:
            found = places.get(path_steps(diagnostic.path))
        moved.append(place(embedded, source, diagnostic if found is None else replace(diagnostic, span=found.value)))
    return moved


def _tree_text(embedded: Embedded) -> str | None:
    """The JSON text of a tree."""
    text = embedded.spelling.raw if embedded.spelling.style == "tree" else embedded.value
    return text if embedded.format == "pql/json" and isinstance(text, str) else None


def _span_of_path(embedded: Embedded, diagnostic: Diagnostic) -> Span | None:
    """Where in the tree's JSON text the fault is whose path is known."""
    text = _tree_text(embedded)
    if text is None:
        return None
    steps = path_steps(diagnostic.path or "$")
    wanted = [steps[:length] for length in range(len(steps) + 1)]
    places = locate(text, wanted)
    for path in reversed(wanted):
        found = places.get(path)
        if found is not None:
            if path != steps:
                return found.value[0], found.value[0] + 1
            return found.key if diagnostic.code in ("PQL031", "PQL032") and found.key else found.value
    return None


def rewrite(
    file: DefinitionFile, new: Mapping[int, tuple[str, str]], *, rehash: bool = False
) -> tuple[str, tuple[Diagnostic, ...]]:
    """The text of the file with new expressions: `new` gives format and value by index into `file.expressions`.

    With `rehash` the `ansibleDataModel.hash` of those definitions is written anew; without, there is a warning
    (PQL042) for each that no longer fits. Raises `PQLError` (PQL037) where a YAML anchor shares the expression with
    another place.
    """
    from pqltools.formats.definition_write import rewritten

    warnings: list[Diagnostic] = []
    for index, (_, value) in sorted(new.items()):
        embedded = file.expressions[index]
        if rehash or value == embedded.value or _stale(embedded, file.source):
            continue  # of a hash that was wrong before, reading has told
        if embedded.site is not None and embedded.site.hash is not None:
            what = "the hash of the new expression"
            warnings += _hash_warning(embedded, embedded.site.hash, java_hash(value), file.source, what)
    return rewritten(file, new, rehash), tuple(warnings)
