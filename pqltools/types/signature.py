"""What does a function take and give?  Signatures, written as a sentence, and `bind`, which fits arguments to them.

    startsWith(text: String, prefix: String, caseSensitive: Boolean = true): Boolean
    filter(array: Array<T>, condition: T => Boolean): Array<T>
    sum(array: Array<T>, value: T => N = this): N
    and(operands: Boolean...): Boolean

Words are `Any`, `Boolean`, `Integer`, `Double`, `Number`, `String`, `Timestamp`, `Date`, `Time` (one of these two),
`Null`, `Object`, `Array<…>`, `Map<…>`, `Entry<…>` (see `mapEntry`); a capital letter is a type variable: `N` stands for
numbers, `C` for what has an order (numbers, strings, booleans, times), any other letter for anything. `T => U` is
evaluated for each item. ``name?: Type`` may be left out; so may what has a default, and `this` is the item itself.
``Type...`` may be repeated.

What fits (semantics.md, sections 3 and 4; decisions where that page is silent):

- Anything fits a condition, that is a `Boolean` without a default. A `Boolean` with one is a switch: booleans only.
- A test is a function with a `Boolean` result and two parameters or more whose first one is a `String`. On its left
  side an array fits, because it holds when it holds for some item; on its right sides numbers fit, because the right
  side is converted to the type of the left one. Nothing is converted elsewhere: not on the left of a test, not for
  functions that compute (`regexGroup`, arithmetic), not for keys and ids.
- A string fits where a time is expected, because the operation decides what an untyped string means; a number does
  not: an epoch is converted on the right of a comparison, but ``age.getMonth()`` is more likely a slip.
- Comparisons take anything: whether two types can be compared is the affair of a rule, which sees values too.
"""

from __future__ import annotations

import re

from pqltools.records import Record, record
from pqltools.types.model import ANY, BOOLEAN, DATE, DOUBLE, INTEGER, NULL, STRING, TIMESTAMP
from pqltools.types.shapes import (
    BOUNDED,
    FLAG,
    TEXT,
    WORDS,
    ArrayOf,
    Either,
    EntryOf,
    MapOf,
    PerItem,
    Plain,
    Shape,
    Tested,
    Variable,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from pqltools.types.model import Type
    from pqltools.types.shapes import Found

#: Scalars live as long as the program, so their identities can stand for them.
_SCALARS = frozenset(map(id, (ANY, BOOLEAN, DATE, DOUBLE, INTEGER, NULL, STRING, TIMESTAMP)))
_REMEMBERED, _REMEMBERED_ARGUMENTS = 500, 5
_TOKEN = r'\s*(=>|\.\.\.|\w+|"[^"]*"|\S)'
_CONTAINERS = {"Array": ArrayOf, "Map": MapOf, "Entry": EntryOf}


@record
class Parameter(Record):
    """One parameter. `default` is as it is written, None if there is none or nothing says what it would be."""

    name: str
    type: Shape
    optional: bool = False
    default: str | None = None
    variadic: bool = False

    def __str__(self) -> str:
        if self.default is not None:
            return f"{self.name}: {self.type.text} = {self.default}"
        return f"{self.name}{'?' * self.optional}: {self.type.text}{'...' * self.variadic}"


@record
class Problem(Record):
    """An argument that does not fit. `kind` is ``too-few``, ``too-many`` or ``type``.

    `index` is that of the argument, the first missing or superfluous one; `parameter` is None for a superfluous one.
    `expected` is what should stand there, in words, such as ``a string``.
    """

    kind: str
    index: int
    parameter: Parameter | None
    expected: str


@record
class Binding(Record):
    """How the arguments of a call fit: the type of its result, and what is wrong."""

    result: Type
    problems: tuple[Problem, ...] = ()


class Signature:
    """What a function takes and gives. `minimum` and `maximum` (None: any number) count arguments."""

    __slots__ = ("_known", "maximum", "minimum", "name", "parameters", "result")

    def __init__(self, name: str, parameters: tuple[Parameter, ...], result: Shape) -> None:
        self.name = name
        self.parameters = parameters
        self.result = result
        self.minimum = sum(not parameter.optional for parameter in parameters)
        self.maximum = None if parameters and parameters[-1].variadic else len(parameters)
        self._known: dict[tuple[int, ...], Binding] = {}

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(str, self.parameters))}): {self.result.text}"


def bind(signature: Signature, argument_types: Sequence[Type]) -> Binding:
    """How arguments of these types fit. A lambda or an item scope is passed as the type of its body."""
    known = signature._known
    key = tuple([id(type) for type in argument_types])
    found = known.get(key)
    if found is None:
        found = _bind(signature, argument_types)
        if len(key) <= _REMEMBERED_ARGUMENTS and len(known) < _REMEMBERED and _SCALARS.issuperset(key):
            known[key] = found
    return found


def _bind(signature: Signature, types: Sequence[Type]) -> Binding:
    parameters = signature.parameters
    last = len(parameters) - 1
    found: Found = {}
    problems: list[Problem] = []
    for index, type in enumerate(types):
        if index > last and signature.maximum is not None:
            problems.append(Problem("too-many", index, None, _count(signature)))
            break
        parameter = parameters[min(index, last)]
        if not parameter.type.fits(type, found):
            problems.append(Problem("type", index, parameter, parameter.type.words))
    given = len(types)
    if given < signature.minimum:
        missing = parameters[given]
        problems.append(Problem("too-few", given, missing, missing.type.words))
    elif given <= last and not problems:
        _default_to_item(parameters[given], parameters[0], found, problems)
    return Binding(signature.result.result(found), tuple(problems))


def _default_to_item(parameter: Parameter, array: Parameter, found: Found, problems: list[Problem]) -> None:
    """Where ``T => U`` is left out and defaults to the item, the items themselves have to fit."""
    shape = parameter.type
    if parameter.default == "this" and isinstance(shape, PerItem):
        item = Variable(shape.item, "", "").result(found)
        if not shape.fits(item, found):
            problems.append(Problem("type", 0, array, ArrayOf(shape.body).words))


def _count(signature: Signature) -> str:
    """How many arguments a function takes, in words."""
    most = signature.maximum
    if not most:
        return "no arguments"
    noun = "argument" if most == 1 else "arguments"
    return f"{most} {noun}" if signature.minimum == most else f"at most {most} {noun}"


def parse_signature(text: str) -> Signature:
    """The signature that a sentence describes.

    Raises ValueError if it is none. Sentences are part of the program, so the message is for programmers.
    """
    name, bracket, rest = text.partition("(")
    if not bracket or not name:
        raise ValueError(f"no name or no parameters in {text!r}")
    reader = _Reader(re.findall(_TOKEN, rest))
    try:
        parameters, result = reader.signature()
    except (IndexError, KeyError) as error:
        raise ValueError(f"{text!r} ends too early or has an unknown word") from error
    if isinstance(result, Plain) and result.type is None:
        raise ValueError(f"{text!r}: a result of {result.text} does not say which type it has")
    return Signature(name, _tested(parameters, result), result)


def _tested(parameters: tuple[Parameter, ...], result: Shape) -> tuple[Parameter, ...]:
    """The parameters of a test, with the conversions of its sides; see the module."""
    string = WORDS["String"]
    if result is not WORDS["Boolean"] or len(parameters) < 2 or parameters[0].type is not string:
        return parameters
    left, *right = parameters
    return (
        Parameter(left.name, Tested(string), left.optional, left.default, left.variadic),
        *[
            Parameter(each.name, TEXT, each.optional, each.default, each.variadic) if each.type is string else each
            for each in right
        ],
    )


class _Reader:
    """Reads what stands behind the opening parenthesis."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0

    def take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1]

    def taken(self, token: str) -> bool:
        found = self.at < len(self.tokens) and self.tokens[self.at] == token
        self.at += found
        return found

    def expect(self, token: str) -> None:
        if not self.taken(token):
            raise ValueError(f"expected {token!r} at token {self.at} of {self.tokens}")

    def signature(self) -> tuple[tuple[Parameter, ...], Shape]:
        parameters: list[Parameter] = []
        while not self.taken(")"):
            if parameters:
                self.expect(",")
            parameters.append(self.parameter())
        self.expect(":")
        result = self.type()
        if self.at < len(self.tokens):
            raise ValueError(f"something follows the result: {self.tokens[self.at :]}")
        optional = [parameter.optional or parameter.variadic for parameter in parameters]
        if optional != sorted(optional) or any(parameter.variadic for parameter in parameters[:-1]):
            raise ValueError("what may be left out or repeated comes last")
        return tuple(parameters), result

    def parameter(self) -> Parameter:
        name = self.take()
        optional = self.taken("?")
        self.expect(":")
        shape = self.type()
        if self.taken("..."):
            return Parameter(name, shape, optional, variadic=True)
        if self.taken("="):
            return Parameter(name, FLAG if shape is WORDS["Boolean"] else shape, True, self.take())
        return Parameter(name, shape, optional)

    def type(self) -> Shape:
        choices = [self.single_type()]
        while self.taken("or"):
            choices.append(self.single_type())
        return choices[0] if len(choices) == 1 else Either(tuple(choices))

    def single_type(self) -> Shape:
        word = self.take()
        if self.taken("=>"):
            return PerItem(word, self.single_type())
        if word in _CONTAINERS:
            self.expect("<")
            inner = self.type()
            self.expect(">")
            return _CONTAINERS[word](inner)
        if len(word) == 1 and word.isalpha() and word.isupper():
            return BOUNDED.get(word) or Variable(word, "anything", "")
        return WORDS[word]
