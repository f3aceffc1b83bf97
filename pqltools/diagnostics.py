"""What is wrong with the user's text, as data: `Diagnostic`, and `PQLError`, which carries them.

A problem in the input is a value. An exception means that the call could not be done: `PQLError` is the only one that
the public functions raise for bad input, and it holds every diagnostic that was found, the worst first in the text.
Codes are never reused. ``PQL0xx`` is syntax and wire form; later hundreds belong to the checker.
"""

from __future__ import annotations

from pqltools.records import TYPE_CHECKING, Record, hint, record, replace

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Literal, TypeAlias

    from pqltools.source import Source, Span

    Severity: TypeAlias = Literal["error", "warning", "information", "hint"]

#: Every code with its name and one line of meaning; `grammar/README.md` lists them for users.
CODES: dict[str, tuple[str, str]] = {
    "PQL001": ("unexpected-token", "something stands where PQL expects something else"),
    "PQL002": ("unclosed-quote", "a string, a back-quoted name or a comment is never closed"),
    "PQL003": ("unclosed-bracket", "a bracket, brace or parenthesis is never closed, or closes nothing"),
    "PQL004": ("foreign-operator", "an operator of another language: `==`, `&&`, `||`, `<>`, `not in`, `is null`"),
    "PQL005": ("chained-comparison", "comparisons do not associate: `a = b = c`"),
    "PQL006": ("date-arithmetic", "times are not added up in PQL: use `occurs`"),
    "PQL007": ("retired-dialect", "the set dialect or the arrow quantifiers of 2018"),
    "PQL008": ("template-text", "personalization braces `{%= %}` or an unresolved placeholder"),
    "PQL009": ("unexpected-character", "a character that PQL does not use, such as a typographic quote"),
    "PQL010": ("too-deep", "the expression is nested deeper than the limit"),
    "PQL011": ("too-large", "the input is larger than the limit"),
    "PQL012": ("number-out-of-range", "an integer beyond 64 bits, or a double that is not finite"),
    "PQL013": ("name-out-of-place", "`this` outside an item scope, or a reserved reference"),
    "PQL014": ("bad-encoding", "the input is not UTF-8 text"),
    "PQL015": ("unknown-escape", "a backslash that starts no known escape is kept as it is"),
    "PQL016": ("single-quotes", "PQL strings are written in double quotes"),
    "PQL017": ("empty-expression", "there is no expression"),
    "PQL018": ("comments-dropped", "pql/json has no room for the comments of the text"),
    "PQL030": ("invalid-json", "the tree is not well-formed JSON"),
    "PQL031": ("duplicate-key", "a JSON object has the same key twice"),
    "PQL032": ("unknown-key", "a node has a key that its kind does not have"),
    "PQL033": ("missing-key", "a node lacks a key that its kind needs"),
    "PQL034": ("wrong-value", "a key's value has the wrong type or is not one of the allowed ones"),
    "PQL035": ("opaque-node", "a node of unknown kind cannot be printed as text"),
    "PQL036": ("not-writable", "this tree has no PQL text or pql/json form"),
    "PQL037": ("not-formattable", "formatting would change the expression, or lose or move a comment"),
    "PQL040": ("not-a-definition", "the file holds no segment definition"),
    "PQL041": ("format-mismatch", "`expression.format` and `expression.value` disagree"),
    "PQL042": ("hash-mismatch", "`ansibleDataModel.hash` is not the hash of the expression"),
    "PQL043": ("invalid-yaml", "the file is not well-formed YAML"),
    "PQL044": ("unreadable-file", "the file cannot be read, or its kind is not known"),
    "PQL050": ("not-a-schema", "the file holds no XDM schema: sample data, an error message, nothing"),
    "PQL051": ("missing-reference", "a schema refers to a component that is not among the files"),
    "PQL052": ("schema-conflict", "two schemas give the same field different types"),
    "PQL053": ("circular-reference", "a component of a schema includes itself"),
    "PQL054": ("unknown-tenant", "an exported schema has a placeholder for the tenant, whose name is not known"),
    "PQL055": ("unknown-path", "the schema has no field at this path"),
    "PQL060": ("invalid-configuration", "the configuration cannot be read, or is not well-formed TOML"),
    "PQL061": ("unknown-option", "the configuration has a key that means nothing"),
    "PQL062": ("wrong-option", "an option of the configuration has the wrong type or value"),
    "PQL063": ("unknown-code", "no rule has this code, prefix or name"),
    "PQL064": ("failed-check", "a mistake in pqltools stopped the check of an expression or a file"),
    "PQL065": ("failed-fix", "a fix was not applied, because it would have broken the expression"),
    "PQL068": ("malformed-suppression", "a `noqa` comment that suppresses nothing: it is malformed or names no rule"),
    "PQL069": ("unused-suppression", "a `noqa` comment where nothing is found"),
    "PQL070": ("not-evaluable", "an expression that has no value: an unknown function, a pattern that cannot be run"),
    "PQL071": ("bad-profile-line", "a line of a file of profiles holds no profile"),
    "PQL072": ("bad-event-line", "a line of a file of events holds no event"),
    "PQL073": ("membership-assumed", "a segment that is not given: the memberships of the profiles count"),
    "PQL074": ("search-given-up", "the search for a regular expression in a profile's data took longer than its limit"),
    "PQL075": ("invalid-test", "a file of tests, or a test in it, is not what one looks like"),
    "PQL076": ("unknown-test-key", "a file of tests has a key that means nothing"),
    "PQL077": ("missing-in-test", "a test names a file, a definition or a profile that is not there"),
    "PQL078": ("crashed-test", "a mistake in pqltools stopped a test"),
    "PQL079": ("profile-left-out", "a definition cannot be evaluated for a profile, which does not count for it"),
    "PQL080": ("invalid-mapping", "a file that maps columns to fields is not what one looks like"),
    "PQL081": ("not-in-sql", "an expression, or a part of it, that has no SQL with exactly the same answers"),
    "PQL085": ("not-on-spark", "Spark does not start or gives up, or cannot read or write what it was given"),
}


def register(code: str, name: str, meaning: str) -> None:
    """Make the code of a rule known, with its name and one line of meaning."""
    CODES[code] = (name, meaning)


@record
class Related(Record):
    """A second place that explains the first, such as the bracket that was never closed."""

    message: str
    span: Span


@record
class Edit(Record):
    """Replace the text in `span` by `text`; an empty span inserts."""

    span: Span
    text: str


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """`text` with edits that do not overlap."""
    parts: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: edit.span):
        parts += (text[at : edit.span[0]], edit.text)
        at = edit.span[1]
    return "".join((*parts, text[at:]))


@record
class Fix(Record):
    """A way to repair the text. A safe fix never changes what the expression means.

    `nodes` says the same for the tree, as pairs of old and new node, for expressions that have no text.
    """

    title: str
    edits: tuple[Edit, ...]
    safe: bool = False
    nodes: tuple[tuple[Any, Any], ...] = hint(default=())


@record
class Diagnostic(Record):
    """One problem: what is wrong (`message`), where (`span`, offsets into the source) and the cure (`help`).

    `path` is the JSON path of the fault in a pql/json tree (``$.params[1].fieldName``); `source` is the text that the
    span belongs to, where there is one. Neither takes part in equality.
    """

    code: str
    message: str
    span: Span | None = None
    severity: Severity = "error"
    help: str | None = None
    related: tuple[Related, ...] = ()
    fixes: tuple[Fix, ...] = ()
    path: str | None = hint(default=None)
    source: Source | None = hint(default=None)

    @property
    def name(self) -> str:
        """The code's name, such as ``unclosed-quote``."""
        return CODES[self.code][0]

    def located(self, source: Source, span: Span | None) -> Diagnostic:
        """The same problem at another place: `span` in `source`."""
        return replace(self, source=source, span=span)

    def __str__(self) -> str:
        if self.source is not None and self.span is not None:
            line, column = self.source.line_column(self.span[0])
            return f"{self.source.name}:{line}:{column} {self.code} {self.message}"
        where = f"{self.path} " if self.path else ""
        return f"{where}{self.code} {self.message}"


class PQLError(ValueError):
    """The input could not be used. `diagnostics` says why: at least one, in the order of the text."""

    diagnostics: tuple[Diagnostic, ...]

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(self.diagnostics)

    def __str__(self) -> str:
        return "\n".join(map(str, self.diagnostics))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.diagnostics,)


def error(code: str, message: str, span: Span | None = None, **details: Any) -> PQLError:
    """A `PQLError` with one diagnostic; `details` are further fields of `Diagnostic`."""
    return PQLError([Diagnostic(code, message, span, **details)])
