"""How does a source text look when it is well laid out?  `format_text`: canonical text that keeps every comment."""

from __future__ import annotations

from pqltools.diagnostics import PQLError, error
from pqltools.formats.comments import attach, comment_text
from pqltools.formats.layout import render
from pqltools.formats.pql_printer import Printer
from pqltools.formats.pql_text import refuse_problems
from pqltools.formats.pql_words import back_quoted
from pqltools.formats.printed_scopes import Scope
from pqltools.limits import MAX_DEPTH, MAX_SIZE
from pqltools.source import Source
from pqltools.syntax.ast import FieldLookup, FunctionCall, ModelReference
from pqltools.syntax.parser import comments, parse
from pqltools.syntax.walk import walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.source import Span
    from pqltools.syntax.ast import Expr

#: Where lines end unless asked otherwise.
WIDTH = 88
#: A comment may find another place when its line has been laid out anew; two rounds are the rule.
_ROUNDS = 8


def format_text(text: str, *, width: int = WIDTH, max_depth: int = MAX_DEPTH, max_size: int = MAX_SIZE) -> str:
    """`text` in canonical form, laid out in lines of at most `width` code points where that is possible.

    >>> format_text("a.equals('x') AND b=1 // both")
    'a.equals("x") and b = 1 // both\\n'

    The result ends with exactly one line end, and its line ends are those that prevail in `text`. Formatting it again
    gives the same text. The tree is that of `text`, and all comments are there, in their order: the result is parsed
    to make sure. Raises `PQLError`: the parser's if `text` is no PQL, PQL037 if the tree or a comment would not survive
    (it takes parts that change places, such as `COUNT(5) WHAT(a)`, with a comment in each).
    """
    tree = parse(text, max_depth=max_depth, max_size=max_size)
    spans = comments(text)
    newline = _line_end(text, tree)
    page = _lay_out(tree, text, spans, width, newline)
    for _ in range(_ROUNDS):
        printed = _read_again(page, tree, text, spans, max_depth)
        if not spans:
            return page
        again = _lay_out(printed, page, comments(page), width, newline)
        if again == page:
            return page
        page = again
    raise _refusal(text, spans[0], "the comments find no place that they keep")


def _line_end(text: str, tree: Expr) -> str:
    """The line end that prevails in `text`; those inside names are no line ends."""
    if "\r\n" not in text:
        return "\n"
    outside = text
    for node in walk(tree):
        match node:
            case FieldLookup(_, name) | FunctionCall(name) if "\n" in name:
                outside = outside.replace(back_quoted(name), "")
            case ModelReference(reference) if "\n" in reference:
                outside = outside.replace(f"@{{{reference}}}", "")
            case _:
                pass
    return "\r\n" if outside.count("\r\n") * 2 > outside.count("\n") else "\n"


def _lay_out(tree: Expr, text: str, spans: tuple[Span, ...], width: int, newline: str) -> str:
    printer = Printer(tree, attach(tree, text, spans) if spans else None)
    doc = printer.doc(tree, Scope())
    refuse_problems(printer)
    return render(doc, width, newline) + newline


def _read_again(page: str, tree: Expr, text: str, spans: tuple[Span, ...], max_depth: int) -> Expr:
    """The tree of the formatted text; it must be the same tree, with the same comments."""
    whole = tree.span or (0, len(text))
    try:
        printed = parse(page, max_depth=max_depth, max_size=4 * len(page) + 1)
    except PQLError as failure:
        raise _refusal(text, whole, f"the formatted text is no PQL: {failure.diagnostics[0].message}", _BUG) from None
    if printed != tree:
        raise _refusal(text, whole, "the formatted text means something else", _BUG)
    kept = [comment_text(page[start:end]) for start, end in comments(page)]
    for index, (start, end) in enumerate(spans):
        if index >= len(kept) or kept[index] != comment_text(text[start:end]):
            raise _refusal(text, (start, end), "this comment would change places with another one, or be lost")
    if len(kept) > len(spans):
        raise _refusal(text, whole, "a part of the expression would become a comment", _BUG)
    return printed


_BUG = "this is a fault of pqltools; please report it with the text"
_MOVE = "move the comment to a line of its own above the expression"


def _refusal(text: str, span: Span, reason: str, help: str = _MOVE) -> PQLError:
    return error("PQL037", reason, span, help=help, source=Source(text))
