"""What does an expression say in plain English?  `describe`, for reviewers who do not read PQL."""

from __future__ import annotations

from pqltools.description.layout import laid_out
from pqltools.description.phrases import say
from pqltools.description.scopes import Scope
from pqltools.description.writer import Writer
from pqltools.diagnostics import error
from pqltools.formats.given import tree_of
from pqltools.inference.infer import inferred
from pqltools.limits import MAX_DEPTH
from pqltools.syntax.ast import FieldLookup, FunctionCall, Hole, Lambda, Let, Opaque, ParameterReference
from pqltools.syntax.literals import shorten
from pqltools.syntax.walk import depth, walk
from pqltools.types.model import ANY, BOOLEAN, NULL, ArrayType
from pqltools.xdm.given import schema_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from pqltools.description.phrases import Phrase
    from pqltools.inference.typing import Typing
    from pqltools.syntax.ast import Expr
    from pqltools.xdm.schema import Schema


def describe(
    expression: str | Expr | Mapping[str, Any],
    schema: Schema | str | Iterable[str] | None = None,
    *,
    tenant: str | None = None,
    segments: Mapping[str, str] | None = None,
    titles: bool | None = None,
) -> str:
    """The expression in English: one sentence, or lines with bullets below them. No line end follows.

    >>> describe('homeAddress.city != "Bath"')
    '`homeAddress.city` is present but is not "Bath".'

    `expression` is PQL text, pql/json as text or decoded, or a tree. Nothing is left out: expressions that mean
    different things have different descriptions. Conditions are said as such, also a field by itself; what makes a
    number, a text, a time or an object is said as a value.

    `schema` is a loaded schema, or the files of one, with `tenant` if they do not name it; without it the standard
    fields are known. It tells types, which decide when a bare field holds, and titles, which follow a field where they
    say more than its name, unless `titles` is false or there is no `schema`. `segments` are the names of segments by
    id.

    Raises `PQLError` for what cannot be read and for files of a schema that cannot be used; PQL010 for trees that are
    too deep, PQL035 for nodes of unknown kind, PQL036 for holes.
    """
    tree = tree_of(expression)
    if depth(tree, MAX_DEPTH) > MAX_DEPTH:
        raise error("PQL010", f"the expression is nested deeper than {MAX_DEPTH} levels", tree.span)
    _refuse(tree)
    tree, typing = inferred(tree, schema_of(schema, tenant).profile)
    titled = schema is not None if titles is None else titles
    return laid_out(_whole(tree, typing, Writer(typing, segments or {}, titled)))


def _refuse(tree: Expr) -> None:
    """Raise `PQLError` for the nodes of which nobody knows what they mean."""
    from pqltools.formats.pql_printer import Printer
    from pqltools.formats.pql_text import refuse_problems

    problems = Printer(tree)  # which knows how to find the paths of nodes
    for node in walk(tree):
        if isinstance(node, Opaque):
            message = f"a node of the unknown kind `{shorten(node.node_type)}` cannot be described"
            problems.problem(node, "PQL035", message, "nobody has documented what it means")
        elif isinstance(node, Hole):
            problems.problem(node, "PQL036", "a missing expression cannot be described")
    refuse_problems(problems)


def _whole(tree: Expr, typing: Typing, writer: Writer) -> Phrase:
    """The whole expression, as a condition unless its value is none."""
    scope = Scope()
    if isinstance(tree, Lambda):
        for position, name in enumerate(tree.parameters, 1):
            scope = scope.bind(name, ParameterReference(position))
        tree = tree.body
    if _may_hold(tree, typing):
        return writer.condition(tree, scope)
    value = writer.value(tree, scope)
    return value if isinstance(tree, FunctionCall) and tree.function == "if" else say("gives ", value)


def _may_hold(tree: Expr, typing: Typing) -> bool:
    """Whether it makes sense to ask if the whole expression holds, as segments do; numbers and texts always do."""
    match tree:
        case FieldLookup():
            return True
        case FunctionCall("if", (_, then, otherwise)):
            return _may_hold(then, typing) and _may_hold(otherwise, typing)
        case FunctionCall("+" | "-" | "*" | "/" | "%" | "sum" | "average" | "min" | "max"):
            return False
        case Let(_, _, body):
            return _may_hold(body, typing)
    type = typing.type(tree)
    return type in (ANY, BOOLEAN, NULL) or isinstance(type, ArrayType)
