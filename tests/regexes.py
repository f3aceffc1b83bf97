"""Which regular expressions can there be?  Strategies for patterns of Java, and for texts that look like one."""

from __future__ import annotations

from hypothesis import strategies as st

_LETTERS = st.sampled_from(
    [*"abAB01 _-,é", "\\.", "\\-", "\\x61", "\\u0061", "\\0101", "\\Q.*\\E", "\\\\", "\\t", "}", "]"]
)
_CLASSES = st.sampled_from(["\\d", "\\D", "\\w", "\\W", "\\s", "\\S", "\\h", "\\V", "."])
_PROPERTIES = st.sampled_from(
    ["\\p{L}", "\\P{Lu}", "\\pN", "\\p{Alpha}", "\\p{IsLatin}", "\\p{InGreek}", "\\p{javaLetter}"]
)
_MEMBERS = st.sampled_from([*"abAB01 _,.", "a-f", "A-Z", "0-9", "\\d", "\\W", "\\]", "\\-", "[b-d]", "[^a]", "&&[a-m]"])
_QUANTIFIERS = st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{2,}", "{0,12}"])
_MODES = st.sampled_from(["", "", "", "?"])


def brackets() -> st.SearchStrategy[str]:
    """Classes in square brackets."""
    parts = st.lists(_MEMBERS, min_size=0, max_size=3).map("".join)
    return st.builds("[{}a{}]".format, st.sampled_from(["", "^"]), parts)


def simple() -> st.SearchStrategy[str]:
    """Valid patterns that RE2 and Python can run, but for anchors in the middle."""
    atoms = st.one_of(_LETTERS, _CLASSES, brackets())
    return _grown(atoms, ["({})", "(?:{})", "(?i:{})", "(?s:{})", "(?-i:{})"])


def patterns() -> st.SearchStrategy[str]:
    """Valid patterns with everything that Java has."""
    anchors = st.sampled_from(["^", "$", "\\b", "\\B", "\\A", "\\z", "\\Z", "\\G", "\\R", "\\X", "\\b{g}"])
    atoms = st.one_of(_LETTERS, _CLASSES, brackets(), _PROPERTIES, anchors)
    groups = [
        "({})",
        "(?:{})",
        "(?i:{})",
        "(?x: {} #\n)",
        "(?={})",
        "(?!{})",
        "(?>{})",
        "(?<=[ab]|c)({})",
        "(?U:{})",
        "({})\\1",
    ]
    return _grown(atoms, [*groups, "(?m){}", "(?<name{}>a)"])


def loops() -> st.SearchStrategy[str]:
    """Small patterns of two letters, full of repetitions."""
    return _grown(st.sampled_from(["a", "b", "[ab]", "ab"]), ["(?:{})"], st.sampled_from(["*", "+", "?"]), st.just(""))


def _grown(
    atoms: st.SearchStrategy[str],
    groups: list[str],
    quantifiers: st.SearchStrategy[str] = _QUANTIFIERS,
    modes: st.SearchStrategy[str] = _MODES,
) -> st.SearchStrategy[str]:
    counter = iter(range(10**9))

    def grouped(template: str, inner: str) -> str:
        # The name of a group may be there once.
        return template.format(next(counter)) if "name" in template else template.format(inner)

    def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        group = st.builds(grouped, st.sampled_from(groups), inner)
        return st.one_of(
            st.lists(inner, min_size=1, max_size=3).map("".join),
            st.lists(inner, min_size=2, max_size=3).map("|".join).map("(?:{})".format),
            st.builds("(?:{}){}{}".format, inner, quantifiers, modes),
            group,
        )

    return st.recursive(atoms, larger, max_leaves=6)


#: Texts of the pieces of patterns in any order.
PIECES = st.lists(
    st.sampled_from(
        """a b 0 - , ^ $ . | ( ) [ ] { } ? * + \\ & && : = ! < > # (?: (?= (?<= (?> (?i) (?x) (?<n> \\k<n> \\1
\\Q \\E \\p{L} \\p{ \\x4 \\x{ \\u00 \\0 \\c \\N{ {2} {2, {,2} [^ [a- \\b{g} é 😀 \\d \\y""".split()
    ),
    max_size=8,
).map("".join)
