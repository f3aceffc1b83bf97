"""Does a configuration say what it should, and is every mistake in it told with its place?"""

from __future__ import annotations

from pathlib import Path

import pytest

from pqltools.checks.surroundings import Limits
from pqltools.diagnostics import PQLError
from pqltools.types.time import is_iso_day
from pqltools.workspace.config import Config
from pqltools.workspace.config_files import Configurations

WHOLE = """\
schemas = ["schemas/*.json"]
tenant = "acme"
select = ["ALL"]
extend-select = ["self-comparison"]
ignore = ["PQL4", "redundant-parentheses"]
method = "streaming"
as-of = 2025-05-20
unknown-fields = "off"
exclude = ["legacy"]
segments = ["../all"]
samples = ["samples/*.ndjson"]
sample-events = ["samples/events.ndjson"]

[severity]
PQL3 = "error"
self-comparison = "hint"

[per-file-ignores]
"old/*" = ["ALL"]

[limits]
list-items = 12
"""


def read(folder: Path, text: str, name: str = "pqltools.toml") -> Config:
    (folder / name).write_text(text)
    return Configurations().peek(str(folder / "x.pql"))


def faults(folder: Path, text: str) -> list[tuple[str, str, str | None, str]]:
    """Code, message, help and the place of each fault."""
    with pytest.raises(PQLError) as error:
        read(folder, text)
    found = []
    for fault in error.value.diagnostics:
        assert fault.source is not None
        assert fault.span is not None
        assert fault.severity == "error"
        found.append((fault.code, fault.message, fault.help, fault.source.text[slice(*fault.span)]))
    return found


def test_everything(tmp_path: Path) -> None:
    config = read(tmp_path, WHOLE)
    assert config == Config(
        path=config.path,
        folder=config.folder,
        schemas=("schemas/*.json",),
        tenant="_acme",
        select=("ALL",),
        extend_select=("self-comparison",),
        ignore=("PQL4", "redundant-parentheses"),
        severity=(("PQL3", "error"), ("self-comparison", "hint")),
        per_file_ignores=(("old/*", ("ALL",)),),
        method="streaming",
        as_of="2025-05-20",
        unknown_fields="off",
        exclude=("legacy",),
        limits=Limits(list_items=12),
        segments=("../all",),
        samples=("samples/*.ndjson",),
        sample_events=("samples/events.ndjson",),
    )
    assert Path(config.folder).resolve() == tmp_path.resolve()


def test_pyproject(tmp_path: Path) -> None:
    assert read(tmp_path, '[tool.pqltools]\ntenant = "_x"', "pyproject.toml").tenant == "_x"


def test_the_nearest_one_counts_and_nothing_is_inherited(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.pqltools]\ntenant = "_root"\nignore = ["PQL3"]')
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "a" / "pyproject.toml").write_text('[project]\nname = "pqltools-user"')
    configurations = Configurations()
    assert configurations.peek(str(inner / "x.pql")).tenant == "_root"
    (inner / "pqltools.toml").write_text('tenant = "_inner"')
    found = Configurations().peek(str(inner / "x.pql"))
    assert (found.tenant, found.ignore) == ("_inner", ())
    assert Configurations().peek(str(tmp_path / "a" / "x.pql")).tenant == "_root"


def test_own_file_comes_before_pyproject(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.pqltools]\ntenant = "_shared"')
    assert read(tmp_path, 'tenant = "_own"').tenant == "_own"


def test_isolated_and_given(tmp_path: Path) -> None:
    (tmp_path / "pqltools.toml").write_text('tenant = "_found"')
    (tmp_path / "other.toml").write_text('tenant = "_given"')
    file = str(tmp_path / "x.pql")
    assert Configurations(isolated=True).peek(file) == Config()
    assert Configurations(str(tmp_path / "other.toml")).peek(file).tenant == "_given"


FAULTS = {
    'ingore = ["PQL3"]': ("PQL061", "the configuration has no option `ingore`", "did you mean `ignore`?", "ingore"),
    "per_file_ignores = {}": (
        "PQL061",
        "the configuration has no option `per_file_ignores`",
        "did you mean `per-file-ignores`?",
        "per_file_ignores",
    ),
    'select = "PQL3"': ("PQL062", "`select` is a string, not a list of strings", '`select = ["PQL3"]`', '"PQL3"'),
    "select = [1]": ("PQL062", "this is a number, not a string", None, "1"),
    'ignore = ["self-comparision"]': (
        "PQL063",
        "no rule has the code or name `self-comparision`",
        "did you mean `self-comparison`?",
        '"self-comparision"',
    ),
    '[severity]\nself-comparison = "warn"': (
        "PQL062",
        "`warn` is no value of `self-comparison`",
        "it is `error`, `warning`, `information`, `hint` or `off`",
        '"warn"',
    ),
    "[severity]\nPQL999 = 'off'": ("PQL063", "no rule has the code or name `PQL999`", None, "PQL999"),
    "limits = 3": ("PQL062", "`limits` is a number, not a table", None, "3"),
    "[limits]\nlist-itmes = 3": (
        "PQL061",
        "there is no limit `list-itmes`",
        "did you mean `list-items`?",
        "list-itmes",
    ),
    "[limits]\nlist-items = true": ("PQL062", "`list-items` is a boolean, not an integer", None, "true"),
    "[limits]\nlist-items = -1": ("PQL062", "`list-items` is negative", None, "-1"),
    'method = "realtime"': (
        "PQL062",
        "`realtime` is no value of `method`",
        "it is `batch`, `streaming` or `edge`",
        '"realtime"',
    ),
    'as-of = "2025-02-30"': ("PQL062", "`2025-02-30` is no day", "write it as `2025-05-20`", '"2025-02-30"'),
    "as-of = 2025-05-20T10:00:00Z": (
        "PQL062",
        "`as-of` is a date or a time, not a string",
        None,
        "2025-05-20T10:00:00Z",
    ),
    'samples = "a.ndjson"': (
        "PQL062",
        "`samples` is a string, not a list of strings",
        '`samples = ["a.ndjson"]`',
        '"a.ndjson"',
    ),
    "sample-events = [1]": ("PQL062", "this is a number, not a string", None, "1"),
    'sample = ["a.ndjson"]': (
        "PQL061",
        "the configuration has no option `sample`",
        "did you mean `samples`?",
        "sample",
    ),
    'tenant = ""': ("PQL062", "`tenant` is empty", None, '""'),
    '[per-file-ignores]\n"a.json" = ["x"]': ("PQL063", "no rule has the code or name `x`", None, '"x"'),
}


@pytest.mark.parametrize("text", FAULTS)
def test_faults(tmp_path: Path, text: str) -> None:
    code, message, help, place = FAULTS[text]
    ((found_code, found_message, found_help, found_place),) = faults(tmp_path, text)
    assert (found_code, found_message, found_place) == (code, message, place)
    if help is not None:
        assert found_help == help


def test_all_faults_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = faults(tmp_path, 'zebra = 1\nselect = 2\nmethod = 3\nignore = ["PQL3", "nonsense"]')
    assert [fault[0] for fault in found] == ["PQL061", "PQL062", "PQL062", "PQL063"]


@pytest.mark.parametrize(
    ("text", "place"), [("a = \nb = 1", (1, 5)), ("[[x]\n", (1, 4)), ("a = 'x", (1, 7)), ("\ufeffa = 1 1", (1, 7))]
)
def test_no_toml(tmp_path: Path, text: str, place: tuple[int, int]) -> None:
    with pytest.raises(PQLError) as error:
        read(tmp_path, text)
    (fault,) = error.value.diagnostics
    assert fault.code == "PQL060"
    assert fault.message.startswith("this is not TOML: ")
    assert fault.source is not None
    assert fault.span is not None
    assert fault.source.line_column(fault.span[0]) == place


def test_faults_are_told_once(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "pqltools.toml").write_text("nonsense = 1")
    configurations = Configurations()
    with pytest.raises(PQLError):
        configurations.for_file(str(tmp_path / "x.pql"))
    assert configurations.for_file(str(tmp_path / "y.pql")) is None
    assert configurations.for_file(str(tmp_path / "a" / "y.pql")) is None
    with pytest.raises(PQLError):
        configurations.peek(str(tmp_path / "a" / "y.pql"))


def test_given_files_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]")
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe")
    codes = {"missing.toml": "PQL044", ".": "PQL044", "pyproject.toml": "PQL060", "bad.toml": "PQL014"}
    for name, code in codes.items():
        with pytest.raises(PQLError) as error:
            Configurations(str(tmp_path / name)).for_file("x.pql")
        assert error.value.diagnostics[0].code == code


@pytest.mark.parametrize("day", ["2025-05-20", "2024-02-29"])
def test_days(day: str) -> None:
    assert is_iso_day(day)


@pytest.mark.parametrize("day", ["2025-02-29", "2025-5-2", "20250520", "", "2025-13-01", "tomorrow"])
def test_no_days(day: str) -> None:
    assert not is_iso_day(day)
