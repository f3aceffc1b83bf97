"""What could be written here?  `textDocument/completion`, as the client can take it and the text around can hold it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from typing import TypeVar

from lsprotocol import types

from pqltools.lsp.definition_values import values_at
from pqltools.lsp.knowing import known
from pqltools.lsp.snippets import beginning, filled, respelled
from pqltools.lsp.state import State
from pqltools.lsp.writing import Cursor, cursor_at
from pqltools.source import Span
from pqltools.workspace.cursor.complete import complete
from pqltools.workspace.cursor.items import Item
from pqltools.workspace.cursor.spot import spot_at

_T = TypeVar("_T", bound=Hashable)
_KINDS = {
    "field": types.CompletionItemKind.Field,
    "function": types.CompletionItemKind.Function,
    "method": types.CompletionItemKind.Method,
    "keyword": types.CompletionItemKind.Keyword,
    "operator": types.CompletionItemKind.Operator,
    "enum value": types.CompletionItemKind.EnumMember,
    "suggested value": types.CompletionItemKind.Value,
    "map key": types.CompletionItemKind.Property,
    "variable": types.CompletionItemKind.Variable,
    "namespace": types.CompletionItemKind.Module,
    "segment": types.CompletionItemKind.Reference,
    "time unit": types.CompletionItemKind.Unit,
    "snippet": types.CompletionItemKind.Snippet,
}
#: What is not finished without something behind the blank. Elsewhere a list that nobody asked for would take the Enter
#: that was meant to end the line.
_GOES_ON = re.compile(
    r"(?:[=<>+*/%,-]|\b(?:and|or|not|in|notIn|like|matches|occurs|from|where|over|select|exists|forall|before|after"
    r"|between|this|last|next|include|occurs\s*[<>=]*\s*\d+))[ ]\Z",
    re.IGNORECASE,
)


def answer(state: State, params: types.CompletionParams) -> types.CompletionList | None:
    """The items, the best first; None where nothing of ours is being written."""
    document = state.document(params.text_document.uri)
    cursor = cursor_at(document, params.position)
    if cursor is None:
        values = [*values_at(document, params.position)]
        return types.CompletionList(False, values) if values else None
    if not _is_wanted(cursor, params.context):
        return None
    found = complete(cursor.text, cursor.offset, known(state, document))
    client = _Client(state, cursor, document.positions.offset(params.position))
    items = [*client.items(found.items)]
    return types.CompletionList(found.is_incomplete, items, client.defaults(items))


def _is_wanted(cursor: Cursor, context: types.CompletionContext | None) -> bool:
    """Whether the character that was typed, if one asks, says that something is to be chosen."""
    if context is None or context.trigger_kind != types.CompletionTriggerKind.TriggerCharacter:
        return True
    char = context.trigger_character or ""
    if char == " ":
        return bool(_GOES_ON.search(cursor.text, 0, cursor.offset))
    if char in ("'", '"', "`"):
        spot = spot_at(cursor.text, cursor.offset)
        return spot is not None and spot.quote == char
    return True


class _Client:
    """Writes items as one client wants them."""

    def __init__(self, state: State, cursor: Cursor, at: int) -> None:
        self.cursor = cursor
        #: The cursor in the open text.
        self.at = at
        self.uri = cursor.document.uri
        can = state.can
        item = "text_document.completion.completion_item"
        self.snippets = can(f"{item}.snippet_support")
        self.insert_replace = can(f"{item}.insert_replace_support")
        self.details = can(f"{item}.label_details_support")
        self.commits = can(f"{item}.commit_characters_support")
        self.strikes = can(f"{item}.deprecated_support")
        completion = getattr(state.capabilities.text_document, "completion", None)
        options = getattr(completion, "completion_item", None)
        tags = getattr(getattr(options, "tag_support", None), "value_set", None) or ()
        self.tags = types.CompletionItemTag.Deprecated in tags
        self.shared = frozenset(getattr(getattr(completion, "completion_list", None), "item_defaults", None) or ())

    def items(self, found: tuple[Item, ...]) -> Iterator[types.CompletionItem]:
        """Those that can be written where the cursor is."""
        edits: dict[Span, tuple[types.Range, types.Range] | None] = {}
        for item in found:
            if item.span not in edits:
                edits[item.span] = self._ranges(item.span)
            ranges = edits[item.span]
            written = self._written(item)
            if ranges is not None and written is not None:
                yield self._item(item, ranges, *written)

    def _ranges(self, span: Span) -> tuple[types.Range, types.Range] | None:
        """What is replaced if the rest of the word stays, and if it goes: one line, and the cursor in it."""
        cursor = self.cursor
        start, end = cursor.to_host(span)
        whole = cursor.document.positions.range((start, end))
        if whole.start.line != whole.end.line or not start <= self.at <= end:
            return None
        # A name in back-quotes is replaced with its quotes, and an escape as a whole.
        if cursor.text.startswith("`", span[0]) or cursor.to_host((span[0], cursor.offset))[1] != self.at:
            return whole, whole
        return cursor.document.positions.range((start, self.at)), whole

    def _written(self, item: Item) -> tuple[str, bool] | None:
        """What is inserted, and whether as a snippet; None if the text around cannot hold it."""
        cursor = self.cursor
        if not item.snippet or not self.snippets:
            text = cursor.inserted(item.span, beginning(item.insert) if item.snippet else item.insert)
            return None if text is None else (text, False)
        if cursor.inserted(item.span, filled(item.insert)) is None:
            return None
        return respelled(item.insert, cursor.escaped), True

    def _item(
        self, item: Item, ranges: tuple[types.Range, types.Range], text: str, snippet: bool
    ) -> types.CompletionItem:
        insert, replace = ranges
        edit: types.TextEdit | types.InsertReplaceEdit = types.TextEdit(replace, text)
        if self.insert_replace:
            edit = types.InsertReplaceEdit(text, insert, replace)
        filter = self.cursor.escaped(item.filter or item.label)
        made = types.CompletionItem(
            item.label,
            kind=_KINDS[item.kind],
            sort_text=item.sort,
            filter_text=None if filter == item.label else filter,
            insert_text_format=types.InsertTextFormat.Snippet if snippet else types.InsertTextFormat.PlainText,
            text_edit=edit,
            data=[self.uri, item.key] if item.key else None,
        )
        if item.detail and self.details:
            made.label_details = _details(item)
        elif item.detail:
            made.detail = item.detail
        if item.deprecated and self.tags:
            made.tags = [types.CompletionItemTag.Deprecated]
        elif item.deprecated and self.strikes:
            made.deprecated = True
        if self.commits:
            made.commit_characters = [*item.commit]
        return made

    def defaults(self, items: list[types.CompletionItem]) -> types.CompletionItemDefaults | None:
        """What most of the items have, taken out of them, as far as the client can put it in again."""
        if not items or not self.shared:
            return None
        defaults = types.CompletionItemDefaults()
        if "insertTextFormat" in self.shared:
            format = _usual(item.insert_text_format for item in items)
            defaults.insert_text_format = format
            for item in items:
                item.insert_text_format = None if item.insert_text_format == format else item.insert_text_format
        if "commitCharacters" in self.shared and self.commits:
            usual = _usual(tuple(item.commit_characters or ()) for item in items)
            defaults.commit_characters = [*(usual or ())]
            for item in items:
                item.commit_characters = (
                    None if tuple(item.commit_characters or ()) == usual else item.commit_characters
                )
        if "editRange" in self.shared:
            self._share_range(items, defaults)
        return defaults

    def _share_range(self, items: list[types.CompletionItem], defaults: types.CompletionItemDefaults) -> None:
        edits = [item.text_edit for item in items]
        usual = _usual(_place(edit) for edit in edits)
        shared = next(edit for edit in edits if _place(edit) == usual)
        if isinstance(shared, types.InsertReplaceEdit):
            defaults.edit_range = types.EditRangeWithInsertReplace(shared.insert, shared.replace)
        elif shared is not None:
            defaults.edit_range = shared.range
        for item in items:
            if item.text_edit is not None and _place(item.text_edit) == usual:
                text = item.text_edit.new_text
                item.text_edit_text = None if text == item.label else text
                item.text_edit = None


def _details(item: Item) -> types.CompletionItemLabelDetails:
    """The parameters behind the name, what it is at the end of the line."""
    detail = item.detail or ""
    if item.kind == "function" and detail.startswith(f"{item.label}("):
        parameters, _, result = detail[len(item.label) :].rpartition("): ")
        if parameters:
            return types.CompletionItemLabelDetails(f"{parameters})", result)
    return types.CompletionItemLabelDetails(description=detail)


def _place(edit: types.TextEdit | types.InsertReplaceEdit | None) -> tuple[int, ...]:
    if edit is None:
        return ()
    insert, replace = (edit.insert, edit.replace) if isinstance(edit, types.InsertReplaceEdit) else [edit.range] * 2
    return (
        insert.start.line,
        insert.start.character,
        insert.end.character,
        replace.start.character,
        replace.end.character,
    )


def _usual(values: Iterable[_T]) -> _T:
    return Counter(values).most_common(1)[0][0]
