"""What does a code scanning service read?  SARIF 2.1.0, an OASIS standard: one run with its rules and results.

Columns count code points, as everywhere in pqltools, and the log says so. A byte order mark is no character of the
text there, so that columns of the first line are smaller by one in files that have one.
"""

from __future__ import annotations

from pqltools import __version__
from pqltools.cli.outputs.places import file_of, project_path, text_of, with_fingerprints

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any, TextIO

    from pqltools.diagnostics import Diagnostic, Fix
    from pqltools.source import Source, Span

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning"}
#: The name of the fingerprint, with the version of the way in which it is made.
_FINGERPRINT = "pqltools/v1"


def write(diagnostics: Sequence[Diagnostic], files: Sequence[str], out: TextIO) -> None:
    """Write the log."""
    import json

    rules = _rules(diagnostic.code for diagnostic in diagnostics)
    indices = {rule["id"]: index for index, rule in enumerate(rules)}
    driver = {"name": "pqltools", "version": __version__, "semanticVersion": __version__, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "newlineSequences": ["\r\n", "\n", "\r"],
        "artifacts": [{"location": _artifact(name)} for name in files],
        "results": [
            _result(diagnostic, indices[diagnostic.code], fingerprint)
            for diagnostic, fingerprint in with_fingerprints(diagnostics)
        ],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    out.write(json.dumps(log, ensure_ascii=False, indent=2) + "\n")


def _rules(codes: Iterable[str]) -> list[dict[str, Any]]:
    """All rules of the checker, and the codes of syntax that occur."""
    from pqltools.checks import pages
    from pqltools.checks.registry import all_rules
    from pqltools.diagnostics import CODES

    found = {
        rule.code: {
            "id": rule.code,
            "name": rule.name,
            "shortDescription": {"text": rule.summary},
            "help": {"text": pages.text(rule), "markdown": pages.text(rule)},
            "defaultConfiguration": {"level": _LEVELS.get(rule.severity, "note"), "enabled": not rule.off},
        }
        for rule in all_rules()
    }
    for code in codes:
        if code not in found:
            name, meaning = CODES[code]
            found[code] = {"id": code, "name": name, "shortDescription": {"text": meaning}}
    return [found[code] for code in sorted(found)]


def _result(diagnostic: Diagnostic, index: int, fingerprint: str) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": index,
        "level": _LEVELS.get(diagnostic.severity, "note"),
        "message": {"text": text_of(diagnostic)},
        "locations": [_location(diagnostic, diagnostic.span)] if diagnostic.source is not None else [],
        "partialFingerprints": {_FINGERPRINT: fingerprint},
    }
    if diagnostic.path is not None and result["locations"]:
        result["locations"][0]["logicalLocations"] = [{"fullyQualifiedName": diagnostic.path, "kind": "value"}]
    if diagnostic.source is None:
        return result
    related = [
        {"id": number, "message": {"text": other.message}, **_location(diagnostic, other.span)}
        for number, other in enumerate(diagnostic.related)
    ]
    # The standard wants each fix once, and with something to replace.
    fixes = [_fix(fix, diagnostic.source) for fix in dict.fromkeys(diagnostic.fixes) if fix.edits]
    return {**result, **({"relatedLocations": related} if related else {}), **({"fixes": fixes} if fixes else {})}


def _fix(fix: Fix, source: Source) -> dict[str, Any]:
    replacements = [
        {"deletedRegion": _region(source, edit.span), "insertedContent": {"text": edit.text}} for edit in fix.edits
    ]
    return {
        "description": {"text": fix.title},
        "artifactChanges": [{"artifactLocation": _artifact(source.name), "replacements": replacements}],
        "properties": {"safe": fix.safe},
    }


def _location(diagnostic: Diagnostic, span: Span | None) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": _artifact(file_of(diagnostic))}
    if span is not None and diagnostic.source is not None:
        physical["region"] = _region(diagnostic.source, span)
    return {"physicalLocation": physical}


def _region(source: Source, span: Span) -> dict[str, int]:
    (line, column), (end_line, end_column) = map(source.line_column, span)
    marked = source.text.startswith("\ufeff")
    return {
        "startLine": line,
        "startColumn": max(column - (marked and line == 1), 1),
        "endLine": end_line,
        "endColumn": max(end_column - (marked and end_line == 1), 1),
    }


def _artifact(name: str) -> dict[str, str]:
    from urllib.parse import quote

    path = project_path(name)
    if path.startswith("/") or path[1:3] == ":/":
        return {"uri": f"file:///{quote(path.lstrip('/'), safe='/:')}"}
    # A colon in the first step would be taken for a scheme.
    return {"uri": quote(path), "uriBaseId": "%SRCROOT%"}
