"""What do jobs do, for Prometheus?  How many there are by status, how many wait, how long they take, what they read.

By kind, ``segment`` and ``export``, and of all sandboxes together: an operator sees the load, and nobody's names. How
many there are is counted when it is asked for, so that it is right after a restart; times are those of the machine, as
the clock of the service may stand still.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy import Connection

from pqltools.segmentation.job_documents import FINAL, STATUSES
from pqltools.segmentation.job_tables import JobTable
from pqltools.segmentation.scope import Scope
from pqltools.segmentation.service import Service

_WAITING = ("NEW", "QUEUED")
_BUCKETS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600)


class JobMetrics:
    """The metrics of the jobs of a service, in a registry."""

    def __init__(self, service: Service, registry: CollectorRegistry) -> None:
        self._tables: dict[str, JobTable] = {"segment": service.jobs.table, "export": service.exports.table}
        self._begun: dict[tuple[str, Scope, str], float] = {}
        self._seconds = Histogram(
            "pql_job_seconds",
            "Time that jobs worked, by how they ended",
            ("kind", "status"),
            buckets=_BUCKETS,
            registry=registry,
        )
        self._evaluated = Counter("pql_profiles_evaluated", "Profiles that segment jobs have read", registry=registry)
        self._exported = Counter("pql_profiles_exported", "Profiles that export jobs have written", registry=registry)
        registry.register(self)
        for kind, table in self._tables.items():
            table.within.append(partial(self._changed, kind))

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The numbers of the moment, which the registry asks for."""
        jobs = GaugeMetricFamily("pql_jobs", "Jobs that there are", labels=("kind", "status"))
        waiting = GaugeMetricFamily("pql_jobs_waiting", "Jobs that wait for their turn", labels=("kind",))
        for kind, table in self._tables.items():
            counts = table.counts()
            for status in STATUSES:
                jobs.add_metric((kind, status), counts.get(status, 0))
            waiting.add_metric((kind,), sum(counts.get(status, 0) for status in _WAITING))
        return iter((jobs, waiting))

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """What there will be: the registry shall not count jobs to find out."""
        return iter(())

    def _changed(self, kind: str, _: Connection, scope: Scope, job: dict[str, Any]) -> None:
        key = kind, scope, str(job["id"])
        if job["status"] == "PROCESSING":
            self._begun.setdefault(key, time.perf_counter())
        elif job["status"] in FINAL:
            begun = self._begun.pop(key, None)
            if begun is None:  # it never worked, or it has been counted: its end may be stored again and again
                return
            self._seconds.labels(kind, job["status"]).observe(time.perf_counter() - begun)
            if job["status"] == "SUCCEEDED":
                metrics = job["metrics"]
                self._evaluated.inc(metrics.get("totalProfiles", 0))
                self._exported.inc(metrics.get("totalExportedProfileCounter", 0))
