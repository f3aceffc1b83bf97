"""Which of many programs hold for a profile?  All at once, and one by one where some of them fail.

A predicate does not raise for what is in a profile, but it may run out of time or of memory. That must not cost the
other definitions their answers, nor the run its speed if it happens for every profile: each program is compiled by
itself at most once, and one that fails again and again is no longer part of the job.
"""

from __future__ import annotations

from pqltools.evaluation.compiling import compile_program
from pqltools.evaluation.fused.job import compile_job

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from pqltools.evaluation.compiling import Predicate
    from pqltools.evaluation.fused.job import Job
    from pqltools.evaluation.program import Program

#: After so many failures a program is taken apart.
PATIENCE = 10


class Conditions:
    """Programs as one `job`, but for those that are `apart`; without these it gives their indices.

    `follows` has the indices of programs that ask the same as an earlier one in another way: where that one fails they
    are not asked, for they would fail, too, and that may take time.
    """

    def __init__(self, programs: list[Program], follows: Mapping[int, int] | None = None) -> None:
        self.programs = programs
        self.follows = follows or {}
        self.apart: tuple[int, ...] = ()
        self._job: Job | None = None
        self._together = tuple(range(len(programs)))
        self._single: dict[int, Predicate] = {}
        self._failures: dict[int, int] = {}

    @property
    def job(self) -> Job:
        """The job, compiled when it is asked for: a quicker one may do for all the data there are."""
        if self._job is None:
            self._job = compile_job([self.programs[each] for each in self._together], plain_names=True)
        return self._job

    def answers(self, data: dict[str, Any], *, fails: bool = False) -> tuple[list[int], dict[int, Exception]]:
        """The programs that hold, in order, and why others fail; with `fails` it is known that the job does."""
        try:
            found = [] if fails else self.job(data)
        except Exception:  # whatever it is, it must not take the other profiles with it
            fails = True
        if fails:
            return self._one_by_one(range(len(self.programs)), data)
        if not self.apart:
            return found, {}
        more, failed = self._one_by_one(self.apart, data)
        return sorted([*[self._together[index] for index in found], *more]), failed

    def _one_by_one(self, indices: Iterable[int], data: dict[str, Any]) -> tuple[list[int], dict[int, Exception]]:
        found: list[int] = []
        failed: dict[int, Exception] = {}
        for index in indices:
            if self.follows.get(index) in failed:
                continue
            try:
                if self._predicate(index)(data):
                    found.append(index)
            except Exception as problem:
                failed[index] = problem
        for index in failed:
            self._note(index)
        return found, failed

    def _predicate(self, index: int) -> Predicate:
        known = self._single.get(index)
        if known is None:
            known = self._single[index] = compile_program(self.programs[index], as_condition=True)
        return known

    def _note(self, index: int) -> None:
        self._failures[index] = self._failures.get(index, 0) + 1
        if self._failures[index] == PATIENCE and index not in self.apart:
            followers = [each for each, leader in self.follows.items() if leader == index]
            self.apart = tuple(sorted({*self.apart, index, *followers}))
            self._together = tuple([each for each in range(len(self.programs)) if each not in self.apart])
            self._job = None
