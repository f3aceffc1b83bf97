"""How is a text taken through the tables?  The parsing loop, tuned: it is where parsing spends its time.

An LALR(1) loop over what `table_builder` made of the grammar. It differs from the textbook where that pays: the lexer
is one regular expression, a word is a keyword only where the current row has a use for it, positions are kept in a
stack of their own (so that a node's span needs no look at its children), and nodes are built as the rules are
reduced.

The loop knows no error handling: it answers "here it stopped". `recovery` then walks the same tables slowly and says
why.
"""

from __future__ import annotations

import re

from pqltools.syntax.grammar import ACCEPT, SHIFT_REDUCE, Tables, load_tables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    #: Gets the builder, the values of the symbols of a rule and the span of the whole.
    Callback = Callable[[Any, list[Any], int, int], Any]

#: How many symbols may be waiting per level of tree depth. A level takes at most eight (`select A from a where b and
#: (`), so no expression within the depth limit is refused, and no text can make the stack grow without bound.
STACK_PER_LEVEL = 10


class Machine:
    """The tables, ready to run: expressions compiled, names resolved. One for the process."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.scan = re.compile(tables.master).finditer
        self.number = {name: index for index, name in enumerate(tables.terminals)}
        #: The terminals that a refinement can begin as.
        self.refinable = frozenset(
            match.lastindex for text in tables.refinements for match in [next(self.scan(text))] if match.lastindex
        )
        self._conditions: dict[int, re.Pattern[str]] = {}
        self._callbacks: dict[str, Callback] = {}
        self._rules: list[tuple[Callback, int, int]] = []

    def rules(self, callbacks: dict[str, Callback]) -> list[tuple[Callback, int, int]]:
        """The rules with what builds their nodes. Kept, since most texts are shorter than the list of rules."""
        if callbacks is not self._callbacks:
            self._rules = [(callbacks[name], length, symbol) for name, length, symbol in self.tables.rules]
            self._callbacks = callbacks
        return self._rules

    def refine(self, word: str, start: int, text: str, row: dict[int, int], kind: int) -> int:
        """Which terminal `word`, of terminal `kind` by itself, is where `row` says what can be used."""
        for candidate in self.tables.refinements.get(word.lower(), ()):
            if candidate in row:
                condition = self.tables.conditions.get(candidate)
                if condition is None:
                    return candidate
                compiled = self._conditions.get(candidate)
                if compiled is None:
                    compiled = self._conditions[candidate] = re.compile(condition)
                if compiled.match(text, start):
                    return candidate
        return kind


_machine: Machine | None = None


def machine() -> Machine:
    """The process's machine, made when it is first needed."""
    global _machine
    if _machine is None:
        _machine = Machine(load_tables())
    return _machine


class Stopped(Exception):
    """The text is not in the language, or its brackets go too deep. `offset` is where the loop stopped."""

    def __init__(self, offset: int, too_deep: bool = False) -> None:
        super().__init__(offset)
        self.offset = offset
        self.too_deep = too_deep


def run(text: str, callbacks: dict[str, Callback], builder: object, max_depth: int) -> Any:
    """What the callback of the start rule makes of `text`. `builder` is what callbacks get first. Raises `Stopped`."""
    engine = machine()
    tables = engine.tables
    actions = tables.actions
    gotos = tables.gotos
    rules = engine.rules(callbacks)
    refinable = engine.refinable
    refine = engine.refine
    limit = max_depth * STACK_PER_LEVEL
    states = [0]
    values: list[Any] = []
    starts: list[int] = []
    row = actions[0]
    end = 0
    for match in engine.scan(text):
        kind: int = match.lastindex  # type: ignore[assignment]
        word = match[kind]
        start, stop = match.span(kind)
        if kind in refinable:
            kind = refine(word, start, text, row, kind)
        while True:
            action = row.get(kind)
            if action is None:
                raise Stopped(start)
            if action < 0:
                callback, length, symbol = rules[-action - 1]
                if length == 1:  # the symbol stays where it is and changes its state and value
                    values[-1] = callback(builder, [values[-1]], starts[-1], end)
                    states[-1] = state = gotos[states[-2]][symbol]
                    row = actions[state]
                    continue
                first = starts[-length]
                value = callback(builder, values[-length:], first, end)
                del states[-length:], values[-length:], starts[-length:]
            elif action >= SHIFT_REDUCE:
                callback, length, symbol = rules[action - SHIFT_REDUCE]
                end = stop
                if length == 1:
                    first = start
                    value = callback(builder, [word], start, stop)
                else:
                    length -= 1
                    first = starts[-length]
                    value = callback(builder, [*values[-length:], word], first, stop)
                    del states[-length:], values[-length:], starts[-length:]
            elif action == ACCEPT:
                return values[-1]
            else:
                if len(states) > limit:
                    raise Stopped(start, too_deep=True)
                states.append(action)
                values.append(word)
                starts.append(start)
                row = actions[action]
                end = stop
                break
            values.append(value)
            starts.append(first)
            state = gotos[states[-1]][symbol]
            states.append(state)
            row = actions[state]
            if action > 0:
                break
    raise AssertionError("the scan ends with $END, which is accepted or refused")
