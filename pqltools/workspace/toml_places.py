"""Where in this TOML file does that key stand?  `tomllib` decodes, but keeps no places; this finds them again.

It is asked only when something is wrong, about text that `tomllib` has accepted, so it need not check anything.
"""

from __future__ import annotations

import re

from pqltools.records import Record, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from pqltools.source import Span

    #: Keys and indices; the tables of an array of tables are counted as the items of any other array.
    Path: TypeAlias = tuple[str | int, ...]
    Token: TypeAlias = tuple[str, int, int]

_TOKEN = re.compile(
    r'''"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|\#[^\n]*|\n|[\[\]{},=.]|'''
    r"""[^\s\[\]{},=.#"']+""",
    re.DOTALL | re.VERBOSE,
)


@record
class Place(Record):
    """The offsets of a key and of its value; an item of an array has no key, the header of a table no value."""

    key: tuple[int, int] | None
    value: tuple[int, int] | None

    @property
    def best(self) -> Span:
        """Where to point when the value is meant."""
        return self.value or self.key or (0, 0)


def places(text: str) -> dict[Path, Place]:
    """The place of every key and array item in a TOML text, by its path."""
    reader = _Reader(text)
    reader.read()
    return reader.found


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens: list[Token] = [
            (match.group(), match.start(), match.end())
            for match in _TOKEN.finditer(text)
            if not match.group().startswith("#")
        ]
        self.tokens.append(("\n", len(text), len(text)))
        self.at = 0
        self.found: dict[Path, Place] = {}
        self.counts: dict[Path, int] = {}

    def peek(self) -> str:
        return self.tokens[self.at][0]

    def read(self) -> None:
        table: Path = ()
        while self.at < len(self.tokens):
            token = self.peek()
            if token == "\n":
                self.at += 1
            elif token == "[":
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Path:
        """``[a.b]`` or ``[[a.b]]``."""
        start = self.tokens[self.at][1]
        double = self.tokens[self.at + 1][0] == "["
        self.at += 1 + double
        path = self._keys(())
        if double:
            self.counts[path] = self.counts.get(path, -1) + 1
            path = (*path, self.counts[path])
        self.at += 1 + double
        self._note(path, (start, self.tokens[self.at - 1][2]), None)
        return path

    def _keys(self, table: Path) -> Path:
        """A dotted key; a step into an array of tables means its last one."""
        path = table
        while True:
            path = (*path, _name(self.peek()))
            self.at += 1
            if self.peek() != ".":
                return path
            if path in self.counts:
                path = (*path, self.counts[path])
            self.at += 1

    def _pair(self, table: Path) -> None:
        start = self.tokens[self.at][1]
        path = self._keys(table)
        key = (start, self.tokens[self.at - 1][2])
        self.at += 1  # the equals sign
        self._note(path, key, self._value(path))

    def _note(self, path: Path, key: Span | None, value: Span | None) -> None:
        # The tables on the way have the place of the first key that opens them.
        for length in range(1, len(path)):
            self.found.setdefault(path[:length], Place(key, None))
        self.found[path] = Place(key, value)

    def _value(self, path: Path) -> Span:
        token, start, end = self.tokens[self.at]
        if token == "[":
            return self._array(path, start)
        if token == "{":
            return self._inline_table(path, start)
        while self.peek() not in (",", "]", "}", "\n"):  # a number or a date may be several tokens
            end = self.tokens[self.at][2]
            self.at += 1
        return start, end

    def _array(self, path: Path, start: int) -> Span:
        self.at += 1
        index = 0
        while self.peek() != "]":
            if self.peek() in (",", "\n"):
                self.at += 1
            else:
                self.found[(*path, index)] = Place(None, self._value((*path, index)))
                index += 1
        self.at += 1
        return start, self.tokens[self.at - 1][2]

    def _inline_table(self, path: Path, start: int) -> Span:
        self.at += 1
        while self.peek() != "}":
            if self.peek() in (",", "\n"):
                self.at += 1
            else:
                self._pair(path)
        self.at += 1
        return start, self.tokens[self.at - 1][2]


def _name(token: str) -> str:
    """The key that a token spells."""
    if token[0] == "'":
        return token[1:-1]
    if token[0] == '"':
        import tomllib

        (name,) = tomllib.loads(f"{token} = 0")
        return name
    return token
