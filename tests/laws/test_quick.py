"""Are quick answers right?  What a quick job finds is what ordinary programs find, wherever it does not raise."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from evaluable import evaluable_expressions
from pqltools import to_text
from pqltools.data.decoding import decode_all
from pqltools.data.values import NotData
from pqltools.evaluation.compiling import compile_program
from pqltools.evaluation.program import prepare
from pqltools.evaluation.unknowns import TooLarge, unknown_program
from pqltools.syntax.ast import Expr
from pqltools.workspace.definitions import used_paths
from pqltools.workspace.quick_jobs import quick_job
from profiles import NOW, profiles, wild_profiles
from typed_expressions import PROFILE, SCHEMA, conditions


@given(
    st.lists(conditions() | evaluable_expressions(), min_size=1, max_size=3),
    st.lists(profiles() | wild_profiles(), min_size=1, max_size=3),
)
def test_quick_answers_are_those_of_ordinary_programs(exprs: list[Expr], found: list[Any]) -> None:
    programs = [prepare(expr, SCHEMA, now=NOW) for expr in exprs]
    paths = used_paths(programs, SCHEMA)
    if paths is None:
        return
    for program in [*programs]:
        try:
            programs.append(unknown_program(program, PROFILE))
        except TooLarge:
            continue
    quick = quick_job(programs, paths, PROFILE)
    if quick is None:
        return
    singles = [compile_program(program, as_condition=True) for program in programs]
    whole = decode_all(PROFILE)
    for profile in found:
        line = json.dumps(profile).encode()
        try:
            answer = quick.job(quick.decode(line)) if quick.fits(line) else None
        except Exception:  # then the line is looked at by other means
            continue
        if answer is None:
            continue
        try:
            data = whole(line)
        except NotData:
            raise AssertionError(f"an answer for what is no profile: {line!r}") from None
        assert answer == [index for index, holds in enumerate(singles) if holds(data)], [*map(to_text, exprs)]
