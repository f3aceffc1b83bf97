"""Does every rule have a page whose examples are true, and tests of its own?"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from checking import check_example, codes_of, details_of, fix
from pqltools import parse
from pqltools.checks import pages
from pqltools.checks.pages import Example
from pqltools.checks.registry import Rule, all_rules

RULES = all_rules()
TESTS = Path(__file__).parent / "rules"
FOLDER = Path(__file__).parents[2] / "pqltools" / "checks" / "rules"


def also(example: Example) -> set[str]:
    """The codes that rightly speak as well."""
    return {*filter(None, example.attributes.get("also", "").split(","))}


def shown_by(rule: Rule) -> tuple[Example, ...]:
    """The examples of a page; none of one that has a slip, for which one test fails, not the collection of all."""
    try:
        return pages.examples(pages.text(rule))
    except ValueError:
        return ()


def examples(*kinds: str) -> list[Any]:
    """A parameter for each example of these kinds, in all pages."""
    return [
        pytest.param(rule, example, id=f"{rule.name}:{example.line}")
        for rule in RULES
        for example in shown_by(rule)
        if example.kind in kinds
    ]


def repairs() -> list[Any]:
    """A parameter for each fixed example, with the bad one directly before it."""
    found = []
    for rule in RULES:
        shown = shown_by(rule)
        for before, after in zip((None, *shown), shown, strict=False):
            if after.kind == "fixed":
                found.append(pytest.param(rule, before, after, id=f"{rule.name}:{after.line}"))
    return found


by_rule = pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])


def test_every_file_is_a_rule_and_no_code_or_name_is_there_twice() -> None:
    assert len(RULES) == len([path for path in FOLDER.glob("*.py") if not path.name.startswith("_")]) > 0
    assert len({rule.code for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)


@by_rule
def test_code_and_name_are_of_the_house(rule: Rule) -> None:
    assert re.fullmatch(r"PQL[1-5]\d\d", rule.code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.name)
    assert not rule.name.startswith(("no-", "disallow-", "avoid-", "prefer-"))
    # Ten seconds to find the file of a rule.
    assert Path(rule.module.replace(".", "/")).name == rule.name.replace("-", "_")


@by_rule
def test_page_says_what_and_why_and_shows_both_kinds(rule: Rule) -> None:
    lines = pages.text(rule).splitlines()
    assert lines, f"{rule.code} has no page"
    assert re.fullmatch(r"[A-Z`].*\.", rule.summary), "the first line is one sentence"
    assert len(lines) == 1 or not lines[1], "an empty line follows the summary"
    prose = re.sub(r"(?ms)^```.*?^```", "", pages.body(rule))
    assert len(prose.split()) >= 15, "the page says why it matters"
    kinds = [example.kind for example in pages.examples(pages.text(rule))]
    assert "bad" in kinds
    assert "good" in kinds


@by_rule
def test_rule_has_tests_of_its_own(rule: Rule) -> None:
    path = TESTS / f"test_{rule.module.rpartition('.')[2]}.py"
    assert path.exists(), f"{rule.code} needs {path.relative_to(TESTS.parents[2])}"
    assert "def test_" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("rule", "example"), examples("bad"))
def test_bad_example_fires_its_rule_and_no_other(rule: Rule, example: Example) -> None:
    # A rule that is off by default speaks in its own examples all the same.
    found = check_example(example, rule.code) if rule.off else check_example(example)
    assert rule.code in codes_of(found)
    assert {*codes_of(found)} == {rule.code} | (set() if rule.off else also(example)), "\n".join(map(str, found))


@pytest.mark.parametrize(("rule", "example"), examples("good", "fixed"))
def test_good_example_fires_nothing(rule: Rule, example: Example) -> None:
    assert not check_example(example, rule.code)
    found = check_example(example)
    assert {*codes_of(found)} == also(example), "\n".join(map(str, found))


@pytest.mark.parametrize(("rule", "before", "after"), repairs())
def test_fixed_example_is_what_the_fixes_make(rule: Rule, before: Example | None, after: Example) -> None:
    assert before is not None, "a fixed example follows the bad one that it was"
    assert (before.kind, before.language, after.language) == ("bad", "pql", "pql")
    assert fix(before.text, rule.code, **details_of(before)) == after.text
    parse(after.text)


@by_rule
def test_page_shows_what_a_fix_does(rule: Rule) -> None:
    shown = pages.examples(pages.text(rule))
    fixable = [one for one in shown if one.kind == "bad" and any(d.fixes for d in check_example(one, rule.code))]
    assert not fixable or any(one.kind == "fixed" for one in shown)
