"""How does RE2 write this pattern, and what of it can RE2 not do?

Patterns are run by an engine that needs time in proportion to the text, so that no pattern can hang a run. The dialect
is that of RE2, without flags: case, lines and classes are written out, because Java's own meanings differ from RE2's in
small ways (``.`` and ``$`` know five line terminators, ``\\s`` has the vertical tab, ``(?i)`` is ASCII only).

What cannot be said in RE2 is refused and not approximated, but for two corners: ``\\b`` looks at ASCII letters, as
Java does from version 19 on (before, it looked at all letters, while ``\\w`` did not), and ``$`` may stand between a
carriage return and a line feed at the end of a text, if a pattern matches the first of them.
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
from pqltools.types.regex.sets import LAST, Chars, Negation, Union, complement, intervals, normal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.types.regex.nodes import Expression
    from pqltools.types.regex.sets import Intervals, Set

#: RE2's limit for the counts of repetitions, those of nested ones multiplied.
MOST_REPEATS = 1000
_TERMINATOR = "(?:\\r\\n|[\\n\\r\\x85\u2028\u2029])"
_FINAL = {"final": f"{_TERMINATOR}?\\z", "final-newline": "\\n?\\z"}
_SURROGATES = (0xD800, 0xDFFF)
_WORDS = {
    "line-start": "`^` with `(?m)`",
    "line-start-newline": "`^` with `(?m)`",
    "line-end": "`$` with `(?m)`",
    "line-end-newline": "`$` with `(?m)`",
    "word": "`\\b` with `(?U)`",
    "no-word": "`\\B`",  # RE2 also finds it between the bytes of a character
    "grapheme": "`\\b{g}`",
    "R": "`\\R`",  # RE2 would part a carriage return from its line feed
    "X": "`\\X`",
    "c": "canonical equivalence, `(?c)`,",
}


def translate(tree: Expression, *, groups: bool) -> tuple[str, tuple[Fault, ...]]:
    """The pattern for RE2, with the faults that stand in the way; if there are any, the text is of no use.

    Without `groups`, for a search that asks only whether, parentheses capture nothing, which is quicker and lets ``$``
    stand in them.
    """
    translator = _Translator(groups)
    text = translator.expression(tree, last=True)
    return text, tuple(dict.fromkeys(translator.faults))


class _Translator:
    def __init__(self, groups: bool) -> None:
        self.groups = groups
        self.faults: list[Fault] = []
        self.capturing = 0
        self.repeats = 1

    def refuse(self, node: Expression, what: str) -> str:
        self.faults.append(Fault(what, node.span))
        return ""

    def expression(self, node: Expression, *, last: bool) -> str:
        """The text of a node; `last` says that nothing is matched after it."""
        match node:
            case CharSet():
                return self.char_set(node)
            case Concat(parts):
                return "".join(
                    self.expression(part, last=last and index == len(parts) - 1) for index, part in enumerate(parts)
                )
            case Alternation():
                return f"(?:{self.alternation(node, last)})"
            case Group(body, number):
                return self.group(body, number, last)
            case Repeat():
                return self.repeat(node)
            case Anchor():
                return self.anchor(node, last)
            case Look(_, behind, _):
                return self.refuse(node, "lookbehind" if behind else "lookahead")
            case Atomic():
                return self.refuse(node, "an atomic group, `(?>…)`,")
            case BackReference():
                return self.refuse(node, "a reference to what a group has matched")
        return self.refuse(node, _WORDS[node.kind])

    def alternation(self, node: Alternation, last: bool) -> str:
        return "|".join(self.expression(branch, last=last) for branch in node.branches)

    def group(self, body: Expression, number: int | None, last: bool) -> str:
        captures = number is not None and self.groups
        self.capturing += captures
        inner = self.alternation(body, last) if isinstance(body, Alternation) else self.expression(body, last=last)
        self.capturing -= captures
        return f"({inner})" if captures else f"(?:{inner})"

    def anchor(self, node: Anchor, last: bool) -> str:
        kind = node.kind
        if kind in _FINAL:
            # It may stand before a line terminator, which is matched here, so nothing may come after it.
            if last and not self.capturing:
                return _FINAL[kind]
            return self.refuse(node, "`$` that is not at the end of the pattern")
        if kind == "word" and not node.unicode:
            return "\\b"
        if kind in ("start", "end"):
            return "\\A" if kind == "start" else "\\z"
        return self.refuse(node, _WORDS[kind])

    def repeat(self, node: Repeat) -> str:
        body, low, high = node.body, node.low, node.high
        if node.mode == "possessive":
            return self.refuse(node, "a possessive repetition, such as `a++`,")
        times = max(low, high or 0, 1)
        outer = self.repeats
        self.repeats *= times
        if self.repeats > MOST_REPEATS and times > 1:
            self.repeats = outer
            return self.refuse(node, f"more than {MOST_REPEATS:,} repetitions")
        inner = self.expression(body, last=False)
        self.repeats = outer
        if isinstance(body, Concat) and not body.parts:
            return ""
        counts = {(0, None): "*", (1, None): "+", (0, 1): "?"}.get((low, high))
        if counts is None:
            counts = f"{{{low}}}" if low == high else f"{{{low},{'' if high is None else high}}}"
        whole = inner if isinstance(body, CharSet | Group | Alternation) else f"(?:{inner})"
        return f"{whole}{counts}{'?' * (node.mode == 'lazy')}"

    # Characters.

    def char_set(self, node: CharSet) -> str:
        item = node.set
        if isinstance(item, Chars) and item.low == item.high and not item.fold:
            if _SURROGATES[0] <= item.low <= _SURROGATES[1]:
                return self.refuse(node, "half of a surrogate pair")
            return _char(item.low)
        found = intervals(item)
        if found is not None:
            return _class(found)
        text = _by_properties(item)
        return self.refuse(node, _reason(item)) if text is None else text


def _by_properties(item: Set) -> str | None:
    """A class that intervals cannot write, None if RE2 cannot either."""
    negated = isinstance(item, Negation)
    inner = item.item if isinstance(item, Negation) else item
    parts = [_part(part) for part in (inner.items if isinstance(inner, Union) else (inner,))]
    if None in parts:
        return None
    return f"[{'^' * negated}{''.join(part or '' for part in parts)}]"


def _part(item: Set) -> str | None:
    """One part of a union, as it stands between brackets."""
    found = intervals(item)
    if found is not None:
        return _members(found)
    if isinstance(item, Property):
        return "".join(f"\\p{{{group}}}" for group in item.groups) or None
    if isinstance(item, Negation) and isinstance(item.item, Property) and len(item.item.groups) == 1:
        return f"\\P{{{item.item.groups[0]}}}"
    return None


def _reason(item: Set) -> str:
    """What of a set cannot be run, in words."""
    match item:
        case Property(name):
            return f"`{name}` with `(?U)`" if name.startswith("\\") else f"the property `{name}`{item.condition}"
        case Negation(inner):
            return _reason(inner)
        case Union(items):
            unknown = [part for part in items if intervals(part) is None and _part(part) is None]
            if len(unknown) == 1:
                return _reason(unknown[0])
    return "a class that combines properties"


def _class(found: Intervals) -> str:
    """A class of one character; the empty one matches nothing."""
    without = complement(normal((*complement(found), _SURROGATES)))
    if not without:
        return "[^\\x00-\U0010ffff]"
    if len(without) == 1 and without[0][0] == without[0][1]:
        return _char(without[0][0])
    return f"[{_members(found)}]"


def _members(found: Intervals) -> str:
    without = complement(normal((*complement(found), _SURROGATES)))
    return "".join(_char(low) if low == high else f"{_char(low)}-{_char(high)}" for low, high in without)


def _char(code: int) -> str:
    """One character, in a class or outside."""
    if code < 0x20 or 0x7F <= code < 0x100:
        return f"\\x{code:02x}"
    char = chr(min(code, LAST))
    return char if not char.isascii() or char.isalnum() or char == "_" else f"\\{char}"
