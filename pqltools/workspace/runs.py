"""Which profiles of these files qualify?  One pass over the data for all definitions, in several processes if asked.

Lines that hold no profile, and profiles of which a definition cannot be evaluated, are told and left out; the run goes
on. What has been done when it is interrupted is not lost: results come as they are found.
"""

from __future__ import annotations

from pqltools.data.inputs import open_input
from pqltools.data.lines import MAX_LINE, BadLine, Block
from pqltools.data.profiles import profiles_in
from pqltools.data.projection import event_paths, projection
from pqltools.evaluation.compiling import compile_program
from pqltools.evaluation.fused.job import compile_job
from pqltools.evaluation.nulls import decided_by_null
from pqltools.evaluation.unknowns import TooLarge, unknown_program
from pqltools.records import Record, record
from pqltools.workspace.definitions import used_paths

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any, TypeAlias

    from pqltools.data.events import Counts, Events
    from pqltools.data.profiles import Profile
    from pqltools.data.values import Decode
    from pqltools.evaluation.program import Program
    from pqltools.workspace.definitions import Definition
    from pqltools.xdm.schema import Schema

    #: Told how many bytes have been worked through, after each block.
    Progress: TypeAlias = Callable[[int], None]


@record
class Answer(Record):
    """The answers for one profile: the indices of the definitions that it qualifies for, and of those that failed.

    `data` is the profile, where it was asked for.
    """

    id: str | None
    file: str
    line: int
    qualifies: tuple[int, ...]
    failed: tuple[int, ...] = ()
    data: dict[str, Any] | None = None


class Tally:
    """The numbers of a run: of each definition how many profiles qualify, are decided by a null, and fail."""

    def __init__(self, definitions: int) -> None:
        self.profiles = 0
        self.bad_lines = 0
        self.qualified = [0] * definitions
        self.unknown = [0] * definitions
        self.failed = [0] * definitions

    def add(self, other: Tally) -> None:
        """Add the numbers of another part of the run."""
        self.profiles += other.profiles
        self.bad_lines += other.bad_lines
        for own, more in (
            (self.qualified, other.qualified),
            (self.unknown, other.unknown),
            (self.failed, other.failed),
        ):
            for index, number in enumerate(more):
                own[index] += number


@record
class Part(Record):
    """What came of some lines: numbers, the answers that are wanted, what is wrong, and how many bytes there were."""

    tally: Tally
    answers: tuple[Answer, ...]
    bad: tuple[BadLine, ...]
    size: int
    lines: int = 0


class Evaluation:
    """Definitions that are ready to be evaluated over data.

    `wants` says which answers are kept: ``none``, those for profiles that ``qualify`` for something or fail, or
    ``all``; `whole` that profiles are decoded whole and kept with their answers; `nulls` that it is found out where a
    null decides.
    """

    def __init__(
        self,
        definitions: Sequence[Definition],
        schema: Schema,
        *,
        wants: str = "none",
        whole: bool = False,
        nulls: bool = True,
        joins: bool = False,
        max_line: int = MAX_LINE,
    ) -> None:
        self.programs = [definition.program for definition in definitions]
        self.schema = schema
        self.wants = wants
        self.whole = whole
        self.max_line = max_line
        paths = used_paths(self.programs, schema)
        self.paths: list[tuple[str, ...]] = [("*",)] if paths is None or whole else paths
        self.decode: Decode = projection(self.paths, schema.profile, identities=joins)
        self.events: Events | None = None
        self._walked: list[int] = []
        self._unknown: list[int] = []
        self.job = compile_job([*self.programs, *(self._unknowns() if nulls else [])], plain_names=True)

    def _unknowns(self) -> list[Program]:
        """The programs that tell where a null decides; what would be too large is left to the walker."""
        found = []
        for index, program in enumerate(self.programs):
            try:
                found.append(unknown_program(program, self.schema.profile))
                self._unknown.append(index)
            except TooLarge:
                self._walked.append(index)
        return found

    def read_events(self, names: Iterable[str]) -> list[BadLine]:
        """Take the events of files, to be joined to the profiles."""
        from pqltools.data.events import Events

        self.events = Events(projection(event_paths(self.paths), self.schema.event))
        bad: list[BadLine] = []
        for name in names:
            bad += self.events.read(open_input(name), max_line=self.max_line)
        return bad

    def counts(self) -> Counts | None:
        """Where the events went, if some were joined."""
        return None if self.events is None else self.events.counts()

    def block(self, block: Block, file: str, *, wrapped: bool) -> Part:
        """Evaluate the profiles of one block."""
        if self.wants == "none" and self.events is None and not wrapped and not self._walked:
            return self._counted(block, file)
        tally = Tally(len(self.programs))
        answers: list[Answer] = []
        bad: list[BadLine] = []
        for found in profiles_in(block, file, self.decode, self.events, wrapped=wrapped, max_line=self.max_line):
            if isinstance(found, BadLine):
                tally.bad_lines += 1
                bad.append(found)
            else:
                self._profile(found, tally, answers, bad)
        return Part(tally, tuple(answers), tuple(bad), len(block.data))

    def _counted(self, block: Block, file: str) -> Part:
        """The same where only numbers are wanted: nobody asks which profile it is, unless something is wrong."""
        decode, job, count = self.decode, self.job, len(self.programs)
        tally = Tally(count)
        held = [0] * (count + len(self._unknown))
        lines = block.data.split(b"\n")
        rest: list[int] = []
        for place, raw in enumerate(lines):
            try:
                found = job(decode(raw))
            except Exception:  # an empty or a bad line, or a profile that cannot be evaluated: see below
                rest.append(place)
                continue
            for index in found:
                held[index] += 1
        tally.profiles = len(lines) - len(rest)
        for index in range(count):
            tally.qualified[index] += held[index]
        for place, index in enumerate(self._unknown):
            tally.unknown[index] += held[count + place]
        numbers = range(block.line, block.line + len(lines)) if block.numbers is None else (*block.numbers, 0)
        again = [Block(lines[place], numbers[place]) for place in rest if lines[place]]
        return self._looked_at_again(again, file, tally, len(block.data))

    def _looked_at_again(self, blocks: list[Block], file: str, tally: Tally, size: int) -> Part:
        """The part, completed by lines that are bad or at which some definition fails."""
        bad: list[BadLine] = []
        for block in blocks:
            for found in profiles_in(block, file, self.decode, max_line=self.max_line):
                if isinstance(found, BadLine):
                    tally.bad_lines += 1
                    bad.append(found)
                else:
                    self._profile(found, tally, [], bad)
        return Part(tally, (), tuple(bad), size)

    def _profile(self, profile: Profile, tally: Tally, answers: list[Answer], bad: list[BadLine]) -> None:
        tally.profiles += 1
        failed: tuple[int, ...] = ()
        try:
            found = self.job(profile.data)
        except Exception:  # whatever it is, it must not take the other profiles with it
            found, failed = self._one_by_one(profile, tally, bad)
        count = len(self.programs)
        qualifies = [index for index in found if index < count]
        for index in qualifies:
            tally.qualified[index] += 1
        for place in found[len(qualifies) :]:
            tally.unknown[self._unknown[place - count]] += 1
        for index in self._walked:
            tally.unknown[index] += decided_by_null(self.programs[index], [profile.data])
        if self.wants == "all" or (self.wants == "qualify" and (qualifies or failed)):
            data = profile.data if self.whole else None
            answers.append(Answer(profile.id, profile.file, profile.line, tuple(qualifies), failed, data))

    def _one_by_one(self, profile: Profile, tally: Tally, bad: list[BadLine]) -> tuple[list[int], tuple[int, ...]]:
        """The definitions that hold and those that cannot be evaluated, for a profile at which they fail together."""
        found: list[int] = []
        failed: list[int] = []
        for index, program in enumerate(self.programs):
            try:
                if compile_program(program, as_condition=True)(profile.data):
                    found.append(index)
            except Exception as problem:
                failed.append(index)
                tally.failed[index] += 1
                who = f"profile {profile.id}" if profile.id is not None else "this profile"
                bad.append(BadLine(profile.file, profile.line, f"{who} is left out of one definition: {problem}"))
        return found, tuple(failed)


def run(evaluation: Evaluation, names: Iterable[str], *, jobs: int = 1) -> Iterator[Part]:
    """Evaluate all profiles of files, part by part in their order.

    Raises `PQLError` for a file that cannot be read, when its turn comes.
    """
    if jobs > 1:
        from pqltools.workspace.run_processes import run_in_processes

        yield from run_in_processes(evaluation, list(names), jobs)
        return
    for name in names:
        with open_input(name, max_line=evaluation.max_line) as input:
            for block in input.blocks:
                if isinstance(block, BadLine):
                    yield broken(block, len(evaluation.programs))
                else:
                    yield evaluation.block(block, input.name, wrapped=input.wrapped)


def broken(line: BadLine, definitions: int) -> Part:
    """The part that a line makes up of which nothing can be read."""
    tally = Tally(definitions)
    tally.bad_lines = 1
    return Part(tally, (), (line,), 0)
