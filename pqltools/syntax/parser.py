"""How does PQL text become a tree?  `parse` for programs, `parse_tolerant` for editors."""

from __future__ import annotations

import re

from pqltools.diagnostics import Diagnostic, PQLError, error
from pqltools.limits import MAX_DEPTH, MAX_SIZE, check_depth_limit
from pqltools.records import Record, record
from pqltools.source import Source
from pqltools.syntax.ast import Hole
from pqltools.syntax.builder import CALLBACKS, Builder
from pqltools.syntax.driver import Stopped, machine, run
from pqltools.syntax.literals import field_gap
from pqltools.syntax.walk import children, depth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.source import Span
    from pqltools.syntax.ast import Expr, Node

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


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
        tree: Expr = run(text, CALLBACKS, builder, max_depth)
    except Stopped:
        raise PQLError(_explain(text, max_depth)) from None
    deep = _too_deep(tree, text, max_depth)
    if deep is not None:
        raise PQLError([_depth_problem(Source(text), deep, max_depth)])
    if builder.errors or builder.too_large:
        raise PQLError(_explain(text, max_depth))
    if builder.scoped:
        from pqltools.syntax.scopes import resolve

        tree, problems = resolve(tree)
        if problems:
            raise PQLError(_explain(text, max_depth))
    return tree


@record
class Parsed(Record):
    """What the tolerant parser found: a tree with a `Hole` wherever something is missing, and all problems in order."""

    tree: Expr
    diagnostics: tuple[Diagnostic, ...]

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that make strict parsing fail."""
        return tuple(d for d in self.diagnostics if d.severity == "error")


def parse_tolerant(text: str, *, max_depth: int = MAX_DEPTH, max_size: int = MAX_SIZE) -> Parsed:
    """The tree of a text that may be broken, for editors: after an error the rest of the text still parses.

    Never raises for bad text. Diagnostics include warnings, such as unknown escapes; `parse` fails just when there is
    an error among them.
    """
    check_depth_limit(max_depth)
    hole = Hole(span=(0, len(text)))
    try:
        check_size(text, max_size)
    except PQLError as refused:
        return Parsed(hole, refused.diagnostics)
    if is_blank(text):
        source = Source(text)
        help = 'write a condition, such as `homeAddress.countryCode = "US"`'
        problem = Diagnostic("PQL017", "there is no expression", (0, len(text)), help=help, source=source)
        return Parsed(hole, (problem,))
    from pqltools.syntax.recovery import Recovery, TooDeep
    from pqltools.syntax.scopes import resolve

    builder = Builder(text)
    recovery = Recovery(text, CALLBACKS, builder, max_depth)
    try:
        tree = recovery.run()
    except TooDeep as too_deep:
        return Parsed(hole, (_depth_problem(Source(text), (too_deep.offset, too_deep.offset + 1), max_depth),))
    source = Source(text)
    problems = recovery.diagnostics + builder.finish()
    problems += builder.warnings
    if tree is None:
        tree = hole
    deep = _too_deep(tree, text, max_depth)
    if deep is not None:
        return Parsed(hole, (_depth_problem(source, deep, max_depth),))
    tree, misplaced = resolve(tree)
    problems += misplaced
    problems.sort(key=lambda problem: problem.span or (0, 0))
    return Parsed(tree, tuple(problem.located(source, problem.span) for problem in problems))


def comments(text: str) -> tuple[Span, ...]:
    """The spans of all comments, `//` to the end of the line and `/* … */`, in the order of the text.

    Comments are what the grammar ignores between tokens: a `//` inside a string or a back-quoted name is none.
    """
    engine = machine()
    found: list[Span] = []
    at = 0
    for match in engine.scan(text):
        kind = match.lastindex or 0
        start = match.start(kind)
        gaps = [(at, start)]
        if engine.tables.terminals[kind] in ("FIELD", "METHOD"):
            gaps.append((start + 1, start + 1 + field_gap(match[kind])))
        for begin, end in gaps:
            if end > begin and "/" in text[begin:end]:
                found.extend((begin + c.start(), begin + c.end()) for c in _COMMENT.finditer(text[begin:end]))
        at = match.end()
    return tuple(found)


def is_blank(text: str) -> bool:
    """Whether there are only white space and comments in `text`."""
    first = next(machine().scan(text))
    return machine().tables.terminals[first.lastindex or 0] == "$END"


def check_size(text: str, max_size: int) -> None:
    """Raise `PQLError` if `text` takes more than `max_size` bytes of UTF-8."""
    if len(text) * 4 <= max_size:
        return
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > max_size:
        raise error("PQL011", f"the expression has {size:,} bytes, more than the limit of {max_size:,}", (0, 0))


def _explain(text: str, max_depth: int) -> tuple[Diagnostic, ...]:
    """Why strict parsing failed; the size has been checked."""
    errors = parse_tolerant(text, max_depth=max_depth, max_size=4 * len(text) + 1).errors
    if not errors:
        raise AssertionError(f"the fast parser refuses a text that the tolerant one accepts: {text[:200]!r}")
    return errors


def _too_deep(tree: Expr, text: str, max_depth: int) -> Span | None:
    """The end of a node just below the limit, or None."""
    # A text with fewer characters than levels need not be looked at.
    if len(text) <= max_depth or depth(tree, max_depth) <= max_depth:
        return None
    level: list[Node] = [tree]
    for _ in range(max_depth):
        level = [child for parent in level for child in children(parent)]
    end = next((node.span[1] for node in level if node.span is not None), len(text))
    return end - 1, end


def _depth_problem(source: Source, span: Span, max_depth: int) -> Diagnostic:
    message = f"the expression is nested deeper than {max_depth} levels"
    help = "split it into several definitions, or join conditions in one `and` or `or` without parentheses"
    return Diagnostic("PQL010", message, span, help=help, source=source)
