"""How are many definitions evaluated over blocks?  Compiled into one job, over as much of a profile as they look at.

It runs in a process of its own. What is wrong with one definition, or with one of them at one profile, costs nobody
else an answer.
"""

from __future__ import annotations

from array import array
from io import BytesIO
from typing import TYPE_CHECKING, Any

from pqltools.checks.dependencies import dependencies
from pqltools.data.decoding import ALSO_EVENTS, EVENTS
from pqltools.data.projection import projection
from pqltools.diagnostics import PQLError
from pqltools.evaluation.membership import updated
from pqltools.evaluation.program import Preparation
from pqltools.formats.definition import read_expression
from pqltools.segmentation.engines.engine import Found, Needs, Task
from pqltools.segmentation.profiles.model import MergedBlock
from pqltools.workspace.conditions import Conditions
from pqltools.workspace.definitions import used_paths
from pqltools.workspace.quick_jobs import quick_job
from pqltools.xdm.given import schema_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pqltools.evaluation.program import Program
    from pqltools.segmentation.engines.worker import Channel
    from pqltools.syntax.ast import Expr
    from pqltools.xdm.schema import Schema

_MEMBERSHIPS = "segmentMembership"
#: Why a definition is evaluated over blocks alone.
MEMBERSHIPS = "memberships change with every job"


def evaluate(channel: Channel, task: Task) -> None:
    """Send `Needs`, or None if there is nothing to evaluate; take blocks, send how far it is; send `Found`."""
    schema = schema_of(task.schema or None, task.tenant)
    programs, problems = prepared(task, schema)
    if not programs:
        channel.send(None)
        channel.receive()
        channel.send(Found(0, {}, {}, {}, problems))
        return
    evaluator = Evaluator(programs, schema, task)
    channel.send(evaluator.needs)
    for block in channel.blocks():
        evaluator.block(block)
        channel.send(evaluator.so_far)
    channel.send(evaluator.found(problems))


def prepared(task: Task, schema: Schema) -> tuple[dict[str, Program], dict[str, str]]:
    """The programs of the subjects that can be evaluated, by id, and what is wrong with the others."""
    trees: dict[str, Expr] = {}
    problems: dict[str, str] = {}
    for subject in task.subjects:
        try:
            trees[subject.id] = read_expression(subject.format, subject.value)
        except PQLError as problem:
            problems[subject.id] = _reason(problem)
        except RecursionError:
            problems[subject.id] = "the expression is nested too deep"
    references = {id: tuple(dependencies(tree, schema.profile).segments) for id, tree in trees.items()}
    preparation = Preparation(schema.profile, task.now, trees)
    programs: dict[str, Program] = {}
    for id, tree in trees.items():
        # A circle is told from where one stands in it.
        preparation.path = [id]
        try:
            programs[id] = preparation.program(tree)
        except PQLError as problem:
            problems[id] = _reason(problem)
        except RecursionError:
            problems[id] = "the expression is nested too deep"
    _drop_dependents(programs, problems, references, task.broken or {})
    return programs, problems


def uses_memberships(program: Program, schema: Schema) -> bool:
    """Whether a program looks at memberships, of which only blocks have the present ones."""
    paths = used_paths([program], schema)
    return paths is None or any(path[:1] == (_MEMBERSHIPS,) for path in paths)


def _drop_dependents(
    programs: dict[str, Program],
    problems: dict[str, str],
    references: Mapping[str, tuple[str, ...]],
    broken: Mapping[str, str],
) -> None:
    """Who refers to what cannot be evaluated cannot be evaluated either: its memberships are those of before."""
    dropped = True
    while dropped:
        dropped = False
        for id in [*programs]:
            bad = next((other for other in references[id] if other in problems or other in broken), None)
            if bad is not None:
                problems[id] = f"the segment {bad}, on which it depends, cannot be evaluated"
                del programs[id]
                dropped = True


class Evaluator:
    """Programs over blocks, and the numbers of the profiles that they hold for."""

    def __init__(self, programs: Mapping[str, Program], schema: Schema, task: Task) -> None:
        self._ids = [*programs]
        self._first = task.subjects[0].id
        self._now = task.now
        self._known = {id: frozenset(pids) for id, pids in (task.known or {}).items()}
        every = [*programs.values()]
        found = used_paths(every, schema)
        paths = [("*",)] if found is None else found
        self.needs = Needs(
            events=any(path[0] in (EVENTS, ALSO_EVENTS, "*") for path in paths if path),
            memberships=any(path[0] in (_MEMBERSHIPS, "*") for path in paths if path),
        )
        self._decode = projection(paths, schema.profile)
        self._quick = quick_job(every, paths, schema.profile)
        self._conditions = Conditions(every)
        self._profiles = 0
        self._held = [array("q") for _ in every]
        self._unknown: dict[int, array[int]] = {}
        self._reasons: dict[int, str] = {}

    def block(self, block: MergedBlock) -> None:
        """Evaluate the profiles of a block."""
        self._profiles += len(block.pids)
        stream = BytesIO(block.data)
        if self._known or self._conditions.apart:
            for pid, line in zip(block.pids, stream, strict=True):
                self._alone(pid, line)
            return
        held, pids, quick = self._held, block.pids, self._quick
        if quick is not None and quick.fits(block.data):
            answers = map(quick.job, map(quick.decode, stream))
        else:
            answers = map(self._conditions.job, map(self._decode, stream))
        place = start = 0
        while True:
            try:
                for found in answers:
                    pid = pids[place]
                    place += 1
                    for index in found:
                        held[index].append(pid)
            except Exception:  # a line that the quickest decoder is not made for, or a definition that fails
                end = stream.tell()
                start = block.data.rfind(b"\n", 0, end - 1) + 1
                self._alone(pids[place], block.data[start:end])
                place += 1
            else:
                return

    @property
    def so_far(self) -> tuple[int, int]:
        """How many profiles were evaluated, and how many the first subject holds for."""
        return self._profiles, len(self._held[0]) if self._first == self._ids[0] else 0

    def found(self, problems: dict[str, str]) -> Found:
        """All answers."""
        ids = self._ids
        return Found(
            self._profiles,
            dict(zip(ids, self._held, strict=True)),
            {ids[index]: pids for index, pids in self._unknown.items()},
            {ids[index]: reason for index, reason in self._reasons.items()},
            problems,
        )

    def _alone(self, pid: int, line: bytes) -> None:
        """Evaluate one profile, whatever it takes."""
        data = self._decode(line)
        if self._known:
            self._overlay(pid, data)
        found, failed = self._conditions.answers(data)
        for index in found:
            self._held[index].append(pid)
        for index, problem in failed.items():
            self._unknown.setdefault(index, array("q")).append(pid)
            self._reasons.setdefault(index, _reason(problem))

    def _overlay(self, pid: int, data: dict[str, Any]) -> None:
        """Put the new answers of other segments over the memberships that the profile has had."""
        held = data.get(_MEMBERSHIPS)
        answers = {id: pid in members for id, members in self._known.items()}
        data[_MEMBERSHIPS] = updated(held if isinstance(held, dict) else None, answers, now=self._now)


def _reason(problem: Exception) -> str:
    """Why, without any data of the profile, which the messages of other exceptions may hold."""
    if isinstance(problem, PQLError):
        first = problem.diagnostics[0]
        return f"{first.message} ({first.help})" if first.help else first.message
    return f"it failed with {type(problem).__name__}"
