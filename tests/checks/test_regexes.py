"""Where in the text does a character of a string stand?"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pqltools import parse
from pqltools.checks.regexes import decoded_offsets, pattern_of
from pqltools.syntax.ast import FunctionCall
from pqltools.syntax.literals import decode

BODIES = st.lists(
    st.sampled_from(
        ["a", "é", "😀", "\\n", "\\\\", '\\"', "\\w", "\\u0041", "\\ud83d", "\\ude00", "\\u00", "\\/", "(", " "]
    ),
    max_size=8,
).map("".join)


@given(BODIES)
def test_there_is_one_offset_for_each_character_and_one_for_the_end(body: str) -> None:
    offsets = decoded_offsets(body)
    value = decode(body, lambda _: None)
    assert len(offsets) == len(value) + 1
    assert offsets == sorted(offsets)
    assert offsets[-1] == len(body)


@given(BODIES)
def test_each_part_between_offsets_is_its_character(body: str) -> None:
    offsets = decoded_offsets(body)
    value = decode(body, lambda _: None)
    for index, char in enumerate(value):
        part = body[offsets[index] : offsets[index + 1]]
        # An escape that PQL does not know is two characters, each of which is itself.
        assert part == char or decode(part, lambda _: None) == char


def test_a_pattern_is_found_where_one_stands() -> None:
    for text, expected in (('a.matches("b")', "b"), ('a.regexGroup("(b)", 1)', "(b)"), ("a.matches(b)", None)):
        call = parse(text)
        assert isinstance(call, FunctionCall)
        found = pattern_of(call)
        assert (found and found.text) == expected
