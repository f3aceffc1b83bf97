"""PQL111: does a definition depend on itself?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checking import check_wire
from counted_work import growth
from pqltools import parse
from pqltools.checks.surroundings import Segment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pqltools.diagnostics import Diagnostic
    from pqltools.syntax.ast import Expr


def segments(edges: Mapping[str, str], names: Mapping[str, str] | None = None) -> dict[str, Segment]:
    """Definitions by id, each referring to the ids in the string: ``{"a": "b c"}``."""
    found = {}
    for id, targets in edges.items():
        text = " and ".join([f'inSegment("{target}")' for target in targets.split()]) or "a = 1"
        found[id] = Segment(id, (names or {}).get(id), "published", None, parse(text))
    return found


def tree(segment: Segment) -> Expr:
    assert segment.tree is not None
    return segment.tree


def found_in(id: str, given: Mapping[str, Segment]) -> list[Diagnostic]:
    return check_wire(tree(given[id]), "PQL111", segments=given, segment=given[id])


def test_without_cycle_nothing_is_said() -> None:
    given = segments({"a": "b c", "b": "c", "c": ""})
    assert not [found for id in given for found in found_in(id, given)]


def test_each_definition_on_the_cycle_says_the_whole_cycle() -> None:
    given = segments({"a": "b", "b": "c", "c": "a"})
    assert [found_in(id, given)[0].message for id in "abc"] == [
        "these definitions depend on one another: `a` → `b` → `c` → `a`",
        "these definitions depend on one another: `b` → `c` → `a` → `b`",
        "these definitions depend on one another: `c` → `a` → `b` → `c`",
    ]


def test_names_are_better_than_ids() -> None:
    given = segments({"1": "2", "2": "1"}, {"1": "Buyers", "2": "Fans"})
    assert found_in("1", given)[0].message == "these definitions depend on one another: `Buyers` → `Fans` → `Buyers`"


def test_what_only_leads_to_a_cycle_is_not_on_it() -> None:
    given = segments({"start": "a", "a": "b", "b": "a end", "end": ""})
    assert not found_in("start", given)
    assert not found_in("end", given)
    assert len(found_in("b", given)) == 1


def test_the_shortest_way_is_shown() -> None:
    given = segments({"a": "b", "b": "c a", "c": "d", "d": "a"})
    assert found_in("a", given)[0].message.endswith("`a` → `b` → `a`")


def test_two_cycles_through_one_definition_are_two_findings() -> None:
    given = segments({"a": "b c", "b": "a", "c": "a"})
    ways = [found.message.rpartition(": ")[2] for found in found_in("a", given)]
    assert ways == ["`a` → `b` → `a`", "`a` → `c` → `a`"]


def test_self_reference() -> None:
    given = segments({"a": "a"})
    (found,) = found_in("a", given)
    assert (found.message, found.severity) == ("the definition refers to itself", "error")


def test_self_reference_of_another_is_its_own_affair() -> None:
    given = segments({"a": "b", "b": "b"})
    assert not found_in("a", given)


def test_unknown_ids_and_broken_definitions_end_a_way() -> None:
    given = {**segments({"a": "gone b", "b": "broken"}), "broken": Segment("broken")}
    assert not [found for id in "ab" for found in found_in(id, given)]


def test_nothing_is_known_without_the_definition_itself() -> None:
    given = segments({"a": "b", "b": "a"})
    assert not check_wire(tree(given["a"]), "PQL111", segments=given)
    assert not check_wire(tree(given["a"]), "PQL111", segment=given["a"])


def test_thousands_of_definitions_in_a_row_are_gone_through_once_and_without_recursion() -> None:
    def work_for(count: int) -> Callable[[], None]:
        names = [f"s{index}" for index in range(count)]
        given = segments(dict(zip(names, [*names[1:], ""], strict=True)))

        def work() -> None:
            assert not [found for id in names for found in found_in(id, given)]

        return work

    assert growth(work_for, 100, 4) < 5
    names = [f"s{index}" for index in range(4000)]
    ring = segments(dict(zip(names, [*names[1:], names[0]], strict=True)))
    (found,) = found_in(names[0], ring)
    assert found.message.endswith(": `s0` → `s1` → `s2` → `s3` → 3,994 others → `s3998` → `s3999` → `s0`")
