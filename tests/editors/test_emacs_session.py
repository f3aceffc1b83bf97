"""Does Eglot, the client in Emacs, show what the real server says, and does it write what the server offers?"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from editors.clients import EDITORS, missing, program, run
from editors.test_neovim_session import BUYERS, DEFINITION

pytestmark = pytest.mark.editors
SESSION = Path(__file__).with_name("emacs-user.el")


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Any:
    emacs = program("emacs")
    if "yes" not in run(emacs, "-q", "--batch", "--eval", '(princ (if (require \'eglot nil t) "yes" "no"))'):
        missing("Eglot, which is part of Emacs from 29 on, elpa-eglot before,")
    folder = tmp_path_factory.mktemp("eglot")
    (folder / "vip.json").write_text(DEFINITION, encoding="utf-8")
    (folder / "buyers.pql").write_text(BUYERS, encoding="utf-8")
    command = " ".join(json.dumps(word) for word in (sys.executable, "-m", "pqltools", "lsp"))
    printed = run(
        emacs, "-q", "--batch", "-L", EDITORS / "emacs",
        "--eval", f"(setq-default pql-server-command '({command}) make-backup-files nil)",
        "-l", SESSION,
        folder=folder,
    )  # fmt: skip
    (line,) = (line for line in printed.splitlines() if "RESULT" in line)
    return json.loads(line.partition("RESULT")[2])


def test_findings_are_at_their_places(session: Any) -> None:
    found = dict(session[0])
    assert {*found} == {"homeAdress", "'Bath'"}
    assert "unknown field `homeAdress`" in found["homeAdress"]


def test_a_field_is_completed(session: Any) -> None:
    if session[1] is None:
        pytest.skip("the server does not complete")
    assert session[1].endswith("'Bath' and person.birthYear\"")


def test_a_variable_is_renamed(session: Any) -> None:
    if session[2] is None:
        pytest.skip("the server does not rename")
    assert session[2] == BUYERS.replace("select E", "select event").replace("E.", "event.")


def test_an_expression_is_formatted(session: Any) -> None:
    before, after = session[3]
    assert before != after
    assert "".join(before.split()) == "".join(after.split())
