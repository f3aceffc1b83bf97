"""Does the mode for Emacs compile without a warning, colour, indent, and bring Eglot to the server?"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from editors.clients import EDITORS, SERVER, missing, program, run

pytestmark = pytest.mark.editors
SESSION = Path(__file__).with_name("emacs-session.el")


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the compiled mode; a warning is an error."""
    folder = tmp_path_factory.mktemp("emacs")
    sources = sorted(shutil.copy(path, folder) for path in (EDITORS / "emacs").glob("*.el"))
    strict = "(setq byte-compile-error-on-warn t)"
    run(program("emacs"), "-Q", "--batch", "-L", folder, "--eval", strict, "-f", "batch-byte-compile", *sources)
    assert {path.name for path in folder.glob("*.elc")} == {"pql-mode.elc", "pql-words.elc"}
    return folder


@pytest.fixture(scope="module")
def session(compiled: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("session")
    (folder / "vip.pql").write_text("a = 1\nand b\n")
    (folder / "definition.yaml").write_text("expression:\n  type: PQL\n  value: a = 1\n")
    (folder / "other.yaml").write_text("expression: 1 + 1\n")
    (folder / "definition.json").write_text('{"expression": {"type": "PQL", "value": "a"}}\n')
    (folder / "other.json").write_text('{"expression": "1 + 1"}\n')
    command = " ".join(json.dumps(word) for word in (sys.executable, str(SERVER), "lsp"))
    # Packages of the system, such as Eglot before Emacs 29, are loaded at the start; files of the user are not.
    printed = run(
        program("emacs"), "-q", "--batch", "-L", compiled,
        "--eval", f"(setq-default pql-server-command '({command}) make-backup-files nil)",
        "-l", SESSION,
        folder=folder,
    )  # fmt: skip
    (line,) = (line for line in printed.splitlines() if "RESULT" in line)
    return json.loads(line.partition("RESULT")[2])


def test_words_are_coloured(session: Any) -> None:
    faces = dict(word.rsplit(":", 1) for word in session["faces"] if not word.startswith(("and:", "//", '"')))
    assert faces["AND"] == faces["or"] == faces["occurs"] == "font-lock-keyword-face"
    assert faces["head"] == "font-lock-builtin-face"
    assert faces["days"] == "font-lock-type-face"
    assert faces["now"] == "font-lock-constant-face"
    assert faces["f"] == "font-lock-function-name-face"
    assert faces["count"] == faces["a"] == "-"
    assert [word for word in session["faces"] if word.startswith("and:")] == ["and:-", "and:font-lock-keyword-face"]
    assert session["faces"][-2:] == ['"and":font-lock-string-face', "// not:font-lock-comment-delimiter-face"]


def test_lines_are_indented_by_open_brackets(session: Any) -> None:
    assert session["indented"] == "f(\n  a,\n  [\n    1\n  ]\n)\nand b"


def test_files_are_told_apart(session: Any) -> None:
    assert session["mode"] == "pql-mode"
    assert session["holds"] == [True, True, False]


def test_eglot_talks_to_the_server(session: Any) -> None:
    if session["eglot"] is None:
        missing("Eglot, which is part of Emacs from 29 on, elpa-eglot before,")
    complaint, answer = session["eglot"]
    assert "lsp pql" in complaint
    (argument,) = json.loads(answer)
    assert argument["uri"].endswith("/vip.pql")
    assert argument["position"] == {"line": 1, "character": 0}


def test_hook_for_json_starts_the_server_where_there_is_pql(session: Any) -> None:
    if session["eglot"] is None:
        missing("Eglot, which is part of Emacs from 29 on, elpa-eglot before,")
    assert session["definition"] == [str(SERVER), "lsp"]
    assert session["other"] == []
