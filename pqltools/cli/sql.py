"""`pql sql`: what are definitions in SQL, for profiles that lie in a lakehouse?"""

from __future__ import annotations

import sys

from pqltools.cli.arguments import command_parser, instant, schema_options
from pqltools.cli.reporting import Report
from pqltools.diagnostics import PQLError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from pqltools.diagnostics import Diagnostic
    from pqltools.workspace.definitions import Definition
    from pqltools.xdm.schema import Schema

_DIALECTS = ("duckdb", "spark", "snowflake", "bigquery", "postgres")
_EPILOG = """\
The queries are for a table with a row for each profile: columns, structs and
lists of structs as in the schema, the events in the list xEvent. --columns
prints what of it the definitions use, as CREATE TABLE. Timestamps are in UTC;
in Spark the session's time zone has to be UTC, too.

A query gives the same answer as `pql eval` for every row, or there is none:
what cannot be said in SQL with exactly the same meaning is an error with its
place. `now` is written into the query. Segments that `inSegment` refers to are
written in place if they are among the files or named with --segments; of others
the column segmentMembership tells.

exit codes: 0 fine, 1 a file cannot be used or an expression has no SQL, 2 wrong
use

examples:
  pql sql vip.pql
  pql sql segments/ --dialect spark --schema union.json --table lake.profiles
  pql sql -e 'homeAddress.city = "Bath"' --now 2024-03-15T10:30:00Z
"""


def run(arguments: list[str]) -> int:
    """Run the command; returns the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if not options.definitions and options.expression is None:
        parser.error("name a file with definitions, or give an expression with -e")
    try:
        import sqlglot  # noqa: F401
    except ImportError:
        print("pql: `pql sql` needs sqlglot: pip install 'pqltools[sql]'", file=sys.stderr)
        return 1
    return _Writing(options).run()


def _parser() -> argparse.ArgumentParser:
    help = "how to print: text, with problems drawn on standard error, or JSON, with problems as a JSON list there"
    parser = command_parser("sql", "Print definitions as SQL over nested tables.", _EPILOG, format_help=help)
    add = parser.add_argument
    add("definitions", nargs="*", metavar="DEFINITION", help="files or folders with expressions or definitions")
    add("-e", dest="expression", metavar="TEXT", help="an expression, behind the definitions")
    add("--dialect", choices=_DIALECTS, default="duckdb", help="the engine that is to run it (default: duckdb)")
    add("--table", default="profiles", metavar="NAME", help="the table, also with its schema: lake.profiles")
    add("--columns", action="store_true", help="print the columns that the definitions use instead of queries")
    add("--segments", action="append", metavar="PATH", help="definitions that `inSegment` may refer to, not printed")
    add("--now", type=instant, metavar="TIME", help="the instant of evaluation, ISO 8601 (default: the present)")
    schema_options(parser)
    return parser


class _Writing:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.report = Report(options.output_format)

    def run(self) -> int:
        """What has SQL is printed, what has not is told beside it."""
        found: list[tuple[Definition, str]] = []
        definitions, schema = self._prepare()
        if schema is not None and not definitions and not self.report.diagnostics:
            print("pql: there are no definitions in these files", file=sys.stderr)
            return 1
        if schema is not None and self.options.columns:
            sys.stdout.write(self._columns(definitions, schema))
        elif schema is not None:
            for definition in definitions:
                self._write(definition, schema, found)
            sys.stdout.write(self._json(found) if self.options.output_format == "json" else self._text(found))
        self._show()
        return 1 if self.report.failed else 0

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
        definitions, unread = read_definitions(
            options.definitions, schema, now, options.segments or (), options.expression
        )
        files: dict[str | None, list[Diagnostic]] = {}
        for diagnostic in (*problems, *unread):
            files.setdefault(None if diagnostic.source is None else diagnostic.source.name, []).append(diagnostic)
        for each in files.values():
            self.report.add(each)
        return definitions, schema

    def _columns(self, definitions: list[Definition], schema: Schema) -> str:
        from pqltools.sql.dialects.registry import dialect_of
        from pqltools.sql.tables import create_table, table_columns
        from pqltools.workspace.definitions import used_paths

        paths = used_paths([definition.program for definition in definitions], schema)
        columns = table_columns(schema.profile, paths)
        return create_table(columns, dialect_of(self.options.dialect), self.options.table)

    def _write(self, definition: Definition, schema: Schema, found: list[tuple[Definition, str]]) -> None:
        from pqltools.sql.dialects.registry import dialect_of
        from pqltools.sql.query import query_text

        options = self.options
        try:
            text = query_text(
                definition.program,
                schema.profile,
                dialect_of(options.dialect),
                table=options.table,
                title=definition.title,
            )
        except PQLError as problem:
            self.report.add(definition.placed(problem.diagnostics))
        else:
            found.append((definition, text))

    def _text(self, found: list[tuple[Definition, str]]) -> str:
        return "\n".join([text for _, text in found])

    def _json(self, found: list[tuple[Definition, str]]) -> str:
        import json

        data = [{"id": definition.id, "name": definition.title, "sql": text} for definition, text in found]
        return json.dumps(data, ensure_ascii=False, indent=2) + "\n"

    def _show(self) -> None:
        """Problems go to standard error, for the queries stand on standard output."""
        output, sys.stdout = sys.stdout, sys.stderr
        try:
            self.report.show(beside=True)
        finally:
            sys.stdout = output
