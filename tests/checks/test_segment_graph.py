"""Are ways, closures and cycles those of the graph?"""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pqltools import parse
from pqltools.checks.segment_graph import knots, reachable, references, reversed_edges, way

IDS = st.sampled_from("abcdefg")
#: Some ids are referred to and not there.
GRAPHS = st.dictionaries(st.sampled_from("abcdef"), st.lists(IDS, max_size=3).map(tuple))


def on_a_cycle(edges: dict[str, tuple[str, ...]], id: str) -> bool:
    return id in reachable(edges, id)


@given(GRAPHS, IDS)
def test_reachable_is_closed_and_has_a_way_to_each(edges: dict[str, tuple[str, ...]], start: str) -> None:
    found = reachable(edges, start)
    assert len({*found}) == len(found)
    assert {*edges.get(start, ())} <= {*found}
    for id in found:
        assert {*edges.get(id, ())} <= {*found}
        steps = way(edges, start, id)
        assert steps is not None
        assert (steps[0], steps[-1]) == (start, id)
        assert all(after in edges[before] for before, after in pairwise(steps))


@given(GRAPHS, IDS, IDS)
def test_there_is_no_way_to_what_is_not_reachable(edges: dict[str, tuple[str, ...]], start: str, end: str) -> None:
    assert (way(edges, start, end) is not None) == (end == start or end in reachable(edges, start))


@given(GRAPHS)
def test_knots_are_what_leads_to_a_cycle(edges: dict[str, tuple[str, ...]]) -> None:
    found = knots(edges)
    leads = {id for id in edges if any(on_a_cycle(edges, each) for each in (id, *reachable(edges, id)))}
    assert {*found} == leads
    for id, targets in found.items():
        assert [*targets] == [target for target in edges[id] if target in leads]


@given(GRAPHS)
def test_reversed_twice_is_the_same(edges: dict[str, tuple[str, ...]]) -> None:
    there_and_back = reversed_edges(reversed_edges(edges))
    assert {id: {*targets} for id, targets in there_and_back.items()} == {
        id: {*targets} for id, targets in edges.items() if targets
    }


def test_references_of_an_expression() -> None:
    text = 'inSegment("b") or xEvent[inSegment("a") and inSegment("b")] or inSegment(x)'
    assert references(parse(text)) == ("b", "a")
