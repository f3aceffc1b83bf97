"""What does ``\\p{…}`` stand for?  Java's names of character properties, as far as they can be told without Java.

Three kinds of answer: a `Property` that is known (by intervals or by Unicode categories), one that Java may have but
that is not known here (most scripts and all blocks: they have hundreds of names and aliases), and none: Java has no
such name.
"""

from __future__ import annotations

from pqltools.records import Record, record
from pqltools.types.regex.sets import ALL, DIGITS, WHITE_SPACE, characters, normal, ranges

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.types.regex.sets import Intervals

_CATEGORIES = frozenset(
    """C Cc Cf Cn Co Cs L LC LD Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps
    S Sc Sk Sm So Z Zl Zp Zs""".split()
)
#: Categories of several, in RE2's spelling.
_COMBINED = {"LC": ("Lu", "Ll", "Lt"), "LD": ("L", "Nd")}
_PUNCTUATION = ranges("!/:@[`{~")
_LETTERS = ranges("AZaz")
_ALNUM = ranges("09AZaz")
#: POSIX names, which are ASCII only unless ``(?U)`` is on.
_POSIX: dict[str, Intervals] = {
    "Lower": ranges("az"),
    "Upper": ranges("AZ"),
    "ASCII": ranges("\0\x7f"),
    "Alpha": _LETTERS,
    "Digit": DIGITS,
    "Alnum": _ALNUM,
    "Punct": _PUNCTUATION,
    "Graph": normal((*_ALNUM, *_PUNCTUATION)),
    "Print": ranges(" ~"),
    "Blank": characters(" \t"),
    "Cntrl": ranges("\0\x1f\x7f\x7f"),
    "XDigit": ranges("09AFaf"),
    "Space": ranges("\t\r  "),
    "L1": ranges("\0\xff"),
    "all": ALL,
}
#: Names whose meaning is a category or a few. ``java…`` are the methods of `java.lang.Character`.
_AS_CATEGORIES = {
    "javaLetter": ("L",),
    "javaDigit": ("Nd",),
    "javaLetterOrDigit": ("L", "Nd"),
    "javaTitleCase": ("Lt",),
    "javaSpaceChar": ("Z",),
}
_OTHER_METHODS = frozenset(
    """javaLowerCase javaUpperCase javaAlphabetic javaIdeographic javaDefined javaJavaIdentifierStart
    javaJavaIdentifierPart javaUnicodeIdentifierStart javaUnicodeIdentifierPart javaIdentifierIgnorable javaWhitespace
    javaISOControl javaMirrored javaEmoji javaEmojiPresentation javaEmojiModifier javaEmojiModifierBase
    javaEmojiComponent javaExtendedPictographic""".split()
)
#: Binary properties behind ``Is``, whatever their case.
_BINARY: dict[str, tuple[str, ...]] = {
    "LETTER": ("L",),
    "DIGIT": ("Nd",),
    "CONTROL": ("Cc",),
    "PUNCTUATION": ("P",),
    "TITLECASE": ("Lt",),
}
_OF_CASE = frozenset("LOWER UPPER LOWERCASE UPPERCASE JAVALOWERCASE JAVAUPPERCASE".split())
_POSIX_BY_UNICODE = {"Digit": ("Nd",), "Punct": ("P",), "Cntrl": ("Cc",)}
#: Scripts that people write in patterns and that RE2 knows by the same name.
_SCRIPTS = {
    name.upper(): name
    for name in """Arabic Armenian Bengali Bopomofo Braille Cherokee Common Coptic Cyrillic Devanagari Ethiopic
    Georgian Gothic Greek Gujarati Gurmukhi Han Hangul Hebrew Hiragana Inherited Kannada Katakana Khmer Lao Latin
    Malayalam Mongolian Myanmar Ogham Oriya Runic Sinhala Syriac Tamil Telugu Thaana Thai Tibetan""".split()
}


@record
class Property(Record):
    """A character property. Without intervals and categories its characters are not known here.

    `groups` are what RE2 writes in ``\\p{…}``, all of them together exactly the property. A single character is asked
    for its category, or for a script by its name.
    """

    name: str
    intervals: Intervals | None = None
    groups: tuple[str, ...] = ()
    #: ` with …`: what makes it unknown.
    condition: str = ""

    def holds(self, char: str) -> bool:
        """Whether a character has the property, False for those that are not known."""
        if self.intervals is not None:
            return any(low <= ord(char) <= high for low, high in self.intervals)
        from unicodedata import category, name

        found = category(char)
        return any(
            group in (found, found[0]) or (len(group) > 2 and name(char, "").startswith(group.upper()))
            for group in self.groups
        )


def property_named(name: str, *, unicode: bool = False, ignore_case: bool = False) -> Property | None:
    """What ``\\p{name}`` means, None if Java has no such name; `unicode` and `ignore_case` are the flags that are on.

    Whether properties of case ignore case with ``(?i)`` depends on the version of Java, so they are not known there.
    """
    found = _named(name, unicode)
    if found is not None and ignore_case and _is_of_case(found):
        return Property(found.name, condition=" with `(?i)`")
    return found


def _is_of_case(found: Property) -> bool:
    return found.name.upper() in _OF_CASE or bool({"Ll", "Lu", "Lt"}.intersection(found.groups))


def _named(name: str, unicode: bool) -> Property | None:
    key, equals, value = name.partition("=")
    if equals:
        return _keyed(key.lower(), value)
    if name.startswith("In"):
        return Property(name)
    if name.startswith("Is"):
        return _behind_is(name[2:])
    return _plain(name, unicode)


def _plain(name: str, unicode: bool) -> Property | None:
    if unicode and name in _POSIX and name not in ("L1", "all", "ASCII"):
        if name == "Space":
            return Property(name, WHITE_SPACE)
        return Property(name, None, _POSIX_BY_UNICODE.get(name, ()))
    if name in _POSIX:
        return Property(name, _POSIX[name])
    if name in _CATEGORIES:
        return Property(name, None, () if name == "Cn" else _COMBINED.get(name, (name,)))
    if name in _OTHER_METHODS:
        return Property(name)
    return Property(name, None, _AS_CATEGORIES[name]) if name in _AS_CATEGORIES else None


def _behind_is(name: str) -> Property:
    """Binary properties, categories, scripts. Scripts have aliases, so any name may be one."""
    upper = name.upper()
    if upper in _BINARY:
        return Property(name, None, _BINARY[upper])
    if upper in ("WHITE_SPACE", "WHITESPACE"):
        return Property(name, WHITE_SPACE)
    found = _plain(name, False)
    if found is not None:
        return found
    return Property(name, None, (_SCRIPTS[upper],) if upper in _SCRIPTS else ())


def _keyed(key: str, value: str) -> Property | None:
    if key in ("sc", "script"):
        upper = value.upper()
        return Property(value, None, (_SCRIPTS[upper],) if upper in _SCRIPTS else ())
    if key in ("blk", "block"):
        return Property(value)
    return _plain(value, False) if key in ("gc", "general_category") else None
