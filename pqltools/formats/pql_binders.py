"""How are the forms printed that bind variables?  Select, quantifiers, aggregates with `over`, let and lambdas.

They all reach as far right as they can. The printer has put parentheses round them where something follows.
"""

from __future__ import annotations

import re

from pqltools.formats.layout import LINE, Group, Indent, bracketed, leading_text
from pqltools.formats.pql_levels import level_of
from pqltools.formats.pql_words import INFIX_WORDS, LITERAL_WORDS, is_identifier
from pqltools.syntax.ast import ItemLambda, ItemReference, Lambda, Select, VariableReference
from pqltools.syntax.literals import shorten
from pqltools.syntax.operators import OR, PREFIX, SUM

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.formats.layout import Doc
    from pqltools.formats.pql_printer import Printer
    from pqltools.formats.printed_scopes import Scope
    from pqltools.syntax.ast import FunctionCall, Let, Node, VariableDeclaration

_FIRST_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|.", re.DOTALL)


def bound_name(printer: Printer, node: Node, name: str, behind_word: bool = False) -> str:
    """The name of a variable that `node` binds; `behind_word` if it comes right behind `select` or the like."""
    if not is_identifier(name) or name.lower() in LITERAL_WORDS:
        help = "a variable is named by letters, digits and underscores, and not by a word that is a literal"
        printer.problem(node, "PQL036", f"a variable named `{shorten(name)}` has no PQL text", help)
    elif behind_word and name.lower() in INFIX_WORDS:
        help = f"directly behind a keyword, `{name}` is read as an operator; rename the variable"
        printer.problem(node, "PQL036", f"a first variable named `{name}` has no PQL text", help)
    return name


def clauses(
    printer: Printer, keyword: str, variables: tuple[VariableDeclaration, ...], scope: Scope
) -> tuple[Doc, Scope]:
    """``select X from xs where c, …``, and the scope with all the variables."""
    docs: list[Doc] = []
    last = len(variables) - 1
    for index, variable in enumerate(variables):
        name = bound_name(printer, variable, variable.name, behind_word=index == 0 and keyword != "over")
        clause: Doc = (f"{name} from ", printer.doc(variable.source, scope, SUM))
        scope = scope.bind(name)
        if variable.condition is not None:
            # The comma of a further clause would continue a prefix form at the end of the condition.
            condition = printer.doc(variable.condition, scope, OR if index < last else PREFIX)
            clause = Group((clause, " where", Indent((LINE, condition))))
        docs.append(printer.commented(variable, clause))
    if len(docs) == 1:
        return (f"{keyword} ", docs[0]), scope
    parts: list[Doc] = [keyword, LINE]
    for index, doc in enumerate(docs):
        parts += [",", LINE, doc] if index else [doc]
    return Group(Indent(tuple(parts))), scope


def over(printer: Printer, call: FunctionCall, scope: Scope) -> Doc:
    """``sum e over X from xs where c``, for a call that `over_names` found fit for it."""
    select, item = call.arguments
    assert isinstance(select, Select)
    assert isinstance(item, (ItemLambda, Lambda))
    doc, inner = clauses(printer, "over", select.variables, scope)
    if isinstance(item, ItemLambda):
        inner = inner.item(select.variables[0].name)
    body = printer.doc(item.body, inner, OR)
    # Directly behind the aggregate's name some beginnings are read otherwise: `sum (a) * 2`, `sum -a`, `sum in.a`.
    whole = level_of(item.body) == PREFIX or isinstance(item.body, (VariableReference, ItemReference))
    first = _FIRST_WORD.match(leading_text(body, 2))
    if first and (first[0] in "-[" or (first[0] == "(" and not whole) or first[0].lower() in INFIX_WORDS):
        body = bracketed("(", [body], ")")
    if isinstance(item, Lambda):
        body = printer.commented(item, body)
    return Group((f"{call.function} ", body, LINE, printer.commented(select, doc)))


def let(printer: Printer, node: Let, scope: Scope) -> Doc:
    """``let name = value in body``; a line break, if it takes one, stands before the body."""
    name = bound_name(printer, node, node.name, behind_word=True)
    value = printer.doc(node.value, scope, SUM)
    return Group((f"let {name} = ", value, " in", LINE, printer.doc(node.body, scope.bind(name))))


def function(printer: Printer, node: Lambda, scope: Scope) -> Doc:
    """``(A, B) => body``."""
    if not node.parameters:
        printer.unwritable(node, "a lambda without parameters")
    elif len({*node.parameters}) < len(node.parameters):
        printer.unwritable(node, "a lambda with two parameters of the same name")
    names = [bound_name(printer, node, name) for name in node.parameters]
    return Group((f"({', '.join(names)}) =>", Indent((LINE, printer.doc(node.body, scope.bind(*names))))))
