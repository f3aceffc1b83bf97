"""What do the tests of schemas share?  Files of JSON, and loading them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pqltools.xdm.load import Loaded, load


@pytest.fixture
def loaded(tmp_path: Path) -> Callable[..., Loaded]:
    """Loads JSON values, each from a file of its own; `tenant` as for `load`."""

    def run(*values: Any, tenant: str | None = None) -> Loaded:
        names = []
        for index, value in enumerate(values):
            path = tmp_path / f"{index}.json"
            path.write_text(json.dumps(value, indent=1), encoding="utf-8")
            names.append(str(path))
        return load(names, tenant=tenant)

    return run
