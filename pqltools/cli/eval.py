"""`pql eval`: which profiles of a file qualify for which definitions, and how many?"""

from __future__ import annotations

import argparse
import gc
import sys

from pqltools.cli.arguments import command_parser
from pqltools.cli.reporting import Report
from pqltools.diagnostics import Diagnostic, PQLError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.cli.eval_outputs import Output
    from pqltools.data.lines import BadLine
    from pqltools.workspace.definitions import Definition
    from pqltools.workspace.runs import Evaluation, Tally
    from pqltools.xdm.schema import Schema

_EPILOG = """\
Profiles are JSON objects with their events under `xEvent`, one a line, in an
array, or in answers of the Profile Access API; plain, gzip or zstd; - is
standard input. --events joins the events of other files by the identities that
both have. Standard names (`xdm:person`) and those of PQL paths are understood.

outputs:
  counts       a table: how many profiles qualify for each definition
  ids          the ids of the profiles that qualify, with the definition behind
               them if there are several
  ndjson       a JSON object for each profile, with the definitions
  csv          a row for each profile, a column for each definition
  memberships  each profile's new segmentMembership as NDJSON; definitions need
               ids

The table goes to standard error beside other outputs. "null-decided" are
profiles whose answer could change if a missing field were filled in.

exit codes: 0 fine, 1 a definition or a file cannot be used, or --strict and a
line is bad, 2 wrong use, 130 interrupted; what was found until then is printed

examples:
  pql eval segments/ --profiles profiles.ndjson
  pql eval vip.pql --profiles profiles.ndjson.gz --events events.ndjson
  pql eval vip.pql --profiles - --output ids < profiles.ndjson > vip.txt
"""
_SHOWN = 20


def run(arguments: list[str]) -> int:
    """Run the command; returns the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if not options.definitions and options.expression is None:
        parser.error("name a file with definitions, or give an expression with -e")
    if options.legacy and options.output != "memberships":
        parser.error("--legacy goes with --output memberships")
    # Data may be nested deeply, and Python frames take no room on the stack of the machine.
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 10_000))
    # Profiles hold no cycles, and looking for some in vain takes as long as decoding them.
    gc.disable()
    return _Run(options).run()


def _parser() -> argparse.ArgumentParser:
    help = "how to report: a table and problems drawn for people, or the numbers as JSON on standard output"
    parser = command_parser("eval", "Evaluate definitions over files of profiles.", _EPILOG, format_help=help)
    add = parser.add_argument
    add("definitions", nargs="*", metavar="DEFINITION", help="files or folders with expressions or definitions")
    add("-e", dest="expression", metavar="TEXT", help="an expression of its own")
    add("--profiles", action="append", required=True, metavar="FILE", help="profiles; may be given several times")
    add("--events", action="append", metavar="FILE", help="events to be joined to the profiles; likewise")
    add("--segments", action="append", metavar="PATH", help="definitions that `inSegment` may refer to, not counted")
    outputs = ("counts", "ids", "ndjson", "csv", "memberships")
    add("--output", choices=outputs, default="counts", help="what to print (default: counts)")
    add("--legacy", action="store_true", help="with --output memberships: members that stay are `existing`")
    add("--now", type=_instant, metavar="TIME", help="the instant of evaluation, ISO 8601 (default: the present)")
    add("--schema", action="append", metavar="FILE", help="a schema, or a folder of them; may be given several times")
    add("--tenant", metavar="NAME", help="the tenant's namespace, such as _acme")
    add("--strict", action="store_true", help="stop at the first line that holds no profile or event")
    add("--no-nulls", action="store_true", help="do not find out where a null decides, which takes time")
    add("--jobs", type=_jobs, default=1, metavar="N", help="how many processes evaluate (default: 1)")
    return parser


def _instant(text: str) -> int:
    from pqltools.types.time import iso_instant

    found = iso_instant(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; write it as 2024-03-15T10:30:00Z")
    return found


def _jobs(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= 256:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes")
    return int(text)


class _Stop(Exception):
    """A bad line ends a strict run."""


class _Run:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.report = Report("text")
        self.bad_shown = 0
        self.as_json = options.output_format == "json"

    def run(self) -> int:
        definitions, schema = self._prepare()
        if self.report.failed:
            self.report.show(beside=True)
            return 1
        if not definitions:
            print("pql: there are no definitions in these files", file=sys.stderr)
            return 1
        self.report.show(beside=True)
        self.report.diagnostics.clear()
        return self._evaluate(definitions, schema)

    def _prepare(self) -> tuple[list[Definition], Schema | None]:
        import time

        from pqltools.cli.schema_choice import chosen
        from pqltools.workspace.definitions import inline_definition, read_definitions

        options = self.options
        now = int(time.time() * 1000) if options.now is None else options.now
        try:
            schema, problems = chosen(options.schema, options.tenant)
            definitions, unread = read_definitions(options.definitions, schema, now, options.segments or ())
            self.report.add([*problems, *unread])
            if options.expression is not None:
                definitions.append(inline_definition(options.expression, schema, now))
        except PQLError as problem:
            self.report.add(list(problem.diagnostics))
            return [], None
        return definitions, schema

    def _evaluate(self, definitions: list[Definition], schema: Schema | None) -> int:
        from pqltools.cli.eval_outputs import output
        from pqltools.workspace.runs import Evaluation, Tally

        assert schema is not None
        options = self.options
        try:
            found = output(options.output, definitions, legacy=options.legacy)
        except PQLError as problem:
            return self._fail(problem)
        evaluation = Evaluation(
            definitions,
            schema,
            wants=found.wants,
            whole=found.whole,
            nulls=not options.no_nulls,
            joins=options.events is not None,
        )
        tally, status = Tally(len(definitions)), 0
        try:
            self._read_events(evaluation)
            found.start()
            status = self._pass(evaluation, found, tally)
        except PQLError as problem:
            status = self._fail(problem)
        except _Stop:
            status = 1
        self._finish(definitions, evaluation, tally)
        return status

    def _fail(self, problem: PQLError) -> int:
        self.report.add(list(problem.diagnostics))
        self.report.show(beside=True)
        self.report.diagnostics.clear()
        return 1

    def _read_events(self, evaluation: Evaluation) -> None:
        if self.options.events is not None:
            self._tell(evaluation.read_events(self.options.events), "PQL072")

    def _pass(self, evaluation: Evaluation, found: Output, tally: Tally) -> int:
        """Go through the profiles; what was found is kept when somebody interrupts it."""
        from pqltools.cli.eval_progress import Progress
        from pqltools.workspace.runs import run

        progress = Progress(self.options.profiles)
        try:
            for part in run(evaluation, self.options.profiles, jobs=self.options.jobs):
                tally.add(part.tally)
                progress.show(part.size, tally.profiles)
                found.write(part.answers)
                self._tell(part.bad, "PQL071", progress.clear)
        except KeyboardInterrupt:
            progress.clear()
            print(f"pql: interrupted after {tally.profiles:,} profiles", file=sys.stderr)
            return 130
        finally:
            progress.clear()
        return 0

    def _tell(self, bad: list[BadLine] | tuple[BadLine, ...], code: str, before: object = None) -> None:
        """Show what is wrong with lines, the first ones in full; in a strict run the first one is the last."""
        for line in bad:
            if self.bad_shown < _SHOWN:
                if callable(before):
                    before()
                print(self._line(line.diagnostic(code)), file=sys.stderr)
            elif self.bad_shown == _SHOWN:
                print("… further bad lines are only counted", file=sys.stderr)
            self.bad_shown += 1
            if self.options.strict:
                raise _Stop

    def _line(self, diagnostic: Diagnostic) -> str:
        source = diagnostic.source
        return f"{'' if source is None else source.name}: {diagnostic.code} {diagnostic.message}"

    def _finish(self, definitions: list[Definition], evaluation: Evaluation, tally: Tally) -> None:
        from pqltools.cli.eval_summary import data, table

        counts = evaluation.counts()
        nulls = not self.options.no_nulls
        if self.as_json:
            import json

            text = json.dumps(data(definitions, tally, counts, nulls=nulls), ensure_ascii=False, indent=2)
        else:
            text = table(definitions, tally, counts, nulls=nulls)
        print(text, file=sys.stdout if self.options.output == "counts" else sys.stderr)
