"""Does the server live, answer and know the client's text whatever a client does, in whatever order?

A real process for all runs, and a model of what the client has: its texts, the requests that are not answered.
`pytest -m nightly` makes 5,000 edits and more, with new ones each time.
"""

from __future__ import annotations

import atexit
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from wire import Gone, Wire

from lsp.offers import CAPABILITIES, RESOLVED, methods_of, params_for
from lsp.pieces import CONFIGURATIONS, NAMES, NONSENSE, PIECES, SETTINGS, TEXTS
from lsp.typewriter import Typewriter, same

SCRIPT = Path(__file__).with_name("watched_server.py")
#: Errors that are answers: of the protocol, and those for what cannot be done, has changed, or was cancelled.
_METHOD_NOT_FOUND, _INVALID_PARAMS = -32601, -32602
ALLOWED = {_INVALID_PARAMS, -32803, -32802, -32801, -32800}

offsets = st.integers(0, 2**20)
names = st.sampled_from(NAMES)
#: By their numbers: some are too large to be printed.
texts = st.integers(0, len(TEXTS) - 1)
pieces = st.one_of(st.integers(0, len(PIECES + TEXTS) - 1), st.text(max_size=5))


def written(piece: int | str) -> str:
    """What a drawn piece stands for."""
    return piece if isinstance(piece, str) else (PIECES + TEXTS)[piece]


class Session:
    """A server, started when it is needed and used as long as it does well."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="monkey-"))
        (self.folder / "inner").mkdir()
        self.log = self.folder.parent / f"{self.folder.name}.log"
        self.wire = Wire([sys.executable, str(SCRIPT), str(self.log)], settings={})
        answer = self.wire.initialize(CAPABILITIES, [self.folder.as_uri()])
        self.offered = answer.result["capabilities"]
        self.edits = self.requests = 0
        self.refused: dict[str, int] = {}

    def close(self) -> None:
        self.wire.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.log.unlink(missing_ok=True)

    def complaints(self) -> list[str]:
        """What the server says of mistakes of its own."""
        told = [params["message"] for method, params, _ in self.wire.told if method == "window/logMessage"]
        shown = [params["message"] for method, params, _ in self.wire.told if method == "window/showMessage"]
        logged = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        lines = [part for part in logged.split("\n20") if "ERROR   pqltools" in part or "ERROR   asyncio" in part]
        return [*[each for each in told if "failed" in each], *[each for each in shown if "server" in each], *lines]


_SESSIONS: list[Session] = []


def session() -> Session:
    """The session that goes on, or a new one."""
    if not _SESSIONS:
        _SESSIONS.append(Session())
    return _SESSIONS[0]


def end_session() -> None:
    while _SESSIONS:
        _SESSIONS.pop().close()


atexit.register(end_session)


class Monkey(RuleBasedStateMachine):
    """A client without sense."""

    def __init__(self) -> None:
        super().__init__()
        self.session = session()
        self.wire = self.session.wire
        self.open: dict[str, Typewriter] = {}
        self.versions: dict[str, int] = {}
        self.asked: list[tuple[int, str]] = []
        self.resolvable: list[tuple[str, Any]] = []

    # Texts.

    def uri(self, name: str) -> str:
        return name if ":" in name else (self.session.folder / name).as_uri()

    def path(self, name: str) -> Path | None:
        return None if ":" in name else self.session.folder / name

    def some(self, which: int) -> str:
        return sorted(self.open)[which % len(self.open)]

    @rule(name=names, text=texts, language=st.sampled_from(["pql", "json", "yaml", "jsonl", "plaintext", ""]))
    def opens(self, name: str, text: int, language: str) -> None:
        self.begin(self.uri(name), TEXTS[text], language)

    def begin(self, uri: str, text: str, language: str) -> None:
        if uri in self.open:
            return
        self.open[uri] = Typewriter(text)
        self.versions[uri] = 1
        item = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.wire.notify("textDocument/didOpen", {"textDocument": item})

    def change(self, uri: str, changes: list[dict[str, Any]]) -> None:
        self.versions[uri] += 1
        document = {"uri": uri, "version": self.versions[uri]}
        self.wire.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})
        self.session.edits += 1

    def edit(self, uri: str, start: int, length: int, piece: int | str) -> dict[str, Any]:
        document, text = self.open[uri], written(piece)
        start = document.place(start % (len(document) + 1))
        return document.replace(start, max(start, document.place(min(start + length, len(document)))), text)

    @precondition(lambda self: self.open)
    @rule(which=offsets, start=offsets, length=st.integers(0, 3), piece=pieces)
    def types(self, which: int, start: int, length: int, piece: int | str) -> None:
        uri = self.some(which)
        self.change(uri, [self.edit(uri, start, length, piece)])

    @precondition(lambda self: self.open)
    @rule(which=offsets, start=offsets, word=pieces)
    def types_by_characters(self, which: int, start: int, word: int | str) -> None:
        uri = self.some(which)
        at = self.open[uri].place(start % (len(self.open[uri]) + 1))
        for char in written(word)[:12]:
            before = len(self.open[uri])
            self.change(uri, [self.edit(uri, at, 0, char)])
            at = min(at + len(self.open[uri]) - before, len(self.open[uri]))

    @precondition(lambda self: self.open)
    @rule(which=offsets, edits=st.lists(st.tuples(offsets, st.integers(0, 40), pieces), min_size=2, max_size=5))
    def changes_many_places(self, which: int, edits: list[tuple[int, int, int | str]]) -> None:
        uri = self.some(which)
        self.change(uri, [self.edit(uri, *each) for each in edits])

    @precondition(lambda self: self.open)
    @rule(which=offsets, start=offsets, length=offsets)
    def deletes(self, which: int, start: int, length: int) -> None:
        uri = self.some(which)
        self.change(uri, [self.edit(uri, start, length % 4096, "")])

    @precondition(lambda self: self.open)
    @rule(which=offsets, text=texts, more=pieces, start=offsets)
    def replaces_all(self, which: int, text: int, more: int | str, start: int) -> None:
        uri = self.some(which)
        self.change(uri, [self.open[uri].replace_all(TEXTS[text]), self.edit(uri, start, 1, more)])

    @precondition(lambda self: self.open)
    @rule(which=offsets, piece=pieces)
    def appends_behind_the_end(self, which: int, piece: int | str) -> None:
        """Some clients name the end of the text by a line that is not there."""
        uri = self.some(which)
        document = self.open[uri]
        change = document.replace(len(document), len(document), written(piece))
        beyond = {"line": 2**31 - 1, "character": 0}
        self.change(uri, [{**change, "range": {"start": beyond, "end": beyond}}])

    @precondition(lambda self: self.open)
    @rule(which=offsets)
    def closes(self, which: int) -> None:
        uri = self.some(which)
        del self.open[uri]
        self.wire.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    @precondition(lambda self: self.open)
    @rule(which=offsets, with_text=st.booleans())
    def saves(self, which: int, with_text: bool) -> None:
        uri = self.some(which)
        for name in NAMES:
            path = self.path(name)
            if self.uri(name) == uri and path is not None:
                path.write_bytes(self.open[uri].text.encode("utf-8", "replace"))
        more = {"text": self.open[uri].text} if with_text else {}
        self.wire.notify("textDocument/didSave", {"textDocument": {"uri": uri}, **more})

    @precondition(lambda self: self.open)
    @rule(which=offsets, name=names)
    def renames(self, which: int, name: str) -> None:
        old, new = self.some(which), self.uri(name)
        if new in self.open:
            return
        document = self.open.pop(old)
        self.wire.notify("textDocument/didClose", {"textDocument": {"uri": old}})
        self.watched((old, 3), (new, 1))
        self.begin(new, document.text, "json")

    # What is around them.

    def watched(self, *changes: tuple[str, int]) -> None:
        events = [{"uri": uri, "type": kind} for uri, kind in changes]
        self.wire.notify("workspace/didChangeWatchedFiles", {"changes": events})

    @rule(name=names, text=texts, gone=st.booleans(), kind=st.sampled_from([1, 2, 3]))
    def somebody_else_writes(self, name: str, text: int, gone: bool, kind: int) -> None:
        path = self.path(name)
        if path is not None:
            path.unlink(missing_ok=True)
            if not gone:
                path.write_bytes(TEXTS[text].encode("utf-8", "replace"))
        self.watched((self.uri(name), kind))

    @rule(text=st.sampled_from(CONFIGURATIONS), told=st.booleans())
    def configures(self, text: str | None, told: bool) -> None:
        path = self.session.folder / "pqltools.toml"
        path.unlink(missing_ok=True)
        if text is not None:
            path.write_text(text, encoding="utf-8")
        if told:
            self.watched((path.as_uri(), 2))

    @rule(value=st.sampled_from(SETTINGS), asked=st.booleans())
    def sets(self, value: Any, asked: bool) -> None:
        self.wire.settings = value
        self.wire.notify("workspace/didChangeConfiguration", {"settings": None if asked else {"pql": value}})

    @rule(name=st.sampled_from(["", "inner", "nowhere"]), comes=st.booleans())
    def changes_folders(self, name: str, comes: bool) -> None:
        folder = {"uri": (self.session.folder / name).as_uri(), "name": name}
        event = {"added": [folder] if comes else [], "removed": [] if comes else [folder]}
        self.wire.notify("workspace/didChangeWorkspaceFolders", {"event": event})

    # Requests.

    @rule(
        method=offsets,
        which=offsets,
        start=offsets,
        end=offsets,
        name=names,
        cancelled=st.sampled_from([0, 0, 0, 1, 2]),
    )
    def asks(self, method: int, which: int, start: int, end: int, name: str, cancelled: int) -> None:
        offered = methods_of(self.session.offered)
        chosen = offered[method % len(offered)]
        uri = self.some(which) if self.open and which % 8 else self.uri(name)
        document = self.open.get(uri, Typewriter(""))
        places = [document.position(document.place(at % (len(document) + 1))) for at in sorted((start, end))]
        if which % 16 == 1:
            places[1] = {"line": start % 50, "character": 2**31 - 1}
        params = params_for(chosen, self.session.offered, uri, places[0], places[1], self.resolvable, which)
        if params is None:
            return
        number = self.wire.ask(chosen, params)
        self.session.requests += 1
        self.asked.append((number, chosen))
        if cancelled:
            self.wire.notify("$/cancelRequest", {"id": number + (cancelled == 2) * 1000})

    @rule(nonsense=st.integers(0, len(NONSENSE) - 1))
    def talks_nonsense(self, nonsense: int) -> None:
        method, params, answered = NONSENSE[nonsense]
        if answered:
            answer = self.wire.request(method, params)
            assert answer.error is not None, (method, params, answer.result)
            assert answer.error["code"] in (_METHOD_NOT_FOUND, _INVALID_PARAMS), (method, params, answer.error)
        else:
            self.wire.notify(method, params)

    # What always holds.

    @rule()
    def compares(self) -> None:
        """All requests have an answer, and the server has the texts that the client has."""
        for number, method in self.asked:
            answer = self.wire.answer(number)
            if answer.error is not None:
                self.session.refused[method] = self.session.refused.get(method, 0) + 1
                assert answer.error["code"] in ALLOWED, (method, answer.error)
            else:
                self.resolvable += [*_resolvable(method, answer.result)]
        self.asked = []
        del self.resolvable[:-20]
        theirs = self.wire.request("test/texts", {}).result
        assert {*theirs} == {*self.open}
        for uri, document in self.open.items():
            version, text = theirs[uri]
            assert version == self.versions[uri]
            assert same(text, document.text), uri

    @invariant()
    def lives(self) -> None:
        assert self.wire.server.poll() is None

    def teardown(self) -> None:
        try:
            self.compares()
            for uri in self.open:  # for whom it is not to check while one types
                self.wire.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
            for uri in self.open:
                found, _ = self.wire.findings(uri, self.versions[uri])
                if uri.endswith(("/b.json", ".toml")):
                    continue  # a schema or a configuration: with what is wrong in the file as it was saved
                for each in found:
                    start, end = each["range"]["start"], each["range"]["end"]
                    assert (start["line"], start["character"]) <= (end["line"], end["character"])
                    assert self.open[uri].contains(start), (uri, each)
                    assert self.open[uri].contains(end), (uri, each)
            for uri in self.open:
                self.wire.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
            complaints = self.session.complaints()
            assert not complaints, "\n".join(complaints)
            self.wire.told.clear()
        except Gone as problem:
            complaints = self.session.complaints()
            end_session()
            raise AssertionError("\n".join([str(problem), *complaints])) from problem
        except BaseException:
            end_session()
            raise


def _resolvable(method: str, result: Any) -> Iterator[tuple[str, Any]]:
    items = result.get("items", ()) if isinstance(result, dict) else result or ()
    if method in {first for first, _ in RESOLVED.values()}:
        for item in [*items][:3]:
            yield method, item


def _run(examples: int) -> Session:
    from hypothesis.stateful import run_state_machine_as_test

    checks, phases = [*HealthCheck], [Phase.explicit, Phase.generate]
    run_state_machine_as_test(
        Monkey,
        settings=settings(
            max_examples=examples, stateful_step_count=60, deadline=None, suppress_health_check=checks, phases=phases
        ),
    )
    return session()


def test_the_server_lives_through_anything() -> None:
    done = _run(120)
    assert done.edits >= 500
    assert done.requests >= 100


@pytest.mark.nightly
def test_the_server_lives_through_anything_for_long() -> None:
    done = _run(1200)
    print(f"{done.edits:,} edits, {done.requests:,} requests; with an error for an answer: {done.refused}")
    assert done.edits >= 5_000
