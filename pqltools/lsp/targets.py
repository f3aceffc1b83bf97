"""Which expression does a command mean?  Its argument is read here, and what is wrong with it told."""

from __future__ import annotations

from typing import Any

from lsprotocol import types

from pqltools.diagnostics import Diagnostic
from pqltools.lsp.documents import Document
from pqltools.lsp.hosting import Hosted
from pqltools.lsp.requests import refused
from pqltools.lsp.state import State
from pqltools.records import Record, hint, record
from pqltools.syntax.ast import Expr


@record
class Target(Record):
    """An expression in an open text."""

    document: Document = hint(default=None)
    hosted: Hosted = hint(default=None)

    @property
    def title(self) -> str:
        """What people call it: the name of the definition, else of the file."""
        name = self.hosted.embedded.name
        return name or self.document.name.replace("\\", "/").rpartition("/")[2]


def target(state: State, argument: dict[str, Any]) -> Target:
    """The expression at the place that `argument` names: ``{"uri": …, "position": {"line": 0, "character": 0}}``.

    In a text with one expression only it is that one, wherever the cursor is. Raises an error for the user.
    """
    uri = argument.get("uri")
    if not isinstance(uri, str) or not uri:
        raise refused('the command needs an argument: `{"uri": …, "position": {"line": 0, "character": 0}}`')
    document = state.document(uri)
    position = _position(argument.get("position"))
    expressions = document.expressions
    if not expressions:
        faults = document.reading.diagnostics
        raise refused(f"there is no PQL in this text{': ' + faults[0].message if faults else ''}")
    if position is not None:
        offset = document.positions.offset(position)
        for hosted in expressions:
            if hosted.touches((offset, offset)):
                return Target(document, hosted)
    if len(expressions) > 1:
        raise refused(
            "there is no expression at this position: put the cursor into one"
            if position is not None
            else f"the text has {len(expressions):,} expressions: the argument needs a `position`"
        )
    return Target(document, expressions[0])


def _position(value: Any) -> types.Position | None:
    if value is None:
        return None
    if isinstance(value, dict):
        line, character = value.get("line"), value.get("character")
        if _is_count(line) and _is_count(character):
            assert isinstance(line, int)
            assert isinstance(character, int)
            return types.Position(line, character)
    raise refused('`position` is `{"line": 0, "character": 0}`, both counted from 0')


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def tree_of(state: State, found: Target) -> Expr:
    """The tree of an expression. Raises an error for the user with the first fault if it is broken."""
    outcome = state.checked(found.document, found.hosted)
    if outcome.tree is None:
        faults = [each for each in outcome.diagnostics if each.severity == "error"] or [*outcome.diagnostics]
        raise refused(f"the expression is broken: {_said(found, faults[0]) if faults else 'it cannot be read'}")
    return outcome.tree


def _said(found: Target, fault: Diagnostic) -> str:
    if fault.span is None:
        return fault.message
    at = found.hosted.to_host(fault.span)[0]
    line, column = found.document.source.line_column(min(at, len(found.document.text)))
    return f"{fault.message} (line {line}, column {column})"


def page(title: str, text: str) -> dict[str, str]:
    """What clients show beside the text."""
    return {"title": title, "text": text}
