"""What becomes of requests that fail, come too late or are refused?  An error each, and the log says of mistakes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from pqltools.diagnostics import error
from pqltools.lsp.documents import Document
from pqltools.lsp.requests import answered, refused
from pqltools.lsp.state import State

URI = "file:///nowhere/a.pql"
PARAMS = types.HoverParams(types.TextDocumentIdentifier(URI), types.Position(0, 0))


class _Client:
    def __init__(self) -> None:
        self.said: list[str] = []

    def window_log_message(self, params: types.LogMessageParams) -> None:
        self.said.append(params.message)


def _state() -> tuple[State, _Client]:
    client = _Client()
    state = State(client)  # type: ignore[arg-type]
    state.documents.put(Document(URI, "pql", 1, "a = 1", "utf-16"))
    return state, client


def _ask(answer: Any, runs: str = "at once") -> tuple[JsonRpcException, list[str]]:
    state, client = _state()
    with pytest.raises(JsonRpcException) as problem:
        asyncio.run(answered("textDocument/hover", answer, state, PARAMS, runs))
    state.close()
    return problem.value, client.said


@pytest.mark.parametrize("runs", ["at once", "checking", "background"])
def test_a_mistake_is_logged_and_answered(runs: str) -> None:
    def answer(state: State, params: Any) -> None:
        raise KeyError("x")

    problem, said = _ask(answer, runs)
    assert problem.code == types.ErrorCodes.InternalError
    assert "textDocument/hover failed: KeyError: 'x'" in said[0]


def test_endless_recursion_is_a_mistake_as_well() -> None:
    def answer(state: State, params: Any) -> None:
        answer(state, params)

    problem, _ = _ask(answer)
    assert problem.code == types.ErrorCodes.InternalError


def test_what_cannot_be_done_is_no_mistake() -> None:
    def refuses(state: State, params: Any) -> None:
        raise refused("there is no way")

    def fails(state: State, params: Any) -> None:
        raise error("PQL037", "a comment would be lost")

    for answer, message in ((refuses, "there is no way"), (fails, "a comment would be lost")):
        problem, said = _ask(answer)
        assert (problem.code, problem.message, said) == (types.LSPErrorCodes.RequestFailed, message, [])


def test_an_answer_about_an_older_text_is_dropped() -> None:
    def answer(state: State, params: Any) -> str:
        state.documents.put(Document(URI, "pql", 2, "b = 1", "utf-16"))
        return "old"

    problem, said = _ask(answer)
    assert (problem.code, said) == (types.LSPErrorCodes.ContentModified, [])


def test_a_cancelled_request_is_not_begun() -> None:
    begun: list[Any] = []

    async def session() -> None:
        state, _ = _state()
        request = asyncio.ensure_future(answered("textDocument/hover", lambda *_: begun.append(1), state, PARAMS))
        await asyncio.sleep(0)
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request
        state.close()

    asyncio.run(session())
    assert not begun
