"""`pql sql`: what are definitions in SQL, for profiles that lie in a lakehouse?"""

from __future__ import annotations

import sys

from pqltools.cli.arguments import command_parser, instant, schema_options
from pqltools.cli.reporting import Report
from pqltools.diagnostics import PQLError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from pqltools.diagnostics import Diagnostic
    from pqltools.engines.store.store import Store
    from pqltools.workspace.definitions import Definition
    from pqltools.xdm.schema import Schema

_DIALECTS = ("duckdb", "spark", "snowflake", "bigquery", "postgres")
_EPILOG = """\
The queries are for a table with a row for each profile: columns, structs and
lists of structs as in the schema, the events in the list xEvent. --columns
prints what of it the definitions use, as CREATE TABLE. Timestamps are in UTC;
in Spark the session's time zone has to be UTC, too.

With --store the queries are for the tables of a store that `pql store load` has
made, one for profiles and one for each array of objects, and find the ids of the
profiles: DuckDB runs them over DIR/store.duckdb. They are for the store as it is:
what has no column yet is written as a constant.

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
  pql sql segments/ --store crm | duckdb -readonly crm/store.duckdb
"""


def run(arguments: list[str]) -> int:
    """Run the command; returns the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if not options.definitions and options.expression is None:
        parser.error("name a file with definitions, or give an expression with -e")
    if options.store is not None:
        for option, is_given in (
            ("--dialect", options.dialect not in (None, "duckdb")),
            ("--table", options.table is not None),
            ("--columns", options.columns),
        ):
            if is_given:
                parser.error(f"{option} is for nested tables, not for those of a store")
    try:
        import sqlglot  # noqa: F401

        if options.store is not None:
            import duckdb  # noqa: F401
    except ModuleNotFoundError as missing:
        extra = "sql" if missing.name == "sqlglot" and options.store is None else "duckdb"
        print(f"pql: `pql sql` needs {missing.name}: pip install 'pqltools[{extra}]'", file=sys.stderr)
        return 1
    return _Writing(options).run()


def _parser() -> argparse.ArgumentParser:
    help = "how to print: text, with problems drawn on standard error, or JSON, with problems as a JSON list there"
    parser = command_parser(
        "sql", "Print definitions as SQL over nested tables, or over those of a store.", _EPILOG, format_help=help
    )
    add = parser.add_argument
    add("definitions", nargs="*", metavar="DEFINITION", help="files or folders with expressions or definitions")
    add("-e", dest="expression", metavar="TEXT", help="an expression, behind the definitions")
    add("--dialect", choices=_DIALECTS, help="the engine that is to run it (default: duckdb)")
    add("--table", metavar="NAME", help="the table, also with its schema: lake.profiles (default: profiles)")
    add("--store", metavar="DIR", help="write for the tables of this store")
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
            self._write_all(definitions, schema, found)
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
        return create_table(columns, dialect_of(self.options.dialect or "duckdb"), self.options.table or "profiles")

    def _write_all(self, definitions: list[Definition], schema: Schema, found: list[tuple[Definition, str]]) -> None:
        if self.options.store is None:
            self._write(definitions, lambda definition: self._nested(definition, schema), found)
            return
        from pqltools.engines.store.store import open_store

        try:
            with open_store(self.options.store) as store:
                self._write(definitions, lambda definition: _in_store(store, schema, definition), found)
        except PQLError as problem:
            self.report.add(list(problem.diagnostics))

    def _write(
        self,
        definitions: list[Definition],
        written: Callable[[Definition], str],
        found: list[tuple[Definition, str]],
    ) -> None:
        for definition in definitions:
            try:
                found.append((definition, written(definition)))
            except PQLError as problem:
                self.report.add(definition.placed(problem.diagnostics))

    def _nested(self, definition: Definition, schema: Schema) -> str:
        from pqltools.sql.dialects.registry import dialect_of
        from pqltools.sql.query import query_text

        dialect, table = dialect_of(self.options.dialect or "duckdb"), self.options.table or "profiles"
        return query_text(definition.program, schema.profile, dialect, table=table, title=definition.title)

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


def _in_store(store: Store, schema: Schema, definition: Definition) -> str:
    from pqltools.engines.duckdb.standing_alone import store_query
    from pqltools.sql.dialects.registry import dialect_of
    from pqltools.sql.query import formatted

    return formatted(store_query(store, schema, definition), dialect_of("duckdb"), definition.title)
