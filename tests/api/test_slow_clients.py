"""Do clients that are slow, or too many, or send too much, keep the others from being answered?  On the real server."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import httpx2
import pytest
from starlette.types import Message

from pqltools.api.bodies import timely
from pqltools.segmentation.problems import Problem
from service_clients import BASE, DEFINITIONS, Server, definition, headers, running

_HEAD = "".join(f"{name}: {value}\r\n" for name, value in {"host": "127.0.0.1", **headers()}.items())
_FILE = "/data/foundation/import/batches/x/datasets/y/files/z.json"


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that waits for a second."""
    data = tmp_path_factory.mktemp("hasty")
    with running(data, "--request-timeout", "1", "--max-connections", "5", "--max-body", "4096") as server:
        yield server


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that waits for ten minutes."""
    data = tmp_path_factory.mktemp("calm")
    with running(data, "--request-timeout", "600", "--max-uploads", "2") as server:
        yield server


def connected(server: Server, sent: str = "") -> socket.socket:
    parts = urlsplit(server.url)
    found = socket.create_connection((parts.hostname or "", parts.port or 0), timeout=300)
    found.sendall(sent.encode())
    return found


def until_closed(connection: socket.socket) -> bytes:
    received = b""
    with connection:
        while part := connection.recv(65536):
            received += part
    return received


def one_answer(connection: socket.socket) -> bytes:
    """The first answer, of a connection that may stay."""
    with connection, connection.makefile("rb") as file:
        head = b"".join(iter(file.readline, b"\r\n"))
        length = next(line for line in head.splitlines() if line.startswith(b"content-length"))
        return head + b"\r\n" + file.read(int(length.split()[1]))


def answered(received: bytes) -> tuple[int, bytes, dict[str, object]]:
    """Status, headers and body of the only answer."""
    head, _, body = received.partition(b"\r\n\r\n")
    return int(head.split()[1]), head.lower(), json.loads(body)


def post(path: str, length: int, kind: str = "application/json") -> str:
    return f"POST {path} HTTP/1.1\r\n{_HEAD}content-type: {kind}\r\ncontent-length: {length}\r\n\r\n"


def put_file(length: int) -> str:
    return post(_FILE, length, "application/octet-stream").replace("POST", "PUT", 1)


def test_headers_that_do_not_come(hasty: Server) -> None:
    status, head, body = answered(until_closed(connected(hasty, f"GET {DEFINITIONS} HTTP/1.1\r\nhost: x\r\n")))
    assert status == body["status"] == 408
    assert b"connection: close" in head
    assert "1 seconds" in str(body["title"])
    assert body["requestId"]


def test_headers_of_a_second_request_that_do_not_come(hasty: Server) -> None:
    connection = connected(hasty, f"GET /health HTTP/1.1\r\n{_HEAD}\r\n")
    first = connection.recv(65536)
    assert first.startswith(b"HTTP/1.1 200")
    connection.sendall(b"GET /health HTTP/1.1\r\nhost:")
    rest = first + until_closed(connection)
    assert b"HTTP/1.1 408" in rest


def test_connection_that_says_nothing(hasty: Server) -> None:
    assert until_closed(connected(hasty)) == b""
    assert until_closed(connected(hasty, "\r\n")) == b""


@pytest.mark.parametrize("begun", ["", '{"name": '])
def test_body_that_does_not_come(hasty: Server, begun: str) -> None:
    status, head, body = answered(until_closed(connected(hasty, post(DEFINITIONS, 100) + begun)))
    assert status == body["status"] == 408
    assert b"x-request-id" in head


def test_file_that_does_not_come(hasty: Server) -> None:
    with httpx2.Client(base_url=hasty.url, headers=headers(), timeout=300) as client:
        catalog = "/data/foundation/catalog/dataSets"
        dataset = client.post(catalog, json={"name": "d", "schemaRef": _SCHEMA}).json()[0].rpartition("/")[2]
        made = client.post(f"{_IMPORT}/batches", json={"datasetId": dataset, "inputFormat": {"format": "json"}})
        address = f"{_IMPORT}/batches/{made.json()['id']}/datasets/{dataset}/files/a.json"
        slow = connected(hasty, put_file(1000).replace(_FILE, address) + "[")
        assert answered(until_closed(slow))[0] == 408
        assert client.put(address, content=b"[]", headers={"content-type": "application/octet-stream"}).is_success


_IMPORT = "/data/foundation/import"
_SCHEMA = {
    "id": "https://ns.adobe.com/xdm/context/profile__union",
    "contentType": "application/vnd.adobe.xed-full+json;version=1",
}


def test_body_that_trickles(hasty: Server) -> None:
    connection = connected(hasty, post(DEFINITIONS, 4000))
    connection.settimeout(0.05)
    received = b""
    for _ in range(2000):
        try:
            connection.sendall(b" ")
            received = connection.recv(65536)
        except TimeoutError:
            continue
        break
    assert received.startswith(b"HTTP/1.1 408")
    connection.close()


def test_large_body_may_take_longer() -> None:
    async def receive() -> Message:
        message = messages.pop(0)
        if not message["body"]:
            await asyncio.sleep(0.3)
        return message

    async def received(size: int) -> int:
        messages[:] = [{"body": b"x" * size, "more_body": True}, {"body": b""}, {"body": b""}]
        timed = timely(receive, 0.1)
        # After its end nothing is waited for but the end of the connection, for as long as it takes.
        return sum([len((await timed())["body"]) for _ in range(3)])

    messages: list[Message] = []
    assert asyncio.run(received(2**21)) == 2**21
    with pytest.raises(Problem, match=r"0\.1 seconds"):
        asyncio.run(received(100))


def test_headers_without_end(hasty: Server) -> None:
    sent = f"GET {DEFINITIONS} HTTP/1.1\r\nx: {'y' * 50_000}\r\nz: {'y' * 50_000}"
    assert answered(until_closed(connected(hasty, sent)))[0] == 431


def test_body_that_is_refused_is_not_read_for_ever(hasty: Server) -> None:
    connection = connected(hasty, post(DEFINITIONS, 10**9))
    received = connection.recv(65536)
    assert received.startswith(b"HTTP/1.1 413")
    connection.settimeout(0.05)
    for _ in range(2000):
        try:
            connection.sendall(b"x")
            if connection.recv(65536) == b"":
                break
        except TimeoutError:
            continue
        except ConnectionError:
            break
    else:
        pytest.fail("it goes on reading")
    connection.close()


def test_more_connections_than_there_may_be(hasty: Server) -> None:
    def refused() -> bytes:
        with ExitStack() as stack:
            for _ in range(5):
                stack.enter_context(connected(hasty))
            return until_closed(connected(hasty))

    # One that says nothing is closed after a second, in which a machine at work may not make all six.
    found = next(filter(None, (refused() for _ in range(20))))
    status, head, body = answered(found)
    assert (status, body["title"]) == (503, "There are as many connections as there may be.")
    assert b"retry-after: 1" in head
    for _ in range(100):
        if httpx2.get(f"{hasty.url}/health").status_code == 200:
            return
    pytest.fail("it does not recover")


def test_two_hundred_slow_clients_do_not_stop_the_others(calm: Server) -> None:
    slow = [
        f"POST {DEFINITIONS} HTTP/1.1\r\n{_HEAD}",
        post(DEFINITIONS, 4_000_000) + '{"name": "',
        post(f"{BASE}/segment/conversion", 100) + "{",
        put_file(10**8) + "[",
    ]
    with ExitStack() as stack:
        for number in range(200):
            stack.enter_context(connected(calm, slow[number % len(slow)]))
        with httpx2.Client(base_url=calm.url, headers=headers(), timeout=300) as client:
            for number in range(20):
                assert client.post(DEFINITIONS, json=definition(f"n{number}")).status_code == 200
                assert client.get(DEFINITIONS).json()["page"]["totalCount"] == number + 1
    with httpx2.Client(base_url=calm.url, headers=headers(), timeout=300) as client:
        assert client.get("/health").status_code == 200


def test_more_files_than_may_be_received_at_once(calm: Server) -> None:
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(connected(calm, put_file(10**8) + "["))
        status, head, body = answered(one_answer(connected(calm, put_file(10**8) + "[")))
        assert (status, body["title"]) == (503, "The server receives as many files as it may.")
        assert b"retry-after: 1" in head
        assert httpx2.get(f"{calm.url}{DEFINITIONS}", headers=headers()).status_code == 200
