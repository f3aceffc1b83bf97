"""How does a new expression get into the file?  Edits of the spelling of single values, checked by reading again."""

from __future__ import annotations

import json
import re

from pqltools.diagnostics import error
from pqltools.formats.definition import java_hash
from pqltools.formats.definition_json import json_string, read_json, read_json_lines, respell_json
from pqltools.limits import HIGHEST_DEPTH
from pqltools.records import TYPE_CHECKING
from pqltools.source import Source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from pqltools.formats.definition_files import DefinitionFile, Embedded
    from pqltools.formats.definition_places import Spelling
    from pqltools.formats.json_locations import Path
    from pqltools.source import Span

#: What begins a scalar that needs no quotes, what must not stand in one, and what would not be a string.
_PLAIN_START = re.compile(r"[A-Za-z_(]")
_PLAIN_FAULT = re.compile(r":(?: |$)| #| $|\n")
_FLOW_FAULT = re.compile(r"[\[\]{},]")
_NO_STRING = frozenset(("true", "false", "yes", "no", "on", "off", "null", "y", "n"))
#: What can be put into a plain scalar without a second thought.
_TAME = re.compile(r"[\w.()=<>+*/%^$-]*(?: [\w.()=<>+*/%^$-]+)*")


def rewritten(file: DefinitionFile, new: Mapping[int, tuple[str, str]], rehash: bool) -> str:
    """The new text of `file`; see `definition_files.rewrite`."""
    if file.kind in ("text", "tree"):
        return _bare(file, new)
    edits: list[tuple[Span, str]] = []
    wanted: dict[tuple[int, Path], Any] = {}
    newline = "\r\n" if file.source.text.count("\r\n") * 2 > file.source.text.count("\n") else "\n"
    for index, (format, value) in sorted(new.items()):
        _plan(file, file.expressions[index], format, value, rehash, newline, edits, wanted)
    text = _apply(file.source.text, edits)
    if edits:
        _check(file, text, wanted)
    return text


def _bare(file: DefinitionFile, new: Mapping[int, tuple[str, str]]) -> str:
    text = file.source.text
    for _, value in new.values():
        start = file.expressions[0].span[0]
        line_end = "\r\n" if text.endswith("\r\n") else "\n" if text.endswith("\n") else ""
        text = text[:start] + value + ("" if value.endswith("\n") else line_end)
    return text


def _plan(
    file: DefinitionFile,
    embedded: Embedded,
    format: str,
    value: str,
    rehash: bool,
    newline: str,
    edits: list[tuple[Span, str]],
    wanted: dict[tuple[int, Path], Any],
) -> None:
    """The edits that give one definition its new expression, and the data that it is to have."""
    site = embedded.site
    assert site is not None
    assert site.format is not None
    stays_tree = format == "pql/json" and isinstance(embedded.value, dict)
    data = json.loads(value) if stays_tree else value
    changes: list[tuple[Path, Spelling, Any, bool]] = []
    if format != embedded.format:
        changes.append((("expression", "format"), site.format, format, False))
    if data != embedded.value or type(data) is not type(embedded.value):
        changes.append((("expression", "value"), embedded.spelling, value, stays_tree))
    if rehash and site.hash is not None and isinstance(site.hash.value, (str, int)):
        hash = java_hash(value)
        if str(site.hash.value) != str(hash):
            changes.append((("ansibleDataModel", "hash"), site.hash, str(hash), not isinstance(site.hash.value, str)))
    if changes and site.shared is not None:
        message = f"the expression stands in several places through `{site.shared}`, all of which would change"
        help = "write it out in each place"
        raise error("PQL037", message, embedded.span, help=help, path=embedded.path, source=file.source)
    for path, spelling, text, as_json in changes:
        if file.kind == "yaml":
            from pqltools.formats.yaml_scalars import respell_yaml

            edits.append(respell_yaml(spelling, text, as_json, newline))
        else:
            edits.append((spelling.span, respell_json(spelling, text, as_json)))
        wanted[site.document, (*site.path, *path)] = json.loads(text) if as_json else text


def _apply(text: str, edits: list[tuple[Span, str]]) -> str:
    parts: list[str] = []
    at = 0
    for (start, end), new in sorted(edits):
        parts += (text[at:start], new)
        at = end
    return "".join((*parts, text[at:]))


def _check(file: DefinitionFile, text: str, wanted: dict[tuple[int, Path], Any]) -> None:
    """The new text must say what was wanted, and nothing else may have changed."""
    if file.kind == "yaml":
        from pqltools.formats.yaml_scalars import check_yaml

        same = check_yaml(file.documents, text, wanted)
    else:
        read = read_json if file.kind == "json" else read_json_lines
        # An expression may be deeper than the old one was, so the limit of the first reading does not count.
        same = _same_json(file.documents, read(Source(text), HIGHEST_DEPTH), wanted)
    if not same:
        raise AssertionError(f"the rewritten {file.source.name} says something else than was wanted")


def _same_json(before: Sequence[Any], after: Sequence[Any], wanted: dict[tuple[int, Path], Any]) -> bool:
    """Whether `after` is `before` with the values of `wanted`."""
    parents = [(before[document].value(path[:-1]), path[-1], value) for (document, path), value in wanted.items()]
    old = [parent[key] for parent, key, _ in parents]
    try:
        for parent, key, value in parents:
            parent[key] = value
        return [document.data for document in before] == [document.data for document in after]
    finally:
        for (parent, key, _), value in zip(parents, old, strict=True):
            parent[key] = value


def escape(spelling: Spelling, span: Span, text: str) -> str | None:
    """`text` as it is to be inserted into the spelling at `span`, or None if that cannot be told for sure."""
    match spelling.style:
        case "bare" | "tree":
            return text
        case "json" | '"':
            return json_string(text)[1:-1]
        case "'":
            return text.replace("'", "''") if text.isprintable() else None
        case "|":
            return text if text.isprintable() else None
        case "plain":
            inside = isinstance(spelling.value, str) and span[0] > 0 and span[1] < len(spelling.value)
            return text if inside and text and _TAME.fullmatch(text) else None
        case _:
            return None


def insertion(spelling: Spelling, span: Span, text: str) -> str | None:
    """As `escape`, and also at the ends of plain and folded scalars; for one edit of a value, not for several.

    `span` may lie behind a plain scalar, with blanks between.
    """
    match spelling.style:
        case ">":
            return text if text.isprintable() and not text.startswith(" ") else None
        case "plain" if isinstance(spelling.value, str):
            value = spelling.value.ljust(span[0])
            return (
                text if text.isprintable() and _is_plain(value[: span[0]] + text + value[span[1] :], spelling) else None
            )
        case _:
            return escape(spelling, span, text)


def escaped(spelling: Spelling, text: str) -> str:
    """A part of what `insertion` allows, such as the text between two placeholders."""
    match spelling.style:
        case "json" | '"':
            return json_string(text)[1:-1]
        case "'":
            return text.replace("'", "''")
        case _:
            return text


def _is_plain(text: str, spelling: Spelling) -> bool:
    """Whether a text without quotes is read as that string."""
    if not _PLAIN_START.match(text) or text.lower() in _NO_STRING:
        return False
    return not _PLAIN_FAULT.search(text) and not (spelling.flow and _FLOW_FAULT.search(text))
