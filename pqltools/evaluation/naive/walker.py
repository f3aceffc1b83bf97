"""What is the value of each node?  One method for each kind, looked up by class; `Environment` is what names mean."""

from __future__ import annotations

from pqltools.evaluation.naive import arrays, windows
from pqltools.evaluation.naive.calls import called, has_times, is_member, lookup
from pqltools.evaluation.naive.comparisons import is_true, items
from pqltools.evaluation.naive.environment import Environment
from pqltools.evaluation.naive.sequences import Sequences
from pqltools.evaluation.names import plain_name
from pqltools.evaluation.values import Day, Instant, interval, time_of
from pqltools.syntax import ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from pqltools.evaluation.program import Program
    from pqltools.evaluation.values import Interval
    from pqltools.syntax.ast import Expr, Node, Time

    #: What is told of every node: the node, what names mean there, and its value.
    Trace = Callable[[Node, "Environment", Any], None]

_PER_ITEM = frozenset("exists filter count map groupBy topN bottomN sum average min max".split())


class Walker:
    """One run of a program over one profile. `parameters` are ``$1``, the profile, ``$2``, … .

    `models` are the instances of other models by their reference. `trace` is told the value of every node.
    """

    def __init__(
        self,
        program: Program,
        parameters: Sequence[Any],
        models: Mapping[str, Any] | None = None,
        trace: Trace | None = None,
    ) -> None:
        self.program = program
        self.parameters = parameters
        self.models = models or {}
        self.trace = trace

    def result(self) -> Any:
        """The value of the whole expression."""
        named = {name: self.parameter(index) for index, name in enumerate(self.program.parameters)}
        return self.value(self.program.body, Environment(named))

    def parameter(self, index: int) -> Any:
        """A parameter by its index, null if it was not given."""
        return self.parameters[index] if index < len(self.parameters) else None

    def value(self, node: Expr, environment: Environment) -> Any:
        """The value of `node`."""
        found = _METHODS[node.__class__](self, node, environment)
        if self.trace is not None:
            self.trace(node, environment, found)
        return found

    def holds(self, node: Expr, environment: Environment) -> bool:
        """Whether `node` holds in a Boolean position."""
        return is_true(self.value(node, environment))

    # Literals and references.

    def constant(self, node: Any, environment: Environment) -> Any:
        return node.value

    def null(self, node: ast.NullLiteral, environment: Environment) -> Any:
        return None

    def timestamp(self, node: ast.TimestampLiteral, environment: Environment) -> Any:
        start, _ = windows.literal_interval(node.value, self.program.now)
        return Instant(start) if node.value == "now" else Day(start)

    def list_literal(self, node: ast.ListLiteral, environment: Environment) -> Any:
        return [self.value(item, environment) for item in node.items]

    def object_literal(self, node: ast.ObjectLiteral, environment: Environment) -> Any:
        return {part.name: self.value(part.value, environment) for part in node.properties}

    def parameter_reference(self, node: ast.ParameterReference, environment: Environment) -> Any:
        return self.parameter(node.position - 1)

    def variable(self, node: ast.VariableReference, environment: Environment) -> Any:
        return environment.variables[node.name]

    def item(self, node: ast.ItemReference, environment: Environment) -> Any:
        return environment.items[-1 - node.distance]

    def model(self, node: ast.ModelReference, environment: Environment) -> Any:
        return self.models.get(node.reference)

    def field_lookup(self, node: ast.FieldLookup, environment: Environment) -> Any:
        value = self.value(node.object, environment)
        return lookup(node.object, value, plain_name(node.name))

    # Functions that decide what is evaluated.

    def call(self, node: ast.FunctionCall, environment: Environment) -> Any:
        name, arguments = node.function, node.arguments
        if name in ("and", "or"):
            # A loop, since a generator would take a further frame at each level of a deep expression.
            for part in arguments:
                if self.holds(part, environment) is (name == "or"):
                    return name == "or"
            return name == "and"
        if name == "if":
            return self.value(arguments[1 if self.holds(arguments[0], environment) else 2], environment)
        if name in _PER_ITEM:
            return self.item_call(node, environment)
        return called(self, node, [self.value(part, environment) for part in arguments])

    def item_call(self, node: ast.FunctionCall, environment: Environment) -> Any:
        """A function whose second argument is evaluated for each item of the first."""
        name, arguments = node.function, node.arguments
        array = self.value(arguments[0], environment)
        body = arguments[1] if len(arguments) > 1 else None
        found = items(array)
        values = found if body is None else self.per_item(body, array, environment)
        rest = [self.value(part, environment) for part in arguments[2:]]
        times = has_times(self, [arguments[0] if body is None else body])
        match name:
            case "exists":
                return len(found) > 0 if body is None else any(is_true(value) for value in values)
            case "filter":
                return [item for item, value in zip(found, values, strict=True) if is_true(value)]
            case "count":
                return len(found) if body is None else sum([is_true(value) for value in values])
            case "map":
                return arrays.mapped(values)
            case "groupBy":
                return arrays.grouped(found, values)
            case "topN" | "bottomN":
                return arrays.ranked(found, values, rest[0], highest=name == "topN", times=times)
            case "sum":
                return arrays.total(values)
            case "average":
                return arrays.average(values)
        return arrays.extreme(values, highest=name == "max", times=times)

    def per_item(self, body: Expr, array: Any, environment: Environment) -> list[Any]:
        """The values of the second argument for all items."""
        if isinstance(body, ast.ItemLambda):
            return [self.value(body.body, environment.item(item)) for item in items(array)]
        if not isinstance(body, ast.Lambda):
            return [self.value(body, environment) for _ in items(array)]
        if isinstance(array, dict):
            return [self.applied(body, pair, environment) for pair in array.items()]
        return [self.applied(body, item if isinstance(item, tuple) else (item,), environment) for item in items(array)]

    def applied(self, node: ast.Lambda, values: tuple[Any, ...], environment: Environment) -> Any:
        """The body of a lambda whose parameters are the key and the value of a map, or the parts of a tuple."""
        for index, name in enumerate(node.parameters):
            environment = environment.bind(name, values[index] if index < len(values) else None)
        return self.value(node.body, environment)

    def in_segment(self, id: Any) -> bool:
        """Whether the definition of a segment holds; where it is not given, whether the profile is a member."""
        if not isinstance(id, str):
            return False
        program = self.program.segments.get(id)
        if program is not None:
            return is_true(Walker(program, self.parameters, self.models).result())
        return is_member(self.parameter(0), id)

    def model_instances(self, reference: Any) -> Any:
        """The instances of another model, null if there are none."""
        return self.models.get(reference) if isinstance(reference, str) else None

    # Binders.

    def assignments(self, clauses: tuple[ast.VariableDeclaration, ...], environment: Environment) -> list[Environment]:
        """What the variables can be, in the order of nested loops."""
        found = [environment]
        for clause in clauses:
            found = [
                inner
                for outer in found
                for item in items(self.value(clause.source, outer))
                for inner in [outer.bind(clause.name, item)]
                if clause.condition is None or self.holds(clause.condition, inner)
            ]
        return found

    def select(self, node: ast.Select, environment: Environment) -> Any:
        names = [clause.name for clause in node.variables]
        found = self.assignments(node.variables, environment)
        if len(names) == 1:
            return [each.variables[names[0]] for each in found]
        return [self.tuple_of(names, each) for each in found]

    def tuple_of(self, names: list[str], environment: Environment) -> tuple[Any, ...]:
        """The variables of a select; of two with the same name the later one hides the earlier."""
        return tuple([environment.variables[name] for name in names])

    def quantification(self, node: ast.Quantification, environment: Environment) -> bool:
        if node.quantifier == "all":
            return self.all_hold(node.variables, environment)
        number = len(self.assignments(node.variables, environment))
        return {"some": number > 0, "none": number == 0, "one": number == 1}[node.quantifier]

    def all_hold(self, clauses: tuple[ast.VariableDeclaration, ...], environment: Environment) -> bool:
        """Whether the conditions hold for every assignment: true if there is nothing."""
        if not clauses:
            return True
        clause = clauses[0]
        for item in items(self.value(clause.source, environment)):
            inner = environment.bind(clause.name, item)
            if clause.condition is not None and not self.holds(clause.condition, inner):
                return False
            if not self.all_hold(clauses[1:], inner):
                return False
        return True

    def let(self, node: ast.Let, environment: Environment) -> Any:
        return self.value(node.body, environment.bind(node.name, self.value(node.value, environment)))

    # Time and sequences.

    def occurs(self, node: ast.Occurs, environment: Environment) -> bool:
        value = self.value(node.timestamp, environment)
        return self.lies_in(value, node.window, environment)

    def lies_in(self, value: Any, window: ast.TimeWindow, environment: Environment) -> bool:
        """Whether a time lies in a window; of an array whether some item does (ours).

        A date counts as its first instant (ours).
        """
        if isinstance(value, list):
            return any(self.lies_in(item, window, environment) for item in value)
        time = time_of(value)
        first, is_instant = self.reference(window.time, environment)
        if time is None or first is None:
            return False
        if window.relation == "within":
            return windows.lies_within(time.ms, first)
        if window.end is not None:
            last, _ = self.reference(window.end, environment)
            return last is not None and windows.lies_between(time.ms, first, last)
        is_now = isinstance(window.time, ast.TimestampLiteral) and window.time.value == "now"
        return windows.lies_from(time.ms, window.relation, first, window.qualification, instant=is_instant, now=is_now)

    def reference(self, node: Time, environment: Environment) -> tuple[Interval | None, bool]:
        """The interval that a TIME stands for, and whether it is an instant; None for what is no time."""
        if isinstance(node, ast.TimeInterval):
            return windows.unit_interval(node, self.program.now), False
        if isinstance(node, ast.VariableReference) and node.name in environment.moments:
            return interval(Instant(environment.moments[node.name])), True
        time = time_of(self.value(node, environment))
        return (None, False) if time is None else (interval(time), isinstance(time, Instant))

    def chain(self, node: ast.Chain, environment: Environment) -> bool:
        events = []
        for event in items(self.value(node.array, environment)):
            time = time_of(self.value(node.timestamp_field.body, environment.item(event)))
            if time is not None:
                events.append((time.ms, event))
        return Sequences(self, node, events).found(environment)

    def satisfies(self, element: ast.ChainElement, ms: int, event: Any, environment: Environment) -> bool:
        """Whether an event satisfies the conditions of an element."""
        inside = environment.item(event)
        if not self.holds(element.what.body, inside):
            return False
        if element.where is not None and not self.holds(element.where.body, inside):
            return False
        return element.when is None or self.lies_in(Instant(ms), element.when, environment)


_METHODS: dict[type, Callable[[Walker, Any, Environment], Any]] = {
    ast.StringLiteral: Walker.constant,
    ast.IntegerLiteral: Walker.constant,
    ast.DoubleLiteral: Walker.constant,
    ast.BooleanLiteral: Walker.constant,
    ast.NullLiteral: Walker.null,
    ast.TimestampLiteral: Walker.timestamp,
    ast.ListLiteral: Walker.list_literal,
    ast.ObjectLiteral: Walker.object_literal,
    ast.ParameterReference: Walker.parameter_reference,
    ast.VariableReference: Walker.variable,
    ast.ItemReference: Walker.item,
    ast.ModelReference: Walker.model,
    ast.FieldLookup: Walker.field_lookup,
    ast.FunctionCall: Walker.call,
    ast.Select: Walker.select,
    ast.Quantification: Walker.quantification,
    ast.Let: Walker.let,
    ast.Occurs: Walker.occurs,
    ast.Chain: Walker.chain,
}
