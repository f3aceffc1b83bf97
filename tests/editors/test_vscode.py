"""Is the extension for VS Code right as far as Node can tell: types, lint, unit tests, grammars, and the package?"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tomllib
import zipfile
from pathlib import Path

import pytest

from editors.clients import ROOT, VSCODE, program, run

pytestmark = pytest.mark.editors
TEXTS: list[str] = [
    case["text"]
    for path in sorted((ROOT / "tests" / "corpus").glob("*.toml"))
    for case in tomllib.loads(path.read_text(encoding="utf-8")).get("accept", [])
]
VERSION = json.loads((VSCODE / "package.json").read_text(encoding="utf-8"))["version"]


@pytest.fixture(scope="module")
def extension(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources with the packages that the lock file names.

    `PQL_NODE_MODULES` may name a folder to keep them in between runs.
    """
    npm = program("npm")
    folder = tmp_path_factory.mktemp("extension") / "vscode"
    shutil.copytree(VSCODE, folder, ignore=shutil.ignore_patterns("node_modules", "dist", "dist-test", "*.vsix"))
    kept = os.environ.get("PQL_NODE_MODULES")
    lock = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()[:16]
    store = Path(kept) / lock / "node_modules" if kept else None
    if store and store.is_dir():
        (folder / "node_modules").symlink_to(store)
        return folder
    run(npm, "ci", "--no-audit", "--no-fund", "--loglevel=error", folder=folder, timeout=900)
    if store:
        store.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(folder / "node_modules", store)
        (folder / "node_modules").symlink_to(store)
    return folder


def npm_run(folder: Path, script: str) -> str:
    return run(program("npm"), "run", "--silent", script, folder=folder, timeout=600)


def test_types_and_lint(extension: Path) -> None:
    npm_run(extension, "check")


def test_unit_tests(extension: Path) -> None:
    npm_run(extension, "build")
    printed = npm_run(extension, "test:unit")
    assert "fail 0" in printed
    assert "tests 0" not in printed


def test_grammars_have_these_scopes_and_snapshots(extension: Path) -> None:
    printed = npm_run(extension, "test:grammar")
    assert printed.count("run success") == len([*(VSCODE / "test" / "grammar").glob("s*/*[!p]")])


def test_a_grammar_that_is_wrong_fails(extension: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(extension, broken, ignore=shutil.ignore_patterns("node_modules"))
    (broken / "node_modules").symlink_to((extension / "node_modules").resolve())
    grammar = broken / "syntaxes" / "pql.tmLanguage.json"
    grammar.write_text(grammar.read_text(encoding="utf-8").replace("keyword.operator.logical.pql", "comment.pql"))
    with pytest.raises(AssertionError, match="missing required scopes"):
        npm_run(broken, "test:grammar")


def test_package_holds_what_it_needs_and_no_more(extension: Path) -> None:
    npm_run(extension, "package")
    with zipfile.ZipFile(extension / f"pqltools-{VERSION}.vsix") as package:
        names = {name.removeprefix("extension/") for name in package.namelist()}
        bundle = package.read("extension/dist/extension.js").decode()
    kept = {line[1:] for line in (VSCODE / ".vscodeignore").read_text().splitlines() if line.startswith("!")}
    files = {path.relative_to(VSCODE).as_posix() for pattern in kept for path in VSCODE.glob(pattern)}
    # The packaging tool gives these names of its own.
    renamed = {"README.md": "readme.md", "CHANGELOG.md": "changelog.md", "LICENSE": "LICENSE.txt"}
    expected = {renamed.get(name, name) for name in files} | {"dist/extension.js"}
    assert names == expected | {"[Content_Types].xml", "extension.vsixmanifest"}
    assert 'require("vscode")' in bundle
    assert "sourceMappingURL" not in bundle


def hosted(text: str) -> list[tuple[str, list[str]]]:
    """Files of every host with the expression as the value, and something behind it."""
    quoted = json.dumps(text, ensure_ascii=False)
    single = text.replace("'", "''")
    hosts = [
        (".jsonl", [f'{{"expression": {{"type": "PQL", "value": {quoted}, "x": 1}}, "AFTER": 2}}']),
        (".json", ["{", '"expression": {', '"format": "pql/text",', f'"value": {quoted}', "},", '"AFTER": 2', "}"]),
        (".yaml", ["expression:", "  type: PQL", f"  value: {quoted}", "AFTER: 2"]),
        (
            ".yaml",
            ["expression:", "  type: PQL", "  value: |-", *(f"    {line}" for line in text.split("\n")), "AFTER: 2"],
        ),
        (".yaml", [f"expression: {{type: PQL, value: {quoted}}}", "AFTER: 2"]),
    ]
    if "\n" not in text:
        hosts.append((".yaml", ["expression:", "  type: PQL", f"  value: '{single}'", "AFTER: 2"]))
    return hosts


def test_no_expression_of_the_corpus_runs_out_of_its_host(extension: Path) -> None:
    """The key behind the value has the colour of a key, and what is inside the value counts as embedded."""
    scopes = {".json": "source.json", ".jsonl": "source.json.lines", ".yaml": "source.yaml"}
    keys = {
        ".json": "support.type.property-name.json",
        ".jsonl": "support.type.property-name.json.lines",
        ".yaml": "entity.name.tag.yaml",
    }
    folder = extension / "test" / "grammar" / "hosted"
    folder.mkdir()
    count = 0
    for number, text in enumerate(TEXTS):
        for variant, (suffix, lines) in enumerate(hosted(text)):
            # A name of two letters and a blank that no line of an expression begins with.
            mark = "§§"
            written = [f'{mark} SYNTAX TEST "{scopes[suffix]}"']
            for line in lines:
                written.append(line)
                if "AFTER" in line:
                    # An assertion can only point behind the mark, so at a part of the key.
                    start = max(line.rindex("AFTER"), len(mark))
                    caret = "^" * (line.rindex("AFTER") + len("AFTER") - start)
                    written.append(f"{mark}{' ' * (start - len(mark))}{caret} {keys[suffix]} - meta.embedded")
            (folder / f"{number}-{variant}{suffix}").write_text("\n".join(written) + "\n", encoding="utf-8")
            count += 1
    npm_run(extension, "test:grammar")
    tool = extension / "node_modules" / "vscode-tmgrammar-test" / "dist" / "unit.js"
    printed = run(program("node"), tool, "--config", "dist-test/hosts.json", "test/grammar/hosted/*", folder=extension)
    assert printed.count("run success") == count > 1_500
