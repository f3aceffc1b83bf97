"""Which regular expression does a call hold, and where in the text are its parts?"""

from __future__ import annotations

from pqltools.syntax.ast import StringLiteral

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.source import Span
    from pqltools.syntax.ast import FunctionCall, Node
    from pqltools.types.patterns import Pattern

#: The functions whose second argument is a regular expression.
FUNCTIONS = ("matches", "regexGroup")


def pattern_of(call: FunctionCall) -> Pattern | None:
    """What is known of the pattern of a call, None if it is no string that stands there."""
    if len(call.arguments) < 2 or not isinstance(call.arguments[1], StringLiteral):
        return None
    from pqltools.types.patterns import pattern  # most expressions have none

    return pattern(call.arguments[1].value, groups=call.function == "regexGroup")


def place(call: FunctionCall, span: Span, context: Context) -> Node | Span:
    """The place in the text of a part of the pattern, or the whole argument where that cannot be told."""
    literal = call.arguments[1]
    if context.text is None or literal.span is None or not isinstance(literal, StringLiteral):
        return literal
    start, end = literal.span
    written = context.text[start + 1 : end - 1]
    offsets = decoded_offsets(written)
    if len(offsets) != len(literal.value) + 1:
        return literal
    low, high = span
    if low == high:  # what is missing is missing at the end
        low, high = max(low - 1, 0), high + (low == 0)
    return (start + 1 + offsets[low], start + 1 + offsets[min(high, len(literal.value))]) if literal.value else literal


def decoded_offsets(written: str) -> list[int]:
    """Where each character of a string stands in the text between its quotes, and at last where that ends.

    The same reading of escapes as `pqltools.syntax.literals.decode`: what is no escape stands for itself.
    """
    offsets: list[int] = []
    codes: list[int] = []
    at = 0
    while at < len(written):
        char, width = written[at], 1
        code = ord(char)
        if char == "\\" and at + 1 < len(written):
            digits = written[at + 2 : at + 6]
            if written[at + 1] == "u" and len(digits) == 4 and _HEXADECIMAL.issuperset(digits):
                code, width = int(digits, 16), 6
            elif written[at + 1] in "\"'\\/ntrbf":
                code, width = ord(written[at + 1]), 2
        # Two escapes that make one character beyond U+FFFF.
        if not (0xDC00 <= code < 0xE000 and codes and 0xD800 <= codes[-1] < 0xDC00):
            offsets.append(at)
        codes.append(code)
        at += width
    return [*offsets, len(written)]


_HEXADECIMAL = frozenset("0123456789abcdefABCDEF")
