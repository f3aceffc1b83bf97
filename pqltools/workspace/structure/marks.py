"""What is each word of an expression: keyword, operator, function, field, variable, …?  For colours in editors.

The parser says which words are keywords where they stand; types tell deprecated fields and the values of an
enumeration. In broken text what the parser skips is told by its looks.
"""

from __future__ import annotations

import re

from pqltools.functions.registry import function
from pqltools.syntax import ast
from pqltools.syntax.driver import machine
from pqltools.syntax.operators import COMPARISONS
from pqltools.workspace.structure.parts import name_start

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeAlias

    from pqltools.source import Span
    from pqltools.workspace.structure.parts import Part, Placed

    #: Where it begins and ends, its kind as an index of `KINDS`, and the bits of its `MODIFIERS`.
    Mark: TypeAlias = tuple[int, int, int, int]

KINDS = (
    "keyword",
    "operator",
    "function",
    "method",
    "property",
    "variable",
    "parameter",
    "string",
    "number",
    "regexp",
    "comment",
    "enumMember",
)
MODIFIERS = ("declaration", "deprecated", "defaultLibrary", "readonly")
_KIND = {name: index for index, name in enumerate(KINDS)}
_DECLARATION, _DEPRECATED, _DEFAULT, _READONLY = (1 << index for index in range(len(MODIFIERS)))

_COMMENT = re.compile(r"//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_SIGNS = frozenset("CMP EQUAL PLUS MINUS STAR SLASH PERCENT BANG __ANON_0".split())
_PLAIN: dict[str, tuple[str, int]] = {
    **dict.fromkeys(_SIGNS, ("operator", 0)),
    **dict.fromkeys(("INTEGER", "DOUBLE"), ("number", 0)),
    "STRING": ("string", 0),
    "TIMESTAMP": ("variable", _READONLY | _DEFAULT),
    "OUTER": ("keyword", 0),
    **dict.fromkeys(("PARAMETER", "MODEL"), ("parameter", _READONLY)),
    **dict.fromkeys(("NAME", "PREFIXED", "QUOTED", "FIELD", "OUTER_NAME"), ("property", 0)),
    "METHOD": ("method", 0),
    "AGGREGATE_CALL": ("function", _DEFAULT),
    **dict.fromkeys(
        "COLON COMMA LBRACE LPAR LSQB RBRACE RPAR RSQB $END ? CLAUSE_COMMA PARAMETERS HOLE".split(), ("", 0)
    ),
}
#: Words that are keywords wherever the parser did not say what they are.
_WORDS = frozenset(
    "and or not in notin like matches occurs select from where over let between before after true false null".split()
)
_ENUMERATED = frozenset((*COMPARISONS, "in", "notIn", "equals", "notEqualTo"))


def marks(parts: Iterable[Placed]) -> Iterator[Mark]:
    """What the words of a whole text are, in order and apart from each other."""
    for placed in parts:
        base = placed.base
        for start, end, kind, modifiers in placed.part.marks:
            yield start + base, end + base, kind, modifiers
        if placed.join[0] < placed.join[1]:
            yield *placed.join, _KIND["keyword"], 0


def marks_of(part: Part) -> tuple[Mark, ...]:
    """What the words of one part are."""
    text = part.text
    told = _told(part)
    found: list[Mark] = []
    at = 0
    tokens = [token for token in part.reading.tokens if token.start < token.stop]
    for index, token in enumerate(tokens):
        if token.start < at:
            continue
        found += _gap(text, at, token.start)
        at = token.stop
        if token.kind in ("FIELD", "METHOD"):
            found += _comments(text, token.start + 1, name_start(token.kind, token.word, token.start))
        follows = tokens[index + 1].word if index + 1 < len(tokens) else ""
        mark = _mark(token.kind, token.word, token.span, follows, told)
        if mark is not None:
            found.append(mark)
    found += _gap(text, at, len(text))
    return tuple(found)


def _mark(kind: str, word: str, span: Span, follows: str, told: dict[Span, tuple[str, int]]) -> Mark | None:
    # What stands for something broken has a word of its own.
    start, stop = name_start(kind, word, span[0]), span[1]
    known = told.get((start, stop))
    if known is not None:
        name, modifiers = known
    elif kind in ("NAME", "PREFIXED", "QUOTED") and follows == "(":
        name, modifiers = "function", _DEFAULT if function(word.strip("`")) else 0
    elif kind == "METHOD":
        name, modifiers = "method", _DEFAULT if function(word[1:].strip("` ")) else 0
    elif kind == "STRING" and follows == ":":
        name, modifiers = "property", _DECLARATION
    else:
        name, modifiers = _PLAIN.get(kind, ("keyword", 0))
    return (start, stop, _KIND[name], modifiers) if name else None


def _told(part: Part) -> dict[Span, tuple[str, int]]:
    """What only the tree and the types can tell of some places."""
    found: dict[Span, tuple[str, int]] = {}
    for binding in part.bindings:
        for place in binding.places:
            found[place] = "variable", _DECLARATION if place == binding.binder else 0
    typing = part.typing
    stops = {token.stop: token for token in part.reading.tokens if token.start < token.stop}
    for node in typing.nodes:
        if isinstance(node, ast.FieldLookup):
            member = typing.members.get(id(node))
            token = stops.get(node.span[1]) if node.span is not None else None
            if member is not None and member.deprecated and token is not None:
                start = name_start(token.kind, token.word, token.start)
                found.setdefault((start, token.stop), ("property", _DEPRECATED))
        elif isinstance(node, ast.ParameterReference):
            if node.spelling == "profile" and node.span is not None:
                found.setdefault(node.span, ("parameter", _READONLY))
        elif isinstance(node, ast.FunctionCall):
            _tell_strings(part, node, found)
    return found


def _tell_strings(part: Part, call: ast.FunctionCall, found: dict[Span, tuple[str, int]]) -> None:
    """Which strings of a call are regular expressions, or among the values that its field may have."""
    if call.function in ("matches", "regexGroup"):
        for argument in call.arguments[1:2]:
            if isinstance(argument, ast.StringLiteral) and argument.span is not None:
                found[argument.span] = "regexp", 0
    elif call.function in _ENUMERATED:
        values = {value for side in call.arguments for value in _values(part, side)}
        for side in call.arguments if values else ():
            for item in side.items if isinstance(side, ast.ListLiteral) else (side,):
                if isinstance(item, ast.StringLiteral) and item.span is not None and item.value in values:
                    found[item.span] = "enumMember", 0


def _values(part: Part, side: ast.Expr) -> Iterable[object]:
    member = part.typing.member(side)
    return member.enum or () if member is not None else ()


def _gap(text: str, start: int, end: int) -> Iterator[Mark]:
    """Comments, and what the parser could not use."""
    if start >= end or not text[start:end].strip():
        return
    at = start
    for comment in _COMMENT.finditer(text, start, end):
        if comment.start() < at:
            continue
        yield from _skipped(text, at, comment.start())
        yield comment.start(), comment.end(), _KIND["comment"], 0
        at = comment.end()
    yield from _skipped(text, at, end)


def _comments(text: str, start: int, end: int) -> Iterator[Mark]:
    for comment in _COMMENT.finditer(text, start, end):
        yield comment.start(), comment.end(), _KIND["comment"], 0


def _skipped(text: str, start: int, end: int) -> Iterator[Mark]:
    """Words by their looks."""
    if start >= end:
        return
    engine = machine()
    for match in engine.scan(text, start, end):
        kind = match.lastindex or 0
        word, span = match[kind], match.span(kind)
        name = engine.tables.terminals[kind]
        if not word:
            break
        if name == "NAME" and word.lower() in _WORDS:
            name = "AND"
        mark = _mark(name, word, span, text[span[1] : span[1] + 1], {})
        if mark is not None and mark[0] < mark[1]:
            yield mark
