"""How are names, numbers and amounts written in a description?"""

from __future__ import annotations

import re

from pqltools.formats.pql_words import string_text
from pqltools.syntax.operators import UNITS

#: Names that can stand between back-quotes as they are; a dot would look like a step.
_PLAIN = re.compile(r"[\w:@$-]+")
#: Names of variables that nobody takes for a word of the sentence.
_SHORT_NAME = re.compile(r"_*[A-Z][A-Za-z0-9_]*")
_COUNTS = ("no", "one", "two", "three", "four", "five")

#: Comparisons of a number of things.
AMOUNTS = {
    "=": "exactly",
    "!=": "any number but",
    "<": "fewer than",
    "<=": "at most",
    ">": "more than",
    ">=": "at least",
}


def step(name: str) -> str:
    """A field's name as a step of a path: verbatim, in double quotes if it would look like something else."""
    return name if _PLAIN.fullmatch(name) else string_text(name).replace("`", "\\u0060")


def quoted(*names: str) -> str:
    """A path, or one name, between back-quotes."""
    return f"`{'.'.join(map(step, names))}`"


def variable(name: str) -> str:
    """The name of a variable, behind the noun that it is one of."""
    return name if _SHORT_NAME.fullmatch(name) else quoted(name)


def levels_out(count: int) -> str:
    """``one level out``."""
    return f"{_COUNTS[count] if count < len(_COUNTS) else count} level{'s' * (count != 1)} out"


def span(count: int, unit: str) -> str:
    """``30 days``."""
    return f"{count} {unit if count == 1 else UNITS.get(unit, unit)}"
