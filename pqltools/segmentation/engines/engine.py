"""What is an engine?  It finds out which profiles qualify for which of many definitions, in one pass over them."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from pqltools.records import Record, hint, record
from pqltools.segmentation.profiles.model import MergedBlock, Policy
from pqltools.segmentation.scope import Scope
from pqltools.segmentation.stopping import Stop


class EngineFailure(Exception):
    """The engine could not go on; the message says why, without any data of profiles."""


@record
class Subject(Record):
    """A definition to evaluate: its id, and the format and the value of its expression."""

    id: str
    format: str
    value: str


@record
class Origin(Record):
    """All profiles of a sandbox, merged by a policy. `version` is another one whenever they may be others.

    `stays` says that others will ask for them again: that it may pay to keep something for them.
    """

    scope: Scope
    policy: Policy
    version: str
    stays: bool = True


@record
class Task(Record):
    """What is to be evaluated, as of `now` in milliseconds.

    `schema` and `tenant` are those of `pqltools.xdm.given.schema_of`. Of segments that other definitions refer to and
    that are no subjects the memberships of the profiles tell; but `known` has the numbers of the members of some, and
    `broken` those that cannot be evaluated, with the reason. `origin` says which profiles the blocks bring, None if
    these are some of them only; `asker` is who asks, for the log.
    """

    subjects: tuple[Subject, ...]
    now: int
    schema: tuple[str, ...] = ()
    tenant: str | None = None
    known: Mapping[str, array[int]] = hint(default=None)
    broken: Mapping[str, str] = hint(default=None)
    origin: Origin | None = hint(default=None)
    asker: Mapping[str, str] = hint(default=None)


@record
class Needs(Record):
    """What the profiles have to bring along."""

    events: bool
    memberships: bool


@record
class Found(Record):
    """The answers, by the ids of the subjects.

    `qualifies` has the numbers of the profiles that qualify, `unknown` of those for which a subject could not be
    evaluated, and `reasons` why not for the first of them; `problems` say why a subject was not evaluated at all.
    """

    profiles: int
    qualifies: dict[str, array[int]]
    unknown: dict[str, array[int]]
    reasons: dict[str, str]
    problems: dict[str, str]


#: The blocks of profiles, once it is known what they have to bring along.
Blocks = Callable[[Needs], Iterator[MergedBlock]]


class Engine(Protocol):
    """Any number of threads may use an engine."""

    def run(self, task: Task, blocks: Blocks, stop: Stop, progress: Callable[[int, int], None]) -> Found:
        """Evaluate; `progress` is told how many profiles were evaluated, and how many the first subject holds for.

        Raises `EngineFailure`, and `Stopped` within a second after `stop` was requested.
        """
