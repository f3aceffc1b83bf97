"""`pql plan`: what would an engine read for these definitions, what do they share, and what does it leave to memory?"""

from __future__ import annotations

import json
import sys

from pqltools.cli.arguments import command_parser
from pqltools.cli.engine_options import chosen_engine, engine_options, plan_data, plan_text, prepared
from pqltools.cli.reporting import Report
from pqltools.diagnostics import PQLError

_EPILOG = """\
Nothing is evaluated. `reads` says which tables or files are read, of them which
columns, and between which times; `shared` which conditions and aggregates are
found once for several definitions; the end which definitions the engine cannot
do itself, and why.

exit codes: 0 fine, 1 a definition or the profiles cannot be used, 2 wrong use

examples:
  pql plan segments/ --profiles crm/
  pql plan vip.pql --profiles crm/ --output-format json
"""


def run(arguments: list[str]) -> int:
    """Run the command; returns the exit code."""
    help = "how to print the plan and problems: for people, or as JSON"
    parser = command_parser("plan", "Show what would be read for definitions.", _EPILOG, format_help=help)
    engine_options(parser)
    options = parser.parse_args(arguments)
    if not options.definitions and options.expression is None:
        parser.error("name a file with definitions, or give an expression with -e")
    report = Report(options.output_format)
    try:
        definitions, schema = prepared(options, report)
        if not definitions and not report.failed:
            print("pql: there are no definitions in these files", file=sys.stderr)
            return 1
        if not report.failed and schema is not None:
            from pqltools.records import replace

            with chosen_engine(options, len(definitions), schema, loads=False) as (engine, because):
                plan = replace(engine.plan(definitions), because=because)
            as_json = options.output_format == "json"
            print(json.dumps(plan_data(plan), ensure_ascii=False, indent=2) if as_json else plan_text(plan))
    except PQLError as problem:
        report.add(list(problem.diagnostics))
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.startswith("pqltools"):
            raise
        from pqltools.cli.store import not_installed

        print(not_installed("plan", missing.name), file=sys.stderr)
        return 2
    report.show(beside=True)
    return int(report.failed)
