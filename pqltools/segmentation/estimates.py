"""How many profiles would qualify?  What a sample says about all of them, and how far that may be off.

Sizes are those that the documents name: below a million profiles all are read, up to twenty million a million of them,
beyond that one in twenty.
"""

from __future__ import annotations

import math

from pqltools.records import Record, record

#: Beyond so many times the size of a sample, one profile in `_SHARE` is read.
_LARGE, _SHARE = 20, 20
#: Standard errors to both sides for 95 %.
_WIDTH = 1.96


def sample_size(total: int, most: int) -> int:
    """How many of so many profiles are read; `most` is the size of a sample, a million in the documents."""
    if total < most:
        return total
    return most if total <= _LARGE * most else total // _SHARE


@record
class Estimate(Record):
    """What a sample says: the size, its standard error, and the bounds between which it is in 95 % of all cases."""

    size: int
    standard_error: float
    lower: int
    upper: int


def estimate(matched: int, read: int, total: int) -> Estimate:
    """The estimate from a sample without replacement, in which so many of those that were read qualify."""
    if not read:
        return Estimate(0, 0.0, 0, total)
    share = matched / read
    rest = max(total - read, 0)
    # Nothing is estimated of what was read: with all of them read the error is none.
    correction = rest / (total - 1) if total > 1 else 0.0
    error = total * math.sqrt(share * (1 - share) / read * correction)
    size = round(total * share)
    lower = max(matched, math.floor(size - _WIDTH * error))
    upper = min(matched + rest, math.ceil(size + _WIDTH * error))
    return Estimate(min(max(size, lower), upper), round(error, 4), min(lower, upper), upper)
