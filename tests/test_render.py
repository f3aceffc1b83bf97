"""What do people see?  Rendered diagnostics, to be read as prose."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pqltools import parse_tolerant
from pqltools.diagnostics import Diagnostic, Related
from pqltools.render import as_data, render, render_all
from pqltools.source import Source

SNAPSHOTS = Path(__file__).parent / "snapshots" / "diagnostics.txt"

TEXTS = [
    'homeAddress.country == "US"',
    'a = 1 and\n\tname <> "日本" && b',
    'inSegment("abc) and inSegment("def")',
    "t occurs between today - 30 days and today",
    "xs[a = (1 + 2]",
    "a = b = c",
    "loyalty.tier not in [“gold”, “silver”]",
    "profile.naïve = 1",
    "person.age >= " + " + ".join(str(number) for number in range(80)) + " )",
    "e\u0301tat = 1",
    "{%= a.b %}",
    'personalEmail.address is not null and "x',
    "",
]


def rendered() -> str:
    parts = []
    for text in TEXTS:
        diagnostics = parse_tolerant(text).diagnostics
        parts.append(render_all([d.located(Source(text, "vip.pql"), d.span) for d in diagnostics], width=80))
    return "\n\n----\n\n".join(parts) + "\n"


def test_snapshots(request: pytest.FixtureRequest) -> None:
    """Delete the file to write it anew; then read the difference."""
    if not SNAPSHOTS.exists():
        SNAPSHOTS.parent.mkdir(exist_ok=True)
        SNAPSHOTS.write_text(rendered(), encoding="utf-8")
        pytest.fail("the snapshots were missing and have been written; read them and commit them")
    assert rendered() == SNAPSHOTS.read_text(encoding="utf-8")


def test_lines_fit_and_carets_point() -> None:
    text = "x" * 500 + " == 1 and " + "y" * 500
    (problem,) = parse_tolerant(text).diagnostics
    lines = render(problem, width=60).splitlines()
    excerpt, carets = lines[2], lines[3]
    assert all(len(line) <= 64 for line in lines[2:4])
    assert excerpt[carets.index("^") :].startswith("==")


def test_colour_only_on_request() -> None:
    (problem,) = parse_tolerant("a == 1").diagnostics
    assert "\x1b" not in render(problem)
    coloured = render(problem, colour=True)
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == render(problem)


def test_without_source() -> None:
    assert render(Diagnostic("PQL033", "the key `x` is missing", path="$.params[0]")) == (
        "$.params[0] PQL033 the key `x` is missing"
    )
    assert render(Diagnostic("PQL044", "there is no such file", (0, 0), source=Source("", "x"))) == (
        "x PQL044 there is no such file"
    )


def test_nothing_gives_orders_to_the_terminal() -> None:
    text = "a = 1 \x1b[31m \x9b \u202e \ud800 and"
    fault = Diagnostic("PQL001", "m \x1b", (6, 7), help="h \x07\n", related=(Related("r \x1b", (12, 13)),))
    drawn = render(fault.located(Source(text, "\x1b]0;x\x07.pql"), (6, 7)))
    assert drawn.splitlines() == [
        "\ufffd]0;x\ufffd.pql:1:7 PQL001 m \ufffd",
        "  |",
        "1 | a = 1 \ufffd[31m \ufffd \ufffd \ufffd and",
        "  |       ^",
        "1 | a = 1 \ufffd[31m \ufffd \ufffd \ufffd and",
        "  |             - r \ufffd",
        "  = help: h \ufffd\ufffd",
    ]


def test_wide_and_combining_characters() -> None:
    text = 'x = "日本" + e\u0301\t+ \ud800 !'
    drawn = render(Diagnostic("PQL001", "m").located(Source(text, "x"), (text.index("!"), len(text)))).splitlines()
    assert drawn[2] == '1 | x = "日本" + e\u0301 + \ufffd !'
    # Each of the two ideographs takes two columns, the accent none.
    assert drawn[3] == "  | " + " " * (text.index("!") + 2 - 1) + "^"


def test_as_data() -> None:
    (problem,) = parse_tolerant("a == 1").diagnostics
    data = as_data(problem)
    assert (data["code"], data["name"], data["severity"]) == ("PQL004", "foreign-operator", "error")
    assert data["start"] == {"line": 1, "column": 3, "offset": 2}
    assert data["end"] == {"line": 1, "column": 5, "offset": 4}
    (fix,) = data["fixes"]
    assert fix["safe"]
    assert fix["edits"][0]["text"] == "="
    assert as_data(Diagnostic("PQL033", "m"))["start"] is None
