"""``/data/foundation``: which datasets are there, and what did exports write into them?"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import FileResponse, Response

from pqltools.api.answers import answer
from pqltools.api.errors import NOT_FOUND
from pqltools.api.headers import ScopeOf, ServiceOf
from pqltools.api.models import Body, Name, Shown
from pqltools.api.paging import Limit, Start, read_page
from pqltools.segmentation.problems import not_found

BELOW = "/data/foundation"
router = APIRouter(tags=["datasets"])
_FILES = f"{BELOW}/export/files"
_FILE_ID = re.compile(r"([0-9a-f]{32})-([0-9]{1,9})")


class DatasetSchema(Body):
    """The schema of the records. Exports go into datasets of the union schema."""

    id: str = Field(examples=["https://ns.adobe.com/xdm/context/profile__union"], max_length=1000)
    contentType: str | None = Field(None, max_length=200)


class DatasetBody(Body):
    """A dataset."""

    name: Name
    description: str | None = Field(None, max_length=10_000)
    schemaRef: DatasetSchema | None = None
    fileDescription: dict[str, Any] | None = None
    tags: dict[str, Any] | None = None


class DatasetShown(Shown):
    """A dataset as it is kept."""

    name: str
    imsOrg: str
    created: int


class DataFile(Shown):
    """A file of a batch, or a part of one: where it is."""

    links: dict[str, dict[str, str]] = Field(alias="_links")


class FilePage(Shown):
    """How many there are."""

    limit: int
    count: int


class FileList(Shown):
    """Files of a batch, or parts of a file."""

    data: list[DataFile]
    page: FilePage = Field(alias="_page")


@router.get("/catalog/dataSets", response_model=dict[str, DatasetShown], summary="List datasets")
def list_datasets(
    scope: ScopeOf,
    service: ServiceOf,
    start: Start = 0,
    limit: Limit = None,
    name: str | None = None,
) -> Response:
    """The datasets of the sandbox by their ids, those of `pql profiles load` among them."""
    page = read_page(most=service.options.limits.page, default=20, start=start, limit=limit, default_sort="created")
    return answer(service.datasets.rows(scope, start=page.offset, limit=page.limit, name=name))


@router.post("/catalog/dataSets", status_code=201, response_model=list[str], summary="Create a dataset")
def create_dataset(scope: ScopeOf, service: ServiceOf, body: DatasetBody) -> Response:
    """Make a dataset; the answer is a list with its address."""
    id = service.datasets.create(scope, body.model_dump(exclude_none=True))
    return answer([f"@/dataSets/{id}"], 201)


@router.get(
    "/catalog/dataSets/{id}", response_model=dict[str, DatasetShown], responses=NOT_FOUND, summary="Get a dataset"
)
def get_dataset(scope: ScopeOf, service: ServiceOf, id: str) -> Response:
    """One dataset, under its id."""
    return answer({id: service.datasets.get(scope, id)})


@router.get("/catalog/batches", response_model=dict[str, dict[str, Any]], summary="List batches")
def list_batches(
    scope: ScopeOf,
    service: ServiceOf,
    dataSet: str | None = None,
    start: Start = 0,
    limit: Limit = None,
) -> Response:
    """The batches of a dataset, or of all: loaded ones first, then those of exports."""
    page = read_page(most=service.options.limits.page, default=100, start=start, limit=limit, default_sort="created")
    found = {
        batch.id: _loaded(batch.data()) for batch in service.profiles.batches(scope) if dataSet in (None, batch.dataset)
    }
    found |= {batch["id"]: _exported(batch) for batch in service.exports.batches(scope, dataSet)}
    return answer(dict([*found.items()][page.offset : page.offset + page.limit]))


@router.get(
    "/catalog/batches/{id}", response_model=dict[str, dict[str, Any]], responses=NOT_FOUND, summary="Get a batch"
)
def get_batch(scope: ScopeOf, service: ServiceOf, id: str) -> Response:
    """One batch, under its id: of an export, or loaded, then with the first of its bad records."""
    exported = next((batch for batch in service.exports.batches(scope) if batch["id"] == id), None)
    if exported is not None:
        return answer({id: _exported(exported)})
    batch, bad = service.profiles.batch(scope, id)
    errors = [{"file": PurePath(each.file).name, "line": each.line, "description": each.reason} for each in bad[:100]]
    return answer({id: {**_loaded(batch.data()), "errors": errors}})


def _loaded(batch: dict[str, Any]) -> dict[str, Any]:
    return {
        "status": batch["status"],
        "relatedObjects": [{"type": "dataSet", "id": batch["dataset"]}],
        "created": batch["ingested"],
        "metrics": {
            "inputByteSize": batch["size"],
            "profileCount": batch["profiles"],
            "eventCount": batch["events"],
            "failedRecordCount": batch["bad"],
        },
    }


def _exported(batch: dict[str, Any]) -> dict[str, Any]:
    return {
        "status": batch["status"],
        "relatedObjects": [{"type": "dataSet", "id": batch["datasetId"]}],
        "created": batch["created"],
        "metrics": {
            "outputRecordCount": batch["rows"],
            "outputByteSize": sum(file["size"] for file in batch["files"]),
            "outputFileCount": len(batch["files"]),
        },
    }


@router.get(
    "/export/batches/{id}/files", response_model=FileList, responses=NOT_FOUND, summary="List the files of a batch"
)
def list_files(request: Request, scope: ScopeOf, service: ServiceOf, id: str) -> Response:
    """The files of an export's batch, with their addresses; none of one that a later export has replaced."""
    batch = service.exports.batch(scope, id)
    files = [
        {
            "dataSetFileId": f"{id}-{number}",
            "dataSetViewId": batch["datasetId"],
            "version": "1.0.0",
            "created": str(batch["created"]),
            "updated": str(batch["created"]),
            "isValid": True,
            "records": file["rows"],
            "_links": {"self": {"href": f"{_origin(request)}{_FILES}/{id}-{number}"}},
        }
        for number, file in enumerate(batch["files"], 1)
    ]
    return answer({"data": files, "_page": {"limit": 100, "count": len(files)}})


@router.head("/export/files/{fileId}", include_in_schema=False)
@router.get(
    "/export/files/{fileId}",
    response_model=FileList,
    responses=NOT_FOUND
    | {200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}},
    summary="Get a file",
)
def get_file(
    request: Request,
    scope: ScopeOf,
    service: ServiceOf,
    fileId: str,
    path: Annotated[str | None, Query(description="The name of the part to download")] = None,
) -> Response:
    """Without `path` the parts of the file, of which there is one; with it the part itself, as Parquet."""
    match = _FILE_ID.fullmatch(fileId)
    if match is None:
        raise not_found("file", fileId)
    batch, number = match[1], int(match[2])
    files = service.exports.batch(scope, batch)["files"]
    if not 0 < number <= len(files):
        raise not_found("file", fileId)
    file = files[number - 1]
    if path is None:
        href = f"{_origin(request)}{_FILES}/{fileId}?path={file['name']}"
        part = {"name": file["name"], "length": str(file["size"]), "_links": {"self": {"href": href}}}
        return answer({"data": [part], "_page": {"limit": 100, "count": 1}})
    found = service.export_files.file(batch, file["name"])
    if path != file["name"] or not found.is_file():
        raise not_found("file", path)
    return FileResponse(found, media_type="application/octet-stream", filename=file["name"])


def _origin(request: Request) -> str:
    """The address under which the server was called."""
    return str(request.base_url).rstrip("/")
