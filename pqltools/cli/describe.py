"""`pql describe`: what do expressions say in plain English, for reviewers who do not read PQL?"""

from __future__ import annotations

import sys

from pqltools.cli.arguments import command_parser, schema_options
from pqltools.cli.reporting import Report
from pqltools.diagnostics import PQLError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from pqltools.workspace.catalogue import Catalogue, Entry
    from pqltools.xdm.schema import Schema

_EPILOG = """\
FILE is a bare expression, a pql/json tree, a definition file or a folder of
these; - or nothing is standard input. Fields stay as the schema has them, in
back-quotes; with a schema of your own their titles follow. Segments that
`inSegment` refers to are named if their definitions are among the files.

Nothing is left out: two expressions that mean different things have different
descriptions. Where one item after another belongs together there is a list.

exit codes: 0 fine, 1 a file cannot be read or described, 2 wrong use

examples:
  echo 'not (homeAddress.city = "Bath")' | pql describe -
  pql describe segments/
  pql describe --schema union.json win-back.yaml
"""


def run(arguments: list[str]) -> int:
    """Run the command; returns the exit code."""
    help = "how to print: text, with problems drawn on standard error, or JSON, with problems as a JSON list there"
    parser = command_parser("describe", "Say in plain English what expressions mean.", _EPILOG, format_help=help)
    parser.add_argument("files", nargs="*", metavar="FILE", help="files or folders; - or nothing is standard input")
    schema_options(parser)
    return _Describing(parser.parse_args(arguments)).run()


class _Describing:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.report = Report(options.output_format)

    def run(self) -> int:
        """What can be described is printed, what cannot is told beside it."""
        found: list[tuple[Entry, str]] = []
        try:
            schema = self._schema()
            catalogue = self._read(schema)
        except PQLError as problem:
            self.report.add(list(problem.diagnostics))
        else:
            for entry in catalogue.entries:
                self._describe(entry, catalogue, schema, found)
        sys.stdout.write(self._json(found) if self.options.output_format == "json" else self._text(found))
        self._show()
        return 1 if self.report.failed else 0

    def _schema(self) -> Schema:
        from pqltools.cli.schema_choice import chosen

        schema, problems = chosen(self.options.schema, self.options.tenant)
        self.report.add(list(problems))
        return schema

    def _read(self, schema: Schema) -> Catalogue:
        from pqltools.workspace.catalogue import read_catalogue
        from pqltools.workspace.setup import Options, Workspace

        is_excluded = Workspace(Options(now=0)).is_excluded
        catalogue, unread = read_catalogue(self.options.files or ["-"], schema.profile, is_excluded)
        self.report.add(unread)
        return catalogue

    def _describe(self, entry: Entry, catalogue: Catalogue, schema: Schema, found: list[tuple[Entry, str]]) -> None:
        from pqltools.description.describe import describe
        from pqltools.formats.definition_files import place_all
        from pqltools.xdm import standard

        titled = schema.name != standard.NAME
        segments = {id: other.name for id, other in catalogue.by_id.items() if other.name is not None}
        try:
            found.append((entry, describe(entry.tree, schema, segments=segments, titles=titled)))
        except PQLError as problem:
            self.report.add(place_all(entry.embedded, entry.source, problem.diagnostics))

    def _text(self, found: list[tuple[Entry, str]]) -> str:
        if not found:
            return "" if self.report.diagnostics else "no files with PQL found\n"
        if len(found) == 1 and found[0][0].name is None:
            return found[0][1] + "\n"
        return "\n\n".join([f"{_headline(entry)}\n{text}" for entry, text in found]) + "\n"

    def _json(self, found: list[tuple[Entry, str]]) -> str:
        import json

        return json.dumps([_data(entry, text) for entry, text in found], ensure_ascii=False, indent=2) + "\n"

    def _show(self) -> None:
        """Problems go to standard error, for the answer stands on standard output."""
        output, sys.stdout = sys.stdout, sys.stderr
        try:
            self.report.show(beside=True)
        finally:
            sys.stdout = output


def _headline(entry: Entry) -> str:
    """The name and the id, else the file."""
    id = f" ({entry.id})" if entry.id is not None and entry.name is not None else ""
    return f"# {entry.title}{id}"


def _data(entry: Entry, text: str) -> dict[str, object]:
    file, line, column = entry.place()
    return {
        "key": entry.key,
        "id": entry.id,
        "name": entry.name,
        "file": file,
        "path": entry.embedded.path,
        "line": line,
        "column": column,
        "description": text,
    }
