"""`pql check`: what is wrong in expressions and definition files, and the same files with it put right."""

from __future__ import annotations

import argparse
import gc
import sys

from pqltools.cli.arguments import SKIP_HELP, command_parser, processes, schema_options
from pqltools.cli.outputs import FORMATS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pqltools.workspace.analysis import FileReport
    from pqltools.workspace.setup import Options

_EPILOG = """\
Checks .pql files, trees in pql/json, and segment definitions in .json, .jsonl,
.ndjson, .yaml and .yml files. In folders, files that hold neither are passed
over. Options for good stand in `pqltools.toml` or `[tool.pqltools]` of
`pyproject.toml`; the nearest one above a file holds for it.

CODES are codes (PQL301), beginnings of codes (PQL3), names of rules
(self-comparison) or ALL, with commas between them. Comments `// noqa: CODES`
suppress findings on their line, above an expression for the whole of it.

exit codes: 0 nothing is wrong, 1 an error or a warning was found (information
and hints do not count) or, with --diff, something would be fixed, 2 wrong use,
70 a mistake in pqltools

examples:
  pql check segments/
  pql check --schema union.json --method streaming segments/
  pql check --fix segments/
  echo 'person.age = 18' | pql check -
"""


def run(arguments: list[str]) -> int:
    """Run the command; returns the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.statistics and options.output_format not in ("text", "json"):
        parser.error(f"--statistics has no form in {options.output_format}")
    for name, given in (("--unsafe-fixes", options.unsafe_fixes), ("--rehash", options.rehash)):
        if given and not (options.fix or options.diff):
            parser.error(f"{name} goes with --fix or --diff")
    if options.stdin_filename is not None and "-" not in options.paths:
        parser.error("--stdin-filename names standard input, which is not among the paths")
    # Trees and findings hold no cycles, and looking for some in vain takes a seventh of the time.
    gc.set_threshold(100_000, 50, 100)
    # Reading and checking recurse some frames a level, and Python frames take no room on the stack of the machine.
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 5_000))
    return _Run(options, _settings(options)).run()


def _parser() -> argparse.ArgumentParser:
    help = "how to report problems: drawn for people, as a JSON list, or in a form that other programs read"
    parser = command_parser(
        "check", "Find what is wrong in PQL, and fix it.", _EPILOG, ("text", "json", *FORMATS), help
    )
    add = parser.add_argument
    add("paths", nargs="*", default=["."], metavar="PATH", help="files or folders; - is standard input (default: .)")
    add("--fix", action="store_true", help="apply the safe fixes; of standard input, print the result")
    add("--unsafe-fixes", action="store_true", help="with --fix and --diff, also fixes that may change what is meant")
    add("--diff", action="store_true", help="write nothing, and print what --fix would change")
    add("--rehash", action="store_true", help="with --fix and --diff, bring ansibleDataModel.hash up to date")
    add("--statistics", action="store_true", help="count the findings of each code instead of showing them")
    add("--select", type=_codes, action="append", metavar="CODES", help="look for these codes, and for nothing else")
    add("--extend-select", type=_codes, action="append", metavar="CODES", help="look for these codes as well")
    add("--ignore", type=_codes, action="append", metavar="CODES", help="do not look for these codes")
    add("--no-noqa", action="store_true", help="show also what `noqa` comments suppress")
    schema_options(parser)
    add("--method", choices=("batch", "streaming", "edge"), help="the evaluation that every segment is to be fit for")
    add("--as-of", type=_day, metavar="DATE", help="use the rules of eligibility of this day, such as 2024-06-01")
    add("--config", metavar="FILE", help="use this configuration for all files")
    add("--isolated", action="store_true", help="use no configuration file")
    add("--skip-unrelated", action="store_true", help=SKIP_HELP)
    add("--exit-zero", action="store_true", help="exit with 0 whatever is found")
    add("--jobs", type=processes, metavar="N", help="how many processes check files (default: what pays)")
    add("--stdin-filename", metavar="NAME", help="what standard input is called; tells its kind and configuration")
    return parser


def _codes(text: str) -> list[str]:
    from pqltools.workspace.selection import likely, prefix_of

    codes = [code for code in text.replace(",", " ").split() if code]
    for code in codes:
        if prefix_of(code) is None:
            meant = likely(code)
            hint = f"; did you mean {meant}?" if meant else ""
            raise argparse.ArgumentTypeError(f"no rule has the code or name {code!r}{hint}")
    return codes


def _day(text: str) -> str:
    from pqltools.types.time import is_iso_day

    if not is_iso_day(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2025-05-20")
    return text


def _settings(options: argparse.Namespace) -> Options:
    import time

    from pqltools.workspace.selection import Choice
    from pqltools.workspace.setup import Options

    def joined(groups: list[list[str]] | None) -> tuple[str, ...]:
        return tuple([code for group in groups or () for code in group])

    select = None if options.select is None else joined(options.select)
    return Options(
        now=int(time.time() * 1000),
        config=options.config,
        isolated=options.isolated,
        choice=Choice(select, joined(options.extend_select), joined(options.ignore)),
        schemas=None if options.schema is None else tuple(options.schema),
        tenant=options.tenant,
        method=options.method,
        as_of=options.as_of,
        suppress=not options.no_noqa,
        fix=options.fix or options.diff,
        unsafe=options.unsafe_fixes,
        rehash=options.rehash,
        write=options.fix and not options.diff,
        eligibility=options.method is not None and options.output_format == "json",
        stdin_name=options.stdin_filename,
        skip_unrelated=options.skip_unrelated,
    )


class _Run:
    def __init__(self, options: argparse.Namespace, settings: Options) -> None:
        self.options = options
        self.settings = settings
        self.reports: list[FileReport] = []
        #: With --fix, standard input becomes standard output, and what is said goes beside it.
        self.prints = settings.fix and "-" in options.paths
        self.out = sys.stderr if self.prints or options.diff else sys.stdout

    def run(self) -> int:
        from pqltools.workspace.analysis import check_files
        from pqltools.workspace.setup import Workspace

        progress = Progress()
        draws = self.options.output_format == "text" and not self.options.statistics and not self.options.diff
        reports = check_files(
            self.options.paths, Workspace(self.settings), jobs=self.options.jobs, progress=progress.show
        )
        for report in reports:
            self.reports.append(report)
            if draws and report.diagnostics:
                progress.clear()
                self._draw(report)
            self._deliver(report)
        progress.clear()
        if not draws and not self.options.diff:
            self._write()
        if self.options.output_format == "text":
            from pqltools.cli.check_summary import summary

            self.out.write(summary(self.reports, self.settings) + "\n")
        return self._status()

    def _deliver(self, report: FileReport) -> None:
        """Print what would change, or the text of standard input as it is now."""
        if self.options.diff:
            if report.before is not None:
                from pqltools.cli.diffs import write_diff

                write_diff(report.name, report.before, report.source.text, sys.stdout)
        elif self.prints and report.file is not None and report.name == (self.settings.stdin_name or "<stdin>"):
            sys.stdout.write(report.source.text)

    def _draw(self, report: FileReport) -> None:
        from pqltools.cli.reporting import terminal
        from pqltools.render import render

        width, colour = terminal(self.out)
        for diagnostic in report.diagnostics:
            self.out.write(render(diagnostic, width=width, colour=colour) + "\n\n")

    def _write(self) -> None:
        """Write what is written at the end."""
        found = [diagnostic for report in self.reports for diagnostic in report.diagnostics]
        format = self.options.output_format
        if self.options.statistics:
            from pqltools.cli.statistics import write as write_statistics

            write_statistics(found, self.out, as_json=format == "json")
        elif format == "json":
            self._write_json()
        else:
            from pqltools.cli.outputs import write

            write(format, found, [report.name for report in self.reports], self.out)

    def _write_json(self) -> None:
        import json

        from pqltools.render import as_data

        data: Any = [as_data(diagnostic) for report in self.reports for diagnostic in report.diagnostics]
        if self.settings.eligibility:
            answers = [answer for report in self.reports for answer in report.eligibility]
            data = {"diagnostics": data, "eligibility": answers}
        self.out.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")

    def _status(self) -> int:
        found = [diagnostic for report in self.reports for diagnostic in report.diagnostics]
        if any(diagnostic.code == "PQL064" for diagnostic in found):
            return 70
        if self.options.exit_zero:
            return 0
        if self.options.diff:
            return int(any(report.before is not None for report in self.reports))
        return int(any(diagnostic.severity in ("error", "warning") for diagnostic in found))


class Progress:
    """How far the run has come: on a terminal, and only if it takes longer than anybody likes to wait."""

    def __init__(self) -> None:
        import time

        self._clock = time.monotonic
        self._next = self._clock() + 1
        self._width = 0
        self._wanted = sys.stderr.isatty()

    def show(self, done: int, total: int) -> None:
        """Say so many of so many files, at most ten times a second."""
        if self._wanted and self._clock() >= self._next:
            self._next = self._clock() + 0.1
            text = f"checked {done:,} of {total:,} files"
            self._width = max(self._width, len(text))
            sys.stderr.write(f"\r{text:<{self._width}}")
            sys.stderr.flush()

    def clear(self) -> None:
        """Take back what was said."""
        if self._width:
            sys.stderr.write(f"\r{'':<{self._width}}\r")
            sys.stderr.flush()
            self._width = 0
