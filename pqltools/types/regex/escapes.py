"""What does a backslash mean?  Escapes inside and outside of classes."""

from __future__ import annotations

from pqltools.types.regex.nodes import Anchor, BackReference, CharSet, Special
from pqltools.types.regex.properties import Property, property_named
from pqltools.types.regex.reader import IGNORE_CASE, UNICODE_CLASSES, UNIX_LINES
from pqltools.types.regex.sets import (
    DIGITS,
    HORIZONTAL,
    SPACE,
    VERTICAL,
    WHITE_SPACE,
    WORD,
    Negation,
    Plain,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.types.regex.nodes import Expression
    from pqltools.types.regex.reader import Reader
    from pqltools.types.regex.sets import Set

_CONTROLS = {"a": 7, "e": 27, "f": 12, "n": 10, "r": 13, "t": 9}
_SETS = {"d": DIGITS, "s": SPACE, "w": WORD, "h": HORIZONTAL, "v": VERTICAL}
_LAST = 0x10FFFF


def outside(reader: Reader, groups: int, names: dict[str, int]) -> Expression | int:
    """The node of an escape outside of a class, or the code point it stands for; `groups` are those begun so far."""
    start = reader.at
    char = reader.raw(1)
    if char.isascii() and char.isdigit() and char != "0":
        reader.at += 2
        return BackReference(_group(reader, int(char), groups), reader.folding(), span=reader.span(start))
    if char == "k":
        reader.at += 2
        return BackReference(_named(reader, names, start), reader.folding(), span=reader.span(start))
    kind = _anchor(reader, char)
    if kind:
        reader.at += 2
        if kind == "word" and reader.raw() == "{":
            kind = _grapheme(reader, start)
        return Anchor(kind, reader.has(UNICODE_CLASSES), span=reader.span(start))
    if char and char in "RX":
        reader.at += 2
        return Special(char, span=reader.span(start))
    found = inside(reader)
    return found if isinstance(found, int) else CharSet(found, span=reader.span(start))


def inside(reader: Reader) -> Set | int:
    """What an escape in a class means: a set, or the code point it stands for."""
    start = reader.at
    reader.at += 1
    char = reader.take()
    if not char:
        reader.fail("a backslash at the end escapes nothing", start)
    if char in _CONTROLS:
        return _CONTROLS[char]
    if char.lower() in _SETS and char.isascii():
        found = _predefined(char.lower(), reader.has(UNICODE_CLASSES))
        return Negation(found) if char.isupper() else found
    match char:
        case "0":
            return _octal(reader, start)
        case "x":
            return _hexadecimal(reader, start)
        case "u":
            return _utf16(reader, start)
        case "c":
            if not reader.raw():
                reader.fail("a control character is missing after `\\c`", start)
            return ord(reader.take()) ^ 64
        case "p" | "P":
            found = _property(reader, start)
            return Negation(found) if char == "P" else found
        case "N":
            return _character_name(reader, start)
    if char.isascii() and char.isalnum():
        reader.fail(f"`\\{char}` is no escape of Java", start)
    return ord(char)


def _predefined(char: str, unicode: bool) -> Set:
    if unicode and char == "d":
        return Property("\\d", None, ("Nd",))
    if unicode and char == "w":
        return Property("\\w")  # letters by tables that RE2 does not have
    return Plain(WHITE_SPACE if unicode and char == "s" else _SETS[char])


def _anchor(reader: Reader, char: str) -> str | None:
    final = "final-newline" if reader.has(UNIX_LINES) else "final"
    return {"A": "start", "G": "start", "z": "end", "Z": final, "b": "word", "B": "no-word"}.get(char)


def _grapheme(reader: Reader, start: int) -> str:
    """``\\b{g}``; any other brace is a repetition, which nothing but a number may begin."""
    if reader.raw(1) == "g" and reader.raw(2) == "}":
        reader.at += 3
        return "grapheme"
    return "word"


def _group(reader: Reader, number: int, groups: int) -> int:
    """A group's number takes a further digit as long as there are so many groups."""
    while reader.raw() and reader.raw() in "0123456789":
        longer = number * 10 + int(reader.raw())
        if groups < longer:
            break
        number = longer
        reader.at += 1
    return number


def _named(reader: Reader, names: dict[str, int], start: int) -> int:
    if reader.take() != "<":
        reader.fail("`\\k` is followed by a group's name, as in `\\k<name>`", start)
    name = reader.until(">", start, "name of the group")
    if name not in names:
        reader.fail(f"there is no group `{name}` before this", start)
    return names[name]


def _octal(reader: Reader, start: int) -> int:
    most = 3 if reader.raw() and reader.raw() in "0123" else 2
    found = reader.number("01234567", most)
    if found is None:
        reader.fail("`\\0` is followed by an octal number", start)
    return found


def _hexadecimal(reader: Reader, start: int) -> int:
    if reader.raw() != "{":
        return reader.hexadecimal(2, start)
    reader.at += 1
    digits = reader.until("}", start, "hexadecimal number")
    try:
        found = int(digits, 16) if digits.isalnum() else _LAST + 1
    except ValueError:
        found = _LAST + 1
    if found > _LAST:
        reader.fail(f"`{digits}` is no hexadecimal number of a character", start)
    return found


def _utf16(reader: Reader, start: int) -> int:
    """``\\uXXXX``; two of them may make one character beyond U+FFFF."""
    found = reader.hexadecimal(4, start)
    if 0xD800 <= found < 0xDC00 and (reader.raw(), reader.raw(1)) == ("\\", "u"):
        digits = "".join(reader.raw(2 + index) for index in range(4))
        try:
            low = int(digits, 16) if len(digits) == 4 else 0
        except ValueError:
            low = 0
        if 0xDC00 <= low < 0xE000:
            reader.at += 6
            return 0x10000 + ((found - 0xD800) << 10) + (low - 0xDC00)
    return found


def _property(reader: Reader, start: int) -> Property:
    char = reader.take()
    if not char:
        reader.fail("a property is missing after the escape", start)
    name = char if char != "{" else reader.until("}", start, "property")
    found = property_named(name, unicode=reader.has(UNICODE_CLASSES), ignore_case=reader.has(IGNORE_CASE))
    if found is None:
        reader.fail(f"Java has no character property `{name}`", start)
    return found


def _character_name(reader: Reader, start: int) -> Set | int:
    if reader.raw() != "{":
        reader.fail("`\\N` is followed by a character's name, as in `\\N{EURO SIGN}`", start)
    reader.at += 1
    name = reader.until("}", start, "character's name")
    from unicodedata import lookup

    try:
        return ord(lookup(name))
    except (KeyError, TypeError):
        return Property(name)  # Java's tables may be newer
