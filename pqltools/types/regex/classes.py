"""What stands between square brackets?  Java's classes, with unions, intersections and their corner cases.

The corner cases are those of OpenJDK: ``]`` is literal where a class would be empty, ``^`` only negates directly behind
the bracket, ``-`` is literal before a bracket and at the end, and a single ``&`` is literal.
"""

from __future__ import annotations

from pqltools.types.regex import escapes
from pqltools.types.regex.sets import Chars, Intersection, Negation, Union

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.types.regex.reader import Reader
    from pqltools.types.regex.sets import Set

#: Brackets in brackets, so that no pattern exhausts the stack.
DEEPEST = 50


def char_class(reader: Reader) -> Set:
    """The class that begins at the opening bracket."""
    start = reader.at
    reader.at += 1
    return _members(reader, start, 1, bracketed=True)


def _members(reader: Reader, start: int, depth: int, *, bracketed: bool) -> Set:
    """What stands up to the closing bracket, which is passed if the opening one belongs to it."""
    if depth > DEEPEST:
        reader.at = start
        reader.too_deep("classes", DEEPEST)
    negated = bracketed and reader.raw() == "^" and not reader.quoted[reader.at]
    reader.at += negated
    found: Set | None = None
    while True:
        if reader.ended():
            reader.fail("the class is never closed", start, start + 1)
        char = reader.meta()
        if char == "]" and found is not None:
            reader.at += bracketed
            return Negation(found) if negated else found
        if char == "[":
            reader.at += 1
            found = _joined(found, _members(reader, reader.at - 1, depth + 1, bracketed=True))
        elif char == "&" and reader.raw(1) == "&" and not reader.quoted[reader.at + 1]:
            reader.at += 2
            found = _intersected(reader, found, start, depth)
        else:
            found = _joined(found, _range(reader))


def _intersected(reader: Reader, left: Set | None, start: int, depth: int) -> Set:
    """What the two sides of ``&&`` share; one of them may be missing."""
    right: Set | None = None
    while not reader.ended() and reader.meta() not in ("]", "&"):
        if reader.meta() == "[":
            reader.at += 1
            right = _joined(right, _members(reader, reader.at - 1, depth + 1, bracketed=True))
        else:
            right = _joined(right, _members(reader, start, depth + 1, bracketed=False))
    if left is None:
        if right is None:
            reader.fail("`&&` stands between two sets", start)
        return right
    return left if right is None else Intersection(left, right)


def _joined(one: Set | None, other: Set) -> Set:
    if one is None:
        return other
    return Union((*one.items, other)) if isinstance(one, Union) else Union((one, other))


def _range(reader: Reader) -> Set:
    """A character, a range of them, or an escape that is a set."""
    start = reader.at
    low = _character(reader, "-")
    if not isinstance(low, int):
        return low
    if reader.meta() == "-" and not _is_bracket(reader):
        reader.at += 1
        if reader.ended():
            reader.fail("the class is never closed", start)
        high = _character(reader, "")
        if not isinstance(high, int):
            reader.fail(f"`{reader.text(start)}` is no range: a set cannot end one", start)
        if high < low:
            reader.fail(f"the range `{reader.text(start)}` runs backwards", start)
        return Chars(low, high, reader.folding())
    return Chars(low, low, reader.folding())


def _is_bracket(reader: Reader) -> bool:
    """Whether a bracket, or nothing, follows the character here."""
    after = reader.raw(1)
    return after == "" or (after in "[]" and not reader.quoted[reader.at + 1])


def _character(reader: Reader, before: str) -> Set | int:
    """A set or a code point. In a range, ``\\v`` is the vertical tab and not all vertical space."""
    if reader.meta() == "\\":
        if reader.raw(1) == "v" and reader.raw(2)[:1].startswith(before):
            reader.at += 2
            return 0x0B
        return escapes.inside(reader)
    return ord(reader.take())
