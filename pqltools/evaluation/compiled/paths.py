"""How are fields fetched?  Each step of a path once, tested for its class where it is used."""

from __future__ import annotations

from pqltools.evaluation.compiled import python
from pqltools.evaluation.lazy import AskedOtherwise
from pqltools.evaluation.names import is_namespaced, plain_name
from pqltools.evaluation.runtime import fields
from pqltools.evaluation.structs import gathered, struct_items
from pqltools.syntax import ast
from pqltools.types.model import ObjectType

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast as py
    from collections.abc import Callable
    from typing import Any

    from pqltools.evaluation.compiled.compiler import Compiler, Scope
    from pqltools.syntax.ast import Expr

#: Kinds of steps: into the field of an object or of the items of an array, into a map, into a map of namespaces.
FIELD, KEY, NAMESPACE, NAMESPACE_KEY = ".", "get", "namespace", "get namespace"
_SLOW: dict[str, Callable[..., object]] = {
    FIELD: fields.step,
    KEY: fields.get,
    NAMESPACE: fields.namespaced,
    NAMESPACE_KEY: fields.get_namespaced,
}


def path(compiler: Compiler, node: Expr, scope: Scope) -> py.expr:
    """A field, by way of as many steps as lead to it from a variable or from any other expression."""
    steps: list[tuple[str, str]] = []
    root = node
    while (found := _step(compiler, root)) is not None:
        root, step = found
        steps.append(step)
    steps.reverse()
    value = compiler.value(root, scope)
    start = getattr(value, "id", None)
    if start is None:
        before = None
        for kind, name in steps:
            first, again = compiler.bound(value)
            value = _stepped(compiler, first, again, kind, name, before=before, is_object=False)
            before = name
        return value
    return from_variable(compiler, start, steps)


def undecoded(compiler: Compiler, node: ast.FieldLookup, scope: Scope) -> py.expr:
    """The items of an array that may be there as bytes (`pqltools.evaluation.lazy`)."""
    take = compiler.unit.lazy[node.name]

    def items(value: Any) -> Any:
        return struct_items(take(value))

    value = compiler.value(node.object, scope)
    is_object = getattr(value, "id", None) in compiler.frame.objects
    # An array, whose fields would have to be gathered, has no such attribute.
    first, again = compiler.bound(_attribute(compiler, value, node.name, is_object=is_object, is_array=False))
    return python.choice(python.is_class(first, "list"), again, compiler.unit.call(items, again))


def _attribute(compiler: Compiler, value: py.expr, name: str, *, is_object: bool, is_array: bool | None) -> py.expr:
    """A field of a struct, of an array of some, or of null; None for `is_array` if it may be either."""
    structs = compiler.unit.structs
    assert structs is not None
    attribute = structs.attribute(name)
    if is_object:
        return python.attribute(value, attribute)
    first, again = compiler.bound(value)
    found: py.expr = python.attribute(again, attribute)
    if is_array is not False:
        gathering = compiler.unit.call(gathered, again, python.constant(attribute))
        found = gathering if is_array else python.choice(python.is_class(again, "list"), gathering, found)
    return python.choice(python.is_none(first), python.NONE, found)


def _step(compiler: Compiler, node: Expr) -> tuple[Expr, tuple[str, str]] | None:
    """What a step starts from, with its kind and its name; None for what is no step."""
    match node:
        case ast.FieldLookup(object, name):
            return object, (NAMESPACE if is_namespaced(object) else FIELD, plain_name(name))
        case ast.FunctionCall("get", (object, ast.StringLiteral(key))):
            if isinstance(compiler.program.type(object), ObjectType):
                return object, (NAMESPACE if is_namespaced(object) else FIELD, plain_name(key))
            return object, (NAMESPACE_KEY if is_namespaced(object) else KEY, key)
    return None


def from_variable(compiler: Compiler, start: str, steps: list[tuple[str, str]]) -> py.expr:
    """A path from a variable, by steps of a kind and a name. What has been fetched is not fetched again."""
    frame, unit = compiler.frame, compiler.unit
    known, word = 0, start
    for length in range(len(steps), 0, -1):
        fetched = frame.fetched((start, tuple(steps[:length])))
        if fetched is not None:
            known, word = length, fetched
            break
    value: py.expr = python.name(word)
    ahead = not frame.changes(start)
    for length in range(known + 1, len(steps) + 1):
        kind, name = steps[length - 1]
        first, again = compiler.bound(value)
        before = steps[length - 2][1] if length > 1 else None
        stepped = _stepped(compiler, first, again, kind, name, before=before, is_object=word in frame.objects)
        word = unit.fresh("v")
        place = (start, tuple(steps[:length]))
        if ahead:
            frame.start.append(python.assign(word, stepped))
            frame.note_ahead(place, word)
            value = python.name(word)
        else:
            frame.note(place, word)
            value = python.assigned(word, stepped)
    return value


def _stepped(
    compiler: Compiler, first: py.expr, again: py.expr, kind: str, name: str, *, before: str | None, is_object: bool
) -> py.expr:
    """One step from a value, to which the step `before` led. `is_object` says that it is known to be one."""
    unit = compiler.unit
    if unit.structs is not None:
        if name in unit.lazy or kind not in (FIELD, KEY):
            raise AskedOtherwise
        structs = unit.structs
        is_array = False if before not in structs.arrays else (True if before not in structs.objects else None)
        return _attribute(compiler, first, name, is_object=is_object, is_array=is_array)
    slow = unit.call(_SLOW[kind], again, python.constant(name))
    word = unit.fresh("v")

    def direct(value: py.expr) -> py.expr:
        return python.assigned(word, python.method(value, "get", python.constant(name)))

    if unit.plain_names and kind in (FIELD, KEY):
        fetched = python.method(first if is_object else again, "get", python.constant(name))
        if is_object:
            return fetched
        rest = python.choice(python.is_none(again), python.NONE, slow)
        return python.choice(python.is_class(first, "dict"), fetched, rest)
    if name.startswith("_") or kind in (NAMESPACE, NAMESPACE_KEY):
        # There are several other names, but what is there mostly has this one.
        test = python.is_given(direct(again))
        if is_object:
            return python.choice(python.is_given(direct(first)), python.name(word), slow)
        found = python.every(python.is_class(first, "dict"), test)
        return python.choice(found, python.name(word), python.choice(python.is_none(again), python.NONE, slow))
    standard = python.method(again, "get", python.constant(f"xdm:{name}"))
    if is_object:
        return python.choice(python.is_given(direct(first)), python.name(word), standard)
    ordinary = python.choice(python.is_given(direct(again)), python.name(word), standard)
    rest = python.choice(python.is_none(again), python.NONE, slow)
    return python.choice(python.is_class(first, "dict"), ordinary, rest)
