"""Can the deepest expressions be compiled?  Every form inside itself, as deep as the limit for expressions lets it."""

from __future__ import annotations

import sys
import threading
from typing import Any

import pytest

from pqltools import PQLError, parse
from pqltools.evaluation.compiling import compile_program
from pqltools.evaluation.fused.job import compile_job
from pqltools.evaluation.naive.comparisons import is_true
from pqltools.evaluation.naive.walker import Walker
from pqltools.evaluation.program import prepare
from pqltools.evaluation.recursion import room_for_depth
from pqltools.evaluation.values import as_json
from pqltools.syntax.ast import Expr

#: What stands around `@` at each level, whose number is `#`, and what stands inside.
FORMS = (
    ("not (@)", "a"),
    ("a and (@)", "a"),
    ("(@) and a", "a"),
    ("b or (@)", "a"),
    ("a and (b or (@))", "a"),
    ("(@) + 1", "i"),
    ("1 + (@)", "i"),
    ("-(@)", "i"),
    ("if(@, a, b)", "a"),
    ("if(a, @, b)", "a"),
    ("if(b, a, @)", "a"),
    ("let V = (@) in (V)", "a"),
    ("let V# = a in (@)", "a"),
    ("let V# = a in (V# and (@))", "a"),
    ("l[@].exists()", "a"),
    ("l[x and (@)].exists()", "^^^a"),
    ("(@)[x]", "l"),
    ("(@).map(this)", "l"),
    ("select X from (@) where X.x", "l"),
    ("exists X# from l where X#.x and (@)", "a"),
    ("exists X# from l where (@)", "a"),
    ("forall X# from l where (@)", "a"),
    ("one X# from l where (none Y from l where (@))", "b"),
    ("@.l", "l"),
    ("@.o", "o"),
    ('(@)["o"]', "o"),
    ("(@).head()", "l"),
    ("(@).distinct()", "l"),
    ("l.count(@)", "a"),
    ("l.sum(@)", "i"),
    ("l.sum(1 + (@))", "^i"),
    ("(@).topN(x, 3)", "l"),
    ("(@).groupBy(x).map((K, V) => V)", "l"),
    ("(@) in [true]", "a"),
    ("(@) = true", "a"),
    ("a = (@)", "a"),
    ("(@) != o", "a"),
    ('(@).contains("x")', "s"),
    ('(@).equals("x", false)', "s"),
    ('(@) like "%"', "s"),
    ('(@).matches("x")', "s"),
    ("[@]", "a"),
    ('{"k": @}', "a"),
    ("(@).isNull()", "a"),
    ("(@) occurs today", "d"),
    ("d occurs before (@)", "d"),
    ("d occurs <= 1 day before (@)", "d"),
    ("chain(l, t, [A: WHAT(@)])", "a"),
    ("chain(l, t, [A: WHAT(x), B: WHAT(@)])", "x"),
    ("chain(l, t, [A: WHAT(x), B: WHAT(x) WHERE(@)])", "x"),
    ("chain((@).l, t, [A: WHAT(x)])", "o"),
    ("chain(l, t, [A: WHAT(x) COUNT(@), B: WHAT(x)])", "i"),
    ("chain(l, t, [A#: WHAT(x), B#: NOT WHAT(A#.x and (@))])", "x"),
    ("(@).intersection(l)", "l"),
    ("l.includes(@)", "a"),
    ('(@).regexGroup("(x)")', "s"),
    ("date(2024, 1, (@).getDayOfMonth())", "d"),
    ("l.exists(x and (@))", "x"),
    ("l.exists(x = ^x or (@))", "x"),
    ("l[(@)].count() > 0", "x"),
    ("if((@) = i, i, 2)", "i"),
    ('stringCompare("contains", (@), "x")', "s"),
    ("(sum X#.i + (@) over X# from l)", "i"),
    ("inSegment((@))", "s"),
    ("l[x].sum(i) + l[x].average(@)", "i"),
)
ITEM = {"x": True, "t": 1, "i": 1}
PROFILE: dict[str, Any] = {
    **{"a": True, "b": False, "i": 1, "s": "x", "d": "2024-02-29", "l": [ITEM]},
    "o": {"o": {"o": 1}, "l": [ITEM]},
}
#: The walker tries every way, at every level.
SLOW_TO_WALK = ("chain(",)


def deepest(form: str, leaf: str) -> Expr:
    """The form inside itself as often as possible."""
    for levels in range(200, 0, -1):
        text = leaf
        for level in range(levels):
            text = form.replace("@", text).replace("#", str(level))
        try:
            return parse(text)
        except PQLError:
            continue
    raise AssertionError(form)


@pytest.mark.parametrize(("form", "leaf"), FORMS, ids=[form for form, _ in FORMS])
def test_form_inside_itself(form: str, leaf: str) -> None:
    limit = sys.getrecursionlimit()
    program = prepare(deepest(form, leaf), now=0)
    value, predicate = compile_program(program, as_condition=False), compile_program(program, as_condition=True)
    found = value(PROFILE)
    assert predicate(PROFILE) is is_true(found)
    assert compile_job([program])(PROFILE) == [0] * is_true(found)
    if not any(part in form for part in SLOW_TO_WALK):
        assert repr(as_json(found)) == repr(as_json(Walker(program, [PROFILE]).result()))
    assert sys.getrecursionlimit() == limit


def test_threads_share_the_room_for_depth() -> None:
    limit = sys.getrecursionlimit()
    inside, leave = threading.Event(), threading.Event()

    def stay() -> None:
        with room_for_depth():
            inside.set()
            leave.wait(10)

    thread = threading.Thread(target=stay)
    thread.start()
    assert inside.wait(10)
    with room_for_depth():
        assert sys.getrecursionlimit() > limit
    assert sys.getrecursionlimit() > limit
    leave.set()
    thread.join()
    assert sys.getrecursionlimit() == limit
