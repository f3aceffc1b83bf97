"""`pql job run`: which profiles of a store or of files qualify for many definitions?  Counts and memberships."""

from __future__ import annotations

import argparse
import json
import sys

from pqltools.cli.arguments import Help, command_parser
from pqltools.cli.engine_options import chosen_engine, chosen_name, counts_text, engine_options, prepared
from pqltools.cli.reporting import Report
from pqltools.diagnostics import PQLError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.workspace.definitions import Definition
    from pqltools.xdm.schema import Schema

_EPILOG = """\
All definitions are evaluated together. With --out DIR their members are written
to DIR/memberships.parquet, a row for each: `definition`, `segment` (the id of
the definition), `profile` (the id of the profile, null if it has none); and the
counts to DIR/counts.json. What is there already is replaced with --overwrite,
and only when the run is complete.

engines:
  memory  the compiled evaluator over files, line by line
  duckdb  over a store (`pql store load`); files are loaded for the time of the
          run. What does not follow the schema is left out, and told
  spark   over files of Parquet or of JSON lines, Delta tables and tables of a
          catalog; needs Java. --out is then a path that Spark writes to, with
          folders of files in place of the files
  auto    duckdb for a store, memory for files, spark for what only it reads

exit codes: 0 fine, 1 a definition or the profiles cannot be used, 2 wrong use,
130 interrupted

examples:
  pql job run segments/ --profiles crm/ --out members/
  pql job run vip.pql --engine duckdb --profiles profiles.ndjson
  pql job run segments/ --engine spark --profiles s3a://lake/profiles/ \\
      --events s3a://lake/events/ --out s3a://lake/members/ --master yarn
"""
_MOST = 20


def run(arguments: list[str]) -> int:
    """Run the command; returns the exit code."""
    if arguments[:1] == ["run"]:
        try:
            return _run(arguments[1:])
        except ModuleNotFoundError as missing:
            if missing.name is None or missing.name.startswith("pqltools"):
                raise
            from pqltools.cli.store import not_installed

            print(not_installed("job", missing.name), file=sys.stderr)
            return 2
    parser = argparse.ArgumentParser(
        prog="pql job", description="Evaluate many definitions.", epilog=_EPILOG, formatter_class=Help
    )
    parser.add_argument("command", choices=["run"], metavar="run", help="`pql job run --help` says more")
    parser.parse_args(arguments)
    return 2


def _run(arguments: list[str]) -> int:
    help = "how to print counts and problems: a table for people, or JSON"
    parser = command_parser("job run", "Evaluate many definitions over many profiles.", _EPILOG, format_help=help)
    engine_options(parser)
    parser.add_argument("--out", metavar="DIR", help="where to write memberships and counts")
    parser.add_argument("--overwrite", action="store_true", help="replace what is there")
    options = parser.parse_args(arguments)
    if not options.definitions and options.expression is None:
        parser.error("name a file with definitions, or give an expression with -e")
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 10_000))
    report = Report(options.output_format)
    try:
        definitions, schema = prepared(options, report)
        if not definitions and not report.failed:
            print("pql: there are no definitions in these files", file=sys.stderr)
            return 1
        if not report.failed and schema is not None:
            _evaluate(options, definitions, schema)
    except PQLError as problem:
        report.add(list(problem.diagnostics))
    except KeyboardInterrupt:
        print("pql job: interrupted; nothing was written", file=sys.stderr)
        return 130
    report.show(beside=True)
    return int(report.failed)


def _evaluate(options: argparse.Namespace, definitions: list[Definition], schema: Schema) -> None:
    from pqltools.engines.choosing import writing_for
    from pqltools.engines.writing import counts_data

    as_json = options.output_format == "json"
    name = chosen_name(options, len(definitions))
    with (
        writing_for(name, options.out, definitions, overwrite=options.overwrite) as writing,
        chosen_engine(options, len(definitions), schema) as (engine, because),
    ):
        if because and not as_json:
            print(f"pql: engine {engine.name}: {because}", file=sys.stderr)
        plan = engine.plan(definitions)
        result = writing.run(engine, plan)
        for each in engine.refused[:_MOST]:
            print(f"{each.file} PQL071 warning: line {each.line:,}: {each.reason}", file=sys.stderr)
        if len(engine.refused) > _MOST:
            print(f"… {len(engine.refused) - _MOST:,} more lines refused", file=sys.stderr)
        counts = counts_data(definitions, plan, result, refused=len(engine.refused))
        writing.finish(counts)
    for text in result.problems[:_MOST]:
        print(f"pql: {text}", file=sys.stderr)
    print(json.dumps(counts, ensure_ascii=False, indent=2) if as_json else counts_text(definitions, result))
