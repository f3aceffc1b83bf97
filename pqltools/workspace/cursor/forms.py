"""Which forms of the language take parts as a call takes arguments?  Their signatures, as people would write them."""

from __future__ import annotations

from pqltools.syntax.operators import AGGREGATES, QUANTIFIERS
from pqltools.workspace.cursor.word_docs import word_doc

#: What opens a form, and its parts in order; the words between them lead from one part to the next.
_CLAUSES = ("NAME", "from", "ARRAY", "where", "CONDITION")
_FORMS = {
    "select": ("select", *_CLAUSES),
    **{word: (word, *_CLAUSES) for word in QUANTIFIERS},
    **{word: (word, "VALUE", "over", *_CLAUSES) for word in AGGREGATES},
    "let": ("let", "NAME", "=", "VALUE", "in", "EXPRESSION"),
}
#: Words that stand for another one.
_SAME = {":": "where"}
#: The calls of a chain: what stands in their parentheses.
CHAIN = {
    "chain": ("array: Array<T>", "timestamp: T => Time", "[elements]"),
    "what": ("condition: T => Boolean",),
    "where": ("condition: T => Boolean",),
    "when": ("window",),
    "count": ("number: Integer",),
}
ELEMENT = ("NAME:", "WHAT(condition)", "WHERE(condition)", "WHEN(window)", "COUNT(number)")


def is_opening(word: str) -> bool:
    """Whether the word opens a form."""
    return word.lower() in _FORMS


def sentence(word: str) -> tuple[str, ...]:
    """The words and parts of a form."""
    return _FORMS[word.lower()]


def step(word: str, at: int, token: str) -> int:
    """The part of the form to which a token leads from part `at`: the index in its sentence."""
    words = _FORMS[word.lower()]
    token = _SAME.get(token, token.lower())
    for index in range(at + 1, len(words) - 1):
        if words[index] == token and not token.isupper():
            return index + 1
    return at


def first_clause(word: str) -> int:
    """Where the name of a variable stands in the sentence of a form."""
    return _FORMS[word.lower()].index("NAME")


def form_doc(word: str) -> str:
    """What a form means, in Markdown."""
    return word_doc(word, word.lower() in ("what", "where", "when")) or ""
