"""How are one name and one literal written in PQL?  Quoting, escaping and the spelling of numbers.

A name needs back-quotes where it would be read as something else. At a head that is every keyword: some of them would
be understood there, but only because of what happens to follow, and quoting them all keeps the rule short. After a dot
nothing is a keyword.
"""

from __future__ import annotations

import re

from pqltools.syntax.operators import (
    AGGREGATES,
    INTERVALS,
    OPERATOR_NAMES,
    QUANTIFIERS,
    TIMESTAMPS,
    UNIT_OF,
)

#: Words that always mean themselves at a head, so that text cannot bind a variable of that name.
LITERAL_WORDS = frozenset((*TIMESTAMPS, "true", "false", "null", "this"))
#: Words that begin a prefix form or a negation, unless what follows cannot be their operand.
OPENING_WORDS = frozenset(("not", "select", "let", *QUANTIFIERS, *AGGREGATES))
#: Infix operators: directly behind an opening word they show that it is a name after all.
INFIX_WORDS = frozenset(word for word in (*OPERATOR_NAMES, "occurs") if word.isalpha() and word != "not")
#: All keywords, in lower case.
KEYWORDS = frozenset(
    (
        *(LITERAL_WORDS | OPENING_WORDS | INFIX_WORDS),
        *INTERVALS,
        *UNIT_OF,
        *"on before after between from where over chain what when".split(),
    )
)

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PREFIXED = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?::@?[A-Za-z_][A-Za-z0-9_]*)?")
_MODEL = re.compile(r"(?:[^{}]|\{[^{}]*\})*")
_SPECIAL = re.compile(r'["\\\x00-\x1f\x7f-\x9f\ud800-\udfff]')
_SURROGATE_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}


def is_identifier(name: str) -> bool:
    """Whether `name` can stand without back-quotes as the name of a variable."""
    return _IDENTIFIER.fullmatch(name) is not None


def is_keyword(name: str) -> bool:
    """Whether `name` is a keyword in some case."""
    return name.lower() in KEYWORDS


def is_opening_word(name: str) -> bool:
    """Whether `name` may begin a prefix form or a negation."""
    return name.lower() in OPENING_WORDS


def back_quoted(name: str) -> str:
    """`name` in back-quotes; any character may be inside."""
    return "`" + name.replace("`", "``") + "`"


def dotted_name(name: str) -> str:
    """`name` as it is written after a dot."""
    return name if _PREFIXED.fullmatch(name) else back_quoted(name)


def is_plain_head(name: str) -> bool:
    """Whether `name` can stand at a head without back-quotes, variables and `profile` left aside."""
    return _PREFIXED.fullmatch(name) is not None and not is_keyword(name)


def is_model_reference(reference: str) -> bool:
    """Whether ``@{reference}`` is PQL: braces nest once, and the profile is no model."""
    return reference != "profile" and _MODEL.fullmatch(reference) is not None


def has_text(value: str) -> bool:
    """Whether a string can be escaped: two surrogate code points in a row would be read as one character."""
    return _SURROGATE_PAIR.search(value) is None


def string_text(value: str) -> str:
    """`value` in double quotes; control characters and lone surrogates escaped, everything else as it is."""
    return '"' + _SPECIAL.sub(lambda found: _escape(found[0]), value) + '"'


def _escape(char: str) -> str:
    return _SHORT_ESCAPES.get(char) or f"\\u{ord(char):04X}"


def double_text(value: float) -> str:
    """The shortest spelling that reads as the same double: ``4.5``, ``1.0E22``, ``2.02E-12``."""
    mantissa, _, exponent = repr(value).partition("e")
    if not exponent:
        return mantissa
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}E{int(exponent)}"
