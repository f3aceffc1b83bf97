"""What is a description made of?  Phrases, and the lists that hang below a line.

A phrase is text with holes for `Block`s: lists of phrases, which the layout sets as bullets below the line, or in the
line if that is short and cannot be misread. In the line a block that is set below is referred to by its kind's words
("all of these hold"), which are whole: nothing that follows can be taken for a part of the list.

A phrase that ends in "where …" is *open*: what follows could be taken for a part of it. `Phrase.open` counts how many
such ends there are. `closed`, `subject` and `tail` put parentheses where a place needs them, and keep the blocks of an
operand below the line, so that every description can be read in one way only. English has no table of precedences that
readers know, so these rules stay on the side of more parentheses and more lists.
"""

from __future__ import annotations

from pqltools.records import Record, record, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

#: The longest pair of conditions that stands in one line, in characters.
_SHORT = 110

#: `Phrase.rank`: nothing in it binds loosely · a sum or the like · a choice between values.
ATOM, SUM, CHOICE = range(3)


@record
class Kind(Record):
    """A kind of list: the words for it, with a place for its number, and what may join its items in a line."""

    reference: str
    joiner: str | None = None


ALL = Kind("all of these{} hold", " and ")
ANY = Kind("any of these{} holds", " or ")
NONE = Kind("none of these{} holds")
NOT_ALL = Kind("not all of these{} hold")
FIRST = Kind("the first of these{} that applies")
THESE = Kind("these{}")
STEPS = Kind("these steps{}")


@record
class Phrase(Record):
    """A piece of a description: a noun ("the number of events") or a clause ("`age` is at least 18")."""

    parts: tuple[str | Block, ...]
    open: int = 0
    rank: int = ATOM

    def text(self) -> str | None:
        """The words, None if there are blocks in them."""
        match self.parts:
            case (str(text),):
                return text
            case ():
                return ""
            case _:
                return None


@record
class Block(Record):
    """A list of phrases. `inline` is how it reads in a line, None where it has to be set below."""

    kind: Kind
    items: tuple[Phrase, ...]
    inline: str | None = None


if TYPE_CHECKING:
    Piece: TypeAlias = str | Block | Phrase


def say(*pieces: Piece, open: int = 0, rank: int = ATOM) -> Phrase:
    """The phrase that consists of these pieces."""
    parts: list[str | Block] = []
    for piece in pieces:
        for part in piece.parts if isinstance(piece, Phrase) else (piece,):
            if isinstance(part, str) and parts and isinstance(parts[-1], str):
                parts[-1] += part
            else:
                parts.append(part)
    return Phrase(tuple(parts), open, rank)


def joined(items: Iterable[Phrase], separator: str = ", ") -> Phrase:
    """The phrases one after the other."""
    pieces: list[Piece] = []
    for item in items:
        pieces += [separator, item] if pieces else [item]
    return say(*pieces)


def listing(kind: Kind, items: Iterable[Phrase]) -> Phrase:
    """The phrase that is a list of that kind."""
    given = tuple(items)
    return say(Block(kind, given, _inline(kind, given)))


def _inline(kind: Kind, items: tuple[Phrase, ...]) -> str | None:
    """The two items in a line, if they are short and one cannot swallow the other."""
    if kind.joiner is None or len(items) != 2 or items[0].open or items[0].rank == CHOICE:
        return None
    first, second = items[0].text(), items[1].text()
    if first is None or second is None or len(first) + len(second) > _SHORT:
        return None
    return first + kind.joiner + second


def set_below(phrase: Phrase) -> Phrase:
    """The phrase, its blocks below the line in any case, because something follows them."""
    if phrase.text() is not None:
        return phrase
    parts = tuple([replace(part, inline=None) if isinstance(part, Block) else part for part in phrase.parts])
    return replace(phrase, parts=parts)


def closed(phrase: Phrase) -> Phrase:
    """The phrase as an operand that anything may follow."""
    return _bracketed(phrase) if phrase.open or phrase.rank else set_below(phrase)


def listed(phrase: Phrase) -> Phrase:
    """The phrase between commas."""
    return _bracketed(phrase) if phrase.open or phrase.rank == CHOICE else set_below(phrase)


def subject(phrase: Phrase) -> Phrase:
    """The phrase before a verb, which ends a single "where …"."""
    return _bracketed(phrase) if phrase.open > 1 or phrase.rank == CHOICE else set_below(phrase)


def tail(phrase: Phrase) -> Phrase:
    """The phrase as the last operand of a clause."""
    return _bracketed(phrase) if phrase.rank == CHOICE else set_below(phrase)


def _bracketed(phrase: Phrase) -> Phrase:
    return say("(", set_below(phrase), ")")
