"""How is Neovim used in a test as by somebody at the keyboard?  Keys go in, the screen comes out.

A headless Neovim listens on a socket, and `nvim --server` sends it keys and asks it for values.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from editors.clients import EDITORS

#: The machine may be busy; what never comes is waited for as long, in seconds.
PATIENCE = 60
WIDTH, HEIGHT = 130, 24

#: What a user has in `init.lua`, and functions for the test. The picker takes the entry that the test has chosen.
_INIT = """
vim.o.columns, vim.o.lines = %d, %d
vim.o.completeopt = "menuone,noselect"
vim.o.swapfile, vim.o.ruler, vim.o.showcmd, vim.o.signcolumn = false, false, false, "no"
vim.ui.select = function(items, options, choose)
  offered = {}
  for _, item in ipairs(items) do
    local title = (options.format_item or tostring)(item)
    table.insert(offered, title)
  end
  choose(items[choice], choice)
end
function diagnostics()
  local found = {}
  for _, each in ipairs(vim.diagnostic.get(0)) do
    table.insert(found, { each.lnum, each.col, each.end_lnum, each.end_col, each.code, each.message })
  end
  return found
end
function offers(method)
  local client = require("pql").client(0)
  local all = client and (client.server_capabilities or client.resolved_capabilities)
  return all ~= nil and all[method] ~= nil and all[method] ~= false
end
function shown()
  vim.cmd("redraw")
  local lines = {}
  for row = 1, vim.o.lines do
    local cells = {}
    for column = 1, vim.o.columns do
      table.insert(cells, vim.fn.screenstring(row, column))
    end
    table.insert(lines, (table.concat(cells):gsub("%%s+$", "")))
  end
  return lines
end
function floating()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= "" then
      return vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false)
    end
  end
  return {}
end
"""


class Neovim:
    """A running Neovim."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._socket = str(folder / "nvim.sock")
        init = folder / "init.lua"
        init.write_text(_INIT % (WIDTH, HEIGHT), encoding="utf-8")
        command = json.dumps([sys.executable, "-m", "pqltools"])
        self._environment = {
            **os.environ,
            # Nothing of the user's own Neovim is read or written.
            **{f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("CONFIG", "STATE", "CACHE", "DATA")},
            "XDG_RUNTIME_DIR": str(folder),
        }
        self.process = subprocess.Popen(
            [
                program, "--headless", "--listen", self._socket, "-i", "NONE", "-u", str(init),
                "--cmd", f"set runtimepath^={EDITORS / 'neovim'}",
                "--cmd", f"let g:pql_command = {command}",
                "--cmd", "filetype plugin on",
                "-c", "runtime plugin/pql.lua",
            ],
            cwd=folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.wait_until(lambda: Path(self._socket).exists(), "the socket")

    def _remote(self, *arguments: str) -> str:
        done = subprocess.run(
            [self._program, "--server", self._socket, *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        # Neovim 0.7 prints answers on standard error when it has no terminal.
        return done.stdout or done.stderr

    def press(self, keys: str) -> None:
        """Press keys, in the notation of Vim."""
        self._remote("--remote-send", keys)

    def ask(self, lua: str) -> Any:
        """The value of an expression in Lua."""
        quoted = f"json_encode(luaeval({json.dumps(lua)}))"
        return json.loads(self._remote("--remote-expr", quoted))

    def wait_until(self, test: Callable[[], Any], what: str) -> Any:
        """Wait until something is there."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found = test()
            if found:
                return found
            time.sleep(0.05)
        raise AssertionError(f"nothing came of {what}: {self.ask('shown()')}")

    def wait(self, lua: str) -> Any:
        """Wait until an expression is neither nil, nor false, nor an empty text."""
        return self.wait_until(lambda: self.ask(lua), lua)

    @property
    def lines(self) -> list[str]:
        """The lines of the text."""
        found: list[str] = self.ask("vim.api.nvim_buf_get_lines(0, 0, -1, false)")
        return found

    @property
    def diagnostics(self) -> list[list[Any]]:
        """Line, column, end line, end column (from 0, in bytes), code and message of each finding."""
        found: list[list[Any]] = self.ask("diagnostics()")
        return sorted(found)

    def screen(self, rows: int) -> list[str]:
        """The first rows of the screen."""
        found: list[str] = self.ask("shown()")
        return found[:rows]


@contextmanager
def neovim(program: str, folder: Path) -> Iterator[Neovim]:
    """A Neovim in a folder, ended at last."""
    editor = Neovim(program, folder)
    try:
        yield editor
    finally:
        editor.process.kill()
        editor.process.wait()
