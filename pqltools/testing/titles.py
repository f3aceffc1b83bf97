"""What is a test called that has no name?  After what it expects of whom; and no two of a file are called the same."""

from __future__ import annotations

from pqltools.records import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pqltools.testing.changes import Change
    from pqltools.testing.model import Expectation, SegmentTest

#: Characters of a value in a name.
_MAX_VALUE = 40


def default_name(expected: Expectation, who: str | None, changes: Sequence[Change]) -> str:
    """Such as ``kim qualifies`` or ``loyalty.tier = "silver" does not qualify``."""
    subject = ", ".join([f"{change.text} = {_short(change.value)}" for change in changes]) or who
    match expected.kind:
        case "qualifies":
            verb = "qualifies" if expected.value else "does not qualify"
            return f"{subject or 'the profile'} {verb}"
        case "value":
            return f"{f'{subject}: ' if subject else ''}is {_short(expected.value)}"
        case _:
            return f"check finds {', '.join(expected.value) or 'nothing'}"


def _short(value: object) -> str:
    import json

    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _MAX_VALUE else text[: _MAX_VALUE - 1] + "…"


def unique(tests: Iterable[SegmentTest]) -> Iterator[SegmentTest]:
    """The tests, those with a name that another one has before them numbered."""
    taken: set[str] = set()
    counts: dict[str, int] = {}
    for test in tests:
        name = test.name
        while name in taken:
            counts[test.name] = counts.get(test.name, 1) + 1
            name = f"{test.name} ({counts[test.name]})"
        taken.add(name)
        yield test if name == test.name else replace(test, name=name)
