"""What happens on the server?  Prometheus metrics, and a log of JSON lines that holds no data of any profile."""

from __future__ import annotations

import json
import logging
import sys
import time
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from pqltools import __version__

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_LOG = logging.getLogger("pqltools.api")


class Observer:
    """Counts the requests of one app, and logs them: by the pattern of their address, which holds no ids."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter("pql_requests", "Requests answered", labels, registry=self.registry)
        self._seconds = Histogram(
            "pql_request_seconds", "Time until the answer was sent", ("method", "route"), registry=self.registry
        )
        self.active = Gauge("pql_requests_active", "Requests that are worked on", registry=self.registry)
        Gauge("pql_info", "The version", ("version",), registry=self.registry).labels(__version__).set(1)

    def answered(self, method: str, route: str, status: int, seconds: float, request_id: str) -> None:
        """Note an answer."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)
        data = {
            "requestId": request_id,
            "method": method,
            "route": route,
            "status": status,
            "milliseconds": round(seconds * 1000, 1),
        }
        _LOG.info("request", extra={"data": data})

    def page(self) -> bytes:
        """The metrics as Prometheus reads them."""
        return generate_latest(self.registry)


class JsonLines(logging.Formatter):
    """A record of the log as a line of JSON; what belongs to the event is given as ``extra={"data": …}``."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        instant = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line: dict[str, Any] = {
            "time": f"{instant}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **getattr(record, "data", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def log_to_stderr(level: str) -> None:
    """Have everything of this process logged as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # The requests are logged once, by us.
    logging.getLogger("uvicorn.access").disabled = True
    logging.getLogger("alembic").setLevel(logging.WARNING)
