"""Does `pql profiles` load and show what it is given, and say clearly what it cannot do?"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from pqltools.segmentation.directory import DataDirectory
from running import Pql

LINES = (
    '{"_id":"ann","person":{"birthYear":1990}}\n{"oops\n{"_id":"bob","xEvent":[{"timestamp":"2024-01-01T00:00:00Z"}]}\n'
)


def test_load_list_and_show(pql: Pql, tmp_path: Path) -> None:
    (tmp_path / "p.ndjson").write_text(LINES)
    data = ("--data", tmp_path / "data")
    ran = pql("profiles", "load", tmp_path / "p.ndjson", "--dataset", "CRM", "--batch", "b1", *data)
    assert ran.status == 0, ran.err
    assert ran.out.splitlines()[1].split()[1:] == ["b1", "2", "1", "1"]
    assert "p.ndjson PQL071 warning: line 2: this is not JSON" in ran.err
    ran = pql("profiles", "list", *data)
    assert ran.out.splitlines()[1].split()[:2] == ["b1", "CRM"]
    assert ran.out.endswith("2 profiles: 2 without a namespace\n")
    ran = pql("profiles", "list", "--batch", "b1", *data)
    assert "success: 2 profiles, 1 events, 1 refused" in ran.out
    assert "p.ndjson line 2: this is not JSON" in ran.out
    ran = pql("profiles", "show", "ann", *data)
    assert json.loads(ran.out) == {"_id": "ann", "person": {"birthYear": 1990}}
    assert pql("profiles", "show", "ann", "--precedence", "CRM", *data).status == 0
    ran = pql("profiles", "show", "ann", "--precedence", "Other", *data)
    assert (ran.status, ran.err) == (1, "pql profiles: there is no dataset `Other`\n")
    ran = pql("profiles", "show", "eve", *data)
    assert (ran.status, ran.err) == (1, "pql profiles: there is no profile with the primary identity `eve`\n")
    ran = pql("profiles", "list", "--sandbox", "dev", *data)
    assert ran.out == "there is nothing in the sandbox dev of ACME@AdobeOrg\n"


def test_events_and_json_output(pql: Pql, tmp_path: Path) -> None:
    events = '{"relatedEntityId":"ann","timestamp":"2024-01-01T00:00:00Z"}\n[]\n'
    data = ("--data", tmp_path / "data", "--output-format", "json")
    ran = pql("profiles", "load", "-", "--events", "--dataset", "Web", *data, input=events)
    assert ran.status == 0, ran.err
    said = json.loads(ran.out)
    assert [(batch["file"], batch["events"], batch["bad"]) for batch in said["batches"]] == [("-", 1, 1)]
    assert [problem["code"] for problem in said["problems"]] == ["PQL072"]
    said = json.loads(pql("profiles", "list", *data).out)
    assert said["profiles"] == {"": 1}
    assert [dataset["name"] for dataset in said["datasets"]] == ["Web"]


def test_one_bad_file_costs_no_other(pql: Pql, tmp_path: Path) -> None:
    (tmp_path / "p.ndjson").write_text(LINES)
    data = ("--data", tmp_path / "data", "--dataset", "CRM")
    ran = pql("profiles", "load", tmp_path / "nowhere", tmp_path / "p.ndjson", *data)
    assert ran.status == 1
    assert "there is no such file" in ran.err
    assert "p.ndjson" in ran.out


def test_an_interrupt_leaves_what_was_loaded(pql: Pql, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pqltools.segmentation.profiles import sources

    (tmp_path / "first").write_text(LINES)
    (tmp_path / "second").write_text(LINES)
    ordinary = sources._json_parts

    def interrupted(path: str, *rest: object) -> object:
        if path.endswith("second"):
            raise KeyboardInterrupt
        return ordinary(path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(sources, "_json_parts", interrupted)
    data = ("--data", tmp_path / "data")
    ran = pql("profiles", "load", tmp_path / "first", tmp_path / "second", "--dataset", "CRM", *data)
    assert ran.status == 130
    assert "pql: interrupted; 1 of 2 files are loaded" in ran.err
    assert "2 profiles" in pql("profiles", "list", *data).out


def test_wrong_use(pql: Pql, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = ("--data", tmp_path / "data")
    assert pql("profiles").status == 2
    assert pql("profiles", "laod").status == 2
    assert pql("profiles", "load", "a", "b", "--batch", "x", "--dataset", "d", *data).status == 2
    ran = pql("profiles", "load", "a", "--identity", "x", "--dataset", "d", *data)
    assert "write it as Email=personalEmail.address" in ran.err
    ran = pql("profiles", "list", "--batch", "b", *data)
    assert (ran.status, ran.err) == (1, "pql profiles: The batch b is not found. Use a valid id and try again.\n")
    (tmp_path / "file").write_text("")
    ran = pql("profiles", "list", "--data", tmp_path / "file")
    assert (ran.status, ran.err) == (1, f"pql profiles: {tmp_path / 'file'} is a file, not a directory\n")
    monkeypatch.setitem(sys.modules, "duckdb", None)
    for name in [name for name in sys.modules if name.startswith("pqltools.segmentation.profiles")]:
        monkeypatch.delitem(sys.modules, name)
    ran = pql("profiles", "list", *data)
    assert (ran.status, "pip install 'pqltools[service]'" in ran.err) == (2, True)


def test_data_in_use_are_told(pql: Pql, tmp_path: Path) -> None:
    directory = DataDirectory(str(tmp_path / "data"))
    try:
        ran = pql("profiles", "list", "--data", tmp_path / "data")
        assert ran.status == 1
        assert "is in use by another pql" in ran.err
    finally:
        directory.close()


@pytest.mark.parametrize("command", ["load", "list", "show"])
def test_help(pql: Pql, command: str) -> None:
    ran = pql("profiles", command, "--help")
    assert ran.status == 0
    assert "examples:" in ran.out
