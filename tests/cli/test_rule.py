"""Does `pql rule` explain every code?"""

from __future__ import annotations

import json
import re

import pytest

from pqltools.checks.registry import all_rules
from pqltools.diagnostics import CODES
from running import Pql


def test_page_by_code_name_and_in_any_case(pql: Pql) -> None:
    ran = pql("rule", "PQL111")
    assert ran.status == 0
    assert ran.out.startswith("PQL111 segment-cycle (error)\n\nA definition depends on itself")
    assert ran.out.endswith("Suppress with `// noqa: PQL111`, or `--ignore PQL111`.\n")
    assert ran.out == pql("rule", "segment-cycle").out == pql("rule", "pql111").out


def test_prefix_prints_all_that_it_fits(pql: Pql) -> None:
    out = pql("rule", "PQL11").out
    assert re.findall(r"^PQL\d+ ", out, re.MULTILINE) == ["PQL110 ", "PQL111 ", "PQL112 "]


def test_page_says_whether_there_is_a_fix(pql: Pql) -> None:
    assert "Fixable: " in pql("rule", "PQL110").out
    assert "Fixable: " not in pql("rule", "PQL111").out


def test_codes_of_syntax_have_their_line_and_the_decisions_behind_it(pql: Pql) -> None:
    assert pql("rule", "PQL041").out == (
        "PQL041 format-mismatch\n\n`expression.format` and `expression.value` disagree.\n"
    )
    out = pql("rule", "unknown-escape").out
    assert out.startswith("PQL015 unknown-escape\n\nA backslash that starts no known escape is kept as it is.\n\n")
    assert "grammar/README.md, “Words and literals”" in out.replace("\n", " ")


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("segment-cicle", "did you mean `segment-cycle`?"),
        ("PQL999", "`pql rule` lists all"),
        ("@", "`pql rule` lists all"),
    ],
)
def test_unknown_rules(pql: Pql, asked: str, hint: str) -> None:
    ran = pql("rule", asked)
    assert (ran.status, ran.out) == (2, "")
    assert f"there is no rule `{asked}`" in ran.err
    assert hint in ran.err


def test_list_has_every_code(pql: Pql) -> None:
    lines = pql("rule").out.splitlines()
    listed = [line.split()[0] for line in lines if line.startswith("PQL")]
    assert listed == sorted(CODES)
    assert "Names and fields" in lines
    (line,) = [line for line in lines if line.startswith("PQL110")]
    assert re.fullmatch(r"PQL110 unknown-segment +warning +\* `inSegment` names a definition that .*\.", line)


def test_all_pages(pql: Pql) -> None:
    out = pql("rule", "--all").out
    for rule in all_rules():
        assert f"{rule.code} {rule.name} ({rule.severity})\n" in out


def test_json(pql: Pql) -> None:
    (entry,) = json.loads(pql("rule", "PQL110", "--output-format", "json").out)
    assert entry["page"].startswith("`inSegment` names")
    del entry["page"]
    assert entry == {
        "code": "PQL110",
        "name": "unknown-segment",
        "summary": "`inSegment` names a definition that is not among the given ones.",
        "severity": "warning",
        "off": False,
        "fixable": True,
    }
    everything = json.loads(pql("rule", "--output-format", "json").out)
    assert [entry["code"] for entry in everything] == sorted(CODES)
    assert everything == json.loads(pql("rule", "--all", "--output-format", "json").out)


def test_all_goes_without_codes(pql: Pql) -> None:
    assert pql("rule", "--all", "PQL111").status == 2
