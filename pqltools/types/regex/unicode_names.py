"""What does the `regex` module call a character property of Java, as members of a class?"""

from __future__ import annotations

from pqltools.types.regex.properties import Property
from pqltools.types.regex.sets import Intersection, Negation, Union, intervals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.types.regex.sets import Set

#: The name of ``\\w`` with ``(?U)``.
WORD_WITH_UNICODE = "\\w"
#: With ``(?U)``, `java.util.regex.CharPredicates` says what they are.
_WITH_UNICODE = {
    WORD_WITH_UNICODE: "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}",
    "Lower": "\\p{Lowercase}",
    "Upper": "\\p{Uppercase}",
    "Alpha": "\\p{Alphabetic}",
    "Alnum": "\\p{Alphabetic}\\p{Nd}",
    "Blank": "\\p{Zs}\\t",
    "XDigit": "\\p{Nd}\\p{Hex_Digit}",
}
#: Properties behind ``Is``, in capitals and without underscores, and methods of `java.lang.Character`.
_BINARY = {
    "ALPHABETIC": "\\p{Alphabetic}",
    "IDEOGRAPHIC": "\\p{Ideographic}",
    "LOWERCASE": "\\p{Lowercase}",
    "UPPERCASE": "\\p{Uppercase}",
    "HEXDIGIT": "\\p{Hex_Digit}",
    "JOINCONTROL": "\\p{Join_Control}",
    "NONCHARACTERCODEPOINT": "\\p{Noncharacter_Code_Point}",
    "ASSIGNED": "\\P{Cn}",
    "CN": "\\p{Cn}",
    "JAVALOWERCASE": "\\p{Lowercase}",
    "JAVAUPPERCASE": "\\p{Uppercase}",
    "JAVAALPHABETIC": "\\p{Alphabetic}",
    "JAVAIDEOGRAPHIC": "\\p{Ideographic}",
    "JAVADEFINED": "\\P{Cn}",
    "JAVAISOCONTROL": "\\p{Cc}",
    "JAVAMIRRORED": "\\p{Bidi_Mirrored}",
}


def members_of(name: str, known: Property | None = None) -> str | None:
    """What stands between brackets for a property, None if `regex` has nothing that is exactly that."""
    if known is not None and known.groups:
        return "".join(f"\\p{{gc={group}}}" if len(group) < 3 else f"\\p{{sc={group}}}" for group in known.groups)
    if known is not None and known.condition:
        return None
    return _WITH_UNICODE.get(name) or _BINARY.get(name.upper().replace("_", ""))


def reason(item: Set) -> str:
    """What of a set is not known, in words."""
    match item:
        case Property(name):
            return f"the property `{name}`{item.condition}"
        case Negation(inner):
            return reason(inner)
        case Union(items):
            return next(reason(each) for each in items if _is_unknown(each))
        case Intersection(left, right):
            return reason(left if _is_unknown(left) else right)
    return "a class"


def _is_unknown(item: Set) -> bool:
    match item:
        case Property(name):
            return intervals(item) is None and members_of(name, item) is None
        case Negation(inner):
            return _is_unknown(inner)
        case Union(items):
            return any(map(_is_unknown, items))
        case Intersection(left, right):
            return _is_unknown(left) or _is_unknown(right)
    return False
