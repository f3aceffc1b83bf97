"""How do tests talk to the service?  Headers, bodies, and the real server as a process."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BASE = "/data/core/ups"
DEFINITIONS = f"{BASE}/segment/definitions"
POLICIES = f"{BASE}/config/mergePolicies"
AUDIENCES = f"{BASE}/audiences"
CONVERSION = f"{BASE}/segment/conversion"
PROFILE = {"name": "_xdm.context.profile"}
FEMALE = 'person.gender = "female"'


def headers(org: str = "ACME@AdobeOrg", sandbox: str = "prod", token: str = "x") -> dict[str, str]:
    return {
        "authorization": f"Bearer {token}",
        "x-api-key": "key",
        "x-gw-ims-org-id": org,
        "x-sandbox-name": sandbox,
    }


def definition(name: str = "Women", value: str = FEMALE, format: str = "pql/text", **members: Any) -> dict[str, Any]:
    expression = {"type": "PQL", "format": format, "value": value}
    return {"name": name, "schema": PROFILE, "expression": expression, **members}


class Server:
    """`pql serve` as a process, which says where it is; its log is read away, and kept."""

    def __init__(self, data: Path, *arguments: str) -> None:
        command = [sys.executable, "-m", "pqltools", "serve", "--data", str(data), "--port", "0", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.log: list[str] = []
        assert self.process.stderr is not None
        assert self.process.stdout is not None
        self._reader = threading.Thread(target=self.log.extend, args=(self.process.stderr,), daemon=True)
        self._reader.start()
        line = self.process.stdout.readline()
        if not line:
            self._reader.join()
            raise AssertionError("".join(self.log))
        self.url = line.split()[-1]

    def end(self) -> int:
        """Wait for the end; the exit code."""
        status = self.process.wait(60)
        self._reader.join()
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()
        return status


@contextmanager
def running(data: Path, *arguments: str) -> Iterator[Server]:
    server = Server(data, *arguments)
    try:
        yield server
    finally:
        server.process.kill()
        server.end()
