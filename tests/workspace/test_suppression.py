"""Does a `noqa` comment suppress what it should, and nothing else?"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checking_files import checked, checker, found
from pqltools import parse
from pqltools.diagnostics import apply_edits
from pqltools.syntax.parser import comments
from pqltools.workspace.fixing import Checked, fix_expression
from pqltools.workspace.selection import prefix_of
from pqltools.workspace.suppression import read_directive, read_suppressions

#: Each fires PQL302, and nothing else does that is selected.
BAD = "person.gender = person.gender"
SELECT = ("PQL302", "PQL401", "PQL068", "PQL069")


def codes(text: str, *select: str) -> list[str]:
    return [diagnostic.code for diagnostic in checker(*(select or SELECT)).check("pql/text", text).diagnostics]


def test_the_example_is_bad() -> None:
    assert codes(BAD) == ["PQL302"]


@pytest.mark.parametrize(
    "text",
    [
        f"{BAD} // noqa",
        f"{BAD} // NoQA",
        f"{BAD} //noqa:PQL302",
        f"{BAD} // noqa: PQL302 because",
        f"{BAD} // noqa: self-comparison",
        f"{BAD} // noqa: PQL3",
        f"{BAD} // noqa: PQL401, PQL302",
        f"{BAD} // noqa: PQL401 PQL302",
        f"{BAD} // see the wiki // noqa: PQL302",
        f"{BAD} // see the wiki # noqa: PQL302",
        f"{BAD} /* noqa: PQL302 */",
        f"/* noqa */ {BAD}",
        "person.gender /* noqa: PQL302 */ = person.gender",
        f"// noqa: PQL302\n{BAD}",
        f'// about it\n\n/* noqa: PQL302 */\nperson.name.firstName = "x" and\n{BAD}',
        f'person.name.firstName = "x"\nand {BAD} // noqa: PQL302\nand person.name.lastName = "y"',
        f"{BAD} // noqa: PQL302\r\n",
    ],
)
def test_suppressed(text: str) -> None:
    assert "PQL302" not in codes(text)
    assert "PQL068" not in codes(text)


@pytest.mark.parametrize(
    "text",
    [
        f"{BAD} // noqa: PQL401",
        f'{BAD} // noq\n and person.name.firstName = "// noqa"',
        f'{BAD}\nand person.name.firstName = "x" // noqa: PQL302',
        f"{BAD} and\n// noqa: PQL302\nx",
        f"{BAD}\n// noqa: PQL302",
        f"{BAD} // noqa:",
        f"{BAD} // noqa PQL302",
        f"{BAD} // noqa self-comparison",
        f"{BAD} // noqa: selfcomparison",
        f"{BAD} // nothing to do with noqa",
    ],
)
def test_not_suppressed(text: str) -> None:
    assert "PQL302" in codes(text)


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("// noqa:", "`noqa:` names no rule, and suppresses nothing"),
        ("// noqa: ,", "`noqa:` names no rule, and suppresses nothing"),
        ("// noqa PQL302", "`noqa` has no colon before `PQL302`, and suppresses nothing"),
        ("// noqa: self-comparision", "no rule has the code or name `self-comparision`"),
        ("/* noqa: PQL999 */", "no rule has the code or name `PQL999`"),
    ],
)
def test_malformed(comment: str, message: str) -> None:
    text = f"{BAD} {comment}"
    outcome = checker(*SELECT).check("pql/text", text)
    problems = [diagnostic for diagnostic in outcome.diagnostics if diagnostic.code == "PQL068"]
    assert [problem.message for problem in problems] == [message]
    assert problems[0].span is not None
    assert problems[0].span[0] > len(BAD)
    assert problems[0].severity == "warning"


def test_syntax_errors_are_not_suppressed() -> None:
    assert codes("// noqa\nperson.gender == 1") == ["PQL004"]


def test_unused() -> None:
    text = f"{BAD} // noqa: PQL401, PQL302, count-comparison"
    (unused,) = checker(*SELECT).check("pql/text", text).diagnostics
    assert (unused.code, unused.severity) == ("PQL069", "information")
    assert unused.message == "`noqa` suppresses no `PQL401`, `count-comparison` here"
    assert apply_edits(text, unused.fixes[0].edits) == f"{BAD} // noqa: PQL302"
    assert unused.fixes[0].safe


def test_what_did_not_run_is_not_called_unused() -> None:
    assert codes('person.gender = "x" // noqa: PQL302', "PQL4", "PQL069") == []
    assert codes('person.gender = "x" // noqa: PQL302', "PQL30", "PQL069") == ["PQL069"]
    assert codes('person.name.firstName = "x" // noqa', "ALL") == ["PQL069"]
    assert codes('person.gender = "x" // noqa: PQL302', "PQL302") == []


GOOD = 'person.gender = "x"'
REMOVED = [
    (f"{GOOD} // noqa", GOOD),
    (f"{GOOD}   // noqa  \n", f"{GOOD}\n"),
    (f"// noqa\n{GOOD}", GOOD),
    (f"  /* noqa */\r\n{GOOD}", GOOD),
    (f"/* noqa */ {GOOD}", GOOD),
    ('person.gender/* noqa */= "x"', 'person.gender = "x"'),
    ("not/* noqa */active", "not active"),
    ("not /* noqa */active", "not active"),
    ("not/* noqa */ active", "not active"),
    (f"{GOOD} // see the wiki // noqa: PQL302", f"{GOOD} // see the wiki"),
    (f"{GOOD} /* see the wiki # noqa: PQL302 */", f"{GOOD} /* see the wiki */"),
    (f"{GOOD} // noqa: PQL302 as agreed", GOOD),
]


@pytest.mark.parametrize(("text", "fixed"), REMOVED)
def test_removal(text: str, fixed: str) -> None:
    (unused,) = checker("PQL302", "PQL069", "PQL068").check("pql/text", text).diagnostics
    after = apply_edits(text, unused.fixes[0].edits)
    assert parse(after) == parse(text)
    assert after.replace(" = ", "=").replace("= ", "=") == fixed.replace(" = ", "=")


words = st.sampled_from(["PQL302", "PQL401", "self-comparison", "PQL3", "double-negation"])


@given(st.lists(words, min_size=1, max_size=5), st.sampled_from([",", ", ", " ,  "]))
def test_fixing_unused_codes_leaves_the_used_ones(named: list[str], comma: str) -> None:
    text = f"{BAD} // noqa: {comma.join(named)}"
    check = checker("PQL3", "PQL4", "PQL069")

    def read(value: str) -> Checked:
        outcome = check.check("pql/text", value)
        return Checked(value, outcome.tree, outcome.diagnostics)

    fixed = fix_expression(read(text), read, unsafe=False)
    used = [name for name in named if (prefix_of(name) or "?") in ("PQL302", "PQL3")]
    if used:
        spans = comments(fixed.checked.value)
        directive = read_directive(fixed.checked.value, spans[0])
        assert directive is not None
        assert directive.codes is not None
        assert [name for name, _, _ in directive.codes] == used
    assert "PQL069" not in [diagnostic.code for diagnostic in fixed.checked.diagnostics]
    assert not fixed.failed


@given(st.text(st.sampled_from("noqaNOQA:, -/*#PQL302x\n"), max_size=30))
def test_any_comment(inside: str) -> None:
    text = f"a = 1 /* {inside.replace('*/', '')} */"
    directives = read_suppressions(text, 0)
    for directive in directives.directives if directives else []:
        assert directive.comment[0] <= directive.span[0] < directive.span[1] <= directive.comment[1]
        assert directive.codes is None or all(text[slice(*span)] == name for name, span, _ in directive.codes)


# YAML.

FILE = """\
# noqa
name: n
expression:{0}
  type: PQL
  format: pql/text{1}
  value: {2}{3}
other: 1 # noqa
"""


def in_yaml(tmp_path: Path, *parts: str) -> list[str]:
    path = tmp_path / "d.yaml"
    path.write_text(FILE.format(*parts))
    (report,) = checked(path)
    return [code for code, _, _ in found(report) if code in SELECT]


@pytest.mark.parametrize(
    "parts",
    [
        (" # noqa", "", BAD, ""),
        ("", " # noqa: PQL302", BAD, ""),
        ("", "", BAD, " # noqa: self-comparison"),
        ("", "", f'"{BAD}"', " # noqa: self-comparison"),
        ("", "", f"# noqa: PQL302\n    {BAD}", ""),
        ("", "", f"|- # noqa: PQL302\n    {BAD}", ""),
        ("", "", "'person.gender =\n    person.gender'", " # noqa: PQL302"),
    ],
)
def test_comments_of_yaml(tmp_path: Path, parts: tuple[str, ...]) -> None:
    assert in_yaml(tmp_path, *parts) == []


@pytest.mark.parametrize("parts", [("", "", BAD, ""), ("", "", BAD, " # noqa: PQL401"), ("", "", f"{BAD}#noqa", "")])
def test_comments_of_yaml_that_do_not_count(tmp_path: Path, parts: tuple[str, ...]) -> None:
    assert "PQL302" in in_yaml(tmp_path, *parts) or "#noqa" in parts[2]


def test_flow_style_of_yaml(tmp_path: Path) -> None:
    path = tmp_path / "d.yaml"
    path.write_text(f"expression: {{format: pql/text, value: {BAD}, type: PQL}} # noqa: PQL302\n")
    assert [found(report) for report in checked(path)] == [[]]
    path.write_text(f'expression: {{format: pql/text, value: {BAD}, "x": " # noqa: PQL302"}}\n')
    assert [code for report in checked(path) for code, _, _ in found(report)] == ["PQL302"]


def test_unused_comment_of_yaml_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "d.yaml"
    path.write_text(FILE.format(" # noqa: PQL401", "", BAD, "  # noqa: PQL302, PQL401"))
    (report,) = checked(path, fix=True, write=True)
    assert report.applied == ("PQL069", "PQL069")
    assert path.read_text() == FILE.format("", "", BAD, "  # noqa: PQL302")
    assert found(report) == []
