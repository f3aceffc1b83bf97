"""Is nobody told that fields are nowhere which the store has not taken?"""

from __future__ import annotations

from pathlib import Path

import pytest

from pqltools.diagnostics import PQLError
from pqltools.engines.duckdb.engine import DuckDBEngine
from pqltools.engines.store.loading import load
from pqltools.engines.store.store import open_store
from pqltools.types.model import ANY, STRING, MapType, PlainObject
from pqltools.workspace.definitions import inline_definition
from pqltools.xdm.schema import Schema
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


def test_objects_as_a_whole_ask_for_all_that_is_in_them(tmp_path: Path) -> None:
    lines = '{"_id": "a", "homeAddress": {"city": "x", "foo": 1}, "workAddress": {"city": "x"}}\n'
    for text in (
        "homeAddress.count() = 2",
        "homeAddress = workAddress",
        "homeAddress in [workAddress]",
        "distinct([homeAddress, workAddress]).count() = 2",
        "exists V from homeAddress where V = 1",
    ):
        with pytest.raises(PQLError, match=r"`homeAddress.foo` was left out"):
            planned(tmp_path, text, lines)
    assert planned(tmp_path, "workAddress.count() = 1 and homeAddress.city = workAddress.city", lines) == [1]


def test_fields_in_maps(tmp_path: Path) -> None:
    lines = '{"_id": "a", "identityMap": {"ECID": [{"id": "1", "foo": 2}]}}\n'
    for text in ('identityMap["ECID"].foo = 2', 'identityMap.get("ecid").exists(foo = 2)'):
        with pytest.raises(PQLError, match=r"`identityMap.\*.foo` was left out"):
            planned(tmp_path, text, lines)
    assert planned(tmp_path, 'identityMap["ECID"].exists(id = "1")', lines) == [1]


def test_fields_of_which_the_schema_knows_no_type(tmp_path: Path) -> None:
    schema = Schema(PlainObject({"_id": STRING, "m": MapType(ANY)}), PlainObject({}), "a schema")
    file = tmp_path / "p.ndjson"
    file.write_text('{"_id": "a", "m": {"k": 1}}\n')
    with open_store(str(tmp_path / "store"), write=True, threads=1) as store:
        assert load(store, [str(file)], schema.profile).left_out == ("m",)
        with pytest.raises(PQLError, match="or its type"):
            DuckDBEngine(store, schema).plan([inline_definition("m.isNotNull()", schema, 0)])


def test_what_kept_events_lack_stays_known(tmp_path: Path) -> None:
    file = tmp_path / "p.ndjson"
    with open_store(str(tmp_path / "store"), write=True, threads=1) as store:
        for line in ('{"_id": "a", "xEvent": [{"_acme": 1}], "_other": 1}\n', '{"_id": "a"}\n'):
            file.write_text(line)
            load(store, [str(file)], SCHEMA.profile, keep_events=True)
        assert store.left_out == [("xEvent", "_acme")]
