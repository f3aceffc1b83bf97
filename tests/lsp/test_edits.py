"""Do edits give the text that is wanted, and touch little else?"""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pqltools.diagnostics import apply_edits
from pqltools.lsp.edits import edits_between

_TEXTS = st.text(st.sampled_from("ab\r\n😀"), max_size=40)


@given(_TEXTS, _TEXTS)
def test_edits_give_the_text(old: str, new: str) -> None:
    edits = edits_between(old, new)
    assert apply_edits(old, edits) == new
    assert bool(edits) == (old != new)
    for one, other in pairwise(edits):
        assert one.span[1] <= other.span[0]
    for edit in edits:
        for at in edit.span:
            assert at == 0 or old[at - 1 : at + 1] != "\r\n"  # no client has a place there


def test_many_lines_are_replaced_at_once() -> None:
    old = "".join(f"{n}\n" for n in range(5_000))
    new = "".join(f"{n * 2}\n" for n in range(5_000))
    (edit,) = edits_between(old, new)
    assert apply_edits(old, [edit]) == new


def test_each_changed_line_has_its_own_edit() -> None:
    assert len(edits_between("a=1\nx\ny\nb=2\n", "a = 1\nx\ny\nb = 2\n")) == 2
