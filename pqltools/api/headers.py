"""Who calls, and for whom?  The headers that the gateway wants, its own error bodies, and the `Scope` of a request."""

from __future__ import annotations

import hmac
import re
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.security import HTTPBearer
from starlette.datastructures import Headers

from pqltools.api.options import ApiOptions
from pqltools.segmentation.scope import Scope
from pqltools.segmentation.service import Service

ORG, SANDBOX, KEY = "x-gw-ims-org-id", "x-sandbox-name", "x-api-key"
_SANDBOX = re.compile(r"[a-z0-9][a-z0-9-]{0,255}")
_ORG = re.compile(r"[!-~]{1,255}")
#: Status, body.
Refusal = tuple[int, dict[str, str]]


def refusal(headers: Headers, options: ApiOptions) -> Refusal | None:
    """Why the gateway lets a request to the API not pass, None if it does."""
    if (token := refused_token(headers, options)) is not None:
        return token
    key = headers.get(KEY, "").strip()
    if not key:
        return _flat(403, "403000", "Api Key is required")
    if options.api_keys and not any(_same(key, known) for known in options.api_keys):
        return _flat(403, "403003", "Api Key is invalid")
    org = headers.get(ORG, "").strip()
    if not org:
        return _flat(400, "400003", "Missing header")
    if not _ORG.fullmatch(org) or (options.orgs and org not in options.orgs):
        return _flat(403, "403025", "Profile is not valid")
    sandbox = headers.get(SANDBOX, "").strip()
    if not sandbox:
        return _flat(400, "400003", f"Missing header {SANDBOX}")
    if not _SANDBOX.fullmatch(sandbox):
        return _flat(400, "400003", f"{SANDBOX} is not valid: lower case letters, digits and hyphens")
    return None


def refused_token(headers: Headers, options: ApiOptions) -> Refusal | None:
    """Why the token does not do, None if it does."""
    authorization = headers.get("authorization", "").strip()
    if not authorization:
        return _flat(403, "403010", "Oauth token is missing.")
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or (options.token is not None and not _same(token, options.token)):
        return _flat(401, "401013", "Oauth token is not valid")
    return None


#: For a body of which nobody says what it is.
NO_CONTENT_TYPE = {
    "type": "/placeholder/type/uri",
    "status": 400,
    "title": "BadRequestError",
    "detail": "A valid content-type must be specified",
}


def _same(one: str, other: str) -> bool:
    """Whether two secrets are the same; the time it takes does not tell where they differ."""
    return hmac.compare_digest(one.encode("utf-8", "surrogateescape"), other.encode("utf-8", "surrogateescape"))


def _flat(status: int, code: str, message: str) -> Refusal:
    return status, {"error_code": code, "message": message}


# Both are coroutines: a plain function would be run by another thread, which costs more than all that it does.
async def _scope(
    org: Annotated[str, Header(alias=ORG, description="The organisation, such as `ACME@AdobeOrg`")],
    sandbox: Annotated[str, Header(alias=SANDBOX, description="The sandbox, such as `prod`")],
    key: Annotated[str, Header(alias=KEY, description="The key of the client")],
) -> Scope:
    # The gateway has refused requests without them; here they are declared for the documentation.
    return Scope(org.strip(), sandbox.strip())


async def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


#: Parameters of every operation of a resource.
ScopeOf = Annotated[Scope, Depends(_scope)]
ServiceOf = Annotated[Service, Depends(_service)]
#: For the documentation: the gateway has looked at the token.
BEARER = HTTPBearer(auto_error=False, description="Any token, or that of `pql serve --token`")
