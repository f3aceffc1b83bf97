"""`pql convert`: from either format to the other, for bare expressions, trees, definition files and folders of them."""

from __future__ import annotations

import sys

from pqltools.cli.arguments import command_parser
from pqltools.cli.reporting import Report
from pqltools.diagnostics import Diagnostic, PQLError, error
from pqltools.formats.file_kinds import kind_of_file, kind_of_text
from pqltools.records import Record, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Literal

    from pqltools.formats.definition_files import DefinitionFile
    from pqltools.formats.file_kinds import Kind
    from pqltools.source import Source
    from pqltools.syntax.ast import Expr

    Format = Literal["pql/json", "pql/text"]

_EPILOG = """\
Without --to, text becomes JSON and JSON becomes text. With --from auto, files
go by their suffix and content (.pql is text, .json a tree or definitions,
.jsonl and .yaml definitions); standard input is a tree or definitions if it
looks so, else text.

A bare expression is printed as text or as one line of compact JSON and nothing
else; definition files are printed whole, with expression.format and
expression.value swapped and everything else as it was. In folders, hidden files
and files that hold neither are passed over, with --in-place also bare
expressions. If anything fails, nothing is printed or written but the errors.

exit codes: 0 fine, 1 the input has problems, 2 wrong use

examples:
  echo 'workAddress.country = "US"' | pql convert -
  pql convert --to text segment.json
  pql convert --to text --in-place segments/
  pql convert --pretty tree.pql.json
"""


def run(arguments: list[str]) -> int:
    """Run the command; returns the exit code."""
    parser = command_parser("convert", "Convert PQL between pql/text and pql/json.", _EPILOG)
    parser.add_argument("files", nargs="*", metavar="FILE", help="files or folders; - or nothing is standard input")
    parser.add_argument("--to", choices=("json", "text"), help="the format wanted (default: the other one)")
    parser.add_argument(
        "--from",
        dest="kind",
        choices=("auto", "text", "json", "definition"),
        default="auto",
        help="what the input is: PQL text, a pql/json tree, or definitions (default: auto)",
    )
    parser.add_argument("--dialect", choices=("A", "B"), help="write pql/json of this dialect, whatever was read")
    parser.add_argument("--pretty", action="store_true", help="indent trees, break long text over lines")
    parser.add_argument("--in-place", action="store_true", help="rewrite definition files instead of printing them")
    parser.add_argument("--rehash", action="store_true", help="rewrite ansibleDataModel.hash with the new value")
    options = parser.parse_args(arguments)
    names = options.files or ["-"]
    if options.in_place and "-" in names:
        parser.error("--in-place needs files; standard input has no place")
    return _Conversion(options).run(names)


@record
class _Result(Record):
    """What a file has become: an expression as text or as a tree, or the whole of a definition file."""

    name: str
    old: str
    text: str
    kind: Kind


class _Conversion:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.report = Report(options.output_format)
        self.results: list[_Result] = []

    def run(self, names: list[str]) -> int:
        from pqltools.files import expand

        for name, named in expand(names):
            try:
                self._convert(name, named)
            except PQLError as problem:
                self.report.add(list(problem.diagnostics))
        if self.options.in_place and not self.report.failed:
            self._write()
        printed = bool(self.results) and not self.options.in_place
        self.report.show(beside=printed)
        if self.report.failed:
            return 1
        if printed:
            self._print()
        elif not self.results:
            print("no files with PQL found", file=sys.stderr)
        return 0

    def _convert(self, name: str, named: bool) -> None:
        from pqltools.files import read_source

        source = read_source(name)
        kind = self._kind(source)
        plain = kind == "text" and not source.text.startswith("\ufeff")  # a byte order mark shifts every place
        if plain and not self.options.in_place and self.options.to != "text":
            self.results.append(_Result(name, source.text, self._from_text(source), "tree"))  # spares what files need
            return
        from pqltools.formats.definition_files import read_file

        try:
            file = read_file(source, kind)
        except PQLError as problem:
            if not named and {diagnostic.code for diagnostic in problem.diagnostics} == {"PQL040"}:
                return  # a file in a folder that is something else
            raise
        if file.kind in ("text", "tree"):
            if self.options.kind == "definition":
                raise error("PQL040", "this is a bare expression, not a definition", (0, 0), source=source)
            self._bare(name, named, file)
        else:
            self._definitions(name, file)

    def _kind(self, source: Source) -> Kind | None:
        """What `source` is; None where reading it will tell."""
        kind = self.options.kind
        if kind in ("text", "json"):
            return "text" if kind == "text" else "tree"
        if source.name != "<stdin>":
            return kind_of_file(source) if kind == "auto" else None
        found = kind_of_text(source.text)
        if found != "text":
            return found
        is_json = source.text.lstrip("\ufeff \t\r\n").startswith(("{", "["))
        if kind == "definition":
            return "json" if is_json else "yaml"
        return "tree" if is_json and self.options.to == "text" else "text"

    def _from_text(self, source: Source) -> str:
        from pqltools.syntax.parser import parse

        try:
            return self._json(parse(source.text))
        except PQLError as problem:
            raise PQLError(diagnostic.located(source, diagnostic.span) for diagnostic in problem.diagnostics) from None

    def _bare(self, name: str, named: bool, file: DefinitionFile) -> None:
        from pqltools.formats.definition import read_expression
        from pqltools.formats.definition_files import place

        if self.options.in_place:
            help = "only definition files say which format they hold; print the result to a file of its own"
            message = "a bare expression cannot be converted in place"
            if named:
                raise error("PQL040", message, (0, 0), help=help, source=file.source)
            message += ", it is passed over"
            self.report.add([Diagnostic("PQL040", message, (0, 0), "warning", help, source=file.source)])
            return
        (embedded,) = file.expressions
        self.report.add(list(file.diagnostics))
        to = self._to(file)
        try:
            expr = read_expression(embedded.format, embedded.value)
            text = self._json(expr) if to == "pql/json" else self._text(expr)
        except PQLError as problem:
            raise PQLError(place(embedded, file.source, diagnostic) for diagnostic in problem.diagnostics) from None
        self.results.append(_Result(name, file.source.text, text, "tree" if to == "pql/json" else "text"))

    def _definitions(self, name: str, file: DefinitionFile) -> None:
        from pqltools.formats.definition import read_expression, written
        from pqltools.formats.definition_files import place, rewrite

        to = self._to(file)
        new: dict[int, tuple[str, str]] = {}
        problems: list[Diagnostic] = []
        for index, embedded in enumerate(file.expressions):
            if embedded.format == to and not (to == "pql/json" and self.options.dialect):
                if self.options.rehash and isinstance(embedded.value, str):
                    new[index] = (to, embedded.value)  # for its hash, which may be out of date
                continue
            try:
                expr = read_expression(embedded.format, embedded.value)
                if to == "pql/text" and self.options.pretty:
                    new[index] = (to, self._text(expr))
                else:
                    new[index] = (to, written(expr, to, self.options.dialect))
            except PQLError as problem:
                problems += [place(embedded, file.source, diagnostic) for diagnostic in problem.diagnostics]
        if problems:
            raise PQLError(problems)
        text, warnings = rewrite(file, new, rehash=self.options.rehash)
        dropped = self._dropped_comments(file, new) if self.options.in_place else []
        self.report.add([*file.diagnostics, *warnings, *dropped])
        self.results.append(_Result(name, file.source.text, text, file.kind))

    def _dropped_comments(self, file: DefinitionFile, new: dict[int, tuple[str, str]]) -> list[Diagnostic]:
        """A warning for each expression whose comments the file will no longer have."""
        from pqltools.syntax.parser import comments

        found = []
        for index, (format, _) in new.items():
            embedded = file.expressions[index]
            kept = embedded.format != "pql/text" or format == "pql/text"
            spans = () if kept else comments(embedded.value)
            if spans:
                message = "the comments of this expression are gone: pql/json has no room for them"
                place = embedded.locate(spans[0])
                found.append(Diagnostic("PQL018", message, place, severity="warning", source=file.source))
        return found

    def _to(self, file: DefinitionFile) -> Format:
        """The format wanted. Raises `PQLError` where it is not said and the file holds both."""
        if self.options.to is not None:
            return "pql/json" if self.options.to == "json" else "pql/text"
        formats = {embedded.format for embedded in file.expressions}
        if len(formats) > 1:
            message = "the file holds expressions in both formats"
            raise error("PQL041", message, (0, 0), help="say which one you want with --to", source=file.source)
        return "pql/json" if formats == {"pql/text"} else "pql/text"

    def _json(self, expr: Expr) -> str:
        from pqltools.formats.pql_json import to_json_bytes

        return to_json_bytes(expr, dialect=self.options.dialect, pretty=self.options.pretty).decode()

    def _text(self, expr: Expr) -> str:
        from pqltools.formats.pql_text import to_text

        return to_text(expr, width=88 if self.options.pretty else None)

    def _write(self) -> None:
        from pqltools.files import replace_files

        changed = {result.name: result.text for result in self.results if result.text != result.old}
        try:
            replace_files(changed)
        except PQLError as problem:
            self.report.add(list(problem.diagnostics))
            return
        for name in changed:
            print(f"converted {name}", file=sys.stderr)
        if self.results and not changed:
            print("nothing to convert", file=sys.stderr)

    def _print(self) -> None:
        several = len(self.results) > 1
        before = ""
        for result in self.results:
            text = result.text
            # Expressions in text need to be told apart; JSON is one value a line, and a definition file is what it is.
            if several and result.kind == "text":
                sys.stdout.write(f"// {result.name}\n")
            if before == result.kind == "yaml" and not text.startswith(("---", "%")):
                sys.stdout.write("---\n")
            before = result.kind
            sys.stdout.write(text)
            if (several or result.kind in ("text", "tree")) and not text.endswith("\n"):
                sys.stdout.write("\n")
