"""What does each rule of the grammar build?  One method for each `-> name` of `grammar/pql.lark`.

The methods get the values of a rule's symbols (the text, for a terminal) and the span of the whole. They build nodes
as if there were no scopes: a head is a field of parameter 1, `this` and `^` are item references that count the scopes
of the text, and an aggregate's body is built before its variables are known. If the text has any scope,
`scopes.resolve` goes over the tree once and puts every head in its place.

What a rule cannot say (a number out of range, a chain element with two WHATs) is checked here; problems are collected.
"""

from __future__ import annotations

from pqltools.syntax import ast
from pqltools.syntax.literals import field_gap, unquote
from pqltools.syntax.operators import INTEGER_MAX, ITEM_FUNCTIONS, KNOWN_FUNCTIONS, OPERATOR_NAMES, QUANTIFIERS, UNIT_OF
from pqltools.syntax.values import IMPLICIT, LITERAL_WORDS, LITERALS, ValueBuilder, make_call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pqltools.source import Span
    from pqltools.syntax.ast import Expr
    from pqltools.syntax.driver import Callback


class Builder(ValueBuilder):
    """Builds the tree of one text."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        #: Spans of literals in parentheses of their own: `-(5)` and `in ("a")` are not what `-5` and `in "a"` are.
        self._parenthesised: set[Span | None] = set()

    # Operators.

    def start(self, v: list[Any], start: int, end: int) -> Expr:
        return v[0]  # type: ignore[no-any-return]

    def first_operand(self, v: list[Any], start: int, end: int) -> list[Any]:
        return [v[0]]

    def next_operand(self, v: list[Any], start: int, end: int) -> list[Any]:
        v[0].append(v[1])
        return v[0]  # type: ignore[no-any-return]

    def disjoin(self, v: list[Any], start: int, end: int) -> Expr:
        return make_call("or", (*v[0], v[1]), "operator", (start, end))

    def conjoin(self, v: list[Any], start: int, end: int) -> Expr:
        return make_call("and", (*v[0], v[1]), "operator", (start, end))

    def negate(self, v: list[Any], start: int, end: int) -> Expr:
        return make_call("not", (v[1],), "operator", (start, end))

    def binary(self, v: list[Any], start: int, end: int) -> Expr:
        left, operator, right = v
        return make_call(operator.lower(), (left, right), "operator", (start, end))

    def membership(self, v: list[Any], start: int, end: int) -> Expr:
        left, operator, right = v
        if isinstance(right, LITERALS) and right.span in self._parenthesised:
            right = ast.ListLiteral((right,), span=right.span)
        name = "in" if len(operator) == 2 else "notIn"
        return make_call(name, (left, right), "operator", (start, end))

    def membership_list(self, v: list[Any], start: int, end: int) -> Expr:
        left, operator, _, first, _, rest, _ = v
        items = ast.ListLiteral((first, *rest), span=(first.span[0], rest[-1].span[1]))
        return self.membership([left, operator, items], start, end)

    def minus(self, v: list[Any], start: int, end: int) -> Expr:
        operand = v[1]
        span = operand.span
        number = isinstance(operand, (ast.IntegerLiteral, ast.DoubleLiteral))
        if number and span not in self._parenthesised and not self.text.startswith("-", span[0]):
            value = -operand.value
            if self.too_large.get(span) == INTEGER_MAX + 1:
                del self.too_large[span]
                value = -INTEGER_MAX - 1
            return operand.__class__(value, spelling=operand.spelling, span=(start, end))  # type: ignore[no-any-return]
        return make_call("-", (operand,), "operator", (start, end))

    def parenthesis(self, v: list[Any], start: int, end: int) -> Expr:
        inner: Expr = v[1]
        if isinstance(inner, LITERALS):
            self._parenthesised.add(inner.span)
        return inner

    # Sequences.

    def first(self, v: list[Any], start: int, end: int) -> list[Any]:
        return [v[0]]

    def next(self, v: list[Any], start: int, end: int) -> list[Any]:
        v[0].append(v[1])
        return v[0]  # type: ignore[no-any-return]

    def next_item(self, v: list[Any], start: int, end: int) -> list[Any]:
        v[0].append(v[2])
        return v[0]  # type: ignore[no-any-return]

    def word(self, v: list[Any], start: int, end: int) -> str:
        return v[0].lower()  # type: ignore[no-any-return]

    # Calls.

    def call(self, v: list[Any], start: int, end: int) -> Expr:
        arguments = v[2] if len(v) == 4 else []
        return self._call(v[0], arguments, "function", start, end)

    def quoted_call(self, v: list[Any], start: int, end: int) -> Expr:
        arguments = v[2] if len(v) == 4 else []
        return self._quoted(unquote(v[0]), arguments, "function", start, end)

    def method(self, v: list[Any], start: int, end: int) -> Expr:
        arguments = [v[0], *v[3]] if len(v) == 5 else [v[0]]
        name = v[1][1:]
        if name.isidentifier():
            return self._call(name, arguments, "method", start, end)
        name = name[field_gap("." + name) :]
        if name[0] == "`":
            return self._quoted(unquote(name), arguments, "method", start, end)
        return self._call(name, arguments, "method", start, end)

    def _call(self, name: str, arguments: list[Any], spelling: str, start: int, end: int) -> Expr:
        if len(arguments) > 1 and name in ITEM_FUNCTIONS:
            arguments[1] = self._item_argument(arguments[1])
        elif name not in KNOWN_FUNCTIONS:
            name = OPERATOR_NAMES.get(name.lower(), name)
        return make_call(name, tuple(arguments), spelling, (start, end))

    def _quoted(self, name: str, arguments: list[Any], spelling: str, start: int, end: int) -> Expr:
        """A call whose name is back-quoted: it builds no item scope, but a lambda of one parameter still is one."""
        if len(arguments) > 1 and isinstance(arguments[1], ast.Lambda):
            return self._call(name, arguments, spelling, start, end)
        return make_call(OPERATOR_NAMES.get(name.lower(), name), tuple(arguments), spelling, (start, end))

    def _item_argument(self, argument: Expr) -> Expr:
        """The item scope that an argument is, whether written short or as a lambda of one parameter."""
        self.scoped = True
        if isinstance(argument, ast.Lambda):
            if len(argument.parameters) == 1:
                return ast.ItemLambda(argument.body, argument.parameters[0], span=argument.span)
            return argument
        return ast.ItemLambda(argument, span=argument.span)

    def bracket(self, v: list[Any], start: int, end: int) -> Expr:
        receiver, _, content, _ = v
        if isinstance(content, ast.StringLiteral):
            return make_call("get", (receiver, content), "get", (start, end))
        condition = self._item_argument(content)
        return make_call("filter", (receiver, condition), "filter", (start, end))

    def aggregate_call(self, v: list[Any], start: int, end: int) -> tuple[str, list[Any]]:
        return v[0], v[2] if len(v) == 4 else []

    def aggregate_value(self, v: list[Any], start: int, end: int) -> Expr:
        name, arguments = v[0]
        return self._call(name, arguments, "function", start, end)

    # Binding forms.

    def select(self, v: list[Any], start: int, end: int) -> Expr:
        self.scoped = True
        return ast.Select(tuple(v[1]), span=(start, end))

    def quantify(self, v: list[Any], start: int, end: int) -> Expr:
        self.scoped = True
        return ast.Quantification(QUANTIFIERS[v[0].lower()], tuple(v[1]), span=(start, end))

    def aggregate(self, v: list[Any], start: int, end: int) -> Expr:
        return self._over(v[0], v[1], v[3], start, end)

    def aggregate_short(self, v: list[Any], start: int, end: int) -> Expr:
        clauses = v[1]
        if len(clauses) > 1:
            self.error(
                "PQL001",
                f"`{v[0].lower()}` over several variables needs an expression",
                clauses[1].span,
                f"write `{v[0].lower()} … over {clauses[0].name} from …`",
            )
        name = clauses[0].name
        where = clauses[0].span[0]
        body = ast.FieldLookup(IMPLICIT, name, span=(where, where + len(name)))
        return self._over(v[0], body, clauses, start, end)

    def aggregate_call_over(self, v: list[Any], start: int, end: int) -> Expr:
        name, arguments = v[0]
        if len(arguments) != 1:
            self.error(
                "PQL001",
                f"`{name.lower()} … over` needs one expression, not {len(arguments)}",
                (start, end),
            )
        body = arguments[0] if arguments else ast.Hole(span=(start, start))
        return self._over(name, body, v[2], start, end)

    def _over(self, name: str, body: Expr, clauses: list[Any], start: int, end: int) -> Expr:
        self.scoped = True
        select = ast.Select(tuple(clauses), span=(clauses[0].span[0], clauses[-1].span[1]))
        argument: Expr
        if len(clauses) == 1:
            argument = ast.ItemLambda(body, clauses[0].name, span=body.span)
        else:
            argument = ast.Lambda(tuple(clause.name for clause in clauses), body, span=body.span)
        return make_call(name.lower(), (select, argument), "operator", (start, end))

    def let(self, v: list[Any], start: int, end: int) -> Expr:
        self.scoped = True
        self._check_variable(v[1], start)
        return ast.Let(v[1], v[3], v[5], span=(start, end))

    def lambda_(self, v: list[Any], start: int, end: int) -> Expr:
        self.scoped = True
        for name in v[1]:
            self._check_variable(name, start)
        if len(set(v[1])) < len(v[1]):
            self.error("PQL013", "two parameters of a lambda have the same name", (start, end))
        return ast.Lambda(tuple(v[1]), v[4], span=(start, end))

    def clause(self, v: list[Any], start: int, end: int) -> ast.VariableDeclaration:
        self._check_variable(v[0], start)
        condition = v[4] if len(v) == 5 else None
        return ast.VariableDeclaration(v[0], v[2], condition, span=(start, end))

    def _check_variable(self, name: str, near: int) -> None:
        if name.lower() in LITERAL_WORDS:
            at = max(self.text.find(name, near), near)
            self.error(
                "PQL013",
                f"`{name}` cannot name a variable",
                (at, at + len(name)),
                f"`{name.lower()}` always means itself; choose another name",
            )

    # Time.

    def occurs(self, v: list[Any], start: int, end: int) -> Expr:
        return ast.Occurs(v[0], v[2], span=(start, end))

    def within(self, v: list[Any], start: int, end: int) -> ast.TimeWindow:
        return ast.TimeWindow("within", v[-1], span=(start, end))

    def directed(self, v: list[Any], start: int, end: int) -> ast.TimeWindow:
        return ast.TimeWindow(v[0], v[1], span=(start, end))

    def qualified(self, v: list[Any], start: int, end: int) -> ast.TimeWindow:
        comparison, digits, unit, relation, time = v
        at = max(self.text.find(digits, start), start)
        count = self.number(digits.rstrip("L"), at, at + len(digits))
        qualification = ast.TimeQualification(comparison, count, UNIT_OF[unit.lower()], span=(start, end))
        return ast.TimeWindow(relation, time, None, qualification, span=(start, end))

    def between(self, v: list[Any], start: int, end: int) -> ast.TimeWindow:
        return ast.TimeWindow("between", v[1], v[3], span=(start, end))

    def interval(self, v: list[Any], start: int, end: int) -> ast.TimeInterval:
        return ast.TimeInterval(v[0].lower(), UNIT_OF[v[1].lower()], span=(start, end))

    # Event sequences.

    def empty_chain(self, v: list[Any], start: int, end: int) -> Expr:
        return self.chain([*v[:7], [], *v[7:]], start, end)

    def chain(self, v: list[Any], start: int, end: int) -> Expr:
        self.scoped = True
        timestamp = self._item_scope(v[4])
        return ast.Chain(v[2], timestamp, tuple(v[7]), span=(start, end))

    def _item_scope(self, argument: Expr) -> ast.ItemLambda:
        """`argument` as an item scope; a lambda with several parameters is none."""
        scope = self._item_argument(argument)
        if isinstance(scope, ast.ItemLambda):
            return scope
        self.error("PQL013", "a lambda in a chain has one parameter, the event", scope.span or (0, 0))
        return ast.ItemLambda(scope, span=scope.span)

    def element(self, v: list[Any], start: int, end: int) -> ast.ChainElement:
        name: str = v[0]
        parts: dict[str, Any] = {}
        self._check_variable(name, start)
        for kind, value, span in v[-1]:
            if kind in parts:
                self.error("PQL001", f"`{kind.upper()}` stands twice in the element `{name}`", span)
            parts[kind] = value
        if "what" not in parts:
            help = f"write `{name}: WHAT(…)`, with the condition that the event meets"
            self.error("PQL001", f"the element `{name}` lacks its `WHAT`", (start, end), help)
            parts["what"] = ast.ItemLambda(ast.Hole(span=(end, end)), span=(end, end))
        return ast.ChainElement(name, len(v) == 4, **parts, span=(start, end))

    def what(self, v: list[Any], start: int, end: int) -> tuple[str, Any, Span]:
        return "what", self._item_scope(v[2]), (start, end)

    def where(self, v: list[Any], start: int, end: int) -> tuple[str, Any, Span]:
        return "where", self._item_scope(v[2]), (start, end)

    def when(self, v: list[Any], start: int, end: int) -> tuple[str, Any, Span]:
        return "when", v[2], (start, end)

    def count(self, v: list[Any], start: int, end: int) -> tuple[str, Any, Span]:
        comparison = v[2] if len(v) == 5 else ">="
        return "count", ast.ElementCount(comparison, v[-2], span=(start, end)), (start, end)


#: The methods by the names that the grammar gives them; `finish` is no rule, but no rule is called so either.
CALLBACKS: dict[str, Callback] = {
    name: method for name, method in {**vars(ValueBuilder), **vars(Builder)}.items() if not name.startswith("_")
}
