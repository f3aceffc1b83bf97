"""How does an editor talk to a language server, without an editor?  Messages over pipes, each with its time.

Nothing but the standard library stands between a measurement and the server, and nothing checks what is sent: any
nonsense will do.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from queue import SimpleQueue
from threading import Condition, Thread
from time import monotonic, perf_counter
from typing import IO, Any, TypeAlias

Json: TypeAlias = Any

#: The machine may be busy, or stopped for a while; what never comes is waited for as long.
PATIENCE = 60.0
SERVER = (sys.executable, "-m", "pqltools", "lsp")


class Gone(Exception):
    """The server has ended, or does not answer."""


class Answer:
    """The answer to a request, with the instant of `perf_counter` when it came."""

    __slots__ = ("error", "result", "time")

    def __init__(self, result: Json, error: Json, time: float) -> None:
        self.result = result
        self.error = error
        self.time = time


class Wire:
    """A server of our own and what it has said.

    Its requests are answered as an obliging editor does it: `settings` where it asks for them, else yes and amen.
    """

    def __init__(
        self, command: Sequence[str] = SERVER, *, settings: Json = None, stderr: IO[bytes] | None = None
    ) -> None:
        self.settings = settings
        #: What the server has sent of itself, with the times.
        self.told: list[tuple[str, Json, float]] = []
        #: The newest findings of each text, with their version and time.
        self.published: dict[str, tuple[int | None, list[Json], float]] = {}
        self._answers: dict[int | str, Answer] = {}
        self._changed = Condition()
        self._ended = False
        self._next = 0
        self.server = subprocess.Popen(
            [*command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if stderr is None else stderr,
            bufsize=0,
        )
        # Only one thread writes, so that no message is cut by another, and reading never waits for it.
        self._outbox: SimpleQueue[bytes | None] = SimpleQueue()
        self._threads = [Thread(target=work, daemon=True) for work in (self._read, self._write)]
        for thread in self._threads:
            thread.start()

    # Sending.

    def send(self, message: Json) -> None:
        """Send a message as it is. Raises `Gone`."""
        # `surrogatepass` is not needed: what is not ASCII is escaped.
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.send_bytes(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def send_bytes(self, data: bytes) -> None:
        """Send anything. Raises `Gone`."""
        if self._ended:
            raise Gone("the server does not listen any more")
        self._outbox.put(data)

    def notify(self, method: str, params: Json) -> None:
        """Tell something."""
        self.send({"method": method, "params": params})

    def ask(self, method: str, params: Json) -> int:
        """Send a request, without waiting; returns its number."""
        self._next += 1
        self.send({"id": self._next, "method": method, "params": params})
        return self._next

    # Waiting.

    def answer(self, number: int | str) -> Answer:
        """The answer to a request. Raises `Gone`."""
        with self._changed:
            self._wait(lambda: number in self._answers, f"an answer to request {number}")
            return self._answers.pop(number)

    def request(self, method: str, params: Json) -> Answer:
        """Ask and wait. Raises `Gone`."""
        return self.answer(self.ask(method, params))

    def findings(self, uri: str, version: int) -> tuple[list[Json], float]:
        """The findings that are sent for a version of a text, and when they came. Raises `Gone`."""

        def there() -> bool:
            return uri in self.published and self.published[uri][0] == version

        with self._changed:
            self._wait(there, f"findings for version {version} of {uri}")
            return self.published[uri][1:]

    def wait_for(self, test: Any, what: str) -> None:
        """Wait until what has been told fulfils a test. Raises `Gone`."""
        with self._changed:
            self._wait(lambda: test(self), what)

    def _wait(self, test: Any, what: str) -> None:
        end = monotonic() + PATIENCE
        while not test():
            if self._ended:
                raise Gone(f"the server has ended while {what} was waited for")
            if not self._changed.wait(max(0.0, min(5.0, end - monotonic()))) and monotonic() > end:
                raise Gone(f"{what} did not come")

    # The session.

    def initialize(self, capabilities: Json, folders: Sequence[str] = (), **more: Json) -> Answer:
        """Begin: `initialize` and `initialized`; folders are URIs."""
        workspace = [{"uri": uri, "name": uri.rpartition("/")[2]} for uri in folders]
        params = {"processId": None, "rootUri": None, "capabilities": capabilities, "workspaceFolders": workspace}
        answer = self.request("initialize", {**params, **more})
        self.notify("initialized", {})
        return answer

    def close(self) -> int:
        """Say good-bye; returns the exit code of the server. Raises `Gone`."""
        self.request("shutdown", None)
        self.notify("exit", None)
        return self.server.wait(PATIENCE)

    def kill(self) -> None:
        """End the server if it still runs, and close the pipes."""
        self.server.kill()
        self.server.wait()
        self._outbox.put(None)
        for thread in self._threads:
            thread.join(PATIENCE)
        for stream in (self.server.stdin, self.server.stdout):
            if stream is not None:
                stream.close()

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    # In threads of their own.

    def _write(self) -> None:
        stream = self.server.stdin
        assert stream is not None
        try:
            while (data := self._outbox.get()) is not None:
                while data:
                    data = data[stream.write(data) or 0 :]
        except OSError:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _read(self) -> None:
        stream = self.server.stdout
        assert stream is not None
        buffered = open(stream.fileno(), "rb", closefd=False)  # noqa: SIM115
        try:
            while (size := _size(buffered)) is not None:
                message = json.loads(buffered.read(size))
                self._take(message, perf_counter())
        except (OSError, ValueError, Gone):
            pass
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _take(self, message: Json, time: float) -> None:
        method, number = message.get("method"), message.get("id")
        if method is not None and number is not None:
            self.send({"id": number, "result": self._obliged(method, message.get("params"))})
        with self._changed:
            if method is None:
                self._answers[number] = Answer(message.get("result"), message.get("error"), time)
            else:
                params = message.get("params")
                self.told.append((method, params, time))
                if method == "textDocument/publishDiagnostics":
                    self.published[params["uri"]] = (params.get("version"), params["diagnostics"], time)
            self._changed.notify_all()

    def _obliged(self, method: str, params: Json) -> Json:
        if method == "workspace/configuration":
            return [self.settings for _ in params["items"]]
        return {"applied": True} if method == "workspace/applyEdit" else None


def _size(stream: IO[bytes]) -> int | None:
    """The length of the next message, None at the end."""
    size = None
    while (line := stream.readline()) not in (b"", b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            size = int(value)
    return size
