"""Does the plugin for Neovim start a server, talk to it, and colour PQL?  With Neovim itself, 0.7 or newer."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from editors.clients import EDITORS, SERVER, program, run

pytestmark = pytest.mark.editors
SESSION = Path(__file__).with_name("neovim_session.lua")


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What a user sees who opens an expression, a definition and a file of something else."""
    neovim = program("nvim")
    folder = tmp_path_factory.mktemp("neovim")
    (folder / "pqltools.toml").touch()
    (folder / "vip.pql").write_text(
        'a = 1 and not xs.head().and occurs <= 30 days before now or f(this) = "and"\nand b\n'
    )
    (folder / "definition.yaml").write_text("expression:\n  type: PQL\n  value: a = 1\n")
    (folder / "other.yaml").write_text("expression: 1 + 1\n")
    environment = folder / "project" / ".venv" / "bin"
    environment.mkdir(parents=True)
    (environment / "pql").touch(mode=0o755)
    command = json.dumps([sys.executable, str(SERVER), "pql"])
    printed = run(
        neovim,
        "--headless",
        "-i", "NONE",
        "-u", "NONE",
        "--cmd", f"set runtimepath^={EDITORS / 'neovim'}",
        "--cmd", f"let g:pql_command = {command}",
        "--cmd", "filetype plugin on | syntax on",
        "-c", "runtime plugin/pql.lua",
        "-c", f"luafile {SESSION}",
        folder=folder,
        # Nothing of the user's own Neovim is read or written.
        env={f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("CONFIG", "STATE", "CACHE", "DATA")},
    )  # fmt: skip
    (line,) = (line for line in printed.splitlines() if "RESULT" in line)
    return json.loads(line.partition("RESULT")[2])


def test_server_is_started_as_told_and_sees_expressions_and_definitions(session: Any) -> None:
    assert session["vip.pql"] == "pql lsp pql"
    assert session["definition.yaml"] == "pql lsp yaml"


def test_files_without_pql_are_left_alone(session: Any) -> None:
    assert session["other"] == 0


def test_commands_ask_about_the_cursor_and_show_the_answer(session: Any) -> None:
    (argument,) = json.loads(session["describe"])
    assert argument["uri"].endswith("/vip.pql")
    assert argument["position"] == {"line": 1, "character": 4}
    assert json.loads(session["explain"])[0]["profile"] == 2
    assert json.loads(session["showJson"]) == [argument]


def test_the_tree_beside_the_text_follows_edits(session: Any) -> None:
    assert session["followed"]


def test_words_are_coloured(session: Any) -> None:
    kinds = [name for name in session["groups"] if name not in ("pqlName", "pqlOperator")]
    assert kinds == [
        "pqlNumber", "pqlOperatorWord", "pqlMethod", "pqlFunction", "pqlField", "pqlOperatorWord",
        "pqlNumber", "pqlUnit", "pqlKeyword", "pqlConstant", "pqlOperatorWord", "pqlCall", "pqlThis", "pqlString",
    ]  # fmt: skip
    assert session["comment"] == "// %s"


def test_configuration_for_newer_versions_starts_the_same_server(session: Any) -> None:
    """Neovim 0.11 reads `lsp/pql.lua`; here its functions are called as that version calls them."""
    configured = session["configured"]
    assert configured["roots"] == [configured["started"]["cwd"]]
    assert configured["started"]["command"] == [sys.executable, str(SERVER), "pql", "lsp"]
    assert {"pql", "json", "yaml"} <= {*configured["filetypes"]}
    assert "pql" in configured["settings"]


def test_server_of_the_virtual_environment_comes_before_the_path(session: Any) -> None:
    program, word = session["environment"]
    assert program.endswith("/project/.venv/bin/pql")
    assert word == "lsp"
    assert session["path"] == ["pql", "lsp"]
