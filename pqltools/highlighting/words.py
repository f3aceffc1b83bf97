"""Which words and marks does PQL have?  Taken from the parser's tables, the grammar and the registry of functions."""

from __future__ import annotations

import re

from pqltools.functions.registry import functions
from pqltools.syntax.grammar import grammar_text, load_tables
from pqltools.syntax.operators import AGGREGATES, KNOWN_FUNCTIONS

#: What the keywords of a terminal are for. Every keyword of the grammar is in one of these, which a test proves.
ROLES: dict[str, tuple[str, ...]] = {
    "logical": ("OR", "AND", "NOT"),
    "comparison": ("IN", "NOTIN", "LIKE", "MATCHES", "OCCURS"),
    "binder": ("SELECT", "QUANTIFIER", "LET", "AGGREGATE"),
    "clause": ("FROM", "WHERE", "OVER"),
    "relation": ("ON", "BEFORE", "AFTER", "BETWEEN"),
    "chain": ("CHAIN", "WHAT", "WHEN"),
    "interval": ("INTERVAL",),
    "unit": ("UNIT",),
    "constant": ("TRUE", "FALSE", "NULL"),
    "moment": ("TIMESTAMP",),
    "this": ("THIS",),
}
#: Terminals that are words in another role, and those that are told apart by what follows a mark.
ELSEWHERE = ("AGGREGATE_CALL", "COUNT", "PARAMETERS", "CLAUSE_COMMA")


def keywords() -> dict[str, tuple[str, ...]]:
    """By role, all spellings in lower case, sorted."""
    found: dict[str, set[str]] = {role: set() for role in ROLES}
    role_of = {terminal: role for role, terminals in ROLES.items() for terminal in terminals}
    for word, terminals in _words_of_tables():
        for terminal in terminals:
            if terminal in role_of:
                found[role_of[terminal]].add(word)
            elif terminal not in ELSEWHERE:
                raise LookupError(f"the keyword `{word}` ({terminal}) has no role in {__name__}")
    return {role: tuple(sorted(words)) for role, words in found.items()}


def _words_of_tables() -> list[tuple[str, list[str]]]:
    tables = load_tables()
    return [(word, [tables.terminals[number] for number in found]) for word, found in tables.refinements.items()]


def function_names() -> tuple[str, ...]:
    """Functions that are called by name, sorted; they are case-sensitive."""
    names = {entry.name for entry in functions()} | KNOWN_FUNCTIONS
    words = {word for role in ("logical", "comparison", "chain") for word in keywords()[role]}
    called = {name for name in names if name.isidentifier() and name.lower() not in words}
    return tuple(sorted(called | {"matches", "in", "notIn", "like"} & names | AGGREGATES))


def marks() -> tuple[str, ...]:
    """Operators of signs, the longest first, so that `<=` is tried before `<`."""
    text = grammar_text()
    rules = re.sub(r"^\s*//.*$|/(?:[^/\n\\]|\\.)+/[a-z]*\s*$", "", text, flags=re.MULTILINE)
    quoted = {mark for mark in re.findall(r'"([^"\s\w]+)"', rules) if not set(mark) <= set("()[]{},:")}
    return tuple(sorted(quoted, key=lambda mark: (-len(mark), mark)))


def pattern(terminal: str) -> str:
    """The regular expression of a terminal, as it stands in the grammar."""
    found = re.search(rf"^{terminal}(?:\.[0-9]+)?: /(.+)/$", grammar_text(), re.MULTILINE)
    if found is None:
        raise LookupError(f"the grammar has no terminal {terminal} that is one regular expression")
    return found[1]
