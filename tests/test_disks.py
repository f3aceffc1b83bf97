"""Is it told where nothing may be mounted, as a failure if it is said to be required?"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

import disks
from disks import read_only, small_disk


@pytest.mark.parametrize(
    ("setting", "outcome"), [("required", pytest.fail.Exception), ("optional", pytest.skip.Exception)]
)
def test_where_nothing_may_be_mounted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("PQL_MOUNTS", setting)
    monkeypatch.setattr(disks, "_mounted", lambda *_: False)
    with pytest.raises(outcome, match="nothing may be mounted"), small_disk(tmp_path / "disk", 1):
        pass
    if sys.platform == "win32" or os.geteuid() == 0:  # others need no mount
        with pytest.raises(outcome, match="root may write everywhere"), read_only(tmp_path):
            pass
