"""How do the tests read and run test files?  Texts and trees to suites and results, at a fixed instant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pqltools.diagnostics import Diagnostic
from pqltools.source import Source
from pqltools.testing.coverage import Coverage
from pqltools.testing.model import Result, Suite
from pqltools.testing.reading import read_suite
from pqltools.testing.references import Library
from pqltools.testing.running import Runner
from pqltools.testing.settings import Given, Settings

#: 2024-03-15T10:30:00Z, in milliseconds since 1970.
NOW = 1_710_498_600_000


def read(text: str, folder: Path | None = None, name: str = "a.test.yaml") -> Suite:
    """The suite of a test file, which need not exist, in a folder."""
    return read_suite(Source(text, str(folder / name) if folder else name), Library())


def read_data(data: Any, folder: Path | None = None) -> Suite:
    """The same for a file that holds these data as JSON."""
    return read(json.dumps(data), folder, "a.test.json")


def run(suite: Suite, coverage: Coverage | None = None, **given: Any) -> list[Result]:
    """The results of all tests of a suite."""
    runner = Runner(Settings(Given(**{"now": NOW, **given}), Library()), coverage)
    return [runner.run(test) for test in suite.tests]


def statuses(suite: Suite) -> list[str]:
    """What became of the tests of a suite without problems."""
    assert not suite.problems, suite.problems
    return [result.status for result in run(suite)]


def faults(suite: Suite) -> list[Diagnostic]:
    """Everything that is wrong with a file and its tests."""
    return [*suite.problems, *[fault for test in suite.tests for fault in test.faults]]


def told(diagnostic: Diagnostic) -> tuple[str, str, str | None, str]:
    """Code, message, help, and the text that is marked."""
    assert diagnostic.source is not None
    assert diagnostic.span is not None
    marked = diagnostic.source.text[diagnostic.span[0] : diagnostic.span[1]]
    return diagnostic.code, diagnostic.message, diagnostic.help, marked
