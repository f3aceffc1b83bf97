"""Does the benchmark of the server run?  A small one; how long anything takes is not looked at here."""

from __future__ import annotations

import pytest
from edit import main


def test_the_benchmark_prints_every_figure(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--rounds", "1", "--clauses", "30", "--keystrokes", "12", "--definitions", "40"])
    printed = capsys.readouterr().out
    for line in (
        "pql lsp, until `initialize` is answered",
        "long.pql: findings, sent",
        "long.pql: findings, asked for",
        "long.json: findings, asked for",
        "long.json: completion",
        "until all definitions are known",
        "textDocument/diagnostic meanwhile",
    ):
        assert line in printed
