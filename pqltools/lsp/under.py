"""Which segment is named at this place of an open text?  In `inSegment`, or where its definition says its id."""

from __future__ import annotations

from lsprotocol import types

from pqltools.lsp.documents import Document
from pqltools.lsp.elsewhere import is_current
from pqltools.lsp.hosting import Hosted, place_of, without_quotes
from pqltools.lsp.state import State
from pqltools.source import Span


def segments_of(state: State, document: Document, hosted: Hosted) -> list[tuple[str, Span]]:
    """The ids that an expression names in `inSegment`, with the places of their strings in its text."""
    if hosted.format == "pql/text":
        if "inSegment" not in hosted.text:
            return []
        return [
            (id, (span[0] + placed.base, span[1] + placed.base))
            for placed in state.parts(document).of(hosted.text)
            for id, span in placed.part.segments
        ]
    from pqltools.workspace.structure.segments import references

    return [*references(hosted.format, hosted.embedded.value, hosted.text)]


def referred_at(state: State, document: Document, position: types.Position) -> tuple[str, Hosted, Span] | None:
    """The id under the cursor in an `inSegment`, with the place of its string in the expression."""
    found = document.at(position)
    if found is None:
        return None
    hosted, offset = found
    for id, span in segments_of(state, document, hosted):
        if span[0] <= offset <= span[1]:
            return id, hosted, span
    return None


def defined_at(document: Document, position: types.Position) -> tuple[str, Span] | None:
    """The id of the definition that says it, or its name, under the cursor, with the place of the id."""
    if not is_current(document):
        return None
    offset = document.positions.offset(position)
    for hosted in document.expressions:
        id = (hosted.definition or {}).get("id")
        if not isinstance(id, str) or not id:
            continue
        place = place_of(hosted, "id")
        for each in (place, place_of(hosted, "name")):
            if place is not None and each is not None and each[0] <= offset <= each[1]:
                return id, without_quotes(document.text, place)
    return None
