"""How are sets of profiles held?  As bits, eight profiles a byte, so that and, or and not cost next to nothing."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    #: An array of numpy.
    Array: TypeAlias = Any


class Universe:
    """All profiles: their numbers are below `end`; `all` has the bits of those that exist."""

    def __init__(self, pids: Array, end: int) -> None:
        self.end = end
        self.all = self.of(pids)

    def of(self, pids: Array) -> Array:
        """The set of these profiles."""
        import numpy

        found = numpy.zeros(self.end, dtype=bool)
        found[pids] = True
        return numpy.packbits(found)

    def none(self) -> Array:
        """The empty set."""
        import numpy

        return numpy.zeros((self.end + 7) // 8, dtype=numpy.uint8)

    def members(self, found: Array) -> Array:
        """The numbers of the profiles in a set, in order."""
        import numpy

        return numpy.flatnonzero(numpy.unpackbits(found, count=self.end)).astype(numpy.uint32)


def size(found: Array) -> int:
    """How many profiles are in a set."""
    import numpy

    if not hasattr(numpy, "bitwise_count"):
        return int(numpy.unpackbits(found).sum())
    return int(numpy.bitwise_count(found).sum(dtype=numpy.int64))
