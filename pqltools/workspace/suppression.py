"""Which findings does the user not want to hear of here?  Comments ``// noqa: PQL301, self-comparison``.

In PQL text, in ``//`` and ``/* */`` comments alike:

- a comment holds for the findings that begin on a line on which it stands;
- one that stands before the expression, with nothing of the expression on its lines, holds for the whole expression;
- ``noqa`` alone means every code, ``noqa: `` those that are listed, as codes, beginnings of codes or rule names.

In YAML a ``# noqa`` comment behind ``expression:``, ``format:`` or ``value:`` holds for the whole expression; that part
is in `yaml_comments`. Syntax errors cannot be suppressed. What a comment says behind its codes is for people.
"""

from __future__ import annotations

import re

from pqltools.diagnostics import Diagnostic, Edit, Fix
from pqltools.formats.json_locations import excerpt
from pqltools.workspace.selection import likely, prefix_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from pqltools.source import Source, Span

_DIRECTIVE = re.compile(
    r"(?://|/\*|\#)\s*noqa\b(?P<colon>\s*:)?(?P<rest>.*?)\s*(?:\*/)?\s*$", re.IGNORECASE | re.DOTALL
)
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*")
#: What may stand between two codes. Words that follow without a comma are a remark, unless they are plainly codes.
_BETWEEN = re.compile(r"\s*,\s*|\s+(?=PQL\d)", re.IGNORECASE)
_LINE_END = re.compile(r"\r\n|\n|\r")
_HELP = "write `noqa` alone, or `noqa: PQL301, another-rule`"


class Directive:
    """One ``noqa``: where it stands (`span`, of the whole comment), what it means and whether it was of use."""

    __slots__ = ("codes", "comment", "lines", "problems", "source", "span", "used")

    def __init__(self, comment: Span, span: Span, source: Source | None) -> None:
        #: The file that the places belong to, None if they are places in the expression.
        self.source = source
        #: The comment, and the part of it from the marker in front of ``noqa`` on.
        self.comment = comment
        self.span = span
        #: Each selector with its place and the beginning of the codes that it means; None: every code.
        self.codes: list[tuple[str, Span, str]] | None = None
        #: The first and the last line that it holds for; None: the whole expression.
        self.lines: tuple[int, int] | None = None
        self.problems: list[Diagnostic] = []
        #: The selectors that suppressed something, by their index; -1 for all codes.
        self.used: set[int] = set()

    def suppresses(self, code: str, line: int) -> bool:
        """Whether it suppresses a finding; remembered, so that what was of no use can be told."""
        if self.lines is not None and not self.lines[0] <= line <= self.lines[1]:
            return False
        if self.codes is None:
            if not self.problems:
                self.used.add(-1)
            return not self.problems
        hits = {index for index, (_, _, prefix) in enumerate(self.codes) if code.startswith(prefix)}
        self.used |= hits
        return bool(hits)


def read_directive(text: str, comment: Span, source: Source | None = None) -> Directive | None:
    """The ``noqa`` in a comment, None if there is none. What is wrong with it stands in its `problems` (PQL068)."""
    match = _DIRECTIVE.search(text, comment[0], comment[1])
    if match is None:
        return None
    found = Directive(comment, (match.start(), comment[1]), source)
    if match["colon"] is None:
        word = _CODE.match(match["rest"].lstrip())
        if word is not None and (word[0][:3].upper() == "PQL" or ("-" in word[0] and prefix_of(word[0]))):
            message = f"`noqa` has no colon before {excerpt(word[0])}, and suppresses nothing"
            found.problems.append(_malformed(message, found.span, f"write `noqa: {word[0]}`", source))
        return found
    found.codes = []
    _read_codes(text, match.start("rest"), match.end("rest"), found, source)
    return found


def _read_codes(text: str, at: int, end: int, found: Directive, source: Source | None) -> None:
    assert found.codes is not None
    while at < end and text[at].isspace():
        at += 1
    while True:
        word = _CODE.match(text, at, end)
        if word is None:
            break
        prefix = prefix_of(word[0])
        if prefix is None:
            meant = likely(word[0])
            help = f"did you mean `{meant}`?" if meant else _HELP
            message = f"no rule has the code or name {excerpt(word[0])}"
            found.problems.append(_malformed(message, word.span(), help, source))
        else:
            found.codes.append((word[0], word.span(), prefix))
        between = _BETWEEN.match(text, word.end(), end)
        if between is None:
            break
        at = between.end()
    if not found.codes and not found.problems:
        found.problems.append(_malformed("`noqa:` names no rule, and suppresses nothing", found.span, _HELP, source))


def _malformed(message: str, span: Span, help: str, source: Source | None) -> Diagnostic:
    return Diagnostic("PQL068", message, span, "warning", help, source=source)


class Suppressions:
    """The directives of one expression."""

    def __init__(self, directives: list[Directive]) -> None:
        self.directives = directives

    def keep(self, diagnostics: list[Diagnostic], line_of: Callable[[Diagnostic], int]) -> tuple[list[Diagnostic], int]:
        """The findings that no directive suppresses, and how many are suppressed; none is about a directive itself."""
        themselves = {directive.comment for directive in self.directives if directive.source is None}
        kept, suppressed = [], 0
        for diagnostic in diagnostics:
            if diagnostic.span in themselves:
                continue
            line = line_of(diagnostic)
            # Every directive is asked, so that none of two that say the same counts as unused.
            if [directive for directive in self.directives if directive.suppresses(diagnostic.code, line)]:
                suppressed += 1
            else:
                kept.append(diagnostic)
        return kept, suppressed

    def unused(self, text: str, ran: Callable[[str], bool], *, whole: bool) -> list[Diagnostic]:
        """PQL069 for what suppressed nothing, among the codes for which `ran` says that their rules were asked.

        Directives without codes are judged only if the `whole` of the rules ran.
        """
        found = []
        for directive in self.directives:
            if directive.problems:
                continue
            if directive.codes is None:
                if not directive.used and whole:
                    found.append(_unused(text, directive, []))
                continue
            idle = [n for n, (_, _, prefix) in enumerate(directive.codes) if n not in directive.used and ran(prefix)]
            if idle:
                found.append(_unused(text, directive, idle))
        return found


def read_suppressions(text: str, start: int) -> Suppressions | None:
    """The directives of a PQL text whose expression begins at `start`; None if there are none."""
    if "noqa" not in text.lower():
        return None
    from pqltools.source import Source
    from pqltools.syntax.parser import comments

    source = Source(text)
    first = source.line_column(start)[0]
    found = []
    for span in comments(text):
        directive = read_directive(text, span)
        if directive is not None:
            lines = source.line_column(span[0])[0], source.line_column(span[1])[0]
            directive.lines = None if lines[1] < first else lines
            found.append(directive)
    return Suppressions(found) if found else None


def _unused(text: str, directive: Directive, idle: list[int]) -> Diagnostic:
    codes = directive.codes or []
    if len(idle) == len(codes):
        what = f"`noqa: {', '.join(code for code, _, _ in codes)}`" if codes else "`noqa`"
        fix = Fix("remove the comment", (Edit(*_comment_to_remove(text, directive)),), safe=True)
        message = f"{what} suppresses nothing here"
        return Diagnostic("PQL069", message, directive.span, "information", None, fixes=(fix,), source=directive.source)
    names = ", ".join(f"`{codes[index][0]}`" for index in idle)
    edits = tuple(Edit(_code_to_remove(codes, index, idle), "") for index in idle)
    fix = Fix(f"remove {names}", edits, safe=True)
    message = f"`noqa` suppresses no {names} here"
    return Diagnostic("PQL069", message, codes[idle[0]][1], "information", None, fixes=(fix,), source=directive.source)


def _code_to_remove(codes: list[tuple[str, Span, str]], index: int, idle: list[int]) -> Span:
    """A code with the comma behind it; the one before it, if no code that stays follows."""
    if any(later not in idle for later in range(index + 1, len(codes))):
        return codes[index][1][0], codes[index + 1][1][0]
    return codes[index - 1][1][1], codes[index][1][1]


def _comment_to_remove(text: str, directive: Directive) -> tuple[Span, str]:
    """What goes when a directive does, and what stands there then: no words must grow together."""
    start, end = directive.span
    if start > directive.comment[0]:
        while text[start - 1] in " \t":
            start -= 1
        return (start, end), " */" if text.startswith("/*", directive.comment[0]) else ""
    before, after = start, end
    while before and text[before - 1] in " \t":
        before -= 1
    while after < len(text) and text[after] in " \t":
        after += 1
    if after == len(text) or text[after] in "\r\n":
        if before and text[before - 1] not in "\r\n":
            return (before, after), ""
        # Alone on its line, which goes as a whole.
        line_end = _LINE_END.match(text, after)
        return (before, line_end.end() if line_end else after), ""
    opens_line = before == 0 or text[before - 1] in "\r\n"
    if before < start or opens_line:
        return (start, after), ""
    return (start, end), "" if after > end else " "
