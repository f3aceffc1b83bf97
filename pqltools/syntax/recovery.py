"""What is wrong with this text, and what tree is in it all the same?  The slow, patient walk over the same tables.

Where the fast loop stops, this one goes on: it asks `messages` what the fault is; if that knows what was meant, it is
taken; else this puts a hole where an expression is missing, inserts a token that the grammar demands, or skips what
cannot be used. The rest of the text still parses, so that one run reports all errors and editors keep completion and
outline in broken text.
"""

from __future__ import annotations

import re

from pqltools.syntax.driver import STACK_PER_LEVEL, machine
from pqltools.syntax.faults import Diagnosis, Fault, Token
from pqltools.syntax.grammar import ACCEPT, SHIFT_REDUCE
from pqltools.syntax.messages import diagnose

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pqltools.diagnostics import Diagnostic
    from pqltools.syntax.driver import Callback

#: No more errors than this are reported for one text; what follows is skipped.
MOST_ERRORS = 50
#: Nor is more than this repaired, told or not: each repair looks far around, and nonsense has no end.
MOST_REPAIRS = 300

#: What may be put in front of a token so that it fits, most welcome first, and the text that it then stands for.
#: After a value everything but a joining word would guess too much; elsewhere the grammar may demand any of these.
_CLOSERS = {"RPAR": ")", "RSQB": "]", "RBRACE": "}"}
_AFTER_VALUE = {**_CLOSERS, "COMMA": ",", "OVER": "over", "AND": "and"}
_ELSEWHERE = {
    "HOLE": "",
    **_CLOSERS,
    **{"COMMA": ",", "FROM": "from", "EQUAL": "=", "IN": "in", "COLON": ":", "NAME": "_", "LSQB": "[", "WHAT": "WHAT"},
    **{"LPAR": "(", "BEFORE": "before", "UNIT": "day", "INTEGER": "0", "STRING": '""', "__ANON_0": "=>"},
}


_INSERTED = {**_AFTER_VALUE, **_ELSEWHERE}

#: Words that join two operands, and their terminals.
_JOINING = {word: word.upper() for word in ("and", "or", "in", "notin", "like", "matches", "occurs")}
#: The beginning of an operand, behind white space; the word where it is one.
_OPERAND = re.compile(r"""\s+(?:([A-Za-z_]\w*)|["'0-9`$@^])""")


class TooDeep(Exception):
    """Brackets are nested beyond all limits at `offset`."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


class Recovery:
    """Parses one text to its end, whatever it holds."""

    def __init__(self, text: str, callbacks: dict[str, Callback], builder: object, max_depth: int) -> None:
        self.text = text
        self.engine = machine()
        self.tables = self.engine.tables
        self.rules = self.engine.rules(callbacks)
        self.builder = builder
        self.limit = max_depth * STACK_PER_LEVEL
        self.states = [0]
        self.values: list[Any] = []
        self.starts: list[int] = []
        self.end = 0
        self.result: Any = None
        self.previous: Token | None = None
        self.open: list[Token] = []
        self.diagnostics: list[Diagnostic] = []
        self._after_value, self._elsewhere = (
            [(self.engine.number[name], word) for name, word in table.items()] for table in (_AFTER_VALUE, _ELSEWHERE)
        )
        self._and = self.engine.number["AND"]
        self._skipping = False
        self._repairs = 0
        #: Where the last token begins that an `and` was put in front of.
        self._joined = -1
        #: Set by a misplaced quote: what follows it says nothing about what is missing at the end.
        self._lost = False

    def run(self) -> Any:
        """What the callback of the start rule makes of the text, holes and all; None if nothing can be made of it."""
        position = 0
        for match in self.engine.scan(self.text):
            kind: int = match.lastindex  # type: ignore[assignment]
            start, stop = match.span(kind)
            if start < position:
                continue  # inside something that was taken in one piece
            token = Token(self.tables.terminals[kind], match[kind], start, stop)
            if token.kind == "$END":
                return self._finish(token)
            position = self._take(token, kind)
            if len(self.diagnostics) >= MOST_ERRORS or self._repairs >= MOST_REPAIRS:
                end = len(self.text)
                return self._finish(Token("$END", "", end, end))
        raise AssertionError("the scan ends with $END")

    def _take(self, token: Token, base: int) -> int:
        """Feed a token, mending what is needed. Returns the offset up to which the text is now used.

        `base` is the token's terminal as the master expression has it, before the state refines it.
        """
        kind = self._refined(token, base, self.states)
        token = Token(self.tables.terminals[kind], token.word, token.start, token.stop)
        if self._accepts(self.states, kind) is None or self._lacks_operand(token):
            diagnosis = self._note(token)
            if diagnosis.resume is not None:
                self._take_for(diagnosis, token)
                return diagnosis.resume
            if not self._put_in(diagnosis.insert, base, token) and not self._mend(base, token):
                self._skipping = True
                self.previous = token
                return token.stop
            kind = self._refined(token, base, self.states)
            token = Token(self.tables.terminals[kind], token.word, token.start, token.stop)
        self._skipping = False
        self._feed(kind, token.word, token.start, token.stop)
        self.previous = token
        return token.stop

    def _put_in(self, names: tuple[str, ...], base: int, token: Token) -> bool:
        """Insert terminals of these names before `token`, if they and it fit."""
        after: list[int] | None = self.states
        for name in names:
            after = after and self._accepts(after, self.engine.number[name])
        if not names or after is None or self._accepts(after, self._refined(token, base, after)) is None:
            return False
        for name in names:
            self._insert(self.engine.number[name], _INSERTED[name], token.start)
        return True

    def _lacks_operand(self, token: Token) -> bool:
        """Whether an operator word is about to be taken for a name, with an operand right behind it.

        `a = and b` is a name followed by a name to the grammar, to people an operand that is missing.
        """
        if token.kind != "NAME" or token.word.lower() not in _JOINING:
            return False
        behind = _OPERAND.match(self.text, token.stop)
        if behind is None or (behind[1] or "").lower() in _JOINING:
            return False
        after = self._accepts(self.states, self.engine.number["HOLE"])
        return after is not None and self._accepts(after, self.engine.number[_JOINING[token.word.lower()]]) is not None

    def _refined(self, token: Token, base: int, states: list[int]) -> int:
        return self.engine.refine(token.word, token.start, self.text, self.tables.actions[states[-1]], base)

    def _note(self, token: Token) -> Diagnosis:
        """Say what is wrong, unless it is the continuation of what is being skipped."""
        self._repairs += 1
        diagnosis = diagnose(self.text, Fault(token, self.previous, self.expected(), tuple(self.open)))
        # Words in a row, as in a sentence: each was joined with `and`, but only the first one is told.
        told = self._skipping or (self.previous is not None and self.previous.start == self._joined)
        if not told or diagnosis.resume is not None:
            self.diagnostics.append(diagnosis.diagnostic)
        return diagnosis

    def _take_for(self, diagnosis: Diagnosis, token: Token) -> None:
        """Feed what the text stands for, if it stands for anything."""
        stop = diagnosis.resume or token.stop
        word = self.text[token.start : stop]
        self._skipping = False
        self._lost = self._lost or diagnosis.diagnostic.code == "PQL002"
        if diagnosis.stands_for is not None:
            kind = self.engine.number[diagnosis.stands_for]
            word = f'"{_plain(word)}"' if diagnosis.stands_for == "STRING" else word
            stand_in = Token(diagnosis.stands_for, word, token.start, stop)
            if self._accepts(self.states, kind) is not None or self._mend(kind, stand_in):
                self._feed(kind, word, token.start, stop)
        self.previous = Token(diagnosis.stands_for or token.kind, word, token.start, stop)

    def _mend(self, base: int, token: Token) -> bool:
        """Insert one or two tokens before `token`, if that makes room for it."""
        if base == self.engine.number["?"]:
            return False
        insertable = self._insertable()
        for first, word in insertable:
            after = self._accepts(self.states, first)
            if after is not None and self._accepts(after, self._refined(token, base, after)) is not None:
                self._joined = token.start if first == self._and else self._joined
                self._insert(first, word, token.start)
                return True
        for first, word in insertable:
            after = self._accepts(self.states, first)
            if after is None:
                continue
            for second, second_word in self._elsewhere:
                between = self._accepts(after, second)
                if between is not None and self._accepts(between, self._refined(token, base, between)) is not None:
                    self._insert(first, word, token.start)
                    self._insert(second, second_word, token.start)
                    return True
        return False

    def _insertable(self) -> list[tuple[int, str]]:
        after_value = self._accepts(self.states, self._and) is not None
        return self._after_value if after_value else self._elsewhere

    def _insert(self, kind: int, word: str, at: int) -> None:
        self._feed(kind, word, at, at)

    def _finish(self, token: Token) -> Any:
        """Complete what is open at the end of the text."""
        end = self.engine.number["$END"]
        if self._accepts(self.states, end) is None and not self._lost:
            self._note(token)
        for _ in range(4 * len(self.states) + 20):
            if self._accepts(self.states, end) is not None:
                self._feed(end, "", token.start, token.stop)
                return self.result
            step = next((i for i in self._insertable() if self._accepts(self.states, i[0]) is not None), None)
            if step is None:
                break
            self._insert(*step, token.start)
        return None

    def expected(self) -> frozenset[str]:
        """Names of the terminals that could come next."""
        row = self.tables.actions[self.states[-1]]
        return frozenset(self.tables.terminals[kind] for kind in row if self._accepts(self.states, kind) is not None)

    def _accepts(self, states: list[int], kind: int) -> list[int] | None:
        """The states after a token of this kind, or None where it does not fit. Changes nothing."""
        kept = len(states)  # of `states`, that many are still below `pushed`
        pushed: list[int] = []
        while True:
            top = pushed[-1] if pushed else states[kept - 1]
            action = self.tables.actions[top].get(kind)
            if action is None:
                return None
            if action == ACCEPT:
                return states
            if 0 < action < SHIFT_REDUCE:
                return [*states[:kept], *pushed, action]
            reduces = action < 0
            _, length, symbol = self.tables.rules[-action - 1 if reduces else action - SHIFT_REDUCE]
            pops = length if reduces else length - 1
            over = pops - len(pushed)
            if over >= 0:
                pushed = []
                kept -= over
            else:
                del pushed[len(pushed) - pops :]
            base = pushed[-1] if pushed else states[kept - 1]
            pushed.append(self.tables.gotos[base][symbol])
            if not reduces:
                return [*states[:kept], *pushed]

    def _feed(self, kind: int, word: str, start: int, stop: int) -> None:
        """Take a token that is known to fit."""
        self._track(word, start, stop)
        while True:
            action = self.tables.actions[self.states[-1]][kind]
            if action == ACCEPT:
                self.result = self.values[-1]
                return
            if 0 < action < SHIFT_REDUCE:
                if len(self.states) > self.limit:
                    raise TooDeep(start)
                self._push(action, word, start)
                self.end = stop
                return
            reduces = action < 0
            callback, length, symbol = self.rules[-action - 1 if reduces else action - SHIFT_REDUCE]
            if not reduces:
                self._push(-1, word, start)
                self.end = stop
            first = self.starts[-length]
            value = callback(self.builder, self.values[-length:], first, max(self.end, first))
            del self.states[-length:], self.values[-length:], self.starts[-length:]
            self._push(self.tables.gotos[self.states[-1]][symbol], value, first)
            if not reduces:
                return

    def _push(self, state: int, value: Any, start: int) -> None:
        self.states.append(state)
        self.values.append(value)
        self.starts.append(start)

    def _track(self, word: str, start: int, stop: int) -> None:
        """Keep the list of open brackets."""
        if word in ("(", "[", "{"):
            self.open.append(Token("", word, start, stop))
        elif word in (")", "]", "}") and self.open:
            self.open.pop()


def _plain(text: str) -> str:
    """What stands between the quotes of a broken string, fit for straight ones."""
    return text.strip("\\\"'“”„«»‘’‚").replace("\\", "\\\\").replace('"', '\\"')
