"""What does a client see if something is wrong?  Every `Problem`, wrong body and mistake of ours as a body."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from pqltools.api.answers import encoded
from pqltools.api.faults_of_bodies import details_of
from pqltools.diagnostics import PQLError
from pqltools.segmentation.problems import Problem, wrong

_LOG = logging.getLogger("pqltools.api")


class ErrorEntry(BaseModel):
    """One error, under its status."""

    code: str
    message: str


class Errors(BaseModel):
    """The errors of the service. `diagnostics` say where in the request they are, and what would be right."""

    model_config = ConfigDict(title="Errors")
    requestId: str
    errors: dict[str, list[ErrorEntry]] = Field(description="The errors by their status")
    type: str = Field(examples=["https://ns.adobe.com/aep/errors/UPAPI-113430-404"])
    title: str
    status: int
    diagnostics: list[dict[str, Any]] | None = None


class GatewayError(BaseModel):
    """The errors of the gateway: a header is missing or wrong."""

    error_code: str = Field(examples=["403010"])
    message: str


class BadRequestError(BaseModel):
    """The error for a body without a content type."""

    type: str
    status: int
    title: str
    detail: str


def error_body(problem: Problem, request_id: str) -> dict[str, Any]:
    """The body of the answer."""
    found: dict[str, Any] = {
        "requestId": request_id,
        "errors": {str(problem.status): [{"code": problem.code, "message": problem.title}]},
        "type": f"https://ns.adobe.com/aep/errors/{problem.code}",
        "title": problem.title,
        "status": problem.status,
    }
    if problem.details:
        found["diagnostics"] = problem.details
    return found


def error_answer(problem: Problem, request_id: str) -> Response:
    """The answer."""
    headers = {} if problem.retry_after is None else {"retry-after": str(problem.retry_after)}
    return Response(encoded(error_body(problem, request_id)), problem.status, headers, "application/json")


#: What any operation of a resource may answer, for the documentation.
EVERYWHERE: dict[int | str, dict[str, Any]] = {
    400: {"model": Errors | GatewayError | BadRequestError, "description": "The request is wrong"},
    401: {"model": GatewayError, "description": "The token is wrong"},
    403: {"model": GatewayError | Errors, "description": "A header is missing, or the caller may not"},
    413: {"model": Errors, "description": "The body is too large"},
    415: {"model": Errors, "description": "The body is encoded in a way that is not read"},
    429: {"model": Errors, "description": "Too many requests; `Retry-After` says when to try again"},
    503: {"model": Errors, "description": "Not now; `Retry-After` says when to try again"},
    507: {"model": Errors, "description": "The disk is full; nothing was changed"},
}
NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"model": Errors, "description": "There is none with this id"}}
EXISTS: dict[int | str, dict[str, Any]] = {422: {"model": Errors, "description": "There is one of this name"}}


def install(app: FastAPI) -> None:
    """Have the app answer what goes wrong."""

    @app.exception_handler(Problem)
    def _problem(request: Request, problem: Problem) -> Response:
        return error_answer(problem, request.state.request_id)

    @app.exception_handler(RequestValidationError)
    def _validation(request: Request, fault: RequestValidationError) -> Response:
        return error_answer(wrong(details_of(fault.errors())), request.state.request_id)

    @app.exception_handler(PQLError)
    def _pql(request: Request, fault: PQLError) -> Response:
        return error_answer(wrong([{"message": each.message} for each in fault.diagnostics]), request.state.request_id)

    @app.exception_handler(HTTPException)
    def _http(request: Request, fault: HTTPException) -> Response:
        titles = {404: "There is no such resource.", 405: "The resource does not know this method."}
        title = titles.get(fault.status_code, str(fault.detail))
        found = error_answer(
            Problem(fault.status_code, f"UPAPI-900000-{fault.status_code}", title), request.state.request_id
        )
        found.headers.update(fault.headers or {})
        if fault.status_code == 405:
            found.headers["allow"] = ", ".join(sorted(_methods(request)))
        return found


def _methods(request: Request) -> set[str]:
    """What the resource at an address knows: the router names those of the first of its routes only."""
    found: set[str] = set()
    for address, methods in request.app.state.addresses:
        if address.match(request.scope["path"]):
            found |= methods
    return found | {"HEAD"} if "GET" in found else found


def mistake_answer(mistake: Exception, request_id: str) -> Response:
    """The answer to a mistake of ours, which is logged: neither the client nor the log sees any data.

    The gateway asks for it. A handler of the app would answer outside of it, and have the exception raised again, for
    the server to log with its message.
    """
    _LOG.error(
        "mistake",
        extra={"data": {"requestId": request_id, "kind": type(mistake).__name__, "where": _where(mistake)}},
        exc_info=None,
    )
    title = "A mistake in pqltools stopped the request. Please report it."
    return error_answer(Problem(500, "UPAPI-900500-500", title), request_id)


def _where(mistake: Exception) -> list[str]:
    """The functions in which it happened, the innermost last: messages of exceptions may hold data."""
    found = []
    trace = mistake.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        found.append(f"{trace.tb_frame.f_globals.get('__name__', '?')}.{code.co_qualname}:{trace.tb_lineno}")
        trace = trace.tb_next
    return found[-8:]
