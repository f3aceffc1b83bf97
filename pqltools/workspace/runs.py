"""Which profiles of these files qualify?  One pass over the data for all definitions, in several processes if asked.

Lines that hold no profile, and profiles of which a definition cannot be evaluated, are told and left out; the run goes
on. What has been done when it is interrupted is not lost: results come as they are found.
"""

from __future__ import annotations

from io import BytesIO

from pqltools.data.compression import shown_name
from pqltools.data.inputs import EmptyFile, open_input
from pqltools.data.lines import MAX_LINE, BadLine, Block, line_count
from pqltools.data.profiles import profiles_in
from pqltools.data.projection import event_paths, projection
from pqltools.diagnostics import Diagnostic, PQLError
from pqltools.evaluation.nulls import decided_by_null
from pqltools.evaluation.unknowns import TooLarge, unknown_program
from pqltools.records import Record, hint, record
from pqltools.source import Source
from pqltools.workspace.conditions import Conditions
from pqltools.workspace.definitions import used_paths
from pqltools.workspace.quick_jobs import quick_job

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from pqltools.data.events import Counts, Events
    from pqltools.data.inputs import Input
    from pqltools.data.profiles import Profile
    from pqltools.data.values import Decode
    from pqltools.evaluation.program import Program
    from pqltools.workspace.definitions import Definition
    from pqltools.workspace.quick_jobs import QuickJob
    from pqltools.xdm.schema import Schema

#: Beyond so many lines of a block that are bad, or at which a definition fails, all others are taken one by one.
_MANY = 20
#: After so many of such blocks the data are taken for what the quickest decoder is not made for.
_PATIENCE = 3


@record
class Answer(Record):
    """The answers for one profile: the indices of the definitions that it qualifies for, and of those that failed.

    `kept` are the fields of the profile that were asked for.
    """

    id: str | None
    file: str
    line: int
    qualifies: tuple[int, ...]
    failed: tuple[int, ...] = ()
    kept: dict[str, Any] = hint(default=None)


@record
class Failure(Record):
    """A profile that is left out of a definition, which could not be evaluated for it, and why."""

    file: str
    line: int
    id: str | None
    definition: str
    reason: str

    def diagnostic(self) -> Diagnostic:
        """The same as a warning."""
        who = "the profile" if self.id is None else f"the profile `{self.id}`"
        message = f"line {self.line:,}: {who} is left out of `{self.definition}`: {self.reason}"
        return Diagnostic("PQL079", message, (0, 0), "warning", source=Source("", self.file))


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
    bad: tuple[BadLine | Failure, ...]
    size: int
    lines: int = 0


class Evaluation:
    """Definitions that are ready to be evaluated over data.

    `wants` says which answers are kept: ``none``, those for profiles that ``qualify`` for something or fail, or
    ``all``; `keeps` names fields of profiles that are kept with them; `nulls` that it is found out where a
    null decides; `strict` that a block ends at the first line that is bad or at whose profile a definition fails.
    """

    def __init__(
        self,
        definitions: Sequence[Definition],
        schema: Schema,
        *,
        wants: str = "none",
        keeps: tuple[str, ...] = (),
        nulls: bool = True,
        joins: bool = False,
        strict: bool = False,
        max_line: int = MAX_LINE,
    ) -> None:
        self.titles = [definition.title for definition in definitions]
        self.programs = [definition.program for definition in definitions]
        self.schema = schema
        self.wants = wants
        self.keeps = keeps
        self.strict = strict
        self.max_line = max_line
        paths = used_paths(self.programs, schema)
        self.paths: list[tuple[str, ...]] = [("*",)] if paths is None else [*paths, *[(name,) for name in keeps]]
        self.decode: Decode = projection(self.paths, schema.profile, identities=joins)
        self.events: Events | None = None
        self._misses = 0
        self.walked: list[int] = []
        self.unknown: list[int] = []
        #: The programs, and those that tell where a null decides the ones of `unknown`.
        every = [*self.programs, *(self._unknowns() if nulls else [])]
        follows = dict(enumerate(self.unknown, len(self.programs)))
        self.conditions = Conditions(every, follows)
        #: What does for most lines where only numbers are wanted.
        self.quick = quick_job(every, self.paths, schema.profile) if wants == "none" else None

    def _unknowns(self) -> list[Program]:
        """The programs that tell where a null decides; what would be too large is left to the walker."""
        found = []
        for index, program in enumerate(self.programs):
            try:
                found.append(unknown_program(program, self.schema.profile))
                self.unknown.append(index)
            except TooLarge:
                self.walked.append(index)
        return found

    def read_events(self, names: Iterable[str]) -> list[BadLine]:
        """Take the events of files, to be joined to the profiles."""
        from pqltools.data.events import Events

        self.events = Events(projection(event_paths(self.paths), self.schema.event))
        bad: list[BadLine] = []
        for name in names:
            input = opened(name, self.max_line)
            bad += [input] if isinstance(input, BadLine) else self.events.read(input, max_line=self.max_line)
        return bad

    def counts(self) -> Counts | None:
        """Where the events went, if some were joined."""
        return None if self.events is None else self.events.counts()

    def block(self, block: Block, file: str, *, wrapped: bool) -> Part:
        """Evaluate the profiles of one block."""
        # A block with lines that are too long is larger than one of them.
        is_plain = self.wants == "none" and self.events is None and not wrapped and len(block.data) <= self.max_line
        if is_plain and not self.walked and not self.conditions.apart:
            found = self._counted(block, file)
            if found is not None:
                return found
        part = _Building(self, len(block.data))
        for profile in profiles_in(block, file, self.decode, self.events, wrapped=wrapped, max_line=self.max_line):
            part.add(profile)
            if self.strict and part.bad:
                break
        return part.part()

    def _counted(self, block: Block, file: str) -> Part | None:
        """The same where only numbers are wanted: nobody asks which profile it is, unless something is wrong.

        None where it matters which came first.
        """
        quick, count = self._quickest(block), len(self.programs)
        decode, job = (self.decode, self.conditions.job) if quick is None else (quick.decode, quick.job)
        part = _Building(self, len(block.data))
        held = [0] * (count + len(self.unknown))
        rest: list[tuple[int, int]] = []
        done = 0
        # One line after the other, so that each is still in the cache of the machine when it is decoded.
        stream = BytesIO(block.data)
        answers = map(job, map(decode, stream))
        while len(rest) <= _MANY:
            try:
                for found in answers:
                    done += 1
                    for index in found:
                        held[index] += 1
            except Exception:  # an empty or a bad line, or a profile that cannot be evaluated: see below
                end = stream.tell()
                rest.append((block.data.rfind(b"\n", 0, end - 1) + 1, end))
            else:
                break
        if self.strict and any(block.data[start:end].strip() for start, end in rest):
            return None
        if len(rest) > _MANY and quick is not None:
            self._misses += 1
        part.tally.profiles = done
        part.tally.qualified = held[:count]
        for place, index in enumerate(self.unknown):
            part.tally.unknown[index] = held[count + place]
        # Where much is wrong, it is not found out twice.
        for start, end in [*rest, (stream.tell(), len(block.data))]:
            for profile in profiles_in(_part_of(block, start, end), file, self.decode, max_line=self.max_line):
                part.add(profile, fails=quick is None and (start, end) in rest)
        return part.part()

    def _quickest(self, block: Block) -> QuickJob | None:
        """What does for the lines of a block, or raises for those that are to be looked at again."""
        quick = self.quick
        return quick if quick is not None and self._misses < _PATIENCE and quick.fits(block.data) else None


def _part_of(block: Block, start: int, end: int) -> Block:
    """The lines of a block between two offsets."""
    if start == end:
        return Block(b"")
    before = line_count(block.data[:start])
    numbers = None if block.numbers is None else block.numbers[before:]
    return Block(block.data[start:end], block.line + before, numbers)


class _Building:
    """A part that is being made, profile by profile."""

    def __init__(self, evaluation: Evaluation, size: int) -> None:
        self.evaluation = evaluation
        self.size = size
        self.tally = Tally(len(evaluation.programs))
        self.answers: list[Answer] = []
        self.bad: list[BadLine | Failure] = []

    def part(self) -> Part:
        """What has been found."""
        return Part(self.tally, tuple(self.answers), tuple(self.bad), self.size)

    def add(self, profile: Profile | BadLine, *, fails: bool = False) -> None:
        """Evaluate a profile, or note a line that holds none; with `fails` it is known that the job fails."""
        if isinstance(profile, BadLine):
            self.tally.bad_lines += 1
            self.bad.append(profile)
            return
        self.tally.profiles += 1
        evaluation = self.evaluation
        count = len(evaluation.programs)
        found, failures = evaluation.conditions.answers(profile.data, fails=fails)
        failed = tuple([index for index in failures if index < count])
        for index in failed:
            self._fail(profile, index, failures[index])
        qualifies = tuple([index for index in found if index < count])
        for index in qualifies:
            self.tally.qualified[index] += 1
        self._add_unknown(profile, [evaluation.unknown[index - count] for index in found[len(qualifies) :]], failed)
        wants = evaluation.wants
        if wants == "all" or (wants == "qualify" and (qualifies or failed)):
            kept = {name: profile.data.get(name) for name in evaluation.keeps}
            self.answers.append(Answer(profile.id, profile.file, profile.line, qualifies, failed, kept))

    def _add_unknown(self, profile: Profile, unknown: list[int], failed: tuple[int, ...]) -> None:
        """Count the definitions of which a null decides; those that fail have no answer that it could."""
        for index in unknown:
            self.tally.unknown[index] += index not in failed
        for index in self.evaluation.walked:
            if index not in failed:
                try:
                    self.tally.unknown[index] += decided_by_null(self.evaluation.programs[index], [profile.data])
                except Exception:  # it is not known what is not known
                    continue

    def _fail(self, profile: Profile, index: int, problem: Exception) -> None:
        self.tally.failed[index] += 1
        told = problem.diagnostics[0].message if isinstance(problem, PQLError) else str(problem)
        reason = told or "the reason is not known"
        title = self.evaluation.titles[index]
        self.bad.append(Failure(profile.file, profile.line, profile.id, title, reason))


def run(evaluation: Evaluation, names: Iterable[str], *, jobs: int = 1) -> Iterator[Part]:
    """Evaluate all profiles of files, part by part in their order.

    Raises `PQLError` for a file that cannot be read, when its turn comes; an empty one counts as a bad line. A strict
    run ends with the first part in which something is `bad`.
    """
    parts = _in_turn(evaluation, names)
    if jobs > 1:
        from pqltools.workspace.run_processes import run_in_processes

        parts = run_in_processes(evaluation, list(names), jobs)
    for part in parts:
        yield part
        if evaluation.strict and part.bad:
            return


def _in_turn(evaluation: Evaluation, names: Iterable[str]) -> Iterator[Part]:
    for name in names:
        found = opened(name, evaluation.max_line)
        if isinstance(found, BadLine):
            yield broken(found, len(evaluation.programs))
            continue
        with found as input:
            for block in input.blocks:
                if isinstance(block, BadLine):
                    yield broken(block, len(evaluation.programs))
                else:
                    yield evaluation.block(block, input.name, wrapped=input.wrapped)


def opened(name: str, max_line: int) -> Input | BadLine:
    """The open file, or what is to be told of one in which there is nothing, such as an empty part of an export."""
    try:
        return open_input(name, max_line=max_line)
    except EmptyFile as problem:
        return BadLine(shown_name(name), 1, str(problem.diagnostics[0].message))


def broken(line: BadLine, definitions: int) -> Part:
    """The part that a line makes up of which nothing can be read."""
    tally = Tally(definitions)
    tally.bad_lines = 1
    return Part(tally, (), (line,), 0)
