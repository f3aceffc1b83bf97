"""How is this said in the protocol?  Findings, edits and places of ours as types of lsprotocol."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache

from lsprotocol import types
from pygls.uris import from_fs_path

from pqltools.diagnostics import CODES, Diagnostic, Edit
from pqltools.lsp.positions import Encoding, Positions
from pqltools.source import Source

_SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "information": types.DiagnosticSeverity.Information,
    "hint": types.DiagnosticSeverity.Hint,
}
#: What editors strike out, by the names of the rules.
_DEPRECATED = frozenset(("deprecated-field", "legacy-field"))
#: What editors fade.
_UNNECESSARY = frozenset(
    (
        "unused-variable",
        "unused-suppression",
        "redundant-case-flag",
        "redundant-parentheses",
        "redundant-prefix",
        "redundant-range",
        "duplicate-operand",
        "double-negation",
    )
)


def uri_of(path: str) -> str:
    """The URI of a file."""
    return from_fs_path(os.path.abspath(path)) or ""


@cache
def code_description(code: str) -> types.CodeDescription | None:
    """The page about a code: the rule's own file, whose docstring it is; `pql rule CODE` prints the same."""
    from pqltools.checks import rules

    page = os.path.join(rules.__path__[0], CODES[code][0].replace("-", "_") + ".py")
    return types.CodeDescription(uri_of(page)) if os.path.isfile(page) else None


def diagnostic(found: Diagnostic, positions: Positions, uri: str, *, tags: bool = True) -> types.Diagnostic:
    """A finding, with its cure behind the message and its related places in the same text."""
    name = CODES[found.code][0]
    marks = [types.DiagnosticTag.Deprecated] if name in _DEPRECATED else []
    marks += [types.DiagnosticTag.Unnecessary] if name in _UNNECESSARY else []
    related = [
        types.DiagnosticRelatedInformation(types.Location(uri, positions.range(other.span)), other.message)
        for other in found.related
    ]
    return types.Diagnostic(
        range=positions.range(found.span or (0, 0)),
        message=f"{found.message}\n{found.help}" if found.help else found.message,
        severity=_SEVERITIES[found.severity],
        code=found.code,
        code_description=code_description(found.code),
        source="pql",
        tags=marks if tags and marks else None,
        related_information=related or None,
    )


def diagnostics_of_file(found: Iterable[Diagnostic], encoding: Encoding) -> list[types.Diagnostic]:
    """The findings in a file that is not open, such as a configuration."""
    return [
        diagnostic(each, Positions(source, encoding), uri_of(source.name))
        for each in found
        for source in [each.source or Source("", "")]
    ]


def text_edits(edits: Iterable[Edit], positions: Positions) -> list[types.TextEdit]:
    """Edits of an open text."""
    return [types.TextEdit(positions.range(edit.span), edit.text) for edit in edits]
