"""What does a search look for?  The part of Lucene's syntax that the platform's documents show, on fields of words.

Words (`foo`), with `*` and `?` in them, phrases (`"blue umbrella"`), `AND`, `OR`, `NOT`, and `field:` before the words
that it is about, up to the next one. Words side by side are alternatives, as in Lucene. Fuzzy and proximity searches,
regular expressions and parentheses are refused, not guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fnmatch import translate

from pqltools.records import Record, record
from pqltools.segmentation.problems import invalid, suggestion

_TOKEN = re.compile(r'\s*(?:"(?P<phrase>[^"]*)"(?P<near>~\d*)?|(?P<field>\w+):|(?P<word>[^\s":]+))')
_WORD = re.compile(r"\w+")
_MOST = 1000
_HELP = "write words, phrases in quotes, `*` and `?`, AND, OR and NOT, such as `segmentName:AAM OR Platform`"


@record
class _Term(Record):
    """Words that follow each other, as patterns, in a field or in any; `absent` if they must not be there."""

    field: str | None
    patterns: tuple[re.Pattern[str], ...]
    absent: bool


@record
class Search(Record):
    """What is looked for: one of the alternatives, of which all terms must hold. Without any everything is found."""

    alternatives: tuple[tuple[_Term, ...], ...]

    def finds(self, fields: Mapping[str, str]) -> bool:
        """Whether fields with these texts are found."""
        words = {name: _words(text) for name, text in fields.items()}
        return not self.alternatives or any(all(_holds(term, words) for term in each) for each in self.alternatives)


def read_search(text: str | None, fields: Sequence[str]) -> Search:
    """The search that is written. Raises `Problem` (400) for what is none, or of which we know nothing."""
    alternatives: list[list[_Term]] = []
    if text is not None and len(text) > _MOST:
        raise invalid(f"the search is longer than {_MOST} letters", path="s")
    position, field, joined, absent = 0, None, False, False
    rest = (text or "").rstrip()
    while position < len(rest):
        match = _TOKEN.match(rest, position)
        if match is None or match["near"]:
            raise _unknown(rest[position:].strip())
        position = match.end()
        if match["field"]:
            field = _field(match["field"], fields)
            continue
        word = match["word"]
        if word == "OR":
            joined = False
        elif word == "AND":
            joined = True
        elif word == "NOT":
            joined, absent = True, True
        else:
            term = _Term(field, _patterns(match["phrase"], word), absent)
            if joined and alternatives:
                alternatives[-1].append(term)
            else:
                alternatives.append([term])
            joined = absent = False
    return Search(tuple(map(tuple, alternatives)))


def _patterns(phrase: str | None, word: str | None) -> tuple[re.Pattern[str], ...]:
    if phrase is not None:
        return tuple(re.compile(re.escape(each)) for each in _words(phrase))
    assert word is not None
    if word.startswith("/") or set(word) & set("~()[]{}^"):
        raise _unknown(word)
    parts = re.split(r"[^\w*?]+", word.casefold())
    # What `fnmatch` writes never goes back over a star, of which several would take for ever.
    return tuple(re.compile(translate(part)) for part in parts if part)


def _field(name: str, fields: Sequence[str]) -> str:
    # The documents write `name:` in one place, and `segmentName:` in another.
    for known in fields:
        if name.lower() in (known.lower(), known.lower().removeprefix("segment")):
            return known
    help = suggestion(name, fields) or f"there are {', '.join(fields)}"
    raise invalid(f"there is no field `{name[:100]}` to search in", path="s", help=help)


def _unknown(text: str) -> Exception:
    return invalid(f"`{text[:60]}` is no search that is known here", path="s", help=_HELP)


def _words(text: str) -> list[str]:
    return [each.casefold() for each in _WORD.findall(text)]


def _holds(term: _Term, words: Mapping[str, list[str]]) -> bool:
    looked_at = words.values() if term.field is None else (words[term.field],)
    return any(_contains(each, term.patterns) for each in looked_at) != term.absent


def _contains(words: list[str], patterns: tuple[re.Pattern[str], ...]) -> bool:
    width = len(patterns)
    return any(
        all(pattern.fullmatch(word) for pattern, word in zip(patterns, words[start : start + width], strict=True))
        for start in range(len(words) - width + 1)
    )
