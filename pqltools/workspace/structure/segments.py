"""Which segments does an expression name in `inSegment`, and where?  In trees as well, and in broken text."""

from __future__ import annotations

from pqltools.checks.dependencies import segment_id
from pqltools.diagnostics import PQLError
from pqltools.syntax import ast
from pqltools.syntax.driver import machine
from pqltools.syntax.literals import decode, field_gap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from pqltools.source import Span

_FUNCTION = "inSegment"


def references(format: str, value: object, text: str) -> tuple[tuple[str, Span], ...]:
    """The ids, each with the place of its string in `text`, quotes included; `value` is the expression as it was read.

    Both are the same for ``pql/text``; of a tree `text` is its JSON.
    """
    if _FUNCTION not in text:
        return ()
    return tuple(_in_text(text) if format == "pql/text" else _in_tree(value, text))


def _in_text(text: str) -> Iterator[tuple[str, Span]]:
    """``inSegment("id")`` and ``"id".inSegment()``, by the tokens: nothing else of the text need be right."""
    engine = machine()
    before: list[tuple[str, str]] = [("", ""), ("", "")]
    string: tuple[str, Span] | None = None
    for match in engine.scan(text):
        kind = match.lastindex or 0
        name, word = engine.tables.terminals[kind], match[kind]
        if not word:
            break
        if (
            name == "STRING"
            and before[1][1] == "("
            and before[0] in (("NAME", _FUNCTION), ("QUOTED", f"`{_FUNCTION}`"))
        ):
            yield _value(word), match.span(kind)
        elif name == "METHOD" and string is not None and word[1 + field_gap(word) :] == _FUNCTION:
            yield string
        string = (_value(word), match.span(kind)) if name == "STRING" else None
        before = [before[1], (name, word)]


def _value(word: str) -> str:
    return decode(word[1:-1], lambda _: None)


def _in_tree(value: object, text: str) -> Iterator[tuple[str, Span]]:
    from pqltools.formats.json_locations import locate, path_steps
    from pqltools.formats.pql_json import from_json_with_places
    from pqltools.syntax.walk import walk

    try:
        tree, places = from_json_with_places(value)  # type: ignore[arg-type]
    except (PQLError, RecursionError):
        return
    calls = [node for node in walk(tree) if isinstance(node, ast.FunctionCall) and segment_id(node) is not None]
    paths = [path_steps(places[id(call.arguments[0])]) for call in calls if id(call.arguments[0]) in places]
    found = locate(text, [*paths, *[(*path, "value") for path in paths]])
    for call in calls:
        if id(call.arguments[0]) in places:
            path = path_steps(places[id(call.arguments[0])])
            place = found.get((*path, "value")) or found.get(path)
            if place is not None:
                yield segment_id(call) or "", place.value
