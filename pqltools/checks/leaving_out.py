"""How is one of many operands of `and` or `or` taken out of the text?  With its joining word, and nothing else.

What stays is not written again: its layout is the user's, fixes of several operands do not get into each other's way,
and the edit is found in a time that does not depend on how many operands there are. Comments in what goes stay behind.
"""

from __future__ import annotations

from bisect import bisect_left

from pqltools.checks.fixing import comments_of, holds
from pqltools.diagnostics import Edit
from pqltools.syntax.ast import BooleanLiteral, FunctionCall
from pqltools.syntax.driver import machine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.source import Span
    from pqltools.syntax.ast import Expr


def leaving_out(operand: Expr, holder: FunctionCall, context: Context) -> Edit | None:
    """The edit that takes `operand`, one of at least three, out of `holder`; None if that is not so simple."""
    parts = holder.arguments
    index = _places(holder, context)[id(operand)]
    if context.text is None or holder.span is None or holder.spelling != "operator" or len(parts) < 3:
        return None
    edit = _cut(index, holder, context.text, context)
    if edit is None or 0 < index < len(parts) - 1:
        return edit  # between two joining words, one of which stays: each token is read as it was
    return edit if _holds_at_end(edit, index, holder, context) else None


def _places(holder: FunctionCall, context: Context) -> dict[int, int]:
    """Where each operand stands among the others; asked for many of one holder."""
    known: dict[int, dict[int, int]] = context.known.setdefault(__name__, {})
    found = known.get(id(holder))
    if found is None:
        found = known[id(holder)] = {id(part): index for index, part in enumerate(holder.arguments)}
    return found


def _cut(index: int, holder: FunctionCall, text: str, context: Context) -> Edit | None:
    parts = holder.arguments
    assert holder.span is not None
    before = _joint(parts[index - 1], holder, text) if index else None
    after = _joint(parts[index], holder, text) if index < len(parts) - 1 else None
    if (before is None and index) or (after is None and index < len(parts) - 1):
        return None
    if before is None:
        assert after is not None
        span = holder.span[0], after[1]
        return Edit(span, _comments_in(span, context))
    span = before[0], holder.span[1] if after is None else after[0]
    kept = _comments_in(span, context)
    if kept:
        return Edit(span, " " + kept.rstrip(" "))
    follows = text[span[1] : span[1] + 1]
    return Edit(span, "" if not follows or follows.isspace() or follows in ")],}" else " ")


def _joint(operand: Expr, holder: FunctionCall, text: str) -> Span | None:
    """Where an operand with its parentheses ends, and where the next one begins, behind the joining word."""
    assert operand.span is not None
    terminals = machine().tables.terminals
    end = operand.span[1]
    joined = False
    for match in machine().scan(text, end):
        kind = match.lastindex or 0
        start, stop = match.span(kind)
        if joined:
            return end, start
        if match[kind].lower() == holder.function:
            joined = True
        elif terminals[kind] == "RPAR":
            end = stop
        else:
            return None
    return None


def _comments_in(span: Span, context: Context) -> str:
    """The comments in `span`, each with what separates it from what follows."""
    text = context.text
    assert text is not None
    if "/" not in text[span[0] : span[1]]:
        return ""
    everywhere = comments_of(context)
    parts = []
    for start, end in everywhere[bisect_left(everywhere, (span[0], 0)) :]:
        if start >= span[1]:
            break
        parts.append(text[start:end] + ("\n" if text.startswith("//", start) else " "))
    return "".join(parts)


def _holds_at_end(edit: Edit, index: int, holder: FunctionCall, context: Context) -> bool:
    """Whether the first or the last operand can go.

    What stands around `holder` is read together with the operand next to the one that goes; the others cannot matter,
    and a literal stands for them.
    """
    parts, text = holder.arguments, context.text
    assert holder.span is not None
    assert text is not None
    word = holder.function
    if index == 0:
        joint = _joint(parts[1], holder, text)
        if joint is None:
            return False
        rest = Edit((joint[0], holder.span[1]), f" {word} true")
        return holds((edit, rest), holder, FunctionCall(word, (parts[1], BooleanLiteral(True))), context)
    joint = _joint(parts[-3], holder, text)
    if joint is None:
        return False
    rest = Edit((holder.span[0], joint[1]), f"true {word} ")
    return holds((rest, edit), holder, FunctionCall(word, (BooleanLiteral(True), parts[-2])), context)
