"""What is in an expression, in a few words and in levels?  Its clauses, and in them what has a shape of its own.

That is: alternatives in parentheses, item scopes, `select` and quantifiers, chains with their elements, and variables
of `let`. Text may be broken; a tree in pql/json is shown by the text that it stands for.
"""

from __future__ import annotations

from pqltools.diagnostics import PQLError
from pqltools.records import Record, hint, record
from pqltools.syntax import ast
from pqltools.syntax.operators import ITEM_FUNCTIONS
from pqltools.syntax.walk import children, walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pqltools.source import Span
    from pqltools.syntax.ast import Expr, Node
    from pqltools.workspace.structure.parts import Part

#: Characters of a name.
_LONGEST = 80


@record
class Outline(Record):
    """One thing: `kind` is ``condition``, ``group``, ``scope``, ``chain``, ``element`` or ``variable``."""

    name: str
    kind: str
    span: Span
    children: tuple[Outline, ...] = hint(default=())


def outline_of(part: Part) -> Outline | None:
    """What is in one part of a text; None where nothing is, such as where a clause is about to be written."""
    tokens = [token for token in part.reading.tokens if token.start < token.stop]
    if not tokens:
        return None
    text = part.text
    writer = _Writer(lambda node: node.span, lambda _, span: text[slice(*span)])
    return writer.clause(part.reading.tree, (tokens[0].start, tokens[-1].stop))


def outline_of_tree(value: object, text: str) -> tuple[Outline, ...]:
    """The clauses of a tree in pql/json, with their places in its JSON `text`; none of a tree that cannot be read."""
    from pqltools.formats.json_locations import locate, path_steps
    from pqltools.formats.pql_json import from_json_with_places
    from pqltools.formats.pql_text import to_text

    try:
        tree, places = from_json_with_places(value)  # type: ignore[arg-type]
    except (PQLError, RecursionError):
        return ()
    paths = {id(node): path_steps(places[id(node)]) for node in walk(tree) if id(node) in places}
    found = locate(text, paths.values())
    spans: Mapping[int, Span] = {key: found[path].value for key, path in paths.items() if path in found}

    def written(node: Node, span: Span) -> str:
        try:
            return to_text(node)  # type: ignore[arg-type]
        except PQLError:
            return text[slice(*span)]

    writer = _Writer(lambda node: spans.get(id(node)), written)
    return tuple(writer.clause(node, spans.get(id(node), (0, len(text)))) for node in _operands(tree))


def _operands(tree: Expr) -> Iterator[Expr]:
    if isinstance(tree, ast.FunctionCall) and tree.function in ("and", "or"):
        for operand in tree.arguments:
            yield from _operands(operand)
    else:
        yield tree


class _Writer:
    """Makes the outline of trees: `span` says where a node stands, `text` how it is written."""

    def __init__(self, span: Callable[[Node], Span | None], text: Callable[[Node, Span], str]) -> None:
        self.span = span
        self.text = text

    def clause(self, tree: Expr, span: Span) -> Outline:
        """A clause, which is shown whatever it is; what it is itself is not shown in it again."""
        kind = _kind(tree)
        below = self._content(tree, span) if kind else tuple(self._below(tree, span))
        return Outline(one_line(self.text(tree, span)), kind or "condition", span, below)

    def _below(self, node: Node, around: Span) -> Iterator[Outline]:
        """What has a shape of its own below a node, `around` which it must stand."""
        for child in children(node):
            span = self.span(child)
            kind = _kind(child)
            if kind and span is not None and around[0] <= span[0] < span[1] <= around[1]:
                yield Outline(one_line(self.text(child, span)), kind, span, self._content(child, span))
            else:
                yield from self._below(child, around)

    def _content(self, node: Node, span: Span) -> tuple[Outline, ...]:
        match node:
            case ast.FunctionCall("and" | "or", operands):
                found = []
                for operand in operands:
                    inside = self.span(operand)
                    if inside is not None and span[0] <= inside[0] < inside[1] <= span[1]:
                        found.append(self.clause(operand, inside))
                return tuple(found)
            case _:
                return tuple(self._below(node, span))


def _kind(node: Node) -> str | None:
    match node:
        case ast.FunctionCall("and" | "or", _):
            return "group"
        case ast.FunctionCall(name, arguments):
            scoped = name in ITEM_FUNCTIONS and any(isinstance(each, ast.ItemLambda) for each in arguments)
            return "scope" if scoped else None
        case ast.Select() | ast.Quantification():
            return "scope"
        case ast.Chain():
            return "chain"
        case ast.ChainElement():
            return "element"
        case ast.Let() | ast.VariableDeclaration():
            return "variable"
        case _:
            return None


def one_line(text: str) -> str:
    """A text as a name: in one line, cut when it is long, never empty."""
    text = " ".join(text[: 4 * _LONGEST].split())
    return (text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…") or "?"
