"""Does `pql test` run what there is, say what failed, and end with the right code?"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from pqltools.testing import running
from running import Pql

PASSES = "expression: a = 1\ntests:\n  - {name: Kim, with: {a: 1}, qualifies: true}\n"
FAILS = PASSES + "  - {name: tom, qualifies: true}\n"
BROKEN = PASSES + "  - {name: liz, qualifes: true}\n"


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        monkeypatch.delenv(name, raising=False)


def write(**files: str) -> None:
    for name, text in files.items():
        Path(f"{name}.test.yaml").write_text(text, encoding="utf-8")


def test_all_pass(pql: Pql) -> None:
    write(a=PASSES, b=PASSES)
    assert pql("test") == (0, "2 passed in 2 files\n", "")
    ran = pql("test", "-v", "a.test.yaml")
    assert ran == (0, "passed a.test.yaml:3 Kim\n\n1 passed in 1 file\n", "")


def test_a_failure(pql: Pql) -> None:
    write(a=FAILS)
    ran = pql("test", "--now", "2024-03-15T10:30:00Z")
    assert (ran.status, ran.err) == (1, "")
    assert ran.out == (
        "FAILED a.test.yaml:4 tom\n"
        "  a.test.yaml:1 at 2024-03-15T10:30:00Z\n"
        "  expected  qualifies\n"
        "  got       does not qualify (decided by a null)\n"
        "  because\n"
        "    ? a = 1 — the profile has no `a`\n"
        "\n"
        "    ? decided by a null: every test of what is missing is false, `!=` too\n"
        "\n"
        "1 failed, 1 passed in 1 file\n"
    )


def test_a_mistake_in_a_test(pql: Pql) -> None:
    write(a=BROKEN, b=PASSES)
    ran = pql("test")
    assert ran.status == 1
    assert "ERROR a.test.yaml:4 liz\n\na.test.yaml:4:17 PQL076 a test has no key `qualifes`" in ran.out
    assert ran.out.endswith("1 error, 2 passed in 2 files\n")


def test_a_mistake_in_a_file(pql: Pql) -> None:
    write(a="definition: a\ntests: [", b=PASSES)
    ran = pql("test")
    assert ran.status == 1
    assert ran.out.startswith("a.test.yaml:2:9 PQL043 ")
    assert ran.out.endswith("1 passed, 1 fault in 1 file\n")


def test_the_same_fault_is_drawn_once(pql: Pql) -> None:
    tests = "tests: [{name: x, qualifies: true}, {name: y, qualifies: true}]"
    write(
        a=f"expression: a ==\n{tests}", b=f"expression: a\nprofile: kim\nprofiles: {{kim: {{file: no.json}}}}\n{tests}"
    )
    ran = pql("test")
    assert ran.out.count("PQL004") == 1
    assert ran.out.count("PQL077") == 1
    assert ran.out.count("for the reason above") == 1


def test_no_tests(pql: Pql) -> None:
    assert pql("test") == (1, "no tests found\n", "")
    write(a=PASSES)
    assert pql("test", "--filter", "nobody") == (1, "no test of that name found\n", "")
    assert pql("test", "missing.test.yaml").status == 1
    assert "there is no such file" in pql("test", "missing.test.yaml").out


def test_discovery(pql: Pql) -> None:
    for name in ("b/x.test.yaml", "a/y.test.yml", "a/x.test.json", "a/x.yaml", ".hidden/x.test.yaml"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(json.dumps({"expression": "a", "tests": [{"qualifies": False}]}))
    Path("other.test.yaml").write_text("rules: []")
    Path("node_modules").mkdir()
    write(**{"node_modules/x": PASSES})
    ran = pql("test", "-v")
    assert re.findall(r"passed (\S+?):", ran.out) == ["a/x.test.json", "a/y.test.yml", "b/x.test.yaml"]
    assert pql("test", "a/x.yaml", "b").out == "2 passed in 2 files\n"
    Path("pqltools.toml").write_text("exclude = ['a']")
    assert pql("test").out == "1 passed in 1 file\n"


def test_filter_and_fail_fast(pql: Pql) -> None:
    write(a=FAILS, b=FAILS)
    assert pql("test", "--filter", "kIM").out == "2 passed in 2 files\n"
    assert pql("test", "--fail-fast").out.endswith("\n1 failed, 1 passed in 1 file\n")
    write(a="definition: a\ntests: [")
    assert pql("test", "--fail-fast").out.endswith("\n1 fault in 1 file\n")


def test_now(pql: Pql) -> None:
    write(a="expression: today\ntests: [{value: 2024-03-15}, {now: 2024-03-16, value: 2024-03-16}]")
    assert pql("test", "--now", "2024-03-15").status == 0
    assert pql("test").out.count("FAILED") == 1


def test_schema_and_tenant(pql: Pql) -> None:
    schemas = Path(__file__).parents[2] / "examples" / "schemas"
    write(a="expression: _acme.membership.color\ntests: [{diagnostics: [unknown-field]}]")
    assert pql("test").status == 1
    assert pql("test", "--schema", schemas, "--tenant", "_acme").status == 0
    Path("pqltools.toml").write_text(f"schemas = [{json.dumps(str(schemas))}]")
    assert pql("test").status == 0
    Path("pqltools.toml").write_text("schemas = 3")
    ran = pql("test")
    assert (ran.status, "PQL062" in ran.out) == (1, True)


def test_coverage(pql: Pql) -> None:
    write(a=PASSES)
    ran = pql("test", "--coverage")
    assert ran.status == 0
    assert ran.out == (
        "coverage of a.test.yaml:1: 1 of 2 outcomes\n  1:13 never false  a = 1\ncoverage 50%\n1 passed in 1 file\n"
    )
    assert pql("test", "--coverage-fail-under", "50").status == 0
    ran = pql("test", "--coverage-fail-under", "50.5")
    assert (ran.status, "coverage 50%, below 50.5%" in ran.out) == (1, True)


def test_json(pql: Pql) -> None:
    write(a=FAILS, b=BROKEN, c="definition: a\ntests: [")
    ran = pql("test", "--output-format", "json", "--coverage", "--now", "2024-03-15")
    assert (ran.status, ran.err) == (1, "")
    data = json.loads(ran.out)
    assert data.keys() == {"tests", "problems", "coverage"}
    assert [(test["name"], test["status"], test["line"]) for test in data["tests"]] == [
        ("Kim", "passed", 3), ("tom", "failed", 4), ("Kim", "passed", 3), ("liz", "error", 4)
    ]  # fmt: skip
    failed = data["tests"][1]
    assert (failed["kind"], failed["expected"], failed["got"]) == ("qualifies", True, False)
    told = failed["explanation"]
    assert (told["text"], told["holds"], told["decidedByNull"]) == ("a = 1", False, True)
    assert told["children"] == [{"kind": "expression", "text": "a", "value": None, "notes": ["the profile has no `a`"]}]
    assert [test["explanation"] for test in data["tests"] if test["status"] != "failed"] == [None] * 3
    assert failed["now"] == "2024-03-15T00:00:00Z"
    assert [problem["code"] for problem in data["problems"]] == ["PQL043"]
    assert data["coverage"]["percent"] == 75
    assert data["coverage"]["definitions"][1]["gaps"] == [{"line": 1, "column": 13, "text": "a = 1", "never": [False]}]
    assert json.loads(pql("test", "--output-format", "json", "a.test.yaml").out)["coverage"] is None


def test_junit(pql: Pql) -> None:
    write(a=FAILS.replace("tom", "'<tom> & \"\\0'"), b=BROKEN, c="definition: a\ntests: [")
    ran = pql("test", "--output-format", "junit")
    assert ran.status == 1
    root = ElementTree.fromstring(ran.out.encode())
    assert root.attrib == {"name": "pql test", "tests": "5", "failures": "1", "errors": "2"}
    assert [suite.attrib["name"] for suite in root] == ["a.test.yaml", "b.test.yaml", "c.test.yaml"]
    cases: list[Any] = root.findall(".//testcase")
    assert [(case.attrib["line"], [inner.tag for inner in case]) for case in cases] == [
        ("3", []), ("4", ["failure"]), ("3", []), ("4", ["error"]), ("2", ["error"])
    ]  # fmt: skip
    assert cases[1].attrib["name"] == '<tom> & "\\0'
    assert cases[1][0].attrib["message"] == "expected qualifies, got does not qualify"
    assert "  got       does not qualify" in cases[1][0].text
    assert "    ? a = 1 — the profile has no `a`" in cases[1][0].text


@pytest.mark.parametrize(
    "arguments",
    [
        ["--now", "soon"],
        ["--coverage-fail-under", "101"],
        ["--coverage-fail-under", "half"],
        ["--output-format", "sarif"],
        ["--nonsense"],
    ],
)
def test_wrong_use(pql: Pql, arguments: list[str]) -> None:
    ran = pql("test", *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert "usage: pql test" in ran.err


def test_a_mistake_of_ours(pql: Pql, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.delenv("PQL_TRACEBACK", raising=False)
    monkeypatch.setattr(running, "difference", broken)
    write(a=FAILS)
    ran = pql("test")
    assert ran.status == 70
    assert ran.out.count("PQL078") == 2


def test_interrupted(pql: Pql, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "difference", interrupted)
    write(a=FAILS)
    ran = pql("test")
    assert (ran.status, ran.err) == (130, "pql: interrupted\n")


def test_on_a_terminal(pql: Pql, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pqltools.cli.verdicts.terminal", lambda _: (80, True))
    write(a=FAILS)
    assert "\x1b[31mFAILED\x1b[0m" in pql("test").out


def test_deep_expressions(pql: Pql) -> None:
    text = "not (" * 90 + "a" + ")" * 90
    write(a=f"expression: '{text}'\ntests: [{{with: {{a: true}}, qualifies: true}}, {{qualifies: true}}]")
    assert pql("test", "--coverage").out.endswith("1 failed, 1 passed in 1 file\n")


def test_other_commands_pass_test_files_over(pql: Pql) -> None:
    Path("a.pql").write_text('homeAddress.city = "Bath"\n')
    write(a="definition: a.pql\nsegments: {x: {expression: y}}\ntests: [{qualifies: false}]  # pql", b=FAILS + "# pql")
    Path("c.test.json").write_text(json.dumps({"expression": {"nodeType": "x"}, "tests": [], "x": "pql"}))
    assert pql("check") == (0, "checked 1 expression in 1 file: nothing found\n", "")
    assert pql("format", ".").status == 0
    assert pql("deps", ".").status == 0
    names = sorted(map(str, Path().glob("*.test.*")))
    assert pql("check", "--skip-unrelated", *names).status == 0
    assert pql("format", "--skip-unrelated", *names).status == 0
