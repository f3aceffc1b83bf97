"""What is known besides the text under the cursor?  The schema, the clock, the segments and namespaces at hand."""

from __future__ import annotations

from pqltools.records import Record, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from pqltools.checks.surroundings import Segment
    from pqltools.xdm.schema import Schema

#: Identity namespaces that every sandbox has: the standard ones in the appendix of Adobe's Privacy Service API guide,
#: and the Analytics ID. Those of the organization itself only the caller can know.
STANDARD_NAMESPACES = ("ECID", "Email", "Phone", "AAID", "AdCloud", "CORE", "GAID", "IDFA", "TNTID", "WAID")


@record
class Known(Record):
    """The surroundings of the cursor.

    `now` is in milliseconds since 1970 UTC. `segments` are the definitions of the workspace by id; `namespaces` the
    identity namespaces that are in use, the standard ones if nobody says.
    """

    schema: Schema
    now: int
    segments: Mapping[str, Segment] = {}
    namespaces: tuple[str, ...] = STANDARD_NAMESPACES
