"""Where do the parser's tables come from?  Shipped tables if they belong to the grammar, else computed ones.

The grammar file lies in ``grammar/`` of a checkout and in ``pqltools/_grammar/`` of an installed package; the tables
made of it in ``_tables.py``. A checksum ties the two together: after an edit of the grammar the parser at once follows
the edited file, slowly, until ``python -m pqltools.syntax.table_builder`` has been run.
"""

from __future__ import annotations

import os

from pqltools.records import Record, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lark import Lark

#: Actions from here on mean: shift, and reduce at once by the rule whose number is the rest.
SHIFT_REDUCE = 100_000
#: The action at $END when the whole text was understood; never a shift, for state 0 is the start.
ACCEPT = 0


@record
class Tables(Record):
    """What the driver needs.

    `master` skips what is ignored and matches one terminal, whose number is the number of the group. `terminals` names
    them: first the grammar's, then $END and ? (a character that starts no terminal), then refinements and HOLE.
    `refinements` maps a matched text in lower case to the terminals that it may be instead; some of them only where
    their regular expression in `conditions` matches. `actions` maps, for each state, a terminal to a state (shift), to
    -rule-1 (reduce) or to `SHIFT_REDUCE` + rule; `gotos` a rule's symbol to a state. A rule is (callback, length,
    symbol). Parsing starts in state 0.
    """

    checksum: int
    terminals: tuple[str, ...]
    master: str
    refinements: dict[str, tuple[int, ...]]
    conditions: dict[int, str]
    actions: tuple[dict[int, int], ...]
    gotos: tuple[dict[int, int], ...]
    rules: tuple[tuple[str, int, int], ...]


def grammar_text(name: str = "pql.lark") -> str:
    """The text of a file of the grammar folder, from the installed package or else from the checkout."""
    package = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120 - pathlib is too slow to import here
    for folder in (os.path.join(package, "_grammar"), os.path.join(os.path.dirname(package), "grammar")):  # noqa: PTH118, PTH120
        path = os.path.join(folder, name)  # noqa: PTH118
        if os.path.exists(path):  # noqa: PTH110
            with open(path, encoding="utf-8", newline="") as file:  # noqa: PTH123
                return file.read().replace("\r\n", "\n")
    raise FileNotFoundError(f"the grammar file {name} is missing from this installation of pqltools")


def checksum(text: str) -> int:
    """A number that changes with the text; `zlib` because `hashlib` is slow to import."""
    import zlib

    return zlib.crc32(text.encode())


def load_tables() -> Tables:
    """The tables for the grammar as it is now."""
    try:
        from pqltools.syntax import _tables
    except ImportError:
        pass
    else:
        if _tables.checksum == checksum(grammar_text()):
            return Tables(*[getattr(_tables, field) for field in Tables.__match_args__])
    from pqltools.syntax.table_builder import build

    return build()


def lark_parser(**options: Any) -> Lark:
    """A stock Lark parser of the grammar, to compute tables with, to test against and to measure by."""
    from lark import Lark

    defaults: dict[str, Any] = {"parser": "lalr", "lexer": "contextual", "maybe_placeholders": False}
    return Lark(grammar_text(), **{**defaults, **options})
