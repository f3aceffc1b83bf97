"""Which parameter is being written?  `signature`: the call or the form around the cursor, also in broken text."""

from __future__ import annotations

import re

from pqltools.functions.registry import function
from pqltools.records import Record, record
from pqltools.syntax.driver import machine
from pqltools.syntax.literals import field_name, unquote
from pqltools.syntax.operators import OPERATOR_NAMES
from pqltools.workspace.cursor.forms import CHAIN, ELEMENT, first_clause, form_doc, is_opening, sentence, step
from pqltools.workspace.cursor.spot import in_comment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from pqltools.functions.entry import Function
    from pqltools.source import Span

_CALLED = frozenset(("NAME", "METHOD", "QUOTED", "PREFIXED"))
_ENDS_OPERAND = frozenset(("NAME", "FIELD", "QUOTED", "PREFIXED", "RPAR", "RSQB", "OUTER_NAME", "PARAMETER", "MODEL"))
#: Words before a parenthesis that is not the one of a call.
_NOT_CALLED = frozenset(
    (*OPERATOR_NAMES, "occurs", "where", "from", "over", "before", "after", "between", "on", "select")
)
_CLAUSE = re.compile(r"\s*[A-Za-z_]\w*\s+from\b", re.IGNORECASE)
_LINE_END = re.compile(r"[\r\n]")


@record
class SignatureHelp(Record):
    """A signature: `parameters` are places in `label`, `active` the number of one of them, None if it is none.

    `doc` is Markdown.
    """

    label: str
    parameters: tuple[Span, ...]
    active: int | None
    doc: str


class _Frame:
    """An open bracket, or the text as a whole, and what has been written in it so far."""

    def __init__(self, opener: str, kind: str, callee: str) -> None:
        self.opener = opener
        #: The token before the bracket.
        self.kind = kind
        self.callee = callee
        self.commas = 0
        #: The innermost form that is open here, and the index of its part.
        self.form: str | None = None
        self.part = 0


def signature(text: str, offset: int) -> SignatureHelp | None:
    """The innermost call or form around `offset` and its active parameter; None outside of all. Never raises."""
    offset = min(max(offset, 0), len(text))
    if in_comment(text, offset):
        return None
    frames = _frames(text, offset)
    for depth in range(len(frames) - 1, -1, -1):
        frame = frames[depth]
        if frame.form is not None:
            return _form(frame)
        in_element = depth > 1 and frames[depth - 1].opener == "[" and _is_chain(frames[depth - 2])
        found = _call(frame, in_element, frames[depth - 1] if depth else None)
        if found is not None:
            return found
    return None


def _frames(text: str, offset: int) -> list[_Frame]:
    """The brackets that are open at the offset, the outermost first, below the text as a whole."""
    frames = [_Frame("", "", "")]
    before = ("", "", 0)
    for kind, word, start, stop in _tokens(text, offset):
        frame = frames[-1]
        if word in ("(", "[", "{"):
            frames.append(_Frame(word, before[0], before[1]))
        elif word in (")", "]", "}"):
            if len(frames) > 1:
                frames.pop()
        elif word == ",":
            _comma(frame, text, stop, offset)
        elif kind == "NAME" and is_opening(word) and _opens(text, stop, offset, frame):
            frame.form, frame.part = word, 1
        elif frame.form is not None and kind in ("NAME", "EQUAL", "COLON"):
            frame.part = step(frame.form, frame.part, word)
        before = kind, word, start
    return frames


def _tokens(text: str, offset: int) -> Iterator[tuple[str, str, int, int]]:
    """The tokens before the offset, without what stands in strings that nobody closes."""
    engine = machine()
    at = 0
    for match in engine.scan(text):
        number = match.lastindex or 0
        kind = engine.tables.terminals[number]
        start, stop = match.span(number)
        # A bracket that the cursor stands before is not open yet.
        if stop > offset or kind == "$END":
            return
        if start < at:
            continue
        if kind == "?" and match[number] in "\"'":
            end = _LINE_END.search(text, start)
            at = end.start() if end else len(text)
        yield kind, match[number], start, stop


def _opens(text: str, stop: int, offset: int, frame: _Frame) -> bool:
    """Whether a word that may open a form does: an operand begins behind it, or nothing is there yet."""
    behind = text[stop:offset].lstrip()
    if not behind:
        return text[stop:offset] != ""
    return behind[0].isalpha() or behind[0] in "_\"'`$^@" or behind[0].isdigit()


def _comma(frame: _Frame, text: str, stop: int, offset: int) -> None:
    """A comma begins a further clause of the form, or ends it."""
    if frame.form is not None:
        if _CLAUSE.match(text, stop) or (not frame.callee and not text[stop:offset].strip()):
            frame.part = first_clause(frame.form)
            return
        frame.form = None
    frame.commas += 1


def _is_chain(frame: _Frame) -> bool:
    return frame.opener == "(" and frame.kind == "NAME" and frame.callee.lower() == "chain"


def _form(frame: _Frame) -> SignatureHelp:
    assert frame.form is not None
    words = sentence(frame.form)
    label, places = _joined(words, " ")
    parts = [index for index, word in enumerate(words) if word.isupper()]
    active = parts.index(frame.part) if frame.part in parts else None
    return SignatureHelp(label, tuple(places[index] for index in parts), active, form_doc(frame.form))


def _call(frame: _Frame, in_element: bool, outer: _Frame | None) -> SignatureHelp | None:
    if frame.opener == "[":
        if outer is not None and _is_chain(outer) and outer.commas == 2 and frame.kind == "COMMA":
            label, places = _joined(ELEMENT, " ")
            return SignatureHelp(label, tuple(places), None, form_doc("chain"))
        if frame.kind in _ENDS_OPERAND:
            return _signature("array[", ("condition: T => Boolean",), "]: Array<T>", 0, _doc(function("filter")))
        return None
    if frame.opener != "(" or frame.kind not in _CALLED:
        return None
    lower = frame.callee.lower()
    if frame.kind == "NAME" and (lower == "chain" or (in_element and lower in CHAIN)):
        return _signature(f"{lower.upper()}(", CHAIN[lower], ")", frame.commas, form_doc(lower))
    if frame.kind == "NAME" and lower in _NOT_CALLED:
        return None
    entry = function(_name(frame))
    if entry is None:
        return None
    parameters = entry.signature.parameters[1:] if frame.kind == "METHOD" else entry.signature.parameters
    active = frame.commas
    if parameters and parameters[-1].variadic:
        active = min(active, len(parameters) - 1)
    texts = tuple(map(str, parameters))
    return _signature(f"{entry.name}(", texts, f"): {entry.signature.result.text}", active, _doc(entry))


def _name(frame: _Frame) -> str:
    if frame.kind == "METHOD":
        return field_name(frame.callee[1:])
    return unquote(frame.callee) if frame.kind == "QUOTED" else frame.callee


def _doc(entry: Function | None) -> str:
    return "" if entry is None else entry.docs


def _signature(opening: str, parameters: tuple[str, ...], closing: str, active: int, doc: str) -> SignatureHelp:
    inner, places = _joined(parameters, ", ")
    moved = tuple((start + len(opening), end + len(opening)) for start, end in places)
    return SignatureHelp(f"{opening}{inner}{closing}", moved, active if active < len(parameters) else None, doc)


def _joined(parts: tuple[str, ...], between: str) -> tuple[str, list[Span]]:
    """The parts with `between` between them, and where each one stands."""
    places = []
    at = 0
    for part in parts:
        places.append((at, at + len(part)))
        at += len(part) + len(between)
    return between.join(parts), places
