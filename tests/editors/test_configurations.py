"""Do the configurations for editors parse, and do they say the same?"""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import pqltools
from editors.clients import EDITORS, ROOT, VSCODE
from pqltools.cli import main
from pqltools.functions.registry import functions
from pqltools.highlighting.words import pattern

IGNORED = ("node_modules", "dist", "dist-test")
FILES = sorted(
    path
    for path in EDITORS.rglob("*")
    if path.is_file() and not {*IGNORED} & {*path.relative_to(EDITORS).parts} and path.suffix != ".vsix"
)
#: The settings of the section `pql` that concern the server, whatever the editor.
SETTINGS = {"checkOnType", "now"}


def load(*parts: str) -> Any:
    return json.loads(EDITORS.joinpath(*parts).read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".json"], ids=lambda path: path.name)
def test_json_is_json(path: Path) -> None:
    if path.parent.name != "scopes":
        json.loads(path.read_text(encoding="utf-8"))


def test_helix_starts_the_server_for_all_hosts() -> None:
    config = tomllib.loads((EDITORS / "helix" / "languages.toml").read_text(encoding="utf-8"))
    assert {"command": "pql", "args": ["lsp"]}.items() <= config["language-server"]["pql"].items()
    assert {*config["language-server"]["pql"]["config"]["pql"]} <= SETTINGS
    servers = {entry["name"]: entry["language-servers"] for entry in config["language"]}
    assert {*servers} == {"pql", "pql-json", "json", "jsonc", "yaml"}
    assert all("pql" in listed for listed in servers.values())


def test_sublime_starts_the_server() -> None:
    client = load("sublime", "LSP.sublime-settings")["clients"]["pql"]
    assert client["command"] == ["pql", "lsp"]
    assert "source.pql" in client["selector"].split(" | ")
    assert {key.removeprefix("pql.") for key in client["settings"]} <= SETTINGS


def test_jetbrains_template_is_whole() -> None:
    template = load("jetbrains", "pql", "template.json")
    assert all("pql" in command and "lsp" in command for command in template["programArgs"].values())
    kinds = {entry["languageId"]: entry["fileType"] for entry in template["fileTypeMappings"]}
    assert kinds["pql"]["patterns"] == ["*.pql"]
    schema = load("jetbrains", "pql", "settings.schema.json")
    jsonschema.Draft7Validator.check_schema(schema)
    jsonschema.validate(load("jetbrains", "pql", "settings.json"), schema)
    assert {key.removeprefix("pql.") for key in schema["properties"]} == SETTINGS


def test_vscode_has_the_settings_of_the_others() -> None:
    properties = load("vscode", "package.json")["contributes"]["configuration"]["properties"]
    assert {f"pql.{name}" for name in SETTINGS} <= {*properties}
    page = (EDITORS / "README.md").read_text(encoding="utf-8")
    assert {f"pql.{name}" for name in SETTINGS} == {
        *re.findall(r"^\| `(pql\.\w+)` \| .* \| .* \|$", page, re.MULTILINE)
    } - {f"pql.{name}" for name in ("convert", "canonical", "describe", "showJson", "explain", "evaluateSample")}


def test_words_of_the_language_configuration_are_names_of_the_grammar() -> None:
    word = re.compile(load("vscode", "language-configuration.json")["wordPattern"])
    assert pattern("NAME") in word.pattern
    for name in ("person", "xdm:name", "xdm:@id", "_acme", "a1", "12", "1.5e-3", "56L"):
        assert word.fullmatch(name), name
    assert word.findall("`ds-id`.a") == ["ds", "id", "a"]


@pytest.mark.parametrize(
    ("line", "more"),
    [
        ("chain(xEvent, timestamp, [", True),
        ("  f(", True),
        ('a = "(" and (', True),
        ("f(a)", False),
        ('a = "f("', False),
        ("a // f(", False),
        ("a and b", False),
    ],
)
def test_open_brackets_indent(line: str, more: bool) -> None:
    rules = load("vscode", "language-configuration.json")["indentationRules"]
    assert bool(re.search(rules["increaseIndentPattern"], line)) == more
    assert re.search(rules["decreaseIndentPattern"], "  ])")


def test_snippets_are_pql() -> None:
    snippets = load("vscode", "snippets", "pql.json")
    assert len({snippet["prefix"] for snippet in snippets.values()}) == len(snippets) >= 10
    for name, snippet in snippets.items():
        assert snippet["description"], name
        body = snippet["body"]
        text = body if isinstance(body, str) else "\n".join(body)
        if not text.startswith("//"):
            pqltools.parse(filled(text))


@pytest.mark.parametrize("language", ["json", "yaml"])
def test_snippets_of_definitions_are_definitions(language: str, tmp_path: Path) -> None:
    (snippet,) = load("vscode", "snippets", f"definitions-{language}.json").values()
    path = tmp_path / f"new.{language}"
    path.write_text(filled("\n".join(snippet["body"])), encoding="utf-8")
    assert main(["check", "--isolated", str(path)]) == 0


def filled(text: str) -> str:
    """The snippet as it stands when the user takes all that is offered; an empty place gets an `x`."""
    values: dict[str, str] = {}

    def place(match: re.Match[str]) -> str:
        number, value, choices, bare = match.groups()
        if bare:
            return values.get(bare, "x")
        values[number] = choices.split(",")[0] if choices else value
        return values[number]

    return re.sub(r"\$\{(\d+)(?::([^}]*)|\|([^|]*)\|)\}|\$(\d+)", place, text)


def test_new_expression_and_walkthrough_are_pql() -> None:
    source = (VSCODE / "src" / "extension.ts").read_text(encoding="utf-8")
    (content,) = re.findall(r"const content = '(.*)';", source)
    pqltools.parse(content.replace("\\n", "\n"))
    for path in (VSCODE / "walkthrough").glob("*.md"):
        for block in re.findall(r"```pql\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL):
            pqltools.parse(block)


def test_icon_is_what_its_script_draws() -> None:
    spec = importlib.util.spec_from_file_location("icon", VSCODE / "scripts" / "icon.py")
    assert spec
    assert spec.loader
    icon = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(icon)
    drawn = (VSCODE / "icon.png").read_bytes()
    # Compression may differ between versions of zlib; the header with the size does not.
    assert drawn[:33] == icon.png()[:33]
    assert icon.SIZE >= 128


def test_every_folder_is_on_the_page() -> None:
    page = (EDITORS / "README.md").read_text(encoding="utf-8")
    for folder in sorted(path.name for path in EDITORS.iterdir() if path.is_dir()):
        assert f"{folder}/" in page, folder


def test_links_of_the_pages_lead_somewhere() -> None:
    for page in (path for path in FILES if path.suffix == ".md"):
        for target in re.findall(r"\]\((?!https?:|#|command:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_nothing_that_is_built_is_committed() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    listed = subprocess.run(["git", "ls-files", "editors"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert listed
    assert not [
        name for name in listed.splitlines() if {*IGNORED} & {*name.split("/")} or name.endswith((".vsix", ".elc"))
    ]


def test_snippets_call_functions_that_exist() -> None:
    names = {entry.name for entry in functions()}
    texts = json.dumps(load("vscode", "snippets", "pql.json"))
    assert {*re.findall(r"\.(\w+)\(", texts)} <= names
