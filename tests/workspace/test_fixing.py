"""Do fixes come to an end, break nothing, and do what they promise?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checking_files import checker
from pqltools import parse, to_json_bytes, to_text
from pqltools.checks import registry
from pqltools.checks.context import Context
from pqltools.checks.registry import Rule
from pqltools.diagnostics import CODES, Diagnostic, Edit, Fix, PQLError, apply_edits
from pqltools.source import Source
from pqltools.syntax.ast import Expr, FunctionCall
from pqltools.syntax.parser import comments
from pqltools.workspace.fixing import ROUNDS, Checked, Fixed, fix_expression
from strategies import expressions

FIXABLE = [
    "person.gender = person.gender",
    "not not active",
    'xEvent[eventType = "a"].count() > 0',
    "((active))",
    'person.gender in ["female"]',
    'a.equals("x", true)',
    "xdm:person.xdm:gender = 'female'",
    "a == 1 and b <> 2 && c",
    "x.y = “Bath”",
]
pieces = st.sampled_from([*FIXABLE, "active", 'person.name.firstName = "x"', "person.birthYear > 1990"])


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Several of these with comments between them."""
    parts = draw(st.lists(pieces, min_size=1, max_size=4))
    joints = draw(st.lists(st.sampled_from([" and ", " or ", " /* c1 */ and ", " or // c2\n"]), min_size=3, max_size=3))
    text = f"({parts[0]})"
    for part, joint in zip(parts[1:], joints, strict=False):
        text += joint + f"({part})"
    return text


def fixed(text: str, *select: str, unsafe: bool = False, format: str = "pql/text") -> tuple[Checked, Fixed]:
    check = checker(*(select or ("ALL",)))

    def read(value: str) -> Checked:
        outcome = check.check(format, value)
        return Checked(value, outcome.tree, outcome.diagnostics)

    start = read(text)
    return start, fix_expression(start, read, unsafe=unsafe)


def fixable(checked: Checked, unsafe: bool) -> list[str]:
    return [found.code for found in checked.diagnostics if any(fix.safe or unsafe for fix in found.fixes)]


def notes(text: str) -> list[str]:
    """The comments, in no order."""
    return sorted(text[slice(*span)].strip() for span in comments(text))


@given(texts(), st.booleans())
def test_fixes_converge_and_break_nothing(text: str, unsafe: bool) -> None:
    start, done = fixed(text, unsafe=unsafe)
    assert not done.failed
    assert done.checked.errors <= start.errors
    assert done.checked.tree is not None or start.tree is None
    assert fixable(done.checked, unsafe) == []
    _, again = fixed(done.checked.value, unsafe=unsafe)
    assert again.applied == ()
    assert again.checked.value == done.checked.value
    if start.tree is not None:
        # One inside a part that goes may find another place.
        assert notes(done.checked.value) == notes(text)


@given(expressions())
def test_any_expression(expr: Expr) -> None:
    text = to_text(expr)
    start, done = fixed(text, unsafe=True)
    assert start.tree is not None
    assert done.checked.tree is not None
    assert not done.failed


@given(expressions())
def test_any_tree(expr: Expr) -> None:
    try:
        text = to_json_bytes(expr).decode()
    except PQLError:
        return
    start, done = fixed(text, unsafe=True, format="pql/json")
    assert start.tree is not None
    assert done.checked.tree is not None
    assert not done.failed


SAFE = [
    ("not (not active)", "active"),
    ('xEvent[eventType = "a"].count() > 0', 'xEvent.exists(eventType = "a")'),
    ("((active))", "active"),
    ("active == true and 'x' = person.gender", 'active = true and "x" = person.gender'),
]


@pytest.mark.parametrize(("text", "wanted"), SAFE)
def test_documented_equivalences(text: str, wanted: str) -> None:
    _, done = fixed(text)
    assert done.checked.tree == parse(wanted)


def test_trees_are_written_again_in_their_dialect() -> None:
    tree = to_json_bytes(parse('xEvent[eventType = "a"].count() > 0'), dialect="A").decode()
    _, done = fixed(tree, "PQL401", format="pql/json")
    assert done.applied == ("PQL401",)
    assert '"XDMObject"' in done.checked.value
    assert done.checked.tree == parse('xEvent.exists(eventType = "a")')
    laid_out = json.dumps(json.loads(tree), indent=4)
    _, done = fixed(laid_out, "PQL401", format="pql/json")
    assert done.checked.value.startswith('{\n  "nodeType"')


def test_only_some_of_broken_text_can_be_mended() -> None:
    start, done = fixed("a == 1 and (b")
    assert start.errors == 2
    assert done.checked.value == "a = 1 and (b"
    assert done.applied == ("PQL004",)


def test_edits() -> None:
    assert apply_edits("abcdef", [Edit((4, 5), "E"), Edit((0, 0), "+"), Edit((1, 3), "")]) == "+adEf"
    assert apply_edits("", []) == ""


# Rules that make mistakes.


@pytest.fixture
def rule() -> Iterator[Any]:
    """Adds a rule that reports each call of `bad` with the fix it is given."""
    added: list[Rule] = []

    def add(new_text: str, function: str = "bad") -> None:
        def check(node: FunctionCall, context: Context) -> None:
            assert node.span is not None
            start = node.span[0]
            edit = Edit((start, start + len(function)), new_text)
            context.report(node, f"a call of {function}", fixes=(Fix("write better", (edit,), True),))

        code = f"PQL39{len(added)}"
        rule = Rule(code, f"made-up-{len(added)}", "warning", check, (FunctionCall,), (function,))
        CODES[code] = (rule.name, "for a test")
        registry.all_rules()
        registry._rules.append(rule)
        added.append(rule)

    yield add
    for made in added:
        registry._rules.remove(made)
        del CODES[made.code]


def test_a_fix_that_breaks_the_expression_is_left_out_and_reported(rule: Any) -> None:
    rule("][", "bad")
    rule("good", "worse")
    _, done = fixed("bad(1) = worse(2) and bad(3)", "PQL39")
    assert done.checked.value == "bad(1) = good(2) and bad(3)"
    assert done.applied == ("PQL391",)
    (problem,) = done.failed
    assert (problem.code, problem.severity) == ("PQL065", "information")
    assert "PQL390" in problem.message


def test_fixes_that_undo_each_other_come_to_an_end(rule: Any) -> None:
    rule("worse", "bad")
    rule("bad", "worse")
    _, done = fixed("bad(1)", "PQL39")
    assert len(done.applied) <= ROUNDS
    assert done.checked.value in ("bad(1)", "worse(1)")


def test_fixes_that_never_end_do(rule: Any) -> None:
    rule("bad(1) = bad", "bad")
    _, done = fixed("(bad(1))", "PQL39")
    assert done.checked.tree is not None


def test_overlapping_fixes_wait_for_the_next_round() -> None:
    start, done = fixed("not not (not not active)", "double-negation")
    assert len(start.diagnostics) >= 2
    assert done.checked.tree == parse("active")


def test_a_fix_without_nodes_does_nothing_to_a_tree() -> None:
    start = Checked("{}", parse("a"), (Diagnostic("PQL302", "x", None, fixes=(Fix("y", (), True),)),))
    assert fix_expression(start, lambda value: start, unsafe=True).applied == ()
    assert Source("").text == ""
