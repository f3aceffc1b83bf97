"""`pql deps`: which fields, event types and segments do definitions use, and who uses a field?"""

from __future__ import annotations

import sys

from pqltools.cli.arguments import command_parser, schema_options
from pqltools.cli.reporting import Report
from pqltools.diagnostics import PQLError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from pqltools.checks.field_paths import Path
    from pqltools.diagnostics import Diagnostic
    from pqltools.workspace.catalogue import Catalogue, Entry

_EPILOG = """\
Fields are paths from the profile, whatever variables, filters and item scopes
lead to them: `X.commerce.order` with `X from xEvent` is xEvent.commerce.order. A
step that only a profile can tell, such as a computed key, is `*`. Event types
are the values that an `eventType` is compared with, segments those of
`inSegment` and of segmentMembership.ups. Definitions with the same expression,
however it is written, are listed as duplicates.

exit codes: 0 fine, 1 a file cannot be read, 2 wrong use

examples:
  pql deps segments/
  pql deps --uses xEvent.commerce.order segments/
  pql deps --dot segments/ | dot -Tsvg > segments.svg
"""


def run(arguments: list[str]) -> int:
    """Run the command; returns the exit code."""
    help = "how to report problems, on standard error: drawn, or as a JSON list"
    parser = command_parser("deps", "Show what definitions depend on.", _EPILOG, format_help=help)
    parser.add_argument("paths", nargs="*", default=["."], metavar="PATH", help="files or folders (default: .)")
    parser.add_argument("--uses", metavar="FIELD", help="only who uses this field, or something in it, and where")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print data")
    form.add_argument("--dot", action="store_true", help="print a graph for Graphviz")
    schema_options(parser)
    options = parser.parse_args(arguments)
    if options.uses is not None and options.dot:
        parser.error("--uses has no graph")
    field = None
    if options.uses is not None:
        from pqltools.checks.field_paths import parse_path

        field = parse_path(options.uses)
        if field is None:
            parser.error(f"{options.uses!r} is no path of a field; write it as xEvent.commerce.order")
    return _Listing(options, field).run()


class _Listing:
    def __init__(self, options: argparse.Namespace, field: Path | None) -> None:
        self.options = options
        self.field = field
        self.report = Report(options.output_format)

    def run(self) -> int:
        try:
            catalogue, problems = self._read()
        except PQLError as problem:
            self.report.add(list(problem.diagnostics))
            self.report.show(beside=False)
            return 1
        # What can be read is an answer, what cannot is told beside it.
        sys.stdout.write(self._text(catalogue))
        self.report.add(problems)
        self._show()
        return 1 if self.report.failed else 0

    def _read(self) -> tuple[Catalogue, list[Diagnostic]]:
        from pqltools.cli.schema_choice import chosen
        from pqltools.workspace.catalogue import read_catalogue
        from pqltools.workspace.setup import Options, Workspace

        schema, problems = chosen(self.options.schema, self.options.tenant)
        is_excluded = Workspace(Options(now=0)).is_excluded
        catalogue, unread = read_catalogue(self.options.paths, schema.profile, is_excluded)
        return catalogue, [*problems, *unread]

    def _text(self, catalogue: Catalogue) -> str:
        if self.options.dot:
            from pqltools.cli.deps_graph import graph

            return graph(catalogue)
        if self.options.json:
            from pqltools.cli.deps_data import field_data, listing_data

            return listing_data(catalogue) if self.field is None else field_data(catalogue, self.field)
        return _listing(catalogue) if self.field is None else _users(catalogue, self.field)

    def _show(self) -> None:
        """Problems go to standard error, for the answer stands on standard output."""
        output, sys.stdout = sys.stdout, sys.stderr
        try:
            self.report.show(beside=True)
        finally:
            sys.stdout = output


def _listing(catalogue: Catalogue) -> str:
    from pqltools.checks.field_paths import path_text

    if not catalogue.entries:
        return "no files with PQL found\n"
    blocks = []
    for entry in catalogue.entries:
        direct = tuple(entry.uses.segments)
        further = [id for id in catalogue.segments_below(entry) if id not in direct]
        parts = {
            "fields": [path_text(path) for path in entry.uses.fields],
            "events": [*entry.uses.event_types],
            "segments": [_segment(id, catalogue) for id in direct],
            "by way of them": [_segment(id, catalogue) for id in further],
            "used by": [user.title for user in catalogue.used_by(entry)],
        }
        lines = [f"  {title}: {item}" for title, items in parts.items() for item in [", ".join(items)] if items]
        blocks.append("\n".join([_headline(entry), *lines]))
    blocks += [
        "the same expression: " + ", ".join([entry.title for entry in group]) for group in catalogue.duplicates()
    ]
    return "\n\n".join(blocks) + "\n"


def _headline(entry: Entry) -> str:
    file, line, _ = entry.place()
    id = f" ({entry.id})" if entry.id is not None and entry.name is not None else ""
    return file if entry.title == file else f"{file}:{line} {entry.title}{id}"


def _segment(id: str, catalogue: Catalogue) -> str:
    entry = catalogue.by_id.get(id)
    return f"{id} (not among the files)" if entry is None else entry.title


def _users(catalogue: Catalogue, field: Path) -> str:
    from pqltools.checks.field_paths import path_text

    found = catalogue.users_of_field(field)
    if not found:
        return _nobody(catalogue, field)
    lines = []
    for entry, used, span in found:
        file, line, column = entry.place(span)
        title = "" if entry.title == file else f" {entry.title}"
        lines.append(f"{file}:{line}:{column}{title}: {path_text(used)}")
    further = catalogue.dependents(entry for entry, _, _ in found)
    if further:
        lines.append("by way of segments: " + ", ".join([entry.title for entry in further]))
    return "\n".join(lines) + "\n"


def _nobody(catalogue: Catalogue, field: Path) -> str:
    """That nobody uses it, and the path that was probably meant: the same one below another root."""
    from pqltools.checks.field_paths import is_below, path_text

    used = {path for entry in catalogue.entries for path in entry.uses.fields}
    meant = sorted({path[: len(field) + 1] for path in used if is_below(path[1:], field)})
    hint = f"; did you mean `{path_text(meant[0])}`?" if meant else ""
    return f"nobody uses `{path_text(field)}`{hint}\n"
