"""How is this expression written in pql/json?  AST to JSON text.

Text is built directly: a tree of dicts on the way would take twice the time. The writer recurses at most two Python
frames a level, and checks the depth before each.
"""

from __future__ import annotations

from pqltools.formats.json_values import (
    PROFILE,
    check,
    double,
    integer,
    literal,
    opaque,
    quote,
    raw_list,
    refuse,
    too_deep,
)
from pqltools.limits import HIGHEST_DEPTH
from pqltools.records import TYPE_CHECKING
from pqltools.syntax import ast
from pqltools.syntax.operators import (
    COMPARISONS,
    INTEGER_MAX,
    INTERVALS,
    ITEM_FUNCTIONS,
    KNOWN_FUNCTIONS,
    OPERATOR_NAMES,
    QUANTIFIER_KEYWORDS,
    RELATIONS,
    TIMESTAMPS,
    UNITS,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Literal, TypeAlias

    from pqltools.formats.json_names import ItemNames
    from pqltools.syntax.ast import Expr, Time

    Dialect: TypeAlias = Literal["A", "B"]


class Writer:
    """Writes one tree."""

    __slots__ = ("items", "names", "profile", "remember", "root")

    def __init__(self, root: Expr, dialect: Dialect | None) -> None:
        self.root = root
        #: Whether the spelling that was read is written again.
        self.remember = dialect is None
        #: Whether parameter 1 is written as dialect A has it, whatever is remembered.
        self.profile = dialect == "A"
        self.names: ItemNames | None = None
        #: The names of the item scopes around, outermost first.
        self.items: list[str] = []

    def expr(self, e: Expr, depth: int) -> str:
        """The node for `e`, which is nested `depth` levels deep, from 1."""
        if depth > HIGHEST_DEPTH:
            raise too_deep()
        return _WRITERS[e.__class__](self, e, depth)

    def call(self, e: ast.FunctionCall, depth: int) -> str:
        """Operators and functions; what nearly every tree is made of, so `expr` is written out here."""
        spelling = e.spelling if self.remember else None
        if spelling == "function-key" and e.function == "filter" and len(e.arguments) == 2:
            return self._old_filter(e, depth)
        depth += 1
        if depth > HIGHEST_DEPTH and e.arguments:
            raise too_deep()
        if e.function in ITEM_FUNCTIONS:
            params = self._item_call(e, depth)
        else:
            params = []
            for argument in e.arguments:
                params.append(_WRITERS[argument.__class__](self, argument, depth))
        name = quote(e.function if e.function in KNOWN_FUNCTIONS and spelling is None else _function_name(e, spelling))
        return f'{{"nodeType":"fnApply","fnName":{name},"params":[{",".join(params)}]}}'

    def _item_call(self, e: ast.FunctionCall, depth: int) -> list[str]:
        params: list[str] = []
        for argument in e.arguments:
            params.append(self._item_argument(argument, depth) if len(params) == 1 else self.expr(argument, depth))
        return params

    def _item_argument(self, argument: Expr, depth: int) -> str:
        """What stands second in a call of an item function."""
        if isinstance(argument, ast.ItemLambda):
            return self._item_scope(argument, depth)
        if isinstance(argument, ast.Lambda) and len(argument.parameters) == 1:
            refuse("a lambda of one parameter would be read as an item scope here", argument)
        return self.expr(argument, depth)

    def _item_scope(self, scope: ast.ItemLambda, depth: int) -> str:
        if depth > HIGHEST_DEPTH:
            raise too_deep()
        if not isinstance(scope, ast.ItemLambda):
            refuse("a chain needs an item scope here", scope)
        if self.names is None:
            from pqltools.formats.json_names import ItemNames

            self.names = ItemNames(self.root)
        name = self.names.choose(scope, self.items)
        self.items.append(name)
        body = self.expr(scope.body, depth + 1)
        self.items.pop()
        return _function((name,), body, scope.spelling if self.remember else None)

    def _old_filter(self, e: ast.FunctionCall, depth: int) -> str:
        """A filter with the key `function`, under which only a lambda can stand."""
        array = self.expr(e.arguments[0], depth + 1)
        function = self._item_argument(e.arguments[1], depth + 1)
        if isinstance(e.arguments[1], ast.ItemLambda | ast.Lambda):
            return f'{{"nodeType":"fnApply","function":{function},"params":[{array}]}}'
        return f'{{"nodeType":"fnApply","fnName":"filter","params":[{array},{function}]}}'

    def path(self, e: ast.FieldLookup, depth: int) -> str:
        """A chain of field lookups, without recursion."""
        names = [e.name]
        root = e.object
        while root.__class__ is ast.FieldLookup:
            names.append(root.name)
            root = root.object
        depth += len(names)
        if depth > HIGHEST_DEPTH:
            raise too_deep()
        if root.spelling == "absent" and self.remember and root == ast.ParameterReference(1):
            text = f'{{"nodeType":"fieldLookup","fieldName":{quote(names.pop())}}}'
        else:
            text = _WRITERS[root.__class__](self, root, depth)
        while names:
            text = f'{{"nodeType":"fieldLookup","fieldName":{quote(names.pop())},"object":{text}}}'
        return text

    # References.

    def parameter(self, e: ast.ParameterReference, depth: int) -> str:
        """The profile, by either name, or another parameter."""
        if e.position == 1 and (self.profile or (self.remember and e.spelling == "XDMObject")):
            return PROFILE
        if e.position < 1:
            refuse("parameters count from 1", e)
        return f'{{"nodeType":"parameterReference","position":{e.position}}}'

    def item(self, e: ast.ItemReference, depth: int) -> str:
        """The item of an enclosing item scope, by the name that the scope has got."""
        if not 0 <= e.distance < len(self.items):
            refuse("there is no item scope for this item reference", e)
        return f'{{"nodeType":"varRef","varName":{quote(self.items[-1 - e.distance])}}}'

    def variable(self, e: ast.VariableReference, depth: int) -> str:
        """A variable."""
        return f'{{"nodeType":"varRef","varName":{quote(e.name)}}}'

    def model(self, e: ast.ModelReference, depth: int) -> str:
        """Another model than the profile."""
        if e.reference == "profile":
            refuse("the model `profile` would be read as the profile", e)
        return literal("XDMObject", quote(e.reference))

    # Literals.

    def string(self, e: ast.StringLiteral, depth: int) -> str:
        """A string."""
        return literal("String", quote(e.value), e.spelling if self.remember else None)

    def integer(self, e: ast.IntegerLiteral, depth: int) -> str:
        """An integer."""
        return integer(e, e.spelling if self.remember else None)

    def double(self, e: ast.DoubleLiteral, depth: int) -> str:
        """A double."""
        return double(e, e.spelling if self.remember else None)

    def boolean(self, e: ast.BooleanLiteral, depth: int) -> str:
        """True or false."""
        return literal("Boolean", "true" if e.value else "false", e.spelling if self.remember else None)

    def null(self, e: ast.NullLiteral, depth: int) -> str:
        """Null."""
        return literal("Null", "null", e.spelling if self.remember else None)

    def timestamp(self, e: ast.TimestampLiteral, depth: int) -> str:
        """Now, today and the like."""
        check(e.value, TIMESTAMPS, "moment", e)
        return literal("Timestamp", quote(e.value), "lower" if self.remember and e.spelling == "lower" else None)

    def list(self, e: ast.ListLiteral, depth: int) -> str:
        """A List literal if it can hold the items, else a list node."""
        spelling = e.spelling if self.remember else None
        raw = None if spelling == "list" else raw_list(e, depth)
        if raw is not None:
            return literal("List", raw, spelling)
        items = []
        for item in e.items:
            items.append(self.expr(item, depth + 1))
        return f'{{"nodeType":"list","items":[{",".join(items)}]}}'

    def object(self, e: ast.ObjectLiteral, depth: int) -> str:
        """An object literal."""
        properties: dict[str, str] = {}
        for part in e.properties:
            if part.name in properties:
                refuse("an object has a property twice", e)
            properties[part.name] = f'{{"name":{quote(part.name)},"value":{self.expr(part.value, depth + 2)}}}'
        return f'{{"nodeType":"object","properties":[{",".join(properties.values())}]}}'

    # Binders.

    def function(self, e: ast.Lambda, depth: int) -> str:
        """A lambda that is no item scope."""
        if not e.parameters:
            refuse("a lambda needs a parameter", e)
        return _function(e.parameters, self.expr(e.body, depth + 1), e.spelling if self.remember else None)

    def let(self, e: ast.Let, depth: int) -> str:
        """A value with a name."""
        value, body = self.expr(e.value, depth + 1), self.expr(e.body, depth + 1)
        return f'{{"nodeType":"let","varName":{quote(e.name)},"value":{value},"body":{body}}}'

    def select(self, e: ast.Select, depth: int) -> str:
        """A selection of items."""
        kind = "set" if self.remember and e.spelling == "set" else "select"
        return f'{{"nodeType":"{kind}","variables":[{self._declarations(e, depth + 1)}]}}'

    def _declarations(self, e: ast.Select | ast.Quantification, depth: int) -> str:
        if not e.variables:
            refuse("no variable is declared", e)
        declared = []
        for variable in e.variables:
            key = "range" if self.remember and variable.spelling == "range" else "from"
            source = self.expr(variable.source, depth + 1)
            text = f'{{"nodeType":"varDecl","varName":{quote(variable.name)},"{key}":{source}'
            if variable.condition is not None:
                text += f',"where":{self.expr(variable.condition, depth + 1)}'
            declared.append(text + "}")
        return ",".join(declared)

    def quantification(self, e: ast.Quantification, depth: int) -> str:
        """A quantification, in the old form if it was read in that."""
        check(e.quantifier, QUANTIFIER_KEYWORDS, "quantifier", e)
        old = self.remember and e.spelling == "fnApply"
        if old and len(e.variables) == 1 and e.quantifier in ("some", "all"):
            variable = e.variables[0]
            name, source = quote(variable.name), self.expr(variable.source, depth + 2)
            condition = "" if variable.condition is None else self.expr(variable.condition, depth + 2)
            start = f'{{"nodeType":"fnApply","fnName":"{e.quantifier}","varName":{name}'
            return f'{start},"range":{source},"params":[{condition}]}}'
        variables = self._declarations(e, depth + 1)
        return f'{{"nodeType":"quantification","quantifier":"{e.quantifier}","variables":[{variables}]}}'

    # Time and event sequences.

    def occurs(self, e: ast.Occurs, depth: int) -> str:
        """A timestamp in a window of time."""
        timestamp = self.expr(e.timestamp, depth + 1)
        return f'{{"nodeType":"occurs","timestamp":{timestamp},{self._window(e.window, depth + 1)}}}'

    def _window(self, e: ast.TimeWindow, depth: int) -> str:
        """The members of an `occurs` behind its timestamp."""
        check(e.relation, RELATIONS, "time direction", e)
        interval = self._time(e.time, depth + 1)
        if (e.relation == "between") != (e.end is not None):
            refuse("`between`, and nothing else, takes two times", e)
        if e.end is not None:
            interval = f'{{"nodeType":"timeRange","start":{interval},"end":{self._time(e.end, depth + 1)}}}'
        text = f'"timeinterval":{interval},"relation":{literal("TimeDirection", quote(e.relation))}'
        if e.qualification is None:
            return text
        if e.relation in ("within", "between"):
            refuse(f"`{e.relation}` takes no qualification", e)
        return f'{text},"qualification":{self._qualification(e.qualification)}'

    def _time(self, e: Time, depth: int) -> str:
        if not isinstance(e, ast.TimeInterval):
            return self.expr(e, depth)
        if depth > HIGHEST_DEPTH:
            raise too_deep()
        check(e.unit, UNITS, "time unit", e)
        check(e.relation, INTERVALS, "time interval", e)
        return f'{{"nodeType":"literal","literalType":"TimeInterval","unit":"{e.unit}","relation":"{e.relation}"}}'

    def _qualification(self, e: ast.TimeQualification) -> str:
        check(e.comparison, COMPARISONS, "comparison", e)
        check(e.unit, UNITS, "time unit", e)
        if not 0 <= e.count <= INTEGER_MAX:
            refuse("the number of time units is negative or beyond 64 bits", e)
        unit = e.unit if self.remember and e.spelling == "singular" else UNITS[e.unit]
        count, unit = literal("Integer", str(e.count)), literal("TimeUnit", quote(unit))
        duration = f'{{"nodeType":"duration","count":{count},"unit":{unit}}}'
        comparison = literal("Comparison", quote(e.comparison))
        return f'{{"nodeType":"timeQualification","duration":{duration},"comparison":{comparison}}}'

    def chain(self, e: ast.Chain, depth: int) -> str:
        """An event sequence."""
        array = self.expr(e.array, depth + 1)
        timestamp = self._item_scope(e.timestamp_field, depth + 1)
        elements = []
        for element in e.elements:
            elements.append(self._element(element, depth + 2))
        start = f'{{"nodeType":"chain","array":{array},"timestampField":{timestamp}'
        return f'{start},"elements":[{",".join(elements)}]}}'

    def _element(self, e: ast.ChainElement, depth: int) -> str:
        negated = "true" if e.negated else "false"
        text = f'{{"nodeType":"element","name":{quote(e.name)},"negated":{negated}'
        text += f',"what":{self._item_scope(e.what, depth)}'
        if e.when is not None:
            text += f',"when":{{{self._window(e.when, depth)}}}'
        if e.where is not None:
            text += f',"where":{self._item_scope(e.where, depth)}'
        if e.count is not None:
            check(e.count.comparison, COMPARISONS, "comparison", e.count)
            comparison = literal("Comparison", quote(e.count.comparison))
            text += f',"count":{{"comparison":{comparison},"value":{self.expr(e.count.value, depth + 1)}}}'
        return text + "}"

    # What has no place here.

    def opaque(self, e: ast.Opaque, depth: int) -> str:
        """A node that was kept whole."""
        return opaque(e)

    def misplaced(self, e: ast.ItemLambda, depth: int) -> str:
        """Refuse an item scope that no function evaluates."""
        refuse("an item scope stands where no function evaluates it", e)

    def hole(self, e: ast.Hole, depth: int) -> str:
        """Refuse an incomplete tree."""
        refuse("the expression is incomplete", e)


#: How each kind of node is written. A table, not a `match`, because it is twice as fast.
_WRITERS: dict[type, Callable[[Writer, Any, int], str]] = {
    ast.FunctionCall: Writer.call,
    ast.FieldLookup: Writer.path,
    ast.StringLiteral: Writer.string,
    ast.IntegerLiteral: Writer.integer,
    ast.DoubleLiteral: Writer.double,
    ast.BooleanLiteral: Writer.boolean,
    ast.NullLiteral: Writer.null,
    ast.TimestampLiteral: Writer.timestamp,
    ast.ListLiteral: Writer.list,
    ast.ObjectLiteral: Writer.object,
    ast.ParameterReference: Writer.parameter,
    ast.VariableReference: Writer.variable,
    ast.ItemReference: Writer.item,
    ast.ModelReference: Writer.model,
    ast.Lambda: Writer.function,
    ast.ItemLambda: Writer.misplaced,
    ast.Select: Writer.select,
    ast.Quantification: Writer.quantification,
    ast.Let: Writer.let,
    ast.Occurs: Writer.occurs,
    ast.Chain: Writer.chain,
    ast.Opaque: Writer.opaque,
    ast.Hole: Writer.hole,
}


def _function(names: tuple[str, ...], body: str, spelling: str | None) -> str:
    if spelling == "fnCreate":
        params = ",".join([f'{{"varName":{quote(name)}}}' for name in names])
        return f'{{"nodeType":"fnCreate","params":[{params}],"body":{body}}}'
    return f'{{"nodeType":"lambda","varNames":[{",".join(map(quote, names))}],"body":{body}}}'


def _function_name(e: ast.FunctionCall, spelling: str | None) -> str:
    """What stands under `fnName`: operators as they were read, such as ``NOT``."""
    name = e.function
    if spelling is not None and spelling.startswith("fnName:"):
        read = spelling.removeprefix("fnName:")
        if OPERATOR_NAMES.get(read.lower()) == name:
            return read
    if name not in KNOWN_FUNCTIONS and OPERATOR_NAMES.get(name.lower(), name) != name:
        refuse(f"a function called `{name}` would be read as the operator `{OPERATOR_NAMES[name.lower()]}`", e)
    return name
