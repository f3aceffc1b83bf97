"""`pql schema`: the fields that expressions may use, with their types and values, and where a word occurs in them."""

from __future__ import annotations

import sys

from pqltools.cli.arguments import command_parser
from pqltools.cli.reporting import Report
from pqltools.diagnostics import Diagnostic, PQLError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from pqltools.cli.schema_pages import Page
    from pqltools.xdm.names import Steps
    from pqltools.xdm.schema import Schema

_EPILOG = """\
Without --schema and without `schemas` in the configuration these are the
standard fields of XDM Individual Profile and XDM ExperienceEvent; a tenant's own
fields are only in the tenant's union schema. FILE may be what the Schema
Registry answers (best: the union with
`Accept: application/vnd.adobe.xed-full+json; version=1`), an export, a list, a
file of descriptors, or a folder of such files.

PATH may be written as in PQL, with standard names (xdm:person) or with slashes
(/person/name). Keys of maps are shown as <key>.

exit codes: 0 fine, 1 there is no such field or a schema cannot be read, 2 wrong
use

examples:
  pql schema
  pql schema person.name
  pql schema xEvent.commerce --depth 2
  pql schema --search loyalty
  pql schema --schema union.json --tenant acme _acme
"""


def run(arguments: list[str]) -> int:
    """Run the command; returns the exit code."""
    parser = command_parser(
        "schema", "Browse the fields of profiles and events.", _EPILOG, format_help="how to show fields and problems"
    )
    parser.add_argument("path", nargs="?", metavar="PATH", help="a field; nothing shows the top level")
    parser.add_argument(
        "--schema",
        action="append",
        metavar="FILE",
        help="a schema, or a folder of them, instead of those of the configuration; may be given several times",
    )
    parser.add_argument("--tenant", metavar="NAME", help="the tenant's namespace, such as _acme")
    parser.add_argument("--search", metavar="WORD", help="only fields whose path or title contains WORD, at any depth")
    depth = parser.add_mutually_exclusive_group()
    depth.add_argument("--depth", type=int, default=None, metavar="N", help="levels of fields to show (default: 1)")
    depth.add_argument("--all", action="store_true", help="show all levels")
    options = parser.parse_args(arguments)
    if options.depth is not None and options.depth < 1:
        parser.error("--depth must be 1 or more")
    return _Browsing(options).run()


class _Browsing:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.report = Report(options.output_format)

    def run(self) -> int:
        try:
            schema = self._schema()
            page = None if self.report.failed else self._page(schema)
        except PQLError as problem:
            self.report.add(list(problem.diagnostics))
            page = None
        self.report.show(beside=page is not None)
        if page is None:
            return 1
        sys.stdout.write(page.json() if self.options.output_format == "json" else page.text(_columns()))
        return 0

    def _schema(self) -> Schema:
        """The schema of the options, else that of the configuration; what is wrong with it goes into the report."""
        from pqltools.cli.schema_choice import chosen

        schema, problems = chosen(self.options.schema, self.options.tenant)
        self.report.add(list(problems))
        return schema

    def _page(self, schema: Schema) -> Page:
        from pqltools.cli.schema_pages import Page, listed
        from pqltools.xdm.names import steps_of_path
        from pqltools.xdm.schema import resolve

        steps = steps_of_path(self.options.path or "")
        member = resolve(schema.profile, steps) if steps else None
        if steps and member is None:
            raise PQLError([_unknown(schema, steps)])
        type = schema.profile if member is None else member.type
        word = self.options.search
        depth = None if self.options.all or word else self.options.depth or 1
        return Page(schema, steps, member, listed(type, steps, depth, word), word)


def _unknown(schema: Schema, steps: Steps) -> Diagnostic:
    from pqltools.xdm.suggestions import path_text

    found = schema.suggest(schema.profile, steps)
    help = None
    if found:
        help = f"did you mean {' or '.join(f'`{one.path}`' for one in found)}?"
        if found[0].note:
            help += f" ({found[0].note})"
    return Diagnostic("PQL055", f"there is no field `{path_text(steps)}` in {schema.name}", help=help)


def _columns() -> int:
    """How wide a line may be; whoever reads a pipe wants all of it."""
    if not sys.stdout.isatty():
        return 10_000
    import os

    try:
        return max(os.get_terminal_size(sys.stdout.fileno()).columns or 80, 40)
    except OSError:
        return 80
