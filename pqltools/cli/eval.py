"""`pql eval`: which profiles of a file qualify for which definitions, and how many?"""

from __future__ import annotations

import argparse
import gc
import os
import sys

from pqltools.cli.arguments import command_parser, instant, processes, schema_options
from pqltools.cli.engine_options import choice_options
from pqltools.cli.eval_engine import unsuitable, uses_columns
from pqltools.cli.eval_problems import Problems, Stop
from pqltools.cli.reporting import Report
from pqltools.diagnostics import PQLError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.cli.eval_outputs import Output
    from pqltools.data.events import Counts
    from pqltools.diagnostics import Diagnostic
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
  csv          a row for each profile, a column for each definition: true,
               false, or nothing if it cannot be evaluated for the profile
  memberships  each profile's new segmentMembership as NDJSON; definitions need
               ids

A profile without an id is named by its file and line in ids and csv.

The table goes to standard error beside other outputs. Its columns:
  profiles      that were evaluated, which `share` refers to
  qualified     that qualify
  null-decided  whose answer could change if a missing field were filled in,
                whether they qualify or not; `pql explain` shows which field
  errors        that are left out, for they cannot be evaluated

Lines that hold no profile are told with their number and the reason (20 of
them), counted, and left out. Nothing at all is evaluated if a definition or a
file that is named cannot be used.

exit codes: 0 fine, 1 a definition or a file cannot be used, or --strict has
stopped the run, 2 wrong use, 130 interrupted; what was found until then is
printed

engines:
  memory  goes over files profile by profile
  duckdb  goes over the columns of a store (`pql store load`), or of Parquet;
          files are loaded for the time of the run, and what does not follow
          the schema is left out
  spark   goes over Parquet, Delta, JSON lines or table:NAME on Spark, which is
          started here, or is at --master
  auto    duckdb for a store or Parquet, spark for what only it reads and for
          --id and --master, else memory

duckdb and spark print `counts` and `ids`, not where a null decides; what is
too much to be printed `pql job run` writes to a folder.

examples:
  pql eval segments/ --profiles profiles.ndjson
  pql eval vip.pql --profiles profiles.ndjson.gz --events events.ndjson
  pql eval vip.pql --profiles - --output ids < profiles.ndjson > vip.txt
"""


def run(arguments: list[str]) -> int:
    """Run the command; returns the exit code."""
    options = _options(arguments)
    # Data may be nested deeply, and Python frames take no room on the stack of the machine.
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 10_000))
    # Profiles hold no cycles, and looking for some in vain takes as long as decoding them.
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return _Run(options).run()
    finally:
        if was_enabled:
            gc.enable()


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = _parser()
    options = parser.parse_args(arguments)
    options.expression = options.expressions[0] if options.expressions else None
    if len(options.expressions or ()) > 1:
        parser.error("-e can be given only once; put several expressions into files")
    if not options.definitions and options.expression is None:
        parser.error("name a file with definitions, or give an expression with -e")
    if options.legacy and options.output != "memberships":
        parser.error("--legacy goes with --output memberships")
    files = (options.definitions, options.segments, options.profiles, options.events)
    if sum(names.count("-") for names in files if names) > 1:
        parser.error("standard input (-) can be read only once")
    options.in_columns = uses_columns(options)
    problem = unsuitable(options) if options.in_columns else None
    if problem is not None:
        parser.error(problem)
    return options


def _parser() -> argparse.ArgumentParser:
    help = "how to report: a table and problems drawn for people, or numbers and problems as JSON"
    parser = command_parser("eval", "Evaluate definitions over files of profiles.", _EPILOG, format_help=help)
    add = parser.add_argument
    add("definitions", nargs="*", metavar="DEFINITION", help="files or folders with expressions or definitions")
    add(
        "-e",
        dest="expressions",
        action="append",
        metavar="TEXT",
        help="an expression, evaluated behind the definitions",
    )
    add("--profiles", action="append", required=True, metavar="PATH", help="profiles; may be given several times")
    add("--events", action="append", metavar="FILE", help="events to be joined to the profiles; likewise")
    choice_options(parser)
    add("--segments", action="append", metavar="PATH", help="definitions that `inSegment` may refer to, not counted")
    outputs = ("counts", "ids", "ndjson", "csv", "memberships")
    add("--output", choices=outputs, default="counts", help="what to print (default: counts)")
    add("--legacy", action="store_true", help="with --output memberships: members that stay are `existing`")
    add("--now", type=instant, metavar="TIME", help="the instant of evaluation, ISO 8601 (default: the present)")
    schema_options(parser)
    add(
        "--strict",
        action="store_true",
        help="stop at the first line that is bad, or at whose profile a definition fails",
    )
    add("--no-nulls", action="store_true", help="do not find out where a null decides, which takes time")
    add("--jobs", type=processes, default=1, metavar="N", help="how many processes evaluate (default: 1)")
    return parser


class _Run:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.as_json = options.output_format == "json"
        self.report = Report(options.output_format)
        self.problems = Problems(as_json=self.as_json, strict=options.strict)

    def run(self) -> int:
        definitions, schema = self._prepare()
        if self.report.failed:
            return self._refused()
        if not definitions or schema is None:
            print("pql: there are no definitions in these files", file=sys.stderr)
            return 1
        self._keep_or_show()
        return (self._in_columns if self.options.in_columns else self._evaluate)(definitions, schema)

    def _refused(self) -> int:
        """Nothing is evaluated if something named cannot be used: a run is long, and its result would lack that."""
        self.report.show(beside=True)
        if not self.as_json:
            print("pql: nothing was evaluated", file=sys.stderr)
        return 1

    def _keep_or_show(self) -> None:
        """Report what was found until now: as JSON together with the numbers."""
        if self.as_json:
            self.problems.found += self.report.diagnostics
        else:
            self.report.show(beside=True)
        self.report.diagnostics.clear()

    def _prepare(self) -> tuple[list[Definition], Schema | None]:
        import time

        from pqltools.cli.schema_choice import chosen
        from pqltools.workspace.definitions import read_definitions

        options = self.options
        now = int(time.time() * 1000) if options.now is None else options.now
        try:
            schema, problems = chosen(options.schema, options.tenant)
        except PQLError as problem:
            self.report.add(list(problem.diagnostics))
            return [], None
        segments = options.segments or ()
        definitions, unread = read_definitions(options.definitions, schema, now, segments, options.expression)
        files: dict[str | None, list[Diagnostic]] = {}
        for diagnostic in (*problems, *unread, *self._unreadable()):
            name = None if diagnostic.source is None else diagnostic.source.name
            files.setdefault(name, []).append(diagnostic)
        for found in files.values():
            self.report.add(found)
        return definitions, schema

    def _unreadable(self) -> list[Diagnostic]:
        """What is wrong with files that cannot be opened, so that it is known before the first hour has passed."""
        from pqltools.data.compression import open_bytes
        from pqltools.engines.choosing import check_memory, check_options

        found: list[Diagnostic] = []
        if self.options.in_columns:
            return found
        try:
            check_options(self.options.id, self.options.master)
            check_memory([*self.options.profiles, *(self.options.events or ())])
        except PQLError as problem:
            return [*problem.diagnostics]
        for name in dict.fromkeys([*self.options.profiles, *(self.options.events or ())]):
            # A pipe can be opened but once.
            if name == "-" or (os.path.exists(name) and not os.path.isfile(name) and not os.path.isdir(name)):  # noqa: PTH110, PTH112, PTH113
                continue
            try:
                open_bytes(name).close()
            except PQLError as problem:
                found += problem.diagnostics
        return found

    def _in_columns(self, definitions: list[Definition], schema: Schema) -> int:
        from pqltools.cli.eval_engine import evaluate
        from pqltools.workspace.runs import Tally

        tally = Tally(len(definitions))
        try:
            result, tally.bad_lines = evaluate(self.options, definitions, schema, self.problems)
        except PQLError as problem:
            self.report.add(list(problem.diagnostics))
            return self._refused()
        except KeyboardInterrupt:
            print("pql: interrupted", file=sys.stderr)
            return 130
        except ModuleNotFoundError as missing:
            if missing.name is None or missing.name.startswith("pqltools"):
                raise
            from pqltools.cli.store import not_installed

            extra = "spark" if self.options.engine == "spark" else "duckdb"
            print(not_installed("eval", missing.name, extra), file=sys.stderr)
            return 2
        tally.profiles, tally.qualified, tally.failed = result.profiles, [*result.counts], [*result.failed]
        self._print(definitions, tally, None, nulls=False)
        return 0

    def _evaluate(self, definitions: list[Definition], schema: Schema) -> int:
        from pqltools.cli.eval_outputs import output
        from pqltools.workspace.runs import Evaluation, Tally

        options = self.options
        try:
            found = output(options.output, definitions, legacy=options.legacy)
        except PQLError as problem:
            self.report.add(list(problem.diagnostics))
            return self._refused()
        evaluation = Evaluation(
            definitions,
            schema,
            wants=found.wants,
            keeps=found.keeps,
            nulls=not options.no_nulls,
            joins=options.events is not None,
            strict=options.strict,
        )
        tally, status = Tally(len(definitions)), 0
        try:
            self._read_events(evaluation)
            found.start()
            status = self._pass(evaluation, found, tally)
        except PQLError as problem:
            self.report.add(list(problem.diagnostics))
            self._keep_or_show()
            status = 1
        except Stop:
            status = 1
        self._finish(definitions, evaluation, tally)
        return status

    def _read_events(self, evaluation: Evaluation) -> None:
        if self.options.events is not None:
            self.problems.tell(line.diagnostic("PQL072") for line in evaluation.read_events(self.options.events))

    def _pass(self, evaluation: Evaluation, found: Output, tally: Tally) -> int:
        """Go through the profiles; what was found is kept when somebody interrupts it."""
        from pqltools.cli.eval_progress import Progress
        from pqltools.workspace.runs import run

        progress = Progress(self.options.profiles, beside=self.options.output != "counts")
        self.problems.before = progress.clear
        try:
            for part in run(evaluation, self.options.profiles, jobs=self.options.jobs):
                tally.add(part.tally)
                progress.show(part.size, tally.profiles)
                found.write(part.answers)
                self.problems.tell(line.diagnostic() for line in part.bad)
        except KeyboardInterrupt:
            progress.clear()
            print(f"pql: interrupted after {tally.profiles:,} profiles", file=sys.stderr)
            return 130
        finally:
            progress.clear()
        return 0

    def _finish(self, definitions: list[Definition], evaluation: Evaluation, tally: Tally) -> None:
        self._print(definitions, tally, evaluation.counts(), nulls=not self.options.no_nulls)

    def _print(self, definitions: list[Definition], tally: Tally, counts: Counts | None, *, nulls: bool) -> None:
        from pqltools.cli.eval_summary import data, table

        if self.as_json:
            import json

            numbers = {**data(definitions, tally, counts, nulls=nulls), "problems": self.problems.data()}
            text = json.dumps(numbers, ensure_ascii=False, indent=2)
        else:
            text = table(definitions, tally, counts, nulls=nulls)
        print(text, file=sys.stdout if self.options.output == "counts" else sys.stderr)
