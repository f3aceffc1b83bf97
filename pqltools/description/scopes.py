"""What does a reference mean where it stands, in words?  The items and variables around an expression.

The items of filters, of selects with one variable and the like are *levels*. Fields of the innermost item are given
bare, as in text; those of the profile and of items further out say whose they are. So it does not matter to a
description whether an item was reached by ``this``, by ``^`` or by the name of a variable.
"""

from __future__ import annotations

from pqltools.description.words import levels_out, quoted, variable
from pqltools.records import Record, record
from pqltools.syntax.ast import FieldLookup, ItemReference, ParameterReference, VariableReference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from pqltools.syntax.ast import Expr

    #: What a name stands for: the item of a level, words, or a parameter of the whole expression.
    Meaning: TypeAlias = int | str | ParameterReference


@record
class Scope(Record):
    """What can be referred to. `levels` has the noun of each item, the outermost first; `items` has, for each item
    lambda of the tree, the number of its level."""

    levels: tuple[str, ...] = ()
    items: tuple[int, ...] = ()
    names: dict[str, Meaning] = {}  # noqa: RUF012 - never changed

    def item(self, noun: str) -> Scope:
        """The scope inside an item lambda."""
        return Scope((*self.levels, noun), (*self.items, len(self.levels)), self.names)

    def level(self, noun: str, name: str) -> Scope:
        """The scope in which a variable is the innermost item."""
        return Scope((*self.levels, noun), self.items, {**self.names, name: len(self.levels)})

    def bind(self, name: str, meaning: Meaning) -> Scope:
        """The scope with a further name."""
        return Scope(self.levels, self.items, {**self.names, name: meaning})

    def named(self, noun: str, name: str) -> Scope:
        """The scope with a variable that is called by its name."""
        return self.bind(name, f"{noun} {variable(name)}")


def is_profile(node: Expr, scope: Scope) -> bool:
    """Whether `node` is the profile."""
    if isinstance(node, VariableReference):
        meaning = scope.names.get(node.name)
        return isinstance(meaning, ParameterReference) and meaning.position == 1
    return isinstance(node, ParameterReference) and node.position == 1


def is_events(node: Expr, scope: Scope) -> bool:
    """Whether `node` is all events of the profile."""
    return isinstance(node, FieldLookup) and node.name == "xEvent" and is_profile(node.object, scope)


def is_reference(node: Expr) -> bool:
    """Whether `node` is a root that `root` knows."""
    return isinstance(node, (ParameterReference, VariableReference, ItemReference))


def root(node: Expr, scope: Scope) -> str:
    """What a reference is called."""
    return owner(node, scope) or (_innermost(scope) if scope.levels else "the profile")


def owner(node: Expr, scope: Scope) -> str | None:
    """Whose a field of `node` is, None where that goes without saying."""
    match node:
        case ParameterReference(1):
            return "the profile" if scope.levels else None
        case ParameterReference(position):
            return f"parameter {position}"
        case ItemReference(distance):
            if not 0 <= distance < len(scope.items):
                return f"an item {levels_out(distance)}, where there is none"
            return _level(scope.items[-1 - distance], scope)
        case VariableReference(name):
            meaning = scope.names.get(name)
            if meaning is None:
                return f"the unbound variable {quoted(name)}"
            if isinstance(meaning, ParameterReference):
                return owner(meaning, scope)
            return meaning if isinstance(meaning, str) else _level(meaning, scope)
        case _:
            raise TypeError(f"{type(node).__name__} is no reference")


def _level(index: int, scope: Scope) -> str | None:
    """The item of a level, None for the innermost one."""
    out = len(scope.levels) - 1 - index
    if out == 0:
        return None
    noun = scope.levels[index]
    return f"the {noun}" if scope.levels.count(noun) == 1 else f"the {noun} {levels_out(out)}"


def _innermost(scope: Scope) -> str:
    noun = scope.levels[-1]
    return f"the {noun}" if scope.levels.count(noun) == 1 else f"the {noun} itself"
