"""How do data get in over HTTP?  A batch is opened, gets files, and is completed: then all of it is there, or nothing.

Files are on the disk when they have been acknowledged. What was open when the server stopped is open again.
"""

from __future__ import annotations

import os
import re
import shutil
import threading
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pqltools.diagnostics import PQLError
from pqltools.segmentation.clock import Clock
from pqltools.segmentation.datasets import Datasets, has_events
from pqltools.segmentation.expressions import Expressions
from pqltools.segmentation.metadata.documents import Documents
from pqltools.segmentation.metadata.store import Metadata
from pqltools.segmentation.metadata.tables import IMPORT_BATCHES
from pqltools.segmentation.problems import Problem, detail, invalid, not_found, wrong
from pqltools.segmentation.profiles.mapping import mapping_of
from pqltools.segmentation.profiles.records import IdentityField
from pqltools.segmentation.profiles.sources import Form
from pqltools.segmentation.profiles.store import ProfileStore
from pqltools.segmentation.scope import Scope
from pqltools.xdm.names import steps_of_path

if TYPE_CHECKING:
    from pqltools.types.model import Type

_NAME = re.compile(r"[\w-][\w.-]{0,199}")


class Imports:
    """The batches that are being loaded, of all sandboxes."""

    def __init__(
        self,
        metadata: Metadata,
        clock: Clock,
        expressions: Expressions,
        datasets: Datasets,
        store: ProfileStore,
        folder: str,
    ) -> None:
        self._metadata = metadata
        self._clock = clock
        self._type = expressions.schema.profile
        self._datasets = datasets
        self._store = store
        self._folder = Path(folder)
        self._documents = Documents(IMPORT_BATCHES)
        self._completing = threading.Lock()

    def open(self, scope: Scope, dataset: str, reading: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A new batch for a dataset; `reading` says how its files are read: `events`, `identity`, `mapping`.

        Raises `Problem` (400) if there is no such dataset, or for a mapping that is none.
        """
        try:
            self._datasets.get(scope, dataset)
        except Problem:
            help = "POST /data/foundation/catalog/dataSets makes one"
            raise invalid(f"there is no dataset {dataset}", path="$.datasetId", help=help) from None
        id, now = uuid.uuid4().hex, self._clock.now()
        document = {"id": id, "datasetId": dataset, "status": "loading", "created": now, "updated": now}
        if reading:
            _form(reading, events=False, type=self._type)
            document["reading"] = dict(reading)
        with self._metadata.write() as connection:
            self._documents.add(connection, scope, id, document, status="loading", created=now)
        return {**document, **scope.members()}

    def get(self, scope: Scope, id: str) -> dict[str, Any]:
        """One batch; `Problem` (404) if there is none."""
        with self._metadata.read() as connection:
            found = self._documents.get(connection, scope, id)
        if found is None:
            raise not_found("batch", id)
        return found

    def put_file(self, scope: Scope, id: str, dataset: str, name: str, pieces: Iterable[bytes]) -> None:
        """Keep a file of an open batch; one of the same name is replaced. Raises `Problem`."""
        if not _NAME.fullmatch(name):
            help = "letters, digits, dots, hyphens and underscores"
            raise invalid(f"{name[:60]!r} is no name of a file", path="fileName", help=help)
        if self._opened(scope, id)["datasetId"] != dataset:
            raise invalid(f"the batch is not one of the dataset {dataset}", path="datasetId")
        folder = self._folder / id
        aside = folder / f".{uuid.uuid4().hex}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            try:
                with aside.open("wb") as file:
                    for piece in pieces:
                        file.write(piece)
                    file.flush()
                    os.fsync(file.fileno())
                aside.replace(folder / name)
                _sync(folder)
            except BaseException:
                aside.unlink(missing_ok=True)
                raise
        except OSError as problem:
            reason = (problem.strerror or "it cannot be written").lower()
            raise Problem(507, "UPAPI-900508-507", f"The file cannot be stored: {reason}.") from None

    def complete(self, scope: Scope, id: str) -> dict[str, Any]:
        """Load the files of a batch. Raises `Problem` (400) if one cannot be read; then the batch has failed."""
        with self._completing:
            batch = self._opened(scope, id)
            dataset = self._datasets.get(scope, batch["datasetId"])
            form = _form(batch.get("reading") or {}, events=has_events(dataset), type=self._type)
            folder = self._folder / id
            files = sorted(str(path) for path in folder.glob("[!.]*")) if folder.is_dir() else []
            try:
                self._load(scope, id, batch["datasetId"], dataset["name"], files, form)
            except PQLError as problem:
                details = [{"message": _without(each.message, folder)} for each in problem.diagnostics]
                self._end(scope, batch, "failed", errors=details)
                raise wrong(details) from None
            loaded, _ = self._store.batch(scope, id)
            return self._end(scope, batch, loaded.status, metrics=loaded.data())

    def abort(self, scope: Scope, id: str) -> dict[str, Any]:
        """Give a batch up."""
        with self._completing:
            return self._end(scope, self._opened(scope, id), "aborted")

    def _load(self, scope: Scope, id: str, dataset: str, name: str, files: list[str], form: Form) -> None:
        if any(each.id == id for each in self._store.batches(scope)):
            return  # before a crash
        self._store.ensure_dataset(scope, name, dataset)
        self._store.load(scope, dataset, files, form, batch=id)

    def _opened(self, scope: Scope, id: str) -> dict[str, Any]:
        batch = self.get(scope, id)
        if batch["status"] != "loading":
            title = f"The batch {id} is complete: its status is {batch['status']}."
            raise Problem(409, "UPAPI-900409-409", title)
        return batch

    def _end(self, scope: Scope, batch: Mapping[str, Any], status: str, **members: Any) -> dict[str, Any]:
        ended = {**batch, "status": status, "updated": self._clock.now(), **members}
        with self._metadata.write() as connection:
            self._documents.replace(connection, scope, batch["id"], ended, status=status)
        shutil.rmtree(self._folder / batch["id"], ignore_errors=True)
        return ended


def _form(reading: Mapping[str, Any], *, events: bool, type: Type) -> Form:
    """How the files of a batch are read. Raises `Problem` (400) for a mapping or a path that is none."""
    field, found = None, None
    named = reading.get("identity")
    if named is not None:
        steps = steps_of_path(named["path"])
        if not steps:
            help = "write it as `personalEmail.address`"
            raise invalid("this is no path of a field", path="$.reading.identity.path", help=help)
        field = IdentityField(named["namespace"], steps)
    if reading.get("mapping") is not None:
        try:
            found = mapping_of(reading["mapping"])
        except PQLError as problem:
            at = [(each.path or "$").replace("$", "$.reading.mapping", 1) for each in problem.diagnostics]
            faults = zip(at, problem.diagnostics, strict=True)
            raise wrong([detail(each.message, path=path, help=each.help) for path, each in faults]) from None
    return Form(reading.get("events", events), field, found, type)


def _without(message: str, folder: Path) -> str:
    """The message without the place of the file, which is nobody's business."""
    return message.replace(f"{folder}{os.sep}", "")


def _sync(folder: Path) -> None:
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
