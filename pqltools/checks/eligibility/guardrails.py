"""Which published limits of a sandbox does a folder of definitions exceed?  `breaches`, and the same as diagnostics."""

from __future__ import annotations

from pqltools.diagnostics import Diagnostic
from pqltools.records import Record, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from pqltools.checks.surroundings import Limits, Segment

CODE = "PQL507"
HELP = "the limit is a soft one, of a whole sandbox: ask Adobe, or set `{option}` to what your licence has"


@record
class Breach(Record):
    """A limit that is exceeded: its option in the configuration, what is counted, and the first segment above it."""

    option: str
    message: str
    segment: str

    @property
    def help(self) -> str:
        """What to do about it."""
        return HELP.format(option=self.option)


def breaches(segments: Iterable[Segment], limits: Limits) -> list[Breach]:
    """The limits on numbers of audiences that these definitions exceed; deleted ones do not count."""
    live = [segment for segment in segments if segment.state != "deleted"]
    counted = (
        ("audiences", "audiences", live),
        (
            "streaming-audiences",
            "audiences by streaming or on edge",
            [segment for segment in live if segment.method in ("streaming", "edge")],
        ),
        ("edge-audiences", "audiences on edge", [segment for segment in live if segment.method == "edge"]),
    )
    found = []
    for option, what, group in counted:
        limit: int = getattr(limits, option.replace("-", "_"))
        if len(group) > limit:
            message = f"there are {len(group):,} {what}, {limit:,} is the limit of a sandbox"
            found.append(Breach(option, message, group[limit].id))
    return found


def guardrails(segments: Iterable[Segment], limits: Limits) -> list[Diagnostic]:
    """The same as diagnostics without a place, for those who do not check the expressions."""
    return [
        Diagnostic(CODE, breach.message, severity="warning", help=breach.help) for breach in breaches(segments, limits)
    ]
