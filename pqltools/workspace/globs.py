"""Which files does a pattern mean?  The globs of the configuration, as people know them from `.gitignore`.

``*`` and ``?`` stop at a slash, ``**`` does not; a pattern without a slash fits a name in any folder, and one that fits
a folder fits everything in it. Behind a ``#`` stands a glob for the names of definitions:
``segments.json#Test *``. Slashes are forward on every system.
"""

from __future__ import annotations

import os
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_PART = re.compile(r"\*\*/|/\*\*$|\*\*|\*|\?|\[!?\]?[^\]]*\]|.", re.DOTALL)
_MEANING = {"**/": "(?:.*/)?", "/**": "/.*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


class Glob:
    """One pattern, relative to a folder."""

    __slots__ = ("_definition", "_path", "pattern")

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        path, hash, definition = _split(pattern)
        self._path = re.compile(_path_regex(path))
        self._definition = re.compile(_regex(definition).replace("[^/]", ".")) if hash else None

    def fits(self, path: str) -> bool:
        """Whether the pattern fits the file as a whole; `path` is relative, with forward slashes."""
        return self._definition is None and self._path.fullmatch(path) is not None

    def fits_definition(self, path: str, names: Iterable[str]) -> bool:
        """Whether it fits a definition with one of these names in the file."""
        if self._definition is None:
            return self.fits(path)
        return self._path.fullmatch(path) is not None and any(map(self._definition.fullmatch, names))


def relative(path: str, folder: str) -> str:
    """`path` from `folder`, with forward slashes; a path elsewhere stays absolute."""
    full = os.path.abspath(path)  # noqa: PTH100
    start = os.path.join(os.path.abspath(folder), "")  # noqa: PTH100, PTH118
    return (full[len(start) :] if full.startswith(start) else full).replace(os.sep, "/")


def _split(pattern: str) -> tuple[str, str, str]:
    """The path, a ``#`` and the name; a ``#`` of a file name is written ``[#]``."""
    for match in _PART.finditer(pattern):
        if match.group() == "#":
            return pattern[: match.start()], "#", pattern[match.end() :]
    return pattern, "", ""


def _path_regex(pattern: str) -> str:
    pattern = pattern.removeprefix("./").rstrip("/")
    anchored = "/" in pattern
    return ("" if anchored else "(?:.*/)?") + _regex(pattern) + "(?:/.*)?"


def _regex(pattern: str) -> str:
    parts = []
    for part in _PART.findall(pattern):
        if part in _MEANING:
            parts.append(_MEANING[part])
        elif part[0] == "[" and len(part) > 2:
            inner = part[1:-1].replace("\\", "\\\\").replace("[", "\\[")
            parts.append(f"[^{inner[1:]}]" if inner[0] == "!" else f"[{inner}]" if inner[0] != "^" else f"[\\{inner}]")
        else:
            parts.append(re.escape(part))
    return "".join(parts)
