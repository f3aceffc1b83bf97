"""What is different from pygls?  It keeps no texts, answers requests that it cannot read, and leaves users in peace."""

from __future__ import annotations

import logging
from typing import Any

from lsprotocol import types
from pygls.exceptions import FeatureNotificationError, JsonRpcException, JsonRpcInternalError, JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.language_server import lsp_method


class Protocol(LanguageServerProtocol):
    """The protocol without the texts that pygls would keep beside ours."""

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> Any:
        """See `Syncing`."""
        self.fm.features[types.TEXT_DOCUMENT_DID_OPEN](params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> Any:
        """See `Syncing`."""
        self.fm.features[types.TEXT_DOCUMENT_DID_CHANGE](params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> Any:
        """See `Syncing`."""
        self.fm.features[types.TEXT_DOCUMENT_DID_CLOSE](params)

    def structure_message(self, data: dict[str, Any]) -> Any:
        """A message as an object. A request that is none is answered, so that nobody waits for ever."""
        try:
            return super().structure_message(data)
        except JsonRpcException:
            number, method = data.get("id"), data.get("method")
            if not isinstance(number, int | str) or not isinstance(method, str):
                raise
            problem = JsonRpcInvalidParams(f"{method}: the parameters cannot be read")
            self._send_response(number, error=problem.to_response_error())
            raise problem from None


class Server(LanguageServer):
    """The server as `pql lsp` starts it."""

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Tell the client's log of what belongs to no request; pygls would put it before the user's eyes."""
        if not issubclass(source, JsonRpcException):
            return
        if source is FeatureNotificationError or isinstance(error, JsonRpcInternalError):
            message = f"a notification failed: {error}; this is a mistake in pqltools, please report it"
            self.window_log_message(types.LogMessageParams(types.MessageType.Error, message))
        elif source is JsonRpcException:
            message = f"a message of the client cannot be read: {error}"
            self.window_log_message(types.LogMessageParams(types.MessageType.Warning, message))


class Refusals(logging.Filter):
    """Takes the traceback from the records of answers that are errors on purpose."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let all records through."""
        problem = record.exc_info[1] if record.exc_info else None
        if isinstance(problem, JsonRpcException) and problem.code != types.ErrorCodes.InternalError:
            record.levelno, record.levelname = logging.INFO, "INFO"
            record.msg, record.exc_info, record.exc_text = f"{record.msg}: {problem.message}", None, None
        return True
