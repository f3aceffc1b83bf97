"""How are programs of editors run in tests?  With a reason to skip where one is missing.

`PQL_EDITORS=required` in the environment makes a missing program a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).parents[2]
EDITORS = ROOT / "editors"
VSCODE = EDITORS / "vscode"
#: Programs that pip has installed, such as Node, come first.
SEARCH = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
#: A language server that answers just enough to see that a client talks to it.
SERVER = Path(__file__).with_name("echo_server.py")


def program(name: str) -> str:
    """The path of a program, from the environment of this Python or the PATH; else the test is skipped."""
    found = shutil.which(name, path=SEARCH)
    if found is None:
        missing(name)
    assert found is not None
    return found


def missing(name: str) -> NoReturn:
    """Skip the test, or let it fail where everything has to be there."""
    complain = pytest.fail if os.environ.get("PQL_EDITORS") == "required" else pytest.skip
    complain(f"{name} is not installed")


def run(*command: str | Path, folder: Path = ROOT, env: dict[str, str] | None = None, timeout: int = 300) -> str:
    """What a command prints, both streams together; it has to succeed."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": SEARCH, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        timeout=timeout,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}"
    return done.stdout
