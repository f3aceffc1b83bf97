"""Who would be in a segment?  `Previews`: an expression over a sample of the profiles, evaluated beside the API.

Segments that the expression refers to are evaluated with it, under the same merge policy. An instant that is relative
to now is relative to when the preview was asked for. A preview that a stop of the server interrupts begins anew.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import select

from pqltools.segmentation.clock import Clock
from pqltools.segmentation.definitions import Definitions
from pqltools.segmentation.engines.engine import Engine, EngineFailure, Found, Needs, Origin, Subject, Task
from pqltools.segmentation.estimates import sample_size
from pqltools.segmentation.merge_policies import MergePolicies
from pqltools.segmentation.metadata.documents import Documents, read_document
from pqltools.segmentation.metadata.store import Metadata
from pqltools.segmentation.metadata.tables import PREVIEWS
from pqltools.segmentation.options import Options
from pqltools.segmentation.pages import Page
from pqltools.segmentation.preview_documents import FAILED, READY, begun, new_preview, shown_estimate, shown_results
from pqltools.segmentation.problems import Problem, not_found
from pqltools.segmentation.profiles.model import MergedBlock, policy_of
from pqltools.segmentation.profiles.store import ProfileStore
from pqltools.segmentation.running import step_back
from pqltools.segmentation.scope import Scope
from pqltools.segmentation.stopping import Stop, Stopped

_LOG = logging.getLogger("pqltools.segmentation")
#: Previews of a sandbox that are kept, the youngest; and profiles that one lists.
KEPT, LISTED = 100, 1_000
#: How often an estimate is not found, where that is asked for.
EARLY = 2
#: The id of the expression among those of definitions, which are UUIDs.
_SUBJECT = "preview"
_WORKERS = 2
_AT_ONCE = 50_000
Key = tuple[Scope, str]


class Previews:
    """The previews of all sandboxes. Any number of threads may use it; `start` it once, `close` it at the end."""

    def __init__(
        self,
        metadata: Metadata,
        clock: Clock,
        options: Options,
        definitions: Definitions,
        policies: MergePolicies,
        store: ProfileStore,
        engine: Engine,
    ) -> None:
        self._metadata = metadata
        self._clock = clock
        self._options = options
        self._definitions = definitions
        self._policies = policies
        self._store = store
        self._engine = engine
        self._documents = Documents(PREVIEWS)
        self._lock = threading.Lock()
        self._stops: dict[Key, Stop] = {}
        self._so_far: dict[Key, dict[str, int]] = {}
        self._polls: dict[Key, int] = {}
        self._closing = False
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="preview", initializer=step_back)

    def start(self) -> None:
        """Begin those anew that were interrupted."""
        columns = PREVIEWS.c
        query = select(columns.org, columns.sandbox, columns.document).where(columns.running)
        with self._metadata.read() as connection:
            rows = [
                (Scope(row.org, row.sandbox), read_document(row.document))
                for row in connection.execute(query.order_by(columns.serial))
            ]
        for scope, document in rows:
            self._submit(scope, document)

    def close(self) -> None:
        """Work on none any more."""
        with self._lock:
            self._closing = True
            stops = [*self._stops.values()]
        for stop in stops:
            stop.request()
        self._pool.shutdown(cancel_futures=True)

    def create(self, scope: Scope, expression: Mapping[str, Any], policy: str | None = None) -> dict[str, Any]:
        """Begin a preview. Raises `Problem` (400) if the expression is wrong, with paths below ``$.expression``."""
        self._policies.prepare(scope)
        self._definitions.check(scope, {"name": "preview", "expression": expression})
        columns = PREVIEWS.c
        with self._metadata.write() as connection:
            resolved = self._policies.resolve(connection, scope, policy)
            document = new_preview(expression, resolved, self._clock.now())
            self._documents.add(connection, scope, document["id"], document, created=document["created"], running=True)
            within = self._documents.within(scope)
            kept = select(columns.serial).where(within).order_by(columns.serial.desc()).limit(KEPT)
            old = select(columns.id).where(within, columns.serial.not_in(kept))
            dropped = [*connection.execute(old).scalars()]
            for id in dropped:
                self._documents.remove(connection, scope, id)
        for id in dropped:
            self._forget((scope, id))
        self._submit(scope, document)
        return begun(document)

    def results(self, scope: Scope, id: str, page: Page) -> dict[str, Any]:
        """A page of the profiles that qualify."""
        return shown_results(self._get(scope, id), page)

    def estimate(self, scope: Scope, id: str, *, early: bool = False) -> dict[str, Any]:
        """How many qualify. With `early` it is not found at first, as on the platform."""
        document, key = self._get(scope, id), (scope, id)
        if early:
            with self._lock:
                polls = self._polls[key] = self._polls.get(key, 0) + 1
            if polls <= EARLY:
                raise not_found("estimate", id)
        return shown_estimate(document, self._so_far.get(key, {}))

    def delete(self, scope: Scope, id: str) -> None:
        """Delete a preview, and stop it."""
        with self._metadata.write() as connection:
            if not self._documents.remove(connection, scope, id):
                raise not_found("preview", id)
        self._forget((scope, id))

    def _get(self, scope: Scope, id: str) -> dict[str, Any]:
        with self._metadata.read() as connection:
            found = self._documents.get(connection, scope, id)
        if found is None:
            raise not_found("preview", id)
        return found

    def _submit(self, scope: Scope, document: dict[str, Any]) -> None:
        stop = Stop()
        with self._lock:
            if self._closing:
                return
            self._stops[scope, document["id"]] = stop
            self._pool.submit(self._run, scope, document, stop)

    def _forget(self, key: Key) -> None:
        with self._lock:
            stop = self._stops.pop(key, None)
            self._so_far.pop(key, None)
            self._polls.pop(key, None)
        if stop is not None:
            stop.request()

    # The work.

    def _run(self, scope: Scope, document: dict[str, Any], stop: Stop) -> None:
        """Evaluate a preview until its end, whatever that is."""
        key = scope, document["id"]
        try:
            stop.check()
            result = self._evaluated(scope, document, stop)
        except Stopped:
            return
        except EngineFailure as failure:
            result = _failed(f"the evaluation failed: {failure}")
        except Problem as problem:
            result = _failed(problem.title)
        except Exception as mistake:  # its message may hold data of profiles
            _LOG.error("mistake", extra={"data": {"preview": document["id"], "kind": type(mistake).__name__}})
            result = _failed("a mistake in pqltools stopped the preview; please report it")
        try:
            with self._metadata.write() as connection:
                whole = {**document, **result}
                self._documents.replace(connection, scope, document["id"], whole, running=False)
        except Problem as problem:
            # It stays RUNNING, and begins anew with the server.
            _LOG.warning("preview", extra={"data": {"preview": document["id"], "problem": problem.title}})
        finally:
            with self._lock:
                self._stops.pop(key, None)
                self._so_far.pop(key, None)

    def _evaluated(self, scope: Scope, document: dict[str, Any], stop: Stop) -> dict[str, Any]:
        policy = policy_of(self._policies.get(scope, document["policy"]))
        total = sum(self._store.counts(scope).values())
        size = sample_size(total, self._options.limits.sample)
        expression, key = document["expression"], (scope, document["id"])
        own = Subject(_SUBJECT, expression["format"], expression["value"])
        others = self._definitions.behind(scope, expression)
        subjects = [Subject(id, each["format"], each["value"]) for id, each in others.items()]
        whole = size == total

        def progress(read: int, matched: int) -> None:
            with self._lock:
                if key in self._stops:
                    self._so_far[key] = {"total": max(total, size), "rows": size, "read": read, "matched": matched}

        progress(0, 0)
        with self._store.snapshot(scope, policy) as snapshot:
            task = Task(
                (own, *subjects),
                document["created"],
                self._options.schema,
                self._options.tenant,
                origin=Origin(scope, policy, snapshot.version, stays=False) if whole else None,
                asker={"preview": document["id"]},
            )

            def blocks(needs: Needs) -> Iterator[MergedBlock]:
                sample = None if whole else size
                return snapshot.merged(with_events=needs.events, with_memberships=needs.memberships, sample=sample)

            found = self._engine.run(task, blocks, stop, progress)
        if _SUBJECT in found.problems:
            return _failed(found.problems[_SUBJECT])
        return self._counted(scope, found, size, total)

    def _counted(self, scope: Scope, found: Found, size: int, total: int) -> dict[str, Any]:
        pids = found.qualifies[_SUBJECT]
        namespaces: dict[str, int] = {}
        listed: list[tuple[str, str]] = []
        for start in range(0, len(pids), _AT_ONCE):
            some = self._store.identities(scope, pids[start : start + _AT_ONCE])
            for namespace, _ in some.values():
                namespaces[namespace] = namespaces.get(namespace, 0) + 1
            listed += [some[pid] for pid in sorted(some)[: LISTED - len(listed)]]
        unknown = len(found.unknown.get(_SUBJECT, ()))
        who = "1 profile" if unknown == 1 else f"{unknown:,} profiles"
        reason = f"{who} could not be evaluated: {found.reasons[_SUBJECT]}" if unknown else ""
        return {
            "state": READY,
            "error": reason,
            "total": max(total, size),
            "rows": size,
            "read": found.profiles,
            "matched": len(pids),
            "namespaces": dict(sorted(namespaces.items())),
            "results": listed,
        }


def _failed(reason: str) -> dict[str, Any]:
    return {"state": FAILED, "error": reason}
