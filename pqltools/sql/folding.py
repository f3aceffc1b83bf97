"""How are texts compared without regard to case?  By replacing what Unicode's simple case folding takes for one.

The functions of engines for small letters differ: DuckDB makes ``İ`` an ``i``, Java two characters, and none of them
knows the long ``ſ``. What is replaced are only the letters of the other side, if that is known, so that ordinary texts
give short replacements.
"""

from __future__ import annotations

from pqltools.evaluation.values import folded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sqlglot.expressions import Expression

    from pqltools.sql.values import Value

#: ASCII letters that nothing but their capitals becomes in any engine.
_ORDINARY = frozenset("abcdefghjlmnopqrtuvwxyz")
_same: dict[str, str] = {}


def same_letters() -> dict[str, str]:
    """The folded character of each that is not folded."""
    if not _same:
        for code in range(0x1_E944):
            if not 0xD800 <= code < 0xE000:
                character = chr(code)
                small = folded(character)
                if small != character:
                    _same[character] = small
    return _same


def fold(text: Value, other: str | None = None) -> Expression:
    """A text to be compared with the folded text `other`, or with any folded one."""
    dialect = text.writing.dialect
    if other is not None and all(not character.isalpha() or character in _ORDINARY for character in other):
        letters = any(character.isalpha() for character in other)
        return dialect.lower(text.sql()) if letters else text.sql()
    pairs = [(old, new) for old, new in same_letters().items() if other is None or new in other]
    if not pairs:
        return text.sql()
    return dialect.translate(text.sql(), "".join(old for old, _ in pairs), "".join(new for _, new in pairs))
