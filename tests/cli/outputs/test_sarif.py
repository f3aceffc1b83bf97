"""Is the SARIF log what the standard asks for, with places that a reader finds?"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest
from hypothesis import given

from cli.outputs.sarif_shapes import LOG
from findings import reports
from pqltools.checks.registry import all_rules
from pqltools.cli.outputs import write
from pqltools.diagnostics import Diagnostic, Edit, Fix, Related
from pqltools.source import Source

VALIDATOR = jsonschema.Draft202012Validator(LOG, format_checker=jsonschema.FormatChecker())


def log(diagnostics: list[Diagnostic], files: list[str]) -> Any:
    out = io.StringIO()
    write("sarif", diagnostics, files, out)
    return json.loads(out.getvalue())


def result(diagnostic: Diagnostic) -> Any:
    (found,) = log([diagnostic], [])["runs"][0]["results"]
    return found


def marked(text: str, region: dict[str, int]) -> str:
    """What a reader of the log takes the region for: its lines end as the log says, its columns are code points."""
    source = Source(text.removeprefix("\ufeff"))
    start = source.line_starts[region["startLine"] - 1] + region["startColumn"] - 1
    end = source.line_starts[region["endLine"] - 1] + region["endColumn"] - 1
    return source.text[start:end]


@given(reports())
def test_every_log_is_valid(report: tuple[list[Diagnostic], list[str]]) -> None:
    diagnostics, files = report
    found = log(diagnostics, files)
    (run,) = found["runs"]
    rules = run["tool"]["driver"]["rules"]
    run["tool"]["driver"]["rules"] = []  # another test looks at them, once
    VALIDATOR.validate(found)
    assert len(run["results"]) == len(diagnostics)
    assert len({rule["id"] for rule in rules}) == len(rules)
    marks = {json.dumps(one["partialFingerprints"]) for one in run["results"]}
    assert len(marks) == len(diagnostics)
    for one, diagnostic in zip(run["results"], diagnostics, strict=True):
        assert rules[one["ruleIndex"]]["id"] == one["ruleId"] == diagnostic.code


@given(reports())
def test_regions_hold_what_was_marked(report: tuple[list[Diagnostic], list[str]]) -> None:
    for one, diagnostic in zip(log(*report)["runs"][0]["results"], report[0], strict=True):
        if diagnostic.span is None or diagnostic.source is None:
            continue
        region = one["locations"][0]["physicalLocation"]["region"]
        start, end = diagnostic.span
        text = diagnostic.source.text
        if start == 0:  # a byte order mark is no character of the text there
            start += text.startswith("\ufeff")
        assert marked(text, region) == text[start:end]


def test_all_rules_come_with_their_pages() -> None:
    rules = {rule["id"]: rule for rule in log([], [])["runs"][0]["tool"]["driver"]["rules"]}
    VALIDATOR.validate(log([], []))
    assert {*rules} == {rule.code for rule in all_rules()}
    rule = rules["PQL111"]
    assert rule["name"] == "segment-cycle"
    assert rule["defaultConfiguration"] == {"level": "error", "enabled": True}
    assert rule["help"]["markdown"].startswith(rule["shortDescription"]["text"])


def test_codes_of_syntax_come_only_if_they_occur() -> None:
    source = Source("a ==", "a.pql")
    found = log([Diagnostic("PQL004", "no", (2, 4), source=source)], ["a.pql"])["runs"][0]
    assert found["tool"]["driver"]["rules"][0]["id"] == "PQL004"
    assert found["results"][0]["ruleIndex"] == 0
    assert found["artifacts"] == [{"location": {"uri": "a.pql", "uriBaseId": "%SRCROOT%"}}]


def test_related_places_fixes_and_paths() -> None:
    source = Source("a = (1", "a b.json")
    fix = Fix("close it", (Edit((6, 6), ")"),), True)
    without_text = Fix("for a tree", (), True)
    diagnostic = Diagnostic(
        "PQL003", "`(` is open", (6, 6), "warning", "close it", (Related("it opens here", (4, 5)),),
        (fix, without_text), path="$.expression.value", source=source,
    )  # fmt: skip
    found = result(diagnostic)
    assert found["level"] == "warning"
    assert found["message"]["text"] == "`(` is open\nhelp: close it"
    (place,) = found["locations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "a%20b.json"
    assert place["logicalLocations"] == [{"fullyQualifiedName": "$.expression.value", "kind": "value"}]
    assert found["relatedLocations"][0]["physicalLocation"]["region"]["startColumn"] == 5
    (written,) = found["fixes"]
    assert written["properties"] == {"safe": True}
    (replacement,) = written["artifactChanges"][0]["replacements"]
    assert replacement["insertedContent"] == {"text": ")"}
    assert replacement["deletedRegion"]["startColumn"] == replacement["deletedRegion"]["endColumn"] == 7


def test_diagnostics_without_file_have_no_place() -> None:
    found = result(Diagnostic("PQL010", "too deep"))
    assert found["locations"] == []
    VALIDATOR.validate(log([Diagnostic("PQL010", "too deep")], []))


def test_paths_are_those_of_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "repo" / "sub").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "repo" / "sub")
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    monkeypatch.delenv("CI_PROJECT_DIR", raising=False)

    def uri(name: str | Path) -> str:
        diagnostic = Diagnostic("PQL001", "x", (0, 1), source=Source("a", str(name)))
        place = result(diagnostic)["locations"][0]["physicalLocation"]["artifactLocation"]
        assert ("uriBaseId" in place) == (not place["uri"].startswith("file:"))
        return str(place["uri"])

    assert uri("x.pql") == uri("./x.pql") == uri(tmp_path / "repo" / "sub" / "x.pql") == "x.pql"
    assert uri("a:b.pql") == "a%3Ab.pql"
    assert uri("<stdin>") == "%3Cstdin%3E"
    outside = uri(tmp_path / "ä.pql")
    assert outside.startswith("file:///")
    assert unquote(outside).endswith("/ä.pql")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / "repo"))
    assert uri("x.pql") == "sub/x.pql"
