"""`pql format`: the canonical form of PQL text, in .pql files and inside segment definitions, comments kept."""

from __future__ import annotations

import argparse
import sys

from pqltools.cli.arguments import SKIP_HELP, command_parser
from pqltools.cli.reporting import Report
from pqltools.diagnostics import PQLError

_WIDTH = 88

_EPILOG = """\
Formats .pql files, and pql/text expressions inside definition files (.json,
.jsonl, .ndjson, .yaml, .yml). An expression inside a JSON string stays on one
line if it was on one. Nothing that an expression means ever changes: the result
is parsed again and compared before it is written. If anything fails, no file is
written.

exit codes: 0 fine, 1 the input has problems or, with --check and --diff, would
change, 2 wrong use

examples:
  pql format segments/
  pql format --check segments/
  pql format --diff vip.pql
  echo 'a="x"' | pql format -
"""


def run(arguments: list[str]) -> int:
    """Run the command; returns the exit code."""
    parser = command_parser("format", "Format PQL text in place.", _EPILOG)
    parser.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help="files or folders; - or nothing formats standard input to standard output",
    )
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="write nothing; exit code 1 if a file would change")
    mode.add_argument("--diff", action="store_true", help="like --check, and print what would change")
    parser.add_argument(
        "--width", type=_width, default=_WIDTH, metavar="N", help=f"columns that a line may take (default: {_WIDTH})"
    )
    parser.add_argument("--skip-unrelated", action="store_true", help=SKIP_HELP)
    options = parser.parse_args(arguments)
    return _Formatting(options).run(options.files or ["-"])


def _width(text: str) -> int:
    value = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of columns")
    return value


class _Formatting:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.report = Report(options.output_format)
        #: Name, old text, new text.
        self.results: list[tuple[str, str, str]] = []

    def run(self, names: list[str]) -> int:
        from pqltools.files import expand

        for name, named in expand(names):
            try:
                self._format(name, named and not self.options.skip_unrelated)
            except PQLError as problem:
                self.report.add(list(problem.diagnostics))
        if self.report.failed:
            self.report.show(beside=False)
            return 1
        status = self._deliver()
        prints = not self.options.check and any(name == "-" for name, _, _ in self.results)
        self.report.show(beside=prints or self.options.diff)
        return 1 if self.report.failed else status

    def _format(self, name: str, named: bool) -> None:
        from pqltools.files import read_source
        from pqltools.formats.definition_files import read_file
        from pqltools.formats.file_kinds import may_hold_pql
        from pqltools.workspace.formatting import formatted, rewritten

        source = read_source(name)
        if not named and not may_hold_pql(source):
            return
        try:
            file = read_file(source)
        except PQLError as problem:
            if not named and {diagnostic.code for diagnostic in problem.diagnostics} == {"PQL040"}:
                return
            raise
        new, problems = formatted(file, self.options.width)
        if problems:
            raise PQLError(problems)
        if not new and named and file.kind == "tree":
            from pqltools.diagnostics import error

            help = "convert it to text first: `pql convert --to text FILE`"
            raise error(
                "PQL041", "this is a pql/json tree; there is no text to format", (0, 0), help=help, source=source
            )
        text, warnings = rewritten(file, new)
        self.report.add([*warnings])
        self.results.append((name, source.text, text))

    def _deliver(self) -> int:
        """Print or write the results; returns the exit code."""
        changed = [(name, old, new) for name, old, new in self.results if old != new]
        if self.options.check or self.options.diff:
            for name, old, new in changed:
                if self.options.diff:
                    from pqltools.cli.diffs import write_diff

                    write_diff(name, old, new, sys.stdout)
                else:
                    print(f"would reformat {name}", file=sys.stderr)
            self._summary(len(changed), "would be reformatted", "already formatted")
            return 1 if changed else 0
        files = {name: new for name, _, new in changed if name != "-"}
        from pqltools.files import replace_files

        try:
            replace_files(files)
        except PQLError as problem:
            self.report.add(list(problem.diagnostics))
            return 1
        for name, _, new in self.results:
            if name == "-":
                sys.stdout.write(new)
        for name in files:
            print(f"reformatted {name}", file=sys.stderr)
        if any(name != "-" for name, _, _ in self.results):
            self._summary(len(files), "reformatted", "left unchanged")
        return 0

    def _summary(self, changed: int, done: str, left: str) -> None:
        same = len(self.results) - changed
        parts = [f"{n} file{'s' * (n != 1)} {what}" for n, what in ((changed, done), (same, left)) if n]
        print(", ".join(parts) or "no files with PQL found", file=sys.stderr)
