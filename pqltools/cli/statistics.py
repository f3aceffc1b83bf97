"""How often does each code occur?  The table of ``pql check --statistics``."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, TextIO

    from pqltools.diagnostics import Diagnostic


def statistics(diagnostics: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    """An entry for each code, the most frequent first: `count`, `code`, `name`, `severity` (the worst) and `fixable`.

    `fixable` is ``safe`` if some of them have a safe fix, ``unsafe`` if some have another, else None.
    """
    found: dict[str, list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        found.setdefault(diagnostic.code, []).append(diagnostic)
    entries = [
        {
            "count": len(group),
            "code": code,
            "name": group[0].name,
            "severity": min((diagnostic.severity for diagnostic in group), key=_SEVERITIES.index),
            "fixable": _fixable(group),
        }
        for code, group in found.items()
    ]
    return sorted(entries, key=lambda entry: (-entry["count"], entry["code"]))


_SEVERITIES = ("error", "warning", "information", "hint")
_MARKS = {"safe": "[*]", "unsafe": "[?]", None: ""}


def _fixable(group: list[Diagnostic]) -> str | None:
    fixes = [fix for diagnostic in group for fix in diagnostic.fixes]
    return None if not fixes else "safe" if any(fix.safe for fix in fixes) else "unsafe"


def write(diagnostics: Iterable[Diagnostic], out: TextIO, *, as_json: bool = False) -> None:
    """Write the table, or the entries as a JSON list. Nothing is no table, and an empty list."""
    entries = statistics(diagnostics)
    if as_json:
        import json

        out.write(json.dumps(entries, indent=2) + "\n")
        return
    width = max([len(f"{entry['count']:,}") for entry in entries], default=0)
    marks = any(entry["fixable"] for entry in entries)
    for entry in entries:
        mark = f"{_MARKS[entry['fixable']]:<4}" if marks else ""
        out.write(f"{entry['count']:>{width},} {entry['code']} {entry['severity']:<7} {mark}{entry['name']}\n")
    if marks:
        out.write("[*] fixed by --fix, [?] by --unsafe-fixes\n")
