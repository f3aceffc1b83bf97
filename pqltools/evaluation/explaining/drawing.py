"""How is an explanation drawn?  As a tree of lines, marked ✓ holds, ✗ does not, ? decided by a null.

Values that only make up a condition stand on its line: ``✗ homeAddress.city = "Bath" — homeAddress.city is "Wells"``.
What only holds others together, such as the count of the items of a filter, gives its line up to what is below it. The
bounds of a window are told once. All this is for the eye; `explaining.data` has everything.
"""

from __future__ import annotations

from pqltools.evaluation.explaining.wording import described
from pqltools.records import Record, record
from pqltools.syntax import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from pqltools.evaluation.explain import Explanation

_GREEN, _RED, _YELLOW, _FAINT, _RESET = "\x1b[32m", "\x1b[31m", "\x1b[33m", "\x1b[2m", "\x1b[0m"
_TITLES = {"and": "all of these {count} conditions", "or": "any of these {count} conditions", "not": "not"}
#: What the value of a function is called.
_VALUES = {"count": "the count", "sum": "the sum", "average": "the average", "min": "the least", "max": "the greatest"}
#: What is said behind an answer that is unknown in the logic of three values.
DECIDED_BY_NULL = " (decided by a null)"
_LEGEND = "? decided by a null: every test of what is missing is false, `!=` too"
#: The room that a line has even far inside.
_LEAST = 40
#: What is below a node and has no more phrases than this stands on its line.
_FOLDED = 3
#: How much is left of what is cut out of the middle of a text.
_HEAD = 12


@record
class Style(Record):
    """The columns that there are, whether in colour, and whether to show everything at any length."""

    width: int = 100
    colour: bool = False
    whole: bool = False

    def painted(self, text: str, colour: str) -> str:
        """The text in a colour, if there are any."""
        return f"{colour}{text}{_RESET}" if self.colour and text else text

    def headline(self, name: str, explanation: Explanation) -> str:
        """Whether the profile qualifies, in one line."""
        said = self.painted(answer(explanation.holds), _GREEN if explanation.holds else _RED)
        return f"{printable(name)}: {said}{DECIDED_BY_NULL if explanation.unknown else ''}"


def answer(holds: bool | None) -> str:
    """Whether a profile qualifies, in words."""
    return "qualifies" if holds else "does not qualify"


def drawn(explanation: Explanation, style: Style) -> list[str]:
    """The lines of an explanation; the last one says what the question mark means if there is one."""
    drawing = _Drawing(style)
    lines = [*drawing.lines(explanation, 0)]
    if drawing.has_unknown:
        lines += ["", style.painted(_LEGEND, _FAINT)]
    return lines


class _Drawing:
    """One tree. `said` are the windows that have been told."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.said: set[str] = set()
        self.has_unknown = False

    def lines(self, explanation: Explanation, level: int) -> Iterator[str]:
        """The line of an explanation and those below it."""
        style, indent = self.style, "  " * level
        room = max(style.width - len(indent) - 2, _LEAST)
        if not explanation.evaluated:
            said = self.fitted(f"not evaluated: {_title(explanation)}", explanation, room)
            yield indent + style.painted(f"· {said}", _FAINT)
            return
        mark, colour = _mark(explanation)
        self.has_unknown = self.has_unknown or explanation.unknown
        phrases, children = self.parts(explanation)
        title, said = self.fitted(_title(explanation), explanation, room), "; ".join(phrases)
        start = f"{indent}{style.painted(mark, colour)} {title}"
        if len(title) + 3 + len(said) <= room:
            yield f"{start} — {said}" if said else start
        else:
            yield start
            yield from _wrapped(said, f"{indent}  — ", f"{indent}    ", style.width)
        for child in children:
            yield from self.lines(child, level + 1)

    def parts(self, explanation: Explanation) -> tuple[list[str], list[Explanation]]:
        """The phrases on the line of an explanation, and the children that get lines of their own."""
        phrases, children = _gathered(explanation, whole=self.style.whole)
        if explanation.unknown and explanation.holds:
            phrases.append("so this counts as true")
        told = [phrase for phrase in dict.fromkeys(phrases) if phrase not in self.said]
        self.said.update(phrase for phrase in told if "the window is " in phrase)
        return [*map(printable, told)], children

    def fitted(self, title: str, explanation: Explanation, room: int) -> str:
        """The title in that many columns: what stands below is cut out of the middle, else the end is cut off."""
        over = len(title) - room
        if over <= 0 or self.style.whole:
            return title
        inside = [printable(text) for text in _texts(explanation)]
        enough = [text for text in inside if text in title and text != title and len(text) - over > _HEAD]
        if enough:
            part = min(enough, key=len)
            return title.replace(part, part[: len(part) - over - 1] + "…", 1)
        return title[: room - 1] + "…"


def _texts(explanation: Explanation) -> Iterator[str]:
    """The texts of the expressions below an expression."""
    for child in explanation.children:
        if child.kind == "expression":
            yield child.text
            yield from _texts(child)


def _wrapped(text: str, first: str, rest: str, width: int) -> list[str]:
    from textwrap import wrap

    width = max(width, len(rest) + _LEAST)
    return wrap(text, width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)


def _mark(explanation: Explanation) -> tuple[str, str]:
    if explanation.kind == "rest":
        return "…", _FAINT
    if explanation.unknown:
        return "?", _YELLOW
    if explanation.holds is None:
        return "•", _FAINT
    return ("✓", _GREEN) if explanation.holds else ("✗", _RED)


def _title(explanation: Explanation) -> str:
    """What a line begins with: the text of the node, or words for what only holds others together."""
    label = f"{explanation.label} " if explanation.label else ""
    node = explanation.node
    if isinstance(node, ast.FunctionCall) and node.function in _TITLES and explanation.evaluated:
        return printable(label + _TITLES[node.function].format(count=len(node.arguments)))
    if explanation.kind == "expression" and explanation.holds is None and explanation.evaluated:
        return printable(f"{label}{explanation.text} {described(explanation.value)}")
    return printable(label + explanation.text)


def _gathered(explanation: Explanation, *, whole: bool) -> tuple[list[str], list[Explanation]]:
    """All that is said of an explanation, and the children that are not said with it."""
    phrases = _own_phrases(explanation)
    children: list[Explanation] = []
    rest: list[Explanation] = []
    for child in explanation.children:
        folded = _folded(child)
        if folded is None:
            rest.append(child)
        else:
            phrases += folded
    values = [child for child in rest if _is_value(child)]
    has_items = any(child.kind == "item" for child in rest)
    for child in rest:
        inner, below = _gathered(child, whole=whole) if _is_value(child) and len(values) == 1 else ([], [])
        if _is_value(child) and len(values) == 1 and not (below and has_items):
            phrases += [*_value_phrase(child), *inner]
            children += below
        elif explanation.kind == "item" and _stands_for_item(child, rest):
            inner, below = _gathered(child, whole=whole)
            phrases += inner
            # What an item need not be asked is no news.
            children += [each for each in below if each.evaluated or whole]
        else:
            children.append(child)
    return [*phrases, *explanation.notes], children


def _is_value(child: Explanation) -> bool:
    return child.kind == "expression" and child.holds is None and child.evaluated and not child.label


def _stands_for_item(child: Explanation, siblings: list[Explanation]) -> bool:
    """Whether an item is told by what is told of its condition: of a conjunction, and of what fits on its line."""
    if len(siblings) > 1 or not child.evaluated or child.label:
        return False
    is_conjunction = isinstance(child.node, ast.FunctionCall) and child.node.function == "and"
    return is_conjunction or all(_folded(inner) is not None for inner in child.children)


def _value_phrase(child: Explanation) -> list[str]:
    """What a value is whose parts are told; of arrays and objects these say it."""
    return [] if isinstance(child.value, list | dict) else [_phrase(child)]


def _phrase(child: Explanation) -> str:
    node = child.node
    name = _VALUES.get(node.function) if isinstance(node, ast.FunctionCall) else None
    return f"{name or _shortened(child.text)} {described(child.value)}"


def _shortened(text: str, limit: int = 40) -> str:
    """The end of a text, which says of a path or a call what it gives."""
    return text if len(text) <= limit else "…" + text[1 - limit :]


def _folded(child: Explanation) -> list[str] | None:
    """The phrases for a value that needs no line of its own, None if it does."""
    if not _is_value(child):
        return None
    says_it = child.value is None or isinstance(child.node, ast.Select)
    phrases = [] if says_it and child.notes else [_phrase(child)]
    phrases += child.notes
    for inner in child.children:
        more = _folded(inner)
        if more is None:
            return None
        phrases += more
    return phrases if len(phrases) <= _FOLDED else None


def _own_phrases(explanation: Explanation) -> list[str]:
    """What a value counts as where a condition is due, if that is not its own truth."""
    value = explanation.value
    if explanation.kind != "expression" or explanation.holds is None or isinstance(value, bool) or value is None:
        return []
    if isinstance(value, list):
        return ["an array holds if it is not empty"]
    return [f"it {described(value)}; what is there holds"]


def printable(text: str) -> str:
    """The text without what would give orders to a terminal."""
    if text.isprintable():
        return text
    return "".join([char if char.isprintable() else " " if char.isspace() else "\ufffd" for char in text])
