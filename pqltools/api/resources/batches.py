"""``/data/foundation/import/batches``: how do clients load profiles and events?  Open, send files, complete."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from pqltools.api.answers import answer, empty
from pqltools.api.errors import NOT_FOUND, Errors
from pqltools.api.headers import ScopeOf, ServiceOf
from pqltools.api.models import Body, Id, Name, Shown

BELOW = "/data/foundation/import"
router = APIRouter(prefix="/batches", tags=["datasets"])
_ENDED: dict[int | str, dict[str, Any]] = {409: {"model": Errors, "description": "The batch is complete already"}}
_OCTETS = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class InputFormat(Body):
    """What the files are. They are looked at in any case: JSON, NDJSON and Parquet are told apart."""

    format: Literal["json", "parquet"]
    isMultiLineJson: bool | None = None


class IdentityPath(Body):
    """The field that says whose a record is."""

    namespace: Name
    path: str = Field(max_length=1000, examples=["personalEmail.address"])


class Reading(Body):
    """How the files are read; the platform does not have this. CSV needs a mapping."""

    events: bool | None = Field(None, description="Whether the records are events, whatever the dataset says")
    identity: IdentityPath | None = None
    mapping: dict[str, Any] | None = Field(
        None, description="Which column is which field, as in the mapping files of `pql profiles load`"
    )


class BatchBody(Body):
    """A batch of records of a dataset: events, if that is of the schema of events, else profiles."""

    datasetId: Id
    inputFormat: InputFormat | None = Field(None)
    reading: Reading | None = None


class ImportBatch(Shown):
    """A batch that is being loaded, or was."""

    id: str
    datasetId: str
    status: Literal["loading", "success", "failed", "aborted"]
    created: int


@router.post("", status_code=201, response_model=ImportBatch, summary="Open a batch")
def open_batch(scope: ScopeOf, service: ServiceOf, body: BatchBody) -> Response:
    """Make a batch, to which files are sent."""
    reading = None if body.reading is None else body.reading.model_dump(exclude_none=True)
    return answer(service.imports.open(scope, body.datasetId, reading), 201)


@router.put(
    "/{id}/datasets/{datasetId}/files/{fileName}",
    responses=NOT_FOUND | _ENDED,
    openapi_extra=_OCTETS,
    summary="Send a file",
)
async def put_file(
    request: Request, scope: ScopeOf, service: ServiceOf, id: str, datasetId: str, fileName: str
) -> Response:
    """Keep a file of the batch. Its name has the ending of its form: `.json`, `.ndjson`, `.parquet`, also `.gz`."""
    pieces = _Pieces(request.stream())
    storing = asyncio.create_task(run_in_threadpool(service.imports.put_file, scope, id, datasetId, fileName, pieces))
    try:
        await pieces.take(storing)
    finally:
        await storing
    return empty(200)


class _Pieces:
    """The pieces of a body for a thread, of which few are held at a time."""

    def __init__(self, stream: AsyncIterator[bytes]) -> None:
        self._stream = stream
        self._queue: queue.Queue[bytes | BaseException | None] = queue.Queue(4)

    async def take(self, storing: asyncio.Task[None]) -> None:
        """Hand the pieces over, until the end, or until nobody stores them any more."""
        last: BaseException | None = None
        try:
            async for piece in self._stream:
                if piece:
                    await self._put(piece, storing)
        except BaseException as problem:
            last = problem
            raise
        finally:
            await self._put(last, storing)

    async def _put(self, piece: bytes | BaseException | None, storing: asyncio.Task[None]) -> None:
        while not storing.done():
            try:
                self._queue.put_nowait(piece)
                return
            except queue.Full:
                await asyncio.sleep(0.005)

    def __iter__(self) -> Iterator[bytes]:
        while True:
            piece = self._queue.get()
            if piece is None:
                return
            if isinstance(piece, BaseException):
                raise piece
            yield piece


@router.post("/{id}", response_model=ImportBatch, responses=NOT_FOUND | _ENDED, summary="Complete a batch")
def end_batch(
    scope: ScopeOf,
    service: ServiceOf,
    id: Annotated[str, Path()],
    action: Annotated[Literal["COMPLETE", "ABORT"], Query(description="Load the files, or give them up")],
) -> Response:
    """Load the files of a batch: all of them are there afterwards, but for records that cannot be used, or none."""
    done = service.imports.complete if action == "COMPLETE" else service.imports.abort
    return answer(done(scope, id))


@router.get("/{id}", response_model=ImportBatch, responses=NOT_FOUND, summary="Get a batch")
def get_batch(scope: ScopeOf, service: ServiceOf, id: str) -> Response:
    """One batch; `metrics` say what came of it."""
    return answer(service.imports.get(scope, id))
