"""What do names, references and literals build?  The half of the builder that needs no other node.

The methods are named as in `grammar/pql.lark`; see `builder` for what they get. Every head is built as if there were no
scopes: a field of parameter 1.
"""

from __future__ import annotations

from pqltools.diagnostics import Diagnostic, Edit, Fix
from pqltools.records import fast_constructor
from pqltools.syntax import ast
from pqltools.syntax.literals import decode, field_name, shorten, unquote
from pqltools.syntax.operators import INTEGER_MAX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pqltools.source import Span
    from pqltools.syntax.ast import Expr

#: The unwritten root of a path, one object for all of them; the second one for back-quoted heads, which stay fields.
IMPLICIT = ast.ParameterReference(1, spelling="implicit")
QUOTED = ast.ParameterReference(1, spelling="implicit")

#: Words that are never variables, because at a head they always mean themselves.
LITERAL_WORDS = frozenset(("now", "today", "yesterday", "tomorrow", "true", "false", "null", "this"))
LITERALS = (
    ast.StringLiteral,
    ast.IntegerLiteral,
    ast.DoubleLiteral,
    ast.BooleanLiteral,
    ast.NullLiteral,
    ast.TimestampLiteral,
)


#: For the nodes that make up most of most texts: their fields, then spelling and span, all by position.
make_field = fast_constructor(ast.FieldLookup)
make_call = fast_constructor(ast.FunctionCall)
make_string = fast_constructor(ast.StringLiteral)
make_integer = fast_constructor(ast.IntegerLiteral)


class ValueBuilder:
    """Collects the problems of one text, and builds its names and literals."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.errors: list[Diagnostic] = []
        self.warnings: list[Diagnostic] = []
        #: Whether anything in the text makes heads mean something else than fields of the profile.
        self.scoped = False
        #: Integers beyond 64 bits by their spans; a minus sign may still make one fit.
        self.too_large: dict[Span, int] = {}

    def finish(self) -> list[Diagnostic]:
        """All errors found, in the order of the text."""
        for span in self.too_large:
            self.error("PQL012", "this integer does not fit in 64 bits", span, f"the largest is {INTEGER_MAX}")
        return sorted(self.errors, key=lambda diagnostic: diagnostic.span or (0, 0))

    def error(self, code: str, message: str, span: Span, help: str | None = None) -> None:
        self.errors.append(Diagnostic(code, message, span, help=help))

    # References.

    def head(self, v: list[Any], start: int, end: int) -> Expr:
        name = v[0]
        if name == "profile":
            return ast.ParameterReference(1, spelling="profile", span=(start, end))
        return make_field(IMPLICIT, name, None, (start, end))

    def quoted_head(self, v: list[Any], start: int, end: int) -> Expr:
        return ast.FieldLookup(QUOTED, unquote(v[0]), span=(start, end))

    def field(self, v: list[Any], start: int, end: int) -> Expr:
        name = v[1][1:]
        return make_field(v[0], name if name.isidentifier() else field_name(name), None, (start, end))

    def parameter(self, v: list[Any], start: int, end: int) -> Expr:
        digits = v[0][1:].lstrip("0")
        if not 1 <= len(digits) <= 9:
            self.error("PQL013", f"there is no parameter `{shorten(v[0])}`", (start, end), "parameters count from `$1`")
            digits = "1"
        return ast.ParameterReference(int(digits), spelling="$", span=(start, end))

    def model(self, v: list[Any], start: int, end: int) -> Expr:
        reference = v[0][2:-1]
        if reference == "profile":
            self.error(
                "PQL013", "`@{profile}` is not a model reference", (start, end), "write `profile`, or the field alone"
            )
        return ast.ModelReference(reference, span=(start, end))

    def this(self, v: list[Any], start: int, end: int) -> Expr:
        self.scoped = True
        return ast.ItemReference(0, span=(start, end))

    def outer(self, v: list[Any], start: int, end: int) -> Expr:
        self.scoped = True
        return ast.ItemReference(len(v[0]), span=(start, end))

    def outer_name(self, v: list[Any], start: int, end: int) -> Expr:
        self.scoped = True
        name = v[0].lstrip("^")
        hats = len(v[0]) - len(name)
        item = ast.ItemReference(hats, span=(start, start + hats))
        return ast.FieldLookup(item, unquote(name) if name[0] == "`" else name, span=(start, end))

    def hole(self, v: list[Any], start: int, end: int) -> Expr:
        return ast.Hole(span=(start, end))

    # Literals.

    def string(self, v: list[Any], start: int, end: int) -> Expr:
        word = v[0]
        if word[0] == "'":
            fix = Fix("use double quotes", (Edit((start, end), '"' + word[1:-1].replace('"', '\\"') + '"'),), safe=True)
            message = "strings are written in double quotes"
            self.warnings.append(Diagnostic("PQL016", message, (start, end), severity="warning", fixes=(fix,)))
        value = word[1:-1]
        return make_string(self._decode(value, start + 1) if "\\" in value else value, None, (start, end))

    def _decode(self, value: str, offset: int) -> str:
        def warn(slash: int) -> None:
            char = value[slash + 1]
            span = (offset + slash, offset + slash + 2)
            fix = Fix("double the backslash", (Edit((span[0], span[0]), "\\"),), safe=True)
            message = f"`\\{char}` is no escape; the backslash is kept"
            help = f"write `\\\\{char}` for a backslash before `{char}`"
            self.warnings.append(Diagnostic("PQL015", message, span, "warning", help, fixes=(fix,)))

        return decode(value, warn)

    def integer(self, v: list[Any], start: int, end: int) -> Expr:
        digits = v[0]
        spelling = None
        if digits[-1] == "L":
            digits = digits[:-1]
            spelling = "L"
        return make_integer(self.number(digits, start, end), spelling, (start, end))

    def number(self, digits: str, start: int, end: int) -> int:
        digits = digits.lstrip("0") or "0"
        value = int(digits) if len(digits) < 20 else 2 * INTEGER_MAX
        if value > INTEGER_MAX:
            self.too_large[start, end] = value
            return INTEGER_MAX
        return value

    def double(self, v: list[Any], start: int, end: int) -> Expr:
        value = float(v[0])
        if value == float("inf"):
            self.error("PQL012", "this number is too large for a double", (start, end))
            value = 0.0
        return ast.DoubleLiteral(value, span=(start, end))

    def true(self, v: list[Any], start: int, end: int) -> Expr:
        return ast.BooleanLiteral(True, span=(start, end))

    def false(self, v: list[Any], start: int, end: int) -> Expr:
        return ast.BooleanLiteral(False, span=(start, end))

    def null(self, v: list[Any], start: int, end: int) -> Expr:
        return ast.NullLiteral(span=(start, end))

    def timestamp(self, v: list[Any], start: int, end: int) -> Expr:
        return ast.TimestampLiteral(v[0].lower(), span=(start, end))

    def empty_list(self, v: list[Any], start: int, end: int) -> Expr:
        return ast.ListLiteral((), span=(start, end))

    def list_literal(self, v: list[Any], start: int, end: int) -> Expr:
        return ast.ListLiteral(tuple(v[1]), span=(start, end))

    def empty_object(self, v: list[Any], start: int, end: int) -> Expr:
        return ast.ObjectLiteral((), span=(start, end))

    def object_literal(self, v: list[Any], start: int, end: int) -> Expr:
        seen: set[str] = set()
        for item in v[1]:
            if item.name in seen:
                self.error("PQL031", f"the name `{shorten(item.name)}` stands twice in this object", item.span)
            seen.add(item.name)
        return ast.ObjectLiteral(tuple(v[1]), span=(start, end))

    def property_literal(self, v: list[Any], start: int, end: int) -> ast.Property:
        name = v[0][1:-1]
        return ast.Property(self._decode(name, start + 1) if "\\" in name else name, v[2], span=(start, end))
