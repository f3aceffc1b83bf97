"""Which arrays need not be decoded until somebody asks for their items?  `lazy_arrays`, for jobs over many profiles.

Most conditions on events ask for the kind and the time of an event before they look at the products in it, and most
events fail there: so the products of most events are never needed, and to make lists of them is a good part of what
decoding costs.
"""

from __future__ import annotations

from pqltools.syntax import ast
from pqltools.syntax.walk import children

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from pqltools.evaluation.program import Program
#: An array that more loops than this look at is decoded at once, for each of them would decode it by itself.
_MOST = 4


class AskedOtherwise(Exception):
    """Data that are made ready for some ways to look at them are looked at in another one."""


def lazy_arrays(programs: Iterable[Program]) -> frozenset[str]:
    """Names of fields of items, with arrays that conditions look at only if other conditions hold.

    Whether anything else looks at them is found out by compiling: `AskedOtherwise`.
    """
    loops: dict[str, list[bool]] = {}
    for program in programs:
        for tree in (program.body, *[segment.body for segment in program.segments.values()]):
            _note_loops(tree, loops)
    return frozenset(name for name, found in loops.items() if all(found) and len(found) <= _MOST)


def _note_loops(tree: ast.Node, loops: dict[str, list[bool]]) -> None:
    """Add the loops over fields of items, by name, and whether each stands behind another condition."""
    pending: list[tuple[ast.Node, bool]] = [(tree, False)]
    while pending:
        node, is_behind = pending.pop()
        match node:
            case ast.FunctionCall("and" | "or", (first, *rest)):
                pending += [(first, is_behind), *[(part, True) for part in rest]]
            case ast.FunctionCall("not", (inner,)):
                pending.append((inner, is_behind))
            case ast.FunctionCall("exists", (ast.FieldLookup(ast.ItemReference(), name), ast.ItemLambda(body))):
                if name.isidentifier() and not name.startswith("_"):
                    loops.setdefault(name, []).append(is_behind)
                pending.append((body, False))
            case _:
                pending += [(child, False) for child in children(node)]
