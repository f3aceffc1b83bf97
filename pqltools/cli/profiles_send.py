"""How do files get into a running server?  Over HTTP, each a batch: opened, sent, completed; then all of it is there.

`Server` stands in for the store that a server has to itself.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress

from pqltools.data.compression import open_bytes, shown_name
from pqltools.diagnostics import error
from pqltools.segmentation.profiles.model import Batch, Quarantined
from pqltools.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import IO, Any

    from pqltools.segmentation.profiles.sources import Form
    from pqltools.segmentation.scope import Scope

_CATALOG, _IMPORT = "/data/foundation/catalog", "/data/foundation/import/batches"
_EVENTS = "https://ns.adobe.com/xdm/context/experienceevent"
_PROFILES = "https://ns.adobe.com/xdm/context/profile"
#: Bytes that are sent at a time.
_PIECE = 2**18


class ServerProblem(Exception):
    """The server cannot be used; the message says why, in the user's words."""


class Server:
    """A running `pql serve`, at an address; `reading` says how the files of a batch are read, as the API wants it."""

    def __init__(self, url: str, token: str, key: str, reading: Mapping[str, Any]) -> None:
        self._url = url.rstrip("/")
        self._token = token
        self._key = key
        self._reading = reading
        self._datasets: dict[str, str] = {}

    def load(
        self,
        scope: Scope,
        dataset: str,
        files: list[str],
        form: Form,
        *,
        batch: str | None = None,
        progress: Callable[[int, int | None], object] = lambda size, count: None,
        refused: Callable[[Quarantined], object] = lambda found: None,
    ) -> Batch:
        """Send files as one batch, as `ProfileStore.load` loads them.

        Raises `PQLError` for files that cannot be loaded, `ServerProblem` if the server cannot be used.
        """
        del batch  # the server names it
        into = self._datasets.get(dataset) or self._dataset(scope, dataset, form)
        self._datasets[dataset] = into
        body = {"datasetId": into, "inputFormat": {"format": "json"}, "reading": dict(self._reading)}
        id = self._json(scope, "POST", _IMPORT, body)["id"]
        try:
            for name in files:
                self._send(scope, f"{_IMPORT}/{id}/datasets/{into}/files", name, progress)
            status, done = self._request(scope, "POST", f"{_IMPORT}/{id}?action=COMPLETE")
            if status == 400:
                message = f"the server cannot read it: {done['title']}"
                raise error("PQL044", message, (0, 0), source=Source("", shown_name(files[0])))
            metrics = self._checked((status, done))["metrics"]
        except BaseException:
            self._give_up(scope, id)
            raise
        self._tell(scope, id, files[0], refused)
        return Batch(*(metrics[name] for name in Batch.__match_args__))

    def _dataset(self, scope: Scope, name: str, form: Form) -> str:
        """The id of the dataset of this name or id, which is made if there is none."""
        from urllib.parse import quote

        found = self._json(scope, "GET", f"{_CATALOG}/dataSets?name={quote(name, safe='')}")
        if found:
            return str(next(iter(found)))
        status, _ = self._request(scope, "GET", f"{_CATALOG}/dataSets/{quote(name, safe='')}")
        if status == 200:
            return name
        body = {"name": name, "schemaRef": {"id": _EVENTS if form.events else _PROFILES}}
        (made,) = self._json(scope, "POST", f"{_CATALOG}/dataSets", body)
        return str(made).rpartition("/")[2]

    def _send(self, scope: Scope, address: str, name: str, progress: Callable[[int, int | None], object]) -> None:
        from urllib.parse import quote

        file = open_bytes(name)
        try:
            plain = re.sub(r"[^\w.-]", "_", shown_name(name).replace("\\", "/").rpartition("/")[2]).lstrip(".")
            target = f"{address}/{quote(plain[-200:] or 'file')}"
            self._checked(self._request(scope, "PUT", target, _pieces(file, name, progress)))
        finally:
            if name != "-":
                file.close()

    def _tell(self, scope: Scope, id: str, name: str, refused: Callable[[Quarantined], object]) -> None:
        """Tell of the records that were left out."""
        (found,) = self._json(scope, "GET", f"{_CATALOG}/batches/{id}").values()
        bad = [Quarantined(name, each["line"], each["description"]) for each in found["errors"]]
        for each in bad:
            refused(each)

    def _give_up(self, scope: Scope, id: str) -> None:
        with suppress(ServerProblem):  # what is told is why it was given up
            self._request(scope, "POST", f"{_IMPORT}/{id}?action=ABORT")

    # Requests.

    def _json(self, scope: Scope, method: str, path: str, body: Any = None) -> Any:
        return self._checked(self._request(scope, method, path, body))

    def _checked(self, answer: tuple[int, Any]) -> Any:
        """The body of an answer that is none of a failure. Raises `ServerProblem`."""
        status, body = answer
        if status < 400:
            return body
        text = next((body[key] for key in ("title", "message", "detail") if body.get(key)), "no reason is given")
        hint = "; say with --token what the server wants" if status in (401, 403) else ""
        raise ServerProblem(f"the server at {self._url} answers {status}: {text}{hint}")

    def _request(self, scope: Scope, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """The status and the decoded body of an answer. Pieces of a file are sent as they come.

        Raises `ServerProblem` if there is none.
        """
        import http.client
        from urllib.parse import urlsplit

        headers = {
            "Authorization": f"Bearer {self._token}",
            "x-api-key": self._key,
            "x-gw-ims-org-id": scope.org,
            "x-sandbox-name": scope.sandbox,
        }
        is_file = hasattr(body, "__next__")
        if body is not None:
            headers["Content-Type"] = "application/octet-stream" if is_file else "application/json"
            body = body if is_file else json.dumps(body).encode()
        if is_file:
            headers["Transfer-Encoding"] = "chunked"
        address = urlsplit(self._url)
        make = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
        connection = make(address.netloc)
        try:
            with suppress(BrokenPipeError, ConnectionResetError):  # a server that wants no more of a body has said why
                connection.request(method, f"{address.path}{path}", body, headers, encode_chunked=is_file)
            answer = connection.getresponse()
            return answer.status, self._decoded(answer.read())
        except (OSError, http.client.HTTPException) as problem:
            reason = getattr(problem, "strerror", None) or str(problem) or type(problem).__name__
            raise ServerProblem(f"no server answers at {self._url}: {reason.lower()}") from None
        finally:
            connection.close()

    def _decoded(self, body: bytes) -> Any:
        try:
            return json.loads(body) if body else {}
        except ValueError:
            raise ServerProblem(f"what answers at {self._url} is no `pql serve`") from None


def _pieces(file: IO[bytes], name: str, progress: Callable[[int, int | None], object]) -> Iterator[bytes]:
    while True:
        try:
            piece = file.read(_PIECE)
        except OSError as problem:
            reason = (problem.strerror or str(problem)).lower()
            raise error("PQL044", f"the file cannot be read: {reason}", (0, 0), source=Source("", name)) from None
        if not piece:
            return
        yield piece
        progress(len(piece), None)
