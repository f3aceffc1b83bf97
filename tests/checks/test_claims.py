"""Is it true what the rules say about conditions?  Claims and safe fixes, tried on every profile of a small world.

Conditions on three fields are generated and evaluated, by the few lines below, for all the values that the literals in
them can tell apart.
"""

from __future__ import annotations

import itertools
import json
import operator
from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from checking import check
from pqltools import parse
from pqltools.diagnostics import Diagnostic, apply_edits
from pqltools.syntax.ast import Expr, FieldLookup, FunctionCall, ListLiteral, NullLiteral, ParameterReference
from pqltools.syntax.walk import walk

YEAR, CITY, PRIMARY = "person.birthYear", "homeAddress.city", "personalEmail.primary"
WORLD: dict[str, tuple[Any, ...]] = {
    YEAR: (None, -1, 0, 1, 2, 3, 4, 5),
    CITY: (None, "", "A", "a", "ab", "b", "c"),
    PRIMARY: (None, False, True),
}
PROFILES = [dict(zip(WORLD, values, strict=True)) for values in itertools.product(*WORLD.values())]
CLAIMS = ("PQL301", "PQL302", "PQL303", "PQL304", "PQL312", "PQL206", "PQL402", "PQL403", "PQL404", "PQL408")


class World:
    """What the parts of trees are worth for each of the profiles, worked out once. After semantics.md, 2 to 4."""

    def __init__(self) -> None:
        self.known: dict[int, list[Any]] = {}

    def answers(self, node: Expr) -> list[bool]:
        return [is_true(value) for value in self.values(node)]

    def values(self, node: Expr) -> list[Any]:
        found = self.known.get(id(node))
        if found is None:
            found = self.known[id(node)] = self._values(node)
        return found

    def _values(self, node: Expr) -> list[Any]:
        match node:
            case FieldLookup():
                return [profile[path(node)] for profile in PROFILES]
            case FunctionCall(name, arguments):
                columns = [self.values(part) for part in arguments]
                return [called(name, values) for values in zip(*columns, strict=True)]
            case ListLiteral(items):
                return [[item.value for item in items]] * len(PROFILES)  # type: ignore[union-attr]
            case NullLiteral():
                return [None] * len(PROFILES)
            case _:
                return [node.value] * len(PROFILES)  # type: ignore[union-attr]


def is_true(value: Any) -> bool:
    return value is not None and value is not False


def called(name: str, values: tuple[Any, ...]) -> bool:
    match name:
        case "and":
            return all(map(is_true, values))
        case "or":
            return any(map(is_true, values))
        case "not":
            return not is_true(values[0])
        case "isNull":
            return values[0] is None
        case "isNotNull":
            return values[0] is not None
    return None not in values[:2] and holds(name, values)


#: The tests of two values that are there.
TESTS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda left, right: left in right,
    "notIn": lambda left, right: left not in right,
    "equals": operator.eq,
    "notEqualTo": operator.ne,
    "startsWith": str.startswith,
    "doesNotStartWith": lambda left, right: not left.startswith(right),
}


def holds(name: str, values: tuple[Any, ...]) -> bool:
    left, right = values[:2]
    if isinstance(left, int) and not isinstance(left, bool) and isinstance(right, str):
        right = int(right)
    if len(values) > 2 and not values[2]:
        left, right = left.lower(), right.lower()
    return bool(TESTS[name](left, right))


def path(node: Expr) -> str:
    if isinstance(node, FieldLookup):
        return ".".join(filter(None, (path(node.object), node.name)))
    assert isinstance(node, ParameterReference)
    return ""


NUMBERS = st.integers(0, 4)
WORDS = st.sampled_from(["", "A", "a", "ab", "b"]).map(json.dumps)
COMPARISONS = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
YEARS = st.one_of(
    st.builds(f"{YEAR} {{}} {{}}".format, COMPARISONS, NUMBERS),
    st.builds(f"{{1}} {{0}} {YEAR}".format, COMPARISONS, NUMBERS),
    st.builds(f'{YEAR} = "{{}}"'.format, NUMBERS),
    st.builds(f"{YEAR} {{}} {{}}".format, st.sampled_from(["in", "notIn"]), st.lists(NUMBERS, max_size=3)),
    st.sampled_from([f"{YEAR}.isNull()", f"{YEAR}.isNotNull()", f"{YEAR} = {YEAR}"]),
)
CITIES = st.one_of(
    st.builds(f"{CITY} {{}} {{}}".format, COMPARISONS, WORDS),
    st.builds(f"{CITY} in [{{}}, {{}}]".format, WORDS, WORDS),
    st.builds(
        f"{CITY}.{{}}({{}}, {{}})".format,
        st.sampled_from(["equals", "notEqualTo", "startsWith", "doesNotStartWith"]),
        WORDS,
        st.sampled_from(["true", "false"]),
    ),
    st.sampled_from([f"{CITY}.isNull()", f"{CITY}.isNotNull()"]),
)
OTHERS = st.one_of(
    st.builds(f"{PRIMARY} {{}} {{}}".format, st.sampled_from(["=", "!="]), st.sampled_from(["true", "false", "null"])),
    st.sampled_from([PRIMARY, f"{PRIMARY}.isNull()", "true", "false", "null", "1 = 2"]),
)
ATOMS = st.one_of(YEARS, CITIES, OTHERS)


def conditions(atoms: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.recursive(
        atoms,
        lambda inner: st.one_of(
            st.lists(inner, min_size=2, max_size=4).map(lambda parts: f"({' and '.join(parts)})"),
            st.lists(inner, min_size=2, max_size=4).map(lambda parts: f"({' or '.join(parts)})"),
            inner.map("not ({})".format),
        ),
        max_leaves=6,
    )


#: Mostly conditions on one field, which are more likely to get in each other's way.
CONDITIONS = st.one_of(conditions(YEARS), conditions(CITIES), conditions(OTHERS), conditions(ATOMS))


def at(tree: Expr, span: tuple[int, int] | None) -> list[FunctionCall]:
    """The `and`s and `or`s around the node of this span, the outermost first, then the node itself."""
    return [
        node
        for node in walk(tree)
        if isinstance(node, FunctionCall)
        and node.span is not None
        and span is not None
        and node.span[0] <= span[0]
        and span[1] <= node.span[1]
    ]


def check_claim(found: Diagnostic, tree: Expr, world: World) -> None:
    around = [world.answers(node) for node in at(tree, found.span)]
    if not around:
        return
    if found.code == "PQL301" and "the condition" not in found.message and "every value" not in found.message:
        what = found.message.endswith("always true")
        known = around if "beside" in found.message or "opposite" in found.message else around[-1:]
        assert any(all(answer is what for answer in one) for one in known)
    elif found.code == "PQL304" and "never hold" in found.message:
        assert any(not any(one) for one in around)
    elif found.code == "PQL304":
        everywhere = [index for index, profile in enumerate(PROFILES) if None not in profile.values()]
        assert any(all(one[index] for index in everywhere) for one in around)


def applied(text: str, found: Diagnostic) -> str | None:
    for fix in found.fixes:
        if fix.safe:
            return apply_edits(text, fix.edits)
    return None


@given(CONDITIONS)
def test_what_rules_claim_is_true_and_safe_fixes_change_nothing(text: str) -> None:
    tree = parse(text)
    world = World()
    for found in check(text, *CLAIMS):
        check_claim(found, tree, world)
        fixed = applied(text, found)
        if fixed is not None:
            assert World().answers(parse(fixed)) == world.answers(tree), fixed


@given(ATOMS)
def test_a_comparison_that_never_holds_is_found(text: str) -> None:
    if not any(World().answers(parse(text))):
        assert check(text, "PQL301", "PQL302") or text in ("false", "null")
