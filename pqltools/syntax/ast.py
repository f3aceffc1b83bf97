"""What is a PQL expression?  The closed union of nodes that everything else reads or writes.

Nodes are frozen, slotted and compare by value. Two fields never take part in equality: `span`, the offsets in the text
that the node was parsed from, and `spelling`, how the source wrote it where several spellings mean the same. A
`spelling` is used to write the same thing back, never to decide what an expression means; each class lists its values.

Names follow the node kinds of ``pql/json``; where one kind covers several meanings (`literal`), there is a class a
meaning. Operators are function calls: ``a = b`` is ``FunctionCall("=", (a, b))``. ``and`` and ``or`` take any number
of operands, nothing is flattened, and parentheses leave no trace.

Scopes. `Lambda`, `Select`, `Quantification`, `Let` and `Chain` bind variables by name (`VariableReference`). An item
scope (the condition of a filter, the argument of ``sum`` …) is an `ItemLambda`: it binds no name that matters, its item
is reached by counting (`ItemReference`), so that ``xs[a = 1]`` and ``xs.filter((X) => X.a = 1)`` are equal trees.
"""

from __future__ import annotations

from pqltools.records import Record, hint, record

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import TypeAlias

    from pqltools.source import Span


@record
class Node(Record):
    """What all nodes have. Positional fields are the node's meaning; both fields here are outside equality."""

    spelling: str | None = hint(default=None, kw_only=True)
    span: Span | None = hint(default=None, kw_only=True)


# Literals. `spelling` of all of them: "lower" (dialect E: literalType in lower case, integers in a string), "untyped"
# (dialect D: none; timestamps are never so).


@record
class StringLiteral(Node):
    """``"text"``. The value has its escapes decoded."""

    value: str


@record
class IntegerLiteral(Node):
    """``42``, a signed 64-bit integer. `spelling` also: "L" (written ``42L``), "lower:int" (in no string)."""

    value: int


@record
class DoubleLiteral(Node):
    """``4.5``, finite. `spelling` also: "Number" or "Float" (the literalType that was read).

    ":int" behind it, or behind "Double" or "lower", says that the JSON number had neither point nor exponent.
    """

    value: float


@record
class BooleanLiteral(Node):
    """``true`` or ``false``."""

    value: bool


@record
class NullLiteral(Node):
    """``null``."""


@record
class TimestampLiteral(Node):
    """``now``, ``today``, ``yesterday`` or ``tomorrow``, in lower case."""

    value: str


@record
class ListLiteral(Node):
    """``[a, b]``. `spelling`: "list" (a `list` node was read, where a `List` literal may have done)."""

    items: tuple[Expr, ...]


@record
class Property(Node):
    """One ``"name": value`` of an object literal."""

    name: str
    value: Expr


@record
class ObjectLiteral(Node):
    """``{"name": value, …}``. A name may occur once."""

    properties: tuple[Property, ...]


# References.


@record
class ParameterReference(Node):
    """A parameter of the whole expression, from 1. Parameter 1 is the profile, and need not be written in text.

    `spelling`: "implicit" (text without a root), "$" (``$1``), "profile" (the root name ``profile``), "XDMObject"
    (dialects A, C and E), "absent" (dialect D: a fieldLookup without object), None (a parameterReference).
    """

    position: int


@record
class VariableReference(Node):
    """A variable bound by name; the innermost binder of that name is meant."""

    name: str


@record
class ItemReference(Node):
    """The item of an enclosing `ItemLambda`: 0 the innermost (``this``), 1 the next one out (``^``), …

    Every `ItemLambda` between counts, however it was spelled; other binders do not.
    """

    distance: int


@record
class ModelReference(Node):
    """``@{reference}``: another model than the profile, as a path root or a source."""

    reference: str


@record
class FieldLookup(Node):
    """``object.name``. The name is verbatim: ``xdm:tags`` keeps its prefix, a back-quoted one has lost its quotes."""

    object: Expr
    name: str


# Calls and binders.


@record
class FunctionCall(Node):
    """A call of a function or operator, receiver first.

    `spelling`: "operator", "method", "function", "filter" (``array[cond]``), "get" (``map["k"]``), "fnName:X" (the tree
    had the name X, such as ``NOT``, for an operator), "function-key" (dialect E: a lambda under ``function``).
    """

    function: str
    arguments: tuple[Expr, ...]


@record
class Lambda(Node):
    """``(A, B) => body``, anywhere but as a one-parameter argument of an item function. `spelling`: "fnCreate"."""

    parameters: tuple[str, ...]
    body: Expr


@record
class ItemLambda(Node):
    """An item scope: the body is evaluated once per item. `name` is the bound name that was read, outside equality.

    It stands only where `operators.ITEM_FUNCTIONS` or `Chain` has it. `spelling`: "fnCreate".
    """

    body: Expr
    name: str | None = hint(default=None)


@record
class VariableDeclaration(Node):
    """``name from source where condition``; without condition every item counts. `spelling`: "range" (old key)."""

    name: str
    source: Expr
    condition: Expr | None = None


@record
class Select(Node):
    """``select X from xs where c, …``: the items, or tuples. `spelling`: "set" (old name)."""

    variables: tuple[VariableDeclaration, ...]


@record
class Quantification(Node):
    """``exists X from xs where c, …``. `quantifier` is ``some``, ``all``, ``none`` or ``one``.

    Text writes ``exists`` for some and ``forall`` for all. `spelling`: "fnApply" (a superseded form with ``range``).
    """

    quantifier: str
    variables: tuple[VariableDeclaration, ...]


@record
class Let(Node):
    """``let name = value in body``."""

    name: str
    value: Expr
    body: Expr


# Time.


@record
class TimeInterval(Node):
    """``this year``: `relation` is ``this``, ``last`` or ``next``, `unit` a singular time unit."""

    relation: str
    unit: str


@record
class TimeQualification(Node):
    """``<= 30 days``: a comparison, a count ≥ 0 and a singular unit. `spelling`: "singular" (the TimeUnit was so)."""

    comparison: str
    count: int
    unit: str


@record
class TimeWindow(Node):
    """What may follow ``occurs``. `relation` is ``within`` (on), ``before``, ``after``, ``from`` or ``between``.

    Only ``between`` has an `end`; only ``before``, ``after`` and ``from`` may have a `qualification`.
    """

    relation: str
    time: Time
    end: Time | None = None
    qualification: TimeQualification | None = None


@record
class Occurs(Node):
    """``timestamp occurs <= 30 days before now``."""

    timestamp: Expr
    window: TimeWindow


# Event sequences.


@record
class ElementCount(Node):
    """``COUNT(5)``: at least that many events. `comparison` is ``>=`` unless another one was written."""

    comparison: str
    value: Expr


@record
class ChainElement(Node):
    """``C0: WHAT(…) WHERE(…) WHEN(…) COUNT(…)``. Later elements may use the name."""

    name: str
    negated: bool
    what: ItemLambda
    where: ItemLambda | None = None
    when: TimeWindow | None = None
    count: ElementCount | None = None


@record
class Chain(Node):
    """``chain(array, timestamp, [elements])``: some events satisfy all elements in strict time order."""

    array: Expr
    timestamp_field: ItemLambda
    elements: tuple[ChainElement, ...]


# What is not (wholly) understood.


@record
class Opaque(Node):
    """A pql/json node of unknown kind, kept whole. `tree` is its JSON text with sorted keys and no white space.

    `spelling` is the JSON text in the order that was read.
    """

    node_type: str
    tree: str


@record
class Hole(Node):
    """Where the tolerant parser found no expression. Strict parsing never yields one."""


Expr: TypeAlias = (
    StringLiteral
    | IntegerLiteral
    | DoubleLiteral
    | BooleanLiteral
    | NullLiteral
    | TimestampLiteral
    | ListLiteral
    | ObjectLiteral
    | ParameterReference
    | VariableReference
    | ItemReference
    | ModelReference
    | FieldLookup
    | FunctionCall
    | Lambda
    | ItemLambda
    | Select
    | Quantification
    | Let
    | Occurs
    | Chain
    | Opaque
    | Hole
)
Time: TypeAlias = Expr | TimeInterval
