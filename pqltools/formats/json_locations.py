"""Where in the JSON text is this key or value?  An iterative scan, made only when there is something to report.

It works on text that the JSON decoder has accepted, and so need not check anything. Paths are tuples of keys and
indices.
"""

from __future__ import annotations

import re

from pqltools.records import TYPE_CHECKING, Record, record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, TypeAlias

    from pqltools.source import Span

    Path: TypeAlias = tuple[str | int, ...]

#: Brackets, commas and colons; strings, closed or not; other scalars. A byte order mark is no token.
TOKEN = re.compile(r'[{}\[\],:]|"[^"\\]*(?:\\.[^"\\]*)*"?|[^\s\ufeff{}\[\],:"]+', re.DOTALL)
_PLAIN_KEY = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")

_STEP = re.compile(r'\.([A-Za-z_$][A-Za-z0-9_$]*)|\[([0-9]+)\]|\[("(?:[^"\\]|\\.)*")\]')


@record
class Place(Record):
    """The offsets of a value, and of the key that it stands under."""

    value: Span
    key: Span | None


@record
class Repeated(Record):
    """A key that an object has twice: the second one and the first one."""

    path: tuple[str | int, ...]
    span: Span
    first: Span


class _Frame:
    """An object or a list that is open."""

    __slots__ = ("at", "first_keys", "index", "key", "key_span", "opening", "wanted")

    def __init__(self, opening: int, is_object: bool, wanted: dict[Any, Any] | None, at: _Frame | None) -> None:
        self.opening = opening
        self.first_keys: dict[str, Span] | None = {} if is_object else None
        self.wanted = wanted
        self.at = at
        self.index = 0
        self.key: str | None = None
        self.key_span: Span | None = None

    def path(self) -> Path:
        """The path of the value that is being read."""
        steps: list[str | int] = []
        frame: _Frame | None = self
        while frame is not None:
            steps.append(frame.index if frame.key is None else frame.key)
            frame = frame.at
        return tuple(reversed(steps))


def locate(text: str, paths: Iterable[Path]) -> dict[Path, Place]:
    """The place of each of `paths` that is in the tree; of a repeated key, the last one, which is what JSON means."""
    trie: dict[Any, Any] = {}
    for path in paths:
        branch = trie
        for step in path:
            branch = branch.setdefault(step, {})
        branch[_PATH] = path
    found: dict[Path, Place] = {}
    for path, place in _scan(text, trie, []):
        found[path] = place
    return found


def repeated_keys(text: str) -> list[Repeated]:
    """Every key that its object has already, in the order of the text."""
    repeated: list[Repeated] = []
    for _ in _scan(text, {}, repeated):
        pass
    return repeated


def path_text(path: Path) -> str:
    """The path as people write it: ``$.params[1].fieldName``."""
    parts = ["$"]
    for step in path:
        if isinstance(step, int):
            parts.append(f"[{step}]")
        elif _PLAIN_KEY.fullmatch(step):
            parts.append(f".{step}")
        else:
            parts.append(f"[{_quoted(step)}]")
    return "".join(parts)


def path_steps(path: str) -> Path:
    """The inverse of `path_text`."""
    steps: list[str | int] = []
    for name, index, quoted in _STEP.findall(path):
        if quoted:
            import json

            steps.append(json.loads(quoted))
        else:
            steps.append(int(index) if index else name)
    return tuple(steps)


def excerpt(text: str, limit: int = 60) -> str:
    """`text` for a message: in back-quotes, in one line, cut when it is long."""
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    return f"`{text if text.isprintable() else _quoted(text)[1:-1]}`"


def _quoted(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=not text.isprintable())


#: The key under which a branch of the trie holds the path that ends there; no JSON key is None.
_PATH = None


def _scan(text: str, trie: dict[Any, Any], repeated: list[Repeated]) -> Iterator[tuple[Path, Place]]:
    """The places of the paths in the trie; keys that are there twice are put into `repeated`."""
    frame: _Frame | None = None
    for match in TOKEN.finditer(text):
        token = match.group()
        kind = token[0]
        if kind == ",":
            assert frame is not None
            frame.index += 1
            frame.key = None
        elif kind == ":":
            continue
        elif kind in "{[":
            wanted = trie if frame is None else _branch(frame)
            frame = _Frame(match.start(), kind == "{", wanted, frame)
        elif kind in "}]":
            assert frame is not None
            span = (frame.opening, match.end())
            wanted, frame = frame.wanted, frame.at
            if wanted is not None and _PATH in wanted:
                yield wanted[_PATH], Place(span, frame.key_span if frame else None)
        elif frame is not None and frame.first_keys is not None and frame.key is None:
            _enter(frame, token, match.span(), repeated)
        else:
            wanted = trie if frame is None else _branch(frame)
            if wanted is not None and _PATH in wanted:
                yield wanted[_PATH], Place(match.span(), frame.key_span if frame else None)


def _branch(frame: _Frame) -> dict[Any, Any] | None:
    """What is wanted of the value that begins now."""
    if frame.wanted is None:
        return None
    branch: dict[Any, Any] | None = frame.wanted.get(frame.index if frame.key is None else frame.key)
    return branch


def _enter(frame: _Frame, token: str, span: Span, repeated: list[Repeated]) -> None:
    """A key begins."""
    key = token[1:-1]
    if "\\" in key:
        import json

        key = json.loads(token, strict=False)
    frame.key, frame.key_span = key, span
    first_keys = frame.first_keys
    assert first_keys is not None
    if key in first_keys:
        repeated.append(Repeated(frame.path(), span, first_keys[key]))
    else:
        first_keys[key] = span
