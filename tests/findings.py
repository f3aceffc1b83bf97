"""Which diagnostics can a check give?  `reports`: texts with every trap for positions and for the syntax of formats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from pqltools.checks.registry import all_rules
from pqltools.diagnostics import CODES, Diagnostic, Edit, Fix, Related
from pqltools.source import Source

if TYPE_CHECKING:
    from pqltools.diagnostics import Severity
    from pqltools.source import Span

all_rules()  # registers their codes

#: Line ends, control characters, what Windows and XML cannot abide, astral and combining ones, the syntax of formats.
_PIECES = [
    *("", "a = 1", "\r\n", "\r", "\n", "\t", "\0\x1b\x7f\x85", "\u2028\ufffe", "\ufeff", "😀e\u0301"),
    *("]]><&\"'", "%0A%", "::error::", ",=:", "{0}[1](2)", "\\"),
]
_NAMES = ["a.pql", "dir/b c.json", "über%.yaml", "x:y,z.pql", "<stdin>", "a&<\"'>.jsonl"]
_TEXTS = st.lists(st.sampled_from(_PIECES), max_size=4).map("".join)
_SEVERITIES: st.SearchStrategy[Severity] = st.sampled_from(["error", "warning", "information", "hint"])


#: Cut to the length of the text that they are for.
_SPANS = st.tuples(st.integers(0, 40), st.integers(0, 40))
_FIXES = st.tuples(_TEXTS, st.lists(st.tuples(_SPANS, _TEXTS), max_size=2), st.booleans())
_FINDINGS = st.tuples(
    st.sampled_from([*CODES]),
    _TEXTS,
    st.none() | _SPANS,
    _SEVERITIES,
    st.none() | _TEXTS,
    st.lists(st.tuples(_TEXTS, _SPANS), max_size=1),
    st.lists(_FIXES, max_size=2),
    st.none() | st.just("$.params[1]"),
)
_FILES = st.tuples(st.sampled_from(_NAMES), _TEXTS, st.lists(_FINDINGS, max_size=2))


def reports() -> st.SearchStrategy[tuple[list[Diagnostic], list[str]]]:
    """The findings of some files, and the names of all files."""
    return st.lists(_FILES, unique_by=lambda file: file[0], max_size=2).map(_report)


def _report(files: list[Any]) -> tuple[list[Diagnostic], list[str]]:
    found = []
    for name, text, findings in files:
        source = Source(text, name)
        found += [_diagnostic(source, *finding) for finding in findings]
    return found, [name for name, _, _ in files]


def _diagnostic(
    source: Source,
    code: str,
    message: str,
    span: Span | None,
    severity: Severity,
    help: str | None,
    related: list[Any],
    fixes: list[Any],
    path: str | None,
) -> Diagnostic:
    def cut(span: Span) -> Span:
        first, second = (min(offset, len(source.text)) for offset in span)
        return min(first, second), max(first, second)

    return Diagnostic(
        code,
        message,
        span and cut(span),
        severity,
        help,
        tuple(Related(text, cut(place)) for text, place in related),
        tuple(Fix(title, tuple(Edit(cut(place), text) for place, text in edits), safe) for title, edits, safe in fixes),
        path=path,
        source=source,
    )
