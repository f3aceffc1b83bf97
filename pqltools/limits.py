"""How large may an input be?  The limits that text and pql/json share."""

from __future__ import annotations

#: How many nodes the longest way down a tree may pass. Production trees reach 17. Recursive code relies on this bound,
#: so no caller may raise it above `HIGHEST_DEPTH`.
MAX_DEPTH = 200
HIGHEST_DEPTH = 250
#: Bytes of UTF-8 text or JSON of one expression.
MAX_SIZE = 8 * 2**20


def check_depth_limit(max_depth: int) -> None:
    """Raise ValueError for a depth limit that recursive code could not keep."""
    if not 1 <= max_depth <= HIGHEST_DEPTH:
        raise ValueError(f"max_depth must lie between 1 and {HIGHEST_DEPTH}, not {max_depth}")
