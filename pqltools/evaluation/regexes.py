"""How is a Java regular expression searched for, without ever hanging?  On RE2, in time linear in the text.

What RE2 cannot run is searched for by an engine with a time limit (see `bounded`). Patterns are translated by
`pqltools.types.patterns`, which also says what neither can run. In an expression such a pattern is an error before the
run (see `program`); one that a profile brings is null, as all that cannot be computed.
"""

from __future__ import annotations

from pqltools.evaluation.bounded import BoundedPattern
from pqltools.types.patterns import bounded_pattern, pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_REMEMBERED = 1000
_TERMINATORS = "\n\r\x85\u2028\u2029"
_compiled: dict[tuple[str, bool], Any] = {}


def search(regex: str, text: str, group: int | None = None) -> str | None:
    """What the pattern is first found as, or its `group`, counted from 1, 0 for all; None if it is not found.

    Without `group` nothing is said of the place: the empty string for "found". Raises `EvaluationTimeout` for a search
    that takes too long, which only a pattern can that RE2 cannot run, or whose group 0 ends before a line terminator.
    """
    found = compiled(regex, groups=group is not None)
    if found is None:
        return None
    try:
        match = found.search(text)
    except UnicodeEncodeError:
        # JSON can hold half a surrogate pair, which is no character; RE2 reads UTF-8.
        match = found.search(text.encode("utf-8", "replace").decode())
    if group is None:
        return None if match is None else ""
    if match is None or not 0 <= group <= found.groups:
        return None
    taken: str | None = match.group(group)
    if group == 0 and taken and taken[-1] in _TERMINATORS and "\\z" in found.pattern:
        return _without_end(regex, text, taken)
    return taken


def _without_end(regex: str, text: str, taken: str) -> str:
    """What is found without the line terminator that RE2 has to match for ``$``, if that is where it comes from."""
    exact = bounded_pattern(regex, groups=True)
    match = None if exact is None else BoundedPattern(exact, regex).search(text)
    return taken if match is None else str(match.group(0))


def compiled(regex: str, *, groups: bool) -> Any:
    """The pattern, ready to search with; None if it is invalid or cannot be run."""
    key = (regex, groups)
    if key not in _compiled:
        if len(_compiled) >= _REMEMBERED:
            _compiled.clear()
        _compiled[key] = _compile(regex, groups)
    return _compiled[key]


def _compile(regex: str, groups: bool) -> Any:
    known = pattern(regex, groups=groups)
    if known.bounded is not None:
        return BoundedPattern(known.bounded, regex)
    if known.re2 is None:
        return None
    import re2

    options = re2.Options()
    options.log_errors = False
    options.never_capture = not groups
    try:
        return re2.compile(known.re2, options)
    except re2.error:
        # Too large for RE2's memory, such as (\\p{L}{30}){30}.
        found = bounded_pattern(regex, groups=groups)
        return None if found is None else BoundedPattern(found, regex)
