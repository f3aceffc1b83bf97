"""Which values must a field have for a condition to hold?  The tests that become keys of a dictionary."""

from __future__ import annotations

from pqltools.evaluation.names import is_namespaced, plain_name
from pqltools.evaluation.values import folded, holds_times, text_number
from pqltools.records import Record, record
from pqltools.syntax import ast
from pqltools.types.model import MapType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pqltools.evaluation.program import Program
    from pqltools.syntax.ast import Expr

    #: Tells whether a node is what paths start from.
    IsRoot = Callable[[Expr], bool]


@record
class Key(Record):
    """A condition that holds only if the field at `path` is one of `values`, in any case if it is not `exact`.

    With `inner` the field is that of some item of the array at `path`, and there is one value. `sufficient` says that
    nothing else is needed: the condition holds if the field is one of the values.
    """

    path: tuple[str, ...]
    values: tuple[str, ...]
    exact: bool
    inner: tuple[str, ...] = ()
    sufficient: bool = True

    @property
    def place(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Where the value is found."""
        return self.path, self.inner


def conjuncts(condition: Expr) -> Iterator[Expr]:
    """The conditions that must all hold."""
    if isinstance(condition, ast.FunctionCall) and condition.function == "and":
        for operand in condition.arguments:
            yield from conjuncts(operand)
    else:
        yield condition


def key_of(condition: Expr, program: Program, is_root: IsRoot) -> Key | None:
    """The key of a condition, None if it has none."""
    exact = True
    match condition:
        case ast.FunctionCall("=" | "equals", (left, ast.StringLiteral(value))):
            values: tuple[str, ...] = (value,)
        case ast.FunctionCall("equals", (left, ast.StringLiteral(value), ast.BooleanLiteral(exact))):
            values = (value if exact else folded(value),)
        case ast.FunctionCall("in", (left, ast.ListLiteral(items))):
            values = tuple([item.value for item in items if isinstance(item, ast.StringLiteral)])
            if len(values) < len(items) or not values:
                return None
        case ast.FunctionCall("exists", (array, ast.ItemLambda(body))):
            return _inner_key(array, body, program, is_root)
        case _:
            return None
    path = path_of(left, program, is_root)
    if path is None or holds_times(program.type(left)) or isinstance(program.type(left), MapType):
        return None
    return Key(path, values, exact) if all(map(_is_plain, values)) else None


def _is_plain(value: str) -> bool:
    """Whether nothing but a string is equal to this one, after conversion."""
    return text_number(value) is None and value not in ("true", "false")


def _inner_key(array: Expr, body: Expr, program: Program, is_root: IsRoot) -> Key | None:
    """The key of a condition that some item of an array has a certain value in a field."""
    path = path_of(array, program, is_root)
    if path is None:
        return None
    for condition in conjuncts(body):
        found = key_of(condition, program, _is_item)
        if found is not None and not found.inner and len(found.values) == 1:
            return Key(path, found.values, found.exact, found.path, condition is body)
    return None


def _is_item(node: Expr) -> bool:
    return isinstance(node, ast.ItemReference) and node.distance == 0


def path_of(node: Expr, program: Program, is_root: IsRoot) -> tuple[str, ...] | None:
    """The names of the fields that lead to `node` from a root, None if it is no such path."""
    names: list[str] = []
    while isinstance(node, ast.FieldLookup):
        name = plain_name(node.name)
        # Fields that have several names, and namespaces, are not looked up in one way.
        if is_namespaced(node.object) or name.startswith("_"):
            return None
        names.append(name)
        node = node.object
    return tuple(reversed(names)) if names and is_root(node) else None
