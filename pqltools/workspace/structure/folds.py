"""What can an editor fold in an expression?  Brackets, comments and clauses that go over several lines."""

from __future__ import annotations

from pqltools.syntax.driver import machine
from pqltools.workspace.structure.parts import trimmed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pqltools.source import Span
    from pqltools.workspace.structure.parts import Placed


def brackets(text: str) -> Iterator[Span]:
    """Every pair of brackets, both included, in the order of their ends; what does not match is passed over."""
    engine = machine()
    opened: list[tuple[str, int]] = []
    for match in engine.scan(text):
        kind = match.lastindex or 0
        word, at = match[kind], match.start(kind)
        if not word:
            break
        if word in "([{":
            opened.append((_CLOSING[word], at))
        elif word in ")]}":
            while opened:
                closing, start = opened.pop()
                if closing == word:
                    yield start, at + 1
                    break


_CLOSING = {"(": ")", "[": "]", "{": "}"}


def folds(text: str, parts: Iterable[Placed]) -> Iterator[tuple[Span, str]]:
    """What goes over several lines, each ``region`` or ``comment``."""
    if "\n" not in text and "\r" not in text:
        return
    for span in brackets(text):
        if _several(text, span):
            yield span, "region"
    for span in comments(text):
        if _several(text, span):
            yield span, "comment"
    several = [*parts]
    for placed in several if len(several) > 1 else ():
        span = trimmed(text, placed.span)
        if span[0] < span[1] and _several(text, span):
            yield span, "region"


def comments(text: str) -> Iterator[Span]:
    """The comments; those that end with their lines in groups."""
    from pqltools.syntax.parser import comments as each_comment

    group: Span | None = None
    for start, end in each_comment(text):
        follows = group is not None and text.startswith("//", start) and text[group[1] : start].strip(" \t") in _ENDS
        if group is not None and follows and text.startswith("//", group[0]):
            group = group[0], end
            continue
        if group is not None:
            yield group
        group = start, end
    if group is not None:
        yield group


_ENDS = ("\n", "\r\n", "\r")


def _several(text: str, span: Span) -> bool:
    return "\n" in text[slice(*span)] or "\r" in text[slice(*span)]
