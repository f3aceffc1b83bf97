"""How is this part of an expression written, and where does it stand?  Its canonical text and its place."""

from __future__ import annotations

from pqltools.formats.layout import one_line
from pqltools.formats.pql_printer import Printer
from pqltools.formats.pql_time import window
from pqltools.inference.scopes import scope_at
from pqltools.syntax import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.evaluation.program import Program
    from pqltools.syntax.ast import Node
    from pqltools.testing.model import Subject


def text_of(node: Node, program: Program) -> str:
    """The canonical text of a part, on one line, with ``?`` for what has none."""
    printer = Printer(program.tree)
    scope = scope_at(node, program.typing.parents, as_written=False)
    if isinstance(node, ast.TimeWindow):
        return one_line(window(printer, node, scope)).strip()
    return one_line(printer.doc(node, scope)).strip()  # type: ignore[arg-type]


def place_of(node: Node, subject: Subject) -> tuple[int, int]:
    """Line and column of a part in the file; those of the whole expression if it was no text."""
    embedded = subject.embedded
    span = embedded.span if node.span is None else embedded.locate(node.span)
    return subject.source.line_column(span[0])
