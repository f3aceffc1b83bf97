"""`pql test`: do segments mean what their authors meant?  Runs the test files that stand beside the definitions."""

from __future__ import annotations

import argparse
import sys

from pqltools.cli.arguments import command_parser, instant, schema_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from pqltools.testing.coverage import Coverage
    from pqltools.testing.model import Result, Suite
    from pqltools.testing.settings import Given

_EPILOG = """\
In folders, tests are in files that are called *.test.yaml, *.test.yml or
*.test.json; a file that is named may be called anything. Each test names a
definition, a profile with its events, and whether the profile is to qualify.
pqltools/testing/README.md has the format. Failures are explained as by
`pql explain`:

  ✓ holds   ✗ does not hold   ? decided by a null   • a value   · not evaluated

Coverage tells which conditions of the definitions were never true or never
false in all tests.

exit codes: 0 all tests passed, 1 a test failed, could not be run or was not
found, or coverage is too low, 2 wrong use, 70 a mistake in pqltools

examples:
  pql test
  pql test --coverage segments/
  pql test --filter gold segments/vip.test.yaml
"""


def run(arguments: list[str]) -> int:
    """Run the command; returns the exit code."""
    options = _parser().parse_args(arguments)
    # Walking an expression takes some frames a level.
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 5_000))
    return _Run(options).run()


def _parser() -> argparse.ArgumentParser:
    help = "how to report: for people, as JSON, or as JUnit XML"
    parser = command_parser("test", "Run the tests of segment definitions.", _EPILOG, ("text", "json", "junit"), help)
    add = parser.add_argument
    add("paths", nargs="*", default=["."], metavar="PATH", help="files or folders (default: .)")
    add("--filter", metavar="TEXT", help="only tests whose name contains this, in any case")
    add("--fail-fast", action="store_true", help="stop at the first test that does not pass")
    add("--verbose", "-v", action="store_true", help="name the tests that pass as well")
    help = "the instant of evaluation for tests that name none, ISO 8601 (default: the present)"
    add("--now", type=instant, metavar="TIME", help=help)
    schema_options(parser)
    add("--coverage", action="store_true", help="show which conditions were never true or never false")
    add("--coverage-fail-under", type=_percent, metavar="PERCENT", help="fail if less than this is covered")
    return parser


def _percent(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1
    if not 0 <= number <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} is no percentage")
    return number


class _Run:
    def __init__(self, options: argparse.Namespace) -> None:
        from pqltools.cli.verdicts import Verdicts
        from pqltools.testing.coverage import Coverage

        self.options = options
        wanted = options.coverage or options.coverage_fail_under is not None
        self.coverage: Coverage | None = Coverage() if wanted else None
        self.verdicts = Verdicts(sys.stdout, verbose=options.verbose, draws=options.output_format == "text")

    def run(self) -> int:
        for suite, results in self._suites():
            self.verdicts.begin(suite)
            for result in results:
                self.verdicts.tell(result)
                if self.options.fail_fast and result.status != "passed":
                    return self._end()
            if self.options.fail_fast and suite.problems:
                break
        return self._end()

    def _suites(self) -> Iterator[tuple[Suite, Iterator[Result]]]:
        """The files with the results of their tests, which come as they are asked for."""
        from pqltools.testing.finding import suites
        from pqltools.testing.references import Library
        from pqltools.testing.running import Runner
        from pqltools.testing.settings import Settings

        library = Library()
        settings = Settings(self._given(), library)
        runner = Runner(settings, self.coverage)
        for suite in suites(self.options.paths, library, settings.is_excluded):
            yield suite, (runner.run(test) for test in suite.tests if self._is_wanted(test.name))

    def _given(self) -> Given:
        import time

        from pqltools.testing.settings import Given

        options = self.options
        now = int(time.time() * 1000) if options.now is None else options.now
        return Given(now, None if options.schema is None else tuple(options.schema), options.tenant)

    def _is_wanted(self, name: str) -> bool:
        return self.options.filter is None or self.options.filter.casefold() in name.casefold()

    def _end(self) -> int:
        """Say what is said at the end; the exit code."""
        from pqltools.testing.coverage import percent

        covered = None if self.coverage is None else self.coverage.report()
        least = self.options.coverage_fail_under
        if self.options.output_format == "json":
            from pqltools.cli.verdict_data import write as write_data

            write_data(self.verdicts.told, covered, sys.stdout)
        elif self.options.output_format == "junit":
            from pqltools.cli.verdict_junit import write as write_junit

            write_junit(self.verdicts.told, sys.stdout)
        else:
            self.verdicts.end(covered, least)
        is_covered = least is None or covered is None or percent(covered) >= least
        return self.verdicts.status or int(not is_covered)
