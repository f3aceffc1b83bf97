"""What becomes of a request?  Answered, refused, out of date, cancelled or failed, and the server lives on.

A feature says what it answers, and this is around it: it waits until the text's schema is loaded, runs in a thread if
it takes long, and its answer is dropped if the text has changed in the meantime, for the client will ask again.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable, Coroutine
from importlib import import_module
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from pqltools.diagnostics import PQLError
from pqltools.lsp.state import Closed, State
from pqltools.records import Record, record

_LOG = logging.getLogger(__name__)


@record
class Feature(Record):
    """One method: the module in `features` that answers, what is registered with the client, and where it runs.

    A `background` feature runs in the thread for what takes long, a `checking` one in that which checks open texts,
    others at once.
    """

    method: str
    module: str
    options: Any = None
    runs: str = "at once"


def refused(message: str) -> JsonRpcException:
    """The error for a request that cannot be fulfilled, in words for the user. Features raise it."""
    return JsonRpcException(message, types.LSPErrorCodes.RequestFailed)


def handler(feature: Feature, state: State) -> Callable[[Any], Coroutine[Any, Any, Any]]:
    """What the server calls for a method."""

    async def handle(params: Any) -> Any:
        module = import_module(f"pqltools.lsp.features.{feature.module}")
        return await answered(feature.method, module.answer, state, params, feature.runs)

    return handle


async def answered(
    method: str, answer: Callable[[State, Any], Any], state: State, params: Any, runs: str = "at once"
) -> Any:
    """The answer to a request. Raises `JsonRpcException`, and nothing else."""
    uri = _uri(params)
    before = state.documents.get(uri) if uri is not None else None
    try:
        # What has come in already, a cancellation perhaps, goes first.
        await asyncio.sleep(0)
        loop = asyncio.get_running_loop()
        if before is not None and not state.folder(before.path).is_prepared(before.name):
            await loop.run_in_executor(state.checking, state.checker, before)
        if inspect.iscoroutinefunction(answer):
            result = await answer(state, params)
        elif runs == "at once":
            result = answer(state, params)
        else:
            pool = state.background if runs == "background" else state.checking
            result = await loop.run_in_executor(pool, answer, state, params)
    except (JsonRpcException, asyncio.CancelledError):
        raise
    except Closed as problem:
        raise JsonRpcException(str(problem), types.ErrorCodes.InvalidParams) from None
    except PQLError as problem:
        raise refused(problem.diagnostics[0].message) from None
    except Exception as mistake:
        if uri is not None and state.documents.get(uri) is not before:
            raise _out_of_date() from None
        failed(state, method, mistake)
        message = f"{method} failed: {type(mistake).__name__}: {mistake}"
        raise JsonRpcException(message, types.ErrorCodes.InternalError) from None
    if uri is not None and state.documents.get(uri) is not before:
        raise _out_of_date()
    return result


def failed(state: State, what: str, mistake: BaseException) -> None:
    """Note a mistake of ours in the log, and tell the client's log of it."""
    _LOG.error("%s failed", what, exc_info=mistake)
    message = (
        f"{what} failed: {type(mistake).__name__}: {mistake}; this is a mistake in pqltools, please report it, "
        "with the file if you can share it"
    )
    state.client.window_log_message(types.LogMessageParams(types.MessageType.Error, message))


def has_ended(mistake: BaseException) -> bool:
    """Whether work was given to the threads after they have ended, with the session. Recursion without end is another
    `RuntimeError`, and so is a table that changes while it is looked through.
    """
    return type(mistake) is RuntimeError and "after shutdown" in str(mistake)


def _out_of_date() -> JsonRpcException:
    return JsonRpcException("the text has changed in the meantime", types.LSPErrorCodes.ContentModified)


def _uri(params: Any) -> str | None:
    document = getattr(params, "text_document", None)
    return document.uri if document is not None else None
