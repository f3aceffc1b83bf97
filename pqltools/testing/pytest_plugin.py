"""How does pytest run the tests of segments?  It collects the files that `pql test` runs, each test under its name.

pytest loads this module whenever it starts, in projects without a single segment too: all else is imported when a test
file is met.
"""

from __future__ import annotations

import pytest

from pqltools.testing.file_names import is_test_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import Any

    from pqltools.diagnostics import Diagnostic
    from pqltools.testing.model import Result, SegmentTest, Suite
    from pqltools.testing.running import Runner

_RUNNER: pytest.StashKey[Runner] = pytest.StashKey()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a file of tests."""
    if not is_test_file(file_path.name):
        return None
    from pqltools.testing.finding import suite

    runner = _runner(parent.config)
    name = _shown(file_path, parent.config.invocation_params.dir)
    # Other tools call their files the same; those are collected only if they are named.
    found = suite(name, runner.settings.library, named=parent.session.isinitpath(file_path))
    if found is None:
        return None
    collector: pytest.Collector = SuiteFile.from_parent(parent, path=file_path, suite=found, runner=runner)
    return collector


def _runner(config: pytest.Config) -> Runner:
    """The runner of this session: files and schemas are read once."""
    runner = config.stash.get(_RUNNER, None)
    if runner is None:
        import time

        from pqltools.testing.references import Library
        from pqltools.testing.running import Runner
        from pqltools.testing.settings import Given, Settings

        runner = Runner(Settings(Given(int(time.time() * 1000)), Library()))
        config.stash[_RUNNER] = runner
    return runner


def _shown(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder)) if path.is_relative_to(folder) and folder == folder.cwd() else str(path)


class SuiteFile(pytest.File):
    """One file of tests."""

    def __init__(self, *, suite: Suite, runner: Runner, **rest: Any) -> None:
        super().__init__(**rest)
        self.suite = suite
        self.runner = runner

    def collect(self) -> Iterator[pytest.Item]:
        """Its tests, and an item that fails for what is wrong with the file itself."""
        if self.suite.problems:
            yield FaultyFile.from_parent(self, name="the file", problems=self.suite.problems)
        for test in self.suite.tests:
            yield SegmentItem.from_parent(self, name=test.name, test=test, runner=self.runner)


class Unmet(Exception):
    """A test did not pass. The text says why; a traceback would say nothing more."""


class _Item(pytest.Item):
    line = 0

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What `pql test` says."""
        if isinstance(excinfo.value, Unmet):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Any, int | None, str]:
        """The place of the test, lines from 0."""
        return self.path, self.line, self.name


class FaultyFile(_Item):
    """What is wrong with a file."""

    def __init__(self, *, problems: Sequence[Diagnostic], **rest: Any) -> None:
        super().__init__(**rest)
        self.problems = problems

    def runtest(self) -> None:
        """Fail."""
        from pqltools.render import render_all

        raise Unmet(render_all(self.problems))


class SegmentItem(_Item):
    """One test of a segment."""

    def __init__(self, *, test: SegmentTest, runner: Runner, **rest: Any) -> None:
        super().__init__(**rest)
        self.test = test
        self.runner = runner
        self.line = test.place[1] - 1

    def runtest(self) -> None:
        """Run it; what does not pass is an exception."""
        from pqltools.evaluation.recursion import room_for_depth
        from pqltools.testing.texts import drawn

        with room_for_depth():
            result: Result = self.runner.run(self.test)
        if result.status != "passed":
            raise Unmet(drawn(result))
