"""Does `pql check` say what is wrong, fix it, and end with the right code?"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pqltools.cli.check import Progress
from pqltools.cli.outputs import FORMATS
from running import Pql

ROOT = Path(__file__).parents[2]
BAD = "person.gender = person.gender"
COUNT = 'xEvent[eventType = "a"].count() > 0'
EXISTS = 'xEvent.exists(eventType = "a")'
FINE = 'person.name.firstName = "x"'


def test_nothing_wrong(pql: Pql) -> None:
    assert pql("check", "--isolated", "-", input=FINE) == (0, "checked 1 expression in 1 file: nothing found\n", "")


def test_a_warning(pql: Pql) -> None:
    ran = pql("check", "--isolated", "-", input=f"{FINE} and\n  {BAD}")
    assert ran.status == 1
    assert ran.err == ""
    assert ran.out.startswith(
        "<stdin>:2:3 PQL302 warning: `person.gender` is compared with itself\n  |\n2 |   person.gen"
    )
    assert ran.out.endswith("checked 1 expression in 1 file: 1 warning\n1 can be fixed with --fix\n")


def test_exit_codes(pql: Pql, tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    for severity, status in (("error", 1), ("warning", 1), ("information", 0), ("hint", 0), ("off", 0)):
        config.write_text(f'[severity]\nself-comparison = "{severity}"')
        assert pql("check", "--config", config, "-", input=BAD).status == status
    assert pql("check", "--isolated", "--exit-zero", "-", input="a ==").status == 0
    assert pql("check", "--isolated", "-", input="a ==").status == 1
    assert pql("check", tmp_path / "missing.pql").status == 1


def test_the_current_folder_is_checked_by_default(pql: Pql, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "a.pql").write_text(BAD)
    monkeypatch.chdir(tmp_path)
    assert f"{Path('x') / 'a.pql'}:1:1 PQL302" in pql("check").out


def test_no_files(pql: Pql, tmp_path: Path) -> None:
    assert pql("check", tmp_path) == (0, "no files with PQL found\n", "")


def test_selection(pql: Pql) -> None:
    def codes(*options: str) -> list[str]:
        ran = pql("check", "--isolated", "--output-format", "json", *options, "-", input=f"{BAD} and {COUNT}")
        return [entry["code"] for entry in json.loads(ran.out)]

    assert codes() == ["PQL302", "PQL401"]
    assert codes("--select", "PQL4") == ["PQL401"]
    assert codes("--select", "PQL1,self-comparison") == ["PQL302"]
    assert codes("--select", "PQL1", "--extend-select", "PQL302") == ["PQL302"]
    assert codes("--ignore", "PQL3", "--ignore", "PQL4") == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["--select", "nonsense"],
        ["--ignore", "self-comparision"],
        ["--method", "fast"],
        ["--as-of", "yesterday"],
        ["--jobs", "0"],
        ["--jobs", "many"],
        ["--output-format", "xml"],
        ["--statistics", "--output-format", "sarif"],
        ["--stdin-filename", "x.pql", "."],
        ["--unsafe-fixes"],
        ["--rehash"],
    ],
)
def test_wrong_use(pql: Pql, arguments: list[str]) -> None:
    ran = pql("check", *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert "usage: pql check" in ran.err


def test_suggests_the_rule(pql: Pql) -> None:
    assert "did you mean self-comparison?" in pql("check", "--select", "self-comparision").err


def test_fix(pql: Pql, tmp_path: Path) -> None:
    path = tmp_path / "a.pql"
    path.write_text(COUNT + "\n")
    ran = pql("check", "--isolated", "--fix", path)
    assert (ran.status, path.read_text()) == (0, EXISTS + "\n")
    assert ran.out == "fixed 1 finding in 1 file\nchecked 1 expression in 1 file: nothing found\n"
    assert pql("check", "--isolated", "--fix", path).out == "checked 1 expression in 1 file: nothing found\n"


def test_fix_of_standard_input_prints_the_result(pql: Pql) -> None:
    ran = pql("check", "--isolated", "--fix", "-", input=f"{COUNT} // kept\n")
    assert (ran.status, ran.out) == (0, f"{EXISTS} // kept\n")
    assert "fixed 1 finding" in ran.err
    ran = pql("check", "--isolated", "--fix", "-", input="a = (\n")
    assert (ran.status, ran.out) == (1, "a = (\n")
    assert "PQL0" in ran.err


def test_unsafe_fixes_must_be_asked_for(pql: Pql) -> None:
    text = 'homeAdress.city = "x"'
    ran = pql("check", "--isolated", "--fix", "-", input=text)
    assert ran.out == text
    assert "1 can be fixed with --unsafe-fixes" in ran.err
    assert pql("check", "--isolated", "--fix", "--unsafe-fixes", "-", input=text).out == 'homeAddress.city = "x"'


def test_diff(pql: Pql, tmp_path: Path) -> None:
    path = tmp_path / "a.pql"
    path.write_text(COUNT + "\n")
    ran = pql("check", "--isolated", "--diff", path)
    assert ran.status == 1
    assert ran.out == f"--- {path}\n+++ {path}\n@@ -1 +1 @@\n-{COUNT}\n+{EXISTS}\n"
    assert ran.err == "would fix 1 finding in 1 file\n"
    assert path.read_text() == COUNT + "\n"
    assert pql("check", "--isolated", "--diff", "-", input=FINE) == (0, "", "nothing to fix\n")


def test_noqa(pql: Pql) -> None:
    text = f"{BAD} // noqa: self-comparison"
    ran = pql("check", "--isolated", "-", input=text)
    assert ran == (0, "checked 1 expression in 1 file: nothing found, 1 suppressed\n", "")
    assert "PQL302" in pql("check", "--isolated", "--no-noqa", "-", input=text).out


def test_json(pql: Pql, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"name": "n", "expression": {"format": "pql/text", "value": f"{FINE} and {COUNT}"}}))
    ran = pql("check", "--isolated", "--output-format", "json", path)
    assert ran.err == ""
    (entry,) = json.loads(ran.out)
    assert (entry["file"], entry["code"], entry["name"]) == (str(path), "PQL401", "count-comparison")
    assert entry["path"] == "$.expression.value"
    text = path.read_text()
    place = slice(entry["start"]["offset"], entry["end"]["offset"])
    assert json.loads(f'"{text[place]}"') == COUNT
    assert entry["fixes"][0]["safe"] is True


def test_eligibility_in_json(pql: Pql) -> None:
    text = f"{FINE} and xEvent[timestamp occurs <= 3 days before now].exists()"
    ran = pql("check", "--isolated", "--method", "streaming", "--output-format", "json", "-", input=text)
    data = json.loads(ran.out)
    assert ran.status == 1
    assert "PQL501" in [entry["code"] for entry in data["diagnostics"]]
    (answer,) = data["eligibility"]
    assert (answer["method"], answer["eligible"]) == ("streaming", "no")
    rules = {rule["id"]: rule for rule in answer["rules"]}
    assert rules["S5"]["holds"] is False
    assert rules["S5"]["at"] == {"line": 1, "column": text.index("xEvent") + 1}
    older = pql(
        "check",
        "--isolated",
        "--method",
        "streaming",
        "--as-of",
        "2021-01-01",
        "--output-format",
        "json",
        "-",
        input=text,
    )
    assert json.loads(older.out)["eligibility"][0]["eligible"] != "no"


def test_statistics(pql: Pql) -> None:
    ran = pql("check", "--isolated", "--statistics", "-", input=f"{BAD} and {BAD} and {COUNT}")
    lines = ran.out.splitlines()
    assert lines[0].startswith("2 PQL302 warning")
    assert "<stdin>" not in ran.out
    ran = pql("check", "--isolated", "--statistics", "--output-format", "json", "-", input=BAD)
    assert json.loads(ran.out)[0]["count"] == 1


@pytest.mark.parametrize("format", FORMATS)
def test_formats_for_programs(pql: Pql, format: str) -> None:
    ran = pql("check", "--isolated", "--output-format", format, "-", input=BAD)
    assert ran.status == 1
    assert "PQL302" in ran.out or "self-comparison" in ran.out
    assert "checked 1 expression" not in ran.out
    assert ran.err == ""


def test_stdin_filename(pql: Pql, tmp_path: Path) -> None:
    (tmp_path / "pqltools.toml").write_text('[per-file-ignores]\n"a.yaml" = ["PQL302"]')
    text = f"expression:\n  format: pql/text\n  value: {BAD}\n"
    assert "PQL302" not in pql("check", "--stdin-filename", tmp_path / "a.yaml", "-", input=text).out
    ran = pql("check", "--stdin-filename", tmp_path / "b.yaml", "-", input=text)
    assert f"{tmp_path / 'b.yaml'}:3:10 PQL302" in ran.out


def test_schema_and_tenant(pql: Pql, tmp_path: Path) -> None:
    tier = {"type": "string", "meta:xdmType": "string"}
    schema = {
        "$id": "https://ns.adobe.com/acme/schemas/1",
        "title": "People",
        "type": "object",
        "meta:class": "https://ns.adobe.com/xdm/context/profile",
        "meta:xdmType": "object",
        "properties": {"_acme": {"type": "object", "properties": {"tier": tier}}},
    }
    (tmp_path / "s.json").write_text(json.dumps(schema))
    arguments = ["check", "--isolated", "--schema", tmp_path / "s.json", "-"]
    assert pql(*arguments, input='_acme.tier = "gold"').status == 0
    ran = pql(*arguments, input='_acme.teir = "gold"')
    assert ran.status == 1
    assert "did you mean `tier`?" in ran.out
    (tmp_path / "pqltools.toml").write_text('schemas = ["*.json"]')
    path = tmp_path / "a.pql"
    path.write_text('_acme.teir = "gold"')
    assert "did you mean `tier`?" in pql("check", path).out
    ran = pql("check", "--isolated", "--schema", tmp_path / "no.json", "-", input=FINE)
    assert ran.status == 1
    assert "no.json PQL044 there is no such file" in ran.out


def test_broken_configuration(pql: Pql, tmp_path: Path) -> None:
    (tmp_path / "pqltools.toml").write_text('# ours\nselct = ["PQL3"]')
    (tmp_path / "a.pql").write_text(BAD)
    ran = pql("check", tmp_path)
    assert ran.status == 1
    assert "pqltools.toml:2:1 PQL061 the configuration has no option `selct`" in ran.out
    assert "did you mean `select`?" in ran.out
    assert "PQL302" not in ran.out


def test_a_mistake_of_ours_exits_with_70(pql: Pql, monkeypatch: pytest.MonkeyPatch) -> None:
    from pqltools.workspace import expressions

    def fail(*_: object) -> None:
        raise RuntimeError("oops")

    monkeypatch.setattr(expressions, "check_tree", fail)
    ran = pql("check", "--isolated", "-", input=FINE)
    assert ran.status == 70
    assert "PQL064" in ran.out


def test_start_loads_nothing_slow(tmp_path: Path) -> None:
    script = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
sys.argv = ["pql", "check", "-"]
from pqltools.cli import main
try:
    main()
finally:
    print(*sys.modules, file=sys.stderr)
"""
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script], input=FINE, capture_output=True, text=True, check=True, cwd=tmp_path
    )
    slow = {"typing", "dataclasses", "inspect", "pathlib", "logging", "tomllib", "difflib", "datetime", "glob"}
    slow |= {"concurrent", "multiprocessing", "lark", "ruamel", "pydantic", "importlib.metadata", "calendar"}
    assert not slow & {*run.stderr.split()}


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("stream", [Screen, io.StringIO])
def test_progress_is_for_terminals_and_long_runs(stream: type[io.StringIO], monkeypatch: pytest.MonkeyPatch) -> None:
    out = stream()
    now = [0.0]
    monkeypatch.setattr(sys, "stderr", out)
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    progress = Progress()
    shown = []
    for done in range(1, 31):
        now[0] += 0.05
        progress.show(done * 100, 3_000)
        shown.append(out.getvalue())
    progress.clear()
    progress.clear()
    assert shown[18] == ""
    if stream is Screen:
        assert out.getvalue().startswith("\rchecked 2,000 of 3,000 files\rchecked 2,200 of 3,000 files\r")
        assert out.getvalue().endswith(f"\r{' ' * 28}\r")
    else:
        assert out.getvalue() == ""
