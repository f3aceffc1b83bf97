"""How is a changed part of a tree written into the text around it?

The parts that stay are copied as the user wrote them, comments and layout included; only what is new is printed. The
printer is given a hole for each part that stays, and fills it with the user's own text. Comments between those parts
move in front of the change, so that none is lost.

The result is parsed. An edit is made only if the text with it is read as the tree that was asked for; that also decides
which parentheses are due. Not all of the text has to be parsed: an operand of `and` or `or` that sees no variables can
be tried by itself, between two others.
"""

from __future__ import annotations

from pqltools.checks.rewriting import rebuilt, rewrite
from pqltools.diagnostics import Edit, PQLError, apply_edits
from pqltools.formats import pql_binders, pql_time
from pqltools.formats.layout import one_line
from pqltools.formats.pql_levels import level_of
from pqltools.formats.pql_printer import Printer
from pqltools.formats.pql_words import back_quoted, dotted_name, is_identifier, is_opening_word
from pqltools.formats.printed_scopes import Scope
from pqltools.inference.scopes import scope_at
from pqltools.limits import HIGHEST_DEPTH
from pqltools.syntax import ast
from pqltools.syntax.operators import POSTFIX, PREFIX
from pqltools.syntax.parser import comments, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from pqltools.checks.context import Context
    from pqltools.formats.layout import Doc
    from pqltools.source import Span
    from pqltools.syntax.ast import Expr, FieldLookup, Node

#: Calls that were written with the parentheses or brackets of a postfix form, operators among them: ``in(x, [1])``.
_CALLED = frozenset(("method", "function", "filter", "get"))
#: Parts of expressions that are none themselves.
_PARTS = (
    ast.Property,
    ast.VariableDeclaration,
    ast.TimeWindow,
    ast.TimeInterval,
    ast.TimeQualification,
    ast.ChainElement,
    ast.ElementCount,
)
#: What is printed around these depends on what they are.
_SHAPING = (ast.IntegerLiteral, ast.DoubleLiteral, ast.Lambda, ast.ItemReference, ast.ParameterReference)
#: What makes names visible that are not visible around it.
_BINDERS = (ast.Lambda, ast.ItemLambda, ast.Select, ast.Quantification, ast.Let, ast.Chain)
_CONNECTIVES = frozenset(("and", "or"))
_NEIGHBOUR = ast.FieldLookup(ast.ParameterReference(1), "a")


class _Patch(Printer):
    """Prints a tree with holes; each hole has the text of a part that stays."""

    def __init__(self, pattern: Expr, kept: dict[int, Expr], text: str) -> None:
        super().__init__(pattern)
        self.kept = kept
        self.text = text

    def doc(self, node: Expr, scope: Scope, level: int = PREFIX) -> Doc:
        """See `Printer`."""
        original = self.kept.get(id(node))
        if original is None:
            return super().doc(node, scope, level)
        assert original.span is not None
        written = self.text[original.span[0] : original.span[1]]
        return f"({written})" if _written_level(original) < level else written


def _written_level(node: Expr) -> int:
    """The level at which the node's own text binds."""
    called = isinstance(node, ast.FunctionCall) and node.spelling in _CALLED
    return POSTFIX if called else level_of(node)


def edit(old: Expr, new: Expr, context: Context, wider: int = 2) -> Edit | None:
    """The edit of the text that puts `new` in the place of `old`; None if there is no text, or none for `new`.

    `new` may hold parts of the tree under check, `old` among them. Now and then what is around has to change as well,
    such as the body of ``sum X.a over …`` that begins with `old`: up to `wider` expressions outwards are tried.
    """
    text = context.text
    if text is None or old.span is None:
        return None
    level = level_due(old, new, context)
    for keep in (True, False):
        for candidate in _candidates(old, new, context, level, keep):
            if holds((candidate,), old, new, context):
                return candidate
    above = _expression_around(old, context)
    if above is None or wider == 0:
        return None
    return edit(above, rewrite(above, {id(old): new}), context, wider - 1)


def renaming(node: FieldLookup, name: str, context: Context) -> Edit | None:
    """The edit of the text that gives the last step of a path another name."""
    text = context.text
    if text is None or node.span is None:
        return None
    new = ast.FieldLookup(node.object, name)
    change = Edit(name_span(node, text), dotted_name(name))
    if isinstance(node.object, ast.FieldLookup) and is_identifier(name):
        return change  # nothing is a keyword after a dot
    return change if holds((change,), node, new, context) else edit(node, new, context)


def holds(edits: tuple[Edit, ...], old: Expr, new: Expr, context: Context) -> bool:
    """Whether the text with these edits, in and directly around `old`, means the tree with `new` in its place."""
    text = context.text
    assert text is not None
    operand = _lone_operand(old, context)
    if operand is not None and operand.span is not None:
        start, end = operand.span
        # With a sibling outside of them these parentheses can only be its own.
        while (around := _parentheses(text, (start, end))) is not None:
            start, end = around
        if all(start <= edit.span[0] and edit.span[1] <= end for edit in edits):
            word = context.parent(operand).function  # type: ignore[union-attr]
            moved = tuple([Edit((edit.span[0] - start, edit.span[1] - start), edit.text) for edit in edits])
            changed = rewrite(operand, {id(old): new})
            # Where no white space stands around the operand, words may run into each other.
            left = "" if _ends_word(text[max(start - 1, 0) : start]) else " "
            right = "" if _ends_word(text[end : end + 1]) else " "
            between = f"a {word}{left}{apply_edits(text[start:end], moved)}{right}{word} a"
            if _reads_as(between, ast.FunctionCall(word, (_NEIGHBOUR, changed, _NEIGHBOUR))):
                return True
    return _reads_as(apply_edits(text, edits), rewrite(context.tree, {id(old): new}))


def _ends_word(text: str) -> bool:
    return text[-1:].isalnum() or text[-1:] == "_"


def _lone_operand(node: Expr, context: Context) -> Expr | None:
    """The operand of `and` or `or` around `node` that stands in no scope, the smallest one; None if there is none."""
    found: Node | None = None
    below: Node = node
    for above in context.ancestors(node):
        if isinstance(above, _BINDERS):
            found = None
        elif isinstance(above, ast.FunctionCall) and above.function in _CONNECTIVES and above.spelling == "operator":
            found = found or below
        below = above
    return found  # type: ignore[return-value]


def _reads_as(text: str, tree: Expr) -> bool:
    try:
        return parse(text, max_depth=HIGHEST_DEPTH) == tree
    except PQLError:
        return False


def _candidates(old: Expr, new: Expr, context: Context, due: int, keep: bool) -> Iterator[Edit]:
    """Edits that may do, the most welcome first."""
    text, span = context.text, old.span
    assert text is not None
    assert span is not None
    kept: dict[int, Expr] = {}
    pattern = _with_holes(new, context, kept) if keep else new
    printer = _Patch(pattern, kept, text)
    printed = one_line(printer.doc(pattern, scope_at(old, context.typing.parents, as_written=True)))
    if printer.problems:
        return
    around = _parentheses(text, span)
    level = _written_level(new) if context.is_original(new) else level_of(new)
    if around is not None and (level == POSTFIX or (due <= level and _needs_parentheses(old, context))):
        yield Edit(around, _comments_lost(context, around, kept) + printed)
    lost = _comments_lost(context, span, kept)
    plain, wrapped = Edit(span, lost + printed), Edit(span, f"{lost}({printed})")
    yield from (plain, wrapped) if around is not None or level >= due else (wrapped, plain)


def _needs_parentheses(node: Expr, context: Context) -> bool:
    """Whether those around `node` are more than a help for readers."""
    assert context.text is not None
    assert node.span is not None
    if is_opening_word(context.text[node.span[0] : node.span[1]]):
        return True  # a variable of that name, which begins a prefix form otherwise
    return _written_level(node) < level_due(node, node, context)


class _Probe(Printer):
    """Finds out at which level the printer asks for one node."""

    def __init__(self, tree: Expr, target: Expr) -> None:
        super().__init__(tree)
        self.target = target
        self.level = PREFIX

    def doc(self, node: Expr, scope: Scope, level: int = PREFIX) -> Doc:
        """See `Printer`."""
        if node is self.tree:
            return super().doc(node, scope, level)
        if node is self.target:
            self.level = level
        return "_"


def level_due(old: Expr, new: Expr, context: Context) -> int:
    """The level that the place of `old` asks `new` to have if it is to stand without parentheses."""
    above = _expression_around(old, context)
    if above is None:
        return PREFIX
    if isinstance(above, ast.FunctionCall) and above.function in _CONNECTIVES and len(above.arguments) > 1:
        return level_of(above) + 1
    changed = rewrite(above, {id(old): new})
    probe = _Probe(changed, new)
    probe.doc(changed, Scope())
    return probe.level


def _expression_around(node: Expr, context: Context) -> Expr | None:
    for above in context.ancestors(node):
        if not isinstance(above, (*_PARTS, ast.ItemLambda)):
            return above  # type: ignore[return-value]
    return None


def _with_holes(node: Expr, context: Context, kept: dict[int, Expr]) -> Expr:
    """`node` with a hole for each part whose own text can be used; `kept` says which part each is for."""
    text = context.text
    assert text is not None

    def hole(part: Expr) -> Expr:
        hole = ast.Hole(span=part.span)
        kept[id(hole)] = part
        return hole

    def replaced(part: Node) -> Node | None:
        if not context.is_original(part) or not _has_own_text(part, text):
            return None
        if not isinstance(part, ast.ItemLambda):
            return hole(part)  # type: ignore[arg-type]
        is_short = part.span == part.body.span
        return ast.ItemLambda(hole(part.body if is_short else part), part.name, span=part.span)

    return rebuilt(node, replaced)  # type: ignore[return-value]


def _has_own_text(node: Node, text: str) -> bool:
    """Whether the node's span holds all of an expression: `in ("a", "b")` and `sum … over …` have parts that do not."""
    if isinstance(node, _PARTS) or node.span is None or node.span[0] == node.span[1]:
        return False
    if isinstance(node, _SHAPING):
        return False
    if isinstance(node, ast.ListLiteral):
        return text.startswith("[", node.span[0])
    return not isinstance(node, ast.Select) or text[node.span[0] : node.span[0] + 6].lower() == "select"


def _parentheses(text: str, span: Span) -> Span | None:
    """The place of the parentheses that stand around, if nothing but white space is between."""
    left, right = span[0] - 1, span[1]
    while left >= 0 and text[left].isspace():
        left -= 1
    while right < len(text) and text[right].isspace():
        right += 1
    return (left, right + 1) if left >= 0 and text[left] == "(" and text.startswith(")", right) else None


def _comments_lost(context: Context, span: Span, kept: dict[int, Expr]) -> str:
    """The comments in `span` that stand in no part that stays, each with what separates it from what follows."""
    text = context.text
    assert text is not None
    if "//" not in text[span[0] : span[1]] and "/*" not in text[span[0] : span[1]]:
        return ""
    stay = [part.span for part in kept.values() if part.span is not None]
    parts = []
    for start, end in comments_of(context):
        if span[0] <= start < span[1] and not any(left <= start < right for left, right in stay):
            comment = text[start:end]
            parts.append(comment + ("\n" if comment.startswith("//") else " "))
    return "".join(parts)


def comments_of(context: Context) -> tuple[Span, ...]:
    """The places of all comments of the text."""
    found: tuple[Span, ...] | None = context.known.get(__name__)
    if found is None:
        found = context.known[__name__] = () if context.text is None else comments(context.text)
    return found


def name_span(node: FieldLookup, text: str) -> Span:
    """The place of the last name of a path, back-quotes included."""
    assert node.span is not None
    end = node.span[1]
    written = back_quoted(node.name) if text[end - 1] == "`" else node.name
    return end - len(written), end


def text_of(node: Node, context: Context) -> str:
    """The node as it was written, else as it would be printed, if need be with ``?`` for what has no text.

    For messages only.
    """
    original = context.is_original(node)
    if context.text is not None and node.span is not None and original:
        return context.text[node.span[0] : node.span[1]]
    scope = scope_at(node, context.typing.parents, as_written=False) if original else Scope()
    printer = Printer(context.tree)
    match node:
        case ast.VariableDeclaration():
            doc, _ = pql_binders.clauses(printer, "", (node,), scope)
        case ast.TimeWindow():
            doc = pql_time.window(printer, node, scope)
        case ast.TimeInterval(relation, unit):
            doc = f"{relation} {unit}"
        case ast.TimeQualification(comparison, count, unit):
            doc = f"{comparison} {count} {unit}"
        case ast.Property(name) | ast.ChainElement(name):
            doc = name
        case ast.ElementCount(comparison, value):
            doc = (f"{comparison} ", printer.doc(value, scope))
        case ast.ItemLambda(body):
            doc = printer.doc(body, scope.item())
        case _:
            doc = printer.doc(node, scope)  # type: ignore[arg-type]
    return one_line(doc).strip()
