"""Do the hooks work in pre-commit?  The real tool installs them from this checkout into a scratch repository."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from pqltools.files import SUFFIXES
from running import Pql

ROOT = Path(__file__).parents[2]
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
HOOKS: dict[str, Any] = {hook["id"]: hook for hook in YAML(typ="safe").load(MANIFEST.read_text(encoding="utf-8"))}
#: Those that are given the files that changed; tests run all together.
FILE_HOOKS = [id for id, hook in HOOKS.items() if hook.get("pass_filenames", True)]

#: Files that many repositories have, and that hold no PQL.
UNRELATED = {
    "package.json": '{"name": "x", "version": "1"}',
    "tsconfig.json": '{\n  // an expression in a comment\n  "strict": true,\n}',
    "empty.json": "",
    "list.jsonl": '{"a": 1}\n{"a": 2}\n',
    "chart/values.yaml": "image: {{ .Values.expression }}\n",
    "rules.yml": "rules:\n  - expression: cel\n    format: other\n",
    "union.json": '{"meta:class": "https://ns.adobe.com/xdm/context/profile", "title": "pql"}',
}
BAD = 'homeAddress.city = "Bath" and homeAddress.city = "Bath"'
UGLY = "homeAddress.city='Bath'"
PRETTY = 'homeAddress.city = "Bath"'


def definition(text: str) -> str:
    return json.dumps({"name": "x", "expression": {"type": "PQL", "format": "pql/text", "value": text}})


def write(folder: Path, files: dict[str, str]) -> list[str]:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return [*files]


# What the hooks run, without the tool.


def run_hook(id: str, pql: Pql, names: list[str]) -> tuple[int, str]:
    program, *arguments = HOOKS[id]["entry"].split()
    assert program == "pql"
    ran = pql(*arguments, *[name for name in names if re.search(HOOKS[id]["files"], name)])
    return ran.status, ran.out + ran.err


def test_the_hooks_get_every_file_that_is_searched_for() -> None:
    for hook in HOOKS.values():
        assert all(re.search(hook["files"], f"a/b{suffix}") for suffix in SUFFIXES)
        assert not re.search(hook["files"], "json.py")
        assert hook["language"] == "python"


@pytest.mark.parametrize("id", FILE_HOOKS)
def test_unrelated_files_pass(id: str, pql: Pql, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = write(tmp_path, UNRELATED)
    monkeypatch.chdir(tmp_path)
    status, said = run_hook(id, pql, names)
    assert status == 0
    assert said.strip() in ("", "no files with PQL found")


def test_findings_fail(pql: Pql, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = write(tmp_path, {**UNRELATED, "sets/a.json": definition(BAD), "b.pql": PRETTY})
    monkeypatch.chdir(tmp_path)
    status, said = run_hook("pql-check", pql, names)
    assert status == 1
    assert "sets/a.json:1:" in said
    assert "PQL303" in said


def test_broken_definitions_fail(pql: Pql, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = write(tmp_path, {"a.json": definition("a = 1")[:-1]})
    monkeypatch.chdir(tmp_path)
    for id in FILE_HOOKS:
        status, said = run_hook(id, pql, names)
        assert status == 1
        assert "PQL030" in said


def test_definitions_that_refer_to_others_pass(pql: Pql, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hook gets the files that changed, not all that there are."""
    texts = {"a": 'inSegment("elsewhere")', "b": PRETTY}
    page = json.dumps([{"id": id, **json.loads(definition(text))} for id, text in texts.items()])
    names = write(tmp_path, {"a.json": page})
    monkeypatch.chdir(tmp_path)
    assert run_hook("pql-check", pql, names)[0] == 0
    assert "PQL110" in pql("check", ".").out


def test_format_rewrites_what_is_not_canonical(pql: Pql, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = write(tmp_path, {**UNRELATED, "a.json": definition(UGLY), "b.pql": UGLY})
    monkeypatch.chdir(tmp_path)
    assert run_hook("pql-format", pql, names)[0] == 0
    assert (tmp_path / "a.json").read_text() == definition(PRETTY)
    assert (tmp_path / "b.pql").read_text() == PRETTY + "\n"
    assert (tmp_path / "tsconfig.json").read_text() == UNRELATED["tsconfig.json"]


def test_tests_run_whatever_changed(pql: Pql, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert {*HOOKS} - {*FILE_HOOKS} == {"pql-test"}
    test = "definition: ../b.pql\ntests: [{with: {homeAddress.city: Bath}, qualifies: true}]\n"
    write(tmp_path, {**UNRELATED, "b.pql": PRETTY, "tests/b.test.yaml": test})
    monkeypatch.chdir(tmp_path)
    assert run_hook("pql-test", pql, [])[0] == 0
    write(tmp_path, {"b.pql": 'homeAddress.city = "Ulm"'})
    assert run_hook("pql-test", pql, [])[0] == 1


def test_without_the_option_named_files_must_hold_pql(pql: Pql, tmp_path: Path) -> None:
    write(tmp_path, UNRELATED)
    for command in ("check", "format"):
        assert pql(command, tmp_path / "package.json").status == 1


# The tool itself.


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.invalid", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def commit_all(folder: Path) -> str:
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--no-verify", "-m", "x")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A repository with what a release of pqltools has, committed, and its revision."""
    folder = tmp_path_factory.mktemp("pqltools")
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("pqltools", "grammar"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE", MANIFEST.name):
        shutil.copy(ROOT / name, folder / name)
    return folder, commit_all(folder)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps what it installs."""
    return tmp_path_factory.mktemp("home")


def pre_commit(folder: Path, home: Path, *arguments: str) -> tuple[int, str]:
    environment = {**os.environ, "PRE_COMMIT_HOME": str(home), "PRE_COMMIT_COLOR": "never"}
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.wheel
def test_manifest_is_valid(tmp_path: Path) -> None:
    assert pre_commit(tmp_path, tmp_path, "validate-manifest", str(MANIFEST)) == (0, "")


@pytest.mark.wheel
def test_in_a_scratch_repository(hooks: tuple[Path, str], home: Path, tmp_path: Path) -> None:
    repository, revision = hooks
    ids = "".join(f"      - id: {id}\n" for id in FILE_HOOKS)
    config = f"repos:\n  - repo: {repository}\n    rev: {revision}\n    hooks:\n{ids}"
    write(tmp_path, {**UNRELATED, "vip.pql": PRETTY + "\n", ".pre-commit-config.yaml": config})
    commit_all(tmp_path)

    status, said = pre_commit(tmp_path, home, "run", "--all-files")
    assert status == 0, said
    assert re.findall(r"^pql (\w+)\.+(\w+)", said, re.MULTILINE) == [("check", "Passed"), ("format", "Passed")]

    write(tmp_path, {"sets/a.json": definition(BAD), "b.pql": UGLY})
    git(tmp_path, "add", "-A")
    status, said = pre_commit(tmp_path, home, "run")
    assert status == 1, said
    assert re.findall(r"^pql (\w+)\.+(\w+)", said, re.MULTILINE) == [("check", "Failed"), ("format", "Failed")]
    assert "sets/a.json:1:" in said
    assert "files were modified by this hook" in said
    assert (tmp_path / "b.pql").read_text() == PRETTY + "\n"

    write(tmp_path, {"sets/a.json": definition(PRETTY)})
    git(tmp_path, "add", "-A")
    status, said = pre_commit(tmp_path, home, "run")
    assert status == 0, said
