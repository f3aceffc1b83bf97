"""Can this regular expression be searched for?  `pattern` tells what Java and this project's evaluator make of a text.

`matches` and `regexGroup` take regular expressions of Java (`java.util.regex`). Answers, each with places: what Java
refuses; what RE2, which needs time in proportion to the text, cannot run, so that it takes a slower engine with a time
limit; what that cannot run either; and where a search by Java may take very long. Answers are remembered by text.
"""

from __future__ import annotations

from pqltools.records import Record, record
from pqltools.types.regex import bounded
from pqltools.types.regex.backtracking import Risk, risks
from pqltools.types.regex.nodes import Fault, InvalidPattern, TooDeep
from pqltools.types.regex.parser import parse
from pqltools.types.regex.translation import translate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.types.regex.nodes import Expression

__all__ = ["Fault", "Pattern", "Risk", "pattern"]

_REMEMBERED = 1000
#: Characters of a pattern that is looked at; nobody writes longer ones by hand.
LONGEST = 5_000


@record
class Pattern(Record):
    """What is known of a pattern.

    `invalid` says why Java refuses it. `unsupported` are the parts that cannot be run here, in words that go on with
    "cannot be run here"; `slower` those that only the slower engine can run, if it can run the whole. `risks` are the
    parts that may make a search very long. `re2` is the pattern for RE2, with its groups if they are asked for,
    `bounded` the one for the slower engine if it takes that; if neither is there, it cannot be run.
    """

    text: str
    invalid: Fault | None
    unsupported: tuple[Fault, ...] = ()
    risks: tuple[Risk, ...] = ()
    re2: str | None = None
    bounded: str | None = None
    slower: tuple[Fault, ...] = ()


def pattern(text: str, *, groups: bool = False) -> Pattern:
    """What is known of the pattern `text`; `groups` if what they match is wanted, as by `regexGroup`."""
    key = (text, groups)
    found = _known.get(key)
    if found is None:
        if len(_known) >= _REMEMBERED:
            _known.clear()
        found = _known[key] = _pattern(text, groups)
    return found


_known: dict[tuple[str, bool], Pattern] = {}


def _pattern(text: str, groups: bool) -> Pattern:
    if len(text) > LONGEST:
        return Pattern(text, None, (Fault(f"a pattern of more than {LONGEST:,} characters", (0, len(text))),))
    try:
        tree = parse(text)
    except TooDeep as error:
        return Pattern(text, None, (error.fault,))
    except InvalidPattern as error:
        return Pattern(text, error.fault)
    return _understood(text, tree, groups)


def _understood(text: str, tree: Expression, groups: bool) -> Pattern:
    translated, slower = translate(tree, groups=groups)
    if not slower:
        return Pattern(text, None, (), risks(tree), translated)
    translated, faults = bounded.translate(tree, groups=groups)
    if faults:
        return Pattern(text, None, faults, risks(tree))
    return Pattern(text, None, (), risks(tree), None, translated, slower)


def bounded_pattern(text: str, *, groups: bool) -> str | None:
    """A valid pattern for the slower engine, also if RE2 could be asked; None if it cannot be run by that."""
    translated, faults = bounded.translate(parse(text), groups=groups)
    return None if faults else translated
