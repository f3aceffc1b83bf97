"""Does `pql eval` print the same with several processes, and end well however it ends?"""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from pqltools.cli.eval_progress import progress_text
from pqltools.workspace import run_processes
from running import Pql

ROOT = Path(__file__).parents[2]
BOUGHT = 'xEvent.exists(eventType = "commerce.purchases")'
POSIX = pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no signals and forks as on POSIX")


def profile(number: int) -> dict[str, Any]:
    kinds = ("commerce.purchases", "web.webpagedetails.pageViews")
    return {
        "_id": f"p-{number}",
        "n": number,
        "identityMap": {"CRM": [{"id": f"c-{number % 50}"}]},
        "xEvent": [{"eventType": kinds[number % 3 > 0], "commerce": {"order": {"priceTotal": number}}}],
        "padding": "x" * (number % 7 * 100),
    }


def line(number: int) -> str:
    if number % 17 == 3:
        return ("[1]", "{bad", "", "   ")[number // 17 % 4]
    return json.dumps(profile(number))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Data of every kind, and definitions."""
    monkeypatch.chdir(tmp_path)
    lines = "".join(f"{line(number)}\n" for number in range(1200))
    Path("p.ndjson").write_text(lines)
    Path("p.gz").write_bytes(gzip.compress(lines.encode()))
    Path("p.json").write_text(json.dumps([profile(number) for number in range(90)], indent=1))
    Path("one.json").write_text(json.dumps(profile(7)))
    entities = ({f"x{n}": {"entityId": f"x{n}", "entity": profile(n)}} for n in range(60))
    Path("entities.ndjson").write_text("\n".join(map(json.dumps, entities)))
    numbers = random.Random(3)
    joined = [{"eventType": "x", "identityMap": {"crm": [{"id": f"c-{numbers.randrange(70)}"}]}} for _ in range(300)]
    Path("events.ndjson").write_text("\n".join([*map(json.dumps, joined), "[]"]))
    written = [("a", BOUGHT), ("b", "n > 500"), ("c", 'xEvent[eventType = "x"].count() > 3'), ("d", "n != 7")]
    entries = [
        {"id": id, "name": id.upper(), "expression": {"type": "PQL", "format": "pql/text", "value": text}}
        for id, text in written
    ]
    Path("d.jsonl").write_text("\n".join(map(json.dumps, entries)))
    return tmp_path


@POSIX
@pytest.mark.parametrize("events", [(), ("--events", "events.ndjson")])
@pytest.mark.parametrize("output", ["counts", "ids", "ndjson", "csv", "memberships"])
def test_processes_make_no_difference(
    pql: Pql, folder: Path, monkeypatch: pytest.MonkeyPatch, output: str, events: tuple[str, ...]
) -> None:
    monkeypatch.setattr(run_processes, "_SHARE", 50_000)
    files = ["p.ndjson", "p.gz", "p.json", "one.json", "p.ndjson", "entities.ndjson"]
    named = [each for name in files for each in ("--profiles", name)]
    arguments = ["eval", "d.jsonl", *named, "--now", "2024-03-15T10:30:00Z", "--output", output, *events]
    alone = pql(*arguments)
    assert alone.status == 0
    assert "108 lines hold no profile\n" in alone.out + alone.err
    assert pql(*arguments, "--jobs", "2") == alone
    assert pql(*arguments, "--jobs", "2", "--strict") == pql(*arguments, "--strict")
    json_too = pql(*arguments, "--output-format", "json")
    assert pql(*arguments, "--jobs", "3", "--output-format", "json") == json_too


def started(*arguments: object, **streams: Any) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "pqltools", "eval", "-e", BOUGHT, *map(str, arguments)]
    return subprocess.Popen(command, env=environment, start_new_session=True, **streams)


def members_of(group: int) -> list[str]:
    """The processes of a group that have not ended."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, session = stat.read_text().rpartition(") ")[2].split()[:4]
        except OSError:
            continue
        if session == str(group) and state != "Z":
            found.append(stat.parent.name)
    return found


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As much as takes long enough to be interrupted, when it is named often."""
    path = tmp_path_factory.mktemp("large") / "large.ndjson"
    path.write_text("".join(f"{json.dumps(profile(number))}\n" for number in range(60_000)))
    return path


@POSIX
@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("everyone", [False, True])
def test_an_interrupt_prints_what_was_done(large: Path, jobs: int, everyone: bool) -> None:
    """Whether the signal goes to the process alone or, as from a terminal, to all of its group."""
    named = ["--profiles", large] * 200
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with started(*named, "--output", "ids", "--jobs", jobs, **pipes) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = process.stdout.read(1000)  # so the run is under way
        (os.killpg if everyone else os.kill)(process.pid, signal.SIGINT)
        ids = (first + process.stdout.read()).decode().splitlines()
        told = process.stderr.read().decode()
        assert process.wait(30) == 130
    assert "Traceback" not in told
    found = re.match(
        r"pql: interrupted after ([0-9,]+) profiles\ndefinition .*\n<expression> +([0-9,]+) +([0-9,]+) ", told
    )
    assert found is not None, told
    done, evaluated, qualified = [int(number.replace(",", "")) for number in found.groups()]
    assert done == evaluated > 0
    assert 0 <= qualified - len(ids) <= 60_000  # what was found last may not have been printed
    assert all(re.fullmatch("p-[0-9]+", id) for id in ids)
    deadline = time.monotonic() + 20
    while Path("/proc").is_dir() and members_of(process.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert members_of(process.pid) == []


@POSIX
@pytest.mark.parametrize("jobs", [1, 2])
def test_who_has_seen_enough(large: Path, jobs: int) -> None:
    named = ["--profiles", large] * 20
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with started(*named, "--output", "ids", "--jobs", jobs, **pipes) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"p-0\n"
        process.stdout.close()
        told = process.stderr.read()
        assert process.wait(30) == 0
    assert told == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full")
@pytest.mark.parametrize("output", ["counts", "ids", "ndjson", "csv"])
def test_output_that_cannot_be_written(folder: Path, output: str) -> None:
    with Path("/dev/full").open("w") as full:
        process = started("--profiles", "p.json", "--output", output, stdout=full, stderr=subprocess.PIPE)
        told = process.communicate()[1].decode()
    assert process.returncode == 1
    assert told.endswith("pql: the output cannot be written: no space left on device\n")


@POSIX
def test_closed_output(folder: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = f"{sys.executable} -m pqltools eval -e 'n > 5' --profiles p.json --output ids >&-"
    ran = subprocess.run(command, shell=True, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0
    assert ran.stderr.startswith("definition ")


@POSIX
def test_a_process_that_is_killed(pql: Pql, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parent = os.getpid()
    evaluate = run_processes._do

    def dies(work: Any) -> Any:
        if os.getpid() != parent and work.name == "p.json":
            os.kill(os.getpid(), signal.SIGKILL)
        return evaluate(work)

    monkeypatch.setattr(run_processes, "_do", _Dying(dies))
    ran = pql("eval", "-e", "n > 5", "--profiles", "p.json", "--jobs", "2")
    assert ran.status == 1
    assert ran.err == (
        "p.json PQL044 a process that evaluated profiles of this file has ended before its time\n"
        "  = help: perhaps memory ran out: try fewer --jobs\n"
    )


class _Dying:
    """A function that travels to other processes by its name here, as they are forks."""

    current: Any = None

    def __init__(self, function: Any) -> None:
        _Dying.current = function

    def __call__(self, work: Any) -> Any:
        return _Dying.current(work)

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, ()


def _again() -> Any:
    return _Dying(_Dying.current)


@POSIX
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_pipes_are_opened_once(folder: Path, jobs: str) -> None:
    os.mkfifo("pipe")
    process = started("--profiles", "pipe", "--jobs", jobs, "--output", "ids", stdout=subprocess.PIPE)
    with Path("pipe").open("w") as pipe:
        pipe.write("".join(f"{json.dumps(profile(number))}\n" for number in range(4)))
    assert process.communicate(timeout=60)[0] == b"p-0\np-3\n"


# Progress.


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((0, 0, 100, 0.0), "0 profiles, 0 a second"),
        ((1234, 0, None, 2.0), "1,234 profiles, 617 a second"),
        ((1000, 500, None, 0.5), "1,000 profiles, 2,000 a second"),
        ((1000, 25, 100, 10.0), "1,000 profiles, 100 a second, 25%, 0:30 left"),
        ((1000, 1, 1000, 10.0), "1,000 profiles, 100 a second, 0%, 2:46:30 left"),
        ((1000, 99, 100, 10.0), "1,000 profiles, 100 a second, 99%"),
        ((1000, 100, 100, 10.0), "1,000 profiles, 100 a second, 100%"),
        # A packed file whose name does not say so.
        ((1000, 300, 100, 10.0), "1,000 profiles, 100 a second, 100%"),
        # An empty file, and no clock.
        ((0, 10, 0, 10.0), "0 profiles, 0 a second"),
    ],
)
def test_progress_text(arguments: tuple[int, int, int | None, float], text: str) -> None:
    assert progress_text(*arguments) == text


def on_a_terminal(*arguments: object, output: bool = False) -> tuple[int, str, bytes]:
    """Run with standard error on a terminal, and standard output too if asked: the status, and what they got."""
    import pty

    ours, theirs = pty.openpty()
    with started(*arguments, stdout=theirs if output else subprocess.PIPE, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                if not select.select([ours], [], [], 60)[0] or not (piece := os.read(ours, 65536)):
                    break
            except OSError:  # Linux says so when the other side is closed
                break
            shown += piece
        printed = b"" if process.stdout is None else process.stdout.read()
        status = process.wait(60)
    os.close(ours)
    return status, shown.decode(), printed


@POSIX
def test_progress_on_a_terminal(large: Path) -> None:
    status, shown, printed = on_a_terminal("--profiles", large, *["--profiles", large] * 5)
    assert status == 0
    assert re.match(r"\r\x1b\[K[0-9,]+ profiles, [0-9,]+ a second, [0-9]+%", shown)
    assert shown.endswith("\r\x1b[K")
    assert printed.startswith(b"definition ")


@POSIX
def test_no_progress_among_the_answers(large: Path) -> None:
    status, shown, _ = on_a_terminal("--profiles", large, "--output", "ids", output=True)
    assert status == 0
    assert "a second" not in shown
    assert shown.startswith("p-0\r\n")


@POSIX
def test_no_progress_in_a_file(large: Path) -> None:
    process = started("--profiles", large, "--profiles", large, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.communicate()[1] == b""
