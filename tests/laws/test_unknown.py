"""Is the condition that a null decides an answer true where the walker finds that one does?"""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from evaluable import evaluable_expressions
from pqltools import to_text
from pqltools.evaluation.compiling import compile_program
from pqltools.evaluation.nulls import decided_by_null
from pqltools.evaluation.program import prepare
from pqltools.evaluation.unknowns import TooLarge, unknown_program
from pqltools.syntax.ast import Expr
from profiles import NOW, profiles, wild_profiles
from typed_expressions import PROFILE, SCHEMA, conditions


@given(conditions() | evaluable_expressions(), st.lists(profiles() | wild_profiles(), min_size=1, max_size=3))
def test_both_say_the_same(expr: Expr, found: list[Any]) -> None:
    program = prepare(expr, SCHEMA, now=NOW)
    try:
        is_unknown = compile_program(unknown_program(program, PROFILE), as_condition=True)
    except TooLarge:
        return
    for profile in found:
        assert is_unknown(profile) is decided_by_null(program, [profile]), to_text(expr)
