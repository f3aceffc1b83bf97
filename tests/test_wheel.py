"""Does what we publish work?  Builds sdist and wheel, installs the wheel in an environment of its own, and uses it."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GRAMMAR = ROOT / "grammar"

pytestmark = pytest.mark.wheel


def run(*command: str | Path, text: str | None = None) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, input=text, encoding="utf-8")
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that was built from the sdist."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", folder, ROOT)
    return folder


@pytest.fixture(scope="module")
def scripts(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs of an environment in which only the wheel is installed."""
    home = tmp_path_factory.mktemp("fresh")
    venv.create(home, with_pip=True)
    folder = home / ("Scripts" if sys.platform == "win32" else "bin")
    (wheel,) = built.glob("*.whl")
    run(folder / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check", wheel)
    return folder


def test_sdist_holds_what_is_needed_to_build_and_to_test(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.split("/", 1)[-1] for name in archive.getnames()}
    assert {"pyproject.toml", "LICENSE", "NOTICE", "README.md", "grammar/pql.lark", "pqltools/py.typed"} <= names
    assert {"tests/strategies.py", "tests/corpus/literals.toml"} <= names


def test_wheel_holds_the_package_and_nothing_else(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        for path in GRAMMAR.iterdir():
            assert archive.read(f"pqltools/_grammar/{path.name}") == path.read_bytes()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"pqltools"}
    assert "pqltools/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert any(name.endswith("licenses/NOTICE") for name in names)  # the credit for the table of XDM fields
    assert "pqltools/xdm/standard.txt" in names


def test_installed_program_says_its_version(scripts: Path) -> None:
    from pqltools import __version__

    assert __version__ in run(scripts / "pql", "--version")


def test_installed_program_converts(scripts: Path) -> None:
    tree = run(scripts / "pql", "convert", "-", text='homeAddress.city = "Bath"')
    assert tree.startswith('{"nodeType":"fnApply","fnName":"="')
    assert run(scripts / "pql", "convert", "--to", "text", "-", text=tree).strip() == 'homeAddress.city = "Bath"'


def test_installed_program_knows_the_standard_fields(scripts: Path) -> None:
    assert "female" in run(scripts / "pql", "schema", "person.gender")


def test_installed_grammar_is_that_of_the_checkout(scripts: Path) -> None:
    script = "import sys, pqltools.syntax.grammar as g; sys.stdout.write(g.__file__ + '\\n' + g.grammar_text())"
    where, _, text = run(scripts / "python", "-I", "-c", script).partition("\n")
    assert ROOT not in Path(where).parents
    assert text == (GRAMMAR / "pql.lark").read_text(encoding="utf-8")


def test_shipped_tables_belong_to_the_grammar(scripts: Path) -> None:
    """Else every start would compute them anew."""
    script = "import sys, pqltools; pqltools.parse('a = 1'); sys.exit('lark' in sys.modules)"
    run(scripts / "python", "-I", "-c", script)


def test_service_says_what_it_needs(scripts: Path) -> None:
    for command in (["serve"], ["profiles", "list"], ["profiles", "load", "x", "--dataset", "d", "--url", "http://x"]):
        done = subprocess.run([scripts / "pql", *command], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.endswith("pip install 'pqltools[service]'\n")
        assert len(done.stderr.splitlines()) == 1


@pytest.fixture(scope="module")
def service_scripts(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs of an environment with the wheel, and what the service needs."""
    home = tmp_path_factory.mktemp("service")
    venv.create(home, with_pip=True)
    folder = home / ("Scripts" if sys.platform == "win32" else "bin")
    (wheel,) = built.glob("*.whl")
    run(folder / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check", f"{wheel}[service]")
    return folder


def test_installed_service_counts_the_profiles_of_the_examples(service_scripts: Path, tmp_path: Path) -> None:
    """Its migrations, its page and its engine are in the wheel, and its requirements are all that it needs."""
    pql = service_scripts / "pql"
    profiles, events = (ROOT / "examples" / "profiles" / name for name in ("customers.ndjson", "events.ndjson"))
    data = tmp_path / "data"
    run(pql, "profiles", "load", profiles, "--dataset", "CRM", "--data", data)
    command: list[str | Path] = [pql, "serve", "--data", data, "--port", "0", "--clock", "2024-03-15T10:30:00Z"]
    with (
        (tmp_path / "log").open("w") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as server,
    ):
        try:
            assert server.stdout is not None
            url = server.stdout.readline().removeprefix("pql serve: ").strip()
            assert url, (tmp_path / "log").read_text()
            run(pql, "profiles", "load", events, "--events", "--dataset", "Web", "--url", url)
            client = ROOT / "examples" / "service" / "client.py"
            definitions = sorted((ROOT / "examples" / "definitions").glob("*.json"))
            said = run(service_scripts / "python", "-I", client, url, *definitions).splitlines()
            with urllib.request.urlopen(f"{url}/") as page:
                assert b"<title>" in page.read()
        finally:
            server.terminate()
    assert said[:5] == [
        "job SUCCEEDED",
        "    1  Birthday this month",
        "    1  Newsletter readers",
        "    2  High spenders",
        "    2  Near Berlin",
    ]
    assert said[5] == "export SUCCEEDED: High spenders"
    assert len(said) == 8
    assert "Traceback" not in (tmp_path / "log").read_text()
