"""Does an operand that is left out take nothing else with it?  And does that stay fast where there are thousands?"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counted_work import growth
from pqltools import check, parse
from pqltools.diagnostics import apply_edits
from pqltools.syntax.ast import FunctionCall
from pqltools.syntax.parser import comments

#: Operands as they are written; the second one is what is repeated.
WRITTEN = ["a = 1", "(b = 2)", "((c or d))", "not e", "f.exists(g = 1 and h)", "(exists X from xs where X.i)", "`and`"]
GAPS = [" ", "\n", "\r\n  ", " /* one */ ", " // two\n", "\t"]


@st.composite
def repetitions(draw: st.DrawFn) -> str:
    """Some operands in some layout, at least one of them twice, perhaps within something else."""
    parts = draw(st.lists(st.sampled_from(WRITTEN), min_size=2, max_size=6))
    parts.insert(draw(st.integers(0, len(parts))), draw(st.sampled_from(parts)))
    word = draw(st.sampled_from(["and", "or", "AND"]))
    text = parts[0]
    for part in parts[1:]:
        text += draw(st.sampled_from(GAPS)) + word + draw(st.sampled_from(GAPS)) + part
    around = draw(st.sampled_from(["{}", "xs.exists({})", "not ({})", "z = 1 and (y or ({}))", "({}) or k"]))
    return around.format(text)


@given(repetitions())
def test_only_the_operand_goes(text: str) -> None:
    fixes = [fix for found in check(text, select=["PQL303"]) for fix in found.fixes]
    for fix in fixes:
        after = apply_edits(text, fix.edits)
        assert fix.safe
        assert _operands(after) < _operands(text)
        # No comment is lost, none is written twice.
        assert sorted(after[slice(*span)] for span in comments(after)) == sorted(
            text[slice(*span)] for span in comments(text)
        )


def _operands(text: str) -> int:
    """How many operands all `and` and `or` of a text have together; one that is left of two is none."""
    pending: list[object] = [parse(text)]
    count = 0
    while pending:
        node = pending.pop()
        if isinstance(node, tuple):
            pending.extend(node)
        elif hasattr(node, "__match_args__"):
            if isinstance(node, FunctionCall) and node.function in ("and", "or"):
                count += len(node.arguments)
            pending.extend(getattr(node, name) for name in node.__match_args__)
    return count


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("a or b or a", "a or b"),
        ("a and\n  b and\n  b and\n  c", "a and\n  b and\n  c"),
        ("a\n  and b\n  and b", "a\n  and b"),
        ("(a)and(b)and(b)and(c)", "(a)and(b) and(c)"),
        ("a /* x */ and b and b // y\nand c", "a /* x */ and b // y\nand c"),
        ("xs.exists(a and b and a)", "xs.exists(a and b)"),
        ("a or exists X from xs where X.a or X.b or X.a", "a or exists X from xs where X.a or X.b"),
    ],
)
def test_layout_stays(text: str, fixed: str) -> None:
    [found] = check(text, select=["PQL303"])
    assert apply_edits(text, found.fixes[0].edits) == fixed


def test_fixes_of_several_operands_do_not_overlap() -> None:
    text = " and ".join(["a", "b", "a", "c", "b", "a", "d"])
    edits = [edit for found in check(text, select=["PQL303"]) for edit in found.fixes[0].edits]
    assert apply_edits(text, edits) == "a and b and c and d"


def test_many_findings_take_no_more_than_their_share() -> None:
    """Each fix was once tried on the whole text: the square of their number."""

    def work_for(count: int) -> Callable[[], None]:
        different = count // 2
        text = " and ".join(f'homeAddress.city = "c{n % different}"' for n in range(count))

        def work() -> None:
            assert len(check(text, select=["PQL303"])) == count - different

        return work

    assert growth(work_for, 150, 4) < 5
