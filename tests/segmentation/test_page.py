"""Is the page about `pql serve` true?  Its commands run in one shell, against the server that its first section starts.

They need curl and jq, which `PQL_CLIENTS=required` in the environment forbids to miss. `…` on the page stands for any
text. The blocks that other tests run are compared here with what those run.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from pages import ROOT, blocks, commands, workplace
from pqltools.api.faults import KINDS, read_fault
from pqltools.segmentation.doc_era import ERAS, SWITCHES
from pqltools.segmentation.options import Limits
from service_clients import running

PAGE = ROOT / "pqltools" / "segmentation" / "README.md"
TEXT = PAGE.read_text(encoding="utf-8")
END = "--- end of a command ---"


def rows(header: str) -> list[list[str]]:
    """The cells of the table below this header."""
    _, _, rest = TEXT.partition(f"| {header} |")
    lines = rest.partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_switches_are_those_of_the_service() -> None:
    found = {name.strip("`"): (text, era == "yes") for name, text, era in rows("switch")}
    assert {name: text for name, (text, _) in found.items()} == SWITCHES
    assert {name for name, (_, is_of_2020) in found.items() if is_of_2020} == {*ERAS["2020"]}


def test_limits_are_those_of_the_service() -> None:
    found = {name.strip("`").replace("-", "_"): int(number) for name, number, _ in rows("name")}
    limits = Limits()
    assert found == {name: getattr(limits, name) for name in Limits.__match_args__}


def test_faults_are_those_of_the_service() -> None:
    asked = [text for names, _ in rows("fault") for text in re.findall(r"`([^`]+)`", names)]
    assert {read_fault(text).kind for text in asked} == {*KINDS}


def test_workflow_can_be_read() -> None:
    (text,) = blocks(PAGE, "yaml")
    steps = YAML(typ="safe").load(io.StringIO(text))["jobs"]["test"]["steps"]
    assert any("pql serve" in step.get("run", "") for step in steps)


def test_fixture_is_that_of_the_example() -> None:
    fixture = blocks(PAGE, "python")[0]
    assert fixture in (ROOT / "examples" / "service" / "test_audiences.py").read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="it starts a program by its name on a POSIX system")
def test_example_of_tests_passes(tmp_path: Path) -> None:
    environment = workplace(tmp_path)
    command = ["python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "examples/service"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


@pytest.mark.clients
def test_commands_print_what_the_page_says(tmp_path: Path) -> None:
    complain = pytest.fail if os.environ.get("PQL_CLIENTS") == "required" else pytest.skip
    missing = [name for name in ("bash", "curl", "jq") if shutil.which(name) is None]
    if missing:
        complain(f"there is no {missing[0]}")
    environment = workplace(tmp_path)
    (started,) = blocks(PAGE, "sh")
    program, serve, data, folder, *arguments = shlex.split(started)
    assert (program, serve, data) == ("pql", "serve", "--data")
    pairs = [pair for block in blocks(PAGE, "console") for pair in commands(block)]
    assert len(pairs) > 40
    with running(tmp_path / folder, *arguments) as server:
        port = server.url.rpartition(":")[2]
        script = "".join(f"{command}echo '{END}'\n" for command, _ in pairs).replace("8470", port)
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=600,
        )
    said = done.stdout.replace(port, "8470").split(f"{END}\n")
    assert len(said) == len(pairs) + 1, done.stdout
    for (command, expected), found in zip(pairs, said, strict=False):
        pattern = ".*".join(map(re.escape, expected.rstrip("\n").split("…")))
        if not re.fullmatch(pattern, found.rstrip("\n"), re.DOTALL):
            pytest.fail(f"$ {command}{found}")
