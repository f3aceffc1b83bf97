"""Where are the clauses of an expression, the operands of its outermost `and` and `or`, and what is each by itself?

A clause is read between two neighbours, `true and … and true`, joined as it is in its text. Behind a joining word the
parser is always in the same state, whatever came before; so a clause that is read whole there is read as the same tree
where it really stands. That is what lets an editor read again only what has changed.
"""

from __future__ import annotations

import re

from pqltools.limits import MAX_DEPTH
from pqltools.records import Record, record
from pqltools.syntax.ast import FunctionCall
from pqltools.syntax.builder import CALLBACKS, Builder
from pqltools.syntax.driver import Stopped, machine, run
from pqltools.syntax.scopes import resolve
from pqltools.syntax.walk import depth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.diagnostics import Diagnostic
    from pqltools.source import Span
    from pqltools.syntax.ast import Expr

_OPENERS, _CLOSERS = frozenset("([{"), frozenset(")]}")
_JOINING = frozenset(("and", "or"))


@record
class Piece(Record):
    """A part of the text between two joining words, with the white space and comments around it.

    `span` is that part, `inner` reaches from its first token to its last one; `left` and `right` are the joining words,
    in lower case, or empty at the ends of the text. `join` is where the right one stands.
    """

    span: Span
    inner: Span
    left: str
    right: str
    join: Span


def pieces(text: str, start: int = 0, left: str = "", end: Span | None = None) -> list[Piece]:
    """The parts of `text` from `start` on, where a joining word `left` ends, to the joining word at `end`, or the end.

    No text is refused: where brackets do not match the last part is long. It ends at `end` even if that turns out to be
    inside of brackets or of a string; it is no clause then.
    """
    found: list[Piece] = []
    stop, behind = (len(text), len(text)) if end is None else end
    depth = 0
    begin, first, last = start, -1, start
    for match in machine().scan(text, start):
        kind = match.lastindex or 0
        word = match[kind]
        at, after = match.span(kind)
        if not word or at >= stop:
            break
        if depth == 0 and word.lower() in _JOINING:
            right = word.lower()
            found.append(Piece((begin, at), (first if first >= 0 else at, max(last, begin)), left, right, (at, after)))
            left, begin, first, last = right, after, -1, after
            continue
        if word in _OPENERS:
            depth += 1
        elif word in _CLOSERS:
            depth = max(0, depth - 1)
        first = at if first < 0 else first
        last = after
    last = min(max(last, begin), stop)
    right = text[stop:behind].lower()
    found.append(Piece((begin, stop), (first if 0 <= first < stop else stop, last), left, right, (stop, behind)))
    return found


@record
class Clause(Record):
    """A part that is a whole operand: its tree, with the places of `alone`, the part between its neighbours."""

    alone: str
    offset: int
    whole: Expr
    tree: Expr
    warnings: tuple[Diagnostic, ...]
    depth: int


def clause(part: str, left: str, right: str) -> Clause | None:
    """The operand that `part` is between the joining words `left` and `right`; None if it is none, or is at fault."""
    before, after = f"true {left}" if left else "", f"{right} true" if right else ""
    alone = f"{before}{part}{after}"
    builder = Builder(alone)
    try:
        whole: Expr = run(alone, CALLBACKS, builder, MAX_DEPTH)
    except Stopped:
        return None
    if builder.errors or builder.too_large:
        return None
    levels = depth(whole, MAX_DEPTH)
    if levels > MAX_DEPTH - 2:
        return None
    if builder.scoped:
        whole, problems = resolve(whole)
        if problems:
            return None
    tree = _between(whole, left, right)
    return None if tree is None else Clause(alone, len(before), whole, tree, tuple(builder.warnings), levels)


def _between(whole: Expr, left: str, right: str) -> Expr | None:
    """The operand between the neighbours, if `whole` is joined as the words say."""
    if not left and not right:
        return whole
    if not isinstance(whole, FunctionCall) or whole.spelling != "operator":
        return None
    outer = "or" if "or" in (left, right) else "and"
    parts = whole.arguments
    index = 1 if left else 0
    if whole.function != outer or len(parts) != (
        2 if left != right and left and right else bool(left) + bool(right) + 1
    ):
        return None
    if left == right or not left or not right:
        return parts[index]
    group = parts[0] if left == "and" else parts[1]
    if not isinstance(group, FunctionCall) or group.function != "and" or len(group.arguments) != 2:
        return None
    return group.arguments[1 if left == "and" else 0]


#: A joining or comparing word where a value should stand, which only the parser can tell from a name.
_DOUBTFUL = re.compile(
    r"""(?:^|[=<>(,\[+*/%{:-]|\b(?:not|in|like|matches|where|over|from|and|or|occurs))
    \s*\b(?:and|or|in|notin|like|matches|occurs)\b""",
    re.IGNORECASE | re.VERBOSE,
)


def is_plain(part: str) -> bool:
    """Whether no operator word can be taken for a name in `part`, nor a name for one; some that are plain are not."""
    return _DOUBTFUL.search(part) is None
