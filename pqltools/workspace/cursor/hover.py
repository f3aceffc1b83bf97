"""What is under the cursor?  `hover`: a field, a function, a word, a time, a variable, a segment or a value."""

from __future__ import annotations

from pqltools.checks.type_words import words
from pqltools.functions.registry import function
from pqltools.inference.infer import inferred
from pqltools.records import Record, record
from pqltools.syntax import ast
from pqltools.syntax.literals import field_gap, shorten
from pqltools.syntax.reading import read
from pqltools.workspace.cursor.documentation import field_doc, segment_doc
from pqltools.workspace.cursor.scope import field_of, item_scopes, origin, receiver, variables_at
from pqltools.workspace.cursor.times import time_text, window_text
from pqltools.workspace.cursor.word_docs import function_doc, word_doc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.inference.typing import Typing
    from pqltools.source import Span
    from pqltools.syntax.ast import Expr, Node
    from pqltools.syntax.faults import Token
    from pqltools.workspace.cursor.known import Known

#: Terminals that are names.
_NAMES = frozenset(("NAME", "QUOTED", "PREFIXED", "FIELD", "METHOD", "OUTER_NAME", "AGGREGATE_CALL", "PARAMETER"))
#: Terminals that have no meaning of their own.
_PUNCTUATION = frozenset(("LPAR", "RPAR", "LSQB", "RSQB", "LBRACE", "RBRACE", "COMMA", "CLAUSE_COMMA", "COLON"))
#: Terminals of windows: where one stands in a window, the window is what it means.
_WINDOW = frozenset(("BEFORE", "AFTER", "FROM", "BETWEEN", "ON", "UNIT", "INTEGER", "CMP", "EQUAL", "OCCURS", "AND"))
_TIMES = frozenset(("TIMESTAMP", "INTERVAL", "UNIT"))
_PARTS = frozenset(("WHAT", "WHEN", "COUNT", "WHERE"))


@record
class Hover(Record):
    """What to show, in Markdown, and the place that it is about."""

    text: str
    span: Span


def hover(text: str, offset: int, known: Known) -> Hover | None:
    """What is under the cursor, or directly before it; None where nothing is to be said. Never raises for any text."""
    reading = read(text)
    token = _token_at(reading.tokens, offset)
    if token is None or token.kind in _PUNCTUATION:
        return None
    tree, typing = inferred(reading.tree, known.schema.profile)
    return _Hovering(text, reading.tokens, token, known, tree, typing).found()


def _token_at(tokens: tuple[Token, ...], offset: int) -> Token | None:
    """The token that the offset is in; between two that touch, the one that is a word."""
    touching = [token for token in tokens if token.start < token.stop and token.start <= offset <= token.stop]
    inside = [token for token in touching if token.start + _gap(token) <= offset]
    words_first = sorted(inside, key=lambda token: (token.kind in _PUNCTUATION, -token.start))
    return words_first[0] if words_first else None


def _gap(token: Token) -> int:
    """How far the name of a field stands behind the beginning of its token, which is a dot."""
    return 1 + field_gap(token.word) if token.kind in ("FIELD", "METHOD") else 0


class _Hovering:
    def __init__(
        self, text: str, tokens: tuple[Token, ...], token: Token, known: Known, tree: Expr, typing: Typing
    ) -> None:
        self.text = text
        self.tokens = tokens
        self.token = token
        self.known = known
        self.tree = tree
        self.typing = typing
        self.span = (token.start + _gap(token), token.stop)

    def found(self) -> Hover | None:
        kind = self.token.kind
        if kind in _NAMES:
            return self._name()
        if kind == "STRING":
            return self._string()
        window = self._window() if kind in _WINDOW else None
        if kind in _TIMES:
            return self._time() or window
        if window is not None:
            return window
        if kind == "THIS" or kind == "OUTER":
            return self._item()
        doc = word_doc(self.token.word, kind in _PARTS)
        return None if doc is None or kind == "INTEGER" else Hover(doc, self.span)

    def _ending(self, *types: type) -> list[Node]:
        """The nodes of these types that end with the token, the innermost first."""
        end = self.token.stop
        inner_first = reversed(self.typing.nodes)
        return [node for node in inner_first if isinstance(node, types) and node.span and node.span[1] == end]

    def _name(self) -> Hover | None:
        for node in self._ending(ast.FieldLookup, ast.VariableReference, ast.ItemReference):
            assert node.span is not None
            if node.span[0] <= self.token.start:
                if isinstance(node, ast.FieldLookup):
                    return self._field(node)
                return self._variable(node)  # type: ignore[arg-type]
        return self._parameter() or self._binder() or self._call()

    def _parameter(self) -> Hover | None:
        """``profile`` or ``$1``."""
        for node in self._ending(ast.ParameterReference):
            if node.span == self.span:
                return Hover(f"parameter of the expression: {words(self.typing.type(node))}", self.span)
        return None

    def _field(self, node: ast.FieldLookup) -> Hover | None:
        steps = origin(node, self.typing, self.known.schema.profile)
        member = field_of(node, self.typing, self.known.schema)
        if member is not None:
            return Hover(field_doc(member, steps, self.known, self.typing.type(node)), self.span)
        if self.typing.is_missing(node):
            owner = self.typing.missing[id(node)]
            return Hover(f"There is no field `{shorten(node.name)}` in {words(owner)}.", self.span)
        return None

    def _variable(self, node: Expr) -> Hover | None:
        name = self.text[self.span[0] : self.span[1]]
        variables = variables_at(node, self.typing, self.known.schema.profile)
        variable = next((variable for variable in variables if variable.name == name), None)
        if variable is None:
            return None
        source = variable.source
        how = "an item of" if variable.is_item else "stands for"
        about = "" if source is None else f"\n\n{how} {self._source(source)}"
        return Hover(f"variable **`{name}`**: {words(variable.type)}{about}", self.span)

    def _source(self, node: Expr) -> str:
        if node.span is None:
            return "an array"
        return f"`{shorten(self.text[node.span[0] : node.span[1]], 80)}`"

    def _binder(self) -> Hover | None:
        """A name that is just being bound."""
        from pqltools.workspace.cursor.variables import bindings

        for binding in bindings(self.text, self.tokens, self.tree, self.typing):
            if binding.binder == self.span:
                return Hover(f"variable **`{binding.name}`**: {words(binding.type)}", self.span)
        return None

    def _call(self) -> Hover | None:
        name = self.text[self.span[0] : self.span[1]]
        entry = function(name)
        return None if entry is None else Hover(function_doc(entry), self.span)

    def _item(self) -> Hover | None:
        for node in self._ending(ast.ItemReference):
            assert isinstance(node, ast.ItemReference)
            scopes = item_scopes(node, self.typing)
            source = receiver(scopes[node.distance], self.typing) if node.distance < len(scopes) else None
            about = "" if source is None else f"\n\nan item of {self._source(source)}"
            return Hover(f"the item: {words(self.typing.type(node))}{about}", self.span)
        return None

    def _string(self) -> Hover | None:
        at = (self.token.start, self.token.stop)
        node = next((n for n in self.typing.nodes if isinstance(n, ast.StringLiteral) and n.span == at), None)
        if node is None:
            return None
        return self._segment(node) or self._value(node) or self._literal_time(node)

    def _segment(self, node: ast.StringLiteral) -> Hover | None:
        parent = self.typing.parents.get(id(node))
        if isinstance(parent, ast.FunctionCall) and parent.function == "inSegment":
            doc = segment_doc(node.value, self.known)
            return Hover(doc or "No definition of the workspace has this id.", self.span)
        return None

    def _value(self, node: ast.StringLiteral) -> Hover | None:
        """A value of an enum: its label."""
        parent = self.typing.parents.get(id(node))
        if isinstance(parent, ast.ListLiteral):
            parent = self.typing.parents.get(id(parent))
        for other in parent.arguments if isinstance(parent, ast.FunctionCall) else ():
            member = None if other is node else field_of(other, self.typing, self.known.schema)
            if member is not None:
                label = getattr(member, "labels", {}).get(node.value)
                kind = "value" if node.value in (member.enum or ()) else "suggested value"
                if label:
                    return Hover(f"**{label}**\n\n{kind} of `{member.name}`", self.span)
        return None

    def _literal_time(self, node: ast.StringLiteral) -> Hover | None:
        meant = time_text(node, self.known.now)
        return None if meant is None else Hover(f"the instant {meant}", self.span)

    def _time(self) -> Hover | None:
        """A word that means a time; in a window with a quantity the unit belongs to the window."""
        for node in self.typing.nodes:
            if isinstance(node, ast.TimestampLiteral | ast.TimeInterval) and node.span is not None:
                start, end = node.span
                if start <= self.token.start and self.token.stop <= end:
                    meant = time_text(node, self.known.now)
                    doc = word_doc(self.token.word) if self.token.kind != "UNIT" else None
                    window = self._window()
                    more = window.text if window and f"**{meant}**" not in window.text else None
                    lines = [f"**{meant}** (UTC)" if meant else None, doc, more]
                    return Hover("\n\n".join(filter(None, lines)), self.span)
        return None

    def _window(self) -> Hover | None:
        """The innermost window that the token is part of, and what it means now."""
        found: ast.TimeWindow | None = None
        for node in self.typing.nodes:
            if isinstance(node, ast.TimeWindow) and node.span is not None:
                inside = node.span[0] <= self.token.start and self.token.stop <= node.span[1]
                leads = self.token.kind == "OCCURS" and self._occurs_of(node)
                found = node if inside or leads else found
        if found is None or found.span is None:
            return None
        times = [time for time in (found.time, found.end) if not isinstance(time, ast.TimeInterval)]
        if self.token.kind not in _TIMES and any(map(self._within, times)):
            return None  # a part of an expression in the window
        meant = window_text(found, self.known.now)
        if meant is None:
            return None
        from pqltools.types.time import instant_text

        written = shorten(self.text[found.span[0] : found.span[1]], 80)
        now = f"\n\nnow is {instant_text(self.known.now)}"
        return Hover(f"`{written}` means\n\n**{meant}** (UTC){now}", found.span)

    def _within(self, node: Node | None) -> bool:
        if node is None or node.span is None:
            return False
        return node.span[0] <= self.token.start and self.token.stop <= node.span[1]

    def _occurs_of(self, window: Node) -> bool:
        parent = self.typing.parents.get(id(window))
        if not isinstance(parent, ast.Occurs) or window.span is None or parent.timestamp.span is None:
            return False
        return parent.timestamp.span[1] <= self.token.start and self.token.stop <= window.span[0]
