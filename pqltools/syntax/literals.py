"""How are names and literals spelled?  Escapes, back-quotes, and white space after a dot."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_ESCAPES = {'"': '"', "'": "'", "\\": "\\", "/": "/", "n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_HEXADECIMAL = frozenset("0123456789abcdefABCDEF")


def decode(value: str, unknown: Callable[[int], None]) -> str:
    """The string that `value`, the text between the quotes, stands for.

    An escape that PQL does not know keeps its backslash; `unknown` is told the offset of each. Two `\\u` escapes may
    make one character beyond U+FFFF.
    """
    parts: list[str] = []
    at = 0
    while (slash := value.find("\\", at)) >= 0:
        parts.append(value[at:slash])
        char = value[slash + 1]
        digits = value[slash + 2 : slash + 6]
        at = slash + 2
        if char in _ESCAPES:
            parts.append(_ESCAPES[char])
        elif char == "u" and len(digits) == 4 and _HEXADECIMAL.issuperset(digits):
            parts.append(chr(int(digits, 16)))
            at += 4
        else:
            parts.append("\\" + char)
            unknown(slash)
    decoded = "".join([*parts, value[at:]])
    if "\\u" in value:
        decoded = decoded.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return decoded


def unquote(word: str) -> str:
    """The name in back-quotes."""
    return word[1:-1].replace("``", "`")


def field_name(word: str) -> str:
    """The name of a FIELD terminal that is no plain identifier: after white space, back-quoted or prefixed."""
    name = _strip_gap(word)
    return unquote(name) if name[0] == "`" else name


def _strip_gap(word: str) -> str:
    return word[field_gap("." + word) :]


def field_gap(word: str) -> int:
    """How many characters of white space and comments stand after the dot of a FIELD terminal."""
    at = 1
    while True:
        while word[at].isspace():
            at += 1
        if word.startswith("//", at):
            at = word.index("\n", at)
        elif word.startswith("/*", at):
            at = word.index("*/", at + 2) + 2
        else:
            return at - 1


def shorten(text: str, limit: int = 40) -> str:
    """`text` for a message: one line, not too long."""
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
