"""How does the value of a `let` come into the place of its variable?  Edits of the text, which is read again after."""

from __future__ import annotations

from pqltools.diagnostics import Edit, apply_edits
from pqltools.formats.layout import one_line
from pqltools.formats.pql_levels import level_of
from pqltools.formats.pql_printer import Printer
from pqltools.inference.scopes import scope_at
from pqltools.records import Record, hint, record
from pqltools.syntax import ast
from pqltools.syntax.operators import POSTFIX
from pqltools.syntax.parser import comments, parse
from pqltools.syntax.walk import children, walk
from pqltools.workspace.letting import Refusal
from pqltools.workspace.substitution import moved_by, parsed, put_back_value, references, with_node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from pqltools.syntax.ast import Expr, Node


@record
class Binding(Record):
    """A `let` and the references to its variable."""

    let: ast.Let = hint(default=None)
    references: tuple[Node, ...] = ()


def binding_at(tree: Expr, offset: int) -> Binding | None:
    """The `let` whose head or whose variable is at an offset."""
    found: Binding | None = None
    for node in walk(tree):
        if isinstance(node, ast.Let) and node.span is not None and node.body.span is not None:
            found_here = tuple(references(node.body, node.name))
            in_head = node.span[0] <= offset < node.body.span[0]
            if in_head or any(each.span and each.span[0] <= offset <= each.span[1] for each in found_here):
                found = Binding(node, found_here)
    return found


def inlined(text: str, offset: int) -> list[Edit]:
    """The edits that put the value of the `let` at `offset` in the place of its variable.

    Raises `Refusal`, and `PQLError` if the text is broken.
    """
    tree = parse(text)
    found = binding_at(tree, offset)
    if found is None:
        raise Refusal("put the cursor on a `let` or on its variable")
    let = found.let
    assert let.span is not None
    assert let.value.span is not None
    head = let.span[0], _body_start(text, let)
    inside = [each for each in comments(text) if head[0] <= each[0] < head[1]]
    start, end = let.value.span
    if any(each[0] < start or end < each[1] for each in inside):
        raise Refusal("a comment in front of `in` would be lost")
    own = text[slice(*let.value.span)]
    put_back = put_back_value(let)
    wanted = None if put_back is None else with_node(tree, let, put_back)
    simple = level_of(let.value) >= POSTFIX or isinstance(let.value, ast.IntegerLiteral | ast.DoubleLiteral)
    parents = {id(child): node for node in walk(tree) for child in children(node)}
    for form in ("{}", "({})") if simple else ("({})",):
        edits = [Edit(head, "")]
        for each in found.references:
            value = _value_at(each, let, own, parents)
            edits += [] if each.span is None else [Edit(each.span, form.format(value) if value == own else value)]
        if wanted is not None and parsed(apply_edits(text, edits)) == wanted:
            return edits
    raise Refusal("the value would mean something else where the variable stands")


def _value_at(reference: Node, let: ast.Let, own: str, parents: Mapping[int, Node]) -> str:
    """The text of the value where a reference stands: its own, unless names mean something else in an item scope."""
    distance, below = 0, reference
    while below is not let:
        below = parents[id(below)]
        distance += isinstance(below, ast.ItemLambda)
    if not distance:
        return own
    moved = moved_by(let.value, distance, 0)
    printer = Printer(moved)
    return one_line(printer.doc(moved, scope_at(reference, parents, as_written=True), POSTFIX))


def _body_start(text: str, let: ast.Let) -> int:
    """Where the text behind `in` begins."""
    from pqltools.syntax.driver import machine

    assert let.value.span is not None
    for match in machine().scan(text, let.value.span[1]):
        word = match[match.lastindex or 0]
        if word.lower() == "in":
            end = match.end()
            while end < len(text) and text[end] in " \t":
                end += 1
            return end
    raise AssertionError("a `let` without `in`")
