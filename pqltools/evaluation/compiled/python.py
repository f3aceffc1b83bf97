"""How are the parts of a Python program built?  Short names for what `ast` spells out.

Generated variables are called ``v1``, functions ``f2``, what they find in their module ``k3``.
"""

from __future__ import annotations

import ast as py

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LOAD, _STORE = py.Load(), py.Store()
_OPERATORS: dict[str, type[py.cmpop]] = {
    "=": py.Eq,
    "!=": py.NotEq,
    "<": py.Lt,
    "<=": py.LtE,
    ">": py.Gt,
    ">=": py.GtE,
    "is": py.Is,
    "is not": py.IsNot,
    "in": py.In,
    "not in": py.NotIn,
}
NONE, TRUE, FALSE = py.Constant(None), py.Constant(True), py.Constant(False)


def name(word: str) -> py.Name:
    """A variable that is read."""
    return py.Name(word, _LOAD)


def constant(value: Any) -> py.Constant:
    """A constant that Python can hold in its code."""
    return py.Constant(value)


def call(function: py.expr | str, *arguments: py.expr) -> py.Call:
    """``function(arguments)``."""
    return py.Call(name(function) if isinstance(function, str) else function, list(arguments), [])


def attribute(value: py.expr, word: str) -> py.Attribute:
    """``value.word``."""
    return py.Attribute(value, word, _LOAD)


def method(value: py.expr, word: str, *arguments: py.expr) -> py.Call:
    """``value.word(arguments)``."""
    return py.Call(attribute(value, word), list(arguments), [])


def index(value: py.expr, place: py.expr) -> py.Subscript:
    """``value[place]``."""
    return py.Subscript(value, place, _LOAD)


def compare(left: py.expr, operator: str, right: py.expr) -> py.expr:
    """A comparison, its operator spelled as in PQL or as in Python."""
    if operator in ("is", "is not") and isinstance(left, py.Constant) and isinstance(right, py.Constant):
        # Python warns of an identity of literals, which are all singletons here or differ in class.
        return py.Constant((left.value is right.value) == (operator == "is"))
    return py.Compare(left, [_OPERATORS[operator]()], [right])


def between(low: py.expr, value: py.expr, high: py.expr) -> py.Compare:
    """``low <= value < high``."""
    return py.Compare(low, [py.LtE(), py.Lt()], [value, high])


def is_class(value: py.expr, kind: str) -> py.expr:
    """``value.__class__ is kind``, the quickest test there is."""
    return compare(attribute(value, "__class__"), "is", name(kind))


def is_none(value: py.expr) -> py.expr:
    """``value is None``."""
    return compare(value, "is", NONE)


def is_given(value: py.expr) -> py.expr:
    """``value is not None``."""
    return compare(value, "is not", NONE)


def assigned(word: str, value: py.expr) -> py.NamedExpr:
    """``(word := value)``."""
    return py.NamedExpr(py.Name(word, _STORE), value)


def choice(test: py.expr, then: py.expr, otherwise: py.expr) -> py.IfExp:
    """``then if test else otherwise``."""
    return py.IfExp(test, then, otherwise)


def every(*parts: py.expr) -> py.expr:
    """``a and b``."""
    return parts[0] if len(parts) == 1 else py.BoolOp(py.And(), list(parts))


def some(*parts: py.expr) -> py.expr:
    """``a or b``."""
    return parts[0] if len(parts) == 1 else py.BoolOp(py.Or(), list(parts))


def negation(value: py.expr) -> py.UnaryOp:
    """``not value``."""
    return py.UnaryOp(py.Not(), value)


def sequence(first: py.expr, value: py.expr) -> py.expr:
    """`value`, after `first` has been evaluated."""
    return index(py.Tuple([first, value], _LOAD), constant(1))


def instead(value: py.expr, result: py.expr) -> py.expr:
    """`result`, although it does not depend on `value`: what that fetches is counted on further on."""
    return sequence(value, result)


def array(parts: list[py.expr]) -> py.List:
    """``[parts]``."""
    return py.List(parts, _LOAD)


def pair(*parts: py.expr) -> py.Tuple:
    """``(parts)``."""
    return py.Tuple(list(parts), _LOAD)


# Statements.


def assign(word: str, value: py.expr) -> py.Assign:
    """``word = value``."""
    return py.Assign([py.Name(word, _STORE)], value)


def add_to(word: str, value: py.expr) -> py.AugAssign:
    """``word += value``."""
    return py.AugAssign(py.Name(word, _STORE), py.Add(), value)


def run(value: py.expr) -> py.Expr:
    """An expression as a statement."""
    return py.Expr(value)


def returned(value: py.expr) -> py.Return:
    """``return value``."""
    return py.Return(value)


def when(test: py.expr, *body: py.stmt) -> py.If:
    """``if test: body``."""
    return py.If(test, list(body), [])


def branches(word: str, bodies: list[list[py.stmt]], *, first: int = 0) -> py.stmt:
    """The body for a number, from `first` on: found by halves."""
    half = len(bodies) // 2
    if len(bodies) == 1:
        return py.If(TRUE, bodies[0], [])
    test = compare(name(word), "<", constant(first + half))
    parts = [
        some_bodies[0] if len(some_bodies) == 1 else [branches(word, some_bodies, first=start)]
        for some_bodies, start in ((bodies[:half], first), (bodies[half:], first + half))
    ]
    return py.If(test, parts[0] or [py.Pass()], parts[1])


def loop(words: str | list[str], source: py.expr, body: list[py.stmt]) -> py.For:
    """``for words in source: body``; several words take the item apart."""
    into = py.Name(words, _STORE) if isinstance(words, str) else target(words)
    return py.For(into, source, body or [py.Pass()], [])


def target(words: list[str]) -> py.expr:
    """Variables that a tuple is taken apart into."""
    return py.Tuple([py.Name(word, _STORE) for word in words], _STORE)


def guarded(body: list[py.stmt], exception: str, *otherwise: py.stmt) -> py.Try:
    """``try: body except exception: otherwise``."""
    return py.Try(body, [py.ExceptHandler(name(exception), None, list(otherwise))], [], [])


def function(word: str, parameters: list[str], body: list[py.stmt], defaults: list[py.expr] | None = None) -> py.stmt:
    """``def word(parameters): body``."""
    arguments = py.arguments([], [py.arg(each) for each in parameters], None, [], [], None, defaults or [])
    # What else a definition has changes with the version of Python, and is empty here.
    definition = py.FunctionDef(word, arguments, body, [], None)
    if hasattr(definition, "type_params") or "type_params" in py.FunctionDef._fields:
        definition.type_params = []  # type: ignore[attr-defined,unused-ignore]
    return definition
