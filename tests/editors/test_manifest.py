"""Does the manifest of the extension for VS Code say what the extension is and does?"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from editors.clients import EDITORS, ROOT, VSCODE
from pqltools import __version__
from pqltools.cli import main

MANIFEST = json.loads((VSCODE / "package.json").read_text(encoding="utf-8"))
CONTRIBUTES: dict[str, Any] = MANIFEST["contributes"]
SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in sorted((VSCODE / "src").glob("*.ts")))
DECLARED = {entry["command"] for entry in CONTRIBUTES["commands"]}


def texts(value: object) -> list[str]:
    """All strings inside a value."""
    if isinstance(value, str):
        return [value]
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for item in items for text in texts(item)]


def test_version_is_that_of_the_package_and_of_the_changelog() -> None:
    assert MANIFEST["version"] == __version__
    lock = json.loads((VSCODE / "package-lock.json").read_text(encoding="utf-8"))
    assert lock["version"] == lock["packages"][""]["version"] == __version__
    assert f"## {__version__}" in (VSCODE / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"pqltools-{__version__}.vsix" in (EDITORS / "README.md").read_text(encoding="utf-8")


def test_lock_file_names_no_other_registry() -> None:
    text = (VSCODE / "package-lock.json").read_text(encoding="utf-8")
    hosts = {*re.findall(r'"resolved": "https?://([^/"]+)', text)}
    assert hosts <= {"registry.npmjs.org"}
    lock = json.loads(text)
    asked = {**MANIFEST["dependencies"], **MANIFEST["devDependencies"]}
    root = lock["packages"][""]
    assert {**root["dependencies"], **root["devDependencies"]} == asked


def test_every_command_that_is_declared_is_implemented() -> None:
    implemented = {*re.findall(r'(?:registerCommand|\badd)\(\s*"([^"]+)"', SOURCES)}
    assert implemented == DECLARED


def test_commands_of_the_client_do_not_take_names_of_the_server() -> None:
    """The client's library registers the server's commands under their own names."""
    (table,) = re.findall(r"SERVER_COMMANDS = \{(.*?)\}", SOURCES, re.DOTALL)
    pairs = dict(re.findall(r'"([\w.]+)": "([\w.]+)"', table))
    assert {*pairs.values()} == {f"pql.{name}" for name in ("convert", "canonical", "describe", "showJson", "explain")}
    assert {*pairs} <= DECLARED
    assert not {*pairs.values()} & DECLARED


def test_every_command_that_is_named_somewhere_is_declared() -> None:
    elsewhere = {key: value for key, value in CONTRIBUTES.items() if key != "commands"}
    menu = {entry["id"] for entry in CONTRIBUTES["submenus"]}
    named = {name for text in texts(elsewhere) for name in re.findall(r"pql\.editor\.\w+", text)}
    assert named - menu <= DECLARED
    assert {*re.findall(r'"(pql\.editor\.\w+)"', SOURCES)} <= DECLARED
    assert menu <= {*CONTRIBUTES["menus"]}


def test_every_setting_is_described_and_documented() -> None:
    settings = CONTRIBUTES["configuration"]["properties"]
    page = (VSCODE / "README.md").read_text(encoding="utf-8")
    for name, schema in settings.items():
        assert schema["markdownDescription"].strip().endswith(".")
        assert "default" in schema
        assert f"`{name}`" in page
    common = (EDITORS / "README.md").read_text(encoding="utf-8")
    assert "`pql.checkOnType`" in common
    restricted = MANIFEST["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"]
    assert {*restricted} <= {*settings}


def test_every_command_is_documented() -> None:
    page = (VSCODE / "README.md").read_text(encoding="utf-8")
    for entry in CONTRIBUTES["commands"]:
        assert f"{entry['category']}: {entry['title']}".split(" (")[0] in page


def test_every_file_that_is_named_is_there() -> None:
    named = {MANIFEST["icon"]}
    for kind in ("languages", "grammars", "snippets"):
        for entry in CONTRIBUTES[kind]:
            named |= {entry[key] for key in ("path", "configuration") if key in entry}
    for walkthrough in CONTRIBUTES["walkthroughs"]:
        named |= {step["media"]["markdown"] for step in walkthrough["steps"]}
    assert len(named) > 10
    assert [name for name in sorted(named) if not (VSCODE / name).is_file()] == []


def test_package_holds_what_is_named_and_no_more() -> None:
    kept = {line[1:] for line in (VSCODE / ".vscodeignore").read_text().splitlines() if line.startswith("!")}
    for pattern in kept - {"dist/extension.js"}:
        assert [*VSCODE.glob(pattern)], pattern
    needed = {text.removeprefix("./") for text in texts(CONTRIBUTES) if re.search(r"/\S+\.(?:json|md)$", text)}
    matched = {path.relative_to(VSCODE).as_posix() for pattern in kept for path in VSCODE.glob(pattern)}
    assert {name for name in needed if "*" not in name} <= matched
    assert MANIFEST["main"].removeprefix("./") in kept


def test_extension_is_started_by_its_languages_files_and_tasks() -> None:
    events = {*MANIFEST["activationEvents"]}
    assert {f"onTaskType:{entry['type']}" for entry in CONTRIBUTES["taskDefinitions"]} <= events
    extensions = {name for entry in CONTRIBUTES["languages"] for name in entry["extensions"]}
    assert {f"workspaceContains:**/*{name}" for name in extensions} <= events
    contributed = {entry["id"] for entry in CONTRIBUTES["languages"]}
    (listed,) = re.findall(r"LANGUAGES = \[(.*?)\]", SOURCES)
    hosts = {*re.findall(r'"([\w-]+)"', listed)} - contributed
    # VS Code starts an extension for its own languages by itself; jsonc is that of settings, which hold no PQL.
    assert {f"onLanguage:{name}" for name in hosts - {"jsonc"}} <= events


def test_problem_matchers_go_by_patterns_that_exist() -> None:
    patterns = {f"${entry['name']}" for entry in CONTRIBUTES["problemPatterns"]}
    assert {entry["pattern"] for entry in CONTRIBUTES["problemMatchers"]} == patterns
    assert patterns <= {*re.findall(r'"(\$[\w-]+)"', SOURCES)}


def test_unit_tests_read_what_pql_check_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    segments = tmp_path / "segments"
    segments.mkdir()
    (segments / "broken.pql").write_text("a = 1\nand b = ")
    (segments / "page.json").write_text('{\n "expression": {"type":"PQL","format":"pql/text",\n"value": "`a:1` = 1"}}')
    (segments / "with space.pql").write_text('person.gender = "male" // noqa: PQL302 old\n')
    monkeypatch.chdir(tmp_path)
    assert main(["check", "--isolated", "segments", "gone.pql"]) == 1
    printed = capsys.readouterr().out
    assert printed == (VSCODE / "test" / "fixtures" / "check.txt").read_text(encoding="utf-8")


def test_licence_is_that_of_the_project() -> None:
    assert (VSCODE / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
