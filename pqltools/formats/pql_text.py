"""How is a tree written as PQL text?  `to_text`: the one canonical text of every tree that has one.

Equal trees have equal texts, apart from four spellings that are kept as they were read because both are idiomatic:
``profile.`` as a written root, the ``L`` behind an integer, ``map["k"]`` against ``map.get("k")`` (the default), and
for functions that PQL does not document ``f(a, b)`` against ``a.f(b)`` (the default). Everything else has one form:
back-quotes on every keyword at a head, fields of an item bare or as ``this.name``, the profile inside an item scope as
``$1``, `exists` and `forall` for quantifiers, the aggregate with `over` wherever the variable of its select can stand
for the item, ``CHAIN``, ``WHAT``, ``WHERE``, ``WHEN`` and ``COUNT`` in upper case.

Three kinds of node have no text: those of unknown kind, references to nothing, and names that text cannot bind.
"""

from __future__ import annotations

from pqltools.diagnostics import PQLError, error
from pqltools.formats.layout import one_line, render
from pqltools.formats.pql_printer import Printer
from pqltools.formats.printed_scopes import Scope
from pqltools.limits import MAX_DEPTH, check_depth_limit
from pqltools.records import replace
from pqltools.syntax.ast import Node, Occurs, TimeWindow
from pqltools.syntax.walk import depth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from pqltools.diagnostics import Diagnostic
    from pqltools.syntax.ast import Expr

#: Fields whose key in pql/json has another name.
_KEYS = {
    "arguments": "params",
    "source": "from",
    "condition": "where",
    "timestamp_field": "timestampField",
    "time": "timeinterval",
}


def to_text(expr: Expr, *, width: int | None = None, max_depth: int = MAX_DEPTH) -> str:
    """The canonical PQL text of a tree: on one line, or laid out in lines of at most `width` code points if it can be.

    >>> from pqltools.syntax.ast import FieldLookup, FunctionCall, ParameterReference
    >>> to_text(FunctionCall("not", (FieldLookup(ParameterReference(1), "active"),)))
    'not active'

    Parsing the text gives the tree again. Raises `PQLError` if the tree has no text, with every reason and its path in
    the pql/json tree: PQL010 deeper than `max_depth`, PQL012 a number out of range, PQL035 a node of unknown kind,
    PQL036 anything else.
    """
    check_depth_limit(max_depth)
    if depth(expr, max_depth) > max_depth:
        raise error("PQL010", f"the expression is nested deeper than {max_depth} levels", expr.span)
    printer = Printer(expr)
    doc = printer.doc(expr, Scope())
    refuse_problems(printer)
    return one_line(doc) if width is None else render(doc, width)


def refuse_problems(printer: Printer) -> None:
    """Raise `PQLError` if the printer met nodes that have no text, in the order of the tree, each with its path."""
    if not printer.problems:
        return
    found: dict[int, list[Diagnostic]] = {}
    for node, problem in printer.problems:
        found.setdefault(id(node), []).append(problem)
    diagnostics = []
    for node, path in _paths(printer.tree):
        diagnostics += [replace(problem, path=path) for problem in found.pop(id(node), ())]
    raise PQLError(diagnostics)


def _paths(tree: Node) -> Iterator[tuple[Node, str]]:
    """Every node, parents first, with its path in the pql/json tree."""
    stack = [(tree, "$")]
    while stack:
        node, path = stack.pop()
        yield node, path
        below: list[tuple[Node, str]] = []
        field: str
        for field in node.__match_args__:
            value = getattr(node, field)
            step = f"{path}.{_KEYS.get(field, field)}"
            if isinstance(node, Occurs) and field == "window":
                step = path  # its keys stand among those of `occurs`
            if isinstance(node, TimeWindow) and node.relation == "between":
                step = f"{path}.timeinterval.{'start' if field == 'time' else field}"
            if isinstance(value, Node):
                below.append((value, step))
            elif isinstance(value, tuple):
                below += [(item, f"{step}[{index}]") for index, item in enumerate(value) if isinstance(item, Node)]
        stack.extend(reversed(below))
