"""Is case folded as the evaluator does it?  For every character of Unicode."""

from __future__ import annotations

import duckdb

from pqltools.evaluation.values import folded
from pqltools.sql.folding import _ORDINARY, same_letters

CHARACTERS = [chr(code) for code in range(1, 0x110000) if not 0xD800 <= code < 0xE000]


def test_all_letters_that_are_folded_are_known() -> None:
    assert same_letters() == {char: folded(char) for char in CHARACTERS if folded(char) != char}


def test_what_is_folded_stays_so() -> None:
    assert not [small for small in same_letters().values() if folded(small) != small]


def test_small_letters_of_duckdb_are_exact_for_ordinary_ones() -> None:
    rows = duckdb.execute("SELECT unnest, lower(unnest) FROM unnest(?)", [CHARACTERS]).fetchall()
    into_ascii = {(char, small) for char, small in rows if small in _ORDINARY}
    assert into_ascii == {(char, folded(char)) for char in CHARACTERS if folded(char) in _ORDINARY}
