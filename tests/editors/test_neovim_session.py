"""What does somebody see who writes PQL in Neovim?  Typed into a real one, on the real server, and kept for the README.

`editors/README.md` shows the session as it went. `PQL_RECORD=1 pytest -m editors tests/editors/test_neovim_session.py`
writes it anew.
"""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from editors.clients import EDITORS, program
from editors.neovim import Neovim, neovim

pytestmark = pytest.mark.editors

README = EDITORS / "README.md"
BEGIN, END = "<!-- the session, by tests/editors/test_neovim_session.py -->\n", "<!-- the end of the session -->\n"

DEFINITION = r"""{
  "id": "vip",
  "name": "VIP 😀",
  "expression": {
    "type": "PQL",
    "format": "pql/text",
    "value": "person.name.firstName = \"😀\" and homeAdress.city = 'Bath'"
  }
}
"""
BUYERS = """\
(select E from xEvent where E.commerce.purchases.value>0 and E.timestamp occurs <= 30 days before now).count() >= 3
"""


class Record:
    """What was typed, and what there was to see then."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.acts = 0

    def typed(self, keys: str) -> None:
        self.parts.append(keys)

    def seen(self, lines: list[str]) -> None:
        self.parts.append(textwrap.indent("\n".join(lines), "    | ", lambda _: True))

    @property
    def text(self) -> str:
        return "\n".join(self.parts) + "\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("session")
    (folder / "pqltools.toml").touch()
    (folder / "vip.json").write_text(DEFINITION, encoding="utf-8")
    (folder / "buyers.pql").write_text(BUYERS, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def editor(folder: Path) -> Iterator[Neovim]:
    with neovim(program("nvim"), folder) as editor:
        yield editor


@pytest.fixture(scope="module")
def record(editor: Neovim) -> Record:
    return Record()


def command(editor: Neovim, record: Record, line: str) -> None:
    record.typed(line)
    editor.press(line.replace("<", "<LT>") + "<CR>")


def wait_for_codes(editor: Neovim, *codes: str) -> None:
    editor.wait_until(lambda: [each[4] for each in editor.diagnostics] == [*codes], f"findings {codes}")


def test_findings_are_at_their_cells(editor: Neovim, record: Record) -> None:
    command(editor, record, ":edit vip.json")
    wait_for_codes(editor, "PQL101", "PQL016")
    line = editor.lines[6].encode()
    places = [each[:4] for each in editor.diagnostics]
    assert [line[start:end].decode() for _, start, _, end in places] == ["homeAdress", "'Bath'"]
    # In bytes: four of the emoji, and a backslash before each quote.
    assert places == [[6, 51, 6, 61], [6, 69, 6, 75]]
    screen = editor.screen(9)
    assert screen[6].startswith(r'    "value": "person.name.firstName = \"😀\" and homeAdress.city = ')
    assert "■" in screen[6]
    record.seen(screen)
    record.acts += 1


def test_findings_are_read(editor: Neovim, record: Record) -> None:
    command(editor, record, ":lua vim.diagnostic.goto_next()")
    floating = editor.wait("#floating() > 0 and floating()")
    assert any("did you mean `homeAddress`?" in line for line in floating)
    assert editor.ask("vim.api.nvim_win_get_cursor(0)") == [7, 51]
    record.seen(floating)
    record.acts += 1


def test_a_fix_is_applied(editor: Neovim, record: Record) -> None:
    editor.ask("(function() choice = 1 return true end)()")
    command(editor, record, ":lua vim.lsp.buf.code_action()")
    offered = editor.wait("offered")
    record.seen([f"{number}: {title}" for number, title in enumerate(offered, 1)])
    assert "homeAddress" in offered[0]
    record.typed("1")
    editor.wait_until(lambda: "homeAddress.city" in editor.lines[6], "the fix")
    wait_for_codes(editor, "PQL016")
    assert editor.lines[6] == DEFINITION.splitlines()[6].replace("homeAdress", "homeAddress")
    record.seen(editor.screen(9)[6:7])
    record.acts += 1


def test_a_field_is_completed(editor: Neovim, record: Record) -> None:
    if not editor.ask('offers("completionProvider")'):
        pytest.skip("the server does not complete")
    keys = "$i and person.birth<C-x><C-o>"
    record.typed(keys)
    editor.press(keys)
    words = editor.wait("#vim.fn.complete_info().items > 0 and vim.fn.complete_info().items")
    record.seen([f"{item['abbr'] or item['word']:24} {item['kind']}" for item in words[:5]])
    assert {"birthDate", "birthYear"} <= {item["word"] for item in words}
    record.typed("<C-n><C-y><Esc>")
    editor.press("<C-n><C-y><Esc>")
    completed = f"'Bath' and person.{words[0]['word']}\""
    editor.wait_until(lambda: editor.lines[6].endswith(completed), "the completion")
    editor.wait('vim.fn.mode() == "n"')
    record.seen(editor.lines[6:7])
    editor.press(":write<CR>")
    record.acts += 1


def test_a_variable_is_renamed(editor: Neovim, record: Record) -> None:
    command(editor, record, ":edit buyers.pql")
    editor.wait_until(lambda: editor.lines == BUYERS.splitlines(), "the text")
    editor.wait('require("pql").client(0) ~= nil')
    record.seen(editor.screen(1))
    if not editor.ask('offers("renameProvider")'):
        pytest.skip("the server does not rename")
    record.typed("fE")
    editor.press("fE")
    command(editor, record, ':lua vim.lsp.buf.rename("event")')
    renamed = BUYERS.replace("select E", "select event").replace("E.", "event.").splitlines()
    editor.wait_until(lambda: editor.lines == renamed, "the new name")
    record.seen(editor.screen(1))
    record.acts += 1


def test_an_expression_is_formatted(editor: Neovim, record: Record) -> None:
    before = editor.lines
    command(
        editor, record, f":lua vim.lsp.buf.{'format' if editor.ask('vim.lsp.buf.format ~= nil') else 'formatting'}()"
    )
    editor.wait_until(lambda: editor.lines != before, "the layout")
    assert [line.strip() for line in editor.lines] != before
    assert "".join("".join(editor.lines).split()) == "".join("".join(before).split())
    assert len(editor.lines) > 1
    record.seen(editor.screen(len(editor.lines)))
    record.acts += 1


def test_the_session_is_in_the_readme(editor: Neovim, record: Record) -> None:
    if record.acts < 6:
        pytest.skip("only a part of the session has been run")
    block = f"{BEGIN}\n```text\n{record.text}```\n\n{END}"
    text = README.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    assert begin, README
    assert end, README
    if os.environ.get("PQL_RECORD"):
        README.write_text(f"{before}{block}{after}", encoding="utf-8")
        return
    if editor.ask('vim.fn.has("nvim-0.8")'):
        pytest.skip("the session is that of Neovim 0.7, which asks for layout by another name")
    assert block in text, "editors/README.md is out of date: run this file with PQL_RECORD=1"
