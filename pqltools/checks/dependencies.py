"""What does an expression depend on?  The fields, event types and segments that it mentions, wherever names lead.

Paths (see `field_paths`) start at the profile: array filters and item scopes leave no trace, variables of `select`,
`exists`, `let`, lambdas and chain elements stand for what they range over. Fields of anything else, an object literal
say, are nobody's, and what a node of unknown kind uses is not known.
"""

from __future__ import annotations

from pqltools.checks.field_paths import ANY_STEP, bare
from pqltools.records import Record, record
from pqltools.syntax import ast
from pqltools.types.model import ANY, ArrayType, MapType, ObjectType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any, TypeAlias

    from pqltools.checks.field_paths import Path
    from pqltools.source import Span
    from pqltools.syntax.ast import Expr
    from pqltools.types.model import Type

    #: What a value may be: the fields at these paths. Empty if it is no field.
    Origins: TypeAlias = tuple[Path, ...]

_EVENT_TYPE = "eventType"
_COMPARES = frozenset(("=", "!=", "in", "notIn", "equals", "notEqualTo", "stringCompare"))
#: Which arguments a function passes on: as they are, some of their items, or a part of them.
_PASSING = {
    **dict.fromkeys("filter topN bottomN head distinct intersection groupBy get values".split(), (0,)),
    "map": (1,),
    "if": (1, 2),
}
#: What a value may be at most. Nested `if` and `let` can give it more origins than there is time for.
_MOST = 64
_MAPS = (("identityMap",), ("segmentMembership",))
_LAMBDAS = (ast.ItemLambda, ast.Lambda)


@record
class Dependencies(Record):
    """What an expression uses, each with the place in its text where that is first so (None in a tree).

    All are in the order of their names. `segments` are the ids of `inSegment` and those that are looked up in
    ``segmentMembership.ups``.
    """

    fields: Mapping[Path, Span | None]
    event_types: Mapping[str, Span | None]
    segments: Mapping[str, Span | None]


def dependencies(tree: Expr, profile: Type = ANY) -> Dependencies:
    """The dependencies of a tree that was read; `profile` is the schema's type, which tells maps from objects."""
    finder = _Finder(profile)
    finder.whole(tree)
    return finder.result()


def segment_id(call: ast.FunctionCall) -> str | None:
    """The id in ``inSegment("id")``, None for another call."""
    match call:
        case ast.FunctionCall("inSegment", (ast.StringLiteral(id), *_)):
            return id
    return None


class _Finder:
    """One walk. `origins` tells where a value comes from, `use` also notes that it is made use of.

    Recursion takes two frames a level, and no tree that was read is deeper than `limits.HIGHEST_DEPTH`.
    """

    def __init__(self, profile: Type) -> None:
        self.profile = profile
        self.fields: dict[Path, Span | None] = {}
        #: Where items and values come from: of interest only if nothing in them is used.
        self.sources: dict[Path, Span | None] = {}
        self.event_types: dict[str, Span | None] = {}
        self.segments: dict[str, Span | None] = {}
        self.variables: dict[str, Origins] = {}
        #: What the items of the enclosing item scopes are, the innermost last.
        self.items: list[Origins] = []
        #: What the variables of each select range over.
        self.ranges: dict[int, list[Origins]] = {}

    def result(self) -> Dependencies:
        entered = {path[:length] for path in (*self.fields, *self.sources) for length in range(1, len(path))}
        fields = {**{path: span for path, span in self.sources.items() if path not in entered}, **self.fields}
        for path, span in fields.items():
            if path[:2] == ("segmentMembership", "ups") and path[2:3] not in ((), (ANY_STEP,)):
                self.segments.setdefault(path[2], span)
        return Dependencies(
            dict(sorted(fields.items())), dict(sorted(self.event_types.items())), dict(sorted(self.segments.items()))
        )

    def whole(self, tree: Expr) -> None:
        """The parameters of an outermost lambda are those of the expression."""
        if isinstance(tree, ast.Lambda):
            self.variables = {name: ((),) if index == 0 else () for index, name in enumerate(tree.parameters)}
            tree = tree.body
        self.use(tree, _ORIGINS[tree.__class__](self, tree))

    def use(self, node: Expr, origins: Origins) -> None:
        """Note that a value is used. A path that is written out counts even if something in it is used as well."""
        is_path = isinstance(node, ast.FieldLookup) or (isinstance(node, ast.FunctionCall) and node.function == "get")
        found = self.fields if is_path else self.sources
        for path in origins:
            if path:
                found.setdefault(path, node.span)

    def source(self, node: Expr, origins: Origins) -> None:
        """Note where items come from."""
        for path in origins:
            if path:
                self.sources.setdefault(path, node.span)

    def below(self, parts: Iterable[Expr]) -> None:
        """Parts whose values matter as wholes."""
        for part in parts:
            self.use(part, _ORIGINS[part.__class__](self, part))

    # Literals and references.

    def nothing(self, node: Expr) -> Origins:
        return ()

    def list_literal(self, node: ast.ListLiteral) -> Origins:
        self.below(node.items)
        return ()

    def object_literal(self, node: ast.ObjectLiteral) -> Origins:
        self.below([part.value for part in node.properties])
        return ()

    def parameter(self, node: ast.ParameterReference) -> Origins:
        return ((),) if node.position == 1 else ()

    def variable(self, node: ast.VariableReference) -> Origins:
        return self.variables.get(node.name, ())

    def item(self, node: ast.ItemReference) -> Origins:
        return self.items[-1 - node.distance] if node.distance < len(self.items) else ()

    def model(self, node: ast.ModelReference) -> Origins:
        return ((f"@{{{node.reference}}}",),)

    def field(self, node: ast.FieldLookup) -> Origins:
        return _step(_ORIGINS[node.object.__class__](self, node.object), bare(node.name))

    # Calls.

    def call(self, node: ast.FunctionCall) -> Origins:
        name, arguments = node.function, node.arguments
        if name == "inSegment" and (id := segment_id(node)) is not None:
            self.segments.setdefault(id, node.span)
        found: list[Origins] = []
        for argument in arguments:
            if isinstance(argument, ast.ItemLambda | ast.Lambda):
                found.append(self.scope(node, argument, found[0] if found else ()))
            else:
                found.append(_ORIGINS[argument.__class__](self, argument))
        if name in _COMPARES:
            self.compare(arguments[name == "stringCompare" :], found)
        loops = any(argument.__class__ in _LAMBDAS for argument in arguments)
        passing = _PASSING.get(name, ())
        for index, (argument, origins) in enumerate(zip(arguments, found, strict=True)):
            if index in passing or argument.__class__ in _LAMBDAS:
                continue
            (self.source if loops and index == 0 else self.use)(argument, origins)
        return _passed(node, found) if found else ()

    def scope(self, call: ast.FunctionCall, node: ast.ItemLambda | ast.Lambda, over: Origins) -> Origins:
        """The body of a lambda over what the first argument of `call` holds."""
        if isinstance(node, ast.ItemLambda):
            return self.in_item(node, self.items_of(over), passes=call.function == "map")
        receiver, count = call.arguments[0], len(node.parameters)
        values = self.ranges.get(id(receiver), ())
        if len(values) != count:
            entries = over if _is_grouping(receiver) else _step(over, ANY_STEP)
            values = [(), entries] if count == 2 else [self.items_of(over)]
        self.under(dict(zip(node.parameters, values, strict=False)), node.body)
        return ()

    def in_item(self, node: ast.ItemLambda, items: Origins, *, passes: bool = False) -> Origins:
        """The body of an item scope, whose value the call may pass on."""
        self.items.append(items)
        origins = _ORIGINS[node.body.__class__](self, node.body)
        self.items.pop()
        if not passes:
            self.use(node.body, origins)
        return origins

    def under(self, variables: dict[str, Origins], body: Expr) -> Origins:
        """The body of a binder."""
        outer = self.variables
        self.variables = {**outer, **variables}
        origins = _ORIGINS[body.__class__](self, body)
        self.variables = outer
        self.use(body, origins)
        return origins

    def items_of(self, origins: Origins) -> Origins:
        """What the items are, in a map the values."""
        return tuple([(*path, ANY_STEP) if self.is_map(path) else path for path in origins])

    def is_map(self, path: Path) -> bool:
        """Whether the field is a map, by the schema or because it is one in every profile."""
        if path in _MAPS or path[:-1] == ("segmentMembership",):
            return True
        type = self.profile
        for step in path:
            while isinstance(type, ArrayType):
                type = type.item
            member = type.member(step) if isinstance(type, ObjectType) else None
            type = member.type if member is not None else type.value if isinstance(type, MapType) else ANY
        return isinstance(type, MapType)

    def compare(self, arguments: tuple[Expr, ...], found: list[Origins]) -> None:
        """The event types that an `eventType` is compared with."""
        if not any(path[-1:] == (_EVENT_TYPE,) for origins in found for path in origins):
            return
        for argument in arguments:
            for item in argument.items if isinstance(argument, ast.ListLiteral) else (argument,):
                if isinstance(item, ast.StringLiteral):
                    self.event_types.setdefault(item.value, item.span)

    # Binders.

    def clauses(self, node: ast.Select | ast.Quantification) -> list[Origins]:
        """What each variable ranges over."""
        outer = self.variables
        self.variables = {**outer}
        found = []
        for clause in node.variables:
            origins = _ORIGINS[clause.source.__class__](self, clause.source)
            self.source(clause.source, origins)
            found.append(self.items_of(origins))
            self.variables[clause.name] = found[-1]
            if clause.condition is not None:
                self.use(clause.condition, _ORIGINS[clause.condition.__class__](self, clause.condition))
        self.variables = outer
        return found

    def select(self, node: ast.Select) -> Origins:
        ranges = self.ranges[id(node)] = self.clauses(node)
        return ranges[0] if len(ranges) == 1 else ()

    def quantification(self, node: ast.Quantification) -> Origins:
        self.clauses(node)
        return ()

    def lambda_(self, node: ast.Lambda) -> Origins:
        self.under(dict.fromkeys(node.parameters, ()), node.body)
        return ()

    def loose_item(self, node: ast.ItemLambda) -> Origins:
        self.in_item(node, ())
        return ()

    def let(self, node: ast.Let) -> Origins:
        value = _ORIGINS[node.value.__class__](self, node.value)
        self.source(node.value, value)
        return self.under({node.name: value}, node.body)

    # Time and sequences.

    def occurs(self, node: ast.Occurs) -> Origins:
        self.below((node.timestamp, *_times(node.window)))
        return ()

    def chain(self, node: ast.Chain) -> Origins:
        origins = _ORIGINS[node.array.__class__](self, node.array)
        self.source(node.array, origins)
        items = self.items_of(origins)
        self.in_item(node.timestamp_field, items)
        outer = self.variables
        self.variables = {**outer}
        for element in node.elements:
            for scope in (element.what, element.where):
                if scope is not None:
                    self.in_item(scope, items)
            self.below(_times(element.when) + ([element.count.value] if element.count is not None else []))
            self.variables[element.name] = items
        self.variables = outer
        return ()


def _step(origins: Origins, name: str) -> Origins:
    return tuple([(*path, name) for path in origins])


def _passed(call: ast.FunctionCall, found: list[Origins]) -> Origins:
    """Where the value of a call comes from, given that of its arguments."""
    name = call.function
    if name in ("get", "values"):
        # What was grouped is found by keys that are no fields.
        return found[0] if _is_grouping(call.arguments[0]) else _step(found[0], _key(call))
    if name == "modelInstances" and isinstance(call.arguments[0], ast.StringLiteral):
        return ((f"@{{{call.arguments[0].value}}}",),)
    passed: dict[Path, None] = {}
    for index in _PASSING.get(name, ()):
        if index < len(found):
            passed.update(dict.fromkeys(found[index]))
    return tuple(passed)[:_MOST]


def _key(call: ast.FunctionCall) -> str:
    match call:
        case ast.FunctionCall("get", (_, ast.StringLiteral(key))):
            return key
    return ANY_STEP


def _is_grouping(node: Expr) -> bool:
    return isinstance(node, ast.FunctionCall) and node.function == "groupBy"


def _times(window: ast.TimeWindow | None) -> list[Expr]:
    times = () if window is None else (window.time, window.end)
    return [time for time in times if time is not None and not isinstance(time, ast.TimeInterval)]


_ORIGINS: dict[type, Callable[[_Finder, Any], Origins]] = {
    **dict.fromkeys(
        (
            ast.StringLiteral,
            ast.IntegerLiteral,
            ast.DoubleLiteral,
            ast.BooleanLiteral,
            ast.NullLiteral,
            ast.TimestampLiteral,
            ast.Opaque,
            ast.Hole,
        ),
        _Finder.nothing,
    ),
    ast.ListLiteral: _Finder.list_literal,
    ast.ObjectLiteral: _Finder.object_literal,
    ast.ParameterReference: _Finder.parameter,
    ast.VariableReference: _Finder.variable,
    ast.ItemReference: _Finder.item,
    ast.ModelReference: _Finder.model,
    ast.FieldLookup: _Finder.field,
    ast.FunctionCall: _Finder.call,
    ast.Lambda: _Finder.lambda_,
    ast.ItemLambda: _Finder.loose_item,
    ast.Select: _Finder.select,
    ast.Quantification: _Finder.quantification,
    ast.Let: _Finder.let,
    ast.Occurs: _Finder.occurs,
    ast.Chain: _Finder.chain,
}
