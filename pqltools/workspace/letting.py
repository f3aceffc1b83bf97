"""How does a part of an expression become a variable of `let`, and how does it come back?  Edits of the text.

``a and b.c > 1`` becomes ``let C = b.c > 1 in a and C``. The `let` stands as far out as it can: in front of the whole
expression, or of the innermost body whose variables or item the part uses. Whatever comes out is read again and its
`let` put back in thought: the edits are given only if that is the tree that there was. So what it means is the same.
"""

from __future__ import annotations

import re

from pqltools.diagnostics import Edit, apply_edits
from pqltools.formats.layout import one_line
from pqltools.formats.pql_levels import level_of
from pqltools.formats.pql_printer import Printer
from pqltools.formats.pql_words import is_keyword
from pqltools.inference.scopes import bound_for, scope_at
from pqltools.syntax import ast
from pqltools.syntax.operators import SUM
from pqltools.syntax.parser import parse
from pqltools.syntax.walk import children, walk
from pqltools.workspace.substitution import free, moved_by, parsed, put_back_value, with_node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeVar

    from pqltools.formats.printed_scopes import Scope
    from pqltools.source import Span
    from pqltools.syntax.ast import Expr, Node

    N = TypeVar("N", bound=Node)

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORD = re.compile(r"[A-Za-z0-9_`]")
#: What a cursor stands in; of other parts, such as one field, one has to select all.
_CONDITIONS = (ast.FunctionCall, ast.Occurs, ast.Quantification, ast.Chain)
#: What stands in a tree and is no expression that can stand by itself.
_PARTS = (
    *(ast.ItemLambda, ast.Lambda, ast.VariableDeclaration, ast.Property, ast.ChainElement, ast.ElementCount),
    *(ast.TimeWindow, ast.TimeQualification, ast.TimeInterval, ast.Hole, ast.Opaque, ast.ItemReference),
)
_MAY_BE_CALLED = {"and": "Both", "or": "Either", "not": "Not"}


class Refusal(Exception):
    """It cannot be done; the message says why."""


def part_at(tree: Expr, text: str, span: Span) -> Expr | None:
    """The part that a selection means, or the condition around a cursor (an empty span); None if there is none.

    The whole of `tree` is no part. White space and parentheses around the selection do not matter.
    """
    start, end = _trimmed(text, span)
    found: Expr | None = None
    for node in walk(tree):
        if node.span is None or isinstance(node, _PARTS) or node.span[0] == node.span[1]:
            continue
        if start == end:
            if node.span[0] <= start <= node.span[1] and isinstance(node, _CONDITIONS):
                found = node
        elif node.span == (start, end):
            return node  # type: ignore[return-value]
    return found


def _trimmed(text: str, span: Span) -> Span:
    start, end = span
    if start == end:
        return span
    while True:
        while start < end and text[start].isspace():
            start += 1
        while start < end and text[end - 1].isspace():
            end -= 1
        if end - start < 3 or text[start] != "(" or text[end - 1] != ")" or not _is_pair(text[start + 1 : end - 1]):
            return start, end
        start, end = start + 1, end - 1


def _is_pair(inside: str) -> bool:
    """Whether parentheses around this text belong together; those in strings and comments count wrongly, and rarely."""
    level = 0
    for char in inside:
        level += (char == "(") - (char == ")")
        if level < 0:
            return False
    return level == 0


def may_be_extracted(tree: Expr, part: Expr) -> bool:
    """Whether it makes sense to offer that a part becomes a variable; `tree` may be a clause of a larger expression."""
    try:
        return part is tree or _place(tree, part)[0] is not part
    except Refusal:
        return False


def extracted(text: str, span: Span, *, everywhere: bool = False) -> list[Edit]:
    """The edits that put the part at `span` (as `part_at` finds it) behind a `let`; `everywhere` its equals as well.

    Raises `Refusal`, and `PQLError` if the text is broken.
    """
    tree = parse(text)
    part = part_at(tree, text, span)
    if part is None or part is tree or part.span is None:
        raise Refusal("select a part of the expression, or put the cursor into a condition")
    place, distance, scope = _place(tree, part)
    if place is part:
        raise Refusal("around this part there is nothing that could use the variable")
    name = _name(part, text)
    spans = [part.span]
    if everywhere:
        spans = [node.span for node in _equals(place, moved_by(part, -distance, 0)) if node.span is not None]
    for value in _values(text, part, distance, scope):
        for bracketed in (False, True):
            edits = _extraction(text, place, name, value, spans, bracketed=bracketed)
            if _is_same(apply_edits(text, edits), tree, name):
                return edits
    raise Refusal("this part cannot stand in a `let`: the expression would no longer be the same")


def _equals(place: Expr, value: Node) -> Iterator[Node]:
    """The parts below `place` that are the value, none of them in another."""
    todo: list[tuple[Node, int]] = [(place, 0)]
    while todo:
        node, depth = todo.pop()
        if node == moved_by(value, depth, 0):
            yield node
        else:
            inner = depth + isinstance(node, ast.ItemLambda)
            todo += [(child, inner) for child in children(node)]


def _extraction(text: str, place: Expr, name: str, value: str, spans: list[Span], *, bracketed: bool) -> list[Edit]:
    assert place.span is not None
    start, end = place.span
    opening, closing = (f"(let {name} = {value} in ", ")") if bracketed else (f"let {name} = {value} in ", "")
    if start and _WORD.match(text[start - 1]) and not bracketed:
        opening = " " + opening
    edits: list[Edit] = []
    for at, until in sorted(spans):
        before = " " if at and _WORD.match(text[at - 1]) else ""
        after = " " if until < len(text) and _WORD.match(text[until]) else ""
        word = f"{before}{name}{after}"
        # Edits that touch would have no order.
        if at == start:
            word, opening = opening + word, ""
        if until == end:
            word, closing = word + closing, ""
        edits.append(Edit((at, until), word))
    edits += [Edit((start, start), opening)] if opening else []
    edits += [Edit((end, end), closing)] if closing else []
    return sorted(edits, key=lambda edit: edit.span)


def _values(text: str, part: Expr, distance: int, scope: Scope) -> Iterator[str]:
    """How the part may be written `distance` item scopes further out: in its own words, else printed."""
    assert part.span is not None
    own = text[slice(*part.span)]
    yield f"({own})" if level_of(part) < SUM else own
    moved = moved_by(part, -distance, 0)
    printer = Printer(moved)
    doc = printer.doc(moved, scope, SUM)
    if not printer.problems:
        yield one_line(doc)


def _place(tree: Expr, part: Expr) -> tuple[Expr, int, Scope]:
    """The body in front of which the `let` stands, how many item scopes it is around the part, and what is known there.

    It is the part itself if nothing around it may be. Raises `Refusal`.
    """
    items, names = free(part)
    parents = {id(child): node for node in walk(tree) for child in children(node)}
    below: Node = part
    top: Expr = part
    passed = 0
    while (parent := parents.get(id(below))) is not None:
        uses_item = isinstance(parent, ast.ItemLambda) and passed in items
        if uses_item or any(name in names for name in bound_for(parent, below)):
            break
        passed += isinstance(parent, ast.ItemLambda)
        below = parent
        if not isinstance(parent, _PARTS):
            top = parent  # type: ignore[assignment]
    if isinstance(top, ast.Lambda):
        top = top.body
    above: Node | None = top
    while above is not None:
        if isinstance(above, ast.ChainElement):
            raise Refusal("this part uses the event of a sequence, where no `let` can stand")
        above = parents.get(id(above))
    return top, passed, scope_at(top, parents, as_written=True)


def _name(part: Expr, text: str) -> str:
    """A name that nothing in the text has, after the last field of the part."""
    taken = {*_NAME.findall(text)}
    fields = [node.name for node in walk(part) if isinstance(node, ast.FieldLookup)]
    stem = ""
    if isinstance(part, ast.FunctionCall):
        stem = _MAY_BE_CALLED.get(part.function, "")
    for field in [] if stem else fields[:1]:
        stem = "".join(re.findall(r"[A-Za-z0-9]+", field.rpartition(":")[2]))
    stem = stem[:1].upper() + stem[1:40]
    if not _NAME.fullmatch(stem):
        stem = "Condition"
    number = 1
    while True:
        name = stem if number == 1 else f"{stem}{number}"
        if name not in taken and not is_keyword(name):
            return name
        number += 1


def _is_same(text: str, before: Expr, name: str) -> bool:
    """Whether a text is an expression that with its `let` put back is the one before."""
    tree = parsed(text)
    if tree is None:
        return False
    (let,) = [node for node in walk(tree) if isinstance(node, ast.Let) and node.name == name] or (None,)
    put_back = None if let is None else put_back_value(let)
    return put_back is not None and let is not None and with_node(tree, let, put_back) == before
