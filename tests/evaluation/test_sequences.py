"""Does the search for a chain give a way that really is one, and say how far it got?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from counted_work import growth
from evaluable import evaluable_expressions
from pqltools.evaluation.naive.environment import Environment
from pqltools.evaluation.naive.sequences import Sequences
from pqltools.evaluation.program import prepare
from pqltools.evaluation.runtime.sequences import chain_holds, search
from pqltools.evaluation.steady import SteadyWalker
from pqltools.syntax.ast import Chain, Expr
from profiles import NOW, profiles
from typed_expressions import SCHEMA

CHAINS = evaluable_expressions().filter(lambda tree: isinstance(tree, Chain))


@given(CHAINS, st.lists(profiles(), min_size=1, max_size=3))
def test_way_is_one_of_those_that_satisfy_the_chain(expr: Expr, found: list[Any]) -> None:
    program = prepare(expr, SCHEMA, now=NOW)
    chain = program.body
    assert isinstance(chain, Chain)
    for profile in found:
        walker = SteadyWalker(program, [profile])
        moments, elements = walker.moments(chain, Environment()), walker.elements(chain, Environment())
        outcome = search(moments, elements)
        assert outcome.holds == chain_holds(moments, elements)
        assert outcome.holds == Sequences(walker, chain, moments).found(Environment())
        assert len(outcome.events) == len(elements) or not outcome.holds
        last: float = float("-inf")
        for position, moment in enumerate(outcome.events):
            if moment is not None:
                assert moment[0] > last
                assert elements[position].satisfied(moment[1], moment[0], outcome.events[:position])
                last = moment[0]


def test_stops_before_the_first_element_that_no_way_gets_past() -> None:
    text = "chain(xEvent, timestamp, [A: WHAT(a), B: NOT WHAT(x), C: WHAT(c), D: WHAT(d)])"
    events = [{"timestamp": day, "acd"[day % 3]: True} for day in (6, 3, 8, 10)]
    program = prepare(text, now=NOW)
    assert isinstance(program.body, Chain)
    walker = SteadyWalker(program, [{"xEvent": events}])
    outcome = search(walker.moments(program.body, Environment()), walker.elements(program.body, Environment()))
    assert not outcome.holds
    assert outcome.events == ((3, events[1]), None, (10, events[3]))


def test_not_all_choices_of_events_are_tried() -> None:
    def work_for(elements: int, events: int) -> Callable[[], None]:
        parts = ", ".join([f"C{n}: WHAT(a.isNotNull())" for n in range(elements)])
        program = prepare(f"chain(xEvent, timestamp, [{parts}, L: WHAT(b)])", now=NOW)
        profile = {"xEvent": [{"timestamp": n, "a": n} for n in range(events)]}

        def work() -> None:
            assert SteadyWalker(program, [profile]).result() is False

        return work

    # Few, for a search that tries all choices to end as well.
    assert growth(lambda elements: work_for(elements, 20), 3, 2) < 2.5
    assert growth(lambda events: work_for(3, events), 20, 4) < 5
    work_for(20, 1000)()
