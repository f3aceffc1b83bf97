"""Does the example of the page of the engines print what it says?"""

from __future__ import annotations

import contextlib
import io

import pytest

from pages import ROOT, blocks


def test_example(monkeypatch: pytest.MonkeyPatch) -> None:
    [block] = blocks(ROOT / "pqltools" / "engines" / "README.md", "python")
    monkeypatch.chdir(ROOT)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(block, "README", "exec"), {})
    assert printed.getvalue().strip() == block.strip().rpartition("#")[2].strip()
