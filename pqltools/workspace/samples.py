"""Which sample profiles does a configuration name, and what is asked of them?  For editors, which try definitions.

A trial is a question in JSON, so that another process can answer it (`trial`): `question` asks it.
"""

from __future__ import annotations

import os

from pqltools.diagnostics import error
from pqltools.records import Record, record
from pqltools.workspace.setup import files_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from pqltools.checks.surroundings import Segment
    from pqltools.syntax.ast import Expr
    from pqltools.workspace.config import Config


@record
class Samples(Record):
    """Files of profiles, and of events that are joined to them."""

    profiles: tuple[str, ...] = ()
    events: tuple[str, ...] = ()

    def stamp(self) -> tuple[tuple[str, int, int], ...]:
        """What changes when a file does: names, times and sizes."""
        return tuple([(name, *_times(name)) for name in (*self.profiles, *self.events)])


def _times(name: str) -> tuple[int, int]:
    try:
        status = os.stat(name)  # noqa: PTH116 - pathlib is slow to import
    except OSError:
        return 0, -1
    return status.st_mtime_ns, status.st_size


def samples_of(config: Config) -> Samples:
    """The samples of a configuration.

    Raises `PQLError` (PQL044), with the place in the configuration, for a name or a pattern that no file has.
    """
    profiles = map(os.path.abspath, files_of(config, config.samples, "samples"))
    events = map(os.path.abspath, files_of(config, config.sample_events, "sample-events"))
    return Samples(tuple(dict.fromkeys(profiles)), tuple(dict.fromkeys(events)))


def segments_for(tree: Expr, known: Mapping[str, Segment]) -> dict[str, Expr]:
    """The trees of the definitions that an expression refers to, directly or by way of others, by id.

    Those that cannot be read are left out, and so the memberships of the profiles count.
    """
    from pqltools.checks.dependencies import segment_id
    from pqltools.syntax.ast import FunctionCall
    from pqltools.syntax.walk import walk

    found: dict[str, Expr] = {}
    todo = [tree]
    while todo:
        for node in walk(todo.pop()):
            if not isinstance(node, FunctionCall) or node.function != "inSegment":
                continue
            id = segment_id(node)
            # If it is computed, any of them may be meant.
            for wanted in [id] if id is not None else [*known]:
                segment = known.get(wanted)
                other = segment.tree if segment is not None and wanted not in found else None
                if other is not None:
                    found[wanted] = other
                    todo.append(other)
    return found


def question(
    expression: tuple[str, Any], tree: Expr, segments: Mapping[str, Segment], config: Config, samples: Samples, now: int
) -> dict[str, Any]:
    """What `trial.trial` is asked: which of the sample profiles qualify for an expression (its format and value)?"""
    if not samples.profiles:
        help = 'name files in it: `samples = ["samples/profiles.ndjson"]`'
        raise error("PQL044", "the configuration names no sample profiles", help=help)
    from pqltools.formats.pql_json import to_json

    schemas = files_of(config, config.schemas, "schemas")
    return {
        "format": expression[0],
        "value": expression[1],
        "segments": {id: to_json(other) for id, other in sorted(segments_for(tree, segments).items())},
        "schemas": [*map(os.path.abspath, schemas)],
        "tenant": config.tenant,
        "now": now,
        "profiles": [*samples.profiles],
        "events": [*samples.events],
    }
