"""How long do editors wait for `pql lsp`?  A real process over pipes: its start, key strokes, a large workspace.

python tests/benchmarks/edit.py [--rounds 7] [--clauses 1000] [--keystrokes 500] [--definitions 2000]

What is asked of each figure stands beside it. Key strokes come one after the other, each when the findings of the one
before are there; completion is asked for as editors do it, at once behind the key stroke.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter, sleep
from typing import Any

from check import EXPRESSIONS
from race import race
from wire import Wire

#: A client that has findings sent to it, and one that asks.
PUSHED: dict[str, Any] = {"textDocument": {"publishDiagnostics": {"versionSupport": True}}}
PULLED: dict[str, Any] = {"textDocument": {"diagnostic": {}}}
FIELDS = (
    "person.name.firstName",
    "homeAddress.city",
    "person.name.lastName",
    "mobilePhone.number",
    "personalEmail.address",
)


def row(what: str, seconds: Sequence[float], asked: str = "") -> None:
    """Print the median, the 95th percentile and the worst of some times."""
    if not seconds:
        print(f"  {what:52} not offered by the server")
        return
    ranked = sorted(seconds)
    high = ranked[min(len(ranked) - 1, len(ranked) * 95 // 100)]
    times = "  ".join(f"{each * 1e3:8.1f}" for each in (median(ranked), high, ranked[-1]))
    print(f"  {what:52} {times}   {len(ranked):5}  {asked}")


def heading(title: str) -> None:
    """Print the names of the columns."""
    print(f"\n{title:54} {'median':>8}  {'p95':>8}  {'max':>8}   {'count':>5}  asked (ms)")


# The start.


def start(rounds: int) -> None:
    """Print how long it takes from the start of the process to the answer to `initialize`."""

    needed: list[float] = []

    def note() -> None:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        needed.append(usage.ru_utime + usage.ru_stime)

    def initialized() -> None:
        note()
        with Wire() as wire:
            answer = wire.request("initialize", {"processId": None, "rootUri": None, "capabilities": PUSHED})
            assert answer.error is None
        # The machine may have others to serve: what the process itself needed is the surer figure.
        note()

    def python(code: str) -> None:
        subprocess.run([sys.executable, "-c", code], check=True)

    times = race(
        {
            "an empty Python": lambda: python("pass"),
            "Python that imports pygls and lsprotocol": lambda: python("import pygls.lsp.server"),
            "pql lsp, until `initialize` is answered": initialized,
        },
        rounds,
    )
    print(f"Start, median of {rounds}")
    base = times["an empty Python"]
    for name, seconds in times.items():
        asked = "asked: 600 ms" if name.startswith("pql") else ""
        print(f"  {name:52} {seconds * 1e3:8.1f} ms {seconds / base:6.1f} x  {asked}")

    seconds = median(end - start for start, end in zip(needed[::2], needed[1::2], strict=True))
    print(f"  {'of that the processor was used':52} {seconds * 1e3:8.1f} ms")


# Key strokes.


def long_expression(clauses: int) -> str:
    """Conditions as people list them."""
    return " and ".join(f'{FIELDS[n % len(FIELDS)]} != "value {n}"' for n in range(clauses))


class Typist:
    """Types conditions into a text in the middle, character by character, and takes some back; always the same ones."""

    def __init__(self, wire: Wire, uri: str, language: str, text: str, escaped: bool) -> None:
        self.wire, self.uri, self.version = wire, uri, 1
        self._escaped = escaped
        item = {"uri": uri, "languageId": language, "version": 1, "text": text}
        wire.notify("textDocument/didOpen", {"textDocument": item})
        self.cursor = text.index(" and ", len(text) // 2)
        self._random = Random(5)
        self._keys = self._stream()

    def _stream(self) -> Iterator[str]:
        for number in count():
            field = self._random.choice(FIELDS)
            text = f' and {field} = "typed {number}"'
            typed = self._random.randrange(8, len(text) + 1)
            yield from (json.dumps(text)[1:-1] if self._escaped else text)[:typed]
            yield from "\b" * self._random.randrange(typed if number % 4 == 0 else 4)
            if typed < len(text):
                yield from "\b" * typed  # think again

    def press(self) -> None:
        """Press the next key."""
        key = next(self._keys)
        start = self.cursor - (key == "\b")
        place = {"start": {"line": 0, "character": start}, "end": {"line": 0, "character": self.cursor}}
        self.version += 1
        self.cursor = start if key == "\b" else start + 1
        document = {"uri": self.uri, "version": self.version}
        change = {"range": place, "text": "" if key == "\b" else key}
        self.wire.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})

    def here(self) -> dict[str, Any]:
        """The place of the cursor."""
        return {"textDocument": {"uri": self.uri}, "position": {"line": 0, "character": self.cursor}}


def typed(capabilities: dict[str, Any], name: str, clauses: int, keys: int) -> tuple[list[float], list[float]]:
    """Seconds to the findings after each key stroke, and to the completions after every third."""
    text = long_expression(clauses)
    if name.endswith(".json"):
        text = json.dumps({"id": "long", "expression": {"type": "PQL", "format": "pql/text", "value": text}})
    checked: list[float] = []
    completed: list[float] = []
    with tempfile.TemporaryDirectory() as folder, Wire() as wire:
        offered = wire.initialize(capabilities, [Path(folder).as_uri()]).result["capabilities"]
        uri = (Path(folder) / name).as_uri()
        typist = Typist(wire, uri, name.rpartition(".")[2], text, name.endswith(".json"))
        pull = {"textDocument": {"uri": uri}}
        if capabilities is PULLED:
            wire.request("textDocument/diagnostic", pull)
        else:
            wire.findings(uri, 1)
        if "completionProvider" in offered:
            wire.request("textDocument/completion", typist.here())  # the first loads what completion knows
        for number in range(keys):
            began = perf_counter()
            typist.press()
            asked = wire.ask("textDocument/diagnostic", pull) if capabilities is PULLED else None
            if number % 3 == 0 and "completionProvider" in offered:
                asking = perf_counter()
                answer = wire.request("textDocument/completion", typist.here())
                assert answer.error is None, answer.error
                completed.append(answer.time - asking)
            if asked is None:
                checked.append(wire.findings(uri, typist.version)[1] - began)
                continue
            answer = wire.answer(asked)
            assert answer.error is None, answer.error
            checked.append(answer.time - began)
        wire.close()
    return checked, completed


def keystrokes(clauses: int, keys: int) -> None:
    """Print how long findings and completions take after key strokes in a long expression."""
    heading(f"Key strokes in an expression of {clauses:,} clauses, {len(long_expression(clauses)) / 1e3:,.0f} kB")
    for name in ("long.pql", "long.json"):
        for kind, capabilities in (("sent", PUSHED), ("asked for", PULLED)):
            checked, completed = typed(capabilities, name, clauses, keys)
            row(f"{name}: findings, {kind}", checked, "p95 <= 100")
            row(f"{name}: completion", completed, "p95 <= 50")


# A large workspace.


def definition(number: int) -> dict[str, Any]:
    """One definition."""
    value = EXPRESSIONS[number % len(EXPRESSIONS)].replace(
        "00000000-0000-4000-8000-000000000000", f"segment-{number // 2}"
    )
    return {
        "id": f"segment-{number}",
        "name": f"Segment {number}",
        "expression": {"type": "PQL", "format": "pql/text", "value": value},
        "schema": {"name": "_xdm.context.profile"},
    }


def write_workspace(folder: Path, definitions: int) -> int:
    """Write definitions: half in files of their own, a quarter in YAML, the rest in pages and JSON Lines.

    Returns how many files there are.
    """
    from ruamel.yaml import YAML

    yaml = YAML()
    written = 0

    def path(name: str) -> Path:
        nonlocal written
        found = folder / f"team-{written % 7}" / f"area-{written % 3}" / name
        found.parent.mkdir(parents=True, exist_ok=True)
        written += 1
        return found

    numbers = iter(range(definitions))
    for number in (next(numbers) for _ in range(definitions // 2)):
        path(f"{number}.json").write_text(json.dumps(definition(number), indent=2))
    for number in (next(numbers) for _ in range(definitions // 4)):
        with path(f"{number}.yaml").open("w") as file:
            yaml.dump(definition(number), file)
    rest = [definition(number) for number in numbers]
    half = len(rest) // 2
    path("page.json").write_text(json.dumps({"segments": rest[:half]}, indent=2))
    path("all.jsonl").write_text("".join(json.dumps(each) + "\n" for each in rest[half:]))
    return written


def memory(process: int) -> dict[str, float]:
    """Megabytes of a process, now and at most; empty where the system does not tell."""
    status = Path(f"/proc/{process}/status")
    if not status.exists():
        return {}
    fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
    return {name: int(fields[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM") if name in fields}


#: What is asked while files are read: the capability, the method.
ASKED = (
    ("hoverProvider", "textDocument/hover"),
    ("diagnosticProvider", "textDocument/diagnostic"),
    ("documentSymbolProvider", "textDocument/documentSymbol"),
)


def workspace(definitions: int) -> None:
    """Print how long a workspace is indexed, how long requests take meanwhile, and the memory."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = write_workspace(folder, definitions)
        heading(f"A workspace of {definitions:,} definitions in {files:,} files")
        with Wire() as wire:
            measure(wire, folder, definitions)
            wire.close()


def measure(wire: Wire, folder: Path, definitions: int) -> None:
    """Open the folder, and ask something every 50 ms until all is indexed, or ten times at least."""
    params = {
        "processId": None,
        "rootUri": None,
        "capabilities": PUSHED,
        "workspaceFolders": [{"uri": folder.as_uri(), "name": "large"}],
    }
    offered = wire.request("initialize", params).result["capabilities"]
    began = perf_counter()
    wire.notify("initialized", {})
    # Only a server that has seen all definitions can say that there is no such one.
    uri = (folder / "probe.pql").as_uri()
    known = [f'inSegment("segment-{number}")' for number in range(0, definitions, max(1, definitions // 20))]
    text = " or ".join([*known, 'inSegment("nowhere")', "person.birthYear < 2000"])
    item = {"uri": uri, "languageId": "pql", "version": 1, "text": text}
    wire.notify("textDocument/didOpen", {"textDocument": item})
    methods = [method for capability, method in ASKED if offered.get(capability)]
    sent: list[tuple[str, int, float]] = []
    while (indexed := complete(wire, uri)) is None or len(sent) < 10:
        method = methods[len(sent) % len(methods)]
        place = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": len(text) - 10}}
        at = perf_counter()
        sent.append((method, wire.ask(method, place), at))
        sleep(max(0.0, 0.05 - (perf_counter() - at)))
        if at - began > 120:
            raise SystemExit("the workspace is not indexed after two minutes")
    row("until all definitions are known", [indexed - began], "<= 5,000")
    for method in methods:
        times = []
        for _, number, at in (each for each in sent if each[0] == method):
            answer = wire.answer(number)
            assert answer.error is None, answer.error
            times.append(answer.time - at)
        row(f"{method} meanwhile", times)
    if offered.get("workspaceSymbolProvider"):
        at = perf_counter()
        found = wire.request("workspace/symbol", {"query": ""})
        row(f"workspace/symbol, {len(found.result or ()):,} found", [found.time - at])
    megabytes = memory(wire.server.pid)
    print("  memory: " + (", ".join(f"{name} {each:.0f} MB" for name, each in megabytes.items()) or "not told"), end="")
    print("   asked: VmRSS < 300 MB")


def complete(wire: Wire, uri: str) -> float | None:
    """When the server said that a segment is nowhere, and knew all others; None if it has not yet."""
    _, found, time = wire.published.get(uri, (None, [], 0.0))
    return time if sum(each.get("code") == "PQL110" for each in found) == 1 else None


def main(arguments: Sequence[str]) -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description="How long do editors wait for the language server?")
    for name, default in (("rounds", 7), ("clauses", 1_000), ("keystrokes", 500), ("definitions", 2_000)):
        parser.add_argument(f"--{name}", type=int, default=default)
    given = parser.parse_args(arguments)
    # Byte code is cached, as it is wherever pip installs.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    start(given.rounds)
    keystrokes(given.clauses, given.keystrokes)
    workspace(given.definitions)


if __name__ == "__main__":
    main(sys.argv[1:])
