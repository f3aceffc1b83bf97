"""What do segments ask of events?  Strategies for the shapes that people write, with values that meet often."""

from __future__ import annotations

from hypothesis import strategies as st

from pqltools import parse
from pqltools.syntax.ast import Expr

_WORDS = st.sampled_from(["a", "b", "A", "ab", "12", "true", "ß", "c"])
_ARRAYS = st.sampled_from(["xEvent", "xEvent", "orders"])
_TESTS = st.one_of(
    st.builds('{{0}}label = "{}"'.format, _WORDS),
    st.builds('{{0}}label.equals("{}", false)'.format, _WORDS),
    st.builds('{{0}}label in ["{}", "{}"]'.format, _WORDS, _WORDS),
    st.builds('{{0}}tags.exists(this = "{}")'.format, _WORDS),
    st.builds('{{0}}tags = "{}"'.format, _WORDS),
    st.builds("{{0}}at occurs <= {} days before now".format, st.integers(0, 3)),
    st.builds("{{0}}price > {}".format, st.integers(-2, 50)),
    st.sampled_from(["{0}open", "{0}size < $1.size", "not {0}open", '{0}label != "a"', "{0}at occurs today"]),
)


@st.composite
def _conjunction(draw: st.DrawFn, root: str) -> str:
    tests = draw(st.lists(_TESTS, min_size=1, max_size=3))
    return " and ".join(test.format(root) for test in tests)


@st.composite
def _loop(draw: st.DrawFn) -> str:
    array, name = draw(_ARRAYS), draw(st.sampled_from(["E", "X"]))
    short, named = draw(_conjunction("")), draw(_conjunction(f"{name}."))
    least = draw(st.sampled_from(["", " COUNT(2)", " COUNT(> 1)", " WHEN(<= 2 days before now)", " WHERE(open)"]))
    number = draw(st.sampled_from(["> 0", ">= 2", "= 0", "< 2", "!= 1", "> 1.5"]))
    forms = [
        f"{array}.exists({short})",
        f"{array}[{short}]",
        f"(exists {name} from {array} where {named})",
        f"(none {name} from {array} where {named})",
        f"(one {name} from {array} where {named})",
        f"(forall {name} from {array} where {named})",
        f'(exists {name} from {array} where {named}, T from {name}.tags where T = "a")',
        f"{array}[{short}].count() {number}",
        f"{array}.count({short}) {number}",
        f"(select {name} from {array} where {named}).sum(price) {number}",
        f"{array}[{short}].average(size) {number}",
        f"{array}[{short}].max(at) occurs <= 2 days before now",
        f'{array}[{short}].min(label) < "b"',
        f"CHAIN({array}, at, [C0: WHAT({short}){least}])",
    ]
    return draw(st.sampled_from(forms))


@st.composite
def event_conditions(draw: st.DrawFn) -> Expr:
    """A condition on events, often together with others and with conditions on the profile."""
    parts = draw(st.lists(_loop() | _conjunction(""), min_size=1, max_size=3))
    joined = draw(st.sampled_from([" and ", " and ", " or "])).join(parts)
    return parse(f"not ({joined})" if not draw(st.integers(0, 5)) else joined)
