"""How does the server run?  Until SIGINT or SIGTERM; then requests at hand are answered, and the data closed."""

from __future__ import annotations

import gc
import signal
import socket
import sys

import uvicorn

from pqltools.api.app import build, prepare_threads
from pqltools.api.connections import patient
from pqltools.api.observing import log_to_stderr
from pqltools.api.options import ApiOptions
from pqltools.segmentation.clock import Clock
from pqltools.segmentation.options import Options
from pqltools.segmentation.service import Service

#: Names under which the own machine is called.
LOOPBACK = frozenset(("127.0.0.1", "localhost", "[::1]", "::1"))
#: Seconds that requests at hand have when the server is to stop.
_GRACE = 10


def serve(
    data: str, host: str, port: int, clock: Clock | None, options: Options, api: ApiOptions, log_level: str
) -> int:
    """Serve until a signal; returns the exit code.

    Raises `DirectoryProblem` for data that cannot be used, `PQLError` for a schema, OSError for an address.
    """
    prepare_threads()
    log_to_stderr(log_level)
    listening = _listen(host, port)
    with listening, Service(data, clock, options) as service:
        config = uvicorn.Config(
            build(service, api),
            http=patient(api),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=_GRACE,
            lifespan="off",
        )
        # uvicorn stops at these signals, and then raises them again for whom they had before: here nobody, or the data
        # would not be closed.
        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, _heard)
        shown = f"[{host}]" if ":" in host else host
        url = f"http://{shown}:{listening.getsockname()[1]}"
        service.directory.announce(url)
        # On standard output, for programs that start a server and want to know where it is.
        print(f"pql serve: {url}", flush=True)
        print(f"pql serve: the data are in {data}; stop with Ctrl-C", file=sys.stderr, flush=True)
        # To look for circles of what nobody uses any more stops all answers: for 100 ms with all that was imported.
        gc.collect()
        gc.freeze()
        gc.set_threshold(10_000, 20, 50)
        uvicorn.Server(config).run([listening])
    return 0


def _heard(*_: object) -> None:
    """There is nothing left to do."""


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
        found.listen(1024)
    except BaseException:
        found.close()
        raise
    return found
