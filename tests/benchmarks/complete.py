"""How fast is an editor answered at one place of a clause?  Completion, hover and the like, at every offset in turn.

A clause is what stands between the outermost `and`s and `or`s: the short ones are as people write them, the long one is
a condition of 5 kB on one event. The schema is the standard one, with its 3,500 fields.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from itertools import islice
from time import perf_counter

from check import EXPRESSIONS

from pqltools.workspace.cursor.complete import complete
from pqltools.workspace.cursor.hover import hover
from pqltools.workspace.cursor.inlays import inlays
from pqltools.workspace.cursor.known import Known
from pqltools.workspace.cursor.rename import rename
from pqltools.workspace.cursor.signature import signature
from pqltools.xdm.standard import standard

NOW = 1_767_225_600_000
SHORT = 'homeAddress.countryCode = "US" and person.gender = "f'
#: A condition on one event, so that all of it is one clause.
LONG = "xEvent.exists({})".format(
    " and ".join(
        f'(web.webPageDetails.name.contains("page {number}", false) or timestamp occurs <= {number} days before now)'
        for number in range(55)
    )
)
ASKED: dict[str, Callable[[str, int, Known], object]] = {
    "completion": complete,
    "completion while typing": lambda text, offset, known: complete(text[:offset], offset, known),
    "hover": hover,
    "signature": lambda text, offset, known: signature(text, offset),
    "inlay hints": lambda text, offset, known: inlays(text, known),
    "rename": lambda text, offset, known: rename(text, offset, "Other"),
}


def main() -> None:
    """Print the medians and the 95th percentiles, in milliseconds."""
    known = Known(standard(), NOW)
    start = perf_counter()
    complete("country", 7, known)
    print(
        f"the first completion, which reads the schema and indexes its fields: {(perf_counter() - start) * 1e3:.1f} ms"
    )
    for title, texts in (
        (f"a clause of {len(SHORT)} characters", [SHORT]),
        ("the clauses of `check.py`", [*EXPRESSIONS]),
        (f"a clause of {len(LONG):,} characters", [LONG]),
    ):
        print(f"\n{title}")
        places = [(text, offset) for text in texts for offset in range(len(text) + 1)]
        step = len(places) // 400 + 1
        for name, ask in ASKED.items():
            times = sorted(measured(ask, text, offset, known) for text, offset in islice(places, 0, None, step))
            half, most, worst = (times[int(len(times) * share)] * 1e3 for share in (0.5, 0.95, 0.9999))
            print(f"  {name:28} median {half:7.2f}   95 % {most:7.2f}   slowest {worst:7.2f} ms   n = {len(times)}")


def measured(ask: Callable[[str, int, Known], object], text: str, offset: int, known: Known) -> float:
    """The seconds of one answer, the better of two."""
    best = float("inf")
    gc.disable()
    for _ in range(2):
        start = perf_counter()
        ask(text, offset, known)
        best = min(best, perf_counter() - start)
    gc.enable()
    return best


if __name__ == "__main__":
    main()
