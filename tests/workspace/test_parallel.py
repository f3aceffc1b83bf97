"""Do several processes say the same as one, in the same order, whatever happens to them?"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from checking_files import checked, found
from pqltools.checks.registry import all_rules
from pqltools.workspace.parallel import worthwhile

BAD = "person.gender = person.gender"
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")


def folder(path: Path, count: int = 12) -> Path:
    for number in range(count):
        text = " and ".join([BAD] * (number % 3 + 1)) + " // noqa: PQL401"
        definition = {"name": str(number), "expression": {"type": "PQL", "format": "pql/text", "value": text}}
        (path / f"{number:02}.json").write_text(json.dumps(definition))
    (path / "broken.json").write_text('{"expression": ')
    return path


def test_the_same_reports_in_the_same_order(tmp_path: Path) -> None:
    folder(tmp_path)
    for options in ({}, {"fix": True, "unsafe": True}):
        alone, together = (checked(tmp_path, jobs=jobs, **options) for jobs in (1, 3))
        assert [report.name for report in together] == sorted(report.name for report in together)
        assert [report.name for report in alone] == [report.name for report in together]
        for one, other in zip(alone, together, strict=True):
            assert found(one) == found(other)
            assert one.diagnostics == other.diagnostics
            assert (one.suppressed, one.applied, one.before) == (other.suppressed, other.applied, other.before)
            assert one.source.text == other.source.text
            assert (one.file is None) == (other.file is None)


def test_fixes_are_written(tmp_path: Path) -> None:
    folder(tmp_path)
    checked(tmp_path, jobs=2, fix=True, write=True)
    assert all("isNotNull" in path.read_text() for path in tmp_path.glob("[0-9]*.json"))
    assert not [*tmp_path.glob(".*")]


def test_what_dies_takes_nothing_with_it(tmp_path: Path) -> None:
    folder(tmp_path, 6)
    (tmp_path / "03.json").write_text((tmp_path / "03.json").read_text().replace("person.gender", "person.killer"))
    rule = next(rule for rule in all_rules() if rule.code == "PQL302")
    check = rule.check

    def die(node: object, context: object) -> None:
        if "killer" in str(getattr(context, "text", "")):
            os._exit(3)
        check(node, context)  # type: ignore[arg-type]

    object.__setattr__(rule, "check", die)
    try:
        reports = checked(tmp_path, jobs=2)
    finally:
        object.__setattr__(rule, "check", check)
    codes = {Path(report.name).name: [code for code, _, _ in found(report)] for report in reports}
    assert codes["03.json"] == ["PQL064"]
    assert all("PQL302" in codes[f"{number:02}.json"] for number in range(6) if number != 3)


def test_when_processes_pay() -> None:
    assert worthwhile([10_000_000, 10_000_000], 1) == 1
    assert worthwhile([10, 10, 10], None) == 1
    assert worthwhile([10, 10, 10], 8) == 3
    assert worthwhile([10_000_000], 4) == 1
    assert worthwhile([], None) == 1
    assert worthwhile([10_000_000, 10], None) == 1
    assert worthwhile([1_000_000] * 8, None) <= 8


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupt_leaves_whole_files(tmp_path: Path, jobs: str) -> None:
    for number in range(4):
        values = [f"{BAD} and x{n} = {n}" for n in range(2_500)]
        definitions = [{"expression": {"type": "PQL", "format": "pql/text", "value": value}} for value in values]
        (tmp_path / f"{number}.json").write_text(json.dumps(definitions))
    before = {path.name: path.read_text() for path in tmp_path.iterdir()}
    command = [sys.executable, "-m", "pqltools", "check", "--isolated", "--fix", "--jobs", jobs, str(tmp_path)]
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, cwd=root
    )
    time.sleep(1.5)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.decode() == "pql: interrupted\n"
    assert {path.name for path in tmp_path.iterdir()} == {*before}
    for path in tmp_path.iterdir():
        assert len(json.loads(path.read_text())) == 2_500
