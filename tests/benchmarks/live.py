"""How long does an editor wait for the findings after a keystroke?  In an expression of a thousand clauses.

    .venv/bin/python tests/benchmarks/live.py [CLAUSES]

Five hundred keystrokes are typed in different places: clauses character by character, with everything that is half open
in between, quotes closed by hand and by the editor, corrections, removals, new lines. For each shape of
`check_large.py` it prints the milliseconds of opening (`Live.update` of the first state) and of a full check beside it,
then median, 95th percentile and most of the updates, how many of them were checked as a whole, and the most that
`clause_at` took. Times are those of the process, so that other work on the machine does not count.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from functools import partial

from check_large import NOW, SHAPES, mixed

from pqltools.workspace.expressions import Checker, Known
from pqltools.workspace.live import Live
from pqltools.workspace.selection import Selection
from pqltools.xdm.standard import standard

TYPED = (
    'homeAddress.countryCode = "DE"\nand ',
    'xEvent.exists(eventType = "a (b" and timestamp occurs <= 3 days before now) and ',
    '(person.birthYear > 1990 or person.name.lastName.startsWith("M", false)) and ',
    'homeAddress.city in ["Bern", "Basel"] and ',
)


def session(text: str, strokes: int = 500) -> list[tuple[str, int]]:
    """The states of the text, and where the cursor is."""
    chance = random.Random(3)
    states: list[tuple[str, int]] = []
    while len(states) < strokes:
        places = [at + 4 for at in range(len(text)) if text.startswith("and ", at)]
        at = chance.choice(places)
        by_editor = chance.random() < 0.5
        typed = chance.choice(TYPED)
        for end in range(1, len(typed) + 1):
            done = typed[:end]
            # Many editors close a quote as soon as it is opened.
            closed = '"' if by_editor and done.count('"') % 2 else ""
            states.append((text[:at] + done + closed + text[at:], at + end))
        text = text[:at] + typed + text[at:]
        for _ in range(5):  # a slip: five characters back, and again
            at = chance.choice(places)
            states.append((text[:at] + text[at + 1 :], at))
            states.append((text, at))
    return states[:strokes]


def milliseconds(work: Callable[[], object]) -> float:
    """How long the process is busy with it."""
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def main(arguments: list[str]) -> None:
    """Print a line for each shape."""
    count = int(arguments[0]) if arguments else 1000
    checker = Checker(Selection(), Known(standard(), NOW))
    Live(checker).update(mixed(100))
    print(f"{'':>15}{'open':>8}{'full':>8}{'median':>8}{'p95':>8}{'most':>8}{'whole':>8}{'clause_at':>11}")
    for shape in SHAPES:
        text = shape(count)
        live = Live(checker)
        opened = milliseconds(partial(live.update, text))
        full = milliseconds(partial(checker.check, "pql/text", text))
        taken, places, whole = [], [], 0
        for state, cursor in session(text):
            start = time.process_time()
            found = live.update(state)
            taken.append((time.process_time() - start) * 1000)
            whole += found.whole
            places.append(milliseconds(partial(live.clause_at, cursor)))
        taken.sort()
        median, late = taken[len(taken) // 2], taken[len(taken) * 95 // 100]
        print(
            f"{shape.__name__:>15}{opened:>8.0f}{full:>8.0f}{median:>8.1f}{late:>8.1f}{taken[-1]:>8.1f}{whole:>8}"
            f"{max(places):>11.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1:])
