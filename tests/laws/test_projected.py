"""Is what a run decodes enough?  Conditions on projected profiles give what they give on whole ones."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from evaluable import evaluable_expressions
from pqltools import parse, to_text
from pqltools.data.decoding import decode_all
from pqltools.data.projection import projection
from pqltools.data.values import NotData
from pqltools.evaluation.compiling import compile_program
from pqltools.evaluation.program import prepare
from pqltools.evaluation.values import as_json
from pqltools.syntax.ast import Expr
from pqltools.workspace.definitions import used_paths
from profiles import NOW, profiles, wild_profiles
from typed_expressions import PROFILE, SCHEMA, conditions


@example(parse('identityMap.email.exists(id = "x")'), [{"identityMap": {"EMAIL": [{"id": "x"}]}}])
@given(conditions() | evaluable_expressions(), st.lists(profiles() | wild_profiles(), min_size=1, max_size=3))
def test_what_is_used_is_decoded(expr: Expr, found: list[Any]) -> None:
    program = prepare(expr, SCHEMA, now=NOW)
    paths = used_paths([program], SCHEMA)
    if paths is None:
        return
    part, whole = projection(paths, PROFILE), decode_all(PROFILE)
    value, holds = [compile_program(program, as_condition=flag) for flag in (False, True)]
    for profile in found:
        line = json.dumps(profile).encode()
        try:
            wanted = whole(line)
        except NotData:
            continue
        assert holds(part(line)) == holds(wanted), to_text(expr)
        found_value, expected = as_json(value(part(line))), as_json(value(wanted))
        # Of items that are only handed on nothing is used: runs give answers, no values.
        if not isinstance(expected, list | dict):
            assert repr(found_value) == repr(expected), to_text(expr)
