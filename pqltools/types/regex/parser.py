"""Is this a regular expression of Java, and what is it as a tree?  `parse` follows OpenJDK's `java.util.regex.Pattern`.

Its corner cases are kept: a quantifier may follow an anchor or a lookahead; ``}`` and ``]`` on their own are literal,
``{`` is not; ``a{2}{3}`` repeats the empty string behind ``a{2}``.
"""

from __future__ import annotations

from pqltools.types.regex import escapes
from pqltools.types.regex.classes import char_class
from pqltools.types.regex.nodes import (
    Alternation,
    Anchor,
    Atomic,
    CharSet,
    Concat,
    Group,
    Look,
    Repeat,
    Special,
)
from pqltools.types.regex.reader import CANONICAL, DOTALL, FLAGS, MULTILINE, UNIX_LINES, Reader
from pqltools.types.regex.sets import ALL, LINE_TERMINATORS, NEWLINE, Chars, Plain, complement
from pqltools.types.regex.widths import longest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.types.regex.nodes import Expression

#: Parentheses in parentheses, so that no pattern exhausts the stack; Java's own stack is as limited.
DEEPEST = 80
_MOST = 2**31 - 1
_NOTHING_TO_REPEAT = "there is nothing before `{0}` that it could repeat"


def parse(pattern: str) -> Expression:
    """The tree of a pattern. Raises `InvalidPattern` for what Java would refuse, and for too deep nesting."""
    parser = _Parser(pattern)
    tree = parser.alternation()
    if not parser.ended():
        parser.fail("`)` closes nothing", parser.at, parser.at + 1)
    return tree


class _Parser(Reader):
    def __init__(self, pattern: str) -> None:
        super().__init__(pattern)
        self.groups = 0
        self.names: dict[str, int] = {}
        self.depth = 0

    def alternation(self) -> Expression:
        start = self.at
        branches = [self.sequence()]
        while self.meta() == "|":
            self.at += 1
            branches.append(self.sequence())
        return branches[0] if len(branches) == 1 else Alternation(tuple(branches), span=self.span(start))

    def sequence(self) -> Expression:
        start = self.at
        parts: list[Expression] = []
        while not self.ended() and self.meta() not in ("|", ")"):
            begin = self.at
            part = self.atom()
            if part is not None:
                parts.append(self.quantified(part, begin))
        return parts[0] if len(parts) == 1 else Concat(tuple(parts), span=self.span(start))

    def atom(self) -> Expression | None:
        """What a quantifier may follow; None for flags, which match nothing."""
        start = self.at
        char = self.meta()
        match char:
            case "(":
                return self.group()
            case "[":
                found = char_class(self)
                return CharSet(found, span=self.span(start))
            case "?" | "*" | "+":
                self.fail(_NOTHING_TO_REPEAT.format(char), start, start + 1)
            case "{":
                return Concat((), span=self.span(start))
            case "\\":
                node = escapes.outside(self, self.groups, self.names)
                return self.literal(node, start) if isinstance(node, int) else node
        code = ord(self.take())
        if char in ("^", "$"):
            return Anchor(self.anchor(char), span=self.span(start))
        if char == ".":
            return CharSet(Plain(self.dot()), span=self.span(start))
        return self.literal(code, start)

    def literal(self, code: int, start: int) -> CharSet:
        return CharSet(Chars(code, code, self.folding()), span=self.span(start))

    def anchor(self, char: str) -> str:
        if self.has(MULTILINE):
            kind = "line-start" if char == "^" else "line-end"
            return f"{kind}-newline" if self.has(UNIX_LINES) else kind
        if char == "^":
            return "start"
        return "final-newline" if self.has(UNIX_LINES) else "final"

    def dot(self) -> tuple[tuple[int, int], ...]:
        if self.has(DOTALL):
            return ALL
        return complement(NEWLINE if self.has(UNIX_LINES) else LINE_TERMINATORS)

    # Repetition.

    def quantified(self, body: Expression, start: int) -> Expression:
        char = self.meta()
        if char not in ("?", "*", "+", "{") or not char:
            return body
        low, high = self.counts()
        mode = {"?": "lazy", "+": "possessive"}.get(self.meta(), "greedy")
        self.at += mode != "greedy"
        return Repeat(body, low, high, mode, span=self.span(start))

    def counts(self) -> tuple[int, int | None]:
        start = self.at
        char = self.take()
        if char != "{":
            return {"?": (0, 1), "*": (0, None), "+": (1, None)}[char]
        low = self.number("0123456789", 20)
        if low is None:
            self.fail("`{` is followed by a number; write `\\{` for the character", start, start + 1)
        high: int | None = low
        if self.raw() == ",":
            self.at += 1
            high = self.number("0123456789", 20)
        if self.take() != "}":
            self.fail("the repetition is not closed by `}`", start)
        if max(low, high or 0) > _MOST or (high is not None and high < low):
            self.fail(f"`{self.text(start)}` is no range of numbers that Java accepts", start)
        return low, high

    # Groups.

    def group(self) -> Expression | None:
        start = self.at
        if self.depth >= DEEPEST:
            self.too_deep("groups", DEEPEST)
        self.at += 1
        if self.meta() == "?":
            self.at += 1
            return self.special_group(start)
        self.groups += 1
        number = self.groups
        body = self.body(start)
        return Group(body, number, span=self.span(start))

    def special_group(self, start: int) -> Expression | None:
        char = self.take()
        match char:
            case ":":
                body = self.body(start)
                return Group(body, span=self.span(start))
            case ">":
                body = self.body(start)
                return Atomic(body, span=self.span(start))
            case "=" | "!":
                body = self.body(start)
                return Look(body, False, char == "!", span=self.span(start))
            case "<" if self.raw() in ("=", "!"):
                return self.lookbehind(start)
            case "<":
                return self.named_group(start)
        self.at -= bool(char)
        return self.flag_group(start)

    def body(self, start: int, flags: int | None = None) -> Expression:
        """What stands up to the closing parenthesis; flags that are set inside end with it."""
        outer = self.flags if flags is None else flags
        self.depth += 1
        found = self.alternation()
        self.depth -= 1
        if self.meta() != ")":
            self.fail("the group is never closed", start, start + 1)
        self.at += 1
        self.flags = outer
        return found

    def lookbehind(self, start: int) -> Expression:
        negative = self.take() == "!"
        body = self.body(start)
        if longest(body) is None:
            self.fail("what a lookbehind matches must have a greatest length", start)
        return Look(body, True, negative, span=self.span(start))

    def named_group(self, start: int) -> Expression:
        begin = self.at
        while self.raw().isascii() and self.raw().isalnum():
            self.at += 1
        name = self.text(begin)
        if self.take() != ">" or not name or name[0].isdigit():
            self.fail("the name of a group is of ASCII letters and digits and closed by `>`", start)
        if name in self.names:
            self.fail(f"there is a group `{name}` already", start)
        self.groups += 1
        number = self.names[name] = self.groups
        body = self.body(start)
        return Group(body, number, span=self.span(start))

    def flag_group(self, start: int) -> Expression | None:
        """``(?i)`` holds up to the end of the enclosing group, ``(?i:…)`` inside."""
        outer = self.flags
        while self.raw() in FLAGS:
            self.flags |= FLAGS[self.take()]
        if self.raw() == "-":
            self.at += 1
            while self.raw() in FLAGS:
                self.flags &= ~FLAGS[self.take()]
        closing = self.take()
        if closing == ")":
            return Special("c", span=self.span(start)) if self.has(CANONICAL) else None
        if closing != ":":
            self.fail(f"`{self.text(start)}` begins no group of Java", start)
        canonical = self.has(CANONICAL)
        body = self.body(start, outer)
        return Special("c", span=self.span(start)) if canonical else Group(body, span=self.span(start))
