"""Is this a file of tests?  Told from its name and, for files that nobody has named, a look at its words.

Imported by pytest whenever it starts, so nothing is imported here.
"""

from __future__ import annotations

SUFFIXES = (".test.yaml", ".test.yml", ".test.json")


def is_test_file(name: str) -> bool:
    """Whether a file is called like one of tests."""
    return name.endswith(SUFFIXES)


#: Two of these are enough: one may be misspelled.
_WORDS = ("tests", "definition", "expression", "qualifies", "profile", "diagnostics")


def looks_like_tests(text: str) -> bool:
    """Whether a file has the words of a test file; other tools call their files the same."""
    return sum(word in text for word in _WORDS) > 1
