"""How many sample profiles qualify?  Found out by processes beside the server, with progress, once for each question.

A run can be cancelled by the client's progress bar, and by the request if nobody else waits for it. Answers are kept as
long as expression, segments, configuration and samples are what they were.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Hashable
from hashlib import blake2b
from typing import Any
from uuid import uuid4

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from pqltools.lsp.requests import refused
from pqltools.lsp.state import State
from pqltools.lsp.targets import Target, tree_of
from pqltools.records import Record, hint, record
from pqltools.workspace.samples import Samples, question, samples_of
from pqltools.workspace.trial import command

#: Answers that are kept.
_KEPT = 500
#: Runs at the same time; others wait.
_AT_ONCE = 2
#: Seconds between two reports of progress.
_PACE = 0.2
_LONGEST_LINE = 2**20


@record
class Question(Record):
    """What is asked of the samples, and what the answer depends on."""

    asked: dict[str, Any] = hint(default=None)
    samples: Samples = hint(default=None)
    key: Hashable = None


def samples_for(state: State, found: Target) -> Samples:
    """The samples for a text. Raises `PQLError` if one is not there."""
    workspace = state.folder(found.document.path).at(found.document.name)[1]
    return samples_of(workspace.config(found.document.name))


def asked(state: State, found: Target) -> Question:
    """The question about an expression. Raises an error for the user, or `PQLError`."""
    tree = tree_of(state, found)
    folder = state.folder(found.document.path)
    checker, workspace = folder.at(found.document.name)
    config = workspace.config(found.document.name)
    samples = samples_of(config)
    known = checker.known
    value = (found.hosted.format, found.hosted.text)
    data = question(value, tree, known.segments or {}, config, samples, state.now())
    # Time passes; the answer is that of the time when it was asked for.
    said = json.dumps({**data, "now": state.given_now()}, sort_keys=True)
    digest = blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    return Question(data, samples, (digest, samples.stamp(), folder.epoch))


class _Run:
    """One process."""

    def __init__(self) -> None:
        self.task: asyncio.Task[dict[str, Any]] | None = None
        self.waiting = 0
        self.process: asyncio.subprocess.Process | None = None
        self.cancelled = False

    def cancel(self) -> None:
        """End it."""
        self.cancelled = True
        if self.process is not None and self.process.returncode is None:
            self.process.kill()


class Sampling:
    """The runs and their answers. All methods are called from the loop's thread, but for `known`."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._answers: dict[Hashable, dict[str, Any]] = {}
        self._running: dict[Hashable, _Run] = {}
        self._places = asyncio.Semaphore(_AT_ONCE)

    def known(self, question: Question) -> dict[str, Any] | None:
        """The answer that is known already."""
        return self._answers.get(question.key)

    def is_running(self, question: Question) -> bool:
        """Whether the answer is being found."""
        return question.key in self._running

    def close(self) -> None:
        """End all processes."""
        for run in [*self._running.values()]:
            run.cancel()

    async def answer(self, question: Question, title: str, *, anew: bool = False) -> dict[str, Any]:
        """The numbers of `trial.trial`. Raises an error for the user."""
        known = self._answers.get(question.key)
        if known is not None and not anew:
            return known
        run = self._running.get(question.key)
        if run is None:
            run = self._running[question.key] = _Run()
            run.task = asyncio.ensure_future(self._find(run, question, title))
            self._refresh()
        assert run.task is not None
        run.waiting += 1
        try:
            return await asyncio.shield(run.task)
        finally:
            run.waiting -= 1
            if not run.waiting and not run.task.done():
                run.cancel()
                # Nobody waits for what it says.
                run.task.add_done_callback(lambda task: task.cancelled() or task.exception())

    async def _find(self, run: _Run, question: Question, title: str) -> dict[str, Any]:
        try:
            async with self._places:
                if run.cancelled:
                    raise _cancelled()
                async with _Progress(self.state, title, run.cancel) as progress:
                    found = await self._ask(run, question, progress)
        finally:
            self._running.pop(question.key, None)
            self._refresh()
        if question.samples.stamp() == question.key[1]:  # type: ignore[index]
            self._answers.pop(question.key, None)
            self._answers[question.key] = found
            while len(self._answers) > _KEPT:
                del self._answers[next(iter(self._answers))]
            return found
        return {**found, "outdated": True}

    async def _ask(self, run: _Run, question: Question, progress: _Progress) -> dict[str, Any]:
        pipe = asyncio.subprocess.PIPE
        run.process = process = await asyncio.create_subprocess_exec(
            *command(), stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL, limit=_LONGEST_LINE
        )
        if run.cancelled:
            process.kill()
        last: dict[str, Any] = {}
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                process.stdin.write(json.dumps(question.asked).encode())
                await process.stdin.drain()
                process.stdin.close()
            except (BrokenPipeError, ConnectionResetError):
                pass  # it has ended: what it said tells why
            async for line in process.stdout:
                last = json.loads(line)
                progress.report(last)
        finally:
            if process.returncode is None and not last.keys() & {"qualified", "error", "mistake"}:
                process.kill()
            await process.wait()
        return self._read(run, last)

    def _read(self, run: _Run, last: dict[str, Any]) -> dict[str, Any]:
        """The last that a process has said. Raises an error for the user."""
        if "qualified" in last:
            return last
        if run.cancelled:
            raise _cancelled()
        if "error" in last:
            raise refused(last["error"])
        raise refused(f"the evaluation has failed: {last.get('mistake', 'the process has ended before its time')}")

    def _refresh(self) -> None:
        """Code lenses are to be asked for again."""
        if self.state.can("workspace.code_lens.refresh_support"):
            self.state.client.workspace_code_lens_refresh(None)


def _cancelled() -> JsonRpcException:
    return JsonRpcException("the evaluation was cancelled", types.LSPErrorCodes.RequestCancelled)


class _Progress:
    """The client's progress bar, if it has any."""

    def __init__(self, state: State, title: str, cancel: Callable[[], None]) -> None:
        self._state = state
        self._title = title
        self._cancel = cancel
        self._token: str | None = None
        self._last = 0.0

    async def __aenter__(self) -> _Progress:
        if self._state.can("window.work_done_progress"):
            bar = self._state.client.work_done_progress
            token = f"pql-{uuid4()}"
            try:
                await bar.create_async(token)
            except JsonRpcException:
                return self  # the client does not want one
            self._token = token
            bar.tokens[token].add_done_callback(self._done)
            begin = types.WorkDoneProgressBegin(f"PQL: {self._title}", cancellable=True, percentage=0)
            bar.begin(token, begin)
        return self

    def _done(self, future: Any) -> None:
        if future.cancelled():
            self._cancel()

    def report(self, said: dict[str, Any]) -> None:
        """Show how far it is, not too often."""
        now = time.monotonic()
        if self._token is None or "done" not in said or now - self._last < _PACE:
            return
        self._last = now
        percentage = min(99, 100 * said["done"] // max(1, said["of"]))
        report = types.WorkDoneProgressReport(message=f"{said['profiles']:,} profiles", percentage=percentage)
        self._state.client.work_done_progress.report(self._token, report)

    async def __aexit__(self, *problem: object) -> None:
        if self._token is not None:
            bar = self._state.client.work_done_progress
            bar.end(self._token, types.WorkDoneProgressEnd())
            bar.tokens.pop(self._token, None)


def in_words(answer: dict[str, Any]) -> str:
    """An answer in one line."""
    more = [
        f"{answer[key]:,} {word}"
        for key, word in (("unknown", "unknown"), ("failed", "failed"), ("badLines", "bad lines"))
        if answer[key]
    ]
    counts = f" ({', '.join(more)})" if more else ""
    return f"{answer['qualified']:,} of {answer['profiles']:,} profiles qualify{counts}"
