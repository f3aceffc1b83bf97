"""Is completion prepared for once a schema, and does it know what is around an expression?"""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from lsprotocol import types

from pqltools.lsp import syncing
from pqltools.lsp.documents import Document
from pqltools.lsp.knowing import known, warm_up
from pqltools.lsp.state import State
from pqltools.lsp.syncing import Syncing


def test_texts_are_prepared_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    warmed: list[str] = []

    def noting(state: State, document: Document) -> bool:
        done = warm_up(state, document)
        warmed.append(f"{document.uri} {done}")
        return done

    monkeypatch.setattr("pqltools.lsp.knowing.warm_up", noting)
    monkeypatch.setattr(syncing, "_WARM_UP", 0)
    state = State(SimpleNamespace())  # type: ignore[arg-type]
    publisher: Any = SimpleNamespace(changed=lambda document, delay: None)
    session = Syncing(state, publisher)

    async def opening() -> None:
        for name, text in (("p.json", '{"name": "x"}'), ("a.pql", "a"), ("b.pql", "b"), ("x/c.pql", "c")):
            item = types.TextDocumentItem(f"file:///nowhere/{name}", "pql", 1, text)
            session.opened(types.DidOpenTextDocumentParams(item))
            while session._tasks:
                await asyncio.gather(*session._tasks)

    asyncio.run(opening())
    assert warmed == ["file:///nowhere/p.json False", "file:///nowhere/a.pql True", "file:///nowhere/x/c.pql True"]


def test_namespaces_and_segments_are_those_of_the_workspace(tmp_path: Path) -> None:
    (tmp_path / "pqltools.toml").write_text('namespaces = ["CRMID", "Email"]\n')
    text = '{"id": "vip", "expression": {"format": "pql/text", "value": "identityMap.get(\\"Loyalty\\").id.exists()"}}'
    (tmp_path / "vip.json").write_text(text)
    state = State(SimpleNamespace())  # type: ignore[arg-type]
    folder = state.open_folder(tmp_path.as_uri())
    assert folder is not None
    assert [*folder.index.scan()]
    document = Document((tmp_path / "a.pql").as_uri(), "pql", 1, "a", "utf-16")
    found = known(state, document)
    assert found.namespaces[:3] == ("CRMID", "Email", "Loyalty")
    assert len({*found.namespaces}) == len(found.namespaces)
    assert "ECID" in found.namespaces
    assert [*found.segments] == ["vip"]
    (tmp_path / "vip.json").write_text(text.replace("Loyalty", "Club"))
    assert folder.index.update(str(tmp_path / "vip.json"))
    assert "Club" in known(state, document).namespaces
    assert "Loyalty" not in known(state, document).namespaces
