"""How does PQL text become a tree?  `parse` for programs, `parse_tolerant` for editors, `comments` for the formatter."""

from __future__ import annotations

from pqltools.diagnostics import Diagnostic, PQLError, error
from pqltools.limits import MAX_DEPTH, MAX_SIZE, check_depth_limit
from pqltools.source import Source
from pqltools.syntax.builder import Builder
from pqltools.syntax.driver import Stopped, run
from pqltools.syntax.walk import depth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.syntax.ast import Expr


def parse(text: str, *, max_depth: int = MAX_DEPTH, max_size: int = MAX_SIZE) -> Expr:
    """The tree of one PQL expression.

    >>> parse('person.age >= 18').function
    '>='

    `max_depth` bounds the depth of the tree in nodes (at most 250), `max_size` the text in bytes of UTF-8.
    Raises `PQLError` with every problem found, each with its span in `text`.
    """
    check_depth_limit(max_depth)
    check_size(text, max_size)
    builder = Builder(text)
    try:
        tree: Expr = run(text, builder.callbacks(), max_depth)
    except Stopped:
        raise PQLError(_explain(text, max_depth)) from None
    if builder.errors or builder.too_large or _too_deep(tree, text, max_depth):
        raise PQLError(_explain(text, max_depth))
    if builder.scoped:
        from pqltools.syntax.scopes import resolve

        tree, problems = resolve(tree)
        if problems:
            raise PQLError(_explain(text, max_depth))
    return tree
