"""What is a compiled program made of?  `Unit`, a module under construction, and `Frame`, one function of it.

A frame remembers which fields have been fetched into which variables. What is fetched on a way that may not be taken is
known on that way only (`branch`). Fields of what does not change within a loop are fetched before it.
"""

from __future__ import annotations

import ast as py
from contextlib import contextmanager

from pqltools.evaluation.compiled import python
from pqltools.records import Record, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any, TypeAlias

    from pqltools.evaluation.structs import Structs
    from pqltools.syntax.ast import Expr

    #: A field by way of a variable: the variable, and the steps with the kind of each.
    Path: TypeAlias = tuple[str, tuple[tuple[str, str], ...]]

#: Parameters of every program: the profile, further parameters, instances of other models.
PROFILE, MORE, MODELS = "v0", "v1", "v2"
_SIMPLE = (str, int, float, bool, type(None))


class Unit:
    """The functions of one program and what they find in their module.

    `plain_names` says that data have no names of standard notation, so that nobody need look for those; `structs` that
    objects are such.
    """

    def __init__(self, *, plain_names: bool = False, structs: Structs | None = None) -> None:
        self.plain_names = plain_names
        self.structs = structs
        self.lazy: Mapping[str, Callable[[Any], Any]] = {} if structs is None else structs.lazy
        self.namespace: dict[str, Any] = {"__name__": "<pql>"}
        self._functions: list[py.stmt] = []
        self._names: dict[int, str] = {}
        self._count = 2
        self._waiting: list[Callable[[dict[str, Any]], None]] = []

    def fresh(self, prefix: str) -> str:
        """A name that is not used yet."""
        self._count += 1
        return f"{prefix}{self._count}"

    def constant(self, value: Any) -> py.expr:
        """A value that is known now, as an expression."""
        if isinstance(value, _SIMPLE):
            return python.constant(value)
        known = self._names.get(id(value))
        if known is None:
            # The namespace keeps the value alive, and so its identity.
            known = self._names[id(value)] = self.fresh("k")
            self.namespace[known] = value
        return python.name(known)

    def call(self, function: Callable[..., Any], *arguments: py.expr) -> py.Call:
        """A call of a function that exists already."""
        return python.call(self.constant(function), *arguments)

    def define(
        self,
        body: list[py.stmt],
        *,
        word: str | None = None,
        parameters: list[str] | None = None,
        defaults: list[py.expr] | None = None,
    ) -> py.Call:
        """Define a function, and give the call that passes on what it needs by the names that it uses."""
        word = word or self.fresh("f")
        given = free(body) if parameters is None else parameters
        self._functions.append(python.function(word, given, body, defaults))
        return python.call(word, *map(python.name, given))

    def on_build(self, take: Callable[[dict[str, Any]], None]) -> None:
        """Have something told the namespace once the functions are there."""
        self._waiting.append(take)

    def build(self) -> dict[str, Any]:
        """Compile all functions; returns the namespace that holds them."""
        module = py.fix_missing_locations(py.Module(self._functions, []))
        exec(compile(module, "<pql>", "exec"), self.namespace)
        for take in self._waiting:
            take(self.namespace)
        return self.namespace


def free(body: list[py.stmt]) -> list[str]:
    """The variables that statements use and do not set, in their order."""
    used: dict[str, None] = {}
    stored: set[str] = set()
    for statement in body:
        for node in py.walk(statement):
            if isinstance(node, py.Name) and node.id.startswith("v"):
                if isinstance(node.ctx, py.Store):
                    stored.add(node.id)
                else:
                    used[node.id] = None
    return [word for word in used if word not in stored]


@record
class Moment(Record):
    """A time that has been read: variables that hold its seconds, NaN if it is none.

    `clamped` holds the same, but NaN from `high`, in milliseconds, on: windows that end there need only be compared
    with their start.
    """

    word: str
    clamped: str
    high: int | None


class Frame:
    """One function while it is built.

    The `outermost` one fetches nothing in advance, because it may return at once; one that is called for each item
    (`per_item`) is no place for what is the same for all.
    """

    def __init__(self, *, outermost: bool = False, per_item: bool = False) -> None:
        #: Statements at the start.
        self.start: list[py.stmt] = []
        #: Variables that this frame sets itself.
        self.own: set[str] = set()
        self.outermost = outermost
        self.per_item = per_item
        #: What was computed at the start, with the variable that holds it.
        self.computed: dict[Expr, str] = {}
        #: Variables that hold an object.
        self.objects = {PROFILE}
        #: The times that have been read, by the variable that holds the value.
        self.moments: dict[str, Moment] = {}
        self._fetched: dict[Path, str] = {}
        self._ahead: dict[Path, str] = {}

    def fetched(self, path: Path) -> str | None:
        """The variable that holds a field, None if it has not been fetched on the way to here."""
        return self._ahead.get(path) or self._fetched.get(path)

    def note(self, path: Path, word: str) -> None:
        """A field is in a variable from here on."""
        self._fetched[path] = word

    def note_ahead(self, path: Path, word: str) -> None:
        """A field is in a variable from the start."""
        self._ahead[path] = word

    def changes(self, word: str) -> bool:
        """Whether a variable is one that this frame sets, so that its fields cannot be fetched in advance."""
        return self.outermost or word in self.own

    @contextmanager
    def branch(self) -> Iterator[None]:
        """What is fetched inside is not known behind it."""
        before = self._fetched
        self._fetched = dict(before)
        try:
            yield
        finally:
            self._fetched = before
