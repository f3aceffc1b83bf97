"""Is the README true?  Every console block is run and compared, every Python block is a doctest.

A ``console`` block holds commands after ``$`` and what they print, both streams together. It runs in a copy of
`examples/`, so that commands may write. ``sh`` blocks set something up and are not run here; the one that runs the
tests is the one that `.ci/run` runs.
"""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pages import FENCE, ROOT, blocks, commands, workplace
from pqltools.cli import main

README = ROOT / "README.md"


@pytest.fixture
def place(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    return tmp_path, workplace(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="the blocks are for a POSIX shell")
@pytest.mark.parametrize("block", blocks(README, "console"))
def test_console_block_prints_what_it_says(block: str, place: tuple[Path, dict[str, str]]) -> None:
    folder, environment = place
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


@pytest.mark.parametrize("block", blocks(README, "python"))
def test_python_block_is_true(block: str) -> None:
    test = doctest.DocTestParser().get_doctest(block, {}, "README", str(README), 0)
    assert test.examples
    said: list[str] = []
    doctest.DocTestRunner(verbose=False).run(test, out=said.append)
    assert not said, "".join(said)


def test_readme_has_blocks_of_every_kind() -> None:
    assert len(blocks(README, "console")) >= 5
    assert len(blocks(README, "python")) >= 1
    assert len(blocks(README, "sh")) == 3


def test_ci_runs_the_command_that_contributors_are_given() -> None:
    setup, _, tests = blocks(README, "sh")
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
