"""Which words and signs does the grammar have, by terminal?  Taken from the parser's tables, not written down again."""

from __future__ import annotations

from pqltools.syntax.driver import machine
from pqltools.syntax.operators import COMPARISONS, OPERATOR_NAMES, UNIT_OF, UNITS

#: What a sentence is made of besides words. Brackets and commas are typed faster than chosen.
_SIGNS = (*COMPARISONS, "+", "-", "*", "/", "%")
_spelled: dict[str, tuple[str, ...]] = {}


def spellings() -> dict[str, tuple[str, ...]]:
    """The words and operator signs of each terminal, in the order of the tables."""
    if not _spelled:
        engine = machine()
        found: dict[str, list[str]] = {}
        for sign in _SIGNS:
            kind = next(engine.scan(sign)).lastindex or 0
            found.setdefault(engine.tables.terminals[kind], []).append(sign)
        for word, kinds in engine.tables.refinements.items():
            for kind in kinds if word.isalpha() else ():
                found.setdefault(engine.tables.terminals[kind], []).append(OPERATOR_NAMES.get(word, word))
        _spelled.update({terminal: tuple(words) for terminal, words in found.items()})
    return _spelled


def units(count: int | None) -> list[str]:
    """The time units, the usual ones first, in agreement with a number."""
    usual = ("day", "week", "month", "year", "hour", "minute", "second")
    ordered = [*usual, *[unit for unit in UNITS if unit not in usual]]
    return ordered if count == 1 else [UNITS[unit] for unit in ordered]


def is_unit(word: str) -> bool:
    """Whether the word is a time unit, singular or plural."""
    return word.lower() in UNIT_OF
