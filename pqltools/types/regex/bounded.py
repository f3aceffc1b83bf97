"""How does the `regex` module write this pattern, and what of it can that not do either?

It runs what RE2 cannot, by trying one way after another as Java does, so every search has a time limit (see
`pqltools.evaluation.bounded`). The text is for ``regex.compile`` without flags: case, lines, words and classes are
written out, as they are for RE2, because ``\\w``, ``\\b``, ``.``, ``$`` and ``(?i)`` mean other things there.

Refused, and not approximated, is where that engine's own way shows: it matches a lookbehind backwards, so that what is
greedy or atomic in it would take other characters than in Java, and it writes out the turns that a repetition must
have, so that large and deeply nested ones would take much memory. Corners are left: ``\\b`` looks at ASCII letters, as
for RE2; a reference with ``(?iu)`` keeps ``ı`` apart from ``i`` and ``İ``, and ``İ`` from ``I``; a turn that matches
nothing counts in ``(?:\\B|a){2}``, where Java then gives up counting, as for RE2; and a group holds nothing from
attempts that failed, as it sometimes does in Java by a mistake: ``(?!(b))a`` on ``ba`` has captured ``b`` there.
"""

from __future__ import annotations

from pqltools.types.regex.nodes import (
    Alternation,
    Anchor,
    Atomic,
    BackReference,
    CharSet,
    Concat,
    Fault,
    Group,
    Look,
    Repeat,
)
from pqltools.types.regex.properties import Property
from pqltools.types.regex.reach import has_break, has_reference, is_rigid, numbers
from pqltools.types.regex.sets import LAST, WORD, Intersection, Negation, Union, complement, intervals, normal
from pqltools.types.regex.unicode_names import WORD_WITH_UNICODE, members_of, reason

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.types.regex.nodes import Expression
    from pqltools.types.regex.sets import Intervals, Set

#: Parts of a pattern once its fixed repetitions are written out; so many take some 10 MB.
LARGEST = 20_000
#: Parentheses in parentheses; the compiler of `regex` recurses.
DEEPEST = 100
_ANY = f"[\\x00-{chr(LAST)}]"
_NOTHING = f"[^\\x00-{chr(LAST)}]"
_ANCHORS = {
    "start": "\\A",
    "end": "\\Z",
    "final": "(?=(?:\\r\\n|(?<!\\r)\\n|[\\r\\x85\u2028\u2029])?\\Z)",
    "final-newline": "(?=\\n?\\Z)",
    "line-start": "(?!\\Z)(?:\\A|(?<=[\\n\\x85\u2028\u2029])|(?<=\\r)(?!\\n))",
    "line-start-newline": "(?!\\Z)(?:\\A|(?<=\\n))",
    "line-end": "(?=[\\r\\x85\u2028\u2029]|(?<!\\r)\\n|\\Z)",
    "line-end-newline": "(?=\\n|\\Z)",
}
_UNICODE_WORD = f"[{members_of(WORD_WITH_UNICODE)}]"
_BREAK = "(?:\\r\\n|[\\n-\\r\\x85\u2028\u2029])"


def translate(tree: Expression, *, groups: bool) -> tuple[str, tuple[Fault, ...]]:
    """The pattern for `regex`, with the faults that stand in the way; if there are any, the text is of no use.

    Parentheses capture if `groups` are wanted or something refers to them; then all do, with Java's numbers.
    """
    translator = _Translator(tree, captures=groups or has_reference(tree))
    text = translator.expression(tree)
    if translator.folds == {"ascii"}:
        text = f"(?a){text}"
    return text, tuple(dict.fromkeys(translator.faults))


class _Translator:
    def __init__(self, tree: Expression, *, captures: bool) -> None:
        self.captures = captures
        self.groups = numbers(tree)
        self.faults: list[Fault] = []
        #: How references treat case; `regex` knows one way in a pattern.
        self.folds: set[str] = set()
        #: The groups around the place, and the innermost lookbehind.
        self.open: list[int] = []
        self.behind: Look | None = None
        self.repeats = 1
        self.size = 0
        self.depth = 0

    def refuse(self, node: Expression, what: str) -> str:
        self.faults.append(Fault(what, node.span))
        return ""

    def expression(self, node: Expression) -> str:
        """The text of a node, which may be followed by anything but a quantifier."""
        self.size += self.repeats
        match node:
            case CharSet(item):
                return self.char_set(node, item)
            case Concat(parts):
                return "".join(map(self.expression, parts))
            case Alternation():
                return self.parenthesized("(?:", node, node)
            case Group(body, number):
                return self.group(node, body, number)
            case Repeat():
                return self.repeat(node)
            case Anchor():
                return self.anchor(node)
            case Look():
                return self.look(node)
            case Atomic(body):
                if self.behind is not None:
                    return self.refuse(node, "an atomic group in a lookbehind")
                return self.parenthesized("(?>", body, node)
            case BackReference():
                return self.reference(node)
        return self.special(node, node.kind)

    def parenthesized(self, opening: str, body: Expression, node: Expression) -> str:
        if self.depth >= DEEPEST:
            return self.refuse(node, f"a pattern that is nested more than {DEEPEST} deep")
        self.depth += 1
        if isinstance(body, Alternation):
            inner = "|".join(map(self.expression, body.branches))
        else:
            inner = self.expression(body)
        self.depth -= 1
        return f"{opening}{inner})"

    def group(self, node: Expression, body: Expression, number: int | None) -> str:
        if number is None or not self.captures:
            return self.parenthesized("(?:", body, node)
        if self.behind is not None and not is_rigid(self.behind.body):
            return self.refuse(node, "a group in a lookbehind for texts of several lengths")
        self.open.append(number)
        found = self.parenthesized("(", body, node)
        self.open.pop()
        return found

    def repeat(self, node: Repeat) -> str:
        body, low, high = node.body, node.low, node.high
        if isinstance(body, Concat) and not body.parts:
            return ""
        possessive = node.mode == "possessive"
        if possessive and self.behind is not None:
            return self.refuse(node, "a possessive repetition in a lookbehind")
        if isinstance(body, Group) and (body.number is None or not self.captures):
            body = body.body
        outer = self.repeats
        # What must be there is written out, and once more for what may follow: ``((a+)+)+`` is eight times ``a``.
        self.repeats = min(outer * max(low + (low != high), 1), LARGEST + 1)
        # Java does not try a turn of a possessive repetition otherwise, even while it counts; nor one with ``\\R``, of
        # which it thinks that it matches one way only.
        atomic = possessive or (self.behind is None and has_break(body))
        inner = self.parenthesized("(?>" if atomic else "(?:", body, node)
        self.repeats = outer
        if self.size > LARGEST:
            self.size = 0
            return self.refuse(node, f"a pattern of more than {LARGEST:,} parts, with its repetitions written out,")
        if isinstance(body, CharSet):
            inner = inner[3:-1]
        counts = {(0, None): "*", (1, None): "+", (0, 1): "?"}.get((low, high))
        if counts is None:
            counts = f"{{{low}}}" if low == high else f"{{{low},{'' if high is None else high}}}"
        return f"{inner}{counts}{ {'lazy': '?', 'possessive': '+'}.get(node.mode, '') }"

    def look(self, node: Look) -> str:
        outer = self.behind
        self.behind = node if node.behind else None
        found = self.parenthesized(f"(?{'<' * node.behind}{'!' if node.negative else '='}", node.body, node)
        self.behind = outer
        return found

    def anchor(self, node: Anchor) -> str:
        if node.kind in _ANCHORS:
            return f"(?:{_ANCHORS[node.kind]})"
        if node.kind == "grapheme":
            return self.refuse(node, "`\\b{g}`")
        word = _UNICODE_WORD if node.unicode else _class(WORD)
        if node.kind == "word":
            return f"(?:(?<={word})(?!{word})|(?<!{word})(?={word}))"
        return f"(?:(?<={word})(?={word})|(?<!{word})(?!{word}))"

    def reference(self, node: BackReference) -> str:
        if node.number not in self.groups:
            return _NOTHING  # what can never match
        if node.number in self.open:
            return self.refuse(node, "a reference to the group that it stands in")
        self.folds.add(node.fold)
        if {"ascii", "unicode"} <= self.folds:
            return self.refuse(node, "a pattern with references that ignore case in two ways")
        found = f"\\g<{node.number}>"
        return f"(?i:{found})" if node.fold else found

    def special(self, node: Expression, kind: str) -> str:
        if kind == "R":
            return _BREAK
        if kind == "X" and self.behind is None:
            return "\\X"
        return self.refuse(node, "`\\X` in a lookbehind" if kind == "X" else "canonical equivalence, `(?c)`,")

    def char_set(self, node: CharSet, item: Set) -> str:
        text = _one_of(item)
        if text is None:
            return self.refuse(node, reason(item))
        return text


def _one_of(item: Set) -> str | None:
    """The text that matches one character of a set, None if its characters are not known."""
    found = intervals(item)
    if found is not None:
        return _class(found)
    members = _members(item)
    if members is not None:
        return f"[{members}]"
    match item:
        case Negation(inner):
            members = _members(inner)
            if members is not None:
                return f"[^{members}]"
            other = _one_of(inner)
            return None if other is None else f"(?:(?!{other}){_ANY})"
        case Intersection(left, right):
            one, other = _one_of(left), _one_of(right)
            return None if one is None or other is None else f"(?:(?={one}){other})"
        case Union(items):
            texts = [_one_of(each) for each in items]
            return None if None in texts else f"(?:{'|'.join(text or '' for text in texts)})"
    return None


def _members(item: Set) -> str | None:
    """What stands between brackets for a set, None if it takes more than that."""
    found = intervals(item)
    if found is not None:
        return _written(found)
    match item:
        case Union(items):
            parts = [_members(each) for each in items]
            return None if None in parts else "".join(part or "" for part in parts)
        case Property(name):
            return members_of(name, item)
    return None


def _class(found: Intervals) -> str:
    """A class of one character; the empty one matches nothing."""
    if not found:
        return _NOTHING
    if len(found) == 1 and found[0][0] == found[0][1]:
        return _char(found[0][0])
    other = complement(found)
    if other and len(other) < len(found):
        return f"[^{_written(other)}]"
    return f"[{_written(found)}]"


def _written(found: Intervals) -> str:
    return "".join(_char(low) if low == high else f"{_char(low)}-{_char(high)}" for low, high in normal(found))


def _char(code: int) -> str:
    """One character, in a class or outside."""
    char = chr(code)
    if char.isascii() and char.isalnum():
        return char
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
