"""How well does what was typed fit a name?  Letters in their order, the better the closer together they stand."""

from __future__ import annotations


def fit(query: str, name: str) -> int | None:
    """The cost of finding `query`, in lower case, in a name: 0 for the name itself; None if it is not there."""
    lower = name.lower()
    if query == lower:
        return 0
    at = lower.find(query)
    if at >= 0:
        begins = at == 0 or not lower[at - 1].isalnum()
        return 1 + (0 if at == 0 else 10 if begins else 20) + min(at, 9)
    start = -1
    first = gaps = 0
    for char in query:
        found = lower.find(char, start + 1)
        if found < 0:
            return None
        if start < 0:
            first = found
        elif found > start + 1:
            gaps += 1
        start = found
    return 40 + 5 * min(gaps, 50) + min(first, 9)
