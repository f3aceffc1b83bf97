"""`pql explain`: why does this profile qualify for a segment, or why not?"""

from __future__ import annotations

import argparse
import sys

from pqltools.cli.arguments import command_parser, instant, schema_options
from pqltools.cli.reporting import Report
from pqltools.diagnostics import PQLError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from pqltools.evaluation.explain import Explanation, Limits
    from pqltools.workspace.catalogue import Catalogue, Entry
    from pqltools.xdm.schema import Schema

_EPILOG = """\
DEFINITION is a .pql file, a tree in pql/json or a file of segment definitions; -
is standard input.

A profile is a JSON object with its events under `xEvent`. A file holds one, an
array of them, one a line, or a response of the Profile Access API, plain or
packed by gzip or zstd. A file of events has the same forms; those with an
identity of the profile belong to it, and those without any identity.

  ✓ holds   ✗ does not hold   ? decided by a null   • a value   · not evaluated

exit codes: 0 there is an answer, whichever, 1 something cannot be read or
evaluated, 2 wrong use

examples:
  pql explain vip.pql --profile kim.json
  pql explain -e 'homeAddress.city = "Bath"' --profile kim.json
  pql explain --name Win-back --now 2024-03-15 segments.json --profile kim.json
"""
#: How many items are told in full, ordinarily and with --all.
_ITEMS, _ALL = 5, 1000


def run(arguments: list[str]) -> int:
    """Run the command; returns the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if (options.definition is None) == (options.expression is None):
        parser.error("give either a DEFINITION or an expression with -e")
    if options.expression is not None and (options.id or options.name):
        parser.error("--id and --name choose among the definitions of a file")
    # Trees and data may be deep, and Python frames take no room on the stack of the machine.
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 10_000))
    return _Explaining(options).run()


def _parser() -> argparse.ArgumentParser:
    help = "how to print: drawn, with problems on standard error, or JSON"
    parser = command_parser("explain", "Tell why a profile qualifies, or why not.", _EPILOG, format_help=help)
    add = parser.add_argument
    add("definition", nargs="?", metavar="DEFINITION", help="a file with an expression or with segment definitions")
    add("-e", "--expression", metavar="TEXT", help="an expression, instead of a file")
    add("--id", help="only the definition with this id")
    add("--name", help="only the definition with this name")
    add("--profile", required=True, metavar="FILE", help="the profile, or profiles")
    add("--profile-id", metavar="ID", help="an id of the profile that is meant, if there are several")
    add("--events", metavar="FILE", help="events to be joined to the profile")
    add("--now", type=instant, metavar="TIME", help="the instant of evaluation, ISO 8601 (default: the present)")
    add("--segments", action="append", metavar="PATH", help="definitions that `inSegment` may refer to")
    schema_options(parser)
    add("--all", action="store_true", help="show all items and events, and what did not have to be evaluated")
    return parser


class _Explaining:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.report = Report(options.output_format)
        self.now: int = options.now if options.now is not None else _clock()
        self.found: list[tuple[Entry, Explanation]] = []

    def run(self) -> int:
        """What can be explained is printed, what cannot is told beside it."""
        try:
            self._explain()
        except PQLError as problem:
            self.report.add(list(problem.diagnostics))
        sys.stdout.write(self._json() if self.options.output_format == "json" else self._text())
        self._show()
        return 1 if self.report.failed else 0

    def _explain(self) -> None:
        from pqltools.data.one_profile import read_profile

        schema = self._schema()
        entries, segments = self._definitions(schema)
        profile = read_profile(
            self.options.profile,
            self.options.profile_id,
            schema.profile,
            events=self.options.events,
            choose="choose one with --profile-id",
        )
        for entry in entries:
            try:
                self.found.append((entry, self._explained(entry, segments, schema, profile)))
            except PQLError as problem:
                self.report.add(_placed(entry, problem, segments, schema))

    def _schema(self) -> Schema:
        from pqltools.cli.schema_choice import chosen

        schema, problems = chosen(self.options.schema, self.options.tenant)
        self.report.add(list(problems))
        return schema

    def _definitions(self, schema: Schema) -> tuple[list[Entry], dict[str, Entry]]:
        """What is to be explained, and all definitions that `inSegment` can refer to."""
        if self.options.expression is not None:
            entries, known = [_written(self.options.expression, schema)], {}
        else:
            catalogue = self._read([self.options.definition], schema)
            entries, known = self._chosen(catalogue), dict(catalogue.by_id)
        others = self._read(self.options.segments, schema).by_id if self.options.segments else {}
        return entries, {**others, **known}

    def _read(self, paths: Iterable[str], schema: Schema) -> Catalogue:
        from pqltools.workspace.catalogue import read_catalogue

        catalogue, problems = read_catalogue(paths, schema.profile)
        self.report.add(problems)
        return catalogue

    def _chosen(self, catalogue: Catalogue) -> list[Entry]:
        """The definitions that the user has chosen: one by its id or name, else all."""
        from pqltools.diagnostics import error

        id, name = self.options.id, self.options.name
        found = [entry for entry in catalogue.entries if id in (None, entry.id) and name in (None, entry.name)]
        if not found and not self.report.failed:
            if catalogue.entries:
                there = ", ".join([f"`{entry.title}`" for entry in catalogue.entries[:10]])
                message = f"{self.options.definition} holds no definition with this {'id' if id else 'name'}"
                raise error("PQL040", message, help=f"it holds {there}")
            raise error("PQL040", f"{self.options.definition} holds no PQL")
        return found

    def _explained(self, entry: Entry, segments: dict[str, Entry], schema: Schema, profile: Any) -> Explanation:
        from pqltools.evaluation.explain import explain_program
        from pqltools.evaluation.program import prepare

        program = prepare(
            entry.tree, schema, now=self.now, segments={id: segment.tree for id, segment in segments.items()}
        )
        text = entry.embedded.value if entry.embedded.format == "pql/text" else None
        return explain_program(program, [profile], limits=self._limits(), text=text)

    def _limits(self) -> Limits:
        from pqltools.evaluation.explain import Limits

        return Limits(items=_ALL, depth=200, skipped=True) if self.options.all else Limits(items=_ITEMS)

    def _text(self) -> str:
        from pqltools.cli.reporting import terminal
        from pqltools.evaluation.explaining.drawing import Style, drawn

        width, colour = terminal(sys.stdout)
        style = Style(width, colour, self.options.all)
        blocks = []
        for entry, explanation in self.found:
            lines = drawn(explanation, style)
            blocks.append("\n".join([style.headline(entry.title, explanation), "", *lines, ""]))
        return "\n".join(blocks)

    def _json(self) -> str:
        import json

        return json.dumps([self._data(*pair) for pair in self.found], ensure_ascii=False, indent=2) + "\n"

    def _data(self, entry: Entry, explanation: Explanation) -> dict[str, Any]:
        from pqltools.evaluation.explaining.data import explanation_data
        from pqltools.types.time import instant_text

        return {
            "key": entry.key,
            "id": entry.id,
            "name": entry.name,
            "now": instant_text(self.now),
            "qualifies": explanation.holds,
            "decidedByNull": explanation.unknown,
            "explanation": explanation_data(explanation),
        }

    def _show(self) -> None:
        """Problems go to standard error, for the answer stands on standard output."""
        output, sys.stdout = sys.stdout, sys.stderr
        try:
            self.report.show(beside=True)
        finally:
            sys.stdout = output


def _clock() -> int:
    import time

    return int(time.time() * 1000)


def _written(text: str, schema: Schema) -> Entry:
    """The expression of the command line, as if it stood in a file."""
    from pqltools.checks.dependencies import dependencies
    from pqltools.formats.definition import read_expression
    from pqltools.formats.definition_files import place_all, read_file
    from pqltools.source import Source
    from pqltools.workspace.catalogue import Entry

    name = "<expression>"
    source = Source(text, name)
    file = read_file(source, "text")
    (embedded,) = file.expressions
    try:
        tree = read_expression(embedded.format, embedded.value)
    except PQLError as problem:
        raise PQLError(place_all(embedded, source, problem.diagnostics)) from None
    uses = dependencies(tree, schema.profile)
    return Entry(name, None, None, uses, tree, source=source, embedded=embedded)


def _placed(entry: Entry, problem: PQLError, segments: dict[str, Entry], schema: Schema) -> list[Any]:
    """What stands in the way of an evaluation, where it stands: in the expression or in a segment."""
    from pqltools.evaluation.program import prepare
    from pqltools.formats.definition_files import place_all
    from pqltools.records import replace

    for each in (entry, *segments.values()):
        try:
            prepare(each.tree, schema, now=0)
        except PQLError as own:
            if own.diagnostics == problem.diagnostics:
                return place_all(each.embedded, each.source, own.diagnostics)
    # The segments by themselves can be evaluated, so they refer to each other in a circle.
    spanless = [replace(diagnostic, span=None) for diagnostic in problem.diagnostics]
    return place_all(entry.embedded, entry.source, spanless)
