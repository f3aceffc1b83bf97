"""How long does an editor wait for what shows the structure of a text?  1,000 clauses, and 2,000 definitions.

Each line: the first answer, then the median of further ones; `keystroke` is the answer after a change of one clause.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

from lsprotocol import types

sys.path.insert(0, str(Path(__file__).parents[1]))

from lsp_states import state_with, uri_in
from pqltools.lsp.state import State

ROUNDS = 11
_EVENT = 'xEvent[eventType = "x{n}" and timestamp occurs <= 3 days before now].count() > {n}'
_EVERYTHING = types.Range(types.Position(0, 0), types.Position(9999, 0))


def main() -> None:
    """Print the times of all features."""
    clauses = [(_EVENT if n % 2 else 'homeAddress.city = "city {n}"').replace("{n}", str(n)) for n in range(1000)]
    text = "\nand ".join(clauses)
    definition = {"id": "a", "name": "A", "expression": {"format": "pql/text", "value": text}}
    for name, around in (("a.pql", text), ("a.json", json.dumps(definition))):
        print(f"{name}: 1,000 clauses, {len(around) / 1e3:.0f} kB")
        features(name, around)
    workspace()


def features(name: str, text: str) -> None:
    """The times for one open text."""
    state = state_with({name: text})
    identifier = types.TextDocumentIdentifier(uri_in(name))
    position = state.document(identifier.uri).positions.position(text.index("homeAddress") + 1)
    for feature, params in (
        ("semantic_tokens_full", types.SemanticTokensParams(identifier)),
        ("document_symbol", types.DocumentSymbolParams(identifier)),
        ("folding_range", types.FoldingRangeParams(identifier)),
        ("selection_range", types.SelectionRangeParams(identifier, [position])),
        ("document_highlight", types.DocumentHighlightParams(identifier, position)),
        ("document_link", types.DocumentLinkParams(identifier)),
        ("inlay_hint", types.InlayHintParams(identifier, _EVERYTHING)),
    ):
        told(feature, lambda feature=feature, params=params: ask(state, feature, params))  # type: ignore[misc]

    def keystroke() -> None:
        document = state.document(identifier.uri)
        at = document.positions.position(document.text.index("city 500"))
        change = types.TextDocumentContentChangePartial(types.Range(at, at), "x")
        state.documents.put(document.edited([change], document.version + 1))
        ask(state, "semantic_tokens_delta", types.SemanticTokensDeltaParams(identifier, ""))

    told("keystroke: tokens", keystroke)


def workspace() -> None:
    """The times for a folder of definitions."""
    with tempfile.TemporaryDirectory() as folder:
        for n in range(2000):
            value = f'homeAddress.city = "{n}" and inSegment("id-{n // 2}")'
            definition = {"id": f"id-{n}", "name": f"Number {n}", "expression": {"format": "pql/text", "value": value}}
            (Path(folder) / f"{n}.json").write_text(json.dumps(definition))
        state = state_with({"a.pql": 'inSegment("id-50")'})
        opened = state.open_folder(Path(folder).as_uri())
        assert opened is not None
        start = time.perf_counter()
        files = len([*opened.index.scan()])
        print(f"{files:,} definitions, indexed in {time.perf_counter() - start:.2f} s")
        for query in ("", "number", "nmbr19", "nothing"):
            params = types.WorkspaceSymbolParams(query)
            told(f"symbols: {query!r}", lambda params=params: ask(state, "workspace_symbol", params))  # type: ignore[misc]
        where = types.TextDocumentIdentifier(uri_in("a.pql")), types.Position(0, 12)
        told("definition", lambda: ask(state, "definition", types.DefinitionParams(*where)))
        context = types.ReferenceContext(True)
        told("references", lambda: ask(state, "references", types.ReferenceParams(context, *where)))


def ask(state: State, feature: str, params: Any) -> Any:
    """The answer of a feature."""
    return import_module(f"pqltools.lsp.features.{feature}").answer(state, params)


def told(name: str, call: Callable[[], object]) -> None:
    """Print the time of the first call and the median of further ones, in milliseconds."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * 1000)
    print(f"  {name:24} {times[0]:8.1f} ms {median(times[1:]):8.1f} ms")


if __name__ == "__main__":
    main()
