"""Is the reference page true?  Its files are run, its console blocks compared, its tables are those of the reader."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pqltools.testing.shapes import CASE, FILE, TEST, Key

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "pqltools" / "testing" / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
FILES = {text.split("\n")[0].removeprefix("# "): text for kind, text in BLOCKS if kind == "yaml"}
CONSOLES = [text for kind, text in BLOCKS if kind == "console"]


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The examples, and the files of the page where they say that they are."""
    folder = tmp_path_factory.mktemp("page")
    shutil.copytree(ROOT / "examples", folder / "examples")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def pql(arguments: list[str], folder: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "pqltools", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout


def test_there_is_something_to_run() -> None:
    assert len(FILES) >= 4
    assert len(CONSOLES) >= 2


@pytest.mark.parametrize("name", ["examples/tour.test.yaml", "examples/more.test.yaml"])
def test_examples_pass(name: str, workplace: Path) -> None:
    assert pql(["test", name], workplace)[0] == 0


@pytest.mark.parametrize("block", CONSOLES)
def test_console_block_prints_what_it_says(block: str, workplace: Path) -> None:
    command, _, expected = block.partition("\n")
    assert command.startswith("$ pql ")
    status, said = pql(command.removeprefix("$ pql ").split(), workplace)
    assert (status, said) == (1, expected)


def table(title: str) -> list[tuple[str, str]]:
    section = PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `(\w+)` \| (.*) \|$", section, re.MULTILINE)


@pytest.mark.parametrize(("title", "keys"), [("The file", FILE), ("A test", TEST)])
def test_tables_are_those_of_the_reader(title: str, keys: dict[str, Key]) -> None:
    assert table(title) == [(name, key.meaning) for name, key in keys.items()]


def test_every_key_of_a_case_is_mentioned() -> None:
    assert {*CASE} <= {*re.findall(r"`(\w+)`", PAGE)}


def test_examples_of_the_checkout_pass_and_cover_their_definition() -> None:
    status, said = pql(["test", "--coverage-fail-under", "100", "examples"], ROOT)
    assert status == 0, said
