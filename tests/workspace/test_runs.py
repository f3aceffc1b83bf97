"""Does a run count right, part by part, however the data are cut and whatever fails?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pqltools.data.lines import BadLine, Block
from pqltools.diagnostics import PQLError
from pqltools.evaluation.nulls import decided_by_null
from pqltools.evaluation.program import prepare
from pqltools.evaluation.unknowns import TooLarge
from pqltools.workspace import conditions, quick_jobs, run_processes, runs
from pqltools.workspace.conditions import Conditions
from pqltools.workspace.definitions import Definition
from pqltools.workspace.runs import Answer, Evaluation, Failure, Part, Tally, run
from pqltools.xdm.standard import standard

NOW = 1_710_498_600_000
SCHEMA = standard()
TEXTS = ("n > 2", 'xEvent.exists(eventType = "a")', "b = true", "not (b = true)")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def evaluation(*texts: str, **options: Any) -> Evaluation:
    found = [Definition(text, None, prepare(text, SCHEMA, now=NOW)) for text in texts or TEXTS]
    return Evaluation(found, SCHEMA, **options)


def written(name: str, *lines: Any) -> str:
    Path(name).write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return name


def total(parts: Iterator[Part], definitions: int = len(TEXTS)) -> dict[str, Any]:
    """The numbers of all parts, and what is bad."""
    tally, bad, size = Tally(definitions), [], 0
    for part in parts:
        tally.add(part.tally)
        bad += [(line.file, line.line) for line in part.bad]
        size += part.size
    return {**vars(tally), "bad": bad, "size": size}


PROFILES = [{"_id": "p0", "n": 3, "xEvent": [{"eventType": "a"}]}, "[]x", {"b": True}, "", {"n": 1, "b": False}]
EXPECTED = {
    "profiles": 3,
    "bad_lines": 1,
    "qualified": [1, 1, 1, 2],
    "unknown": [1, 0, 1, 1],
    "failed": [0, 0, 0, 0],
    "bad": [("p", 2)],
}


@pytest.mark.parametrize("wants", ["none", "qualify", "all"])
@pytest.mark.parametrize("jobs", [1, 2])
def test_numbers(wants: str, jobs: int) -> None:
    name = written("p", *PROFILES)
    found = total(run(evaluation(wants=wants), [name], jobs=jobs))
    assert found == {**EXPECTED, "size": Path(name).stat().st_size}


def test_without_nulls() -> None:
    found = total(run(evaluation(nulls=False), [written("p", *PROFILES)]))
    assert found["unknown"] == [0, 0, 0, 0]
    assert found["qualified"] == EXPECTED["qualified"]


def test_what_would_be_too_large_is_left_to_the_walker(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: Any) -> Any:
        raise TooLarge

    monkeypatch.setattr(runs, "unknown_program", refuses)
    found = total(run(evaluation(), [written("p", *PROFILES)]))
    assert {key: found[key] for key in EXPECTED} == EXPECTED


def test_which_answers_are_kept() -> None:
    name = written("p", {"_id": "x", "n": 3}, {"n": 1, "b": True}, {"n": 0, "b": False}, {"b": False, "n": 9})
    texts = ("n > 2", "b = true")

    def answers(wants: str, **options: Any) -> list[Answer]:
        return [answer for part in run(evaluation(*texts, wants=wants, **options), [name]) for answer in part.answers]

    assert answers("none") == []
    some = [Answer("x", "p", 1, (0,)), Answer(None, "p", 2, (1,)), Answer(None, "p", 4, (0,))]
    assert answers("qualify") == some
    assert answers("all") == [*some[:2], Answer(None, "p", 3, ()), some[2]]
    assert [answer.kept for answer in answers("all", keeps=("b", "n"))][:2] == [
        {"b": None, "n": 3},
        {"b": True, "n": 1},
    ]


@pytest.mark.parametrize("wants", ["none", "all"])
@pytest.mark.parametrize("jobs", [1, 2])
def test_lines_beyond_the_limit(monkeypatch: pytest.MonkeyPatch, wants: str, jobs: int) -> None:
    """Whether a piece ends in them or not, and the lines behind keep their numbers."""
    long = {"n": 5, "long": "x" * 500}
    name = written("p", {"n": 5}, long, {"n": 5}, "3", *[{"n": 5}] * 40, long, "4")
    for share in (10**6, 700, 100):
        monkeypatch.setattr(run_processes, "_SHARE", share)
        found = total(run(evaluation("n > 2", wants=wants, max_line=100), [name], jobs=jobs), 1)
        assert found["profiles"] == found["qualified"][0] == 42
        assert found["bad"] == [("p", 2), ("p", 4), ("p", 45), ("p", 46)]


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("wants", ["none", "all"])
def test_the_same_file_twice(monkeypatch: pytest.MonkeyPatch, jobs: int, wants: str) -> None:
    monkeypatch.setattr(run_processes, "_SHARE", 40)
    name = written("p", *[{"n": 5}] * 10, "3", *[{"n": 5}] * 10)
    found = total(run(evaluation("n > 2", wants=wants), [name, name], jobs=jobs), 1)
    assert found["bad"] == [("p", 11), ("p", 11)]
    assert found["qualified"] == [40]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_file_that_cannot_be_read_loses_nothing(jobs: int) -> None:
    parts = run(evaluation(), [written("p", *PROFILES), written("q", "notes")], jobs=jobs)
    assert next(parts).tally.profiles == 3
    with pytest.raises(PQLError, match="no line of this file is a JSON object"):
        next(parts)


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("wants", ["none", "all"])
def test_strict_runs_end_at_the_line(monkeypatch: pytest.MonkeyPatch, jobs: int, wants: str) -> None:
    monkeypatch.setattr(run_processes, "_SHARE", 40)
    name = written("p", *[{"n": 5}] * 30, "   ", "3", *[{"n": 5}] * 30, "4")
    found = total(run(evaluation("n > 2", wants=wants, strict=True), [name, name], jobs=jobs), 1)
    assert (found["profiles"], found["bad_lines"], found["bad"]) == (30, 1, [("p", 32)])


def test_broken_compression() -> None:
    import gzip

    data = gzip.compress("".join(f'{{"n": {number}}}\n' for number in range(5000)).encode())
    Path("p.gz").write_bytes(data[:-2000])
    whole = total(run(evaluation("n >= 0"), ["p.gz"]), 1)
    assert whole["bad_lines"] == 1
    assert whole["bad"] == [("p.gz", whole["profiles"] + 1)]
    assert whole == total(run(evaluation("n >= 0"), ["p.gz"], jobs=2), 1)


# Failures.


class _Stub:
    """Stands in for compiled programs, of which those for "b = true" raise where `n` is 13."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.jobs: list[int] = []
        self.compiled: list[str] = []
        self.calls = 0
        real_job, real_one = conditions.__dict__["compile_job"], conditions.__dict__["compile_program"]

        def job_of(programs: Any, **options: Any) -> Any:
            job = real_job(programs, **options)
            self.jobs.append(len(programs))
            return lambda data: self.raises(any(map(self.is_bad, programs)), data) or job(data)

        def one(program: Any, *, as_condition: bool) -> Any:
            predicate = real_one(program, as_condition=as_condition)
            self.compiled.append(repr(program.body))
            return lambda data: self.raises(self.is_bad(program), data) or predicate(data)

        def quick_job_of(programs: Any, **options: Any) -> Any:
            job = real_job(programs, **options)
            number = options["structs"].attributes.get("n", "none")
            is_bad = any(map(self.is_bad, programs))
            return lambda data: self.raises(is_bad, {"n": getattr(data, number, None)}) or job(data)

        monkeypatch.setattr(conditions, "compile_job", job_of)
        monkeypatch.setattr(quick_jobs, "compile_job", quick_job_of)
        monkeypatch.setattr(conditions, "compile_program", one)

    def is_bad(self, program: Any) -> bool:
        return "name='b'" in repr(program.body) and "not" not in repr(program.body)

    def raises(self, is_bad: bool, data: Any) -> bool:
        self.calls += 1
        if is_bad and data.get("n") == 13:
            raise TimeoutError
        return False


@pytest.mark.parametrize("wants", ["none", "all"])
def test_a_failure_is_told_and_counted(monkeypatch: pytest.MonkeyPatch, wants: str) -> None:
    _Stub(monkeypatch)
    name = written("p", {"n": 1}, {"_id": "u", "n": 13, "b": True}, {"n": 13}, "3")
    (part,) = run(evaluation(wants=wants), [name])
    why = "the reason is not known"
    assert part.bad == (
        Failure("p", 2, "u", "b = true", why),
        Failure("p", 3, None, "b = true", why),
        BadLine("p", 4, "this is a number, not an object"),
    )
    assert vars(part.tally) == {
        "profiles": 3,
        "bad_lines": 1,
        "qualified": [2, 0, 0, 2],
        "unknown": [0, 0, 1, 2],
        "failed": [0, 0, 2, 0],
    }
    if wants == "all":
        assert part.answers[1] == Answer("u", "p", 2, (0,), (2,))
    assert str(part.bad[1].diagnostic()) == f"p:1:1 PQL079 line 3: the profile is left out of `b = true`: {why}"


@pytest.mark.parametrize("wants", ["none", "all"])
def test_what_always_fails_is_compiled_once_and_taken_apart(monkeypatch: pytest.MonkeyPatch, wants: str) -> None:
    stub = _Stub(monkeypatch)
    name = written("p", *[{"n": 13, "b": True, "xEvent": [{"eventType": "a"}]}] * 1000, {"n": 3, "b": True})
    found = evaluation(wants=wants)
    # Block by block, as a large file comes.
    lines = Path(name).read_bytes().splitlines(keepends=True)
    parts = [found.block(Block(line, number), "p", wrapped=False) for number, line in enumerate(lines, 1)]
    sum = total(iter(parts))
    assert (sum["profiles"], sum["qualified"], sum["failed"]) == (1001, [1001, 1000, 1, 0], [0, 0, 1000, 0])
    assert sum["unknown"] == [0, 0, 0, 0]
    assert len(stub.compiled) == len(set(stub.compiled)) == 8
    assert stub.jobs[0] == 8
    assert len(stub.jobs) <= 3
    # After a while: the job, and the definition that fails with its condition for nulls.
    assert stub.calls < 20 * 12 + 1001 * 3
    assert found.conditions.apart


@pytest.mark.parametrize("wants", ["none", "all"])
def test_where_much_is_wrong_all_is_told_in_order(monkeypatch: pytest.MonkeyPatch, wants: str) -> None:
    stub = _Stub(monkeypatch)
    data: list[Any] = [{"n": 13}, "3", {"n": 5}, "", {"n": 1, "b": True}] * 40
    for name, lines in (("lines", data), ("array", [json.dumps([each or 4 for each in data], indent=1)])):
        found = total(run(evaluation(wants=wants), [written(name, *lines)]))
        assert (found["profiles"], found["failed"], found["qualified"][:3]) == (120, [0, 0, 40, 0], [80, 0, 40])
        assert found["bad"] == sorted(found["bad"])
        assert found["bad_lines"] == (40 if name == "lines" else 80)
    assert stub.jobs


def test_the_walker_may_fail_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: Any) -> Any:
        raise TooLarge

    def fails(*_: Any) -> Any:
        raise TimeoutError

    monkeypatch.setattr(runs, "unknown_program", refuses)
    monkeypatch.setattr(runs, "decided_by_null", fails)
    found = total(run(evaluation(), [written("p", *PROFILES)]))
    assert (found["qualified"], found["unknown"], found["failed"]) == ([1, 1, 1, 2], [0] * 4, [0] * 4)


def test_what_follows_a_failure_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    stub = _Stub(monkeypatch)
    programs = [prepare(text, SCHEMA, now=NOW) for text in ("b = true", "n > 0", "b = false")]
    found = Conditions(programs, {2: 0})
    for _ in range(conditions.PATIENCE):
        assert [*found.answers({"n": 13})[1]] == [0]
    assert found.apart == (0, 2)
    assert len(stub.compiled) == 2
    assert found.answers({"n": 1, "b": False}) == ([1, 2], {})


def test_conditions_apart_keep_their_places(monkeypatch: pytest.MonkeyPatch) -> None:
    programs = [prepare(text, SCHEMA, now=NOW) for text in ("n > 0", "b = true", "n > 1", "b = true", "n > 2")]
    _Stub(monkeypatch)
    found = Conditions(programs)
    for _ in range(conditions.PATIENCE):
        holding, failed = found.answers({"n": 13})
        assert (holding, [*failed]) == ([0, 2, 4], [1, 3])
    assert found.apart == (1, 3)
    assert found.answers({"n": 2, "b": True}) == ([0, 1, 2, 3], {})
    assert [*found.answers({"n": 13})[1]] == [1, 3]


def test_interrupts_are_no_failures() -> None:
    found = evaluation()

    def interrupted(data: Any) -> Any:
        raise KeyboardInterrupt

    found.quick = None
    found.conditions._job = interrupted
    with pytest.raises(KeyboardInterrupt):
        [*run(found, [written("p", *PROFILES)])]


def test_walked_nulls_agree() -> None:
    """What the counts of a run say is what the walker says, profile by profile."""
    profiles = [{"n": n, "b": b} for n in (None, 1, 3) for b in (None, True, False)]
    found = total(run(evaluation(), [written("p", *profiles)]))
    programs = [prepare(text, SCHEMA, now=NOW) for text in TEXTS]
    assert found["unknown"] == [sum(decided_by_null(program, [each]) for each in profiles) for program in programs]
