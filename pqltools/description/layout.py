"""How is a description laid out?  One sentence, or lines with bullets below them as deep as the expression goes."""

from __future__ import annotations

from pqltools.description.phrases import Block

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.description.phrases import Phrase

#: A line with a list in it may be so long, without its indentation.
_WIDTH = 140


def laid_out(phrase: Phrase) -> str:
    """The description: a sentence with a full stop, or a line with a colon and bullets below it. No line end follows.

    A line refers to its lists in their order; where it has several, they are numbered.
    """
    lines: list[str] = []
    _line(phrase, "", "", lines)
    first = lines[0]
    lines[0] = first[0].upper() + first[1:] if "a" <= first[0] <= "z" else first
    if len(lines) == 1:
        lines[0] += "."
    return "\n".join(lines)


def _line(phrase: Phrase, indent: str, bullet: str, lines: list[str]) -> None:
    """Add the line of `phrase`, and the lists below it."""
    below = _below(phrase)
    words: list[str] = []
    number = 0
    for part in phrase.parts:
        if isinstance(part, str):
            words.append(part)
        elif below:
            number += 1
            words.append(part.kind.reference.format(f" (list {number})" if len(below) > 1 else ""))
        else:
            words.append(part.inline or "")
    lines.append(indent + bullet + "".join(words) + (":" if below else ""))
    inner = indent + "  " * bool(bullet)
    for number, block in enumerate(below, 1):
        deeper = inner
        if len(below) > 1:
            lines.append(f"{inner}- list {number}:")
            deeper += "  "
        for item in block.items:
            _line(item, deeper, "- ", lines)


def _below(phrase: Phrase) -> list[Block]:
    """The blocks that have to be set below the line: all, unless the only one ends a line that is short enough."""
    blocks = [part for part in phrase.parts if isinstance(part, Block)]
    if len(blocks) != 1 or phrase.parts[-1] is not blocks[0] or blocks[0].inline is None:
        return blocks
    width = sum(len(part) for part in phrase.parts if isinstance(part, str)) + len(blocks[0].inline)
    return [] if width <= _WIDTH else blocks
