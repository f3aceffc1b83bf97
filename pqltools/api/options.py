"""What may be set about the HTTP face?  `ApiOptions`: who may call, how much at once, which faults are wanted."""

from __future__ import annotations

from pqltools.api.faults import Fault
from pqltools.records import Record, record


@record
class ApiOptions(Record):
    """`token` is what callers must send as Bearer; without one any is taken, as are keys and organisations.

    `hosts` are the names under which the server may be called, None for any: a page on the Web that has its own name
    point to this machine shall not get through.
    """

    token: str | None = None
    api_keys: tuple[str, ...] = ()
    orgs: tuple[str, ...] = ()
    hosts: frozenset[str] | None = None
    #: Bytes of a body of JSON, and of any other.
    max_body: int = 4 * 2**20
    max_upload: int = 2**30
    #: Requests that are worked on at the same time; the next is refused. Those whose body is still on its way do not
    #: count, except for uploads, which are worked on as they come: there may be so many of them.
    max_requests: int = 200
    max_uploads: int = 8
    #: Connections; the next is refused.
    max_connections: int = 512
    #: Seconds in which the headers of a request have to be there, and again its body; a large one has longer.
    request_timeout: float = 20
    faults: tuple[Fault, ...] = ()
    seed: int | None = None
