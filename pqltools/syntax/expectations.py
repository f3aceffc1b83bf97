"""How do we name what the grammar expects?  Terminals in the words of somebody who writes segments."""

from __future__ import annotations

from pqltools.syntax.literals import shorten

#: What a terminal is called; several terminals may share a name. The order is the order in messages.
_NAMES = {
    "HOLE": "a value",
    "NAME": "a name",
    "FROM": "`from`",
    "WHERE": "`where`",
    "OVER": "`over`",
    "UNIT": "a time unit",
    "INTEGER": "a whole number",
    "BEFORE": "`before`",
    "AFTER": "`after`",
    "EQUAL": "`=`",
    "STRING": "a string",
    "COLON": "`:`",
    "__ANON_0": "`=>`",
    "WHAT": "`WHAT(…)`",
    "WHEN": "`WHEN(…)`",
    "COUNT": "`COUNT(…)`",
    "LPAR": "`(`",
    "LSQB": "`[`",
    "COMMA": "`,`",
    "RPAR": "`)`",
    "RSQB": "`]`",
    "RBRACE": "`}`",
    "$END": "the end",
}
#: Terminals that begin a value: where a hole fits, they go without saying.
_BEGIN_VALUE = frozenset(("NAME", "INTEGER", "STRING", "LPAR", "LSQB", "WHERE", "FROM", "COUNT"))
#: Terminals that go on after a value; all of them fit where `AND` and `PLUS` do.
_CONTINUE = frozenset(
    ("AND", "OR", "PLUS", "MINUS", "STAR", "SLASH", "PERCENT", "EQUAL", "CMP", "IN", "OCCURS", "LSQB", "LPAR")
)

_TERMINAL_WORDS = {"$END": "the end of the text"}


def describe(expected: frozenset[str]) -> str:
    """`a value`, `an operator or `)``: what may come next, the long lists put short."""
    if "BETWEEN" in expected:
        return "a time, such as `today` or `<= 30 days before now`"
    hidden: set[str] = set()
    names: list[str] = []
    if "HOLE" in expected:
        hidden |= _BEGIN_VALUE
    if "PLUS" in expected and "HOLE" not in expected:
        hidden |= _CONTINUE
        joins = {"AND": "`and`", "IN": "`in`"}  # alone, they are what a `between` or a `let` lacks
        lone = [word for terminal, word in joins.items() if terminal in expected and "OR" not in expected]
        names += lone or ["an operator"]
    names += [name for terminal, name in _NAMES.items() if terminal in expected and terminal not in hidden]
    names = list(dict.fromkeys(names)) or ["something else"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def describe_found(kind: str, word: str) -> str:
    """The token that was found, as the user wrote it."""
    return _TERMINAL_WORDS.get(kind) or f"`{shorten(word)}`"
