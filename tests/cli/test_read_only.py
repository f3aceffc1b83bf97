"""What do `pql serve` and `pql profiles` say of a data directory that may not be written?"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from disks import read_only


def pql(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pqltools", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A disk with a data directory, and then nobody may write to it."""
    disk = tmp_path_factory.mktemp("disk")
    (disk / "one.ndjson").write_text('{"_id":"1"}\n')
    assert (
        pql("profiles", "load", str(disk / "one.ndjson"), "--dataset", "x", "--data", str(disk / "data")).returncode
        == 0
    )
    with read_only(disk):
        yield disk
    assert "success" in pql("profiles", "list", "--data", str(disk / "data")).stdout


@pytest.mark.parametrize(
    "arguments",
    [("serve", "--port", "0"), ("profiles", "load", "FILE", "--dataset", "x"), ("profiles", "list")],
    ids=["serve", "load", "list"],
)
@pytest.mark.parametrize(("name", "words"), [("data", "cannot be written: "), ("new", "cannot be created: ")])
def test_it_is_told(disk: Path, arguments: tuple[str, ...], name: str, words: str) -> None:
    given = [str(disk / "one.ndjson") if each == "FILE" else each for each in arguments]
    done = pql(*given, "--data", str(disk / name))
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{disk / name} {words}" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
