"""What is each string in a tree of pql/json: function, field, variable, literal?  By the key that it stands under."""

from __future__ import annotations

from pqltools.formats.json_locations import TOKEN
from pqltools.functions.registry import function
from pqltools.syntax.operators import BINARY
from pqltools.workspace.structure.marks import KINDS, MODIFIERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from pqltools.workspace.structure.marks import Mark

_KINDS = {
    "nodeType": "keyword",
    "fieldName": "property",
    "varName": "variable",
}
_DEFAULT = 1 << MODIFIERS.index("defaultLibrary")


def json_marks(text: str) -> Iterator[Mark]:
    """What the values of the keys that name something are, in order, quotes left out; broken JSON is no problem."""
    key = ""
    for token in TOKEN.finditer(text):
        word = token.group()
        if word == ":":
            continue
        if word[0] != '"' or len(word) < 3 or word[-1] != '"':
            key = ""
            continue
        if _colon(text, token.end()):
            key = word[1:-1]
            continue
        name = word[1:-1]
        if key == "fnName":
            kind = "operator" if name in BINARY or name == "not" else "function"
            yield token.start() + 1, token.end() - 1, KINDS.index(kind), _DEFAULT if function(name) else 0
        elif key in _KINDS:
            yield token.start() + 1, token.end() - 1, KINDS.index(_KINDS[key]), 0
        key = ""


def _colon(text: str, at: int) -> bool:
    """Whether a colon follows."""
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return text.startswith(":", at)
