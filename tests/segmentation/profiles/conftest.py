"""A store for the tests of this folder, which keep apart by their scopes."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pqltools.segmentation.clock import ManualClock
from pqltools.segmentation.profiles.store import ProfileStore
from pqltools.segmentation.scope import Scope

_scopes = itertools.count()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProfileStore]:
    """One store for all tests of a file: opening one takes longer than most of them."""
    with ProfileStore(str(tmp_path_factory.mktemp("store")), ManualClock(1_700_000_000_000)) as store:
        yield store


@pytest.fixture(scope="module")
def new_scope() -> Callable[[], Scope]:
    """What makes scopes that nobody has used."""
    return lambda: Scope(f"TEST{next(_scopes)}@AdobeOrg")


@pytest.fixture
def scope(new_scope: Callable[[], Scope]) -> Scope:
    """A scope with nothing in it."""
    return new_scope()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Iterable[Any]], str]:
    """What writes records into a file, one a line, and gives its name."""
    folder, numbers = tmp_path_factory.mktemp("files"), itertools.count()

    def write(records: Iterable[Any]) -> str:
        path = Path(folder) / f"{next(numbers)}.ndjson"
        path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
        return str(path)

    return write
