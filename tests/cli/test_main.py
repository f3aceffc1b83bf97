"""Does `pql` end well, however it is called?  And does it start without what it does not need?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pqltools import __version__
from pqltools.cli import COMMANDS, convert
from running import Pql

ROOT = Path(__file__).parents[2]
HEAVY = {"lark", "pydantic", "pygls", "yaml", "ruamel", "ruamel.yaml", "jsonschema", "lsprotocol"}
#: Modules of the standard library that take longer than a conversion.
SLOW = {"dataclasses", "inspect", "typing", "logging", "pathlib", "hashlib", "importlib.metadata"}


def loaded(code: str, *arguments: str, input: str = "") -> set[str]:
    """The modules that are loaded after running `code`, started as lean as Python can be."""
    code += "\nimport sys; sys.stderr.write('\\n'.join(sys.modules))"
    command = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}", *arguments]
    done = subprocess.run(command, input=input, capture_output=True, text=True, check=True)
    return set(done.stderr.split("\n"))


def test_import_is_lean() -> None:
    modules = loaded("import pqltools")
    assert not modules & (HEAVY | SLOW | {"re", "json", "argparse"})


def test_version_is_lean() -> None:
    modules = loaded("from pqltools.cli import main; main(['--version'])")
    assert not modules & (HEAVY | SLOW | {"re", "json", "argparse"})


def test_convert_is_lean() -> None:
    modules = loaded("from pqltools.cli import main; main(['convert', '-'])", input="a = 1")
    assert not modules & (HEAVY | SLOW)
    assert not [name for name in modules if name.startswith("pqltools.formats.definition")]


def test_version_and_help(pql: Pql) -> None:
    assert pql("--version") == (0, f"pql {__version__}\n", "")
    for name in COMMANDS:
        assert name in pql("--help").out
        ran = pql(name, "--help")
        assert ran.status == 0
        assert "examples:" in ran.out


@pytest.mark.parametrize("arguments", [[], ["conver"], ["--to", "json"], ["nonsense"]])
def test_wrong_use(pql: Pql, arguments: list[str]) -> None:
    ran = pql(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err


def test_suggests_the_command(pql: Pql) -> None:
    assert "did you mean `convert`?" in pql("conv", "x.pql").err


def test_internal_errors_ask_for_a_report(pql: Pql, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: list[str]) -> int:
        raise RuntimeError("oops")

    monkeypatch.setattr(convert, "run", fail)
    ran = pql("convert")
    assert ran.status == 70
    assert "internal error: RuntimeError: oops" in ran.err
    assert "Traceback" not in ran.err


def test_interrupt(pql: Pql, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(convert, "run", interrupt)
    assert pql("convert").status == 130


def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "pqltools", *arguments], capture_output=True, check=False, **options)  # type: ignore[call-overload, no-any-return]


def test_closed_streams() -> None:
    done = run("convert", preexec_fn=lambda: os.close(0))
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert b"PQL0" in done.stderr


@pytest.mark.parametrize("closed", [(1,), (2,), (1, 2), (0, 1, 2)])
@pytest.mark.parametrize(
    "arguments", [["convert"], ["--version"], ["--help"], ["convert", "--help"], ["format", "--diff"]]
)
def test_closed_output(closed: tuple[int, ...], arguments: list[str]) -> None:
    def close() -> None:
        for number in closed:
            os.close(number)

    done = run(*arguments, input=b"a=1", preexec_fn=close)
    assert done.returncode == (1 if arguments[-1] == "--diff" or (0 in closed and arguments == ["convert"]) else 0)
    assert b"Traceback" not in done.stderr
    assert b"internal error" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("arguments", [["convert"], ["--version"], ["--help"], ["format"]])
def test_full_disk(arguments: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "pqltools", *arguments]
        done = subprocess.run(command, input=b"a", stdout=full, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (1, b"pql: the output cannot be written: no space left on device\n")


@pytest.mark.parametrize("arguments", ["--help", "--version", "convert --help"])
def test_nobody_reads(arguments: str) -> None:
    command = f'"{sys.executable}" -m pqltools {arguments} | true'
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_broken_pipe() -> None:
    command = f'"{sys.executable}" -m pqltools convert --pretty - | head -c 1'
    text = " and ".join(["a = 1"] * 20_000)
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], input=text.encode(), capture_output=True, check=False
    )
    assert done.stderr == b""
    assert done.stdout == b"{"


@pytest.mark.parametrize("locale", ["C", "POSIX", "C.UTF-8"])
def test_any_locale(locale: str) -> None:
    environment = {**os.environ, "LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = run("convert", "--to", "text", input='a = "Tōkyō 🗼"'.encode(), env=environment)
    assert done.stdout.decode() == 'a = "Tōkyō 🗼"\n'
    done = run("convert", input='a == "Tōkyō 🗼"'.encode(), env=environment)
    assert "Tōkyō 🗼" in done.stderr.decode()


def test_no_colour_without_terminal() -> None:
    assert b"\x1b" not in run("convert", input=b"a ==").stderr
