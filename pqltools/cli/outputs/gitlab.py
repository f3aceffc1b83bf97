"""What does GitLab show in a merge request?  A Code Quality report: a JSON list with the members that GitLab reads."""

from __future__ import annotations

from pqltools.cli.outputs.places import file_of, line_column, project_path, text_of, with_fingerprints

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, TextIO

    from pqltools.diagnostics import Diagnostic

_SEVERITIES = {"error": "major", "warning": "minor"}


def write(diagnostics: Sequence[Diagnostic], files: Sequence[str], out: TextIO) -> None:
    """Write the report, an empty list included."""
    import json

    issues = [_issue(diagnostic, fingerprint) for diagnostic, fingerprint in with_fingerprints(diagnostics)]
    out.write(json.dumps(issues, ensure_ascii=False, indent=2) + "\n")


def _issue(diagnostic: Diagnostic, fingerprint: str) -> dict[str, Any]:
    line, _, end_line, _ = line_column(diagnostic)
    return {
        "description": f"{diagnostic.code} {text_of(diagnostic)}",
        "check_name": diagnostic.name,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES.get(diagnostic.severity, "info"),
        "location": {"path": project_path(file_of(diagnostic)), "lines": {"begin": line, "end": end_line}},
    }
