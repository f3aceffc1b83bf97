"""What do many clients at once ask for, and how long do they wait?  `load`: a mix of reads and writes over HTTP.

Every client has a connection of its own that it keeps, and thinks between an answer and its next request: 0.2 to 0.5 s,
which makes about three requests a second. It knows what its answers have to be: its own definitions as it wrote them
last, and nothing but success. Beside them one more makes segment jobs, so that one runs all the time. The connection is
as little as HTTP needs, since it shares the processors with the server. A time is from the moment at which a request is
sent to that at which its whole answer is there.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from random import Random
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

from service_clients import BASE, CONVERSION, DEFINITIONS, FEMALE, definition, headers

JOBS = f"{BASE}/segment/jobs"
#: What of a hundred requests.
READS = {"list": 15, "one": 22, "jobs": 9, "job": 12, "estimate": 10, "conversion": 9, "profile": 3}
WRITES = {"create": 7, "replace": 8, "delete": 5}
#: Seconds that a client thinks, at least and at most.
THINKING = (0.2, 0.5)
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_FINAL = ("SUCCEEDED", "FAILED", "CANCELLED")


class Connection(asyncio.Protocol):
    """A connection that is kept; one request at a time."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address = parts.hostname or "", parts.port or 80
        lines = [f"{name}: {value}\r\n" for name, value in {"host": parts.netloc, **headers()}.items()]
        self._headers = "".join(lines)
        self._transport: Any = None
        self._received = b""
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None

    async def open(self) -> None:
        """Connect."""
        await asyncio.get_running_loop().create_connection(lambda: self, *self._address)

    def close(self) -> None:
        """Let go."""
        self._transport.close()

    async def ask(self, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        """The status and the body of the answer. Raises ConnectionError."""
        content = b"" if body is None else json.dumps(body).encode()
        typed = "" if body is None else f"content-type: application/json\r\ncontent-length: {len(content)}\r\n"
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(f"{method} {path} HTTP/1.1\r\n{self._headers}{typed}\r\n".encode() + content)
        return await self._answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        if end < 0 or self._answer is None:
            return
        found = _LENGTH.search(self._received, 0, end + 2)
        whole = end + 4 + (int(found[1]) if found else 0)
        if len(self._received) >= whole:
            status, body = int(self._received[9:12]), self._received[end + 4 : whole]
            self._received = b""
            self._answer.set_result((status, body))

    def connection_lost(self, problem: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionResetError("the connection was closed"))


class Outcome:
    """What clients have seen: the seconds of their requests by kind, what was wrong, and how many jobs ran."""

    def __init__(self) -> None:
        self.times: dict[str, list[float]] = {kind: [] for kind in (*READS, *WRITES)}
        self.errors: list[str] = []
        self.jobs: list[float] = []
        #: The share of the time in which a job ran, by looking five times a second.
        self.looks = self.busy = 0

    def of(self, kinds: Sequence[str]) -> list[float]:
        """The times of several kinds, the shortest first."""
        return sorted(seconds for kind in kinds for seconds in self.times[kind])


def percentile(times: Sequence[float], percent: float) -> float:
    """The time within which so many of a hundred were answered, of times in their order."""
    return times[min(len(times) - 1, int(len(times) * percent / 100))]


class World:
    """What all clients know: ids of definitions that stay, of jobs and of previews; how many profiles there are."""

    def __init__(self, segments: list[str], previews: list[str], profiles: int) -> None:
        self.segments = segments
        self.previews = previews
        self.profiles = profiles
        self.jobs: list[str] = []


class Client:
    """One client, that asks until a moment has come."""

    def __init__(self, number: int, url: str, world: World, outcome: Outcome) -> None:
        self._number = number
        self._name = f"client {number}"
        self._random = Random(number)
        self._connection = Connection(url)
        self._world = world
        self._outcome = outcome
        self._own: dict[str, str] = {}
        self._made = 0

    async def run(self, end: float, thinking: tuple[float, float]) -> None:
        """Ask and think."""
        await self._connection.open()
        kinds, weights = zip(*READS.items(), *WRITES.items(), strict=True)
        await asyncio.sleep(self._random.uniform(0, thinking[1]))
        kind = kinds[self._number % len(kinds)]  # so that each is asked for once, however slow the machine
        while True:
            if kind in ("replace", "delete") and not self._own:
                kind = "create"
            try:
                await self._one(kind)
            except (ConnectionError, ValueError, KeyError, AssertionError) as problem:
                self._outcome.errors.append(f"{kind}: {type(problem).__name__}: {problem}")
                if isinstance(problem, ConnectionError):
                    await self._connection.open()
            if perf_counter() >= end:
                break
            await asyncio.sleep(self._random.uniform(*thinking))
            (kind,) = self._random.choices(kinds, weights)
        self._connection.close()

    async def _one(self, kind: str) -> None:
        random, world = self._random, self._world
        body: dict[str, Any] | None = None
        own = random.choice([*self._own]) if self._own else ""
        match kind:
            case "list":
                found = await self._timed(kind, "GET", f"{DEFINITIONS}?limit=20&sort=creationTime:desc")
                assert found["segments"]
            case "one" if own:
                found = await self._timed(kind, "GET", f"{DEFINITIONS}/{own}")
                assert found["description"] == self._own[own]
            case "one":
                id = random.choice(world.segments)
                assert (await self._timed(kind, "GET", f"{DEFINITIONS}/{id}"))["id"] == id
            case "jobs":
                await self._timed(kind, "GET", f"{JOBS}?limit=10")
            case "job":
                id = random.choice(world.jobs[-3:])
                assert (await self._timed(kind, "GET", f"{JOBS}/{id}"))["id"] == id
            case "estimate":
                found = await self._timed(kind, "GET", f"{BASE}/estimate/{random.choice(world.previews)}")
                assert found["state"] == "RESULT_READY"
            case "conversion":
                body = definition(value=f'person.name.firstName = "{self._name}" and {FEMALE}')
                found = await self._timed(kind, "POST", CONVERSION, body)
                assert found["expression"]["format"] == "pql/json"
            case "profile":
                query = f"schema.name=_xdm.context.profile&entityId=profile-{random.randrange(world.profiles)}"
                assert await self._timed(kind, "GET", f"{BASE}/access/entities?{query}")
            case "create":
                self._made += 1
                found = await self._timed(kind, "POST", DEFINITIONS, self._body("0"))
                self._own[found["id"]] = "0"
            case "replace":
                text = str(int(self._own[own]) + 1)
                name = f"{self._name}: {own}"
                found = await self._timed(kind, "PATCH", f"{DEFINITIONS}/{own}", {**self._body(text), "name": name})
                assert found["description"] == text
                self._own[own] = text
            case "delete":
                await self._timed(kind, "DELETE", f"{DEFINITIONS}/{own}")
                del self._own[own]

    def _body(self, description: str) -> dict[str, Any]:
        year = self._random.randrange(1940, 2005)
        value = f'person.birthYear >= {year} and homeAddress.countryCode in ["US", "DE"] and loyalty.points > {year}'
        return definition(f"{self._name}: {self._made}", value, description=description)

    async def _timed(self, kind: str, method: str, path: str, body: object = None) -> Any:
        """The body of the answer, which has to be a success."""
        start = perf_counter()
        status, text = await self._connection.ask(method, path, body)
        self._outcome.times[kind].append(perf_counter() - start)
        assert status == 200, f"{method} {path} was answered with {status}: {text[:300]!r}"
        return json.loads(text) if text else None


async def _jobs(url: str, world: World, outcome: Outcome, end: float) -> None:
    """Make jobs, so that always one runs and another waits; cancel at the end what is left, after one has ended."""
    connection = Connection(url)
    await connection.open()
    body = [{"segmentId": id} for id in world.segments]
    began: dict[str, float] = {}
    while perf_counter() < end or not outcome.jobs:
        while len(began) < 2:
            status, text = await connection.ask("POST", JOBS, body)
            assert status == 200, text
            id = json.loads(text)["id"]
            began[id] = 0.0
            world.jobs.append(id)
        outcome.looks += 1
        runs = False
        for id in [*began]:
            job = json.loads((await connection.ask("GET", f"{JOBS}/{id}"))[1])
            if job["status"] == "PROCESSING":
                runs = True
                began[id] = began[id] or perf_counter()
            elif job["status"] in _FINAL:
                if job["status"] != "SUCCEEDED":
                    outcome.errors.append(f"job: {job['status']}: {job['errors']}")
                outcome.jobs.append(perf_counter() - (began.pop(id) or perf_counter()))
        outcome.busy += runs
        await asyncio.sleep(0.2)
    for id in began:
        await connection.ask("DELETE", f"{JOBS}/{id}")
    connection.close()


async def _prepare(url: str, expressions: Sequence[str], profiles: int) -> World:
    """Make definitions that stay and a few previews, and wait until these are ready."""
    connection = Connection(url)
    await connection.open()
    segments, previews = [], []
    for number, text in enumerate(expressions):
        status, answer = await connection.ask("POST", DEFINITIONS, definition(f"segment {number}", text))
        assert status == 200, answer
        segments.append(json.loads(answer)["id"])
    for text in expressions[:3]:
        status, answer = await connection.ask("POST", f"{BASE}/preview", {"predicateExpression": text})
        assert status == 201, answer
        previews.append(json.loads(answer)["previewId"])
    for id in previews:
        while json.loads((await connection.ask("GET", f"{BASE}/estimate/{id}"))[1])["state"] == "RUNNING":
            await asyncio.sleep(0.1)
    connection.close()
    return World(segments, previews, profiles)


async def _load(
    url: str, clients: int, seconds: float, expressions: Sequence[str], profiles: int, thinking: tuple[float, float]
) -> Outcome:
    world, outcome = await _prepare(url, expressions, profiles), Outcome()
    end = perf_counter() + seconds
    jobs = asyncio.create_task(_jobs(url, world, outcome, end))
    while not world.jobs and not jobs.done():
        await asyncio.sleep(0.01)
    await asyncio.gather(jobs, *(Client(number, url, world, outcome).run(end, thinking) for number in range(clients)))
    return outcome


def load(
    url: str,
    *,
    clients: int = 50,
    seconds: float = 60,
    expressions: Sequence[str],
    profiles: int,
    thinking: tuple[float, float] = THINKING,
) -> Outcome:
    """Have so many clients use the server at `url`, while jobs run that evaluate `expressions`.

    The sandbox has `profiles` profiles whose ids are ``profile-0`` and so on.
    """
    return asyncio.run(_load(url, clients, seconds, expressions, profiles, thinking))
