"""Which characters differ in case only?  Java's folding of one character to one, for ``(?iu)``.

Java takes two characters for the same if ``toLowerCase(toUpperCase(…))`` is, one by one: so ``İ``, ``i``, ``I`` and
``ı`` are the same, and the Kelvin sign is a ``k``; a range also holds what is in it itself or by its capital.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

#: No character beyond has case.
_END = 0x1F000
#: Characters by what they fold to, without those that are alone.
_families: dict[int, tuple[int, ...]] = {}


def upper(code: int) -> int:
    """The capital of a character, itself if it has none of one character."""
    char = chr(code)
    for found in (char.upper(), char.title()):
        if len(found) == 1:
            return ord(found)
    return code


def folded(code: int) -> int:
    """What a character is the same as, if case is ignored by Unicode."""
    capital = upper(code)
    small = chr(capital).lower()
    return ord(small[0]) if len(small) == 1 or capital == 0x130 else capital


def same_as(low: int, high: int) -> Iterator[int]:
    """The characters outside of a range that are in it if case is ignored by Unicode."""
    if not _families:
        _families.update(_all_families())
    for target, members in _families.items():
        if low == high:
            if folded(low) == target:
                yield from members
        else:
            yield from (code for code in members if low <= upper(code) <= high or low <= target <= high)


def _all_families() -> dict[int, tuple[int, ...]]:
    found: dict[int, list[int]] = {}
    for code in range(_END):
        char = chr(code)
        if char.upper() != char or char.lower() != char:
            found.setdefault(folded(code), []).append(code)
    return {target: tuple(members) for target, members in found.items() if len(members) > 1}
