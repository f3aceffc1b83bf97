"""What is there for the value of a field?  Dictionaries that are asked for each item, and filled as values are met."""

from __future__ import annotations

from pqltools.evaluation.runtime.comparisons import items
from pqltools.evaluation.runtime.fields import step
from pqltools.evaluation.values import folded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_REMEMBERED = 1000


class Values:
    """The tasks by the values that they ask for. `exact` and `in_any_case` are the numbers of the `groups`."""

    def __init__(self) -> None:
        self.exact: dict[str, int] = {}
        self.in_any_case: dict[str, int] = {}
        self.groups: list[Any] = []

    def add(self, numbers: dict[str, int], value: str, tasks: Any) -> None:
        """Note the tasks for a value."""
        numbers[value] = len(self.groups)
        self.groups.append(tasks)


class Known(dict):  # type: ignore[type-arg]
    """What there is for the values that have been met, found when one is met first; `nothing` for all others."""

    def __init__(self, exact: dict[str, Any], in_any_case: dict[str, Any], nothing: Any = None) -> None:
        super().__init__()
        self.exact = exact
        self.in_any_case = in_any_case
        self.nothing = nothing

    def __missing__(self, value: str) -> Any:
        if len(self) >= _REMEMBERED:
            self.clear()
        found = self.exact.get(value)
        if found is None and self.in_any_case:
            found = self.in_any_case.get(folded(value))
        found = self[value] = self.nothing if found is None else found
        return found


class Table:
    """The functions for the values of a field: `known` for a string, None if there is none, `other` for all else."""

    def __init__(self, values: Values, names: list[str], other: str) -> None:
        self._values = values
        self._names = names
        self._other_name = other
        self._other: Any = None
        self.known = Known({}, {})

    def resolve(self, namespace: dict[str, Any]) -> None:
        """Take the functions, once there are any."""
        for numbers, functions in (
            (self._values.exact, self.known.exact),
            (self._values.in_any_case, self.known.in_any_case),
        ):
            functions.update((value, namespace[self._names[number]]) for value, number in numbers.items())
        self._other = namespace[self._other_name]

    def other(self) -> Any:
        """The function for a value that is neither a string nor null; it tests everything."""
        return self._other

    def inner(self, path: tuple[str, ...]) -> Callable[[Any], Any]:
        """The functions for the values of a field of the items of an array: each once."""

        def functions(array: Any) -> Any:
            found: dict[Any, None] = {}
            for item in items(array):
                value = item
                for name in path:
                    value = step(value, name)
                if value.__class__ is str:
                    found[self.known[value]] = None
                elif value is not None:
                    return (self._other,)
            found.pop(None, None)
            return found

        return functions
