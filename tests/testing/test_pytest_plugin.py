"""Does pytest collect and run the tests of segments, at no cost where there are none?"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

pytest_plugins = "pytester"

ROOT = Path(__file__).parents[2]
MODULE = "pqltools.testing.pytest_plugin"
#: A module must not be registered under two names: where the entry point is installed it is loaded by its own.
NAME = "pqltools" if "pqltools" in entry_points(group="pytest11").names else MODULE
TEXT = """
definition: a.pql
profiles: {kim: {a: 1}}
tests:
  - {profile: kim, qualifies: true}
  - {name: wrong, profile: kim, qualifies: false}
  - {qualifes: true}
"""


@pytest.fixture
def folder(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    # Other plugins that are installed here may warn, and warnings are errors in this project.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    (pytester.path / "a.pql").write_text("a = 1")
    pytester.makepyprojecttoml(
        '[tool.pytest.ini_options]\nfilterwarnings = ["error"]\naddopts = "--import-mode=importlib"'
    )
    return pytester


def run(folder: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return folder.runpytest_subprocess("-p", NAME, "-p", "no:cacheprovider", *arguments)


def write(folder: pytest.Pytester, text: str = TEXT, name: str = "a.test.yaml") -> None:
    (folder.path / name).write_text(text)


def test_items_are_named_after_the_tests(folder: pytest.Pytester) -> None:
    write(folder)
    result = run(folder, "-v")
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        ["a.test.yaml::kim qualifies PASSED*", "a.test.yaml::wrong FAILED*", "a.test.yaml::test 3 FAILED*"]
    )


def test_failures_say_what_the_command_says(folder: pytest.Pytester) -> None:
    write(folder)
    result = run(folder)
    result.stdout.fnmatch_lines(
        ["a.test.yaml:6 wrong", "  expected  does not qualify", "  got       qualifies", "    ✓ a = 1 — a is 1"]
    )
    result.stdout.fnmatch_lines(["a.test.yaml:7:6 PQL076 a test has no key `qualifes`*", "*did you mean `qualifies`?"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_selection_and_junit(folder: pytest.Pytester) -> None:
    write(folder)
    run(folder, "-k", "kim").assert_outcomes(passed=1, deselected=2)
    run(folder, "a.test.yaml::wrong").assert_outcomes(failed=1)
    run(folder, "-x").assert_outcomes(passed=1, failed=1)
    run(folder, "--junit-xml=r.xml")
    assert "expected  does not qualify" in (folder.path / "r.xml").read_text()


def test_files_of_every_name(folder: pytest.Pytester) -> None:
    test = {"definition": "a.pql", "tests": [{"qualifies": False}]}
    for name in ("a.test.yaml", "b.test.yml", "c.test.json", "d.yaml", "test_e.yaml"):
        write(folder, json.dumps(test), name)
    run(folder).assert_outcomes(passed=3)


def test_broken_files_fail_and_stop_no_other(folder: pytest.Pytester) -> None:
    write(folder)
    write(folder, "definition: none.pql\ntests: [{qualifies: true}]", "b.test.yaml")
    write(folder, "tests: [definition: {", "c.test.yaml")
    result = run(folder)
    result.assert_outcomes(passed=1, failed=4)
    result.stdout.fnmatch_lines(["b.test.yaml:1:13 PQL077 there is no file `none.pql`*", "c.test.yaml:1:22 PQL043*"])


def test_files_of_other_tools_are_left_alone(folder: pytest.Pytester) -> None:
    write(folder, "rules:\n  - id: x\n")
    folder.makepyfile("def test_one(): pass")
    run(folder).assert_outcomes(passed=1)
    run(folder, "a.test.yaml").assert_outcomes(failed=1)


def test_the_configuration_and_the_schema(folder: pytest.Pytester) -> None:
    schemas = ROOT / "examples" / "schemas"
    (folder.path / "pqltools.toml").write_text(f"schemas = [{json.dumps(str(schemas))}]\ntenant = 'acme'")
    write(folder, "expression: _acme.membership.colour\ntests: [{diagnostics: []}, {value: null}]")
    run(folder).assert_outcomes(passed=2)


def test_with_other_tests_in_subfolders(folder: pytest.Pytester) -> None:
    inner = folder.mkdir("inner")
    (inner / "a.test.yaml").write_text("definition: ../a.pql\ntests: [{qualifies: false}]")
    folder.makepyfile("def test_one(): pass")
    run(folder).assert_outcomes(passed=2)


def test_in_several_processes(folder: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    write(folder)
    result = folder.runpytest_subprocess("-p", MODULE, "-p", "xdist", "-p", "no:cacheprovider", "-n", "2")
    result.assert_outcomes(passed=1, failed=2)


def test_it_costs_nothing_where_there_are_no_such_files(folder: pytest.Pytester) -> None:
    folder.makepyfile("def test_one(): pass")
    script = (
        "import sys, pytest\n"
        f"status = pytest.main(['-q', '-p', {MODULE!r}, '-p', 'no:cacheprovider'])\n"
        "loaded = [name for name in sys.modules if name.startswith('pqltools')]\n"
        "print('loaded', *sorted(loaded))\nsys.exit(status)\n"
    )
    environment = {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment)
    loaded = done.stdout.splitlines()[-1].split()[1:]
    assert set(loaded) <= {"pqltools", "pqltools.testing", "pqltools.testing.file_names", MODULE}
    assert MODULE in loaded


def test_the_entry_point_is_declared() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {"pqltools": MODULE}
