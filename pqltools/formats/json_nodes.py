"""Which nodes does pql/json have, and which keys has each?  The table that the reader and the JSON Schema share.

A `Shape` is one kind of JSON object: the constant keys that tell it from others (`tags`), then its own keys in the
order in which they are written. What may stand under a key is named by a kind:

| kind | value |
|---|---|
| `text`, `texts` | a string; a list of at least one string |
| `boolean`, `integer`, `position`, `number`, `null` | the JSON value; integers have 64 bits, positions count from 1 |
| `digits` | an integer, in a string or not |
| `word` | one of `Key.words` |
| `raw`, `raws` | a JSON value without objects; a list of such values |
| `node`, `nodes` | an expression; a list of expressions |
| `one`, `optional` | a list of exactly one expression; of at most one |
| `lambda`, `scope` | a lambda; a lambda of one parameter |
| `declaration`, `member` | a varDecl; a varDecl or a plain condition |
| `time` | an expression, a time interval or a `timeRange` |
| `literal:X` | a literal of type X |
| any other | the shape of that name; with `+` a list of at least one of them, with `*` a list of any number |
"""

from __future__ import annotations

from pqltools.records import TYPE_CHECKING, Record, record
from pqltools.syntax.operators import (
    COMPARISONS,
    INTERVALS,
    QUANTIFIER_KEYWORDS,
    RELATIONS,
    TIMESTAMPS,
    UNIT_OF,
    UNITS,
)

if TYPE_CHECKING:
    from typing import Final, Literal, TypeAlias

    Status: TypeAlias = Literal["attested", "ours", "old"]


@record
class Key(Record):
    """A key of a shape, and what may stand under it."""

    name: str
    kind: str
    required: bool = True
    words: tuple[str, ...] = ()


class Shape:
    """One kind of JSON object.

    `status` says where it comes from: "attested" in Adobe's trees and documents, "ours" (a decision of this project
    where nothing is public), "old" (a superseded form, read and written back as it was).
    """

    __slots__ = ("allowed", "keys", "meaning", "name", "required", "status", "tags")

    def __init__(self, name: str, tags: dict[str, str], keys: tuple[Key, ...], status: Status, meaning: str) -> None:
        self.name = name
        self.tags = tags
        self.keys = keys
        self.status: Status = status
        self.meaning = meaning
        self.required = frozenset((*tags, *(key.name for key in keys if key.required)))
        self.allowed = frozenset((*tags, *(key.name for key in keys)))

    @property
    def subject(self) -> str:
        """What messages call it."""
        if "literalType" in self.tags:
            return f"a `{self.tags['literalType']}` literal"
        return f"`{self.tags['nodeType']}`" if self.tags else "this object"


SHAPES: Final[dict[str, Shape]] = {}
#: Literals by their literalType; `None` is the literal without one.
LITERALS: Final[dict[str | None, Shape]] = {}


def _shape(name: str, tags: dict[str, str], status: Status, meaning: str, *keys: Key) -> Shape:
    shape = SHAPES[name] = Shape(name, tags, keys, status, meaning)
    return shape


def _node(name: str, status: Status, meaning: str, *keys: Key, kind: str | None = None) -> Shape:
    return _shape(name, {"nodeType": kind or name}, status, meaning, *keys)


def _literal(kind: str | None, status: Status, meaning: str, *keys: Key) -> None:
    tags = {"nodeType": "literal"} if kind is None else {"nodeType": "literal", "literalType": kind}
    LITERALS[kind] = _shape(f"literal:{kind or 'untyped'}", tags, status, meaning, *keys)


# Calls, paths and references.

FN_APPLY = _node(
    "fnApply",
    "attested",
    "A call of a function or operator, receiver first. `and` and `or` take any number of params.",
    Key("fnName", "text"),
    Key("params", "nodes"),
)
FN_APPLY_QUANTIFIER = _node(
    "fnApply:quantifier",
    "old",
    "A quantification as it was written in 2018: the range is the array, the param the condition.",
    Key("fnName", "word", words=("some", "all")),
    Key("varName", "text"),
    Key("range", "node"),
    Key("params", "optional"),
    kind="fnApply",
)
FN_APPLY_FUNCTION = _node(
    "fnApply:function",
    "old",
    "A filter as it was written in 2018: the items of the param for which the function holds.",
    Key("function", "lambda"),
    Key("params", "one"),
    kind="fnApply",
)
FIELD_LOOKUP = _node(
    "fieldLookup",
    "attested",
    "A field of an object. Without object (row filters of sources) it is a column of the row.",
    Key("fieldName", "text"),
    Key("object", "node", required=False),
)
PARAMETER_REFERENCE = _node(
    "parameterReference",
    "attested",
    "A parameter of the expression; 1 is the profile.",
    Key("position", "position"),
)
VAR_REF = _node("varRef", "attested", "A variable that is bound by name.", Key("varName", "text"))

# Binders.

VAR_DECL = _node(
    "varDecl",
    "attested",
    "A variable, the array whose items it stands for, and the condition on them.",
    Key("varName", "text"),
    Key("from", "node"),
    Key("where", "node", required=False),
)
VAR_DECL_RANGE = _node(
    "varDecl:range",
    "old",
    "A variable as it was written in 2018.",
    Key("varName", "text"),
    Key("range", "node"),
    Key("where", "node", required=False),
    kind="varDecl",
)
SELECT = _node(
    "select", "attested", "The items (or tuples) that meet the conditions.", Key("variables", "declaration+")
)
SET = _node(
    "set",
    "old",
    "The old name of `select`. With plain conditions among its variables it is kept whole and not interpreted.",
    Key("variables", "member+"),
)
QUANTIFICATION = _node(
    "quantification",
    "attested",
    "Whether all, some, none or one of the items meet the conditions.",
    Key("quantifier", "word", words=tuple(QUANTIFIER_KEYWORDS)),
    Key("variables", "declaration+"),
)
LAMBDA = _node(
    "lambda",
    "attested",
    "A function; as the second param of an item function, the expression that is evaluated once per item.",
    Key("varNames", "texts"),
    Key("body", "node"),
)
FN_CREATE = _node(
    "fnCreate", "old", "A lambda as it was written in 2018.", Key("params", "parameter+"), Key("body", "node")
)
PARAMETER = _shape("parameter", {}, "old", "A parameter of an fnCreate.", Key("varName", "text"))
LET = _node("let", "ours", "A value with a name.", Key("varName", "text"), Key("value", "node"), Key("body", "node"))

# Time.

_WINDOW = (
    Key("timeinterval", "time"),
    Key("relation", "literal:TimeDirection"),
    Key("qualification", "timeQualification", required=False),
)
OCCURS = _node(
    "occurs",
    "attested",
    "Whether a timestamp lies in a window of time.",
    Key("timestamp", "node"),
    *_WINDOW,
)
TIME_QUALIFICATION = _node(
    "timeQualification",
    "attested",
    "How far from the time: `<= 30 days`. Only with the relations before, after and from.",
    Key("duration", "duration"),
    Key("comparison", "literal:Comparison"),
)
DURATION = _node(
    "duration",
    "attested",
    "A number of time units.",
    Key("count", "literal:Integer"),
    Key("unit", "literal:TimeUnit"),
)
TIME_RANGE = _node(
    "timeRange",
    "ours",
    "The two ends of `between`, both included.",
    Key("start", "time"),
    Key("end", "time"),
)

# Event sequences.

CHAIN = _node(
    "chain",
    "attested",
    "Whether some events meet the elements, in strict time order.",
    Key("array", "node"),
    Key("timestampField", "scope"),
    Key("elements", "element*"),
)
ELEMENT = _node(
    "element",
    "attested",
    "One event of a chain; `when`, `where` and `count` are encodings of this project.",
    Key("name", "text"),
    Key("negated", "boolean"),
    Key("what", "scope"),
    Key("when", "when", required=False),
    Key("where", "scope", required=False),
    Key("count", "count", required=False),
)
WHEN = _shape("when", {}, "ours", "When the event happened: the keys of `occurs` without the timestamp.", *_WINDOW)
COUNT = _shape(
    "count",
    {},
    "ours",
    "How many events there must be.",
    Key("comparison", "literal:Comparison"),
    Key("value", "node"),
)

# Lists and objects.

LIST = _node("list", "ours", "A list with an item that a List literal cannot hold.", Key("items", "nodes"))
OBJECT = _node("object", "ours", "An object literal.", Key("properties", "property*"))
PROPERTY = _shape("property", {}, "ours", "A property of an object.", Key("name", "text"), Key("value", "node"))

# Literals.

_literal("String", "attested", "A string.", Key("value", "text"))
_literal("Integer", "attested", "An integer of 64 bits.", Key("value", "integer"))
_literal("Boolean", "attested", "True or false.", Key("value", "boolean"))
_literal(
    "List",
    "attested",
    "A list of raw JSON values; a number with a point or an exponent is a double.",
    Key("value", "raws"),
)
_literal("XDMObject", "attested", "The profile, or another model by its reference.", Key("value", "text"))
_literal("Timestamp", "attested", "A moment or day; only `now` is attested.", Key("value", "word", words=TIMESTAMPS))
_literal("Double", "ours", "A double, finite.", Key("value", "number"))
_literal("Number", "ours", "Another name of Double, read only.", Key("value", "number"))
_literal("Float", "ours", "Another name of Double, read only.", Key("value", "number"))
_literal("Null", "ours", "Null.", Key("value", "null"))
_literal(
    "TimeDirection",
    "attested",
    "The relation of an `occurs`; `from` and `between` are encodings of this project.",
    Key("value", "word", words=RELATIONS),
)
_literal("TimeUnit", "attested", "The unit of a duration, in the plural.", Key("value", "word", words=tuple(UNIT_OF)))
_literal("Comparison", "attested", "How a count compares.", Key("value", "word", words=COMPARISONS))
_literal(
    "TimeInterval",
    "attested",
    "A calendar unit: this year, last month.",
    Key("unit", "word", words=tuple(UNITS)),
    Key("relation", "word", words=INTERVALS),
)
_literal("string", "old", "A string, as it was written in 2018.", Key("value", "text"))
_literal("integer", "old", "An integer, as it was written in 2018: in a string.", Key("value", "digits"))
for _old, _kind in {"boolean": "boolean", "double": "number", "null": "null", "list": "raws"}.items():
    _literal(_old, "old", "A literalType in lower case, as in 2018.", Key("value", _kind))
_literal("timestamp", "old", "A literalType in lower case, as in 2018.", Key("value", "word", words=TIMESTAMPS))
_literal(None, "attested", "A literal without a type, in the row filters of sources.", Key("value", "raw"))

#: Every nodeType that is known, whether or not it is an expression.
NODE_TYPES: Final = frozenset(shape.tags["nodeType"] for shape in SHAPES.values() if "nodeType" in shape.tags)
#: nodeTypes of parts, which can stand only where their parent asks for them.
PARTS: Final = frozenset(("varDecl", "element", "duration", "timeQualification", "timeRange"))
#: literalTypes of parts.
LITERAL_PARTS: Final = frozenset(("TimeDirection", "TimeUnit", "Comparison", "TimeInterval"))
