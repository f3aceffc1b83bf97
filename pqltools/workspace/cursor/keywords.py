"""Which keywords, operators and forms can go on here?  What the parser's tables accept, with snippets for forms."""

from __future__ import annotations

from pqltools.types.model import ANY, BOOLEAN, NUMBERS, STRING, TIMES
from pqltools.workspace.cursor.items import FIELD, LESS, VALUE, VARIABLE, WORD, Item
from pqltools.workspace.cursor.scope import without_arrays
from pqltools.workspace.cursor.vocabulary import spellings, units

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from pqltools.syntax.faults import Token
    from pqltools.types.model import Type
    from pqltools.workspace.cursor.place import Place

#: Terminals that are offered as something else: `sum(` and its like as functions, time units by their number, `this` as
#: a variable where there is an item.
_ELSEWHERE = frozenset(("AGGREGATE_CALL", "UNIT", "THIS", "INTERVAL"))
#: What a form looks like with its parts.
FORMS = {
    "select": "select ${1:X} from ${2:xEvent} where $3",
    **{
        word: f"{word} ${{1:X}} from ${{2:xEvent}} where $3"
        for word in ("exists", "forall", "some", "all", "none", "one")
    },
    **{word: f"{word} $1 over ${{2:X}} from $3" for word in ("sum", "average", "min", "max", "count")},
    "let": "let ${1:V} = $2 in $3",
    "chain": "CHAIN(${1:xEvent}, ${2:timestamp}, [C0: WHAT($3)])",
}
#: Parts of an element of a chain, whose canonical spelling is upper case.
PARTS = {
    "what": "WHAT($1)",
    "where": "WHERE($1)",
    "when": "WHEN($1)",
    "count": "COUNT($1)",
}
#: What may follow ``occurs`` and stand in ``WHEN(…)``: the label and the snippet.
WINDOWS = (
    ("<= 30 days before now", "<= ${1:30} ${2:days} before now"),
    ("today", "today"),
    ("yesterday", "yesterday"),
    ("this week", "this ${1:week}"),
    ("last month", "last ${1:month}"),
    ("next month", "next ${1:month}"),
    ("before now", "before ${1:now}"),
    ("after today", "after ${1:today}"),
    ("> 1 year before now", "> ${1:1} ${2:year} before now"),
    ("<= 7 days after now", "<= ${1:7} ${2:days} after now"),
    ("between … and …", "between ${1:date(2024, 1, 1)} and ${2:today}"),
    ("on date(…)", "on date(${1:2024}, ${2:1}, ${3:31})"),
)
#: Other words for the same, offered last.
_SYNONYMS = frozenset(("some", "all"))
_ARITHMETIC = frozenset(("+", "-", "*", "/", "%"))
_STRING_TESTS = frozenset(("like", "matches"))
_AFTER_VALUE = frozenset(("and", "or", "in", "notIn", "like", "matches", "occurs", "=", "!=", "<", "<=", ">", ">="))


def keyword_items(place: Place) -> Iterator[Item]:
    """The words and signs that the tables accept at the place."""
    spot = place.spot
    if spot.quote or spot.lead:
        return
    yield from _windows(place)
    yield from _units(place)
    yield from _new_element(place)
    in_element = bool(place.expected & {"WHAT", "WHEN"})
    used = _parts_used(place.tokens) if in_element else frozenset()
    before = None if place.takes_value else without_arrays(place.value_before())
    for terminal, words in spellings().items():
        if terminal in place.expected and terminal not in _ELSEWHERE:
            for word in words:
                if not (in_element and word in PARTS):
                    yield _word(place, word, in_element, before)
    if in_element:
        yield from (_word(place, word, True, before) for word in PARTS if word not in used)


def _word(place: Place, word: str, in_element: bool, before: Type | None) -> Item:
    span = (place.spot.start, place.spot.end)
    key = f"keyword:{word}"
    called = place.behind.lstrip().startswith("(")
    if in_element and word in PARTS:
        label = word.upper()
        return Item(label, "keyword", span, label if called else PARTS[word], FIELD, not called, key=key)
    if in_element:
        # Only `not` begins an element besides the parts, and by itself it would be read with the name before it.
        return Item(word.upper(), "keyword", span, f"{word.upper()} {PARTS['what']}", LESS, True, key=key)
    if word in FORMS:
        group = LESS if word in _SYNONYMS else WORD
        # `chain` is the only one with a parenthesis of its own.
        insert, snippet = ("CHAIN", False) if word == "chain" and called else (FORMS[word], True)
        return Item(word, "keyword", span, insert, group, snippet, key=key)
    kind = "keyword" if word.isalpha() else "operator"
    return Item(word, kind, span, word, _group(place, word, before), key=key)


def _group(place: Place, word: str, before: Type | None) -> int:
    """How likely a word is, from the type of the value before it."""
    if before is None:
        if place.takes_value and word in ("true", "false"):
            return VALUE if place.wanted() is BOOLEAN else LESS
        return WORD
    if word not in _AFTER_VALUE and word not in _ARITHMETIC:
        return VALUE  # `from`, `where`, `over`, `before`: nothing else goes on here
    if word in ("and", "or"):
        return VALUE if before is BOOLEAN else FIELD
    if word == "occurs":
        return VALUE if before in TIMES else WORD if before is ANY else LESS
    if word in _ARITHMETIC:
        return WORD if before in NUMBERS or before is ANY else LESS
    if before in TIMES or before is BOOLEAN or (word in _STRING_TESTS and before not in (STRING, ANY)):
        return LESS
    return VARIABLE


def _windows(place: Place) -> Iterator[Item]:
    """Whole windows of time where one can begin, and intervals where only a time can."""
    span = (place.spot.start, place.spot.end)
    if "BETWEEN" in place.expected:
        for label, snippet in WINDOWS:
            yield Item(label, "snippet", span, snippet, VALUE, "$" in snippet, key="keyword:occurs")
    elif "INTEGER" in place.expected and not place.takes_value:
        for label, snippet in WINDOWS:
            sign, _, rest = snippet.partition(" ")
            if sign == place.tokens[-1].word:  # the comparison has been written already
                yield Item(label.partition(" ")[2], "snippet", span, rest, VALUE, True, key="keyword:occurs")
    elif "INTERVAL" in place.expected:
        for word in spellings()["INTERVAL"]:
            yield Item(word, "snippet", span, f"{word} ${{1:month}}", FIELD, True, f"{word} day, week, month …")


def _units(place: Place) -> Iterator[Item]:
    if "UNIT" not in place.expected or not place.tokens:
        return
    last = place.tokens[-1].word
    count = int(last.rstrip("L")) if last.rstrip("L").isdecimal() and len(last) < 20 else None
    # `this week` is singular, whatever was counted.
    for unit in units(1 if count is None and not last.isdecimal() else count):
        yield Item(unit, "time unit", (place.spot.start, place.spot.end), unit, VALUE)


def _new_element(place: Place) -> Iterator[Item]:
    """The next element of a chain, under a name that is not taken."""
    if place.takes_value or "NAME" not in place.expected or not place.tokens:
        return
    kinds = [token.kind for token in place.tokens]
    if place.tokens[-1].word not in ("[", ",") or "CHAIN" not in kinds:
        return
    taken = {token.word for token in place.tokens if token.kind == "NAME"}
    name = next(name for number in range(len(taken) + 1) if (name := f"C{number}") not in taken)
    span = (place.spot.start, place.spot.end)
    yield Item(f"{name}: WHAT(…)", "snippet", span, f"{name}: WHAT($1)", VALUE, True, key="keyword:what")


def _parts_used(tokens: tuple[Token, ...]) -> frozenset[str]:
    """The parts that the element of a chain has already, in lower case."""
    depth = 0
    found = set()
    for token in reversed(tokens):
        if token.word in (")", "]", "}"):
            depth += 1
        elif token.word in ("(", "[", "{"):
            depth -= 1
            if depth < 0:
                break
        elif depth == 0:
            if token.kind in ("COLON", "COMMA"):
                break
            found.add(token.word.lower())
    return frozenset(found)
