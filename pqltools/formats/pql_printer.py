"""What does the canonical text of a tree consist of?  `Printer.doc` makes a layout document of every kind of node.

Parentheses come from one rule: the text of a node binds at some level, a place asks for a level, and a node of a looser
level is parenthesised. The prefix forms, the loosest, could do without as the last operand of `or` and `and` and after
`not`; Adobe's documents and products parenthesise them there, so this does too.

What has no text is noted in `problems`, and printing goes on, so that one run finds every such node.
"""

from __future__ import annotations

from pqltools.diagnostics import Diagnostic
from pqltools.formats import pql_binders, pql_paths, pql_time
from pqltools.formats.layout import LINE, Group, Indent, bracketed
from pqltools.formats.pql_levels import level_of
from pqltools.formats.pql_words import double_text, has_text, is_model_reference, is_opening_word, string_text
from pqltools.syntax.ast import (
    BooleanLiteral,
    Chain,
    DoubleLiteral,
    FieldLookup,
    FunctionCall,
    Hole,
    IntegerLiteral,
    ItemLambda,
    ItemReference,
    Lambda,
    Let,
    ListLiteral,
    ModelReference,
    NullLiteral,
    ObjectLiteral,
    Occurs,
    Opaque,
    ParameterReference,
    Quantification,
    Select,
    StringLiteral,
    TimestampLiteral,
    VariableReference,
)
from pqltools.syntax.literals import shorten
from pqltools.syntax.operators import (
    AND,
    COMPARISON,
    INTEGER_MAX,
    INTEGER_MIN,
    NOT,
    OR,
    POSTFIX,
    PREFIX,
    QUANTIFIER_KEYWORDS,
    SUM,
    TIMESTAMPS,
    UNARY,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.formats.comments import Notes
    from pqltools.formats.layout import Doc
    from pqltools.formats.printed_scopes import Scope
    from pqltools.syntax.ast import Expr, Node, VariableDeclaration

_NUMBERS = (IntegerLiteral, DoubleLiteral)
_LITERALS = (StringLiteral, *_NUMBERS, BooleanLiteral, NullLiteral, TimestampLiteral)
#: Behind these `not` is taken for the operator, even if it is a variable.
_AFTER_NOT = frozenset(("-", "[", "in", "notIn", "like", "occurs"))
#: What is printed for a node that has no text; such a text is never handed out.
_NOTHING = "?"


class Printer:
    """Prints one tree. `notes` has the comments to print round a node, by the node's `id`."""

    def __init__(self, tree: Expr, notes: dict[int, Notes] | None = None) -> None:
        self.tree = tree
        self.notes = notes or {}
        self.problems: list[tuple[Node, Diagnostic]] = []
        self._used_names: frozenset[str] | None = None

    def doc(self, node: Expr, scope: Scope, level: int = PREFIX) -> Doc:
        """`node` where an expression of at least that level is due."""
        own = level_of(node)
        parentheses = own < level
        doc: Doc
        match node:
            case FieldLookup():
                doc = pql_paths.postfix(self, node, scope)
            case FunctionCall(function, arguments):
                if own == POSTFIX:
                    doc = pql_paths.postfix(self, node, scope)
                elif own == PREFIX:
                    doc = pql_binders.over(self, node, scope)
                elif own <= AND:
                    doc = self._junction(node, scope, own)
                elif own == NOT:
                    doc = ("not ", self.doc(arguments[0], scope, NOT))
                elif own == UNARY:
                    doc = ("-", self.doc(arguments[0], scope, POSTFIX if isinstance(arguments[0], _NUMBERS) else UNARY))
                elif own == COMPARISON:
                    left = self.left_operand(arguments[0], scope, SUM, function)
                    doc = (left, f" {function} ", self.doc(arguments[1], scope, SUM))
                else:
                    doc = self._arithmetic(node, scope, own)
            case StringLiteral(value):
                doc = string_text(value)
                if not has_text(value):
                    self.unwritable(node, "a string with a pair of surrogates")
            case IntegerLiteral(value):
                if not INTEGER_MIN <= value <= INTEGER_MAX:
                    self.problem(node, "PQL012", f"the integer `{value}` does not fit in 64 bits")
                doc = f"{value}L" if node.spelling == "L" else str(value)
            case DoubleLiteral(value):
                if value - value != 0:
                    self.problem(node, "PQL012", f"the double `{value}` is not finite")
                doc = double_text(value)
            case BooleanLiteral(value):
                doc = "true" if value else "false"
            case NullLiteral():
                doc = "null"
            case TimestampLiteral(value):
                doc = value if value in TIMESTAMPS else self.unwritable(node, f"the timestamp `{shorten(value)}`")
            case ListLiteral(items):
                doc = self._list(items, scope)
            case ObjectLiteral():
                doc = self._object(node, scope)
            case ParameterReference() | VariableReference() | ItemReference():
                doc = pql_paths.root(self, node, scope)
                if is_opening_word(doc):
                    doc = f"({doc})"
            case ModelReference(reference):
                doc = f"@{{{reference}}}"
                if not is_model_reference(reference):
                    self.unwritable(node, f"the model reference `{shorten(reference)}`")
            case Select(variables):
                doc = self._binding(node, "select", variables, scope)
            case Quantification(quantifier, variables):
                doc = self._binding(node, QUANTIFIER_KEYWORDS.get(quantifier), variables, scope)
            case Let():
                doc = pql_binders.let(self, node, scope)
            case Lambda():
                doc = pql_binders.function(self, node, scope)
            case Occurs(timestamp, window):
                left = self.left_operand(timestamp, scope, SUM, "occurs")
                doc = (left, " occurs ", pql_time.window(self, window, scope))
            case Chain():
                doc = pql_time.chain(self, node, scope)
            case ItemLambda():
                doc = self.unwritable(node, "an item scope that is no argument of an item function")
            case Opaque(kind):
                message = f"a node of the unknown kind `{shorten(kind)}` cannot be printed as text"
                self.problem(node, "PQL035", message, "only pql/json can hold it")
                doc = _NOTHING
            case Hole():
                doc = self.unwritable(node, "a missing expression")
            case _:
                from typing import assert_never

                assert_never(node)
        return self.commented(node, bracketed("(", [doc], ")") if parentheses else doc)

    # What all kinds need.

    def problem(self, node: Node, code: str, message: str, help: str | None = None) -> None:
        """Note that `node` has no text."""
        self.problems.append((node, Diagnostic(code, message, node.span, help=help)))

    def unwritable(self, node: Node, what: str) -> str:
        """Note that `node`, which is `what`, has no text; what to print in its place."""
        self.problem(node, "PQL036", f"{what} has no PQL text")
        return _NOTHING

    def commented(self, node: Node, doc: Doc) -> Doc:
        """`doc`, which is that of `node`, with its comments."""
        notes = self.notes.get(id(node))
        return doc if notes is None else notes.around(doc)

    def _above(self, node: Node) -> Doc:
        """The comments on lines of their own that stand above the operator before `node`."""
        notes = self.notes.get(id(node))
        return () if notes is None else notes.take_lines()

    def used_names(self) -> frozenset[str]:
        """What variables are called anywhere in the tree."""
        if self._used_names is None:
            self._used_names = pql_paths.names_in(self.tree)
        return self._used_names

    # Operators.

    def _junction(self, call: FunctionCall, scope: Scope, own: int) -> Doc:
        """Operands of `and` or `or`, the operator in front of each but the first."""
        parts: list[Doc] = []
        for index, operand in enumerate(call.arguments):
            if index:
                parts += [LINE, self._above(operand), f"{call.function} "]
            doc = self.doc(operand, scope, own + 1)
            parts.append(Indent(doc) if own == OR and level_of(operand) == AND else doc)
        return Group(tuple(parts))

    def _arithmetic(self, call: FunctionCall, scope: Scope, own: int) -> Doc:
        """A sum or a product; the left operands of the same level continue it, without parentheses."""
        spine = [call]
        while isinstance(left := spine[-1].arguments[0], FunctionCall) and level_of(left) == own:
            spine.append(left)
        parts = [self.left_operand(spine[-1].arguments[0], scope, own, spine[-1].function)]
        for inner in reversed(spine):
            right = inner.arguments[1]
            above = self._above(right)
            parts.append(Indent((LINE, above, f"{inner.function} ", self.doc(right, scope, own + 1))))
            if inner is not call:
                parts = [self.commented(inner, tuple(parts))]
        return Group(tuple(parts))

    def left_operand(self, node: Expr, scope: Scope, level: int, operator: str) -> Doc:
        """`node` before an operator, which shows that a variable called `count` is no aggregate."""
        if isinstance(node, (VariableReference, ItemReference)):
            name = pql_paths.root(self, node, scope)
            if name.lower() != "not" or operator not in _AFTER_NOT:
                return self.commented(node, name)
        return self.doc(node, scope, level)

    # Literals and binders.

    def _list(self, items: tuple[Expr, ...], scope: Scope) -> Doc:
        """A list; of literals, as many on a line as fit."""
        docs: list[Doc] = []
        for item in items:
            doc = self.doc(item, scope)
            docs.append(pql_paths.behind_comma(item, doc) if docs else doc)
        fill = all(isinstance(item, _LITERALS) and id(item) not in self.notes for item in items)
        return bracketed("[", docs, "]", (",", Group(LINE)) if fill else (",", LINE))

    def _object(self, node: ObjectLiteral, scope: Scope) -> Doc:
        docs: list[Doc] = []
        seen: set[str] = set()
        for item in node.properties:
            if item.name in seen:
                self.unwritable(item, f"an object with two properties `{shorten(item.name)}`")
            if not has_text(item.name):
                self.unwritable(item, "a property name with a pair of surrogates")
            seen.add(item.name)
            docs.append(self.commented(item, (f"{string_text(item.name)}: ", self.doc(item.value, scope))))
        return bracketed("{", docs, "}")

    def _binding(
        self, node: Node, keyword: str | None, variables: tuple[VariableDeclaration, ...], scope: Scope
    ) -> Doc:
        if keyword is None:
            return self.unwritable(node, "an unknown quantifier")
        if not variables:
            return self.unwritable(node, f"`{keyword}` without a variable")
        return Group(pql_binders.clauses(self, keyword, variables, scope)[0])
