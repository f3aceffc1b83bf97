"""Is what was there before still there if the result does not get to its place?"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pqltools import PQLError
from pqltools.engines.writing import Writing


def test_the_old_folder_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "counts.json").write_text("old", "utf-8")
    rename, calls = os.rename, []

    def failing(source: str, target: str) -> None:
        calls.append(target)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        rename(source, target)

    with Writing(str(out), [], overwrite=True) as writing:
        monkeypatch.setattr(os, "rename", failing)
        with pytest.raises(PQLError, match="No space left on device"):
            writing.finish({})
    assert calls[1:] == [str(out), str(out)]
    assert [each.name for each in tmp_path.iterdir()] == ["out"]
    assert (out / "counts.json").read_text("utf-8") == "old"


def test_a_new_folder_takes_the_place(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "counts.json").write_text("old", "utf-8")
    with Writing(str(out), [], overwrite=True) as writing:
        writing.finish({"new": 1})
    assert [each.name for each in tmp_path.iterdir()] == ["out"]
    assert (out / "counts.json").read_text("utf-8") == '{\n  "new": 1\n}'
