"""How do profiles get out?  `ExportJobs`: made, queued, written as Parquet, visible as a whole or not at all.

An export replaces what the exports before it left in its dataset, so that the dataset holds exactly what qualified; one
that is limited to what was ingested since an instant adds to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, and_, cast, func, or_, select

from pqltools.segmentation.clock import Clock
from pqltools.segmentation.datasets import Datasets, is_union
from pqltools.segmentation.definitions import Definitions
from pqltools.segmentation.engines.child import Child
from pqltools.segmentation.engines.engine import EngineFailure
from pqltools.segmentation.engines.exporting import Writing, Written, export
from pqltools.segmentation.export_files import ExportFiles
from pqltools.segmentation.export_requests import Plan, destination_of, new_export, plans, segments_of
from pqltools.segmentation.job_documents import DELETED, triple, updated
from pqltools.segmentation.job_life import JobLife, Kind
from pqltools.segmentation.job_tables import JobTable, log_job
from pqltools.segmentation.jobs import SegmentJobs
from pqltools.segmentation.merge_policies import MergePolicies
from pqltools.segmentation.metadata.documents import Documents
from pqltools.segmentation.metadata.store import Metadata
from pqltools.segmentation.metadata.tables import EXPORT_BATCHES, EXPORT_JOBS
from pqltools.segmentation.options import Options
from pqltools.segmentation.problems import Problem, invalid, not_found, wrong
from pqltools.segmentation.profiles.model import Policy, policy_of
from pqltools.segmentation.profiles.store import ProfileStore
from pqltools.segmentation.running import Runner
from pqltools.segmentation.scope import Scope
from pqltools.segmentation.stopping import Stop

_KIND = Kind("export job", "the export failed", "the dataset is as before", queues=False)
_COLUMNS = EXPORT_JOBS.c
_NUMBER = cast(_COLUMNS.id, Integer)


class ExportJobs:
    """The export jobs of all sandboxes. Any number of threads may use it; `start` it once."""

    def __init__(
        self,
        metadata: Metadata,
        clock: Clock,
        options: Options,
        policies: MergePolicies,
        definitions: Definitions,
        datasets: Datasets,
        store: ProfileStore,
        jobs: SegmentJobs,
        files: ExportFiles,
        runner: Runner,
    ) -> None:
        self._metadata = metadata
        self._clock = clock
        self._options = options
        self._policies = policies
        self._definitions = definitions
        self._datasets = datasets
        self._store = store
        self._jobs = jobs
        self._files = files
        self._batches = Documents(EXPORT_BATCHES)
        self.table = JobTable(metadata, clock, options, EXPORT_JOBS, _KIND.what)
        self._life = JobLife(metadata, clock, runner, self.table, _KIND, self)

    # For the API.

    def rows(
        self,
        scope: Scope,
        *,
        limit: int,
        after: tuple[int, int] | None = None,
        skip: int = 0,
        statuses: Sequence[str] = (),
    ) -> tuple[list[dict[str, Any]], bool]:
        """Jobs, the newest first, and whether there are more: those `after` one of this time and id."""
        where: list[ColumnElement[bool]] = []
        if after is not None:
            created, id = after
            where.append(or_(_COLUMNS.created < created, and_(_COLUMNS.created == created, id > _NUMBER)))
        if statuses:
            where.append(_COLUMNS.status.in_(statuses))
        order = [_COLUMNS.created.desc(), _NUMBER.desc()]
        documents = Documents(EXPORT_JOBS)
        with self._metadata.read() as connection:
            found = documents.find(connection, scope, *where, order=order, offset=skip, limit=limit + 1)
        return found[:limit], len(found) > limit

    def get(self, scope: Scope, id: int) -> dict[str, Any]:
        """One job; `Problem` (404) if there is none."""
        return self.table.get(scope, str(id))

    def create(self, scope: Scope, body: Mapping[str, Any], **members: Any) -> dict[str, Any]:
        """Make a job for a request, and have it run. Raises `Problem` (400) for what cannot be exported."""
        self._policies.prepare(scope)
        with self._metadata.write() as connection:
            job = self.create_in(connection, scope, body, **members)
        log_job(_KIND.what, job)
        self.begin(scope, job["id"])
        return job

    def create_in(
        self, connection: Connection, scope: Scope, body: Mapping[str, Any], **members: Any
    ) -> dict[str, Any]:
        """`create` within a transaction, after which the caller has it run with `begin`; so does the next `start`.

        `prepare` has to be called before the transaction.
        """
        destination, policy = self.checked(scope, body)
        query = select(func.max(_NUMBER)).where(Documents(EXPORT_JOBS).within(scope))
        id = (connection.execute(query).scalar() or 0) + 1
        job = {**new_export(scope, id, body, destination, policy, self._clock.now()), **members}
        self.table.add(connection, scope, job)
        return job

    def prepare(self, scope: Scope) -> None:
        """See to it that the sandbox has a merge policy."""
        self._policies.prepare(scope)

    def checked(self, scope: Scope, body: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """The destination and the merge policy of a request. Raises `Problem` (400) for what cannot be exported."""
        destination = destination_of(body)
        plans(body, destination)
        dataset = destination["datasetId"]
        try:
            found = self._datasets.get(scope, dataset)
        except Problem:
            help = "POST /data/foundation/catalog/dataSets makes one"
            raise invalid(f"there is no dataset {dataset}", path="$.destination.datasetId", help=help) from None
        if not is_union(found):
            help = "its schema has to be https://ns.adobe.com/xdm/context/profile__union"
            raise invalid("the dataset is not of the union schema", path="$.destination.datasetId", help=help)
        return destination, self._policy(scope, body)

    def cancel(self, scope: Scope, id: int) -> None:
        """Have a job end as CANCELLED; nothing happens to one that has ended, or whose batches become visible."""
        self._life.cancel(scope, str(id))

    def batch(self, scope: Scope, id: str) -> dict[str, Any]:
        """A batch with its `files`, none of which are left of one that has been replaced; `Problem` (404)."""
        with self._metadata.read() as connection:
            found = self._batches.get(connection, scope, id)
        if found is None:
            raise not_found("batch", id)
        return found

    def batches(self, scope: Scope, dataset: str | None = None) -> list[dict[str, Any]]:
        """The batches of a dataset, or of all, in the order in which they became visible."""
        where = [] if dataset is None else [EXPORT_BATCHES.c.dataset == dataset]
        with self._metadata.read() as connection:
            return self._batches.find(connection, scope, *where)

    # The life of the service.

    def start(self) -> None:
        """Remove what a crash has left behind, and go on with what had not begun."""
        with self._metadata.read() as connection:
            query = select(EXPORT_BATCHES.c.id).where(EXPORT_BATCHES.c.status == "success")
            known = {*connection.execute(query).scalars()}
        self._files.clean(known)
        self._life.start()

    def _policy(self, scope: Scope, body: Mapping[str, Any]) -> dict[str, Any]:
        """The merge policy that is named, or that of the segments. Raises `Problem` (400)."""
        segments = segments_of(body)
        found = self._definitions.several(scope, [each["segmentId"] for each in segments or ()])
        missing = [place for place, each in enumerate(segments or ()) if each["segmentId"] not in found]
        if segments is not None and missing:
            help = "GET /segment/definitions lists those of the sandbox"
            raise wrong(
                [
                    {
                        "message": f"there is no segment definition {segments[place]['segmentId']}",
                        "path": f"$.filter.segments[{place}].segmentId",
                        "help": help,
                    }
                    for place in missing[:20]
                ]
            )
        given = body.get("mergePolicy") or {}
        ids = {each["mergePolicyId"] for each in found.values()}
        if given.get("id") is None and len(ids) > 1:
            help = "say with `mergePolicy` how the exported profiles are merged"
            raise invalid("the segments have different merge policies", path="$.mergePolicy", help=help)
        self._policies.prepare(scope)
        with self._metadata.read() as connection:
            wanted = given.get("id") or next(iter(ids), None)
            id = self._policies.resolve(connection, scope, wanted, path="$.mergePolicy.id")
        policy = self._policies.get(scope, id)
        if given.get("version") not in (None, policy["version"]):
            help = f"it has the version {policy['version']}; without one the latest is taken"
            raise invalid("the merge policy has another version", path="$.mergePolicy.version", help=help)
        return policy

    def begin(self, scope: Scope, id: int) -> None:
        """Have a job run that is written down."""
        self._life.begin(scope, str(id))

    # The work: see `Work`.

    def begun(self, job: dict[str, Any], now: int) -> dict[str, Any]:
        """The job when it begins."""
        metrics = {**job["metrics"], "profileExportTime": {"startTimeInMs": now}}
        gateway = {"exportJob": f"export-{job['id']}", "pushJob": f"push-{job['id']}"}
        return {**job, "status": "PROCESSING", "computeGatewayJobId": gateway, "metrics": metrics, **updated(now)}

    def ended(self, job: dict[str, Any], status: str, now: int, errors: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """A job of which nothing becomes visible."""
        destination = dict(job["destination"])
        if "batches" in destination:
            destination["batches"] = [{**each, "batchId": ""} for each in destination["batches"]]
        else:
            destination["batchId"] = ""
        return {**_ended(job, status, now), "destination": destination, "errors": [*job["errors"], *errors]}

    def outcome(self, scope: Scope, id: str) -> None:
        """Nothing: the batches become visible in the transaction in which the job ends."""

    def work(self, scope: Scope, job: dict[str, Any], stop: Stop) -> None:
        """Write the batches, and have them visible."""
        if (job.get("evaluationInfo") or {}).get("segmentation"):
            self._evaluate(scope, job, stop)
        policy = policy_of(self._policies.get(scope, job["mergePolicy"]["id"]))
        todo = plans(job, job["destination"])
        try:
            exported: set[int] = set()
            written = {plan.batch: self._write(scope, plan, policy, exported, stop) for plan in todo}
            by_namespace = self._store.count_namespaces(scope, exported)
            metrics = {
                **job["metrics"],
                "totalExportedProfileCounter": len(exported),
                "exportedProfileByNamespaceCounter": {name: n for name, n in by_namespace.items() if name},
            }
            replaced = self._make_visible(scope, {**job, "metrics": metrics}, written, stop)
        except BaseException:
            self._files.remove([plan.batch for plan in todo])
            raise
        self._files.remove(replaced)

    def _evaluate(self, scope: Scope, job: dict[str, Any], stop: Stop) -> None:
        """Run the segments of the export, or all, before it."""
        segments = segments_of(job)
        ids = None
        if segments is not None:
            there = self._definitions.existing(scope, [each["segmentId"] for each in segments])
            ids = [each["segmentId"] for each in segments if each["segmentId"] in there]
            if not ids:
                raise Problem(404, DELETED, "all segments of the export were deleted before it began")
        ran = self._jobs.run_at_once(scope, ids, stop, requestId=job.get("requestId"))
        stop.check()
        if ran["status"] != "SUCCEEDED":
            why = ran["errors"][0]["msg"] if ran["errors"] else f"it is {ran['status']}"
            raise EngineFailure(f"its segment job {ran['id']} did not succeed: {why}")

    def _write(self, scope: Scope, plan: Plan, policy: Policy, exported: set[int], stop: Stop) -> Written:
        """Write a batch aside."""
        stop.check()
        folder = self._files.begin(plan.batch)
        writing = Writing(folder, plan.fields, plan.events, self._options.schema, self._options.tenant)
        with Child(export, writing, stop) as child:
            for block in self._store.rows(scope, policy, plan.filter):
                stop.check()
                child.send(block)
                exported.update(block.pids)
            child.send(None)
            written: Written = child.receive()
            return written

    def _make_visible(self, scope: Scope, job: dict[str, Any], written: Mapping[str, Written], stop: Stop) -> list[str]:
        """End the job, and have its batches counted from now on; returns the batches that do so no longer."""
        dataset, began = job["destination"]["datasetId"], self._clock.now()
        self._life.decide(scope, str(job["id"]), stop)
        for batch in written:
            self._files.place(batch)
        now = self._clock.now()
        if "dataset-write-time" in self._options.doc_era:
            job = {**job, "metrics": {**job["metrics"], "aCPDatasetWriteTime": triple(began, now)}}
        with self._metadata.write() as connection:
            replaced = [] if _adds(job) else self._replaced(connection, scope, dataset)
            for batch, found in written.items():
                document = _batch(job, batch, found, now)
                columns = {"dataset": dataset, "status": "success", "created": now}
                self._batches.add(connection, scope, batch, document, **columns)
            ended = _ended(job, "SUCCEEDED", now)
            self.table.put(connection, scope, ended)
        log_job(_KIND.what, ended)
        return replaced

    def _replaced(self, connection: Connection, scope: Scope, dataset: str) -> list[str]:
        """Have the batches that are in a dataset count no longer; their ids."""
        columns = EXPORT_BATCHES.c
        where = (self._batches.within(scope), columns.dataset == dataset, columns.status == "success")
        ids = [*connection.execute(select(columns.id).where(*where)).scalars()]
        for id in ids:
            document = self._batches.get(connection, scope, id)
            assert document is not None
            self._batches.replace(
                connection, scope, id, {**document, "status": "inactive", "files": []}, status="inactive"
            )
        return ids


def _adds(job: Mapping[str, Any]) -> bool:
    """Whether an export adds to what is there, because it has only what has changed."""
    return (job.get("filter") or {}).get("fromIngestTimestamp") is not None


def _batch(job: Mapping[str, Any], id: str, written: Written, now: int) -> dict[str, Any]:
    return {
        "id": id,
        "datasetId": job["destination"]["datasetId"],
        "exportJob": job["id"],
        "status": "success",
        "created": now,
        "rows": written.rows,
        "files": [{"name": name, "size": size, "rows": rows} for name, size, rows in written.files],
    }


def _ended(job: Mapping[str, Any], status: str, now: int) -> dict[str, Any]:
    metrics = dict(job["metrics"])
    for name in ("totalTime", "profileExportTime"):
        if name in metrics:
            metrics[name] = triple(metrics[name]["startTimeInMs"], now)
    return {**job, "status": status, "metrics": metrics, **updated(now)}
