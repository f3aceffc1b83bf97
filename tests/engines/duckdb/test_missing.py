"""Is nobody told that fields are nowhere which the store has not taken?"""

from __future__ import annotations

from pathlib import Path

import pytest

from pqltools.diagnostics import PQLError
from pqltools.engines.duckdb.engine import DuckDBEngine
from pqltools.engines.store.loading import load
from pqltools.engines.store.store import open_store
from pqltools.workspace.definitions import inline_definition
from pqltools.xdm.standard import standard

SCHEMA = standard()
LINES = (
    '{"_id": "a", "_acme": {"group": "x"}, "person": {"birthYear": 1980, "shoe": 5}}\n',
    '{"_id": "b", "xEvent": [{"eventType": "e", "_acme": {"group": "x"}}]}\n',
)


def planned(folder: Path, text: str, lines: str) -> list[int]:
    file = folder / "p.ndjson"
    file.write_text(lines)
    with open_store(str(folder / "store"), write=True, threads=1) as store:
        load(store, [str(file)], SCHEMA.profile)
    with open_store(str(folder / "store")) as store:
        engine = DuckDBEngine(store, SCHEMA)
        return [*engine.run(engine.plan([inline_definition(text, SCHEMA, 0)])).counts]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('_acme.group = "x"', "`_acme`"),
        ("_acme.isNotNull()", "`_acme`"),
        ("person.shoe > 3 and person.birthYear > 1", "`person.shoe`"),
        ('xEvent.exists(_acme.group = "x")', "`xEvent._acme`"),
        ('select E from xEvent where E._acme.group = "x"', "`xEvent._acme`"),
    ],
)
def test_what_was_left_out_is_an_error(text: str, name: str, tmp_path: Path) -> None:
    with pytest.raises(PQLError, match="was left out of the store") as raised:
        planned(tmp_path, text, "".join(LINES))
    assert str(raised.value.diagnostics[0].message).startswith(name)


def test_it_is_remembered_over_loads(tmp_path: Path) -> None:
    assert planned(tmp_path, '_acme.group = "x"', '{"_id": "z"}\n') == [0]
    with pytest.raises(PQLError, match="`_acme` was left out"):
        planned(tmp_path, '_acme.group = "x"', LINES[0])
    with pytest.raises(PQLError, match="`_acme` was left out"):
        planned(tmp_path, '_acme.group = "x"', '{"_id": "y"}\n')


def test_it_is_forgotten_when_all_profiles_are_loaded_again(tmp_path: Path) -> None:
    with pytest.raises(PQLError):
        planned(tmp_path, '_acme.group = "x"', LINES[0] + '{"_id": "z"}\n')
    with pytest.raises(PQLError):
        planned(tmp_path, '_acme.group = "x"', '{"_id": "a"}\n')
    assert planned(tmp_path, '_acme.group = "x"', '{"_id": "a"}\n{"_id": "z"}\n') == [0]


def test_other_fields_are_found(tmp_path: Path) -> None:
    assert planned(tmp_path, "person.birthYear > 1", "".join(LINES)) == [1]
    assert planned(tmp_path, '_other.group = "x"', "".join(LINES)) == [0]
    assert planned(tmp_path, "person.birthYear > 1", '{"_id": "d", "person.birthYear": 3}\n') == [1]
