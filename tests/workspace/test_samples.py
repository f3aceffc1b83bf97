"""Are samples found and tried as the configuration says?"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pqltools.diagnostics import PQLError
from pqltools.syntax.parser import parse
from pqltools.workspace.config_files import Configurations
from pqltools.workspace.samples import Samples, question, samples_of, segments_for
from pqltools.workspace.setup import Options, Workspace
from pqltools.workspace.trial import command, trial

BATH = 'homeAddress.city = "Bath"'


def configured(folder: Path, text: str) -> Any:
    (folder / "pqltools.toml").write_text(text)
    return Configurations().peek(str(folder / "x.pql"))


def test_names_are_relative_to_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    for name in ("b.ndjson", "a.ndjson", "events.json"):
        (tmp_path / "s" / name).write_text("{}\n")
    config = configured(tmp_path, 'samples = ["s/*.ndjson", "s/a.ndjson"]\nsample-events = ["s/events.json"]\n')
    found = samples_of(config)
    assert [Path(name).name for name in found.profiles] == ["a.ndjson", "b.ndjson"]
    assert [Path(name).name for name in found.events] == ["events.json"]
    before = found.stamp()
    (tmp_path / "s" / "events.json").write_text("{} \n")
    assert found.stamp() != before
    assert Samples(("gone",)).stamp() == (("gone", 0, -1),)


def test_a_missing_file_is_told_at_its_place(tmp_path: Path) -> None:
    config = configured(tmp_path, 'samples = []\nsample-events = ["x.json"]\n')
    with pytest.raises(PQLError) as problem:
        samples_of(config)
    (fault,) = problem.value.diagnostics
    assert fault.message == "`sample-events` names `x.json`, and there is no such file"
    assert fault.source is not None
    assert fault.span is not None
    assert fault.source.text[slice(*fault.span)] == '"x.json"'


def test_segments_by_way_of_others(tmp_path: Path) -> None:
    from pqltools.checks.surroundings import Segment

    trees = {id: parse(text) for id, text in (("a", 'inSegment("b")'), ("b", 'inSegment("a")'), ("c", BATH))}
    known = {id: Segment(id, tree=tree) for id, tree in trees.items()}
    assert {*segments_for(parse('inSegment("a") or inSegment("gone")'), known)} == {"a", "b"}
    assert {*segments_for(parse("inSegment(person.x)"), known)} == {"a", "b", "c"}


def asked(folder: Path, text: str, *lines: str) -> dict[str, Any]:
    (folder / "p.ndjson").write_text("".join(f"{line}\n" for line in lines))
    config = configured(folder, 'samples = ["p.ndjson"]\n')
    return question(("pql/text", text), parse(text), {}, config, samples_of(config), 0)


def test_a_trial(tmp_path: Path) -> None:
    lines = ['{"homeAddress": {"city": "Bath"}}', '{"homeAddress": {"city": "Wells"}}', "{}", "[", '"x"']
    *before, last = trial(asked(tmp_path, BATH, *lines))
    assert before[-1]["done"] == before[-1]["of"] == (tmp_path / "p.ndjson").stat().st_size
    assert [last[key] for key in ("profiles", "qualified", "unknown", "failed", "badLines")] == [3, 1, 1, 0, 2]
    assert [each.partition(":")[0] for each in last["problems"]] == ["p.ndjson"] * 2
    (only,) = trial(asked(tmp_path, "nonsense(1)", "{}"))
    assert "nonsense" in only["error"]
    (tmp_path / "p.ndjson").unlink()
    (only,) = trial({**asked(tmp_path, BATH, "{}"), "profiles": [str(tmp_path / "gone")]})
    assert "gone" in only["error"]


def test_a_process_whatever_stands_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit(1)\n")
    said = json.dumps(asked(tmp_path, BATH, '{"homeAddress": {"city": "Bath"}}'))
    run = subprocess.run(command(), input=said, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert json.loads(run.stdout.splitlines()[-1])["qualified"] == 1
    run = subprocess.run(command(), input="{}", capture_output=True, text=True, check=True)
    assert "KeyError" in json.loads(run.stdout)["mistake"]


def test_the_configuration_of_a_file(tmp_path: Path) -> None:
    configured(tmp_path, 'tenant = "x"\n')
    assert Workspace(Options(0)).config(str(tmp_path / "a.pql")).tenant == "_x"
