"""A client of the Segmentation Service: definitions from files, a job for all of them, an export that is read back.

    pql serve --data aep --clock 2024-03-15T10:30:00Z
    pql profiles load examples/profiles/customers.ndjson --dataset CRM --url http://127.0.0.1:8470
    python examples/service/client.py http://127.0.0.1:8470 examples/definitions/*.json

It needs nothing but Python, and pyarrow for the export, which `pqltools[service]` brings.
"""

import io
import json
import sys
import time
import urllib.error
import urllib.request

HEADERS = {
    "Authorization": "Bearer token",
    "x-api-key": "key",
    "x-gw-ims-org-id": "ACME@AdobeOrg",
    "x-sandbox-name": "prod",
    "Content-Type": "application/json",
}
UPS, FOUNDATION = "/data/core/ups", "/data/foundation"
ENDED = ("SUCCEEDED", "FAILED", "CANCELLED")


class Client:
    """Asks the service. On the platform the address is https://platform.adobe.io, and the headers are one's own."""

    def __init__(self, url):
        self.url = url

    def ask(self, method, path, body=None):
        """The decoded answer."""
        return json.loads(self.raw(method, path, body))

    def raw(self, method, path, body=None):
        """The bytes of the answer. Ends the program with what the service says if it refuses."""
        data = None if body is None else json.dumps(body).encode()
        address = path if path.startswith("http") else self.url + path
        try:
            with urllib.request.urlopen(urllib.request.Request(address, data, HEADERS, method=method)) as answer:
                return answer.read()
        except urllib.error.HTTPError as refused:
            sys.exit(f"{method} {path}: {json.loads(refused.read())['title']}")

    def finished(self, path):
        """The job, when it has ended."""
        while True:
            job = self.ask("GET", path)
            if job["status"] in ENDED:
                return job
            time.sleep(0.2)


def definitions_in(names):
    """The definitions of files that hold one, or a page of them."""
    for name in names:
        with open(name, encoding="utf-8") as file:
            found = json.load(file)
        yield from found.get("segments", [found])


def main(url, *names):
    """Create the definitions, evaluate them, and export who qualifies for the largest."""
    client = Client(url)
    made = {}
    for definition in definitions_in(names):
        body = {key: definition[key] for key in ("name", "description", "expression", "schema") if key in definition}
        made[client.ask("POST", f"{UPS}/segment/definitions", body)["id"]] = definition["name"]

    started = client.ask("POST", f"{UPS}/segment/jobs", [{"segmentId": id} for id in made])
    job = client.finished(f"{UPS}/segment/jobs/{started['id']}")
    counts = job["metrics"]["segmentedProfileCounter"]
    print(f"job {job['status']}")
    for id, name in made.items():
        print(f"{counts[id]:5}  {name}")

    largest = max(made, key=lambda id: counts[id])
    union = {"id": "https://ns.adobe.com/xdm/context/profile__union"}
    (address,) = client.ask("POST", f"{FOUNDATION}/catalog/dataSets", {"name": "Export", "schemaRef": union})
    export = {
        "fields": "identityMap,person.name",
        "filter": {"segments": [{"segmentId": largest}]},
        "destination": {"datasetId": address.rpartition("/")[2]},
        "schema": {"name": "_xdm.context.profile"},
    }
    started = client.ask("POST", f"{UPS}/export/jobs", export)
    done = client.finished(f"{UPS}/export/jobs/{started['id']}")
    print(f"export {done['status']}: {made[largest]}")
    for file in client.ask("GET", f"{FOUNDATION}/export/batches/{done['destination']['batchId']}/files")["data"]:
        for part in client.ask("GET", file["_links"]["self"]["href"])["data"]:
            show(client.raw("GET", part["_links"]["self"]["href"]))


def show(content):
    """Print the rows of a Parquet file."""
    import pyarrow.parquet

    for row in pyarrow.parquet.read_table(io.BytesIO(content)).to_pylist():
        print(f"       {json.dumps(row, ensure_ascii=False)}")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(f"usage: {sys.argv[0]} URL DEFINITION...")
    main(*sys.argv[1:])
