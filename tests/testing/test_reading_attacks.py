"""Does any text and any data end as tests or as faults, whatever it is?"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pqltools.testing.shapes import CASE, FILE, TEST
from testing_files import faults, read, read_data, run, statuses, told

ONE = "tests: [{qualifies: false}]"


def test_aliases_that_lead_too_far() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
    (fault,) = faults(read(bomb))
    assert (fault.code, fault.message) == ("PQL043", "with all aliases followed, this has more than 1,000,000 values")
    (fault,) = faults(read("profile: &p {a: [*p]}\ntests: []"))
    assert told(fault)[1:] == ("the alias `*p` stands inside of what it stands for", None, "*p")


def test_aliases_that_are_fine() -> None:
    text = """
expression: count(xs) = 2
profiles: {kim: &kim {xs: &xs [1, 2]}}
tests:
  - {profile: *kim, qualifies: true}
  - {profile: {xs: *xs}, with: {"xs[2]": 3}, qualifies: false}
  - {profile: kim, qualifies: true}
"""
    assert statuses(read(text)) == ["passed"] * 3


def test_deep_and_large_files() -> None:
    deep = "[" * 3000 + "]" * 3000
    assert [fault.code for fault in faults(read(f"expression: a\nprofile: {{a: {deep}}}\n{ONE}"))] == ["PQL010"]
    rows = [{"with": {"a": number}, "qualifies": number == 7} for number in range(2000)]
    suite = read_data({"expression": "a = 7", "tests": [{"cases": rows}]})
    assert statuses(suite) == ["passed"] * 2000


def test_paths_of_changes_that_lead_nowhere() -> None:
    for path in ("a" + ".b" * 200, "[0]", "", "a[", "a[-1]", "a\n", "a b", '["x"]'):
        suite = read_data({"expression": "a", "tests": [{"with": {path: 1}, "qualifies": True}]})
        assert [fault.code for fault in faults(suite)] == ["PQL075"], path


KEYS = st.sampled_from(["file", "name", "id", "kim", "nodeType", "a.b", "", *{**FILE, **TEST, **CASE}])
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["a = 1", "kim", "x[", ".", "", "\0"])
)


@given(
    st.recursive(
        LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=25
    )
)
def test_any_data_are_read_and_run(data: object) -> None:
    if isinstance(data, dict):
        data = {"expression": "a = 1", **data, "tests": [data, {"cases": [data]}]}
    suite = read_data(data)
    for fault in faults(suite):
        assert fault.source is not None
        assert fault.span is not None
        assert 0 <= fault.span[0] <= fault.span[1] <= len(fault.source.text)
    assert all(result.status != "error" or result.diagnostics for result in run(suite))
    assert all(found.code != "PQL078" for result in run(suite) for found in result.diagnostics)


@given(st.text("expression: a\n-[]{}&*!'\"#tests", max_size=60) | st.text(max_size=20))
def test_any_text_is_read(text: str) -> None:
    for fault in faults(read("tests:\n" + text)):
        assert fault.source is not None
