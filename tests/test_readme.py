"""Is the README true?  Every console block is run and compared, every Python block is a doctest.

A ``console`` block holds commands after ``$`` and what they print, both streams together. It runs in a copy of
`examples/`, so that commands may write. ``sh`` blocks set something up and are not run here; the one that runs the
tests is the one that `.ci/run` runs.
"""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pqltools.cli import main

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(match[1], match[2]) for match in FENCE.finditer(README.read_text(encoding="utf-8"))]


def blocks(language: str) -> list[str]:
    return [block for kind, block in BLOCKS if kind == language]


def commands(block: str) -> list[tuple[str, str]]:
    """The commands of a console block, each with what it prints."""
    pairs: list[tuple[str, str]] = []
    for line in block.splitlines(keepends=True):
        if line.startswith("$ "):
            pairs.append((line[2:], ""))
        elif pairs and pairs[-1][1] == "" and pairs[-1][0].endswith("\\\n"):
            pairs[-1] = (pairs[-1][0] + line, "")
        else:
            pairs[-1] = (pairs[-1][0], pairs[-1][1] + line)
    return pairs


@pytest.fixture
def workplace(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A folder with the examples, and an environment in which `pql` is the code of this checkout."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    programs = tmp_path / "bin"
    programs.mkdir()
    pql = programs / "pql"
    pql.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pqltools "$@"\n')
    pql.chmod(0o755)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return tmp_path, {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "COLUMNS": "80"}


@pytest.mark.skipif(sys.platform == "win32", reason="the blocks are for a POSIX shell")
@pytest.mark.parametrize("block", blocks("console"))
def test_console_block_prints_what_it_says(block: str, workplace: tuple[Path, dict[str, str]]) -> None:
    folder, environment = workplace
    for command, expected in commands(block):
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.stdout == expected, f"$ {command}"


@pytest.mark.parametrize("block", blocks("python"))
def test_python_block_is_true(block: str) -> None:
    test = doctest.DocTestParser().get_doctest(block, {}, "README", str(README), 0)
    assert test.examples
    said: list[str] = []
    doctest.DocTestRunner(verbose=False).run(test, out=said.append)
    assert not said, "".join(said)


def test_readme_has_blocks_of_every_kind() -> None:
    assert len(blocks("console")) >= 5
    assert len(blocks("python")) >= 1
    assert len(blocks("sh")) == 2


def test_ci_runs_the_command_that_contributors_are_given() -> None:
    setup, tests = blocks("sh")
    assert "examples/" in setup
    assert tests in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_links_lead_somewhere() -> None:
    pages = [README, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *(ROOT / "pqltools").rglob("README.md")]
    assert len(pages) >= 6
    for page in pages:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_configuration_of_the_page_is_understood(tmp_path: Path) -> None:
    page = (ROOT / "pqltools" / "workspace" / "README.md").read_text(encoding="utf-8")
    examples = [block for kind, block in FENCE.findall(page) if kind == "toml"]
    assert examples
    for text in examples:
        # Schemas and segments of the page are not there; all else has to be right.
        missing = ("schemas", "segments")
        lines = [line for line in text.splitlines() if line.partition(" = ")[0] not in missing]
        (tmp_path / "pqltools.toml").write_text("\n".join(lines), encoding="utf-8")
        (tmp_path / "a.pql").write_text("homeAddress.city.isNotNull()", encoding="utf-8")
        assert main(["check", str(tmp_path / "a.pql")]) == 0


def test_suppression_of_the_page_works(tmp_path: Path) -> None:
    page = (ROOT / "pqltools" / "workspace" / "README.md").read_text(encoding="utf-8")
    examples = [block for kind, block in FENCE.findall(page) if kind == "pql"]
    assert examples
    for text in examples:
        file = tmp_path / "a.pql"
        file.write_text(text, encoding="utf-8")
        assert main(["check", "--isolated", str(file)]) == 0
        assert main(["check", "--isolated", "--no-noqa", str(file)]) == 1
